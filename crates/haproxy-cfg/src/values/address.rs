//! Addresses as `bind`, `server`, `log` and their kin write them (manual, section 11).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::host::Host;
use crate::model::{Address, Word};

/// Why an address cannot be read; each holds what the message quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AddressError {
    /// Nothing between two commas, or an empty variable.
    Empty(String),
    /// No port where one is needed.
    MissingPort(String),
    /// A byte that is no digit in the port.
    PortCharacter { byte: char, port: String, whole: String },
    /// A port of 0, or above 65535.
    PortNumber(String),
    /// A range whose end is below its start.
    PortRange(String),
    /// An offset where a port is wanted.
    OffsetNotPermitted(String),
    /// Neither an address nor a name that resolves.
    Host { host: String, whole: String },
    /// The part behind `fd@` is no number.
    Descriptor { text: String, whole: String },
    /// The descriptor is not open.
    DescriptorClosed { fd: i32, why: String },
    /// A socket path that does not fit, as it gets a suffix while it is bound.
    PathTooLong(String),
    /// A kind of address that cannot be used in this place.
    Unacceptable { what: &'static str, whole: String },
}

impl std::fmt::Display for AddressError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty(text) => {
                write!(
                    out,
                    "'{text}' resolves to an empty address (environment variable missing?)"
                )
            }
            Self::MissingPort(text) => write!(out, "missing port specification in '{text}'"),
            Self::PortCharacter { byte, port, whole } => {
                write!(
                    out,
                    "invalid character '{byte}' in port number '{port}' in '{whole}'"
                )
            }
            Self::PortNumber(port) => write!(out, "invalid port '{port}'"),
            Self::PortRange(port) => write!(out, "invalid port range '{port}'"),
            Self::OffsetNotPermitted(text) => write!(out, "port offset not permitted here in '{text}'"),
            Self::Host { host, whole } => write!(out, "invalid address: '{host}' in '{whole}'"),
            Self::Descriptor { text, whole } => {
                write!(
                    out,
                    "file descriptor '{text}' is not a valid integer in '{whole}'"
                )
            }
            Self::DescriptorClosed { fd, why } => write!(out, "cannot use file descriptor '{fd}' : {why}."),
            Self::PathTooLong(whole) => write!(out, "socket path '{whole}' too long (max {MAX_PATH})"),
            Self::Unacceptable { what, whole } => write!(out, "{what} address not acceptable in '{whole}'"),
        }
    }
}

/// Bytes of a socket path.
const MAX_PATH: usize = 97;

/// One address of a `bind` line, ports spread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BindAddress {
    /// The address.
    pub(crate) address: Address,
    /// The part of the list that it came from, as written.
    pub(crate) written: String,
}

/// The port part of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Port {
    /// Not given.
    None,
    /// One port, 0 allowed.
    Fixed(u16),
    /// `LOW-HIGH`.
    Range(u16, u16),
    /// `+N` or `-N`.
    Offset(i32),
}

impl Port {
    /// The port, or `default` when none is given; none for ranges and offsets.
    pub(crate) fn fixed_or(self, default: u16) -> Option<u16> {
        match self {
            Self::None => Some(default),
            Self::Fixed(port) => Some(port),
            Self::Range(..) | Self::Offset(_) => None,
        }
    }
}

/// A server's or a log's address before names are resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum HostPort {
    /// Host (as written, brackets taken away; empty or `*` for any), family asked for, port.
    Inet {
        host: String,
        family: Option<Family>,
        port: Port,
    },
    /// A path.
    Unix(Word),
    /// An abstract name.
    Abstract(Word),
    /// A descriptor.
    Fd(i32),
    /// One half of a pair.
    SockPair(i32),
}

/// An address family that a prefix asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    V4,
    V6,
}

/// The addresses of a `bind` word: several between commas, ports spread.
///
/// # Errors
/// The first fault, of any of them.
pub(crate) fn bind_addresses(word: &[u8], host: &dyn Host) -> Result<Vec<BindAddress>, AddressError> {
    let text = String::from_utf8_lossy(word).into_owned();
    let mut out = Vec::new();
    for part in text.split(',') {
        let written = part.to_owned();
        let push = |out: &mut Vec<BindAddress>, address| {
            out.push(BindAddress {
                address,
                written: written.clone(),
            });
        };
        match host_port(part)? {
            HostPort::Unix(path) if path.len() > MAX_PATH => return Err(AddressError::PathTooLong(written)),
            HostPort::Unix(path) => push(&mut out, Address::Unix(path)),
            HostPort::Abstract(name) => push(&mut out, Address::Abstract(name)),
            HostPort::Fd(fd) => {
                host.descriptor(fd)
                    .map_err(|error| AddressError::DescriptorClosed {
                        fd,
                        why: strip_os_code(&error),
                    })?;
                push(&mut out, Address::Fd(fd));
            }
            HostPort::SockPair(fd) => push(&mut out, Address::SockPair(fd)),
            HostPort::Inet {
                host: name,
                family,
                port,
            } => {
                let (low, high) = match port {
                    Port::None => return Err(AddressError::MissingPort(part.to_owned())),
                    Port::Fixed(0) => return Err(AddressError::PortNumber("0".to_owned())),
                    Port::Fixed(port) => (port, port),
                    Port::Range(low, high) => (low, high),
                    Port::Offset(offset) => match u16::try_from(offset) {
                        Ok(port) if port > 0 => (port, port),
                        _ => return Err(AddressError::OffsetNotPermitted(part.to_owned())),
                    },
                };
                let ip = resolve(&name, family, host).ok_or_else(|| AddressError::Host {
                    host: name.clone(),
                    whole: part.to_owned(),
                })?;
                for port in low..=high {
                    push(&mut out, Address::Inet(SocketAddr::new(ip, port)));
                }
            }
        }
    }
    Ok(out)
}

/// The address of a host as written: numbers, `*` or nothing for any, or a name that the machine knows.
pub(crate) fn resolve(name: &str, family: Option<Family>, host: &dyn Host) -> Option<IpAddr> {
    let fits = |ip: &IpAddr| family.is_none_or(|family| ip.is_ipv4() == (family == Family::V4));
    if name.is_empty() || name == "*" {
        return Some(match family {
            Some(Family::V6) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
            _ => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        });
    }
    let bare = name
        .strip_prefix('[')
        .and_then(|inner| inner.strip_suffix(']'))
        .unwrap_or(name);
    if let Ok(ip) = bare.parse::<IpAddr>() {
        return Some(ip).filter(fits);
    }
    host.resolve(bare).filter(fits)
}

/// Takes one address apart, without resolving it.
///
/// # Errors
/// When its port or its prefix is wrong.
pub(crate) fn host_port(text: &str) -> Result<HostPort, AddressError> {
    if text.is_empty() {
        return Err(AddressError::Empty(text.to_owned()));
    }
    let unacceptable = |what| AddressError::Unacceptable {
        what,
        whole: text.to_owned(),
    };
    // `stream+`, `dgram+` and their kin choose the protocol; only streams listen and connect.
    let rest = text.strip_prefix("stream+").unwrap_or(text);
    if let Some((prefix, rest)) = rest.split_once('@') {
        return match prefix {
            "ipv4" | "tcp4" | "tcpv4" => inet(rest, Some(Family::V4), text),
            "ipv6" | "tcp6" | "tcpv6" => inet(rest, Some(Family::V6), text),
            "ip" | "tcp" => inet(rest, None, text),
            "unix" | "uxst" => Ok(HostPort::Unix(rest.into())),
            "abns" | "abnsz" => Ok(HostPort::Abstract(rest.into())),
            "fd" => descriptor(rest, text).map(HostPort::Fd),
            "sockpair" => descriptor(rest, text).map(HostPort::SockPair),
            "udp" | "udp4" | "udp6" | "udpv4" | "udpv6" | "uxdg" => Err(unacceptable("dgram-type")),
            "quic4" | "quic6" => Err(unacceptable("QUIC")),
            _ => inet(text, None, text),
        };
    }
    if rest.starts_with('/') {
        return Ok(HostPort::Unix(rest.into()));
    }
    inet(rest, None, text)
}

fn inet(text: &str, family: Option<Family>, whole: &str) -> Result<HostPort, AddressError> {
    if text.is_empty() {
        return Err(AddressError::Empty(text.to_owned()));
    }
    // `[::1]:80` and `::1:80` both end in `:PORT`; `[::1]` alone has no port.
    let (host, port) = match text.rfind([':', ']']) {
        Some(at) if text[at..].starts_with(':') => (&text[..at], Some(&text[at + 1..])),
        _ => (text, None),
    };
    let port = match port {
        None | Some("") => Port::None,
        Some(port) => parse_port(port, whole)?,
    };
    let inner = host.strip_prefix('[').and_then(|inner| inner.strip_suffix(']'));
    Ok(HostPort::Inet {
        host: inner.unwrap_or(host).to_owned(),
        family,
        port,
    })
}

fn parse_port(port: &str, whole: &str) -> Result<Port, AddressError> {
    let number = |digits: &str| -> Result<u32, AddressError> {
        match digits.chars().find(|c| !c.is_ascii_digit()) {
            Some(byte) => Err(AddressError::PortCharacter {
                byte,
                port: port.to_owned(),
                whole: whole.to_owned(),
            }),
            None => Ok(digits.parse().unwrap_or(u32::MAX)),
        }
    };
    let in_range = |value: u32| u16::try_from(value).map_err(|_| AddressError::PortNumber(port.to_owned()));
    if let Some(digits) = port.strip_prefix('+') {
        return Ok(Port::Offset(i32::from(in_range(number(digits)?)?)));
    }
    if let Some(digits) = port.strip_prefix('-') {
        return Ok(Port::Offset(-i32::from(in_range(number(digits)?)?)));
    }
    match port.split_once('-') {
        None => Ok(Port::Fixed(in_range(number(port)?)?)),
        Some((low, high)) => {
            let (low, high) = (in_range(number(low)?)?, in_range(number(high)?)?);
            if low == 0 || low > high {
                return Err(AddressError::PortRange(port.to_owned()));
            }
            Ok(Port::Range(low, high))
        }
    }
}

fn descriptor(text: &str, whole: &str) -> Result<i32, AddressError> {
    let bad = || AddressError::Descriptor {
        text: text.to_owned(),
        whole: whole.to_owned(),
    };
    text.parse().ok().filter(|fd| *fd >= 0).ok_or_else(bad)
}

/// The system's words without the number that Rust puts behind them.
pub(crate) fn strip_os_code(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::FakeHost;

    fn bind(text: &str) -> Result<Vec<String>, String> {
        let found = bind_addresses(text.as_bytes(), &FakeHost::new()).map_err(|error| error.to_string())?;
        Ok(found
            .into_iter()
            .map(|bind| format!("{:?}", bind.address))
            .collect())
    }

    #[test]
    fn every_form_of_section_11_is_read() {
        for (text, address) in [
            ("*:80", "Inet(0.0.0.0:80)"),
            (":80", "Inet(0.0.0.0:80)"),
            ("1.2.3.4:80", "Inet(1.2.3.4:80)"),
            ("[::1]:80", "Inet([::1]:80)"),
            ("::1:80", "Inet([::1]:80)"),
            (":::80", "Inet([::]:80)"),
            ("ipv4@*:80", "Inet(0.0.0.0:80)"),
            ("ipv6@:80", "Inet([::]:80)"),
            ("unix@/tmp/s", "Unix(\"/tmp/s\")"),
            ("/tmp/s", "Unix(\"/tmp/s\")"),
            ("abns@name", "Abstract(\"name\")"),
            ("fd@3", "Fd(3)"),
            ("sockpair@5", "SockPair(5)"),
        ] {
            assert_eq!(bind(text), Ok(vec![address.to_owned()]), "{text}");
        }
        assert_eq!(bind("1.2.3.4:80-82").map(|all| all.len()), Ok(3));
        assert_eq!(bind("127.0.0.1:80,:81").map(|all| all.len()), Ok(2));
    }

    #[test]
    fn faults_are_worded_as_the_original_does() {
        for (text, message) in [
            ("foo", "missing port specification in 'foo'"),
            ("*", "missing port specification in '*'"),
            ("80", "missing port specification in '80'"),
            (":foo", "invalid character 'f' in port number 'foo' in ':foo'"),
            (":80-70", "invalid port range '80-70'"),
            (":0", "invalid port '0'"),
            (":70000", "invalid port '70000'"),
            (
                "nosuch.invalid:80",
                "invalid address: 'nosuch.invalid' in 'nosuch.invalid:80'",
            ),
            (
                "ipv6@1.2.3.4:80",
                "invalid address: '1.2.3.4' in 'ipv6@1.2.3.4:80'",
            ),
            ("fd@", "file descriptor '' is not a valid integer in 'fd@'"),
            ("fd@99", "cannot use file descriptor '99' : Bad file descriptor."),
            (
                "127.0.0.1:80,,:81",
                "'' resolves to an empty address (environment variable missing?)",
            ),
            ("udp@:53", "dgram-type address not acceptable in 'udp@:53'"),
        ] {
            assert_eq!(bind(text), Err(message.to_owned()), "{text}");
        }
    }
}
