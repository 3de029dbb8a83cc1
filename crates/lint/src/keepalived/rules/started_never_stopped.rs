//! A script for MASTER, and none for what follows.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "started-never-stopped",
    title: "A script for MASTER, and none for what follows",
    level: Severity::Note,
    why: "What notify_master starts goes on when the address has left the machine.",
    mend: "write notify_backup and notify_fault too, or 'notify' for all changes",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for one in cluster.instances() {
        let notify = &one.model.notify;
        if notify.master.is_some()
            && notify.any.is_none()
            && (notify.backup.is_none() || notify.fault.is_none())
        {
            let lacking = if notify.backup.is_none() {
                "notify_backup"
            } else {
                "notify_fault"
            };
            out.tell(one.place("notify_master"), format!("there is no {lacking}"));
        }
    }
}
