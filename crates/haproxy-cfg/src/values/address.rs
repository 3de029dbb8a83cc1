//! Addresses as `bind`, `server`, `log` and their kin write them (manual, section 11).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::host::Host;
use crate::model::{AbstractName, Address, Word};

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
    /// A socket path or an abstract name that does not fit; with how many bytes do.
    PathTooLong { whole: String, max: usize },
    /// A range where one port is wanted.
    RangeNotPermitted(String),
    /// A descriptor where an address is wanted.
    DescriptorNotPermitted(String),
    /// QUIC, in the words of a build without it.
    Quic { family: u8, whole: String },
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
            Self::PathTooLong { whole, max } => write!(out, "socket path '{whole}' too long (max {max})"),
            Self::RangeNotPermitted(text) => write!(out, "port range not permitted here in '{text}'"),
            Self::DescriptorNotPermitted(text) => {
                write!(out, "a file descriptor is not acceptable here in '{text}'")
            }
            Self::Quic { family, whole } => write!(
                out,
                "unsupported stream protocol for datagram family {family} address '{whole}'; QUIC is not compiled in if \
                 this is what you were looking for."
            ),
            Self::Unacceptable { what, whole } => write!(out, "{what} address not acceptable in '{whole}'"),
        }
    }
}

/// Bytes of a socket path, which gets a suffix while it is bound.
const MAX_PATH: usize = 97;
/// Bytes of an abstract name.
const MAX_NAME: usize = 107;

/// One address of a `bind` line, ports spread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BindAddress {
    /// The address.
    pub(crate) address: Address,
    /// The part of the list that it came from, as written.
    pub(crate) written: String,
    /// Connections may take several ways at once (`mptcp@`).
    pub(crate) multipath: bool,
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
    Abstract(AbstractName),
    /// A descriptor.
    Fd(i32),
    /// One half of a pair.
    SockPair(i32),
    /// What nothing listens on or connects to yet: its prefix.
    Other(&'static str),
}

/// What a place takes for an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wants {
    /// Datagrams instead of streams.
    pub(crate) datagrams: bool,
    /// The families that came after 2.6.
    pub(crate) modern: bool,
    /// Nothing may stand behind a port's digits; before 2.7 it was read over.
    pub(crate) exact_ports: bool,
}

impl Wants {
    /// Streams, in the dialect at hand.
    pub(crate) fn streams(dialect: crate::Dialect) -> Self {
        Self {
            datagrams: false,
            modern: dialect.does_as(2, 7),
            exact_ports: dialect.strict && dialect.at_least(2, 7),
        }
    }

    /// Datagrams, in the dialect at hand.
    pub(crate) fn datagrams(dialect: crate::Dialect) -> Self {
        Self {
            datagrams: true,
            ..Self::streams(dialect)
        }
    }
}

/// An address family that a prefix asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Family {
    V4,
    V6,
}

/// The addresses of a `bind` word: several between commas, ports spread. What nothing listens on yet is given by its
/// prefix behind them.
///
/// # Errors
/// The first fault, of any of them.
pub(crate) fn bind_addresses(
    word: &[u8],
    host: &dyn Host,
    wants: Wants,
) -> Result<(Vec<BindAddress>, Vec<&'static str>), AddressError> {
    let text = String::from_utf8_lossy(word);
    let mut out = Vec::new();
    let mut others = Vec::new();
    // A comma at the end begins nothing.
    let list = text.strip_suffix(',').filter(|list| !list.is_empty());
    for part in list.unwrap_or(&text).split(',') {
        let mut push = |address| {
            out.push(BindAddress {
                address,
                written: part.to_owned(),
                multipath: is_multipath(part),
            });
        };
        let (name, family, port) = match address(part, wants)? {
            HostPort::Unix(path) if path.len() > MAX_PATH => {
                return Err(AddressError::PathTooLong {
                    whole: part.to_owned(),
                    max: MAX_PATH,
                });
            }
            HostPort::Abstract(name) if name.name.len() > MAX_NAME => {
                return Err(AddressError::PathTooLong {
                    whole: part.to_owned(),
                    max: MAX_NAME,
                });
            }
            HostPort::Unix(path) => {
                push(Address::Unix(path));
                continue;
            }
            HostPort::Abstract(name) => {
                push(Address::Abstract(name));
                continue;
            }
            HostPort::Fd(fd) => {
                open(fd, host)?;
                push(Address::Fd(fd));
                continue;
            }
            HostPort::SockPair(fd) => {
                open(fd, host)?;
                push(Address::SockPair(fd));
                continue;
            }
            HostPort::Other(prefix) => {
                others.push(prefix);
                continue;
            }
            HostPort::Inet { host, family, port } => (host, family, port),
        };
        let (low, high) = match port {
            Port::None => return Err(AddressError::MissingPort(part.to_owned())),
            Port::Fixed(0) => return Err(AddressError::PortNumber("0".to_owned())),
            Port::Fixed(port) => (port, port),
            Port::Range(low, high) => (low, high),
            Port::Offset(_) => return Err(AddressError::OffsetNotPermitted(part.to_owned())),
        };
        let Some(ip) = resolve(&name, family, host) else {
            return Err(AddressError::Host {
                host: name,
                whole: part.to_owned(),
            });
        };
        for port in low..=high {
            push(Address::Inet(SocketAddr::new(ip, port)));
        }
    }
    Ok((out, others))
}

/// Whether an address asks for Multipath TCP (RFC 8684).
pub(crate) fn is_multipath(text: &str) -> bool {
    let text = text.strip_prefix("stream+").unwrap_or(text);
    ["mptcp@", "mptcp4@", "mptcp6@"]
        .iter()
        .any(|prefix| text.starts_with(prefix))
}

/// Whether an address asks for datagrams.
pub(crate) fn asks_for_datagrams(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text);
    let rest = text.strip_prefix("dgram+");
    let prefixes = || {
        PREFIXES
            .iter()
            .filter(|(_, _, datagrams, _)| *datagrams == Some(true))
    };
    rest.is_some() || (text.contains('@') && prefixes().any(|(prefix, ..)| text.starts_with(prefix)))
}

/// Whether an inherited descriptor is there.
pub(crate) fn open(fd: i32, host: &dyn Host) -> Result<(), AddressError> {
    host.descriptor(fd)
        .map_err(|error| AddressError::DescriptorClosed {
            fd,
            why: strip_os_code(&error),
        })
}

/// The address of a host as written: numbers, `*` or nothing for any, or a name that the machine knows.
pub(crate) fn resolve(name: &str, family: Option<Family>, host: &dyn Host) -> Option<IpAddr> {
    match numeric(name, family) {
        Some(ip) => ip,
        None => host.resolve(bare(name)).filter(|ip| is_of_family(ip, family)),
    }
}

/// The address of a host that is written as numbers, as `*` or not at all, where it is one of `family`; none for a name.
pub(crate) fn numeric(name: &str, family: Option<Family>) -> Option<Option<IpAddr>> {
    if name.is_empty() || name == "*" {
        return Some(Some(match family {
            Some(Family::V6) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
            _ => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        }));
    }
    let bare = bare(name);
    let ip = bare.parse::<IpAddr>().ok();
    let ip = ip.or_else(|| short_ipv4(bare).map(IpAddr::V4))?;
    Some(Some(ip).filter(|ip| is_of_family(ip, family)))
}

fn is_of_family(ip: &IpAddr, family: Option<Family>) -> bool {
    family.is_none_or(|family| ip.is_ipv4() == (family == Family::V4))
}

/// A host without the brackets around it.
fn bare(name: &str) -> &str {
    name.strip_prefix('[')
        .and_then(|inner| inner.strip_suffix(']'))
        .unwrap_or(name)
}

/// An IPv4 address with fewer than four parts, of which the last fills the rest: `1.2.3` is `1.2.0.3`.
fn short_ipv4(text: &str) -> Option<Ipv4Addr> {
    if !text.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let number = |part: &str| {
        if let Some(hex) = part.strip_prefix("0x") {
            u32::from_str_radix(hex, 16).ok()
        } else if part.len() > 1 && part.starts_with('0') {
            u32::from_str_radix(part, 8).ok()
        } else {
            part.parse().ok()
        }
    };
    let mut address = 0_u32;
    let mut room = 32_u32;
    let mut parts = text.split('.').peekable();
    while let Some(part) = parts.next() {
        let value: u32 = number(part)?;
        if parts.peek().is_some() {
            room = room.checked_sub(8).filter(|room| *room > 0)?;
            if value > 255 {
                return None;
            }
            address |= value << room;
        } else {
            if room < 32 && value >> room != 0 {
                return None;
            }
            address |= value;
        }
    }
    Some(Ipv4Addr::from(address))
}

/// Takes one address apart, without resolving it: a stream's, in any version.
///
/// # Errors
/// When its port or its prefix is wrong.
pub(crate) fn host_port(text: &str) -> Result<HostPort, AddressError> {
    address(
        text,
        Wants {
            datagrams: false,
            modern: true,
            exact_ports: false,
        },
    )
}

/// Families by their prefix: what it is, whether it is of datagrams, whether it came after 2.6.
const PREFIXES: &[(&str, Prefixed, Option<bool>, bool)] = &[
    ("ipv4@", Prefixed::Inet(Some(Family::V4)), None, false),
    ("ipv6@", Prefixed::Inet(Some(Family::V6)), None, false),
    ("ip@", Prefixed::Inet(None), None, false),
    ("tcp4@", Prefixed::Inet(Some(Family::V4)), Some(false), false),
    ("tcpv4@", Prefixed::Inet(Some(Family::V4)), Some(false), false),
    ("tcp6@", Prefixed::Inet(Some(Family::V6)), Some(false), false),
    ("tcpv6@", Prefixed::Inet(Some(Family::V6)), Some(false), false),
    ("tcp@", Prefixed::Inet(None), Some(false), false),
    ("udp4@", Prefixed::Inet(Some(Family::V4)), Some(true), false),
    ("udpv4@", Prefixed::Inet(Some(Family::V4)), Some(true), false),
    ("udp6@", Prefixed::Inet(Some(Family::V6)), Some(true), false),
    ("udpv6@", Prefixed::Inet(Some(Family::V6)), Some(true), false),
    ("udp@", Prefixed::Inet(None), Some(true), false),
    ("quic4@", Prefixed::Quic(2), Some(false), false),
    ("quic6@", Prefixed::Quic(10), Some(false), false),
    ("mptcp4@", Prefixed::Inet(Some(Family::V4)), Some(false), true),
    ("mptcp6@", Prefixed::Inet(Some(Family::V6)), Some(false), true),
    ("mptcp@", Prefixed::Inet(None), Some(false), true),
    ("rhttp@", Prefixed::Other("rhttp@"), Some(false), true),
    ("unix@", Prefixed::Unix, None, false),
    ("uxst@", Prefixed::Unix, Some(false), false),
    ("uxdg@", Prefixed::Unix, Some(true), false),
    ("abnsz@", Prefixed::Abstract { exact: true }, None, true),
    ("abns@", Prefixed::Abstract { exact: false }, None, false),
    ("fd@", Prefixed::Fd, None, false),
    ("sockpair@", Prefixed::SockPair, None, false),
];

/// What a prefix stands for.
#[derive(Clone, Copy)]
enum Prefixed {
    Inet(Option<Family>),
    Unix,
    Abstract {
        exact: bool,
    },
    Fd,
    SockPair,
    /// With the number of its family in the original's words.
    Quic(u8),
    Other(&'static str),
}

/// Takes one address apart, without resolving it.
///
/// # Errors
/// When its port or its prefix is wrong, or not for this place.
pub(crate) fn address(text: &str, wants: Wants) -> Result<HostPort, AddressError> {
    if text.is_empty() {
        return Err(AddressError::Empty(text.to_owned()));
    }
    let (mut datagrams, rest) = if let Some(rest) = text.strip_prefix("dgram+") {
        (Some(true), rest)
    } else if let Some(rest) = text.strip_prefix("stream+") {
        (Some(false), rest)
    } else {
        (None, text)
    };
    // Hardly any address has a prefix.
    let prefixes = if rest.contains('@') { PREFIXES } else { &[] };
    let found = prefixes
        .iter()
        .filter(|(.., modern)| wants.modern || !modern)
        .find_map(|(prefix, what, of_datagrams, _)| {
            rest.strip_prefix(prefix).map(|rest| (*what, *of_datagrams, rest))
        });
    let (what, rest) = match found {
        Some((what, of_datagrams, rest)) => {
            datagrams = of_datagrams.or(datagrams);
            (what, rest)
        }
        None if rest.starts_with('/') => (Prefixed::Unix, rest),
        None => (Prefixed::Inet(None), rest),
    };
    let read = match what {
        Prefixed::Inet(family) => inet(rest, family, text, wants)?,
        Prefixed::Unix => HostPort::Unix(rest.into()),
        Prefixed::Abstract { exact } => HostPort::Abstract(AbstractName {
            name: rest.into(),
            exact,
        }),
        Prefixed::Fd => HostPort::Fd(descriptor(rest, text)?),
        Prefixed::SockPair => HostPort::SockPair(descriptor(rest, text)?),
        Prefixed::Quic(family) if !wants.modern => {
            return Err(AddressError::Quic {
                family,
                whole: text.to_owned(),
            });
        }
        Prefixed::Quic(family) => {
            let family = if family == 2 { Family::V4 } else { Family::V6 };
            inet(rest, Some(family), text, wants)?;
            HostPort::Other("quic")
        }
        Prefixed::Other(prefix) => HostPort::Other(prefix),
    };
    match datagrams {
        Some(datagrams) if datagrams != wants.datagrams => Err(AddressError::Unacceptable {
            what: if datagrams { "dgram-type" } else { "stream-type" },
            whole: text.to_owned(),
        }),
        _ => Ok(read),
    }
}

fn inet(text: &str, family: Option<Family>, whole: &str, wants: Wants) -> Result<HostPort, AddressError> {
    if text.is_empty() {
        return Err(AddressError::Empty(text.to_owned()));
    }
    // `[::1]:80` and `::1:80` both end in `:PORT`; `[::1]` alone has no port.
    let last = text.bytes().rposition(|byte| matches!(byte, b':' | b']'));
    let (host, port) = match last {
        Some(at) if text[at..].starts_with(':') => (&text[..at], Some(&text[at + 1..])),
        _ => (text, None),
    };
    let port = match port {
        None | Some("") => Port::None,
        Some(port) => parse_port(port, whole, wants.exact_ports)?,
    };
    Ok(HostPort::Inet {
        host: host.to_owned(),
        family,
        port,
    })
}

fn parse_port(port: &str, whole: &str, exact: bool) -> Result<Port, AddressError> {
    // What stands behind the digits is read over.
    let number = |text: &str| -> u32 {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            0
        } else {
            text[..digits].parse().unwrap_or(u32::MAX)
        }
    };
    let sign = usize::from(port.starts_with(['+', '-']));
    if let Some(byte) = port[sign..]
        .chars()
        .next()
        .filter(|first| !first.is_ascii_digit())
    {
        return Err(AddressError::PortCharacter {
            byte,
            port: port.to_owned(),
            whole: whole.to_owned(),
        });
    }
    if exact {
        let mut parts = port[sign..].splitn(2, '-');
        let strange = |part: &str| Some((part.chars().find(|char| !char.is_ascii_digit())?, part.to_owned()));
        if let Some((byte, port)) = parts.find_map(strange) {
            let whole = whole.to_owned();
            return Err(AddressError::PortCharacter { byte, port, whole });
        }
    }
    if sign > 0 {
        let offset = i32::try_from(number(&port[1..])).unwrap_or(i32::MAX);
        return Ok(Port::Offset(if port.starts_with('-') { -offset } else { offset }));
    }
    let within = |text: &str, least: u32| {
        u16::try_from(number(text))
            .ok()
            .filter(|port| u32::from(*port) >= least)
            .ok_or_else(|| AddressError::PortNumber(text.to_owned()))
    };
    match port.split_once('-') {
        None => Ok(Port::Fixed(within(port, 0)?)),
        Some((low, high)) => {
            let (low, high) = (within(low, 1)?, within(high, 1)?);
            if low > high {
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
        let wants = Wants::streams(crate::Dialect::exactly(2, 6));
        let (found, _) =
            bind_addresses(text.as_bytes(), &FakeHost::new(), wants).map_err(|error| error.to_string())?;
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
            (
                "abns@name",
                "Abstract(AbstractName { name: \"name\", exact: false })",
            ),
            ("fd@3", "Fd(3)"),
            ("sockpair@5", "SockPair(5)"),
            ("1.2.3:80", "Inet(1.2.0.3:80)"),
            ("0x7f000001:80", "Inet(127.0.0.1:80)"),
            ("127.0.0.1:80,", "Inet(127.0.0.1:80)"),
            (":80x", "Inet(0.0.0.0:80)"),
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
            ("127.0.0.1:80-", "invalid port ''"),
            (":+1", "port offset not permitted here in ':+1'"),
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
