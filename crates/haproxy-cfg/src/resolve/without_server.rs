//! Where a backend's requests go for which no server is chosen: the address of `dispatch`, or the one that the client asked for
//! (`option transparent`).

use std::net::{IpAddr, Ipv4Addr};

use super::inherit::Inherited;
use crate::model::{Proxy, Server, ServerAddr};
use crate::parse::Reading;
use crate::signature::Value;
use crate::values::{HostPort, Port, host_port, resolve};
use crate::written::{OptionFlag as F, ProxySection};

/// What a log line has for the name of a server where there is none.
const NO_SERVER: &str = "<NOSRV>";

/// Gives a backend that has such a place a server that nobody sees. No other is chosen but by what a client brings along.
pub(super) fn add(reading: &Reading<'_>, section: &ProxySection, proxy: &mut Proxy) {
    if !proxy.kind.is_backend() {
        return;
    }
    let inherited = Inherited::new(reading, section);
    let dispatch = inherited
        .lines(reading, section)
        .filter(|given| given.name == "dispatch")
        .last()
        .and_then(|given| given.get("address"))
        .and_then(|address| address_of(reading, address));
    let option = inherited
        .find(|settings| settings.option(F::Transparent))
        .is_some_and(|set| set.value);
    let keyword = || {
        inherited
            .lines(reading, section)
            .any(|given| given.name == "transparent")
    };
    let addr = match dispatch {
        Some(addr) => addr,
        None if option || keyword() => ServerAddr::Inet {
            ip: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            port: None,
            port_offset: 0,
        },
        None => return,
    };
    for server in proxy.servers.of_file_mut() {
        server.weight = 0;
    }
    let mut server = Server::new(NO_SERVER.into(), 0, addr);
    server.unlisted = true;
    proxy.servers.push(server);
}

fn address_of(reading: &Reading<'_>, written: &Value) -> Option<ServerAddr> {
    let text = written.text()?.to_string();
    let HostPort::Inet { host, family, port } = host_port(&text).ok()? else {
        return None;
    };
    let Port::Fixed(port) = port else { return None };
    Some(ServerAddr::Inet {
        ip: resolve(&host, family, reading.host)?,
        port: Some(port),
        port_offset: 0,
    })
}
