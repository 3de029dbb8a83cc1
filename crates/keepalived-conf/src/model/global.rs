//! What holds for all instances.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use super::{
    BufferPolicy, DBus, Dumps, Garp, HttpEndpoint, Process, Program, ReceiveBuffer, Script, Version,
};

/// `global_defs`, and what stands outside of it on the top level.
#[derive(Clone, Debug, PartialEq)]
pub struct GlobalDefs {
    /// `router_id`; the host's name when the file gives none.
    pub router_id: String,
    /// Mail.
    pub smtp: Smtp,
    /// `smtp_alert` for all, when the file says something.
    pub smtp_alert: Option<bool>,
    /// `smtp_alert_vrrp`, when the file says something.
    pub smtp_alert_vrrp: Option<bool>,
    /// `no_email_faults`: no mail of changes to FAULT.
    pub no_email_faults: bool,
    /// `default_interface`; `eth0` when the file gives none.
    pub default_interface: String,
    /// `vrrp_mcast_group4`.
    pub mcast_group4: Ipv4Addr,
    /// `vrrp_mcast_group6`.
    pub mcast_group6: Ipv6Addr,
    /// `vrrp_garp_*`, which instances inherit (they have it filled in already).
    pub garp: Garp,
    /// `vrrp_garp_interval`: from one gratuitous ARP to the next on an interface.
    pub garp_interval: Duration,
    /// `vrrp_gna_interval`: the same for neighbour advertisements.
    pub gna_interval: Duration,
    /// `vrrp_version`.
    pub version: Version,
    /// `script_user`: user and group that scripts run as when they name none; none when the file does not say.
    pub script_user: Option<(u32, u32)>,
    /// `enable_script_security`.
    pub script_security: bool,
    /// `dynamic_interfaces`: interfaces may come later.
    pub dynamic_interfaces: bool,
    /// `vrrp_startup_delay`: nothing is sent or taken before that.
    pub startup_delay: Duration,
    /// `child_wait_time`: how long children may take to end. Default five seconds.
    pub child_wait_time: Duration,
    /// `instance`: goes into the names of the pid files.
    pub instance: Option<String>,
    /// `net_namespace`: the network namespace to run in.
    pub net_namespace: Option<String>,
    /// `use_pid_dir`: pid files stand in a folder of their own.
    pub use_pid_dir: bool,
    /// `vrrp_netlink_cmd_rcv_bufs`: the buffer of the channel that asks the kernel.
    pub command_buffer: ReceiveBuffer,
    /// `vrrp_netlink_monitor_rcv_bufs`: that of the channel that is told.
    pub monitor_buffer: ReceiveBuffer,
    /// `log_unknown_vrids`: adverts for VRIDs that no instance has are logged.
    pub log_unknown_vrids: bool,
    /// `notify_fifo` and `vrrp_notify_fifo`: where changes are written to.
    pub fifos: Vec<Fifo>,
    /// The process that speaks VRRP.
    pub process: Process,
    /// `vrrp_rx_bufs_policy`; none leaves it to the system.
    pub buffer_policy: Option<BufferPolicy>,
    /// `vrrp_rx_bufs_multiplier`. Default 3.
    pub buffer_multiplier: u32,
    /// `disable_local_igmp`: nothing is reported of groups that never leave their link.
    pub disable_local_igmp: bool,
    /// `vrrp_delay_after_boot`: nothing is done before the machine has been up for so long.
    pub delay_after_boot: Duration,
    /// `vmac_prefix`: what names of interfaces with virtual MAC addresses begin with. Default `vrrp`.
    pub vmac_prefix: String,
    /// `vmac_addr_prefix`: the same for those of addresses on other interfaces. Default as `vmac_prefix`.
    pub vmac_addr_prefix: String,
    /// `nftables`: where packets for addresses of instances that do not accept them are dropped.
    pub firewall: Firewall,
    /// How the program itself runs.
    pub program: Program,
    /// `state_dump_file` and its kin.
    pub dumps: Dumps,
    /// `enable_dbus`.
    pub dbus: Option<DBus>,
    /// `snmp_socket` and `enable_snmp_*`.
    pub snmp: Snmp,
    /// `holdfast_http`: where metrics and state can be asked for.
    pub http: Option<HttpEndpoint>,
    /// `process_monitor_rcv_bufs`: bytes of the buffer of what the kernel tells of processes; none is the system's size.
    pub process_monitor_buffer: Option<u32>,
    /// `process_monitor_rcv_bufs_force`: beyond the system's limit. Default false.
    pub process_monitor_force: bool,
    /// `fifo_write_vrrp_states_on_reload`: all states are written when the file was read again.
    pub states_on_reload: bool,
}

/// What is told to the machine's SNMP agent (AgentX), and where that listens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snmp {
    /// `snmp_socket`: a path, or an address with a port; without one the usual place.
    pub socket: Option<String>,
    /// `enable_snmp_vrrp`: the program's own MIB, without LVS.
    pub keepalived: bool,
    /// `enable_traps`: managers are told of changes.
    pub traps: bool,
    /// `enable_snmp_rfcv2`: VRRP-MIB (RFC 2787), of instances of version 2.
    pub rfc2787: bool,
    /// `enable_snmp_rfcv3`: VRRPV3-MIB (RFC 6527).
    pub rfc6527: bool,
}

/// The table of nftables that the program keeps for itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Firewall {
    /// `nftables`: its name; `keepalived` when the file gives none.
    pub table: String,
    /// Whether the file asks for it; otherwise it is said that it is used.
    pub asked_for: bool,
    /// `nftables_priority`: when its chains have their turn. Default -1.
    pub priority: i32,
    /// `nftables_counters`: its rules count what they drop.
    pub counters: bool,
    /// `nftables_ifindex`: interfaces are known by their numbers, also those that may come and go (`dont_track_primary`).
    pub ifindex: bool,
}

/// A FIFO that changes are written to, a line each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fifo {
    /// Its path. It is made where there is none.
    pub path: String,
    /// User and group that it is given to; none leaves it to the program's own.
    pub owner: Option<(u32, u32)>,
    /// The program that reads it, which gets the path as its last argument.
    pub script: Option<Script>,
}

/// Where mail goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Smtp {
    /// `smtp_server`; without one no mail is sent.
    pub server: Option<SmtpServer>,
    /// `smtp_helo_name`; the host's name when the file gives none.
    pub helo_name: String,
    /// `smtp_connect_timeout`; default 30 seconds.
    pub connect_timeout: Duration,
    /// `notification_email_from`; `keepalived@` and the host's name when the file gives none.
    pub from: String,
    /// `notification_email`: the receivers.
    pub to: Vec<String>,
}

/// The mail server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SmtpServer {
    /// Its address; a name was resolved when the file was read.
    pub address: IpAddr,
    /// Its TCP port; default 25.
    pub port: u16,
}
