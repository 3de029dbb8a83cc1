//! `lvs_sync_daemon_interface` of instances.

use super::super::file::Task;
use super::super::{Found, Migration, PinAt, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "lvs-sync",
    about: "`lvs_sync_daemon_interface` becomes `lvs_sync_daemon`",
    when: When::OldIn(&[("vrrp_instance", "lvs_sync_daemon_interface")]),
    docs: "The daemon is one for the machine, so it stands in `global_defs`, with the instance that it follows.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    let text = &task.text;
    let mut taken = text.has_global("lvs_sync_daemon");
    for at in text.all("vrrp_instance", "lvs_sync_daemon_interface") {
        let owner = text.tree.nodes.get(at).and_then(|node| node.parent);
        let instance = owner.map_or_else(String::new, |owner| text.arg(owner, 0));
        let told = text.found(
            &[at],
            "'lvs_sync_daemon_interface' of an instance is warned of since 2.2",
        );
        if std::mem::replace(&mut taken, true) {
            let (edits, _) = text.delete(at);
            found.push(told.edits((edits, vec!["(deleted)".to_owned()])).advice(
                "there is one daemon for the machine, and another line names the instance that it follows",
            ));
            continue;
        }
        let line = format!("lvs_sync_daemon {} {instance}", text.written_args(at).join(" "));
        found.push(
            told.edits(text.delete(at))
                .edits(text.insert(PinAt::Global, &[line])),
        );
    }
}
