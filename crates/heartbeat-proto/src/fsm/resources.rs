//! Who holds what: taking one's own, answering those who ask for theirs, taking what nobody has any more, giving everything back.

use crate::output::{Level, Output, Purpose, Work};
use crate::wire::Message;
use crate::{Hold, Share, Time};

use super::peer::Status;
use super::standby::Standby;
use super::{ASK_AGAIN, Node, Phase, SETTLING};

/// A group that another node was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Request {
    group: usize,
    /// When it is asked for again.
    pub(super) again: Time,
}

/// What follows on work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum After {
    /// Nothing.
    Nothing,
    /// Others are told what is held.
    Tell(&'static str),
    /// Who asked for a group is answered.
    Answer { index: usize, key: String },
    /// Who takes is told that it may.
    Given(Share),
    /// Who gave is told that it is taken.
    Acquired(Share),
    /// Others are told goodbye.
    Goodbye,
}

impl Node {
    /// Whether a group belongs to this node.
    fn is_own(&self, group: usize) -> bool {
        self.settings
            .groups
            .get(group)
            .is_some_and(|group| group.owner.eq_ignore_ascii_case(&self.settings.name))
    }

    /// The groups of that part.
    pub(super) fn groups_of(&self, share: Share) -> Vec<usize> {
        (0..self.settings.groups.len())
            .filter(|group| match share {
                Share::Local => self.is_own(*group),
                Share::Foreign => !self.is_own(*group),
                Share::All => true,
            })
            .collect()
    }

    /// Asks for work on resources.
    pub(super) fn order(&mut self, start: bool, groups: Vec<usize>, purpose: Purpose, after: After) {
        let id = self.next_work;
        self.next_work += 1;
        let work = Work {
            id,
            start,
            groups,
            purpose,
        };
        self.work.insert(id, (work.clone(), after));
        self.outputs.push_back(Output::Work(work));
    }

    /// Work is done. `was_running` says whether any of the groups ran before.
    pub fn finished(&mut self, now: Time, id: u64, was_running: bool) {
        let Some((_, after)) = self.work.remove(&id) else {
            return;
        };
        match after {
            After::Nothing => {}
            After::Tell(info) => {
                if self.phase == Phase::Active && self.tells_holdings() {
                    self.tell_hold(now, info);
                }
            }
            After::Answer { index, key } => self.answer(now, index, &key, was_running),
            After::Given(share) => self.standby_given(now, share),
            After::Acquired(share) => self.standby_acquired(now, share),
            After::Goodbye => {
                self.log(Level::Info, "All HA resources relinquished.");
                self.say_goodbye(now);
            }
        }
    }

    /// Tells the others what is held.
    pub(super) fn tell_hold(&mut self, now: Time, info: &str) {
        let mut message = Message::new("resource")
            .with("rsc_hold", self.hold.name())
            .with("rtype", "full")
            .with("isstable", if self.stable { "1" } else { "0" });
        if !info.is_empty() {
            message = message.with("info", info);
        }
        self.send(now, message);
    }

    /// Whether another node takes part or is about to.
    fn is_in_company(&self) -> bool {
        self.peers
            .iter()
            .any(|peer| peer.is_there() && peer.status != Status::Dead)
    }

    /// What is done about resources as soon as the node takes part.
    pub(super) fn begin_with_resources(&mut self, now: Time) {
        if self.tells_holdings() {
            if self.is_in_company() {
                self.send(now, Message::new("starting"));
                self.settled = Some(now + SETTLING);
                // Those who said before what they hold need not be waited for.
                for index in 0..self.peers.len() {
                    self.weigh_hold(now, index);
                }
                return;
            }
        } else if self.is_in_company() {
            // One that does not take part yet may still think that it is alone, and take what is not its own.
            self.request_own(now);
        } else {
            self.take_own(now);
        }
        for index in 0..self.peers.len() {
            if self.peers.get(index).is_some_and(|peer| !peer.is_there()) {
                self.take_over(now, index);
            }
        }
    }

    /// Takes the node's own groups: nobody else has them.
    fn take_own(&mut self, now: Time) {
        self.requests.clear();
        let groups = self.groups_of(Share::Local);
        if groups.is_empty() {
            let name = self.settings.name.clone();
            self.log(Level::Info, format!("No local resources [{name}] to acquire."));
        }
        let after = if self.tells_holdings() {
            self.hold.local = true;
            self.stable = true;
            self.tell_hold(now, "");
            After::Tell("req_our_resources()")
        } else {
            After::Nothing
        };
        self.order(true, groups, Purpose::Own, after);
    }

    /// Asks for the node's own groups.
    fn request_own(&mut self, now: Time) {
        let groups = self.groups_of(Share::Local);
        if groups.is_empty() {
            let name = self.settings.name.clone();
            self.log(Level::Info, format!("No local resources [{name}] to acquire."));
        }
        for group in groups {
            self.requests.push(Request { group, again: now });
        }
        self.request_again(now);
    }

    /// Asks for what was not answered.
    pub(super) fn request_again(&mut self, now: Time) {
        if self.phase != Phase::Active {
            return;
        }
        for place in 0..self.requests.len() {
            let Some(request) = self.requests.get_mut(place) else {
                continue;
            };
            if now < request.again {
                continue;
            }
            request.again = now + ASK_AGAIN.max(self.settings.deadtime / 2);
            let group = request.group;
            if let Some(group) = self.settings.groups.get(group) {
                let message = Message::new("ip-request").with("ipaddr", &group.key);
                self.send(now, message);
            }
        }
    }

    /// Somebody has taken a group that belongs to it.
    pub(super) fn let_go(&mut self, index: usize, key: &str) {
        if self.phase != Phase::Active || self.tells_holdings() {
            return;
        }
        let Some(name) = self.peers.get(index).map(|peer| peer.name.clone()) else {
            return;
        };
        if let Some(group) = self.group_of(&name, key) {
            let purpose = Purpose::Request {
                node: name,
                key: key.to_owned(),
            };
            self.order(false, vec![group], purpose, After::Nothing);
        }
    }

    /// The group of a node that is called so.
    fn group_of(&self, owner: &str, key: &str) -> Option<usize> {
        self.settings
            .groups
            .iter()
            .position(|group| short(&group.key) == short(key) && group.owner.eq_ignore_ascii_case(owner))
    }

    /// Somebody asks for a group.
    pub(super) fn take_request(&mut self, now: Time, index: usize, key: &str) {
        match self.phase {
            Phase::Leaving { .. } | Phase::Ended => return,
            Phase::Up | Phase::Lingering { .. } => return self.answer(now, index, key, false),
            Phase::Active => {}
        }
        let Some(name) = self.peers.get(index).map(|peer| peer.name.clone()) else {
            return;
        };
        let Some(group) = self.group_of(&name, key) else {
            return self.answer(now, index, key, false);
        };
        // Asked again before the first answer: that one is under way.
        let pending = self.work.values().any(|(work, after)| {
            work.groups.contains(&group) && matches!(after, After::Answer { index: who, .. } if *who == index)
        });
        if !pending {
            let purpose = Purpose::Request {
                node: name,
                key: key.to_owned(),
            };
            let after = After::Answer {
                index,
                key: key.to_owned(),
            };
            self.order(false, vec![group], purpose, after);
        }
    }

    fn answer(&mut self, now: Time, index: usize, key: &str, had_it: bool) {
        let message = self
            .to("ip-request-resp", index)
            .with("ipaddr", key)
            .with("weown", if had_it { "yes" } else { "no" })
            .with("ok", "OK");
        self.send(now, message);
    }

    /// A group that was asked for may be taken.
    pub(super) fn take_answer(&mut self, now: Time, key: &str, granted: bool) {
        let key = short(key);
        let found = self.requests.iter().position(|request| {
            self.settings
                .groups
                .get(request.group)
                .is_some_and(|group| short(&group.key) == key)
        });
        if let (Some(place), true, Phase::Active) = (found, granted, self.phase) {
            let request = self.requests.remove(place);
            if self.requests.is_empty() {
                self.log(
                    Level::Info,
                    "Initial resource acquisition complete (ip-request-resp)",
                );
            }
            if self.tells_holdings() {
                self.hold.local = true;
                self.stable = true;
                self.tell_hold(now, "");
            }
            self.order(true, vec![request.group], Purpose::Own, After::Nothing);
        }
    }

    /// Those who began at the same time have had time enough to say what they hold.
    pub(super) fn settle(&mut self, now: Time) {
        if self.phase != Phase::Active || self.settled.is_none_or(|time| now < time) {
            return;
        }
        self.settled = None;
        let told = self
            .peers
            .iter()
            .filter(|peer| peer.is_there())
            .all(|peer| peer.hold.is_some());
        if told {
            self.log(Level::Info, "local resource transition completed.");
            self.log(
                Level::Info,
                "Initial resource acquisition complete (T_RESOURCES(us))",
            );
            self.take_own(now);
        } else {
            // One that does not speak of what it holds can still be asked for what is not its own.
            self.stable = true;
            self.request_own(now);
        }
    }

    /// Somebody has said what it holds.
    pub(super) fn weigh_hold(&mut self, now: Time, index: usize) {
        let Some(peer) = self.peers.get(index) else {
            return;
        };
        let Some((theirs, lasting)) = peer.hold else {
            return;
        };
        // One that had its own and has them no more gave them away, and wants them back when it says so.
        let (name, returned) = (peer.name.clone(), peer.status == Status::Active && !peer.had_own);
        if self.phase != Phase::Active || !self.tells_holdings() {
            return;
        }
        if self.standby != Standby::Idle {
            return self.standby_weigh(now, theirs, lasting);
        }
        if !self.stable {
            if !lasting || self.settled.is_none() {
                return;
            }
            self.settled = None;
            self.log(Level::Info, "remote resource transition completed.");
            if theirs.foreign {
                self.stable = true;
                self.log(Level::Info, "Local Resource acquisition completed. (none)");
                self.tell_hold(now, "");
            } else {
                self.log(
                    Level::Info,
                    "Initial resource acquisition complete (T_RESOURCES(us))",
                );
                self.take_own(now);
            }
            return;
        }
        if lasting && self.hold.meets(theirs) {
            self.log(
                Level::Error,
                format!(
                    "Both machines own the same resources: {name} has its {} too.",
                    theirs.name()
                ),
            );
            return self.leave(now, true);
        }
        if !self.hold.local && !theirs.foreign {
            // Whoever had them has begun anew.
            return self.take_own(now);
        }
        let wants_back = self.settings.failback == crate::Failback::On;
        if wants_back && lasting && returned && self.hold.foreign && !theirs.local {
            self.ask_standby(now, Share::Foreign);
        }
    }

    /// A node is gone: what it had is taken.
    pub(super) fn take_over(&mut self, now: Time, index: usize) {
        let Some(gone) = self.peers.get_mut(index) else {
            return;
        };
        gone.hold = None;
        let name = gone.name.clone();
        if self.phase != Phase::Active {
            return;
        }
        self.log(Level::Info, format!("Resources being acquired from {name}."));
        if !self.is_in_company() {
            self.standby = Standby::Idle;
            if self.tells_holdings() {
                self.settled = None;
                self.requests.clear();
                self.hold = Hold::ALL;
                self.stable = true;
                self.tell_hold(now, "");
                let own = self.groups_of(Share::Local);
                self.order(true, own, Purpose::Own, After::Tell("req_our_resources()"));
                let foreign = self.groups_of(Share::Foreign);
                return self.order(true, foreign, Purpose::Takeover(name), After::Tell("mach_down"));
            }
            // Nobody is left to answer.
            let waiting: Vec<usize> = self.requests.drain(..).map(|one| one.group).collect();
            if !waiting.is_empty() {
                self.order(true, waiting, Purpose::Own, After::Nothing);
            }
        }
        if self.is_first_of_the_living() {
            let groups = (0..self.settings.groups.len())
                .filter(|group| {
                    self.settings
                        .groups
                        .get(*group)
                        .is_some_and(|group| group.owner.eq_ignore_ascii_case(&name))
                })
                .collect();
            self.order(true, groups, Purpose::Takeover(name), After::Nothing);
        }
    }

    /// Whether this node is the first that is there, in the order of the file: of several it takes what a dead one had.
    fn is_first_of_the_living(&self) -> bool {
        let first = self.settings.nodes.iter().find(|name| {
            name.eq_ignore_ascii_case(&self.settings.name)
                || self
                    .peers
                    .iter()
                    .any(|peer| peer.name.eq_ignore_ascii_case(name) && peer.is_there())
        });
        first.is_none_or(|name| name.eq_ignore_ascii_case(&self.settings.name))
    }

    /// Gives everything back, and says goodbye when that is done.
    pub(super) fn give_all_back(&mut self, now: Time) {
        self.requests.clear();
        self.settled = None;
        self.standby = Standby::Idle;
        self.hold = Hold::default();
        self.stable = false;
        if self.tells_holdings() {
            self.tell_hold(now, "shutdown");
        }
        let all = self.groups_of(Share::All);
        self.order(false, all, Purpose::Shutdown, After::Goodbye);
    }
}

/// The name of a group without the script that an address alone is short for.
fn short(key: &str) -> &str {
    key.strip_prefix("IPaddr::").unwrap_or(key)
}
