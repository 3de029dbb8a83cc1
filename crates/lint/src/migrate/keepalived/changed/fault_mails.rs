//! Mails about FAULT, since 2.0.

use syntax::Version;

use super::super::file::Task;
use super::super::{Found, Migration, PinAt, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "fault-mails",
    about: "changes to FAULT are mailed",
    when: When::Since(Version::new(2, 0)),
    docs: "Mails about changes to FAULT had to be asked for; since 2.0 they are sent unless `no_email_faults` says otherwise.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    let text = &task.text;
    let alerts: Vec<usize> = ["vrrp_instance", "vrrp_sync_group"]
        .iter()
        .flat_map(|block| text.all(block, "smtp_alert"))
        .chain(
            ["smtp_alert", "smtp_alert_vrrp"]
                .iter()
                .flat_map(|keyword| text.all("global_defs", keyword)),
        )
        .collect();
    if alerts.is_empty() || text.has_global("no_email_faults") || text.has_global("email_faults") {
        return;
    }
    let told = text.found(&alerts, "changes to FAULT are mailed as well since 2.0");
    found.push(told.pin(PinAt::Global, "no_email_faults"));
}
