//! The table of what became of what: a row for each directive and resource of the files.

use heartbeat_conf::model::{AutoFailback, LogFacility, Method};

use super::cluster::Cluster;
use super::path::Path;

/// What became of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It means the same.
    Same,
    /// It means nearly the same; the row says how it differs.
    Different,
    /// It has no meaning any more, and nothing is lost.
    Gone,
    /// It is left to be done by hand; the addresses move without it.
    ByHand,
    /// keepalived cannot do it, and without it data or service are at risk.
    Blocking,
}

impl Fate {
    /// In a word or two.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Same => "carried over",
            Self::Different => "differs",
            Self::Gone => "not needed",
            Self::ByHand => "by hand",
            Self::Blocking => "BLOCKING",
        }
    }
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What heartbeat's files have.
    pub before: String,
    /// What keepalived's file has instead.
    pub after: String,
    /// What became of it.
    pub fate: Fate,
    /// What is to be known of it; may be empty.
    pub note: String,
}

pub(super) fn row(
    before: impl Into<String>,
    after: impl Into<String>,
    fate: Fate,
    note: impl Into<String>,
) -> Row {
    Row {
        before: before.into(),
        after: after.into(),
        fate,
        note: note.into(),
    }
}

/// Rows of what stands in ha.cf and authkeys beside paths, pings and resources.
pub(super) fn settings(cluster: &Cluster<'_>, path: &Path, table: &mut Vec<Row>) {
    let settings = &cluster.common.settings;
    let times = &settings.times;
    let seconds = |value: u64| super::timing::seconds(value);
    table.push(row(
        format!("keepalive {}", seconds(times.keepalive.value)),
        format!("advert_int {}", path.advert_text()),
        if path.advert == times.keepalive.value {
            Fate::Same
        } else {
            Fate::Different
        },
        match path.version {
            3 if !times.keepalive.value.is_multiple_of(1000) => "a part of a second needs version 3 of VRRP",
            3 => "version 3 of VRRP, for IPv6",
            _ => "",
        },
    ));
    table.push(row(
        format!("deadtime {}", seconds(times.deadtime.value)),
        "three adverts and the skew time",
        Fate::Different,
        "see the times below",
    ));
    if times.warntime.is_written() {
        table.push(row(
            format!("warntime {}", seconds(times.warntime.value)),
            "-",
            Fate::Gone,
            "VRRP has no warning of late adverts",
        ));
    }
    if times.initdead.is_written() {
        table.push(row(
            format!("initdead {}", seconds(times.initdead.value)),
            format!("vrrp_startup_delay {}", path.startup_delay(cluster)),
            Fate::Different,
            "it is waited for at each start of keepalived, whether the other node is heard or not",
        ));
    }
    let (word, after, note) = match settings.auto_failback.value {
        AutoFailback::On => ("on", "state MASTER at the owner, and the higher priority", ""),
        AutoFailback::Legacy => (
            "legacy",
            "state MASTER at the owner, and the higher priority",
            "as `on`",
        ),
        AutoFailback::Off => ("off", "state BACKUP and nopreempt on all nodes", ""),
    };
    table.push(row(format!("auto_failback {word}"), after, Fate::Same, note));
    table.push(row(
        format!(
            "node {}",
            settings
                .nodes
                .iter()
                .map(|node| node.value.as_str())
                .collect::<Vec<_>>()
                .join(" ")
        ),
        "a file for each, with its own priorities",
        Fate::Same,
        "",
    ));
    keys(cluster, path, table);
    programs(cluster, table);
    logging(cluster, table);
}

fn keys(cluster: &Cluster<'_>, path: &Path, table: &mut Vec<Row>) {
    let Some(key) = cluster.common.keys.signing() else {
        return;
    };
    let before = format!("authkeys: {}", key.method.name());
    table.push(match (key.method, path.version) {
        (Method::Crc, _) => row(before, "-", Fate::Same, "nothing was protected before either"),
        (_, 3) => row(
            before,
            "-",
            Fate::Different,
            "version 3 of VRRP has no authentication that keepalived 2.2 knows: let the firewall take adverts from the other \
             nodes alone",
        ),
        _ if path.password.is_none() => row(before, "-", Fate::Different, "the key has no letter that a password may have"),
        _ => row(
            before,
            "authentication with auth_type PASS",
            Fate::Different,
            "weaker than before: the password (the first eight letters of the key) is readable in each advert, so do not use that \
             key for anything else, and let the firewall take adverts from the other nodes alone",
        ),
    });
    if cluster.common.keys.keys.len() > 1 {
        table.push(row(
            "further keys of authkeys",
            "-",
            Fate::Gone,
            "VRRP has one password at a time",
        ));
    }
}

fn programs(cluster: &Cluster<'_>, table: &mut Vec<Row>) {
    let settings = &cluster.common.settings;
    for stonith in &settings.stonith {
        let name = if stonith.host.is_some() {
            "stonith_host"
        } else {
            "stonith"
        };
        table.push(row(
            format!("{name} {}", stonith.device),
            "-",
            Fate::Blocking,
            "keepalived shuts off no node: two nodes that do not hear each other both take what they can. Keep such a cluster, or \
             move it to Pacemaker",
        ));
    }
    for program in settings.respawn.iter().filter(|program| !program.is_ipfail()) {
        table.push(row(
            format!("respawn {} {}", program.user, program.program),
            "-",
            Fate::ByHand,
            format!(
                "make it a service of systemd: `User={}`, `Restart=always`",
                program.user
            ),
        ));
    }
    for program in &settings.failfast {
        table.push(row(
            format!("failfast {} {}", program.user, program.program),
            "-",
            Fate::ByHand,
            "make it a service of systemd with `FailureAction=reboot`",
        ));
    }
    if let Some(watchdog) = &settings.watchdog {
        table.push(row(
            format!("watchdog {}", watchdog.value),
            "-",
            Fate::ByHand,
            "`RuntimeWatchdogSec=` in /etc/systemd/system.conf lets systemd serve the device",
        ));
    }
    if !settings.apiauth.is_empty() {
        table.push(row(
            "apiauth",
            "-",
            Fate::Gone,
            "keepalived has no API of that kind",
        ));
    }
    if settings.compression.method.is_some() {
        table.push(row("compression", "-", Fate::Gone, "adverts are small"));
    }
}

fn logging(cluster: &Cluster<'_>, table: &mut Vec<Row>) {
    let log = &cluster.common.settings.log;
    match log.facility.map(|facility| facility.value) {
        Some(LogFacility::Syslog(number @ 16..=23)) => table.push(row(
            format!("logfacility local{}", number - 16),
            format!("`-S {}` on keepalived's command line", number - 16),
            Fate::ByHand,
            "in Debian: DAEMON_ARGS in /etc/default/keepalived",
        )),
        Some(LogFacility::Syslog(_)) => {
            table.push(row(
                "logfacility",
                "the facility daemon",
                Fate::Different,
                "keepalived knows local0 to local7",
            ));
        }
        Some(LogFacility::None) | None => {}
    }
    if log.file.is_some() || log.debug_file.is_some() || log.use_logd.value {
        table.push(row(
            "logfile, debugfile, use_logd",
            "syslog",
            Fate::Different,
            "let the syslog daemon write the file",
        ));
    }
}
