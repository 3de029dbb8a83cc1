//! Keywords outside of every block.

use syntax::Arity;
use syntax::table::kw;

use super::place::{
    BFD, GARP_GROUP, GLOBAL, INSTANCE, SCRIPT, SSL, SYNC_GROUP, TOP, TRACK_FILE, TRACK_GROUP, TRACK_PROCESS,
    VIRTUAL_SERVER,
};
use super::{Act, Row, read_block};
use crate::parse::lvs::{group, virtual_server};
use crate::parse::{
    bfd, global, instance, interface, route, rule, script, statics, sync, track_file, track_process,
};

/// Keywords outside of every block.
pub(super) const ROWS: &[Row] = &[
    kw("SSL", TOP, Arity::exactly(0), "keys of the checks over TLS").checked(read_block(SSL)),
    kw("bfd_instance", TOP, Arity::exactly(1), "a BFD session").acts(Act::Block {
        place: BFD,
        begin: bfd::begin,
        end: bfd::end,
    }),
    kw(
        "child_wait_time",
        TOP,
        Arity::exactly(1),
        "seconds that children may take to end",
    )
    .acts(Act::Line(global::child_wait_time)),
    kw(
        "garp_group",
        TOP,
        Arity::exactly(0),
        "how fast gratuitous ARP goes out on interfaces",
    )
    .acts(Act::Block {
        place: GARP_GROUP,
        begin: interface::begin_group,
        end: interface::end_group,
    }),
    kw(
        "global_defs",
        TOP,
        Arity::exactly(0),
        "settings that hold for everything",
    )
    .acts(Act::Block {
        place: GLOBAL,
        begin: |_, _| true,
        end: |_, _| {},
    }),
    kw(
        "instance",
        TOP,
        Arity::exactly(1),
        "a name that goes into the names of the pid files",
    )
    .acts(Act::Line(global::instance)),
    kw(
        "interface_up_down_delays",
        TOP,
        Arity::exactly(0),
        "how long a change of an interface must last",
    )
    .acts(Act::List {
        begin: |_, _| true,
        entry: interface::delay,
        end: |_, _| {},
    })
    .since(2, 2),
    kw(
        "linkbeat_interfaces",
        TOP,
        Arity::exactly(0),
        "interfaces whose link is asked for",
    )
    .acts(Act::List {
        begin: |_, _| true,
        entry: interface::linkbeat,
        end: |_, _| {},
    }),
    kw(
        "linkbeat_use_polling",
        TOP,
        Arity::exactly(0),
        "ask interfaces for their link instead of listening to netlink",
    )
    .acts(Act::Line(interface::linkbeat_all)),
    kw(
        "namespace_with_ipsets",
        TOP,
        Arity::exactly(0),
        "use ipsets in a namespace in spite of an old kernel",
    ),
    kw(
        "net_namespace_ipvs",
        TOP,
        Arity::between(0, 1),
        "the network namespace of the LVS part",
    ),
    kw(
        "net_namespace",
        TOP,
        Arity::exactly(1),
        "the network namespace to run in",
    )
    .acts(Act::Line(global::net_namespace)),
    kw(
        "static_ipaddress",
        TOP,
        Arity::exactly(0),
        "addresses that stay on the machine",
    )
    .acts(Act::List {
        begin: |_, _| true,
        entry: statics::address_line,
        end: |_, _| {},
    }),
    kw(
        "static_routes",
        TOP,
        Arity::exactly(0),
        "routes that stay on the machine",
    )
    .acts(Act::List {
        begin: |_, _| true,
        entry: route::of_machine,
        end: |_, _| {},
    }),
    kw(
        "static_rules",
        TOP,
        Arity::exactly(0),
        "routing rules that stay on the machine",
    )
    .acts(Act::List {
        begin: |_, _| true,
        entry: rule::of_machine,
        end: |_, _| {},
    }),
    kw(
        "track_file",
        TOP,
        Arity::exactly(1),
        "a file whose number is tracked",
    )
    .acts(Act::Block {
        place: TRACK_FILE,
        begin: track_file::begin,
        end: track_file::end,
    }),
    kw(
        "track_group",
        TOP,
        Arity::exactly(1),
        "instances that track static addresses",
    )
    .acts(Act::Block {
        place: TRACK_GROUP,
        begin: statics::begin,
        end: statics::end,
    }),
    kw(
        "use_pid_dir",
        TOP,
        Arity::exactly(0),
        "keep the pid files in a folder of their own",
    )
    .acts(Act::Line(global::use_pid_dir)),
    kw(
        "virtual_server_group",
        TOP,
        Arity::exactly(1),
        "addresses that a virtual server serves",
    )
    .checked(Act::List {
        begin: group::begin,
        entry: group::entry,
        end: group::end,
    }),
    kw(
        "virtual_server",
        TOP,
        Arity::between(1, 3),
        "a service of the LVS part",
    )
    .checked(Act::Block {
        place: VIRTUAL_SERVER,
        begin: virtual_server::begin,
        end: virtual_server::end,
    }),
    kw("vrrp_instance", TOP, Arity::at_least(1), "a virtual router").acts(Act::Block {
        place: INSTANCE,
        begin: instance::begin,
        end: instance::end,
    }),
    kw(
        "vrrp_script",
        TOP,
        Arity::at_least(1),
        "a script that instances track",
    )
    .acts(Act::Block {
        place: SCRIPT,
        begin: script::begin,
        end: script::end,
    }),
    kw(
        "vrrp_sync_group",
        TOP,
        Arity::exactly(1),
        "instances that change state together",
    )
    .acts(Act::Block {
        place: SYNC_GROUP,
        begin: sync::begin,
        end: sync::end,
    }),
    kw(
        "vrrp_track_file",
        TOP,
        Arity::exactly(1),
        "a file whose number is tracked",
    )
    .acts(Act::Block {
        place: TRACK_FILE,
        begin: track_file::begin,
        end: track_file::end,
    })
    .instead("track_file"),
    kw(
        "vrrp_track_process",
        TOP,
        Arity::exactly(1),
        "a process that is tracked",
    )
    .acts(Act::Block {
        place: TRACK_PROCESS,
        begin: track_process::begin,
        end: track_process::end,
    }),
];
