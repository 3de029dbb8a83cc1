//! Words behind `vrrp_strict` and its kin, since 2.3.

use syntax::Version;

use super::super::file::Task;
use super::super::{Found, Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "booleans",
    about: "`vrrp_strict off` and its kin are read",
    when: When::Since(Version::new(2, 3)),
    docs: "What stood behind `vrrp_strict`, `vrrp_skip_check_adv_addr` and `skip_check_adv_addr` was not looked at: they were on. Since 2.3 `off` is off.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    let text = &task.text;
    for (block, keyword) in [
        ("global_defs", "vrrp_strict"),
        ("global_defs", "vrrp_skip_check_adv_addr"),
        ("vrrp_instance", "skip_check_adv_addr"),
    ] {
        for at in text.all(block, keyword) {
            let word = text.arg(at, 0);
            if !matches!(word.as_str(), "off" | "no" | "false") {
                continue;
            }
            let told = text.found(&[at], format!("'{keyword} {word}' was on, and is off since 2.3"));
            let told = told.advice("what is meant is probably off; without the word it stays on");
            let (edits, _) = text.remove_words(at, 1, 1);
            found.push(
                edits
                    .into_iter()
                    .fold(told, |told, edit| told.pin_edit(edit, keyword)),
            );
        }
    }
}
