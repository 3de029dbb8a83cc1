//! What ha.cf sets. Times are in milliseconds.

use std::net::IpAddr;

use syntax::Span;

use super::{Medium, Setting};
use crate::host::Host;

/// ha.cf as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Times of nodes.
    pub times: Times,
    /// The paths in the order of the file.
    pub media: Vec<Medium>,
    /// Names of nodes in the order of the file, as written; compared without regard to case.
    pub nodes: Vec<Setting<String>>,
    /// Whether nodes that are not named may come.
    pub autojoin: Setting<Autojoin>,
    /// Ping nodes and groups of them in the order of the file.
    pub pings: Vec<PingNode>,
    /// Whether resources go home when their owner is back.
    pub auto_failback: Setting<AutoFailback>,
    /// Programs that run along, in the order of the file.
    pub respawn: Vec<Respawn>,
    /// Programs whose end restarts the machine.
    pub failfast: Vec<Respawn>,
    /// Who may use which name on the API.
    pub apiauth: Vec<ApiAuth>,
    /// Where log lines go.
    pub log: Logging,
    /// Compression of messages.
    pub compression: Compression,
    /// Where the generation of a node comes from.
    pub generation: Setting<Generation>,
    /// Where the identity of a node comes from.
    pub uuid_from: Setting<UuidFrom>,
    /// The form of messages that are sent.
    pub format: Setting<MessageFormat>,
    /// Port of UDP that `bcast`, `ucast` and `ucast6` behind the last `udpport` use.
    pub udp_port: Setting<u16>,
    /// Longest wait in front of a request to send again, in milliseconds.
    pub max_rexmit_delay: Setting<u64>,
    /// Hops that a message may make beyond the number of nodes; for serial rings.
    pub hop_fudge: Setting<u32>,
    /// Whether the process asks for real-time scheduling.
    pub realtime: Setting<bool>,
    /// The priority that it asks for; without one the middle of the range.
    pub realtime_priority: Option<Setting<u8>>,
    /// Whether cores are dumped.
    pub core_dumps: Setting<bool>,
    /// The watchdog device.
    pub watchdog: Option<Setting<String>>,
    /// Devices that can shut off a node.
    pub stonith: Vec<Stonith>,
    /// Whether Pacemaker is to manage resources, which is refused when this program runs.
    pub pacemaker: Setting<Pacemaker>,
}

/// The port of heartbeat that IANA registered, under the name `ha-cluster`.
const UDP_PORT: u16 = 694;

impl Settings {
    /// The defaults on that machine.
    #[must_use]
    pub fn for_host(host: &dyn Host) -> Self {
        Self {
            udp_port: Setting::implied(host.udp_service("ha-cluster").unwrap_or(UDP_PORT)),
            max_rexmit_delay: Setting::implied(250),
            hop_fudge: Setting::implied(1),
            realtime: Setting::implied(true),
            ..Self::default()
        }
    }

    /// Whether a node of that name is listed.
    #[must_use]
    pub fn has_node(&self, name: &str) -> bool {
        self.nodes
            .iter()
            .any(|node| node.value.eq_ignore_ascii_case(name))
    }
}

/// Times of nodes, in milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Times {
    /// Between two messages that say that a node lives.
    pub keepalive: Setting<u64>,
    /// Without one of a node it is dead.
    pub deadtime: Setting<u64>,
    /// Without one of a node a warning is logged.
    pub warntime: Setting<u64>,
    /// As `deadtime`, at the start.
    pub initdead: Setting<u64>,
    /// As `deadtime`, of ping nodes.
    pub deadping: Setting<u64>,
}

impl Default for Times {
    fn default() -> Self {
        Self {
            keepalive: Setting::implied(1000),
            deadtime: Setting::implied(30_000),
            warntime: Setting::implied(15_000),
            initdead: Setting::implied(30_000),
            deadping: Setting::implied(30_000),
        }
    }
}

/// `autojoin`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Autojoin {
    /// Only named nodes.
    #[default]
    None,
    /// Others than this node may come without being named.
    Other,
    /// This node may be unnamed too.
    Any,
}

/// `auto_failback`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AutoFailback {
    /// Resources go home.
    On,
    /// They stay where they are.
    Off,
    /// They go home, in the way of versions that did not know this setting.
    #[default]
    Legacy,
}

/// A pseudo-member of the cluster that answers to pings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PingNode {
    /// Its name: the address as written, or the group's name.
    pub name: String,
    /// What is pinged.
    pub kind: PingKind,
    /// Its place.
    pub span: Span,
}

/// What is pinged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PingKind {
    /// One host; without an address where its name has none.
    Host(Option<IpAddr>),
    /// Several that count as one, which is there while any of them answers.
    Group(Vec<IpAddr>),
}

/// A program that is started again whenever it ends, unless with status 100.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Respawn {
    /// Whose rights it has.
    pub user: String,
    /// Its path.
    pub program: String,
    /// What it is given, as one text cut at blanks.
    pub arguments: Vec<String>,
    /// Its place.
    pub span: Span,
}

impl Respawn {
    /// Whether it is ipfail, which gives resources away when the other node sees more ping nodes.
    #[must_use]
    pub fn is_ipfail(&self) -> bool {
        self.program.rsplit('/').next() == Some("ipfail")
    }
}

/// Who may use a name on the API; one list is enough to be in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiAuth {
    /// The name.
    pub client: String,
    /// Users, by name or number.
    pub users: Vec<String>,
    /// Groups, by name or number.
    pub groups: Vec<String>,
    /// Its place.
    pub span: Span,
}

/// Where log lines go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logging {
    /// Facility of syslog; none when no line says so.
    pub facility: Option<Setting<LogFacility>>,
    /// File for all but debug lines.
    pub file: Option<Setting<String>>,
    /// File for debug lines, and the others too.
    pub debug_file: Option<Setting<String>>,
    /// Whether the logging daemon is asked for.
    pub use_logd: Setting<bool>,
    /// How long to wait before it is connected to again, in milliseconds.
    pub conn_logd_time: Setting<u64>,
    /// Level of debug lines.
    pub debug: Setting<u8>,
}

impl Default for Logging {
    fn default() -> Self {
        Self {
            facility: None,
            file: None,
            debug_file: None,
            use_logd: Setting::implied(false),
            conn_logd_time: Setting::implied(60_000),
            debug: Setting::implied(0),
        }
    }
}

/// `logfacility`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFacility {
    /// Nothing goes to syslog.
    None,
    /// The number that messages bear: 3 is `daemon`, 16 is `local0`.
    Syslog(u8),
}

/// Compression of messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compression {
    /// The method, `zlib` or `bz2`.
    pub method: Option<Setting<String>>,
    /// From which size on, in KiB.
    pub threshold: Setting<u32>,
    /// Whether whole messages are compressed, not single fields.
    pub traditional: Setting<bool>,
}

impl Default for Compression {
    fn default() -> Self {
        Self {
            method: None,
            threshold: Setting::implied(2),
            traditional: Setting::implied(false),
        }
    }
}

/// `hbgenmethod`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Generation {
    /// Counted in a file.
    #[default]
    File,
    /// The time of the start.
    Time,
}

/// `uuidfrom`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UuidFrom {
    /// Made once, and kept in a file.
    #[default]
    File,
    /// The node's name.
    NodeName,
}

/// `msgfmt`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MessageFormat {
    /// Lines of text.
    #[default]
    Classic,
    /// Netstrings.
    Netstring,
}

/// `crm`, `pacemaker`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pacemaker {
    /// haresources rules.
    #[default]
    Off,
    /// Pacemaker rules.
    On,
}

/// `stonith`, `stonith_host`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stonith {
    /// From which node it is reached; `*` for all, none for `stonith`, which speaks of this node.
    pub host: Option<String>,
    /// What kind of device it is.
    pub device: String,
    /// The file with its parameters (`stonith`), or the parameters.
    pub parameters: Vec<String>,
    /// Its place.
    pub span: Span,
}
