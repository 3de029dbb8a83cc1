//! Keywords of `vrrp_instance` and its blocks.

use syntax::Arity;
use syntax::table::kw;

use super::place::{AUTHENTICATION, HMAC, INSTANCE};
use super::{Act, Row};
use crate::parse::{
    address, garp, hmac, instance, interface, ipvlan, notify, protocol, route, rule, track, track_thing,
    unicast, vmac, vrf,
};

/// Keywords of `vrrp_instance`.
pub(super) const ROWS: &[Row] = &[
    kw(
        "accept",
        INSTANCE,
        Arity::exactly(0),
        "take packets for the addresses",
    )
    .acts(Act::Line(instance::accept)),
    kw(
        "auth_hmac",
        INSTANCE,
        Arity::exactly(0),
        "keys that adverts are proven with",
    )
    .keeps(Act::Block {
        place: HMAC,
        begin: hmac::begin,
        end: hmac::end,
    })
    .since(2, 4),
    kw(
        "advert_int",
        INSTANCE,
        Arity::exactly(1),
        "seconds from one advert to the next",
    )
    .acts(Act::Line(instance::advert_int)),
    kw(
        "authentication",
        INSTANCE,
        Arity::exactly(0),
        "a password in the adverts",
    )
    .acts(Act::Block {
        place: AUTHENTICATION,
        begin: instance::authentication,
        end: |_, _| {},
    }),
    kw(
        "check_unicast_src",
        INSTANCE,
        Arity::exactly(0),
        "adverts must come from a unicast peer",
    )
    .acts(Act::Line(unicast::check_source)),
    kw(
        "debug",
        INSTANCE,
        Arity::between(0, 1),
        "a level that nothing looks at",
    )
    .acts(Act::Line(instance::debug)),
    kw(
        "dont_track_primary",
        INSTANCE,
        Arity::exactly(0),
        "overlook that its own interface fails",
    )
    .acts(Act::Line(instance::dont_track_primary)),
    kw(
        "down_timer_adverts",
        INSTANCE,
        Arity::exactly(1),
        "adverts that must be missed",
    )
    .acts(Act::Line(garp::instance_line)),
    kw(
        "garp_extra_if",
        INSTANCE,
        Arity::between(0, 2),
        "gratuitous ARP on other interfaces",
    )
    .acts(Act::Line(protocol::extra_garp)),
    kw(
        "garp_lower_prio_delay",
        INSTANCE,
        Arity::exactly(1),
        "seconds until the second burst after an advert of lower priority",
    )
    .acts(Act::Line(garp::instance_line)),
    kw(
        "garp_lower_prio_repeat",
        INSTANCE,
        Arity::exactly(1),
        "messages of that burst",
    )
    .acts(Act::Line(garp::instance_line)),
    kw(
        "garp_master_delay",
        INSTANCE,
        Arity::exactly(1),
        "seconds until the second burst of gratuitous ARP",
    )
    .acts(Act::Line(garp::instance_line)),
    kw(
        "garp_master_refresh_repeat",
        INSTANCE,
        Arity::exactly(1),
        "messages of a refresh",
    )
    .acts(Act::Line(garp::instance_line)),
    kw(
        "garp_master_refresh",
        INSTANCE,
        Arity::exactly(1),
        "seconds from one refresh to the next while MASTER",
    )
    .acts(Act::Line(garp::instance_line)),
    kw(
        "garp_master_repeat",
        INSTANCE,
        Arity::exactly(1),
        "messages of a burst",
    )
    .acts(Act::Line(garp::instance_line)),
    kw(
        "higher_prio_send_advert",
        INSTANCE,
        Arity::between(0, 1),
        "one more advert when giving way",
    )
    .acts(Act::Line(garp::instance_line)),
    kw(
        "interface",
        INSTANCE,
        Arity::exactly(1),
        "the interface that adverts go out on",
    )
    .acts(Act::Line(instance::interface)),
    kw(
        "kernel_rx_buf_size",
        INSTANCE,
        Arity::between(0, 1),
        "size of the adverts' buffer",
    )
    .acts(Act::Line(protocol::buffer_size)),
    kw(
        "linkbeat_use_polling",
        INSTANCE,
        Arity::exactly(0),
        "ask the interface for its link",
    )
    .acts(Act::Line(interface::linkbeat_own)),
    kw(
        "lower_prio_no_advert",
        INSTANCE,
        Arity::between(0, 1),
        "no advert in answer to one of lower priority",
    )
    .acts(Act::Line(garp::instance_line)),
    kw(
        "lvs_sync_daemon_interface",
        INSTANCE,
        Arity::exactly(1),
        "share the connections of the LVS part",
    )
    .warned(2, 2)
    .instead("lvs_sync_daemon in global_defs"),
    kw(
        "mcast_dst_ip",
        INSTANCE,
        Arity::exactly(1),
        "another multicast group",
    )
    .acts(Act::Line(unicast::group)),
    kw(
        "mcast_src_ip",
        INSTANCE,
        Arity::exactly(1),
        "source address of adverts",
    )
    .acts(Act::Line(unicast::source)),
    kw(
        "native_ipv6",
        INSTANCE,
        Arity::exactly(0),
        "IPv6, which the addresses say anyway",
    )
    .acts(Act::Line(unicast::native_ipv6)),
    kw(
        "no_accept",
        INSTANCE,
        Arity::exactly(0),
        "drop packets for the addresses",
    )
    .acts(Act::Line(instance::no_accept)),
    kw(
        "no_virtual_ipaddress",
        INSTANCE,
        Arity::exactly(0),
        "no addresses on purpose",
    )
    .acts(Act::Line(protocol::no_addresses))
    .since(2, 3),
    kw(
        "nopreempt",
        INSTANCE,
        Arity::exactly(0),
        "leave a MASTER of lower priority where it is",
    )
    .acts(Act::Line(instance::nopreempt)),
    kw(
        "notify_backup",
        INSTANCE,
        Arity::at_least(1),
        "run on the change to BACKUP",
    )
    .acts(Act::Line(notify::line)),
    kw(
        "notify_deleted",
        INSTANCE,
        Arity::ANY,
        "run when a reload has deleted it",
    )
    .acts(Act::Line(protocol::notify_deleted)),
    kw(
        "notify_fault",
        INSTANCE,
        Arity::at_least(1),
        "run on the change to FAULT",
    )
    .acts(Act::Line(notify::line)),
    kw(
        "notify_master_rx_lower_pri",
        INSTANCE,
        Arity::at_least(1),
        "run when a MASTER hears a lower priority",
    )
    .acts(Act::Line(notify::line)),
    kw(
        "notify_master",
        INSTANCE,
        Arity::at_least(1),
        "run on the change to MASTER",
    )
    .acts(Act::Line(notify::line)),
    kw(
        "notify_priority_changes",
        INSTANCE,
        Arity::between(0, 1),
        "write changes of the priority to FIFOs",
    )
    .acts(Act::Line(protocol::notify_priority_changes)),
    kw("notify_stop", INSTANCE, Arity::at_least(1), "run at the end").acts(Act::Line(notify::line)),
    kw("notify", INSTANCE, Arity::at_least(1), "run on every change").acts(Act::Line(notify::line)),
    kw(
        "old_unicast_checksum",
        INSTANCE,
        Arity::between(0, 1),
        "checksum of version 1.3.6 and older",
    )
    .acts(Act::Line(protocol::old_unicast_checksum)),
    kw(
        "owner_ignore_adverts",
        INSTANCE,
        Arity::between(0, 1),
        "an owner takes no adverts",
    )
    .acts(Act::Line(protocol::owner_ignore_adverts))
    .since(2, 3),
    kw(
        "preempt_delay",
        INSTANCE,
        Arity::exactly(1),
        "seconds to wait with that",
    )
    .acts(Act::Line(instance::preempt_delay)),
    kw(
        "preempt",
        INSTANCE,
        Arity::exactly(0),
        "take over from a lower priority",
    )
    .acts(Act::Line(instance::preempt)),
    kw(
        "priority",
        INSTANCE,
        Arity::exactly(1),
        "the highest becomes MASTER",
    )
    .acts(Act::Line(instance::priority)),
    kw(
        "promote_secondaries",
        INSTANCE,
        Arity::exactly(0),
        "the second address of a network takes the place of the first",
    )
    .acts(Act::Line(instance::promote_secondaries)),
    kw(
        "skip_check_adv_addr",
        INSTANCE,
        Arity::between(0, 1),
        "do not compare the addresses in adverts of the same master again",
    )
    .acts(Act::Line(instance::skip_check_adv_addr)),
    kw(
        "smtp_alert",
        INSTANCE,
        Arity::between(0, 1),
        "whether mails are sent",
    )
    .acts(Act::Line(instance::smtp_alert)),
    kw("state", INSTANCE, Arity::exactly(1), "MASTER or BACKUP at start").acts(Act::Line(instance::state)),
    kw("strict_mode", INSTANCE, Arity::between(0, 1), "hold to the RFC")
        .acts(Act::Line(instance::strict_mode)),
    kw(
        "thread_timer_expired",
        INSTANCE,
        Arity::exactly(0),
        "log timers that were late",
    )
    .since(2, 3),
    kw(
        "timer_expired_backup",
        INSTANCE,
        Arity::between(0, 1),
        "stay BACKUP when a timer was late",
    )
    .acts(Act::Line(protocol::timer_expired_backup))
    .since(2, 3),
    kw(
        "track_bfd",
        INSTANCE,
        Arity::exactly(0),
        "BFD sessions that are tracked",
    )
    .acts(Act::List {
        begin: |_, _| true,
        entry: track_thing::bfd,
        end: |_, _| {},
    }),
    kw(
        "track_file",
        INSTANCE,
        Arity::exactly(0),
        "files that are tracked",
    )
    .acts(Act::List {
        begin: |_, _| true,
        entry: track_thing::file,
        end: |_, _| {},
    }),
    kw(
        "track_interface",
        INSTANCE,
        Arity::exactly(0),
        "interfaces that are tracked",
    )
    .acts(Act::List {
        begin: |_, _| true,
        entry: track::interface,
        end: |_, _| {},
    }),
    kw(
        "track_process",
        INSTANCE,
        Arity::exactly(0),
        "processes that are tracked",
    )
    .acts(Act::List {
        begin: |_, _| true,
        entry: track_thing::process,
        end: |_, _| {},
    }),
    kw(
        "track_script",
        INSTANCE,
        Arity::exactly(0),
        "scripts that are tracked",
    )
    .acts(Act::List {
        begin: |_, _| true,
        entry: track::script,
        end: |_, _| {},
    }),
    kw(
        "track_src_ip",
        INSTANCE,
        Arity::exactly(0),
        "FAULT when the source address is gone",
    )
    .acts(Act::Line(protocol::track_source)),
    kw(
        "unicast_fault_no_peer",
        INSTANCE,
        Arity::exactly(0),
        "FAULT when there is no unicast peer",
    )
    .acts(Act::Line(unicast::fault_no_peer)),
    kw(
        "unicast_peer",
        INSTANCE,
        Arity::exactly(0),
        "partners that adverts go to one by one",
    )
    .acts(Act::List {
        begin: unicast::peers,
        entry: unicast::peer,
        end: |_, _| {},
    }),
    kw(
        "unicast_src_ip",
        INSTANCE,
        Arity::exactly(1),
        "source address of unicast adverts",
    )
    .acts(Act::Line(unicast::unicast_source)),
    kw(
        "unicast_ttl",
        INSTANCE,
        Arity::exactly(1),
        "TTL of unicast adverts",
    )
    .acts(Act::Line(unicast::ttl)),
    kw(
        "use_ipvlan",
        INSTANCE,
        Arity::between(0, 6),
        "an interface of its own, with the MAC address of the one below it",
    )
    .acts(Act::Line(ipvlan::use_ipvlan)),
    kw(
        "use_vmac_addr",
        INSTANCE,
        Arity::exactly(0),
        "virtual MAC addresses for addresses on other interfaces",
    )
    .acts(Act::Line(vmac::use_vmac_addr)),
    kw(
        "use_vmac",
        INSTANCE,
        Arity::between(0, 6),
        "an interface of its own, with the virtual router's MAC address",
    )
    .acts(Act::Line(vmac::use_vmac)),
    kw(
        "v3_checksum_as_v2",
        INSTANCE,
        Arity::between(0, 1),
        "leave the pseudo header out of checksums",
    )
    .acts(Act::Line(protocol::checksum_as_v2))
    .since(2, 3),
    kw("version", INSTANCE, Arity::exactly(1), "version of the protocol").acts(Act::Line(instance::version)),
    kw(
        "virtual_ipaddress_excluded",
        INSTANCE,
        Arity::exactly(0),
        "addresses that go with it and are not in adverts",
    )
    .acts(Act::List {
        begin: |_, _| true,
        entry: address::excluded,
        end: |_, _| {},
    }),
    kw(
        "virtual_ipaddress",
        INSTANCE,
        Arity::exactly(0),
        "addresses that go with the MASTER",
    )
    .acts(Act::List {
        begin: |_, _| true,
        entry: address::advertised,
        end: |_, _| {},
    }),
    kw(
        "virtual_router_id",
        INSTANCE,
        Arity::exactly(1),
        "the number that it shares with its partners",
    )
    .acts(Act::Line(instance::virtual_router_id)),
    kw(
        "virtual_routes",
        INSTANCE,
        Arity::exactly(0),
        "routes that go with the MASTER",
    )
    .acts(Act::List {
        begin: |_, _| true,
        entry: route::of_instance,
        end: |_, _| {},
    }),
    kw(
        "virtual_rules",
        INSTANCE,
        Arity::exactly(0),
        "routing rules that go with the MASTER",
    )
    .acts(Act::List {
        begin: |_, _| true,
        entry: rule::of_instance,
        end: |_, _| {},
    }),
    kw(
        "vmac_garp_intvl",
        INSTANCE,
        Arity::between(0, 2),
        "gratuitous ARP on other interfaces",
    )
    .acts(Act::Line(protocol::extra_garp)),
    kw(
        "vmac_xmit_base",
        INSTANCE,
        Arity::exactly(0),
        "adverts go out on the interface below",
    )
    .acts(Act::Line(vmac::xmit_base)),
    kw(
        "vrf",
        INSTANCE,
        Arity::exactly(1),
        "the VRF of unicast adverts, without an interface",
    )
    .acts(Act::Line(vrf::vrf)),
];

/// Keywords of `authentication`.
pub(super) const AUTHENTICATION_ROWS: &[Row] = &[
    kw(
        "auth_pass",
        AUTHENTICATION,
        Arity::exactly(1),
        "the password, of which eight characters count",
    )
    .acts(Act::Line(instance::auth_pass)),
    kw("auth_type", AUTHENTICATION, Arity::exactly(1), "PASS or AH").acts(Act::Line(instance::auth_type)),
];

/// Keywords of `auth_hmac`.
pub(super) const HMAC_ROWS: &[Row] = &[
    kw(
        "active_key",
        HMAC,
        Arity::exactly(1),
        "the number of the key to send with",
    )
    .keeps(Act::Line(hmac::active_key)),
    kw(
        "anti_replay",
        HMAC,
        Arity::exactly(1),
        "time or monotonic: how old adverts are known",
    )
    .keeps(Act::Line(hmac::choice)),
    kw("key", HMAC, Arity::at_least(2), "a key with its number").keeps(Act::Line(hmac::key)),
    kw(
        "mode",
        HMAC,
        Arity::exactly(1),
        "enforce or permissive: what becomes of adverts without a proof",
    )
    .keeps(Act::Line(hmac::choice)),
    kw(
        "time_window",
        HMAC,
        Arity::exactly(1),
        "how old an advert may be, in seconds",
    )
    .keeps(Act::Line(hmac::time_window)),
];
