//! Who is told of a change of state: scripts, and people by mail.

use keepalived_conf::model::{Script, VrrpInstance};
use vrrp_proto::StateKind;

use crate::log::Log;
use crate::mail::{Alert, Mailer};
use crate::process::Running;

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

    fn word(self) -> &'static str {
        match self {
            Self::Master => "MASTER",
            Self::Backup => "BACKUP",
            Self::Fault => "FAULT",
            Self::Stop => "STOP",
        }
    }
}

/// Runs the scripts of an instance: the one for this change, then the one for all.
pub(crate) fn run_scripts(instance: &VrrpInstance, news: News, priority: u8, log: &Log) {
    let notify = &instance.notify;
    let own = match news {
        News::Master => &notify.master,
        News::Backup => &notify.backup,
        News::Fault => &notify.fault,
        News::Stop => &notify.stop,
    };
    if let Some(script) = own {
        start(script, &[], log);
    }
    if let Some(script) = &notify.any {
        let priority = priority.to_string();
        start(script, &["INSTANCE", &instance.name, news.word(), &priority], log);
    }
}

/// Runs a script that nobody waits for.
pub(crate) fn start(script: &Script, more: &[&str], log: &Log) {
    match Running::start(script, more) {
        Ok(running) => running.let_go(),
        Err(error) => {
            let program = script.command.first().map_or("", String::as_str);
            log.info(format!("Notify script {program} cannot be run: {error}"));
        }
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
