//! What heartbeat writes of its settings: all that there are with their defaults (`-D`), and what the files come to (`-v`).

use std::fmt::Write as _;
use std::path::Path;

use heartbeat_conf::Loaded;
use heartbeat_conf::model::MediumKind;

use super::reading;

/// Directives that have a default, with it, in the order and the forms of the original.
const DEFAULTS: [(&str, &str); 24] = [
    ("cluster", "linux-ha"),
    ("hopfudge", "1"),
    ("keepalive", "1000ms"),
    ("deadtime", "30000ms"),
    ("baud", "19200"),
    ("auto_failback", "legacy"),
    ("hbgenmethod", "file"),
    ("realtime", "true"),
    ("msgfmt", "classic"),
    ("conn_logd_time", "60"),
    ("log_badpack", "true"),
    ("syslogmsgfmt", "true"),
    ("coredumps", "true"),
    ("pacemaker", "false"),
    ("autojoin", "none"),
    ("uuidfrom", "file"),
    ("compression", "zlib"),
    ("compression_threshold", "2"),
    ("traditional_compression", "no"),
    ("max_rexmit_delay", "250"),
    ("record_config_changes", "on"),
    ("record_pengine_inputs", "on"),
    ("enable_config_writes", "on"),
    ("memreserve", "6500"),
];

/// What a directive is for.
fn purpose(name: &str) -> &'static str {
    heartbeat_conf::rows()
        .find(|row| row.name == name)
        .map_or("", |row| row.help)
}

/// All directives that have a default.
pub(super) fn table() -> String {
    let mut out = format!(
        "{:<24} {:<9} Description\n{}\n",
        "Directive",
        "Default",
        "-".repeat(80)
    );
    for (name, default) in DEFAULTS {
        // Writing into a text does not fail.
        let _ = writeln!(out, "{name:<24} {default:<9} {}", purpose(name));
    }
    out
}

/// What the files come to.
pub(super) fn configuration(loaded: &Loaded, node: &str, ha_dir: &Path) -> String {
    let mut out = format!("#\n#\theartbeat's settings on {node}\n#\n");
    let told = reading::told(loaded, node, ha_dir);
    let mut line = |name: &str, value: &str| {
        // As above.
        let _ = writeln!(out, "{name}\t{value}\t#\t{}", purpose(name));
    };
    for (name, default) in DEFAULTS {
        let written = told.parameters.iter().find(|(told, _)| told == name);
        line(name, written.map_or(default, |(_, value)| value));
    }
    for (name, value) in &told.parameters {
        if name != "hbversion" && DEFAULTS.iter().all(|(known, _)| known != name) {
            line(name, value);
        }
    }
    out.push_str("#\n#\tnodes\n#\n");
    let settings = &loaded.configuration.settings;
    for node in &settings.nodes {
        // As above.
        let _ = writeln!(out, "node {}", node.value);
    }
    out.push_str("#\n#\tmedia\n#\n");
    for medium in &settings.media {
        // As above.
        let _ = writeln!(out, "{}", shown(&medium.kind));
    }
    out
}

/// A medium as ha.cf has it.
fn shown(kind: &MediumKind) -> String {
    let name = kind.directive();
    match kind {
        MediumKind::Broadcast { interface, .. } => format!("{name} {interface}"),
        MediumKind::Multicast {
            interface,
            group,
            port,
            ttl,
            looped,
        } => format!("{name} {interface} {group} {port} {ttl} {}", u8::from(*looped)),
        MediumKind::Multicast6 {
            interface,
            group,
            port,
            hops,
            looped,
        } => format!("{name} {interface} {group} {port} {hops} {}", u8::from(*looped)),
        MediumKind::Unicast { interface, peer, .. } | MediumKind::Unicast6 { interface, peer, .. } => {
            format!("{name} {interface} {peer}")
        }
        MediumKind::Serial { device, .. } => format!("{name} {device}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_directive_with_a_default_is_known() {
        for (name, _) in DEFAULTS {
            assert!(!purpose(name).is_empty(), "{name}");
        }
        assert!(table().contains("\nkeepalive                1000ms    "));
    }
}
