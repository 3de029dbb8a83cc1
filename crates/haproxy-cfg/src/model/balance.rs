//! `balance`, `hash-type` and `hash-balance-factor` (manual, section 4.2).

use super::{Sample, Word};

/// What the places of a server on the ring of `hash-type consistent` are made of (`hash-key`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NodeKey {
    /// `id`: its number.
    #[default]
    Id,
    /// `id32`: its number, mixed, so that numbers far apart do not meet.
    Id32,
    /// `guid`: its lasting name, if it has one, or else its number.
    Guid,
    /// `addr`: its address, if it has one, or else its number.
    Address,
    /// `addr-port`: the same, with its port.
    AddressAndPort,
}

/// `balance`.
#[derive(Clone, Debug, PartialEq)]
pub enum Balance {
    /// Smooth weighted round robin.
    RoundRobin,
    /// Weighted round robin with weights fixed at start.
    StaticRr,
    /// Fewest connections for its weight.
    LeastConn,
    /// The first server with a free slot.
    First,
    /// The less loaded of this many drawn at random (2 unless given).
    Random(u32),
    /// One server for as long as it is up, then the first that is.
    Sticky,
    /// A hash of this key.
    Hash(HashKey),
}

/// What a server is chosen by.
#[derive(Clone, Debug, PartialEq)]
pub enum HashKey {
    /// `source`: the client's address.
    Source,
    /// `uri`: the request's target.
    Uri(UriKey),
    /// `url_param`: a parameter of the target.
    Parameter {
        /// Its name.
        name: Word,
        /// `check_post`: it may stand in the body of a POST as well.
        in_body: bool,
    },
    /// `hdr`: a header's first value.
    Header {
        /// Its name.
        name: Word,
        /// `use_domain_only`: the label in front of the last one.
        domain_only: bool,
    },
    /// `rdp-cookie`, of this name.
    RdpCookie(Word),
    /// `log-hash`: a log line with converters behind it. What the sample begins with stands for the line.
    LogLine(Box<Sample>),
    /// `hash`: a sample.
    Sample(Box<Sample>),
}

/// What of a request's target counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UriKey {
    /// `len`: its first bytes; none is without limit.
    pub len: Option<u32>,
    /// `depth`: as many directories; none is without limit.
    pub depth: Option<u32>,
    /// `whole`: what stands behind the question mark as well.
    pub whole: bool,
    /// `path-only`: from the path on.
    pub path_only: bool,
}

/// Which servers of a ring keep a request that is theirs (`hash-preserve-affinity`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Affinity {
    /// `always`: all, where they are full it waits.
    #[default]
    Always,
    /// `maxconn`: those that have a slot free.
    FreeSlot,
    /// `maxqueue`: those whose queue is not full.
    RoomInQueue,
}

/// `hash-type`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HashType {
    /// Servers stand on a ring (`consistent`), not on a wheel (`map-based`).
    pub consistent: bool,
    /// The function.
    pub function: HashFunction,
    /// The function's result is mixed once more.
    pub avalanche: bool,
}

/// The function of `hash-type`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HashFunction {
    /// `sdbm`, the function of the database library of that name.
    #[default]
    Sdbm,
    /// `djb2`: times 33, plus the byte.
    Djb2,
    /// `wt6`, the original's own.
    Wt6,
    /// `crc32` of Ethernet, gzip and PNG.
    Crc32,
    /// `none`: what the bytes say as a decimal number.
    None,
}
