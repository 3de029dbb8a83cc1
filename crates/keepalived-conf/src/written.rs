//! The as-written model: what the file says, with the place of what is looked at again once all of it is known.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use syntax::Span;

use crate::model::{
    BufferPolicy, Dumps, ExtraGarp, FileInit, HttpEndpoint, InitialState, IpvlanMode, Linkbeat, ParamMatch,
    Process, ReceiveBuffer, Reload, Route, Rule, Scope, SmtpServer, Snmp, UnicastChecksum, UnicastPeer,
    Version, Weight,
};
use crate::services::Services;

/// A value with its place.
#[derive(Clone, Debug)]
pub(crate) struct Spanned<T> {
    pub(crate) value: T,
    pub(crate) span: Span,
}

impl<T> Spanned<T> {
    pub(crate) fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// All files together.
#[derive(Debug, Default)]
pub(crate) struct Written {
    pub(crate) global: Global,
    pub(crate) scripts: Vec<WrittenScript>,
    pub(crate) files: Vec<WrittenFile>,
    pub(crate) processes: Vec<WrittenProcess>,
    pub(crate) sessions: Vec<WrittenSession>,
    pub(crate) instances: Vec<Instance>,
    pub(crate) sync_groups: Vec<SyncGroup>,
    pub(crate) track_groups: Vec<WrittenTrackGroup>,
    pub(crate) garp_groups: Vec<WrittenGarpGroup>,
    pub(crate) delays: Vec<WrittenDelay>,
    pub(crate) linkbeat: Linkbeat,
    pub(crate) services: Services,
    pub(crate) static_addresses: Vec<WrittenStatic<Address>>,
    pub(crate) static_routes: Vec<WrittenStatic<Route>>,
    pub(crate) static_rules: Vec<WrittenStatic<Rule>>,
    /// How many rules have been given a preference.
    pub(crate) rules_without_preference: u32,
    /// Where each instance's name stands; repeated blocks make many.
    pub(crate) instance_names: HashMap<String, Span>,
}

/// `global_defs`, and the settings outside of it.
#[derive(Debug, Default)]
pub(crate) struct Global {
    pub(crate) router_id: Option<String>,
    pub(crate) smtp_server: Option<SmtpServer>,
    pub(crate) smtp_helo_name: Option<String>,
    pub(crate) smtp_connect_timeout: Option<Duration>,
    pub(crate) email_from: Option<String>,
    pub(crate) email_to: Vec<String>,
    pub(crate) smtp_alert: Option<bool>,
    pub(crate) smtp_alert_vrrp: Option<bool>,
    pub(crate) no_email_faults: bool,
    pub(crate) default_interface: Option<String>,
    pub(crate) mcast_group4: Option<Ipv4Addr>,
    pub(crate) mcast_group6: Option<Ipv6Addr>,
    pub(crate) garp: WrittenGarp,
    pub(crate) min_garp: bool,
    pub(crate) garp_interval: Duration,
    pub(crate) gna_interval: Duration,
    pub(crate) version: Option<Version>,
    pub(crate) strict: bool,
    pub(crate) skip_check_adv_addr: bool,
    pub(crate) check_unicast_src: bool,
    pub(crate) script_user: Option<(u32, u32)>,
    /// A `script_user` that there is not: no script can be given a user.
    pub(crate) script_user_failed: bool,
    pub(crate) script_security: bool,
    pub(crate) dynamic_interfaces: bool,
    pub(crate) startup_delay: Duration,
    pub(crate) child_wait_time: Option<Duration>,
    pub(crate) instance: Option<String>,
    pub(crate) net_namespace: Option<String>,
    pub(crate) use_pid_dir: bool,
    pub(crate) command_buffer: ReceiveBuffer,
    pub(crate) monitor_buffer: ReceiveBuffer,
    pub(crate) log_unknown_vrids: bool,
    pub(crate) process_monitor_buffer: Option<u32>,
    pub(crate) process_monitor_force: Option<bool>,
    pub(crate) fifos: WrittenFifos,
    pub(crate) program: WrittenProgram,
    pub(crate) dumps: Dumps,
    pub(crate) dbus: bool,
    pub(crate) dbus_service: Option<String>,
    pub(crate) dbus_no_interface: Option<String>,
    pub(crate) snmp: Snmp,
    pub(crate) http: Option<HttpEndpoint>,
    pub(crate) firewall: WrittenFirewall,
    pub(crate) process: Process,
    pub(crate) buffer_policy: Option<BufferPolicy>,
    pub(crate) buffer_multiplier: Option<u32>,
    pub(crate) disable_local_igmp: bool,
    pub(crate) delay_after_boot: Duration,
    pub(crate) notify_priority_changes: bool,
    pub(crate) owners_ignore_adverts: bool,
    pub(crate) checksums_as_v2: bool,
    pub(crate) extra_garp: Option<ExtraGarp>,
    pub(crate) vmac_prefix: Option<String>,
    pub(crate) vmac_addr_prefix: Option<String>,
}

/// `use_vmac`.
#[derive(Debug, Default)]
pub(crate) struct WrittenMac {
    pub(crate) name: Option<Spanned<String>>,
    /// Five octets or six.
    pub(crate) mac: Option<Vec<u8>>,
    pub(crate) group: Option<u32>,
}

/// `use_ipvlan`.
#[derive(Debug)]
pub(crate) struct WrittenIpvlan {
    pub(crate) span: Span,
    pub(crate) name: Option<Spanned<String>>,
    pub(crate) address: Option<(IpAddr, u8)>,
    pub(crate) mode: Option<IpvlanMode>,
    pub(crate) group: Option<u32>,
}

/// `auth_hmac`: the numbers of its keys, and of the one to send with.
#[derive(Debug)]
pub(crate) struct WrittenHmac {
    pub(crate) span: Span,
    pub(crate) keys: Vec<u8>,
    pub(crate) active: Option<(u8, Span)>,
}

/// The table of nftables.
#[derive(Debug, Default)]
pub(crate) struct WrittenFirewall {
    pub(crate) table: Option<String>,
    pub(crate) priority: Option<i32>,
    pub(crate) counters: bool,
    pub(crate) ifindex: bool,
}

/// How the program itself runs.
#[derive(Debug, Default)]
pub(crate) struct WrittenProgram {
    pub(crate) startup: Option<Command>,
    pub(crate) startup_timeout: Option<Duration>,
    pub(crate) shutdown: Option<Command>,
    pub(crate) shutdown_timeout: Option<Duration>,
    pub(crate) umask: Option<u32>,
    pub(crate) parent_name: Option<String>,
    pub(crate) vrrp_name: Option<String>,
    pub(crate) own_names: bool,
    pub(crate) save_folder: Option<String>,
    pub(crate) reload: Reload,
    /// Programs are called by the paths that are written, links and all.
    pub(crate) symlinks: bool,
    /// Programs have all groups of their user.
    pub(crate) groups: bool,
}

/// The FIFOs that changes are written to.
#[derive(Debug, Default)]
pub(crate) struct WrittenFifos {
    pub(crate) all: WrittenFifo,
    pub(crate) vrrp: WrittenFifo,
    pub(crate) states_on_reload: bool,
}

/// One of them.
#[derive(Debug, Default)]
pub(crate) struct WrittenFifo {
    pub(crate) path: Option<String>,
    pub(crate) owner: Option<(u32, u32)>,
    pub(crate) script: Option<Command>,
}

/// `garp_*` as far as they are given.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct WrittenGarp {
    pub(crate) master_delay: Option<Duration>,
    pub(crate) master_repeat: Option<u32>,
    pub(crate) master_refresh: Option<Duration>,
    pub(crate) master_refresh_repeat: Option<u32>,
    pub(crate) lower_prio_delay: Option<Duration>,
    pub(crate) lower_prio_repeat: Option<u32>,
    pub(crate) lower_prio_no_advert: Option<bool>,
    pub(crate) higher_prio_send_advert: Option<bool>,
    pub(crate) down_timer_adverts: Option<u8>,
}

/// A program with its arguments, not looked for yet.
#[derive(Clone, Debug)]
pub(crate) struct Command {
    pub(crate) words: Vec<String>,
    pub(crate) span: Span,
    /// User and group it is given by name; the default ones otherwise.
    pub(crate) ids: Option<(u32, u32)>,
}

/// A `vrrp_script`.
#[derive(Debug)]
pub(crate) struct WrittenScript {
    pub(crate) name: Spanned<String>,
    pub(crate) command: Option<Command>,
    pub(crate) ids: Option<(u32, u32)>,
    /// A `user` that there is not.
    pub(crate) user_failed: Option<Span>,
    pub(crate) interval: Option<Duration>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) weight: Weight,
    pub(crate) rise: Option<u32>,
    pub(crate) fall: Option<u32>,
    pub(crate) init_fail: bool,
    /// It lacks what it needs and is as if it were not there.
    pub(crate) removed: bool,
}

/// An entry of `track_script`.
#[derive(Debug)]
pub(crate) struct WrittenTrackScript {
    /// Index in [`Written::scripts`].
    pub(crate) script: usize,
    pub(crate) weight: Option<Weight>,
    pub(crate) span: Span,
}

/// An entry of `track_interface`.
#[derive(Debug)]
pub(crate) struct WrittenTrackInterface {
    pub(crate) interface: Spanned<String>,
    pub(crate) weight: Weight,
}

/// A `track_file`.
#[derive(Debug)]
pub(crate) struct WrittenFile {
    pub(crate) name: Spanned<String>,
    pub(crate) path: Option<Spanned<String>>,
    pub(crate) weight: Weight,
    pub(crate) init: Option<FileInit>,
    /// It lacks what it needs and is as if it were not there.
    pub(crate) removed: bool,
}

/// A `vrrp_track_process`.
#[derive(Debug)]
pub(crate) struct WrittenProcess {
    pub(crate) name: Spanned<String>,
    /// The program and its arguments.
    pub(crate) command: Option<(String, Vec<String>)>,
    pub(crate) param_match: Option<ParamMatch>,
    pub(crate) full_command: bool,
    pub(crate) weight: Weight,
    pub(crate) quorum: Option<u32>,
    pub(crate) quorum_max: Option<u32>,
    pub(crate) fork_delay: Duration,
    pub(crate) terminate_delay: Duration,
    /// It lacks what it needs and is as if it were not there.
    pub(crate) removed: bool,
}

/// A `bfd_instance`.
#[derive(Debug)]
pub(crate) struct WrittenSession {
    pub(crate) name: Spanned<String>,
    pub(crate) neighbor: Option<IpAddr>,
    pub(crate) source: Option<Spanned<IpAddr>>,
    pub(crate) min_rx: Option<Duration>,
    pub(crate) min_tx: Option<Duration>,
    pub(crate) idle_tx: Option<Duration>,
    pub(crate) multiplier: Option<u8>,
    pub(crate) passive: bool,
    pub(crate) ttl: Option<u8>,
    pub(crate) max_hops: Option<Option<u8>>,
    pub(crate) multihop: bool,
    pub(crate) weight: Weight,
    pub(crate) vrrp: bool,
    pub(crate) checker: bool,
    /// It lacks what it needs and is not run; instances may name it nevertheless.
    pub(crate) disabled: bool,
}

/// What an instance or a group tracks of files, processes and BFD sessions.
#[derive(Debug, Default)]
pub(crate) struct WrittenThings {
    pub(crate) files: Vec<WrittenTrackThing>,
    pub(crate) processes: Vec<WrittenTrackThing>,
    pub(crate) sessions: Vec<WrittenTrackThing>,
}

/// An entry of `track_file`, `track_process` or `track_bfd`.
#[derive(Debug)]
pub(crate) struct WrittenTrackThing {
    /// Index among those of its kind in [`Written`].
    pub(crate) thing: usize,
    pub(crate) weight: Option<Weight>,
    pub(crate) span: Span,
}

/// A `garp_group`.
#[derive(Debug)]
pub(crate) struct WrittenGarpGroup {
    pub(crate) span: Span,
    pub(crate) arp: Option<Duration>,
    pub(crate) neighbour: Option<Duration>,
    pub(crate) interfaces: Vec<Spanned<String>>,
}

/// An entry of `interface_up_down_delays`.
#[derive(Debug)]
pub(crate) struct WrittenDelay {
    pub(crate) interface: Spanned<String>,
    pub(crate) down: Duration,
    pub(crate) up: Duration,
}

/// A `track_group`.
#[derive(Debug)]
pub(crate) struct WrittenTrackGroup {
    pub(crate) name: Spanned<String>,
    pub(crate) members: Vec<Spanned<String>>,
}

/// Something that stays on the machine.
#[derive(Debug)]
pub(crate) struct WrittenStatic<T> {
    pub(crate) what: T,
    /// The `track_group` whose instances track it.
    pub(crate) group: Option<String>,
}

/// `brd`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum WrittenBroadcast {
    Address(Ipv4Addr),
    /// `+`: all host bits set.
    Ones,
    /// `-`: all host bits clear.
    Zeros,
}

/// An entry of `virtual_ipaddress` and its kin.
#[derive(Clone, Debug)]
pub(crate) struct Address {
    pub(crate) address: Spanned<IpAddr>,
    pub(crate) prefix: u8,
    pub(crate) interface: Option<String>,
    pub(crate) label: Option<String>,
    pub(crate) scope: Scope,
    pub(crate) broadcast: Option<WrittenBroadcast>,
    pub(crate) peer: Option<(IpAddr, u8)>,
    pub(crate) home: bool,
    pub(crate) detect_duplicates: bool,
    pub(crate) manage_temporary: bool,
    pub(crate) no_prefix_route: bool,
    pub(crate) auto_join: bool,
    pub(crate) no_track: bool,
    pub(crate) vmac: bool,
    pub(crate) preferred_lifetime: Option<u32>,
}

/// `auth_type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AuthType {
    Pass,
    Ah,
}

/// `notify_*`.
#[derive(Debug, Default)]
pub(crate) struct WrittenNotify {
    pub(crate) master: Option<Command>,
    pub(crate) backup: Option<Command>,
    pub(crate) fault: Option<Command>,
    pub(crate) stop: Option<Command>,
    pub(crate) any: Option<Command>,
    pub(crate) master_rx_lower_pri: Option<Command>,
    pub(crate) deleted: Option<Command>,
}

/// A `vrrp_sync_group`.
#[derive(Debug)]
pub(crate) struct SyncGroup {
    pub(crate) name: Spanned<String>,
    pub(crate) members: Vec<Spanned<String>>,
    pub(crate) notify: WrittenNotify,
    pub(crate) smtp_alert: Option<bool>,
    /// Members may have weights of their own.
    pub(crate) tracking_weight: bool,
    pub(crate) track_scripts: Vec<WrittenTrackScript>,
    pub(crate) track_interfaces: Vec<WrittenTrackInterface>,
    pub(crate) track_things: WrittenThings,
}

impl SyncGroup {
    pub(crate) fn new(name: Spanned<String>) -> Self {
        Self {
            name,
            members: Vec::new(),
            notify: WrittenNotify::default(),
            smtp_alert: None,
            tracking_weight: false,
            track_scripts: Vec::new(),
            track_interfaces: Vec::new(),
            track_things: WrittenThings::default(),
        }
    }
}

/// A `vrrp_instance`.
#[derive(Debug)]
pub(crate) struct Instance {
    pub(crate) name: Spanned<String>,
    pub(crate) state: Option<Spanned<InitialState>>,
    pub(crate) interface: Option<Spanned<String>>,
    pub(crate) virtual_router_id: Option<Spanned<u8>>,
    pub(crate) priority: Option<Spanned<u8>>,
    pub(crate) advert_int: Option<Spanned<Duration>>,
    pub(crate) version: Option<Spanned<Version>>,
    pub(crate) auth_type: Option<Spanned<AuthType>>,
    pub(crate) auth_pass: Option<Spanned<[u8; 8]>>,
    pub(crate) authentication: Option<Span>,
    pub(crate) addresses: Vec<Address>,
    pub(crate) excluded: Vec<Address>,
    pub(crate) routes: Vec<Spanned<Route>>,
    pub(crate) rules: Vec<Spanned<Rule>>,
    /// Whether it is about IPv4, which the first of its addresses says, whatever that is for.
    pub(crate) ipv4: Option<bool>,
    pub(crate) source: Option<Spanned<IpAddr>>,
    /// The first keyword that is about unicast.
    pub(crate) unicast: Option<Span>,
    pub(crate) peers: Vec<UnicastPeer>,
    pub(crate) check_unicast_src: bool,
    pub(crate) unicast_fault_no_peer: bool,
    pub(crate) unicast_ttl: Option<u8>,
    pub(crate) group: Option<Spanned<IpAddr>>,
    pub(crate) nopreempt: Option<Span>,
    pub(crate) preempt_delay: Option<Spanned<Duration>>,
    pub(crate) garp: WrittenGarp,
    pub(crate) dont_track_primary: bool,
    pub(crate) track_interfaces: Vec<WrittenTrackInterface>,
    pub(crate) track_scripts: Vec<WrittenTrackScript>,
    pub(crate) track_things: WrittenThings,
    pub(crate) notify: WrittenNotify,
    pub(crate) smtp_alert: Option<bool>,
    pub(crate) debug: u8,
    pub(crate) skip_check_adv_addr: Option<bool>,
    pub(crate) promote_secondaries: bool,
    pub(crate) notify_priority_changes: Option<bool>,
    pub(crate) tells_deleted: bool,
    pub(crate) owner_ignores_adverts: Option<bool>,
    pub(crate) checksum_as_v2: Option<bool>,
    pub(crate) unicast_checksum: UnicastChecksum,
    pub(crate) buffer_size: Option<u32>,
    pub(crate) extra_garp: Option<ExtraGarp>,
    pub(crate) track_source: bool,
    pub(crate) no_addresses: bool,
    pub(crate) timer_expired_backup: Option<u8>,
    pub(crate) vmac: Option<WrittenMac>,
    pub(crate) ipvlan: Option<WrittenIpvlan>,
    pub(crate) hmac: Option<WrittenHmac>,
    pub(crate) vrf: Option<Spanned<String>>,
    pub(crate) vmac_addresses: bool,
    pub(crate) xmit_base: Option<Span>,
    /// `linkbeat_use_polling` for its interface.
    pub(crate) linkbeat: bool,
    pub(crate) strict: Option<bool>,
    /// `accept`, or its opposite.
    pub(crate) accept: Option<Spanned<bool>>,
    /// Where it asks for what is not built yet, and what that is.
    pub(crate) held: Option<(Span, &'static str)>,
}

impl Instance {
    pub(crate) fn new(name: Spanned<String>) -> Self {
        Self {
            name,
            state: None,
            interface: None,
            virtual_router_id: None,
            priority: None,
            advert_int: None,
            version: None,
            auth_type: None,
            auth_pass: None,
            authentication: None,
            addresses: Vec::new(),
            excluded: Vec::new(),
            routes: Vec::new(),
            rules: Vec::new(),
            ipv4: None,
            source: None,
            unicast: None,
            peers: Vec::new(),
            check_unicast_src: false,
            unicast_fault_no_peer: false,
            unicast_ttl: None,
            group: None,
            nopreempt: None,
            preempt_delay: None,
            garp: WrittenGarp::default(),
            dont_track_primary: false,
            track_interfaces: Vec::new(),
            track_scripts: Vec::new(),
            track_things: WrittenThings::default(),
            notify: WrittenNotify::default(),
            smtp_alert: None,
            debug: 0,
            skip_check_adv_addr: None,
            promote_secondaries: false,
            notify_priority_changes: None,
            tells_deleted: false,
            owner_ignores_adverts: None,
            checksum_as_v2: None,
            unicast_checksum: UnicastChecksum::default(),
            buffer_size: None,
            extra_garp: None,
            track_source: false,
            no_addresses: false,
            timer_expired_backup: None,
            vmac: None,
            ipvlan: None,
            hmac: None,
            vrf: None,
            vmac_addresses: false,
            xmit_base: None,
            linkbeat: false,
            strict: None,
            accept: None,
            held: None,
        }
    }
}
