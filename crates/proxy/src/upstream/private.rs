//! Connections to servers that belong to one client (`http-reuse never`, and what a server has authenticated).

use haproxy_cfg::model::ProxyId;

use super::ServerConn;

/// Those of one client, in the order in which it first used their servers.
#[derive(Debug, Default)]
pub struct PrivateConns {
    places: Vec<Place>,
    /// A server asked for a password in a way that holds for the connection: requests stay where they have one.
    pub bound: bool,
}

/// A server's place: it stays where it is while its connection is at work.
#[derive(Debug)]
struct Place {
    backend: ProxyId,
    server: usize,
    /// Which of the servers that have that index one after the other.
    serial: Option<u32>,
    conn: Option<ServerConn>,
}

impl Drop for Place {
    fn drop(&mut self) {
        // Nothing more is to come over it.
        if let Some(conn) = &self.conn {
            conn.io.reset_on_close();
        }
    }
}

impl PrivateConns {
    /// Takes the connection to that server out, if there is one.
    pub(super) fn take(&mut self, backend: ProxyId, server: usize) -> Option<ServerConn> {
        self.places
            .iter_mut()
            .filter(|place| (place.backend, place.server) == (backend, server))
            .find_map(|place| place.conn.take())
    }

    /// Keeps a connection, unless the client has `most` of them.
    pub fn keep(
        &mut self,
        (backend, server, serial): (ProxyId, usize, Option<u32>),
        conn: ServerConn,
        most: usize,
    ) {
        let is_its =
            |place: &&mut Place| (place.backend, place.server, place.serial) == (backend, server, serial);
        if let Some(place) = self.places.iter_mut().find(is_its) {
            place.conn = Some(conn);
            return;
        }
        self.places.retain(|place| place.conn.is_some());
        let place = Place {
            backend,
            server,
            serial,
            conn: Some(conn),
        };
        if self.places.len() < most {
            self.places.push(place);
        }
    }

    /// Closes connections to servers that were deleted: `serial` says which server has an index now.
    pub fn forget_others(&mut self, serial: impl Fn(ProxyId, usize) -> Option<u32>) {
        self.places
            .retain(|place| serial(place.backend, place.server) == place.serial);
    }

    /// The servers of `backend` to which there is a connection, the one that was used first in front.
    pub fn servers(&self, backend: ProxyId) -> impl Iterator<Item = usize> {
        self.places
            .iter()
            .filter(move |place| place.backend == backend && place.conn.is_some())
            .map(|place| place.server)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::Io;

    fn conn() -> ServerConn {
        ServerConn {
            io: Io::Closed,
            served: 1,
            private: true,
            way: None,
        }
    }

    #[test]
    fn places_are_kept_while_connections_are_at_work() {
        let mut private = PrivateConns::default();
        let backend = ProxyId(1);
        for server in [2, 0, 1] {
            private.keep((backend, server, Some(0)), conn(), 3);
        }
        let taken = private.take(backend, 2).unwrap();
        assert!(private.take(backend, 2).is_none());
        assert_eq!(private.servers(backend).collect::<Vec<_>>(), [0, 1]);
        private.keep((backend, 2, Some(0)), taken, 3);
        assert_eq!(private.servers(backend).collect::<Vec<_>>(), [2, 0, 1]);
        assert_eq!(private.servers(ProxyId(0)).count(), 0);
    }

    #[test]
    fn a_place_that_nobody_came_back_to_is_given_away() {
        let mut private = PrivateConns::default();
        private.keep((ProxyId(1), 0, Some(0)), conn(), 1);
        private.keep((ProxyId(1), 1, Some(0)), conn(), 1);
        assert_eq!(private.servers(ProxyId(1)).collect::<Vec<_>>(), [0]);
        drop(private.take(ProxyId(1), 0));
        private.keep((ProxyId(1), 1, Some(0)), conn(), 1);
        assert_eq!(private.servers(ProxyId(1)).collect::<Vec<_>>(), [1]);
    }

    #[test]
    fn a_connection_to_a_server_that_was_deleted_is_not_for_the_one_behind_it() {
        let mut private = PrivateConns::default();
        let backend = ProxyId(1);
        private.keep((backend, 0, Some(0)), conn(), 3);
        private.keep((backend, 1, Some(4)), conn(), 3);
        private.forget_others(|_, server| (server == 0).then_some(0));
        assert_eq!(private.servers(backend).collect::<Vec<_>>(), [0]);
    }
}
