//! `set server … addr`: where a server is, said on the socket.

use std::net::IpAddr;

use haproxy_cfg::model::ServerAddr;

use super::{Call, Reply, ServerId};
use crate::state::Place;

/// Who changes something here, as the answers name it.
const BY: &str = " by 'stats socket command'";

/// `set server … addr ADDRESS [port PORT]`. The answer tells what became of both; an address is changed even where the port
/// cannot be.
pub(super) fn addr(call: &mut Call<'_, '_>, id: ServerId) -> Reply {
    let address = call.argument(2);
    if address.is_empty() {
        return Reply::error("set server <b>/<s> addr requires an address and optionally a port.");
    }
    let text = String::from_utf8_lossy(address);
    let Ok(ip) = text.parse::<IpAddr>() else {
        return Reply::error(&format!("Invalid addr '{text}'{BY}"));
    };
    let server = &call.view.config.proxy(id.proxy).servers[id.index];
    let state = &call.view.runtime.proxies[id.proxy.0 as usize].servers[id.index];
    let mut place = state.place().unwrap_or_else(|| Place::at_start(server));
    let (ServerAddr::Inet { port_offset, .. }, Some(before)) = (&server.addr, place.ip) else {
        let refusal =
            "Update for the current server address family is only supported through configuration file";
        return Reply::error(&format!("{refusal}{BY}"));
    };
    let mut told = if ip == before {
        "no need to change the addr".to_owned()
    } else {
        format!("IP changed from '{before}' to '{ip}'")
    };
    place.ip = Some(ip);
    if call.argument(3) == b"port" {
        let was = match place.port {
            Some(port) => port.to_string(),
            None => format!("{port_offset:+}"),
        };
        told += ", ";
        told += &match new_port(call.argument(4)) {
            Ok(port) if is_offset(call.argument(4)) && was != format!("{:+}", port.cast_signed()) => {
                "can't change <port> to port map because it is incompatible with current health check port configuration \
                 (use 'port' statement from the 'server' directive."
                    .to_owned()
            }
            Ok(_) if is_offset(call.argument(4)) => "no need to change the port".to_owned(),
            Ok(port) if place.port == Some(port) => "no need to change the port".to_owned(),
            Ok(port) => {
                place.port = Some(port);
                format!("port changed from '{was}' to '{port}'")
            }
            Err(text) => format!("problem converting port '{text}' to an int"),
        };
    }
    call.control.set_place(id, place);
    Reply::Info(format!("{told}{BY}\n\n"))
}

/// `set server … fqdn NAME`: the name that is asked for from now on. The server stays where it is until an answer says otherwise.
pub(super) fn fqdn(call: &mut Call<'_, '_>, id: ServerId) -> Reply {
    let name = call.argument(2);
    if name.is_empty() {
        return Reply::error("set server <b>/<s> fqdn requires a FQDN.");
    }
    let proxy = call.view.config.proxy(id.proxy);
    let server = &proxy.servers[id.index];
    match &server.resolution {
        None => {
            return Reply::error("set server <b>/<s> fqdn failed because no resolution is configured.");
        }
        Some(names) if names.srv => {
            return Reply::error("set server <b>/<s> fqdn failed because SRV resolution is configured.");
        }
        Some(_) => {}
    }
    let state = &call.view.runtime.proxies[id.proxy.0 as usize].servers[id.index];
    let before = state.place().unwrap_or_else(|| Place::at_start(server)).host;
    let before = before.unwrap_or_else(|| server.host.clone());
    if *before == *name {
        return Reply::Error(format!("no need to change the FDQN{BY}\n"));
    }
    let named = format!("{}/{}", proxy.name, server.name);
    let shown = String::from_utf8_lossy(name);
    let permitted = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if !name.iter().all(permitted) {
        return Reply::Error(format!("invalid fqdn '{shown}'{BY}\n"));
    }
    if !is_name(name) {
        return Reply::Error(format!("could not update {named} FQDN{BY}\n"));
    }
    let told = format!("{named} changed its FQDN from {before} to {shown}{BY}\n");
    // Name servers make no difference between upper and lower case, and the original keeps the name that it asks for.
    if !before.eq_ignore_ascii_case(name) {
        call.control.rename(id, &name.to_vec().into());
    }
    Reply::Info(told)
}

/// Whether name servers can be asked for it: labels that are not empty, in 255 octets as they are sent.
fn is_name(name: &[u8]) -> bool {
    let whole = name.strip_suffix(b".").unwrap_or(name);
    whole.len() + 2 <= 255 && whole.split(|byte| *byte == b'.').all(|label| !label.is_empty())
}

/// Whether a port is given relative to the client's.
fn is_offset(text: &[u8]) -> bool {
    matches!(text.first(), Some(b'+' | b'-'))
}

/// The 16 bits of the number that a text begins with.
fn new_port(text: &[u8]) -> Result<u16, String> {
    let written = String::from_utf8_lossy(text);
    let digits_from = usize::from(is_offset(text));
    let digits = written[digits_from..]
        .find(|c: char| !c.is_ascii_digit())
        .map_or(&*written, |end| &written[..digits_from + end]);
    // The original cuts off what a port has no room for.
    digits
        .parse::<i64>()
        .map(|number| number as u16)
        .map_err(|_| written.clone().into_owned())
}
