//! VRRP instances.

use std::net::IpAddr;
use std::time::Duration;

use super::{
    ExtraGarp, Route, Rule, Script, TrackInterface, TrackScript, TrackThing, UnicastChecksum, VirtualAddress,
};

/// `state`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InitialState {
    /// Take over as soon as the protocol lets it.
    Master,
    /// Wait for a master first.
    #[default]
    Backup,
}

/// The protocol's version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Version {
    /// RFC 3768.
    #[default]
    V2,
    /// RFC 5798.
    V3,
}

/// `authentication` of version 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authentication {
    /// `auth_type PASS`: the password as it stands in each advert, padded with zeros.
    Pass([u8; 8]),
    /// `auth_type AH`: the key.
    Ah([u8; 8]),
}

/// Gratuitous ARP and what else is sent at changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Garp {
    /// `garp_master_delay`: until the second burst after the change to MASTER; zero for none. Default five seconds.
    pub master_delay: Duration,
    /// `garp_master_repeat`: messages of a burst for each address. Default 5.
    pub master_repeat: u32,
    /// `garp_master_refresh`: from one refresh to the next while MASTER; zero for none (the default).
    pub master_refresh: Duration,
    /// `garp_master_refresh_repeat`: messages of a refresh. Default 1.
    pub master_refresh_repeat: u32,
    /// `garp_lower_prio_delay`: until the second burst after an advert of lower priority. Default as `master_delay`.
    pub lower_prio_delay: Duration,
    /// `garp_lower_prio_repeat`: messages of that burst. Default as `master_repeat`.
    pub lower_prio_repeat: u32,
    /// `lower_prio_no_advert`: no advert in answer to one of lower priority.
    pub lower_prio_no_advert: bool,
    /// `higher_prio_send_advert`: one more advert when giving way to a higher priority.
    pub higher_prio_send_advert: bool,
    /// `down_timer_adverts`: advert intervals until the master counts as dead. Default 3.
    pub down_timer_adverts: u8,
}

/// Scripts that are told of changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notify {
    /// `notify_master`.
    pub master: Option<Script>,
    /// `notify_backup`.
    pub backup: Option<Script>,
    /// `notify_fault`.
    pub fault: Option<Script>,
    /// `notify_stop`.
    pub stop: Option<Script>,
    /// `notify`: told of every change, with four more arguments.
    pub any: Option<Script>,
    /// `notify_master_rx_lower_pri`: a master has heard an advert of lower priority.
    pub master_rx_lower_pri: Option<Script>,
    /// `notify_deleted`: a reload found it gone.
    pub deleted: Option<Script>,
}

/// `use_vmac`: an interface (macvlan) with a MAC address that moves with the addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VirtualMac {
    /// Its name; one is made of the prefix and the virtual router's number when the file gives none.
    pub name: Option<String>,
    /// Its MAC address; 00:00:5e:00:01:VRID, or of IPv6 00:00:5e:00:02:VRID, when the file gives none (RFC 9568, section 7.3).
    pub mac: [u8; 6],
    /// `group`: the group of interfaces that it is put into.
    pub group: Option<u32>,
}

/// How interfaces above one another are kept apart (`IPVLAN_F_*` of Linux).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IpvlanMode {
    /// They reach one another.
    #[default]
    Bridge,
    /// They do not.
    Private,
    /// They do through a switch that sends back.
    Vepa,
}

/// `use_ipvlan`: an interface that has the MAC address of the one below it, and an address of its own to send from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ipvlan {
    /// Its name; one is made of the prefix and the virtual router's number when the file gives none.
    pub name: Option<String>,
    /// The address that is set on it, with the bits of its network; IPv6 can do with the one of its link.
    pub address: Option<(IpAddr, u8)>,
    /// How it is kept apart from others.
    pub mode: IpvlanMode,
    /// `group`: the group of interfaces that it is put into.
    pub group: Option<u32>,
}

/// An entry of `unicast_peer`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnicastPeer {
    /// The partner's address.
    pub address: IpAddr,
    /// `min_ttl`: the least TTL or hop limit that its adverts may come with. Default 0.
    pub min_ttl: u8,
    /// `max_ttl`: the greatest. Default 255.
    pub max_ttl: u8,
}

/// A `vrrp_instance`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VrrpInstance {
    /// Its name.
    pub name: String,
    /// `state`.
    pub initial_state: InitialState,
    /// `interface`. Without one it speaks to partners alone: it is that of its VRF then, or empty.
    pub interface: String,
    /// `virtual_router_id`, from 1.
    pub virtual_router_id: u8,
    /// `priority`, from 1; 255 is the addresses' owner. Default 100.
    pub priority: u8,
    /// `advert_int`; whole seconds in version 2. Default one second.
    pub advert_int: Duration,
    /// `version`, or the global one; addresses of IPv6 make it 3.
    pub version: Version,
    /// `authentication`.
    pub authentication: Option<Authentication>,
    /// `virtual_ipaddress`: the addresses that adverts name, in the file's order.
    pub addresses: Vec<VirtualAddress>,
    /// `virtual_ipaddress_excluded`: addresses that go along unnamed.
    pub excluded: Vec<VirtualAddress>,
    /// `virtual_routes`, in the file's order.
    pub routes: Vec<Route>,
    /// `virtual_rules`, in the file's order.
    pub rules: Vec<Rule>,
    /// Interfaces besides its own that addresses, routes and rules of it need (`no_track` ones left out): while one of them is
    /// down, it is in FAULT.
    pub needed_interfaces: Vec<String>,
    /// `mcast_src_ip`: the source address of adverts; none is the interface's first.
    pub source: Option<IpAddr>,
    /// Whether it is about IPv6: its first address says so.
    pub ipv6: bool,
    /// `unicast_peer`: partners that adverts go to one by one. Without any they go to a group.
    pub peers: Vec<UnicastPeer>,
    /// `check_unicast_src`: adverts of others than those are refused.
    pub check_unicast_src: bool,
    /// `unicast_ttl`: TTL or hop limit of adverts to partners. Default 255.
    pub unicast_ttl: u8,
    /// `mcast_dst_ip`: the group that adverts go to; none is the global one of the family.
    pub group: Option<IpAddr>,
    /// `unicast_fault_no_peer`, and there is none: it stays in FAULT.
    pub lacks_peers: bool,
    /// Not `nopreempt`.
    pub preempt: bool,
    /// `preempt_delay`.
    pub preempt_delay: Duration,
    /// `garp_*` and its kin, with what was inherited.
    pub garp: Garp,
    /// `dont_track_primary`: the interface's own failures are overlooked.
    pub dont_track_primary: bool,
    /// `track_interface`.
    pub track_interfaces: Vec<TrackInterface>,
    /// `track_script`.
    pub track_scripts: Vec<TrackScript>,
    /// `track_file`.
    pub track_files: Vec<TrackThing>,
    /// `track_process`.
    pub track_processes: Vec<TrackThing>,
    /// `track_bfd`.
    pub track_sessions: Vec<TrackThing>,
    /// `notify_*`.
    pub notify: Notify,
    /// Whether mail is sent of changes: its own `smtp_alert`, or else a global one.
    pub smtp_alert: bool,
    /// `debug`, from 0 to 4.
    pub debug: u8,
    /// `skip_check_adv_addr`: the addresses in adverts of the same master are not compared again.
    pub skip_check_adv_addr: bool,
    /// `promote_secondaries`.
    pub promote_secondaries: bool,
    /// `notify_priority_changes`: changes of the priority are written to FIFOs.
    pub notify_priority_changes: bool,
    /// `notify_deleted`: it is told as deleted, not as faulty, when a reload finds it gone.
    pub tells_deleted: bool,
    /// `owner_ignore_adverts`: as owner of the addresses it takes no adverts.
    pub owner_ignores_adverts: bool,
    /// `v3_checksum_as_v2`: checksums of version 3 over IPv4 are about the advert alone.
    pub checksum_as_v2: bool,
    /// `old_unicast_checksum`.
    pub unicast_checksum: UnicastChecksum,
    /// `kernel_rx_buf_size`: bytes of the buffer that adverts come to.
    pub buffer_size: Option<u32>,
    /// `garp_extra_if`, or the global one.
    pub extra_garp: Option<ExtraGarp>,
    /// `track_src_ip`: FAULT while this machine does not have its source address.
    pub track_source: bool,
    /// `timer_expired_backup`: a master that was away for so long that one of this priority may have taken over does not go on.
    pub timer_expired_backup: Option<u8>,
    /// `use_vmac`: an interface of its own with the virtual router's MAC address.
    pub vmac: Option<VirtualMac>,
    /// `use_ipvlan`: an interface of its own with the MAC address of the one below it. Never beside `vmac`.
    pub ipvlan: Option<Ipvlan>,
    /// `vrf`: the VRF that it speaks to its partners in; only where it has no interface.
    pub vrf: Option<String>,
    /// `vmac_xmit_base`: its adverts go out on the interface below.
    pub xmit_base: bool,
    /// `strict_mode`, or the global `vrrp_strict`: what the RFC does not allow was taken back.
    pub strict: bool,
    /// Not `no_accept`: packets for its addresses are taken, though it is not their owner.
    pub accept: bool,
    /// Why the instance must not take part, when it asks for what is not built yet (virtual MAC addresses): it is
    /// kept in FAULT, so that no two masters come of a half-understood file.
    pub held: Option<&'static str>,
}
