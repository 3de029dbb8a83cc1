//! Where a server is: its address, name, or socket.

use std::net::IpAddr;

use bstr::ByteSlice as _;
use syntax::Diagnostic;

use super::super::reading::Reading;
use super::tell;
use crate::lex::Word;
use crate::values::{AddressError, HostPort, Port, Wants, address, asks_for_datagrams, numeric, open};
use crate::written::ServerHost;

/// The address of a server. Names are resolved only at the end, as `init-addr` and `default-server` say whether they are, and
/// whether one that does not resolve is allowed.
pub(super) fn host(reading: &mut Reading<'_>, word: &Word<'_>, prefix: &str) -> Option<ServerHost> {
    let expanded = reading.expanded(&word.text);
    let text = expanded.to_str_lossy();
    // Backends of log lines take datagrams; others are told once it is known what they are.
    let wants = if asks_for_datagrams(&expanded) && reading.dialect.does_as(2, 9) {
        Wants::datagrams(reading.dialect)
    } else {
        Wants::streams(reading.dialect)
    };
    let fault = match address(&text, wants) {
        Ok(HostPort::Inet { host, family, port }) => {
            let (port, port_offset) = match port {
                Port::None | Port::Fixed(0) => (None, 0),
                Port::Fixed(port) => (Some(port), 0),
                Port::Offset(offset) => (None, offset),
                Port::Range(..) => {
                    return refuse_host(
                        reading,
                        word,
                        prefix,
                        &AddressError::RangeNotPermitted(text.to_string()),
                    );
                }
            };
            let ip: Option<IpAddr> = numeric(&host, family).flatten();
            let bare = host.strip_prefix('[').and_then(|inner| inner.strip_suffix(']'));
            return Some(ServerHost::Inet {
                written: bare.map(str::to_owned).unwrap_or(host).into(),
                family,
                ip,
                port,
                port_offset,
            });
        }
        Ok(HostPort::Unix(path)) => return Some(ServerHost::Unix(path)),
        Ok(HostPort::Abstract(name)) => return Some(ServerHost::Abstract(name)),
        Ok(HostPort::Fd(_)) => AddressError::DescriptorNotPermitted(text.to_string()),
        Ok(HostPort::SockPair(fd)) => match open(fd, reading.host) {
            Err(error) => error,
            Ok(()) => return Some(ServerHost::SockPair(fd)),
        },
        Ok(HostPort::Other(kind)) if !experiment(reading, word, prefix, kind) => return None,
        Ok(HostPort::Other(prefix)) => {
            reading.tell_read_only(&format!("the address '{prefix}' of a server"), word.span);
            return None;
        }
        Err(error) => error,
    };
    refuse_host(reading, word, prefix, &fault)
}

fn refuse_host(
    reading: &mut Reading<'_>,
    word: &Word<'_>,
    prefix: &str,
    fault: &AddressError,
) -> Option<ServerHost> {
    let help = if matches!(fault, AddressError::RangeNotPermitted(_)) {
        "write one port, or one server for each"
    } else {
        "write ADDRESS:PORT, with a port up to 65535"
    };
    let told = Diagnostic::alert("bad-address", format!("{prefix} : {fault}")).at(word.span);
    tell(reading, told.help(help));
    None
}

/// Whether a kind of address that is an experiment may be used; it is told where not.
fn experiment(reading: &mut Reading<'_>, word: &Word<'_>, prefix: &str, kind: &str) -> bool {
    if reading.written.experimental || !reading.dialect.strict {
        return true;
    }
    let text = String::from_utf8_lossy(&word.text);
    let since_quic = reading.dialect.at_least(3, 3);
    let message = match kind {
        "quic" if !reading.dialect.at_least(3, 1) => return true,
        "quic" if !since_quic => format!("{prefix} : QUIC protocol is unsupported on the backend side."),
        "quic" => {
            let name = prefix
                .rsplit_once('/')
                .map_or("", |(_, name)| name.trim_end_matches('\''));
            format!(
                "{prefix} : QUIC is experimental for server '{name}', must be allowed via a global \
                 'expose-experimental-directives'"
            )
        }
        _ => format!(
            "{prefix} : Address '{text}' is experimental, must be allowed via a global 'expose-experimental-directives'"
        ),
    };
    let told = Diagnostic::alert("experimental", message).at(word.span);
    tell(
        reading,
        told.help("write in front of it, in global: expose-experimental-directives"),
    );
    false
}
