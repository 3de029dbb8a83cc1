//! Where a check connects to: the server's own address unless the file says `addr` or `port`.

use std::net::SocketAddr;
use std::sync::Arc;

use haproxy_cfg::model::{AbstractName, HeaderParts, Outgoing, Server, ServerAddr, Word};
use proxy_core::check::{ConnectTo, Introduction, Through};
use proxy_core::state::{AgentContact, CheckedAt};

use crate::tls::ServerSide;

/// Where connections of one check go that do not say it themselves.
#[derive(Debug)]
pub(super) struct Way {
    /// Where the server is.
    pub(super) addr: ServerAddr,
    /// Where checks of it go.
    pub(super) at: CheckedAt,
    /// How a connection is made.
    pub(super) of_server: Destination,
    /// The server's SOCKS4 proxy.
    proxy: Option<SocketAddr>,
    /// The version of the header that the server would get.
    pub(super) version: HeaderVersion,
    /// What TLS with the server needs.
    pub(super) tls: Option<Arc<ServerSide>>,
    /// The name that the server is asked for.
    pub(super) name: CheckedName,
}

/// The name that checks ask a server for in TLS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum CheckedName {
    /// None.
    #[default]
    Nothing,
    /// This one.
    Given(Word),
    /// The host that the request names.
    Host,
}

impl Way {
    /// That of checks of a server that is at `addr`, where `at` does not say otherwise.
    pub(super) fn new(
        server: &Server,
        addr: ServerAddr,
        at: CheckedAt,
        tls: Option<Arc<ServerSide>>,
    ) -> Self {
        let sent = server
            .outgoing
            .as_ref()
            .and_then(|outgoing| outgoing.header.as_ref());
        let is_v2 = sent.is_some_and(|sent| sent.tells.has(HeaderParts::V2));
        Self {
            of_server: Destination::of(server, &addr, at),
            proxy: server.outgoing.as_ref().and_then(|outgoing| outgoing.via),
            addr,
            at,
            version: if is_v2 {
                HeaderVersion::V2
            } else {
                HeaderVersion::V1
            },
            tls,
            name: match &server.tls {
                Some(of) => match &of.check_sni {
                    Some(name) => CheckedName::Given(name.clone()),
                    None if of.check_sni_auto => CheckedName::Host,
                    None => CheckedName::Nothing,
                },
                None => CheckedName::Nothing,
            },
        }
    }

    /// That of questions to the agent of a server that is at `addr`. No agent is sent a PROXY header.
    pub(super) fn of_agent(server: &Server, addr: ServerAddr, contact: &AgentContact) -> Self {
        let at = CheckedAt {
            ip: contact.ip,
            port: Some(contact.port),
        };
        let target = Target::of(&addr, at);
        Self {
            addr,
            at,
            of_server: Destination {
                target,
                via: None,
                header: None,
                outgoing: server.outgoing.clone(),
                secured: false,
            },
            proxy: None,
            version: HeaderVersion::V1,
            tls: None,
            name: CheckedName::Nothing,
        }
    }

    /// Where one of its connections goes, and how.
    pub(super) fn of_connection(&self, to: ConnectTo<'_>) -> Destination {
        let target = match (to.addr, to.port) {
            (None, None) => self.of_server.target.clone(),
            (addr, port) => {
                // An address of its own takes the place of those of the server and its checks.
                let ip = self.at.ip.filter(|_| addr.is_none());
                let port = port.or(self.at.port).or_else(|| port_of(&self.addr));
                Target::of(addr.unwrap_or(&self.addr), CheckedAt { ip, port })
            }
        };
        let via = self.proxy.filter(|_| match to.through {
            Through::OfServer => self.of_server.via.is_some(),
            Through::Proxy => true,
            Through::Nothing => false,
        });
        Destination {
            target,
            via,
            header: match to.header {
                Introduction::OfServer => self.of_server.header,
                Introduction::Header => Some(self.version),
                Introduction::Nothing => None,
            },
            outgoing: self.of_server.outgoing.clone(),
            secured: self.of_server.secured,
        }
    }
}

fn port_of(addr: &ServerAddr) -> Option<u16> {
    match addr {
        ServerAddr::Inet { port, .. } => *port,
        ServerAddr::Unix(_) | ServerAddr::Abstract(_) | ServerAddr::SockPair(_) => None,
    }
}

/// A place to connect to, and how.
#[derive(Debug)]
pub(super) struct Destination {
    pub(super) target: Target,
    /// The SOCKS4 proxy that it is gone through to it.
    pub(super) via: Option<SocketAddr>,
    /// The PROXY header that the connection begins with.
    pub(super) header: Option<HeaderVersion>,
    /// What the server asks for.
    pub(super) outgoing: Option<Box<Outgoing>>,
    /// Checks of the server are over TLS, where nothing else is said.
    pub(super) secured: bool,
}

/// A version of the PROXY protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HeaderVersion {
    /// It tells the addresses of the check's own connection.
    V1,
    /// It tells that the sender speaks for itself.
    V2,
}

impl Destination {
    /// That of checks of a server that is at `addr`, where `at` does not say otherwise.
    pub(super) fn of(server: &Server, addr: &ServerAddr, at: CheckedAt) -> Self {
        let outgoing = &server.outgoing;
        let header = outgoing.as_ref().and_then(|outgoing| {
            let sent = outgoing.header.as_ref();
            // Elsewhere nobody may expect one.
            let same_place = at == CheckedAt::default();
            let wanted = outgoing.checks_send_header || (sent.is_some() && same_place);
            let is_v2 = sent.is_some_and(|sent| sent.tells.has(HeaderParts::V2));
            wanted.then_some(if is_v2 {
                HeaderVersion::V2
            } else {
                HeaderVersion::V1
            })
        });
        Self {
            target: Target::of(addr, at),
            via: outgoing
                .as_ref()
                .filter(|outgoing| outgoing.checks_via)
                .and_then(|outgoing| outgoing.via),
            header,
            outgoing: outgoing.clone(),
            secured: server.tls.as_ref().is_some_and(|tls| tls.checks),
        }
    }
}

/// A place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// TCP.
    Inet(SocketAddr),
    /// A unix stream socket in the filesystem.
    Unix(Word),
    /// One in Linux's abstract namespace.
    Abstract(AbstractName),
    /// The other half of a socket pair.
    SockPair(i32),
    /// The server has the port that its client came to, and the file names none for checks.
    NoPort,
}

impl Target {
    /// Where checks of a server go that is at `addr`.
    fn of(addr: &ServerAddr, check: CheckedAt) -> Self {
        let (ip, port) = match addr {
            ServerAddr::Inet { ip, port, .. } => (*ip, check.port.or(*port)),
            // Asked for elsewhere by address and port, a unix socket's server is checked there.
            ServerAddr::Unix(path) => match (check.ip, check.port) {
                (Some(ip), Some(port)) => (ip, Some(port)),
                _ => return Self::Unix(path.clone()),
            },
            ServerAddr::Abstract(name) => match (check.ip, check.port) {
                (Some(ip), Some(port)) => (ip, Some(port)),
                _ => return Self::Abstract(name.clone()),
            },
            ServerAddr::SockPair(number) => match (check.ip, check.port) {
                (Some(ip), Some(port)) => (ip, Some(port)),
                _ => return Self::SockPair(*number),
            },
        };
        match port {
            Some(port) if port != 0 => Self::Inet(SocketAddr::new(check.ip.unwrap_or(ip), port)),
            _ => Self::NoPort,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;

    fn inet(port: Option<u16>) -> ServerAddr {
        ServerAddr::Inet {
            ip: IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)),
            port,
            port_offset: 0,
        }
    }

    fn at(ip: Option<&str>, port: Option<u16>) -> CheckedAt {
        CheckedAt {
            ip: ip.map(|ip| ip.parse().unwrap()),
            port,
        }
    }

    fn tcp(place: &str) -> Target {
        Target::Inet(place.parse().unwrap())
    }

    #[test]
    fn addr_and_port_take_the_place_of_the_servers() {
        let addr = inet(Some(80));
        assert_eq!(Target::of(&addr, at(None, None)), tcp("10.0.0.1:80"));
        assert_eq!(Target::of(&addr, at(None, Some(8080))), tcp("10.0.0.1:8080"));
        assert_eq!(
            Target::of(&addr, at(Some("127.0.0.2"), Some(8080))),
            tcp("127.0.0.2:8080")
        );
    }

    #[test]
    fn a_check_that_goes_elsewhere_begins_with_a_header_only_where_it_is_told_to() {
        use haproxy_cfg::model::SentHeader;
        let mut server = Server::new("s".into(), 1, inet(Some(80)));
        let header = |server: &Server, port| Destination::of(server, &server.addr, at(None, port)).header;
        assert_eq!(header(&server, None), None);
        let sent = |tells| SentHeader {
            tells,
            ..SentHeader::default()
        };
        let outgoing = |checks_send_header, header| {
            Some(Box::new(Outgoing {
                checks_send_header,
                header,
                ..Outgoing::default()
            }))
        };
        server.outgoing = outgoing(false, Some(sent(HeaderParts::V2)));
        assert_eq!(header(&server, None), Some(HeaderVersion::V2));
        assert_eq!(header(&server, Some(81)), None);
        server.outgoing = outgoing(true, None);
        assert_eq!(header(&server, Some(81)), Some(HeaderVersion::V1));
        let contact = AgentContact {
            ip: None,
            port: 81,
            send: "".into(),
        };
        let agent = Way::of_agent(&server, server.addr.clone(), &contact).of_server;
        assert_eq!((agent.header, agent.target), (None, tcp("10.0.0.1:81")));
    }

    #[test]
    fn a_connection_of_a_script_may_say_itself_where_it_goes() {
        let server = Server::new("s".into(), 1, inet(Some(80)));
        let goes = |at: CheckedAt, addr: Option<&ServerAddr>, port| {
            let to = ConnectTo {
                addr,
                port,
                ..ConnectTo::default()
            };
            Way::new(&server, server.addr.clone(), at, None)
                .of_connection(to)
                .target
        };
        let elsewhere = at(Some("127.0.0.9"), Some(81));
        assert_eq!(goes(elsewhere, None, None), tcp("127.0.0.9:81"));
        assert_eq!(goes(elsewhere, None, Some(9)), tcp("127.0.0.9:9"));
        let own = ServerAddr::from("127.0.0.2:7".parse::<SocketAddr>().unwrap());
        assert_eq!(goes(elsewhere, Some(&own), None), tcp("127.0.0.2:81"));
        assert_eq!(goes(at(None, None), Some(&own), Some(9)), tcp("127.0.0.2:9"));
        let unix = ServerAddr::Unix("/run/app".into());
        assert_eq!(
            goes(elsewhere, Some(&unix), None),
            Target::Unix("/run/app".into())
        );
    }

    #[test]
    fn a_server_without_a_port_needs_one_for_checks() {
        assert_eq!(Target::of(&inet(None), at(None, None)), Target::NoPort);
        assert_eq!(Target::of(&inet(None), at(None, Some(25))), tcp("10.0.0.1:25"));
    }

    #[test]
    fn a_unix_socket_is_checked_unless_address_and_port_are_given() {
        let addr = ServerAddr::Unix("/run/app".into());
        assert_eq!(
            Target::of(&addr, at(None, Some(80))),
            Target::Unix("/run/app".into())
        );
        assert_eq!(
            Target::of(&addr, at(Some("127.0.0.1"), Some(80))),
            tcp("127.0.0.1:80")
        );
    }
}
