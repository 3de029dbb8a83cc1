//! Keywords of groups: of instances and of interfaces.

use syntax::Arity;
use syntax::table::kw;

use super::place::{GARP_GROUP, SYNC_GROUP, TRACK_GROUP};
use super::{Act, Row};
use crate::parse::{interface, statics, sync, track_thing};

/// Keywords of `vrrp_sync_group`.
pub(super) const ROWS: &[Row] = &[
    kw(
        "global_tracking",
        SYNC_GROUP,
        Arity::exactly(0),
        "members may have weights",
    )
    .acts(Act::Line(sync::global_tracking)),
    kw(
        "group",
        SYNC_GROUP,
        Arity::exactly(0),
        "the instances of the group",
    )
    .acts(Act::List {
        begin: |_, _| true,
        entry: sync::members,
        end: |_, _| {},
    }),
    kw(
        "notify_backup",
        SYNC_GROUP,
        Arity::at_least(1),
        "run on the change to BACKUP",
    )
    .acts(Act::Line(sync::notify_line)),
    kw(
        "notify_fault",
        SYNC_GROUP,
        Arity::at_least(1),
        "run on the change to FAULT",
    )
    .acts(Act::Line(sync::notify_line)),
    kw(
        "notify_master",
        SYNC_GROUP,
        Arity::at_least(1),
        "run on the change to MASTER",
    )
    .acts(Act::Line(sync::notify_line)),
    kw(
        "notify_priority_changes",
        SYNC_GROUP,
        Arity::between(0, 1),
        "write changes of the priority to FIFOs",
    ),
    kw("notify_stop", SYNC_GROUP, Arity::at_least(1), "run at the end").acts(Act::Line(sync::notify_line)),
    kw("notify", SYNC_GROUP, Arity::at_least(1), "run on every change").acts(Act::Line(sync::notify_line)),
    kw(
        "smtp_alert",
        SYNC_GROUP,
        Arity::between(0, 1),
        "whether mails are sent",
    )
    .acts(Act::Line(sync::smtp_alert)),
    kw(
        "sync_group_tracking_weight",
        SYNC_GROUP,
        Arity::exactly(0),
        "members may have weights",
    )
    .acts(Act::Line(sync::tracking_weight)),
    kw(
        "track_bfd",
        SYNC_GROUP,
        Arity::exactly(0),
        "BFD sessions that are tracked",
    )
    .acts(Act::List {
        begin: |_, _| true,
        entry: track_thing::group_bfd,
        end: |_, _| {},
    }),
    kw(
        "track_file",
        SYNC_GROUP,
        Arity::exactly(0),
        "files that are tracked",
    )
    .acts(Act::List {
        begin: |_, _| true,
        entry: track_thing::group_file,
        end: |_, _| {},
    }),
    kw(
        "track_interface",
        SYNC_GROUP,
        Arity::exactly(0),
        "interfaces that are tracked",
    )
    .acts(Act::List {
        begin: |_, _| true,
        entry: sync::track_interface,
        end: |_, _| {},
    }),
    kw(
        "track_process",
        SYNC_GROUP,
        Arity::exactly(0),
        "processes that are tracked",
    )
    .acts(Act::List {
        begin: |_, _| true,
        entry: track_thing::group_process,
        end: |_, _| {},
    }),
    kw(
        "track_script",
        SYNC_GROUP,
        Arity::exactly(0),
        "scripts that are tracked",
    )
    .acts(Act::List {
        begin: |_, _| true,
        entry: sync::track_script,
        end: |_, _| {},
    }),
];

/// Keywords of `track_group`.
pub(super) const TRACK_GROUP_ROWS: &[Row] = &[kw(
    "group",
    TRACK_GROUP,
    Arity::exactly(0),
    "the instances of the group",
)
.acts(Act::List {
    begin: statics::begin_members,
    entry: statics::member,
    end: statics::end_members,
})];

/// Keywords of `garp_group`.
pub(super) const GARP_GROUP_ROWS: &[Row] = &[
    kw(
        "garp_interval",
        GARP_GROUP,
        Arity::exactly(1),
        "seconds from one gratuitous ARP to the next",
    )
    .acts(Act::Line(interface::interval)),
    kw(
        "gna_interval",
        GARP_GROUP,
        Arity::exactly(1),
        "seconds from one neighbour advertisement to the next",
    )
    .acts(Act::Line(interface::interval)),
    kw(
        "interfaces",
        GARP_GROUP,
        Arity::exactly(0),
        "interfaces that share it",
    )
    .acts(Act::List {
        begin: |_, _| true,
        entry: interface::group_interfaces,
        end: interface::end_interfaces,
    }),
    kw(
        "interface",
        GARP_GROUP,
        Arity::exactly(1),
        "the interface that it holds for",
    )
    .acts(Act::Line(interface::group_interface)),
];
