//! Who is told of a change of state: scripts, and people by mail.

use keepalived_conf::model::{Notify, SyncGroup, VrrpInstance};
use vrrp_proto::StateKind;

use crate::log::Log;
use crate::mail::{Alert, Mailer};
use crate::queue::Queues;

/// What an instance has become, as scripts are told it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// Has the addresses.
    Master,
    /// Waits.
    Backup,
    /// Cannot take part, or is no longer in the file.
    Fault,
    /// The program ends.
    Stop,
    /// It is no longer in the file, and wants to be told of so (`notify_deleted`).
    Deleted,
}

impl News {
    /// What a change to `state` is.
    pub(crate) fn of(state: StateKind) -> Self {
        match state {
            StateKind::Master => Self::Master,
            StateKind::Backup => Self::Backup,
            StateKind::Fault => Self::Fault,
            StateKind::Init => Self::Stop,
        }
    }

    /// The word that stands for it in lines and arguments.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Master => "MASTER",
            Self::Backup => "BACKUP",
            Self::Fault => "FAULT",
            Self::Stop => "STOP",
            Self::Deleted => "DELETED",
        }
    }
}

/// Runs the scripts of an instance: the one for this change, then the one for all.
pub(crate) fn run_scripts(instance: &VrrpInstance, news: News, priority: u8, queues: &Queues) {
    run(
        &instance.notify,
        news,
        ["INSTANCE", &instance.name],
        priority,
        queues,
    );
}

/// The same for a group, which has no priority.
pub(crate) fn run_group_scripts(group: &SyncGroup, news: News, queues: &Queues) {
    run(&group.notify, news, ["GROUP", &group.name], 0, queues);
}

/// Runs the script of an instance that has heard a master of lower priority.
pub(crate) fn run_lower_script(instance: &VrrpInstance, queues: &Queues) {
    if let Some(script) = &instance.notify.master_rx_lower_pri {
        queues.push(&format!("INSTANCE {}", instance.name), script, &[]);
    }
}

fn run(notify: &Notify, news: News, [kind, name]: [&str; 2], priority: u8, queues: &Queues) {
    let own = match news {
        News::Master => &notify.master,
        News::Backup => &notify.backup,
        News::Fault => &notify.fault,
        News::Stop => &notify.stop,
        News::Deleted => &notify.deleted,
    };
    let of = format!("{kind} {name}");
    if let Some(script) = own {
        queues.push(&of, script, &[]);
    }
    if let Some(script) = &notify.any {
        let priority = priority.to_string();
        queues.push(&of, script, &[kind, name, news.word(), &priority]);
    }
}

/// Sends the mail that a change calls for.
pub(crate) fn send_mail(instance: &VrrpInstance, news: News, faults_too: bool, mailer: &Mailer, log: &Log) {
    if !instance.smtp_alert || news == News::Stop || (news == News::Fault && !faults_too) {
        return;
    }
    let owning = if news == News::Master { "now" } else { "no longer" };
    mailer.send(
        Alert {
            subject: format!("VRRP Instance {} - Entering {} state", instance.name, news.word()),
            body: format!("=> VRRP Instance is {owning} owning VRRP VIPs <="),
        },
        log.clone(),
    );
}

/// The same for a group.
pub(crate) fn send_group_mail(group: &SyncGroup, news: News, faults_too: bool, mailer: &Mailer, log: &Log) {
    if !group.smtp_alert || news == News::Stop || (news == News::Fault && !faults_too) {
        return;
    }
    let state = news.word();
    mailer.send(
        Alert {
            subject: format!("VRRP Group {} - Entering {state} state", group.name),
            body: format!("=> All VRRP group instances are now in {state} state <="),
        },
        log.clone(),
    );
}
