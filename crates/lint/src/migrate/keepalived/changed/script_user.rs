//! Who runs scripts, since 1.3.

use syntax::Version;

use super::super::file::Task;
use super::super::{Found, Migration, PinAt, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "script-user",
    about: "scripts run as the user `keepalived_script` where there is one",
    when: When::Since(Version::new(1, 3)),
    docs: "Scripts ran as root. Since 1.3 they run as `keepalived_script` when the machine has such a user, as root otherwise; `script_user root` keeps root. `enable_script_security` refuses scripts that others could change.",
    find,
};

/// Lines that name a program.
const SCRIPTS: &[(&str, &[&str])] = &[
    ("vrrp_script", &["script"]),
    (
        "vrrp_instance",
        &[
            "notify",
            "notify_master",
            "notify_backup",
            "notify_fault",
            "notify_stop",
        ],
    ),
    (
        "vrrp_sync_group",
        &[
            "notify",
            "notify_master",
            "notify_backup",
            "notify_fault",
            "notify_stop",
        ],
    ),
    ("virtual_server", &["quorum_up", "quorum_down"]),
    ("real_server", &["notify_up", "notify_down"]),
    ("MISC_CHECK", &["misc_path"]),
];

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    let text = &task.text;
    let of = |(block, keywords): &(&'static str, &'static [&'static str])| {
        let block = *block;
        keywords
            .iter()
            .flat_map(move |keyword| text.all(block, keyword))
            .collect::<Vec<usize>>()
    };
    let mut scripts: Vec<usize> = SCRIPTS.iter().flat_map(of).collect();
    scripts.sort_unstable();
    if scripts.is_empty() || text.has_global("script_user") {
        return;
    }
    let told = text
        .found(&scripts, "scripts run as the user keepalived_script since 1.3, if the machine has that user")
        .advice("that user must be able to do what they do; without enable_script_security, which refuses scripts that others could change, -t ends with 6");
    found.push(told.pin(PinAt::Global, "script_user root"));
}
