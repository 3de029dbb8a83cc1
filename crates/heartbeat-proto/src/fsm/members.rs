//! What is pinged: members of the cluster that say nothing of themselves, and are there while they answer. They help to tell which of
//! two nodes is cut off.

use crate::Time;
use crate::output::{Level, Output};
use crate::wire::Message;

use super::Node;

/// How a member is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answers {
    /// Nothing is known yet.
    Unknown,
    /// It answers.
    Yes,
    /// It does not.
    No,
}

/// A member.
#[derive(Clone, Debug)]
pub(super) struct Member {
    name: String,
    answers: Answers,
    heard: Option<Time>,
    /// Whether its way is taken for open.
    link: bool,
}

/// What whoever asks is told of what is pinged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberView {
    /// Its name: an address, or that of a group.
    pub name: String,
    /// Its state in heartbeat's words.
    pub status: &'static str,
    /// Whether an answer came within the dead time.
    pub link: bool,
}

impl Member {
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            answers: Answers::Unknown,
            heard: None,
            link: false,
        }
    }

    /// Whether it is known how it is.
    pub(super) fn is_known(&self) -> bool {
        self.answers != Answers::Unknown
    }

    const fn status(&self) -> &'static str {
        match self.answers {
            Answers::Unknown => "init",
            Answers::Yes => "ping",
            Answers::No => "dead",
        }
    }
}

impl Node {
    /// All that is pinged, in the order of the settings.
    pub fn members(&self) -> impl Iterator<Item = MemberView> + '_ {
        self.members.iter().map(|member| MemberView {
            name: member.name.clone(),
            status: member.status(),
            link: member.link,
        })
    }

    /// A member of that place in the settings has answered.
    pub fn answered(&mut self, now: Time, index: usize) {
        let deadtime = self.settings.deadtime;
        let Some(member) = self.members.get_mut(index) else {
            return;
        };
        let name = member.name.clone();
        let late = member
            .heard
            .map(|heard| now.saturating_sub(heard))
            .filter(|late| *late >= deadtime);
        let (opened, back) = (!member.link, member.answers != Answers::Yes);
        member.link = true;
        member.answers = Answers::Yes;
        member.heard = Some(now);
        if opened {
            self.tell_link(&name, &name, true);
        }
        if let Some(late) = late {
            self.log(
                Level::Critical,
                format!(
                    "Late heartbeat: Node {name}: interval {} ms (> deadtime)",
                    late.as_millis()
                ),
            );
        }
        if back {
            self.log(Level::Info, format!("Status update for node {name}: status ping"));
            let message = Message::new("NS_st").with("st", "ping").with("info", "ping");
            self.tell_of(now, &name, message);
            self.become_active_if_known(now);
        }
    }

    fn death_of_member(&self, member: &Member) -> Option<Time> {
        match (member.answers, member.heard) {
            (Answers::No, _) => None,
            (_, Some(heard)) => Some(heard + self.settings.deadping),
            (_, None) => Some(self.settings.initdead),
        }
    }

    /// When the next of them is to be looked after.
    pub(super) fn members_timeout(&self) -> Option<Time> {
        let ways = self
            .members
            .iter()
            .filter(|member| member.link)
            .filter_map(|member| Some(member.heard? + self.settings.deadtime));
        self.members
            .iter()
            .filter_map(|member| self.death_of_member(member))
            .chain(ways)
            .min()
    }

    /// Notes which of them do not answer any more.
    pub(super) fn watch_members(&mut self, now: Time) {
        for index in 0..self.members.len() {
            let Some(member) = self.members.get(index) else {
                continue;
            };
            let name = member.name.clone();
            let is_dead = self.death_of_member(member).is_some_and(|time| now >= time);
            let is_closed = member.link
                && member
                    .heard
                    .is_none_or(|heard| now >= heard + self.settings.deadtime);
            if let Some(member) = self.members.get_mut(index) {
                member.link &= !is_closed;
                if is_dead {
                    member.answers = Answers::No;
                }
            }
            if is_dead {
                self.log(Level::Warning, format!("node {name}: is dead"));
                let message = Message::new("status").with("st", "dead").with("info", "ping");
                self.tell_of(now, &name, message);
            }
            if is_closed {
                self.tell_link(&name, &name, false);
            }
        }
    }

    /// A way to a node has opened or closed.
    pub(super) fn tell_link(&mut self, name: &str, link: &str, up: bool) {
        let state = if up { "up" } else { "dead" };
        self.log(Level::Info, format!("Link {name}:{link} {state}."));
        let message = Message::new("ifstat")
            .with("node", name)
            .with("ifname", link)
            .with("st", state);
        self.outputs.push_back(Output::Event(message));
    }

    /// A node is otherwise than before.
    pub(super) fn tell_status(&mut self, now: Time, name: &str, status: &str) {
        let message = Message::new("status").with("st", status);
        self.tell_of(now, name, message);
    }

    fn tell_of(&mut self, now: Time, name: &str, message: Message) {
        let time = self.settings.epoch.wrapping_add(now.as_secs());
        let message = message.with("src", name).with("ts", &format!("{time:x}"));
        self.outputs.push_back(Output::Event(message));
    }

    /// A packet of its own has come back to this node.
    pub(super) fn see_own_link(&mut self, now: Time, link: usize) {
        let Some(heard) = self.own_links.get_mut(link) else {
            return;
        };
        if heard.replace(now).is_none()
            && let Some(link) = self.settings.links.get(link).cloned()
        {
            let name = self.settings.name.clone();
            self.tell_link(&name, &link, true);
        }
    }

    pub(super) fn watch_own_links(&mut self, now: Time) {
        for index in 0..self.own_links.len() {
            let closed = self
                .own_links
                .get_mut(index)
                .filter(|heard| heard.is_some_and(|heard| now >= heard + self.settings.deadtime));
            if let Some(heard) = closed {
                *heard = None;
                let name = self.settings.name.clone();
                if let Some(link) = self.settings.links.get(index).cloned() {
                    self.tell_link(&name, &link, false);
                }
            }
        }
    }
}
