//! What only the whole of ha.cf shows: times that do not fit, what is missing, what does not go together.

use syntax::Diagnostic;

use super::Reader;
use crate::model::{AutoFailback, Autojoin, Pacemaker, Setting};

/// `initdead` where no line gives it, in milliseconds: twice a short dead time and not too little, or a long one itself.
fn initdead(deadtime: u64) -> u64 {
    if deadtime > 10_000 {
        deadtime
    } else {
        (2 * deadtime).max(12_000)
    }
}

pub(super) fn check(reader: &mut Reader<'_>) {
    membership(reader);
    times(reader);
    failback(reader);
    logging(reader);
    joining(reader);
}

fn membership(reader: &mut Reader<'_>) {
    let settings = &reader.settings;
    let no_media = settings.media.is_empty();
    let no_nodes = settings.nodes.is_empty() && settings.autojoin.value != Autojoin::Any;
    let stranger = reader
        .host
        .node_name()
        .filter(|name| settings.autojoin.value != Autojoin::Any && !settings.has_node(name));
    if no_media && !reader.diagnostics.iter().any(|told| told.refuses) {
        reader.tell(
            Diagnostic::alert("no-medium", "No heartbeat media defined")
                .help("write a path to the other node, such as `bcast eth0` or `ucast eth0 ADDRESS`"),
        );
    }
    if no_nodes {
        reader.tell(
            Diagnostic::alert("no-node", "no nodes defined")
                .help("write `node` with the names of all nodes (`uname -n`)"),
        );
    }
    if let Some(name) = stranger {
        reader.tell(
            Diagnostic::alert("this-node-missing", format!("Current node [{name}] not in configuration!")).help(
                "By default, cluster nodes are named by `uname -n` and must be declared with a 'node' directive in the ha.cf file.",
            ),
        );
    }
}

fn times(reader: &mut Reader<'_>) {
    let times = &mut reader.settings.times;
    if !times.warntime.is_written() {
        times.warntime = Setting::implied(times.deadtime.value / 2);
    }
    if !times.initdead.is_written() {
        times.initdead = Setting::implied(initdead(times.deadtime.value));
    }
    if !times.deadping.is_written() {
        times.deadping = Setting::implied(times.deadtime.value);
    }
    let times = times.clone();
    let (keepalive, deadtime) = (times.keepalive.value, times.deadtime.value);
    let place = |setting: Setting<u64>| setting.span.or(times.keepalive.span).or(times.deadtime.span);
    let mut found = Vec::new();
    let mut short = |what: &str, setting: Setting<u64>| {
        if setting.value <= keepalive.saturating_mul(2) {
            let message = format!(
                "{what} [{}] is too small compared to keeplive [{keepalive}]",
                setting.value
            );
            found.push((message, place(setting), "it must be more than twice keepalive"));
        }
    };
    short("Dead time", times.deadtime);
    // Without a line of its own it is the same as the dead time, and nothing more is to be said.
    if times.deadping.is_written() {
        short("Ping dead time", times.deadping);
    }
    if times.initdead.value < deadtime {
        let message = format!(
            "Initial dead time [{}] is smaller than deadtime [{deadtime}]",
            times.initdead.value
        );
        found.push((
            message,
            place(times.initdead),
            "at the start a node needs more time than later, not less",
        ));
    }
    for (message, span, help) in found {
        let mut diagnostic = Diagnostic::alert("times-do-not-fit", message).help(help);
        diagnostic.span = span;
        reader.tell(diagnostic);
    }
}

fn failback(reader: &mut Reader<'_>) {
    let setting = reader.settings.auto_failback;
    if setting.value != AutoFailback::Legacy {
        return;
    }
    let mut diagnostic = Diagnostic::warning(
        "legacy-failback",
        "Deprecated 'legacy' auto_failback option selected.\nPlease convert to 'auto_failback on'.\n\
         See documentation for conversion details.",
    )
    .help("write `auto_failback on`, or `off` to let resources stay where they are");
    diagnostic.span = setting.span;
    reader.tell(diagnostic);
}

fn logging(reader: &mut Reader<'_>) {
    let log = &reader.settings.log;
    let files = [
        log.file.as_ref().map(|file| file.span),
        log.debug_file.as_ref().map(|file| file.span),
    ];
    let span = files.into_iter().flatten().flatten().next();
    if log.use_logd.value && (span.is_some() || log.facility.is_some()) {
        let mut diagnostic = Diagnostic::warning(
            "two-logs",
            if log.facility.is_some() {
                "logd is enabled but logfile/debugfile/logfacility is still configured in ha.cf"
            } else {
                "logd is enabled but logfile/debugfile is still configured in ha.cf"
            },
        );
        diagnostic.span = span.or(log.facility.and_then(|facility| facility.span));
        reader.tell(diagnostic);
    }
}

fn joining(reader: &mut Reader<'_>) {
    let setting = reader.settings.autojoin;
    if setting.value == Autojoin::None || reader.settings.pacemaker.value == Pacemaker::On {
        return;
    }
    let mut diagnostic = Diagnostic::alert(
        "autojoin",
        "R1 style resource management conflicts with  autojoin set\nYou need either unset autojoin or enable crm",
    )
    .help("name all nodes with `node` and take `autojoin` out");
    diagnostic.span = setting.span;
    reader.tell(diagnostic);
}
