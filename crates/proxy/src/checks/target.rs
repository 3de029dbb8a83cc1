//! Where a check connects to: the server's own address unless the file says `addr` or `port`.

use std::net::SocketAddr;

use haproxy_cfg::model::{AbstractName, HeaderParts, Outgoing, Server, ServerAddr, Word};

/// A place to connect to, and how.
#[derive(Debug)]
pub(super) struct Destination {
    pub(super) target: Target,
    /// The PROXY header that the connection begins with.
    pub(super) header: Option<HeaderVersion>,
    /// What the server asks for.
    pub(super) outgoing: Option<Box<Outgoing>>,
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
    /// That of a server that is at `addr`.
    pub(super) fn of(server: &Server, addr: &ServerAddr) -> Self {
        let outgoing = &server.outgoing;
        let header = outgoing.as_ref().and_then(|outgoing| {
            let sent = outgoing.header.as_ref();
            // Elsewhere nobody may expect one.
            let same_place = server.check.addr.is_none() && server.check.port.is_none();
            let wanted = outgoing.checks_send_header || (sent.is_some() && same_place);
            let is_v2 = sent.is_some_and(|sent| sent.tells.has(HeaderParts::V2));
            wanted.then_some(if is_v2 {
                HeaderVersion::V2
            } else {
                HeaderVersion::V1
            })
        });
        Self {
            target: Target::of(server, addr),
            header,
            outgoing: outgoing.clone(),
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
    /// The server has the port that its client came to, and the file names none for checks.
    NoPort,
}

impl Target {
    /// Where checks of a server go that is at `addr`.
    pub(super) fn of(server: &Server, addr: &ServerAddr) -> Self {
        let check = &server.check;
        let (ip, port) = match addr {
            ServerAddr::Inet { ip, port, .. } => (*ip, check.port.or(*port)),
            // Asked for elsewhere by address and port, a unix socket's server is checked there.
            ServerAddr::Unix(path) => match (check.addr, check.port) {
                (Some(ip), Some(port)) => (ip, Some(port)),
                _ => return Self::Unix(path.clone()),
            },
            ServerAddr::Abstract(name) => match (check.addr, check.port) {
                (Some(ip), Some(port)) => (ip, Some(port)),
                _ => return Self::Abstract(name.clone()),
            },
        };
        match port {
            Some(port) if port != 0 => Self::Inet(SocketAddr::new(check.addr.unwrap_or(ip), port)),
            _ => Self::NoPort,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;

    fn server(addr: ServerAddr) -> Server {
        Server::new("s".into(), 1, addr)
    }

    fn inet(port: Option<u16>) -> ServerAddr {
        ServerAddr::Inet {
            ip: IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)),
            port,
            port_offset: 0,
        }
    }

    #[test]
    fn addr_and_port_take_the_place_of_the_servers() {
        let mut server = server(inet(Some(80)));
        assert_eq!(
            Target::of(&server, &server.addr),
            Target::Inet("10.0.0.1:80".parse().unwrap())
        );
        server.check.port = Some(8080);
        assert_eq!(
            Target::of(&server, &server.addr),
            Target::Inet("10.0.0.1:8080".parse().unwrap())
        );
        server.check.addr = Some("127.0.0.2".parse().unwrap());
        assert_eq!(
            Target::of(&server, &server.addr),
            Target::Inet("127.0.0.2:8080".parse().unwrap())
        );
    }

    #[test]
    fn a_check_that_goes_elsewhere_begins_with_a_header_only_where_it_is_told_to() {
        use haproxy_cfg::model::SentHeader;
        let mut server = server(inet(Some(80)));
        assert_eq!(Destination::of(&server, &server.addr).header, None);
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
        assert_eq!(
            Destination::of(&server, &server.addr).header,
            Some(HeaderVersion::V2)
        );
        server.check.port = Some(81);
        assert_eq!(Destination::of(&server, &server.addr).header, None);
        server.outgoing = outgoing(true, None);
        assert_eq!(
            Destination::of(&server, &server.addr).header,
            Some(HeaderVersion::V1)
        );
    }

    #[test]
    fn a_server_without_a_port_needs_one_for_checks() {
        let mut server = server(inet(None));
        assert_eq!(Target::of(&server, &server.addr), Target::NoPort);
        server.check.port = Some(25);
        assert_eq!(
            Target::of(&server, &server.addr),
            Target::Inet("10.0.0.1:25".parse().unwrap())
        );
    }

    #[test]
    fn a_unix_socket_is_checked_unless_address_and_port_are_given() {
        let mut server = server(ServerAddr::Unix("/run/app".into()));
        server.check.port = Some(80);
        assert_eq!(Target::of(&server, &server.addr), Target::Unix("/run/app".into()));
        server.check.addr = Some("127.0.0.1".parse().unwrap());
        assert_eq!(
            Target::of(&server, &server.addr),
            Target::Inet("127.0.0.1:80".parse().unwrap())
        );
    }
}
