//! Instances, and what of them may be set.

use std::net::IpAddr;

use keepalived_conf::model::Authentication;
use vrrp_proto::StateKind;
use vrrp_proto::agentx::{Error, Tree, VarBind};

use super::super::notification::initial;
use super::super::view::{Change, Managed, View};
use super::{SUBTREE, address, command, gauge, kind, number, put_row, row, settable, state, text, yes};
use crate::snapshot::RouterView;

/// The number of their table, and the columns that may be set.
const TABLE: u32 = 3;
const PRIORITY: u32 = 7;
const PREEMPT: u32 = 13;

pub(super) fn put(tree: &mut Tree, view: &View) {
    for (at, (router, managed)) in view.routers.iter().enumerate() {
        put_instance(tree, view, at, router, managed);
    }
}

fn put_instance(tree: &mut Tree, view: &View, at: usize, router: &RouterView, managed: &Managed) {
    let instance = &managed.instance;
    let notify = &instance.notify;
    let group = view.groups.iter().find(|(group, _)| group.members.contains(&at));
    let multicast: Option<IpAddr> = instance.peers.is_empty().then(|| {
        instance.group.unwrap_or(if instance.ipv6 {
            view.global.mcast_group6.into()
        } else {
            view.global.mcast_group4.into()
        })
    });
    let is_v2 = router.version == 2;
    let interval = instance.advert_int;
    let scripts = [
        &notify.master,
        &notify.backup,
        &notify.fault,
        &notify.stop,
        &notify.any,
        &notify.master_rx_lower_pri,
    ];
    put_row(
        tree,
        TABLE,
        &[row(at)],
        [
            (2, text(&router.name)),
            (3, gauge(router.vrid)),
            (4, number(state(router.state))),
            (5, number(initial(instance.initial_state))),
            // What it is about to be is what it is.
            (6, number(state(router.state))),
            (PRIORITY, number(instance.priority)),
            (8, number(router.effective_priority)),
            (9, yes(router.state == StateKind::Master)),
            (10, text(&router.interface)),
            (11, yes(!instance.track_interfaces.is_empty())),
            (
                12,
                if is_v2 {
                    gauge(interval.as_secs())
                } else {
                    gauge(interval.as_millis() / 10)
                },
            ),
            (PREEMPT, yes(instance.preempt)),
            (14, gauge(instance.preempt_delay.as_secs())),
            (
                15,
                number(match instance.authentication {
                    None => 0,
                    Some(Authentication::Pass(_)) => 1,
                    Some(Authentication::Ah(_)) => 2,
                }),
            ),
            // No LVS daemon goes with it.
            (16, yes(false)),
            (18, group.and_then(|(group, _)| text(&group.name))),
            (19, gauge(instance.garp.master_delay.as_secs())),
            (20, yes(instance.smtp_alert)),
            (21, yes(scripts.iter().any(|script| script.is_some()))),
            (22, command(notify.master.as_ref())),
            (23, command(notify.backup.as_ref())),
            (24, command(notify.fault.as_ref())),
            (25, command(notify.stop.as_ref())),
            (26, command(notify.any.as_ref())),
            (
                27,
                // Version 2 knows no such thing.
                if is_v2 { number(0) } else { yes(instance.accept) },
            ),
            (28, yes(instance.promote_secondaries)),
            (29, yes(managed.polls_link)),
            (30, number(router.version)),
            (31, command(notify.master_rx_lower_pri.as_ref())),
            // Nothing that the original's file can say makes it another.
            (33, yes(false)),
            (34, multicast.and_then(|group| kind(group.is_ipv4()))),
            (35, multicast.and_then(address)),
        ],
    );
}

/// What a value that is to be set changes.
pub(in super::super) fn change(view: &View, value: &VarBind) -> Result<Change, Error> {
    let parts = value.name.strip_prefix(SUBTREE);
    let Some(&[2, TABLE, 1, column, place]) = parts else {
        return Err(Error::NotWritable);
    };
    let at = usize::try_from(place).unwrap_or(usize::MAX).checked_sub(1);
    let Some((router, _)) = at.and_then(|at| view.routers.get(at)) else {
        return Err(Error::NotWritable);
    };
    let name = router.name.clone();
    match column {
        PRIORITY => {
            let priority = settable(value, 1..=255)?;
            let priority = u8::try_from(priority).map_err(|_| Error::WrongValue)?;
            Ok(Change::Priority(name, priority))
        }
        PREEMPT => Ok(Change::Preempt(name, settable(value, 1..=2)? == 1)),
        _ => Err(Error::NotWritable),
    }
}
