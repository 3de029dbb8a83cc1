//! Instances that change their state together (`vrrp_sync_group`): all are masters, or none is.
//!
//! A member that has waited long enough says that it wants to be master, and becomes it when all others are so far; whoever
//! gives way or is in trouble takes the others along; and all come back when the last one is well again.

use crate::fsm::{Instance, StateKind};

/// What a member is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its place among the members.
    pub member: usize,
    /// The state that it is to follow the group to ([`crate::Input::Group`]).
    pub to: StateKind,
}

/// What a change of one member means for all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sync {
    /// What the member itself does first, as only the others let it.
    pub first: Option<Step>,
    /// What the others do then.
    pub others: Vec<Step>,
}

impl Sync {
    /// The state that the group goes to; none where it stays.
    pub fn state(&self) -> Option<StateKind> {
        self.others.first().or(self.first.as_ref()).map(|step| step.to)
    }
}

/// What follows for a group from something that happened to its member at place `changed`.
pub fn sync(members: &[&Instance], changed: usize) -> Sync {
    let mut sync = Sync::default();
    let Some(member) = members.get(changed) else {
        return sync;
    };
    let others = || (0..members.len()).filter(|place| *place != changed);
    let take_along = |sync: &mut Sync, to: StateKind, from: &[StateKind]| {
        let followers = others().filter(|place| from.contains(&members[*place].state()));
        sync.others = followers.map(|member| Step { member, to }).collect();
    };
    match member.state() {
        StateKind::Fault if !member.is_healthy() => {
            take_along(
                &mut sync,
                StateKind::Fault,
                &[StateKind::Backup, StateKind::Master],
            );
        }
        StateKind::Fault if members.iter().all(|member| member.is_healthy()) => {
            sync.first = Some(Step {
                member: changed,
                to: StateKind::Backup,
            });
            take_along(&mut sync, StateKind::Backup, &[StateKind::Fault]);
        }
        StateKind::Backup if member.wants_master() => {
            let is_so_far =
                |place: usize| members[place].wants_master() || members[place].state() == StateKind::Master;
            if others().all(is_so_far) {
                sync.first = Some(Step {
                    member: changed,
                    to: StateKind::Master,
                });
                take_along(&mut sync, StateKind::Master, &[StateKind::Backup]);
            }
        }
        StateKind::Backup => take_along(&mut sync, StateKind::Backup, &[StateKind::Master]),
        StateKind::Init | StateKind::Fault | StateKind::Master => {}
    }
    sync
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};
    use std::time::Duration;

    use super::*;
    use crate::wire::{Advert, Auth, Datagram, Version};
    use crate::{Input, InstanceConfig, Time};

    const FIRST: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
    const OTHER: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2));

    fn members() -> [Instance; 2] {
        [7, 8].map(|vrid| {
            Instance::new(InstanceConfig {
                grouped: true,
                priority: if vrid == 7 { 150 } else { 140 },
                ..InstanceConfig::new(vrid, FIRST, vec![Ipv4Addr::new(10, 0, 0, vrid).into()])
            })
        })
    }

    /// Does what follows from a change of a member; the state that the group went to.
    fn settle(members: &mut [Instance; 2], now: Time, changed: usize) -> Option<StateKind> {
        let sync = sync(&members.each_ref(), changed);
        for step in sync.first.iter().chain(&sync.others) {
            members[step.member].handle_input(now, Input::Group(step.to));
        }
        sync.state()
    }

    fn start() -> [Instance; 2] {
        let mut members = members();
        for at in 0..2 {
            members[at].handle_input(Time::ZERO, Input::Start);
            assert_eq!(settle(&mut members, Time::ZERO, at), None);
        }
        members
    }

    fn time_out(members: &mut [Instance; 2], at: usize) -> (Time, Option<StateKind>) {
        let due = members[at].poll_timeout().expect("it waits");
        members[at].handle_timeout(due);
        (due, settle(members, due, at))
    }

    fn states(members: &[Instance; 2]) -> [StateKind; 2] {
        members.each_ref().map(Instance::state)
    }

    #[test]
    fn all_become_masters_when_the_last_one_has_waited() {
        let mut members = start();
        let (first, none) = time_out(&mut members, 0);
        assert_eq!((none, states(&members)), (None, [StateKind::Backup; 2]));
        assert!(members[0].wants_master());
        let (second, master) = time_out(&mut members, 1);
        assert!(second > first);
        assert_eq!(master, Some(StateKind::Master));
        assert_eq!(states(&members), [StateKind::Master; 2]);
    }

    #[test]
    fn one_that_wants_waits_for_the_others_and_asks_again() {
        let mut members = start();
        for _ in 0..3 {
            assert_eq!(time_out(&mut members, 0).1, None);
        }
        assert_eq!(states(&members), [StateKind::Backup; 2]);
    }

    #[test]
    fn who_gives_way_takes_the_others_along() {
        let mut members = start();
        time_out(&mut members, 0);
        let (now, _) = time_out(&mut members, 1);
        while members[1].poll_output().is_some() {}
        let advert = Advert {
            version: Version::V2,
            vrid: 7,
            priority: 200,
            interval: Duration::from_secs(1),
            auth: Auth::None,
            addresses: vec![Ipv4Addr::new(10, 0, 0, 7).into()],
        };
        let destination = crate::wire::group_for(OTHER);
        let payload = advert.encode(OTHER, destination);
        members[0].handle_input(
            now,
            Input::Packet(Datagram {
                source: OTHER,
                destination,
                ttl: 255,
                header_length: 20,
                authentication: None,
                payload: &payload,
            }),
        );
        assert_eq!(settle(&mut members, now, 0), Some(StateKind::Backup));
        assert_eq!(states(&members), [StateKind::Backup; 2]);
        let mut outputs = Vec::new();
        while let Some(output) = members[1].poll_output() {
            outputs.push(output);
        }
        assert!(
            !outputs
                .iter()
                .any(|output| matches!(output, crate::Output::Send { .. })),
            "nobody is told of an end: {outputs:?}"
        );
    }

    #[test]
    fn trouble_of_one_is_that_of_all_and_all_come_back_together() {
        let mut members = start();
        time_out(&mut members, 0);
        let (now, _) = time_out(&mut members, 1);
        members[1].handle_input(now, Input::Interface { up: false });
        assert_eq!(settle(&mut members, now, 1), Some(StateKind::Fault));
        assert_eq!(states(&members), [StateKind::Fault; 2]);
        // A second trouble does not end with the first.
        members[0].handle_input(now, Input::Interface { up: false });
        assert_eq!(settle(&mut members, now, 0), None);
        members[1].handle_input(now, Input::Interface { up: true });
        assert_eq!(settle(&mut members, now, 1), None);
        assert_eq!(states(&members), [StateKind::Fault; 2]);
        members[0].handle_input(now, Input::Interface { up: true });
        assert_eq!(settle(&mut members, now, 0), Some(StateKind::Backup));
        assert_eq!(states(&members), [StateKind::Backup; 2]);
    }
}
