//! What instances look at besides adverts.

use std::net::IpAddr;
use std::time::Duration;

/// What a tracked thing does to the priority.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weight {
    /// From -253 to 253 (processes: 254; files: any number that fits, as it is multiplied with what they say). 0: when it is
    /// down the instance is in FAULT. Above 0: added while it is up. Below 0: taken off while it is down.
    pub value: i32,
    /// The other way round.
    pub reverse: bool,
}

/// An entry of `track_script`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackScript {
    /// Index in [`super::Config::scripts`].
    pub script: usize,
    /// The entry's weight, or else the script's.
    pub weight: Weight,
}

/// An entry of `track_interface`, never the instance's own interface without a weight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackInterface {
    /// The interface's name.
    pub interface: String,
    /// What it does.
    pub weight: Weight,
}

/// An entry of `track_file`, `track_process` or `track_bfd`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackThing {
    /// Index in [`super::Config::files`], [`super::Config::processes`] or [`super::Config::sessions`].
    pub thing: usize,
    /// The entry's weight, or else that of the thing itself.
    pub weight: Weight,
}

/// A `track_file`: a file with a number in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackFile {
    /// Its name.
    pub name: String,
    /// The file's path.
    pub path: String,
    /// What its number is multiplied with; 0: any number but 0 makes it FAULT. Default 1.
    pub weight: Weight,
    /// `init_file`.
    pub init: Option<FileInit>,
}

/// What is written into a file at the program's start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FileInit {
    /// The number. Default 0.
    pub value: i32,
    /// Also where there is a file already.
    pub overwrite: bool,
}

/// How the arguments of a process are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ParamMatch {
    /// All are given, word for word.
    #[default]
    Exact,
    /// `partial`: the first ones are given; more may follow.
    Partial,
    /// `initial`: as `partial`, and the last one given may be longer.
    Initial,
}

/// A `vrrp_track_process`: processes that must run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackProcess {
    /// Its name.
    pub name: String,
    /// The name of the program, or with `full_command` or arguments what it was called as.
    pub command: String,
    /// Its arguments; none when they are not looked at.
    pub parameters: Option<Vec<String>>,
    /// `param_match`.
    pub param_match: ParamMatch,
    /// Whether the command line is looked at, and not the process's name: `full_command`, or arguments are given.
    pub full_command: bool,
    /// The weight of instances that track it without naming one.
    pub weight: Weight,
    /// How many must run. Default 1.
    pub quorum: u32,
    /// `quorum_max`: how many may run; none is any number.
    pub quorum_max: Option<u32>,
    /// How long a quorum that was gained must last before it counts.
    pub fork_delay: Duration,
    /// How long a quorum that was lost must stay lost before it counts.
    pub terminate_delay: Duration,
}

/// A `bfd_instance`: a BFD session with a neighbour (RFC 5880).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BfdInstance {
    /// Its name.
    pub name: String,
    /// `neighbor_ip`.
    pub neighbor: IpAddr,
    /// `source_ip`: the address that packets are sent from; none leaves it to the system.
    pub source: Option<IpAddr>,
    /// `min_rx`: the least time between packets that we can take. Default 10 ms.
    pub min_rx: Duration,
    /// `min_tx`: the least time between packets that we want to send. Default 10 ms.
    pub min_tx: Duration,
    /// `idle_tx`: the same while the session is not up. Default one second.
    pub idle_tx: Duration,
    /// `multiplier`: so many packets missed in a row end the session. Default 5.
    pub multiplier: u8,
    /// `passive`: nothing is sent before the neighbour has.
    pub passive: bool,
    /// `ttl` or `hoplimit` of packets. Default 255 (IPv4), 64 (IPv6).
    pub ttl: u8,
    /// `max_hops`: how much less than 255 may be left of the TTL of packets that come in; none does not look. Default 0.
    pub max_hops: Option<u8>,
    /// `multihop`: over the port of RFC 5883, 4784, and not 3784.
    pub multihop: bool,
    /// The weight of instances that track it without naming one.
    pub weight: Weight,
    /// Whether VRRP hears of it: not when it is for `checker` alone.
    pub vrrp: bool,
}
