//! `virtual_server`: what is served, and how.

use std::net::{IpAddr, Ipv4Addr};

use syntax::{Diagnostic, Span};

use super::server;
use super::value::{
    LONGEST, LONGEST_CONNECT, endpoint, forwarding, lacks, number, optional_switch, program, seconds,
};
use crate::lines::Line;
use crate::parse::number::unsigned;
use crate::parse::script::bad;
use crate::reading::Reading;
use crate::services::{Forwarding, Served, VirtualServer};
use crate::written::Spanned;

/// The longest time that a client may stay on its server: 31 days.
const LONGEST_PERSISTENCE: u32 = 31 * 24 * 60 * 60;

const SCHEDULERS: [&str; 14] = [
    "rr", "wrr", "lc", "wlc", "lblc", "lblcr", "sh", "mh", "dh", "fo", "ovf", "sed", "nq", "twos",
];

/// Begins one.
pub(crate) fn begin(reading: &mut Reading<'_>, line: &Line) -> bool {
    let Some(first) = reading.need(line, 0, "an address and a port, `fwmark NUMBER` or `group NAME`") else {
        return false;
    };
    let (served, ipv4) = match &*first.bytes {
        // Without what should stand behind them the original dies.
        b"group" => match reading.need(line, 1, "the group's name") {
            Some(name) => (Served::Group(name.text().into_owned()), None),
            None => return false,
        },
        b"fwmark" => {
            let Some(word) = reading.need(line, 1, "a mark") else {
                return false;
            };
            match unsigned(word, 0, u32::MAX) {
                Ok(mark) => (Served::Mark(mark), None),
                Err(why) => {
                    let message = format!(
                        "virtual server fwmark '{}' must be in [0, {}] - ignoring",
                        word.text(),
                        u32::MAX
                    );
                    bad(reading, word, message, why, "write the mark as a number");
                    return false;
                }
            }
        }
        _ => {
            let found = endpoint(reading, first, line.arg(1), |address, port| {
                format!("Invalid virtual server IP address/port {address}/{port} - skipping")
            });
            match found {
                Some((address, port)) => (Served::Address(address, port), Some(address.is_ipv4())),
                None => return false,
            }
        }
    };
    let span = line.span();
    reading.written.services.servers.push(VirtualServer {
        served,
        span,
        protocol: None,
        scheduler: None,
        forwarding: None,
        ipv4,
        persistent: false,
        one_packet: None,
        quorum: Spanned::new(1, span),
        hysteresis: Spanned::new(0, span),
        weight: 1,
        sorry_server: None,
        programs: Vec::new(),
        real_servers: Vec::new(),
    });
    true
}

/// `delay_loop`.
pub(crate) fn delay_loop(reading: &mut Reading<'_>, line: &Line) {
    seconds(reading, line, (1, LONGEST), |text| {
        format!("virtual server delay loop '{text}' invalid - ignoring")
    });
}

/// `connect_timeout`.
pub(crate) fn connect_timeout(reading: &mut Reading<'_>, line: &Line) {
    seconds(reading, line, (1, LONGEST_CONNECT), |text| {
        format!("virtual server connect_timeout {text} invalid - ignoring")
    });
}

/// `delay_before_retry`.
pub(crate) fn delay_before_retry(reading: &mut Reading<'_>, line: &Line) {
    seconds(reading, line, (0, LONGEST), |text| {
        format!("virtual server delay before retry '{text}' invalid - ignoring")
    });
}

/// `warmup`.
pub(crate) fn warmup(reading: &mut Reading<'_>, line: &Line) {
    seconds(reading, line, (0, LONGEST), |text| {
        format!("virtual server warmup '{text}' invalid - ignoring")
    });
}

/// `retry`, of virtual and real servers.
pub(crate) fn retry(reading: &mut Reading<'_>, line: &Line) {
    number(reading, line, (1, u32::MAX), |text| {
        format!("retry value invalid - {text}")
    });
}

/// `weight`.
pub(crate) fn weight(reading: &mut Reading<'_>, line: &Line) {
    let value = number(reading, line, (1, 2_147_483_647), |text| {
        format!("Virtual server weight {text} is outside range 1-2147483647")
    });
    if let (Some(server), Some(value)) = (server(reading), value) {
        server.weight = value;
    }
}

/// `quorum`.
pub(crate) fn quorum(reading: &mut Reading<'_>, line: &Line) {
    let value = number(reading, line, (1, u32::MAX), |text| {
        format!("Quorum {text} must be in [1, {}]. Setting to 1.", u32::MAX)
    });
    if let Some(server) = server(reading) {
        server.quorum = Spanned::new(value.unwrap_or(1), line.span());
    }
}

/// `hysteresis`.
pub(crate) fn hysteresis(reading: &mut Reading<'_>, line: &Line) {
    let value = number(reading, line, (0, u32::MAX), |text| {
        format!("Hysteresis {text} must be in [0, {}] - ignoring", u32::MAX)
    });
    if let (Some(server), Some(value)) = (server(reading), value) {
        server.hysteresis = Spanned::new(value, line.span());
    }
}

/// `persistence_timeout`; without a number it is six minutes.
pub(crate) fn persistence_timeout(reading: &mut Reading<'_>, line: &Line) {
    let fits = line.arg(0).is_none()
        || number(reading, line, (1, LONGEST_PERSISTENCE), |_| {
            "persistence_timeout invalid".to_owned()
        })
        .is_some();
    if let Some(server) = server(reading).filter(|_| fits) {
        server.persistent = true;
    }
}

/// `persistence_granularity`: a mask for IPv4, a length for IPv6.
pub(crate) fn persistence_granularity(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "a mask, or its length for IPv6") else {
        return;
    };
    let text = word.text();
    if server(reading).and_then(|server| server.ipv4) == Some(false) {
        if let Err(why) = unsigned(word, 1, 128) {
            let message = format!("Invalid IPv6 persistence_granularity specified - {text}");
            bad(
                reading,
                word,
                message,
                why,
                "write the length of a prefix, 1 to 128",
            );
        }
        return;
    }
    // The original takes a number alone for an address, as it was once written.
    let number_alone = text.parse::<u32>().is_ok();
    if text.parse::<Ipv4Addr>().is_err() && !number_alone {
        let message = format!("Invalid IPv4 persistence_granularity specified - {text}");
        let told = Diagnostic::warning("bad-value", message)
            .at(word.span)
            .help("write a mask such as 255.255.255.0");
        reading.fault(told);
    } else if number_alone {
        let told = Diagnostic::warning(
            "bad-value",
            format!("'{text}' is read as the address 0.0.0.{text}, not as the length of a prefix"),
        )
        .at(word.span)
        .help("write a mask such as 255.255.255.0");
        reading.tell(told);
    }
}

/// `lvs_sched` and `lb_algo`.
pub(crate) fn scheduler(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "a scheduler") else {
        return;
    };
    let text = word.text().into_owned();
    if !SCHEDULERS.contains(&&*text) {
        let told = Diagnostic::warning("bad-value", format!("Invalid lvs_scheduler '{text}' - ignoring"))
            .at(word.span)
            .help(format!("write one of: {}", SCHEDULERS.join(", ")));
        return reading.fault(told);
    }
    if let Some(server) = server(reading) {
        server.scheduler = Some(text);
    }
}

/// `lvs_method` and `lb_kind`.
pub(crate) fn method(reading: &mut Reading<'_>, line: &Line) {
    let value = forwarding(reading, line, "virtual server");
    if let (Some(server), Some(value)) = (server(reading), value) {
        server.forwarding = Some(value);
    }
}

/// `protocol`.
pub(crate) fn protocol(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "TCP, UDP or SCTP") else {
        return;
    };
    let text = word.text();
    let known = ["tcp", "udp", "sctp"]
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(&text));
    if known.is_none() {
        let told = Diagnostic::warning("bad-value", format!("Unknown protocol {text} - ignoring"))
            .at(word.span)
            .help("write TCP, UDP or SCTP");
        reading.fault(told);
    }
    if let (Some(server), Some(known)) = (server(reading), known) {
        server.protocol = Some(known);
    }
}

/// `ip_family`.
pub(crate) fn family(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "inet or inet6") else {
        return;
    };
    let text = word.text();
    let ipv4 = match &*text {
        "inet" => true,
        "inet6" => false,
        _ => {
            let told = Diagnostic::warning("bad-value", format!("unknown address family {text}"))
                .at(word.span)
                .help("write inet or inet6");
            return reading.fault(told);
        }
    };
    let clashes = server(reading).is_some_and(|server| server.ipv4.is_some_and(|known| known != ipv4));
    if clashes {
        let message = format!("Virtual server specified family {text} conflicts with server family");
        let told = Diagnostic::warning("clash", message)
            .at(word.span)
            .help("remove the line: the address says which family it is");
        return reading.fault(told);
    }
    if let Some(server) = server(reading) {
        server.ipv4 = Some(ipv4);
    }
}

/// `smtp_alert`.
pub(crate) fn smtp_alert(reading: &mut Reading<'_>, line: &Line) {
    optional_switch(reading, line, |text| {
        format!("Invalid virtual_server smtp_alert parameter {text}")
    });
}

/// `hashed`, and the flags of schedulers that have none but by these names.
pub(crate) fn scheduler_flag(reading: &mut Reading<'_>, line: &Line) {
    let hashes = server(reading)
        .and_then(|server| server.scheduler.as_deref())
        .is_some_and(|name| matches!(name, "sh" | "mh"));
    if !hashes {
        let message = format!(
            "{} only applies to sh scheduler - ignoring",
            line.keyword().text()
        );
        let told = Diagnostic::warning("clash", message)
            .at(line.keyword().span)
            .help("write `lvs_sched sh` or `lvs_sched mh` before it, or remove it");
        reading.fault(told);
    }
}

/// `ops`.
pub(crate) fn one_packet(reading: &mut Reading<'_>, line: &Line) {
    if let Some(server) = server(reading) {
        server.one_packet = Some(line.span());
    }
}

/// `sorry_server`.
pub(crate) fn sorry_server(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "an address and a port") else {
        return;
    };
    let found = endpoint(reading, word, line.arg(1), |address, _| {
        format!("Invalid sorry server IP address {address} - skipping")
    });
    let Some((address, _)) = found else { return };
    let written = Spanned::new(address, word.span);
    if let Some(server) = server(reading) {
        server.sorry_server = Some(written);
    }
}

/// Ends one: a sorry server of another family is left out, unless packets go to it through a tunnel.
pub(crate) fn end(reading: &mut Reading<'_>, closed: Span) {
    let Some(server) = server(reading) else { return };
    let Some(sorry) = server.sorry_server.clone() else {
        return;
    };
    let address = sorry.value;
    if clashes(
        server.ipv4,
        address,
        server.forwarding == Some(Forwarding::Tunnel),
    ) {
        server.sorry_server = None;
        let message = format!(
            "Address family of virtual server and sorry server {address} don't match - skipping sorry server."
        );
        let told = Diagnostic::warning("wrong-family", message)
            .at(closed)
            .label(sorry.span, "this one")
            .help("write an address of the virtual server's family, or `lvs_method TUN`");
        reading.fault(told);
    }
}

/// Whether an address is of another family than the virtual server's, which tunnels alone can bridge.
pub(super) fn clashes(known: Option<bool>, address: IpAddr, tunnel: bool) -> bool {
    !tunnel && known.is_some_and(|ipv4| ipv4 != address.is_ipv4())
}

/// `sorry_server_inhibit`.
pub(crate) fn sorry_server_inhibit(reading: &mut Reading<'_>, line: &Line) {
    if server(reading).is_some_and(|server| server.sorry_server.is_none()) {
        needs_sorry_server(
            reading,
            line,
            "Ignoring sorry_server inhibit used before or without sorry_server",
        );
    }
}

/// `sorry_server_lvs_method`.
pub(crate) fn sorry_server_method(reading: &mut Reading<'_>, line: &Line) {
    if server(reading).is_some_and(|server| server.sorry_server.is_some()) {
        forwarding(reading, line, "sorry server");
    } else {
        needs_sorry_server(reading, line, "sorry_server forwarding used without sorry_server");
    }
}

fn needs_sorry_server(reading: &mut Reading<'_>, line: &Line, message: &str) {
    let told = Diagnostic::warning("missing-keyword", message)
        .at(line.span())
        .help("write `sorry_server ADDRESS PORT` before it");
    reading.fault(told);
}

/// `quorum_up` and `quorum_down`.
pub(crate) fn script(reading: &mut Reading<'_>, line: &Line) {
    let found = program(reading, line);
    if let Some(server) = server(reading) {
        server.programs.extend(found);
    }
}

/// `virtualhost`.
pub(crate) fn virtualhost(reading: &mut Reading<'_>, line: &Line) {
    if line.arg(0).is_none() {
        lacks(
            reading,
            line,
            "virtual server virtualhost missing",
            "write the Host of requests",
        );
    }
}

/// `snmp_name`.
pub(crate) fn snmp_name(reading: &mut Reading<'_>, line: &Line) {
    if line.args().len() != 1 {
        let message = "virtual server snmp_name missing or extra parameters";
        lacks(
            reading,
            line,
            message,
            "write one name, between quotes if it has blanks",
        );
    }
}
