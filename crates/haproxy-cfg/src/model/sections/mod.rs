//! Sections beside the proxies (manual, sections 3.4 to 3.10, 5.3.2, 6.2.1 and 10.1.1): what each declares, by its name. Nothing
//! acts on most of them yet; they are here for what names them.

mod errors;
mod log;
mod names;
mod peers;
mod users;

use std::net::{IpAddr, SocketAddr};

pub use errors::{Cache, ErrorFile, FcgiApp, FcgiHeader, FcgiParam, HttpErrors, Program};
pub use log::{HostField, LogForward, LogProfile, LogProfileStep, Ring, RingFormat};
pub use names::{Hold, Nameserver, Resolvers};
pub use peers::{Peer, PeerListener, PeerTable, Peers};
pub use users::{Group, Mailer, Mailers, Password, User, Userlist};

use super::{AbstractName, Word};

/// All sections beside the proxies, each kind in the order of the files.
#[derive(Clone, Debug, Default)]
pub struct Sections {
    /// `peers`.
    pub peers: Vec<Peers>,
    /// `resolvers`.
    pub resolvers: Vec<Resolvers>,
    /// `userlist`.
    pub userlists: Vec<Userlist>,
    /// `mailers`.
    pub mailers: Vec<Mailers>,
    /// `http-errors`.
    pub http_errors: Vec<HttpErrors>,
    /// `ring`.
    pub rings: Vec<Ring>,
    /// `log-profile`.
    pub log_profiles: Vec<LogProfile>,
    /// `log-forward`.
    pub log_forwards: Vec<LogForward>,
    /// `cache`.
    pub caches: Vec<Cache>,
    /// `fcgi-app`.
    pub fcgi_apps: Vec<FcgiApp>,
    /// `program`.
    pub programs: Vec<Program>,
}

/// Where something is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// An address with its port.
    Inet(SocketAddr),
    /// An address whose port is not given, or is an offset.
    Host(IpAddr),
    /// A path of a unix socket.
    Unix(Word),
    /// An abstract name.
    Abstract(AbstractName),
}
