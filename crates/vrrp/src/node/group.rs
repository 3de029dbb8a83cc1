//! Groups of instances that change their state together: what follows for all from a change of one, and who is told of it.

use keepalived_conf::model::SyncGroup;
use vrrp_proto::group::{Step, sync};
use vrrp_proto::{Input, Instance, StateKind};

use super::Node;
use crate::notify::{self, News};
use crate::snapshot::GroupView;

/// A group of the configuration. Its members' places are those of the node's routers.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) group: SyncGroup,
    /// The state that all members were last in together.
    state: StateKind,
}

impl Group {
    /// One of which nothing is known.
    pub(super) fn new(group: SyncGroup) -> Self {
        Self {
            group,
            state: StateKind::Init,
        }
    }
}

impl Node {
    /// Takes the groups of another configuration: those of a name that there was go on in their state.
    pub(super) fn renew_groups(&mut self, old: &[Group], groups: &[SyncGroup]) {
        let state = |group: &SyncGroup| {
            let before = old.iter().find(|old| old.group.name == group.name);
            before.map_or(StateKind::Init, |old| old.state)
        };
        self.groups = groups
            .iter()
            .map(|group| Group {
                state: state(group),
                group: group.clone(),
            })
            .collect();
    }

    /// The groups, for those who show them.
    pub(crate) fn group_views(&self) -> Vec<GroupView> {
        let name = |member: &usize| Some(self.routers.get(*member)?.instance.name.clone());
        let view = |group: &Group| GroupView {
            name: group.group.name.clone(),
            state: group.state,
            members: group.group.members.iter().filter_map(name).collect(),
        };
        self.groups.iter().map(view).collect()
    }

    /// The groups with the states that all their members were last in together.
    pub(super) fn groups_with_states(&self) -> Vec<(SyncGroup, StateKind)> {
        let one = |group: &Group| (group.group.clone(), group.state);
        self.groups.iter().map(one).collect()
    }

    /// Has the others of an instance's group do what follows for them from what it did.
    pub(super) fn settle_group(&mut self, at: usize) {
        let is_in = |group: &Group| group.group.members.contains(&at);
        let Some(number) = self.groups.iter().position(is_in).filter(|_| !self.stopping) else {
            return;
        };
        let members = self.groups[number].group.members.clone();
        let Some(place) = members.iter().position(|member| *member == at) else {
            return;
        };
        let machines: Vec<&Instance> = members
            .iter()
            .filter_map(|member| Some(&self.routers.get(*member)?.machine))
            .collect();
        let what = sync(&machines, place);
        if let Some(Step { member, to }) = what.first {
            self.input(members[member], Input::Group(to));
        }
        if let Some(Step { to, .. }) = what.others.first() {
            let name = &self.groups[number].group.name;
            self.log
                .info(format!("VRRP_Group({name}) Syncing instances to {to} state"));
        }
        for Step { member, to } in what.others {
            self.input(members[member], Input::Group(to));
        }
        self.tell_group(number);
    }

    /// Tells of the states that all members of each group have come to.
    pub(super) fn tell_groups(&mut self) {
        for number in 0..self.groups.len() {
            self.tell_group(number);
        }
    }

    /// Tells of the state that all members of a group have come to.
    fn tell_group(&mut self, number: usize) {
        let group = &self.groups[number];
        let mut states = group
            .group
            .members
            .iter()
            .filter_map(|member| Some(self.routers.get(*member)?.machine.state()));
        let Some(first) = states.next() else { return };
        if first == group.state || first == StateKind::Init || states.any(|state| state != first) {
            return;
        }
        self.groups[number].state = first;
        self.tell_news_of_group(number, News::of(first));
    }

    /// Writes the states of all to the FIFOs.
    pub(super) fn write_states(&mut self) {
        for group in &self.groups {
            if group.state != StateKind::Init {
                let news = News::of(group.state);
                self.fifos.write("GROUP", &group.group.name, news.word(), 0);
            }
        }
        for router in &self.routers {
            let state = router.machine.state();
            if state != StateKind::Init {
                let priority = router.machine.effective_priority();
                let name = &router.instance.name;
                self.fifos
                    .write("INSTANCE", name, News::of(state).word(), priority);
            }
        }
    }

    /// Tells all groups' scripts that the program ends.
    pub(super) fn tell_end_of_groups(&mut self) {
        for number in 0..self.groups.len() {
            self.tell_news_of_group(number, News::Stop);
        }
    }

    fn tell_news_of_group(&mut self, number: usize, news: News) {
        let group = &self.groups[number].group;
        self.fifos.write("GROUP", &group.name, news.word(), 0);
        notify::run_group_scripts(group, news, &self.queues);
        self.notify_of_group(&group.name, news);
        let faults_too = !self.global.no_email_faults;
        notify::send_group_mail(group, news, faults_too, &self.mailer, &self.log);
    }
}
