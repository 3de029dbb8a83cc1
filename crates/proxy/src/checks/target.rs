//! Where a check connects to: the server's own address unless the file says `addr` or `port`.

use std::net::SocketAddr;

use haproxy_cfg::model::{AbstractName, Server, ServerAddr, Word};

/// A place to connect to.
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
    pub(super) fn of(server: &Server) -> Self {
        let check = &server.check;
        let (ip, port) = match &server.addr {
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
        assert_eq!(Target::of(&server), Target::Inet("10.0.0.1:80".parse().unwrap()));
        server.check.port = Some(8080);
        assert_eq!(
            Target::of(&server),
            Target::Inet("10.0.0.1:8080".parse().unwrap())
        );
        server.check.addr = Some("127.0.0.2".parse().unwrap());
        assert_eq!(
            Target::of(&server),
            Target::Inet("127.0.0.2:8080".parse().unwrap())
        );
    }

    #[test]
    fn a_server_without_a_port_needs_one_for_checks() {
        let mut server = server(inet(None));
        assert_eq!(Target::of(&server), Target::NoPort);
        server.check.port = Some(25);
        assert_eq!(Target::of(&server), Target::Inet("10.0.0.1:25".parse().unwrap()));
    }

    #[test]
    fn a_unix_socket_is_checked_unless_address_and_port_are_given() {
        let mut server = server(ServerAddr::Unix("/run/app".into()));
        server.check.port = Some(80);
        assert_eq!(Target::of(&server), Target::Unix("/run/app".into()));
        server.check.addr = Some("127.0.0.1".parse().unwrap());
        assert_eq!(Target::of(&server), Target::Inet("127.0.0.1:80".parse().unwrap()));
    }
}
