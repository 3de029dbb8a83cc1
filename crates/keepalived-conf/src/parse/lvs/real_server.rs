//! `real_server`: a server behind a virtual one.

use syntax::{Diagnostic, Span};

use super::value::{
    LONGEST, LONGEST_CONNECT, endpoint, forwarding, lacks, number, optional_switch, program, seconds,
};
use super::virtual_server::clashes;
use super::{real, server};
use crate::lines::Line;
use crate::reading::Reading;
use crate::services::{Check, Forwarding, RealServer};

/// Begins one.
pub(crate) fn begin(reading: &mut Reading<'_>, line: &Line) -> bool {
    let Some(word) = reading.need(line, 0, "an address and a port") else {
        return false;
    };
    let found = endpoint(reading, word, line.arg(1), |address, port| {
        format!("Invalid real server ip address/port {address}/{port} - skipping")
    });
    let (Some((address, port)), Some(server)) = (found, server(reading)) else {
        return false;
    };
    server.real_servers.push(RealServer {
        address,
        port,
        span: line.span(),
        weight: None,
        forwarding: None,
        programs: Vec::new(),
        check: Check::default(),
    });
    true
}

/// Ends it: one of another family than the virtual server's is left out, unless packets go to it through a tunnel.
pub(crate) fn end(reading: &mut Reading<'_>, closed: Span) {
    let Some(server) = server(reading) else { return };
    let Some(real) = server.real_servers.last() else {
        return;
    };
    let address = real.address;
    let at = real.span;
    let tunnel = real.forwarding.or(server.forwarding) == Some(Forwarding::Tunnel);
    if clashes(server.ipv4, address, tunnel) {
        server.real_servers.pop();
        let message = format!(
            "Address family of virtual server and real server {address} don't match - skipping real server."
        );
        let told = Diagnostic::warning("wrong-family", message)
            .at(closed)
            .label(at, "this one")
            .help("write an address of the virtual server's family, or `lvs_method TUN`");
        return reading.fault(told);
    }
    server.ipv4.get_or_insert(address.is_ipv4());
}

/// `delay_loop`.
pub(crate) fn delay_loop(reading: &mut Reading<'_>, line: &Line) {
    seconds(reading, line, (1, LONGEST), |text| {
        format!("real server delay_loop '{text}' invalid - ignoring")
    });
}

/// `connect_timeout`.
pub(crate) fn connect_timeout(reading: &mut Reading<'_>, line: &Line) {
    seconds(reading, line, (1, LONGEST_CONNECT), |text| {
        format!("real server connect_timeout {text} invalid - ignoring")
    });
}

/// `delay_before_retry`.
pub(crate) fn delay_before_retry(reading: &mut Reading<'_>, line: &Line) {
    seconds(reading, line, (0, LONGEST), |text| {
        format!("real server delay_before_retry '{text}' invalid - ignoring")
    });
}

/// `warmup`.
pub(crate) fn warmup(reading: &mut Reading<'_>, line: &Line) {
    seconds(reading, line, (0, LONGEST), |text| {
        format!("real server warmup '{text}' invalid - ignoring")
    });
}

/// `weight`; 0 takes no connections.
pub(crate) fn weight(reading: &mut Reading<'_>, line: &Line) {
    let value = number(reading, line, (0, 2_147_483_647), |text| {
        format!("Real server weight {text} is outside range 0-2147483647")
    });
    if let (Some(real), Some(value)) = (real(reading), value) {
        real.weight = Some(value);
    }
}

/// `lthreshold` and `uthreshold`.
pub(crate) fn threshold(reading: &mut Reading<'_>, line: &Line) {
    let name = line.keyword().text().into_owned();
    number(reading, line, (0, u32::MAX), |text| {
        format!("Invalid real_server {name} '{text}' - ignoring")
    });
}

/// `lvs_method`.
pub(crate) fn method(reading: &mut Reading<'_>, line: &Line) {
    let value = forwarding(reading, line, "real server");
    if let (Some(real), Some(value)) = (real(reading), value) {
        real.forwarding = Some(value);
    }
}

/// `inhibit_on_failure`, and `alpha` of real servers and checks.
pub(crate) fn named_switch(reading: &mut Reading<'_>, line: &Line) {
    let name = line.keyword().text().into_owned();
    optional_switch(reading, line, |text| format!("Invalid {name} parameter {text}"));
}

/// `smtp_alert`.
pub(crate) fn smtp_alert(reading: &mut Reading<'_>, line: &Line) {
    optional_switch(reading, line, |text| {
        format!("Invalid real_server smtp_alert parameter {text}")
    });
}

/// `notify_up` and `notify_down`.
pub(crate) fn script(reading: &mut Reading<'_>, line: &Line) {
    let found = program(reading, line);
    if let Some(real) = real(reading) {
        real.programs.extend(found);
    }
}

/// `virtualhost`.
pub(crate) fn virtualhost(reading: &mut Reading<'_>, line: &Line) {
    if line.arg(0).is_none() {
        lacks(
            reading,
            line,
            "real server virtualhost missing",
            "write the Host of requests",
        );
    }
}

/// `snmp_name`.
pub(crate) fn snmp_name(reading: &mut Reading<'_>, line: &Line) {
    if line.args().len() != 1 {
        let message = "real server snmp_name missing or extra parameters";
        lacks(
            reading,
            line,
            message,
            "write one name, between quotes if it has blanks",
        );
    }
}
