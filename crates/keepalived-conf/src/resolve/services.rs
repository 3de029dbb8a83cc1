//! What only the whole shows of virtual servers: whether they can be set up, and what is put in where they say nothing.

use syntax::Diagnostic;

use super::program::{Programs, checked};
use crate::reading::Reading;
use crate::services::{Forwarding, Served, ServerGroup, Services, Shown, VirtualServer};

/// Tells of it.
pub(super) fn resolve(reading: &mut Reading<'_>, programs: &mut Programs) {
    let Services { groups, servers } = std::mem::take(&mut reading.written.services);
    for mut server in servers {
        let group = match &server.served {
            Served::Group(name) => {
                let Some(group) = groups.iter().find(|group| group.name.value == *name) else {
                    // The original leaves it out without a word.
                    let message =
                        format!("there is no virtual_server_group '{name}': the virtual server is left out");
                    let told = Diagnostic::warning("unknown-group", message)
                        .at(server.span)
                        .help("write a virtual_server_group of that name");
                    reading.tell(told);
                    continue;
                };
                Some(group)
            }
            _ => None,
        };
        if server.real_servers.is_empty() {
            let told = Diagnostic::warning(
                "no-member",
                format!("{} has no real servers - ignoring", name(&server)),
            )
            .at(server.span)
            .help("write a `real_server` block into it");
            reading.fault(told);
            continue;
        }
        settle(reading, &mut server, group);
        weights(reading, &mut server);
        for real in &mut server.real_servers {
            server.programs.append(&mut real.programs);
        }
        for command in std::mem::take(&mut server.programs) {
            checked(reading, &command, programs);
        }
    }
}

/// What messages begin with.
fn name(server: &VirtualServer) -> String {
    format!("Virtual server {}", Shown(server))
}

/// Tells what is put in for what a virtual server lacks, or taken back.
fn settle(reading: &mut Reading<'_>, server: &mut VirtualServer, group: Option<&ServerGroup>) {
    let marks_alone = match &server.served {
        Served::Mark(_) => true,
        Served::Address(..) => false,
        Served::Group(_) => group.is_some_and(|group| group.addresses == 0),
    };
    let span = server.span;
    let mut tell = |code, message: String, help: &str| {
        reading.fault(Diagnostic::warning(code, message).at(span).help(help));
    };
    match server.protocol {
        Some(_) if marks_alone => tell(
            "clash",
            format!(
                "Warning: {}: protocol specified for fwmark - protocol will be ignored",
                name(server)
            ),
            "remove `protocol`: packets of all protocols have the mark",
        ),
        None if !marks_alone => {
            tell(
                "missing-keyword",
                format!("{}: no protocol set - defaulting to UDP", name(server)),
                "write `protocol TCP`, UDP or SCTP",
            );
            server.protocol = Some("udp");
        }
        _ => {}
    }
    if server.one_packet.is_some() && server.protocol.is_some_and(|protocol| protocol != "udp") {
        tell(
            "clash",
            format!("{}: one packet scheduling requires UDP - resetting", name(server)),
            "remove `ops`, or write `protocol UDP`",
        );
    }
    let zero_port = match &server.served {
        Served::Address(_, port) => *port == 0,
        Served::Mark(_) => false,
        Served::Group(_) => group.is_some_and(|group| group.zero_port),
    };
    if zero_port && !server.persistent {
        tell(
            "clash",
            format!(
                "{}: zero port only valid for persistent services - setting",
                name(server)
            ),
            "write a port, or `persistence_timeout`",
        );
    }
    if server.scheduler.is_none() {
        tell(
            "missing-keyword",
            format!("{}: no scheduler set, setting default 'wlc'", name(server)),
            "write `lvs_sched wlc`, or another",
        );
    }
    let methods = server.real_servers.iter().all(|real| real.forwarding.is_some());
    if server.forwarding.is_none() && !methods {
        tell(
            "missing-keyword",
            format!("{}: no forwarding method set, setting default NAT", name(server)),
            "write `lvs_method NAT`, DR or TUN",
        );
    }
}

/// Tells of real servers that there are twice or whose ports cannot be, and of a quorum that cannot be reached.
fn weights(reading: &mut Reading<'_>, server: &mut VirtualServer) {
    let mut index = 1;
    while let Some(real) = server.real_servers.get(index) {
        let same =
            |other: &crate::services::RealServer| (other.address, other.port) == (real.address, real.port);
        let Some(first) = server.real_servers[..index].iter().find(|other| same(other)) else {
            index += 1;
            continue;
        };
        let message = format!(
            "VS {}: real server {} is duplicated - removing second rs",
            Shown(server),
            server.shown(real)
        );
        let told = Diagnostic::warning("duplicate-name", message)
            .at(real.span)
            .label(first.span, "the first")
            .help("remove one of them; for a larger share write `weight`");
        reading.fault(told);
        server.real_servers.remove(index);
    }
    if let Served::Address(_, port) = server.served {
        for real in &server.real_servers {
            let method = real.forwarding.or(server.forwarding);
            let same_port = matches!(method, Some(Forwarding::Direct | Forwarding::Tunnel));
            if same_port && real.port != 0 && real.port != port {
                let message = format!(
                    "WARNING - virtual server {} and real server {} ports don't match - resetting",
                    Shown(server),
                    server.shown(real)
                );
                let told = Diagnostic::warning("clash", message)
                    .at(real.span)
                    .help("write the virtual server's port: NAT alone can change it");
                reading.fault(told);
            }
        }
    }
    let total = server.real_servers.iter().fold(0_u32, |total, real| {
        total.saturating_add(real.weight.unwrap_or(server.weight))
    });
    if server.quorum.value > total {
        let message = format!(
            "Warning - quorum {} for {} exceeds total weight of real servers {total}, reducing quorum to {total}",
            server.quorum.value,
            Shown(server)
        );
        let told = Diagnostic::warning("clash", message)
            .at(server.quorum.span)
            .help("write a quorum that the weights of its real servers can reach");
        reading.fault(told);
        server.quorum.value = total;
    }
    if server.hysteresis.value >= server.quorum.value {
        let message = format!(
            "{}: hysteresis {} >= quorum {}; setting hysteresis to {}",
            name(server),
            server.hysteresis.value,
            server.quorum.value,
            server.quorum.value.wrapping_sub(1)
        );
        let told = Diagnostic::warning("clash", message)
            .at(server.hysteresis.span)
            .help("write a hysteresis below the quorum");
        reading.fault(told);
    }
}
