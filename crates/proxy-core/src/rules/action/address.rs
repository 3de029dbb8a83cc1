//! Actions on the client's addresses.

use std::net::{IpAddr, SocketAddr};

use haproxy_cfg::keywords::Output;

use super::{Action, Compile, Make};
use crate::rules::{Exec, Step};
use crate::sample::{Expression, Sample};

pub(super) const ROWS: &[(&str, Make)] = &[
    ("set-src", |at| address(at, true)),
    ("set-dst", |at| address(at, false)),
    ("set-src-port", |at| port(at, true)),
    ("set-dst-port", |at| port(at, false)),
];

fn address(at: Compile<'_>, source: bool) -> Result<Box<dyn Action>, String> {
    let value = at.sample("address", Output::Addr)?;
    Ok(Box::new(SetAddress { value, source }))
}

fn port(at: Compile<'_>, source: bool) -> Result<Box<dyn Action>, String> {
    let value = at.sample("port", Output::Sint)?;
    Ok(Box::new(SetPort { value, source }))
}

/// The address that an action is about.
fn which<'a>(exec: &'a mut Exec<'_>, source: bool) -> &'a mut Option<SocketAddr> {
    if source {
        &mut exec.client.src
    } else {
        &mut exec.client.dst
    }
}

/// `set-src`, `set-dst`: the port stays as long as the family does, and is 0 otherwise.
#[derive(Debug)]
struct SetAddress {
    value: Expression,
    source: bool,
}

impl Action for SetAddress {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        let ip = exec.sample(&self.value, |sample| match sample {
            Sample::Ip(ip) => Some(ip),
            _ => None,
        });
        let Some(ip) = ip.flatten() else { return Step::Next };
        let slot = which(exec, self.source);
        let port = match (*slot, ip) {
            (Some(SocketAddr::V4(old)), IpAddr::V4(_)) => old.port(),
            (Some(SocketAddr::V6(old)), IpAddr::V6(_)) => old.port(),
            _ => 0,
        };
        *slot = Some(SocketAddr::new(ip, port));
        Step::Readdressed
    }
}

/// `set-src-port`, `set-dst-port`.
#[derive(Debug)]
struct SetPort {
    value: Expression,
    source: bool,
}

impl Action for SetPort {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        let port = exec.sample(&self.value, |sample| match sample {
            // As C makes a port of a number.
            Sample::Int(port) => Some(port as u16),
            _ => None,
        });
        if let (Some(Some(port)), Some(address)) = (port, which(exec, self.source)) {
            address.set_port(port);
        }
        Step::Readdressed
    }
}
