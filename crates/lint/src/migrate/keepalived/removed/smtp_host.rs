//! `host` of `SMTP_CHECK`.

use super::super::file::Task;
use super::super::{Found, Migration, PinAt, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "smtp-host",
    about: "the `host` block of `SMTP_CHECK` goes",
    when: When::OldIn(&[("SMTP_CHECK", "host")]),
    docs: "Where to connect stands in the check itself. A check with several hosts becomes one for each: that is left to a person.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    let text = &task.text;
    for check in text.all("real_server", "SMTP_CHECK") {
        let hosts: Vec<usize> = text.inside_with(check, "host").collect();
        let [host] = hosts[..] else {
            if !hosts.is_empty() {
                let told = text.found(
                    &hosts,
                    "several 'host' blocks in one check, which later versions may refuse",
                );
                found.push(
                    told.advice("write a SMTP_CHECK for each, with connect_ip and connect_port")
                        .decide(),
                );
            }
            continue;
        };
        let lines: Vec<String> = text
            .inside(host)
            .map(|at| [vec![text.keyword(at)], text.written_args(at)].concat().join(" "))
            .collect();
        let (mut edits, _) = text.delete(host);
        edits.push(text.write(PinAt::End(check), &lines));
        let told = text.found(
            &[host],
            "the 'host' block of a SMTP_CHECK is out of use since 1.3",
        );
        found.push(told.edits((edits, lines)));
    }
}
