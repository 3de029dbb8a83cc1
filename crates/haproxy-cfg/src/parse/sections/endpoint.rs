//! Addresses of sections beside the proxies: what each may hold, and the original's words for the rest.

use std::net::SocketAddr;

use super::super::reading::Reading;
use crate::lex::Word;
use crate::model::sections::Endpoint;
use crate::values::{HostPort, Port, Wants, address, resolve};

/// What an address may be.
#[derive(Clone, Copy)]
pub(super) struct Rules {
    /// Datagrams may be asked for.
    pub(super) datagrams: bool,
    /// Streams may be asked for.
    pub(super) streams: bool,
    /// A port must be there.
    pub(super) needs_port: bool,
    /// The port may be 0 or an offset.
    pub(super) any_port: bool,
}

/// An address that was read.
pub(super) struct Found {
    pub(super) endpoint: Endpoint,
    /// Streams were asked for.
    pub(super) stream: bool,
}

/// Takes a word's protocol off: the rest, whether it asks for streams, and whether for datagrams.
fn protocol(text: &str) -> (String, bool, bool) {
    let streams = [
        ("tcp@", ""),
        ("tcp4@", "ipv4@"),
        ("tcp6@", "ipv6@"),
        ("uxst@", "unix@"),
        ("stream+", ""),
    ];
    let datagrams = [
        ("udp@", ""),
        ("udp4@", "ipv4@"),
        ("udp6@", "ipv6@"),
        ("uxdg@", "unix@"),
        ("dgram+", ""),
    ];
    let strip = |known: &[(&str, &str)]| {
        known
            .iter()
            .find_map(|(prefix, family)| text.strip_prefix(prefix).map(|rest| format!("{family}{rest}")))
    };
    if let Some(rest) = strip(&streams) {
        return (rest, true, false);
    }
    match strip(&datagrams) {
        Some(rest) => (rest, false, true),
        None => (text.to_owned(), false, false),
    }
}

/// Reads an address.
///
/// # Errors
/// The original's words for what is wrong.
pub(super) fn endpoint(reading: &Reading<'_>, word: &Word<'_>, rules: Rules) -> Result<Found, String> {
    let text = String::from_utf8_lossy(&reading.expanded(&word.text)).into_owned();
    let (bare, stream, datagram) = protocol(&text);
    if datagram && !rules.datagrams {
        return Err(format!("dgram-type address not acceptable in '{text}'"));
    }
    if stream && !rules.streams {
        return Err(format!("stream-type address not acceptable in '{text}'"));
    }
    let found = |endpoint| Ok(Found { endpoint, stream });
    let wants = Wants {
        datagrams: datagram,
        ..Wants::streams(reading.dialect)
    };
    match address(&bare, wants).map_err(|error| error.to_string().replace(&bare, &text))? {
        HostPort::Unix(path) => found(Endpoint::Unix(path)),
        HostPort::Abstract(name) => found(Endpoint::Abstract(name)),
        HostPort::Fd(_) => Err(format!("a file descriptor is not acceptable here in '{text}'")),
        HostPort::Other(_) => Err(format!(
            "an address of this kind is not acceptable here in '{text}'"
        )),
        HostPort::SockPair(_) => Err(format!("a socket pair is not acceptable here in '{text}'")),
        HostPort::Inet { host, family, port } => {
            let port = match port {
                Port::Range(..) => return Err(format!("port range not permitted here in '{text}'")),
                Port::Offset(_) if !rules.any_port => {
                    return Err(format!("port offset not permitted here in '{text}'"));
                }
                Port::Fixed(0) if !rules.any_port => return Err("invalid port '0'".to_owned()),
                Port::None if rules.needs_port => {
                    return Err(format!("missing port specification in '{text}'"));
                }
                Port::Fixed(port) => Some(port),
                Port::None | Port::Offset(_) => None,
            };
            let ip = resolve(&host, family, reading.host)
                .ok_or_else(|| format!("invalid address: '{host}' in '{text}'"))?;
            found(match port {
                Some(port) => Endpoint::Inet(SocketAddr::new(ip, port)),
                None => Endpoint::Host(ip),
            })
        }
    }
}
