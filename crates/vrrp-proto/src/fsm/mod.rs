//! The state machine of one instance: RFC 3768 and RFC 5798 with the original's own ways (tracking, faults, preemption that
//! can wait, announcements). It does nothing by itself: inputs and the ends of timers go in with the time, and what is to be
//! done and told comes out.

mod output;
mod state;

use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;
use std::time::Duration;

pub use output::{AnnounceCause, Event, Output, StateKind, Transition};
use state::{Backup, Fault, Master, State, Wait};

use crate::Time;
use crate::config::{InitialState, InstanceConfig};
use crate::counters::Counters;
use crate::timers;
use crate::track::{Effect, Health, TrackId};
use crate::wire::{
    Advert, Auth, Checked, ChecksumForm, Datagram, Expectation, OWNER_PRIORITY, STOPPING_PRIORITY,
    prepend_authenticated_ipv4_header, prepend_ipv4_header,
};

/// Second bursts after lower masters that are remembered at a time.
const MOST_BURSTS: usize = 32;

/// The smallest and largest priority that tracking can lead to.
const TRACKED_PRIORITIES: std::ops::RangeInclusive<i64> = 1..=254;

/// What happens to an instance.
#[derive(Clone, Debug)]
pub enum Input<'a> {
    /// It begins. What is already known of interface and tracked things goes in before.
    Start,
    /// It ends: a master says so and gives its addresses back. `Start` begins it anew.
    Stop,
    /// A packet came in.
    Packet(Datagram<'a>),
    /// Its interface can be used or not. Up when nothing was said.
    Interface {
        /// Whether it can.
        up: bool,
    },
    /// What is known of a tracked thing. Unknown when nothing was said.
    Track {
        /// Which.
        id: TrackId,
        /// Its state.
        health: Health,
    },
    /// Somebody else has taken away one of the addresses that the master had set.
    AddressLost,
    /// The group that it is in goes to that state, and it with it, as far as it can.
    Group(StateKind),
    /// The file was read again, and the instance is still in it. It stays in its state if it can.
    Reload(Box<InstanceConfig>),
}

/// One instance of a virtual router.
#[derive(Clone, Debug)]
pub struct Instance {
    config: InstanceConfig,
    state: State,
    interface_up: bool,
    health: BTreeMap<TrackId, Health>,
    /// Another owner was heard: we are none until the next reload.
    owner_refuted: bool,
    /// Whose advert was taken last, for `skip_check_adv_addr`.
    last_master: Option<IpAddr>,
    /// The master that is followed, with its priority.
    followed: Option<(IpAddr, u8)>,
    ip_id: u16,
    /// A partner makes checksums of the old kind, and gets them.
    old_checksums: bool,
    /// It was told that an owner takes no adverts.
    told_ignored: bool,
    /// The last number of an authentication header, ours or a partner's: both count on from it.
    sequence: u32,
    counters: Counters,
    outputs: VecDeque<Output>,
}

impl Instance {
    /// An instance that has not started.
    pub fn new(config: InstanceConfig) -> Self {
        Self {
            config,
            state: State::Init,
            interface_up: true,
            health: BTreeMap::new(),
            owner_refuted: false,
            last_master: None,
            followed: None,
            ip_id: 0,
            old_checksums: false,
            told_ignored: false,
            sequence: 0,
            counters: Counters::default(),
            outputs: VecDeque::new(),
        }
    }

    /// Its configuration.
    pub const fn config(&self) -> &InstanceConfig {
        &self.config
    }

    /// The master whose adverts were last taken for that, with its priority; none for a master.
    pub const fn followed(&self) -> Option<(IpAddr, u8)> {
        self.followed
    }

    /// The interval that a backup waits by: the one of the master that it follows, or else its own.
    pub const fn master_interval(&self) -> Duration {
        match &self.state {
            State::Backup(backup) => backup.interval,
            State::Init | State::Master(_) | State::Fault(_) => self.config.advert_interval,
        }
    }

    /// Its state.
    pub const fn state(&self) -> StateKind {
        self.state.kind()
    }

    /// What it has counted.
    pub const fn counters(&self) -> &Counters {
        &self.counters
    }

    /// The priority that it has with what it tracks, 1 to 255.
    pub fn effective_priority(&self) -> u8 {
        if self.config.is_owner() {
            return if self.owner_refuted {
                OWNER_PRIORITY - 1
            } else {
                OWNER_PRIORITY
            };
        }
        let weights: i64 = self
            .effects()
            .map(|effect| match effect {
                Effect::Weight(weight) => i64::from(weight),
                _ => 0,
            })
            .sum();
        let priority = i64::from(self.config.priority) + weights;
        // The range is that of a u8.
        priority.clamp(*TRACKED_PRIORITIES.start(), *TRACKED_PRIORITIES.end()) as u8
    }

    /// When [`Self::handle_timeout`] wants to be called next.
    pub fn poll_timeout(&self) -> Option<Time> {
        match &self.state {
            State::Init | State::Fault(_) => None,
            State::Backup(backup) => Some(self.master_down_at(backup)),
            State::Master(master) => [
                Some(master.next_advert),
                master.announce_again,
                master.lower_again.front().copied(),
            ]
            .into_iter()
            .flatten()
            .min(),
        }
    }

    /// What is to be done next, until there is nothing more.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// Lets the time go on to `now`. Packets that came in before `now` go in first: an advert that waits in a socket says that
    /// the master is alive.
    pub fn handle_timeout(&mut self, now: Time) {
        match &mut self.state {
            State::Init | State::Fault(_) => {}
            State::Backup(backup) => {
                let backup = backup.clone();
                if now >= self.master_down_at(&backup) {
                    self.event(Event::AdvertTimeout);
                    self.wait_is_over(now, backup.interval);
                }
            }
            State::Master(_) => self.handle_master_timeout(now),
        }
    }

    /// Takes an input.
    pub fn handle_input(&mut self, now: Time, input: Input<'_>) {
        match input {
            Input::Start => self.start(now),
            Input::Stop => self.stop(),
            Input::Packet(datagram) => self.handle_packet(now, &datagram),
            Input::Interface { up } => {
                self.interface_up = up;
                self.settle(now, None);
            }
            Input::Track { id, health } => {
                let before = self.effective_priority();
                let was_fault = self.is_fault(id);
                self.health.insert(id, health);
                let is_number = matches!(health, Health::Level(_));
                match (was_fault, self.is_fault(id)) {
                    // A number that is the fault weighs nothing, which nobody asks for as long as it is.
                    (false, true) if is_number => self.settle(now, None),
                    (true, false) if is_number => {
                        if self.weighs(id) && !matches!(self.state, State::Init) {
                            let to = self.effective_priority();
                            self.event(Event::PrioritySet(to));
                        }
                        self.settle(now, None);
                    }
                    _ => self.settle(now, Some(before)),
                }
            }
            Input::AddressLost => {
                if matches!(self.state, State::Master(_)) {
                    self.release_to_backup(now);
                    self.send_zero();
                    self.push(Output::RemoveAddresses);
                    if let State::Backup(backup) = &mut self.state {
                        backup.wait = Wait::Skew;
                    }
                }
            }
            Input::Group(to) => self.follow_group(now, to),
            Input::Reload(config) => self.reload(now, *config),
        }
    }

    /// Whether it would be master, had the others of its group come so far.
    pub const fn wants_master(&self) -> bool {
        matches!(&self.state, State::Backup(backup) if backup.wants_master)
    }

    /// Whether nothing keeps it from taking part, as far as it knows by itself.
    pub fn is_healthy(&self) -> bool {
        !self.is_faulty() && !self.must_wait()
    }

    fn effects(&self) -> impl Iterator<Item = Effect> {
        let owner = self.config.is_owner();
        self.config
            .tracked
            .iter()
            // The owner's priority is not changed: what has a weight means nothing to it.
            .filter(move |tracked| !owner || tracked.weight == 0)
            .map(|tracked| tracked.effect(self.health.get(&tracked.id).copied().unwrap_or_default()))
    }

    /// Whether a tracked thing keeps the instance in the fault state as it is now.
    pub fn is_fault(&self, id: TrackId) -> bool {
        let health = self.health.get(&id).copied().unwrap_or_default();
        let mut tracked = self.config.tracked.iter();
        tracked.any(|tracked| tracked.id == id && tracked.is_fault(health))
    }

    /// Whether a tracked thing has a weight.
    fn weighs(&self, id: TrackId) -> bool {
        let mut tracked = self.config.tracked.iter();
        tracked.any(|tracked| tracked.id == id && tracked.weight != 0)
    }

    fn is_faulty(&self) -> bool {
        !self.interface_up || self.effects().any(|effect| effect == Effect::Fault)
    }

    fn must_wait(&self) -> bool {
        self.effects().any(|effect| effect == Effect::Wait)
    }

    fn skew(&self, interval: Duration) -> Duration {
        timers::skew(self.config.version, self.effective_priority(), interval)
    }

    fn master_down_at(&self, backup: &Backup) -> Time {
        backup.since
            + match backup.wait {
                Wait::Skew => self.skew(backup.interval),
                Wait::MasterDown => timers::master_down(
                    self.config.version,
                    self.effective_priority(),
                    backup.interval,
                    self.config.down_timer_adverts,
                ),
            }
    }

    fn push(&mut self, output: Output) {
        self.outputs.push_back(output);
    }

    fn event(&mut self, event: Event) {
        self.push(Output::Event(event));
    }

    fn transition(&mut self, to: State) {
        let (from, kind) = (self.state.kind(), to.kind());
        self.counters.became_master += u64::from(kind == StateKind::Master);
        self.counters.released_master += u64::from(from == StateKind::Master);
        self.state = to;
        let priority = self.effective_priority();
        self.push(Output::State(Transition {
            from,
            to: kind,
            priority,
        }));
    }

    fn send(&mut self, priority: u8) {
        let (source, destination) = (self.config.source, self.config.destination);
        let advert = Advert {
            version: self.config.version,
            vrid: self.config.vrid,
            priority,
            interval: self.config.advert_interval,
            auth: self.config.auth,
            addresses: self.config.addresses.clone(),
        };
        self.ip_id = self.ip_id.wrapping_add(1);
        let form = if self.old_checksums {
            ChecksumForm::Old
        } else {
            self.config.checksum
        };
        // It does not begin anew: what was proven once would be taken again.
        self.sequence = self.sequence.saturating_add(1);
        let to: Vec<IpAddr> = if self.config.peers.is_empty() {
            vec![destination]
        } else {
            self.config.peers.iter().map(|peer| peer.address).collect()
        };
        for destination in to {
            let mut packet = advert.encode_with(source, destination, form);
            if let (IpAddr::V4(source), IpAddr::V4(destination)) = (source, destination) {
                let (id, ttl) = (self.ip_id, self.config.ttl());
                packet = match &self.config.auth {
                    Auth::Header(key) => prepend_authenticated_ipv4_header(
                        (source, destination),
                        id,
                        ttl,
                        (key, self.sequence),
                        &packet,
                    ),
                    Auth::None | Auth::Pass(_) => prepend_ipv4_header(source, destination, id, ttl, &packet),
                };
            }
            self.push(Output::Send {
                priority,
                packet,
                destination,
            });
        }
        self.counters.adverts_sent += 1;
        self.counters.zero_sent += u64::from(priority == STOPPING_PRIORITY);
    }

    fn send_zero(&mut self) {
        self.send(STOPPING_PRIORITY);
        self.event(Event::SentZeroPriority);
    }

    fn announce(&mut self, repeat: u8, cause: AnnounceCause) {
        if repeat > 0 {
            self.push(Output::Announce { repeat, cause });
        }
    }

    fn backup_from(&self, now: Time) -> State {
        State::Backup(Backup {
            since: now,
            wait: Wait::MasterDown,
            interval: self.config.advert_interval,
            patience_ends: None,
            wants_master: false,
        })
    }

    fn start(&mut self, now: Time) {
        if !matches!(self.state, State::Init) {
            return;
        }
        let (from, to) = (self.config.priority, self.effective_priority());
        if from != to {
            self.event(Event::PriorityChanged { from, to });
        }
        // An earlier run may have left addresses behind.
        if self.is_faulty() {
            self.transition(State::Fault(Fault { settled: true }));
            self.push(Output::RemoveAddresses);
        } else if self.must_wait() {
            // Nothing is told before it is known what there is to tell.
            self.push(Output::RemoveAddresses);
            self.state = State::Fault(Fault { settled: false });
        } else {
            self.push(Output::RemoveAddresses);
            if self.config.is_owner() && self.config.initial_state == InitialState::Master {
                self.event(Event::AdvertTimeout);
                if self.config.grouped {
                    let backup = self.backup_from(now);
                    self.transition(backup);
                }
                self.wait_is_over(now, self.config.advert_interval);
            } else {
                let backup = self.backup_from(now);
                self.transition(backup);
            }
        }
    }

    fn stop(&mut self) {
        match self.state {
            State::Init => return,
            State::Master(_) => {
                self.send_zero();
                self.push(Output::RemoveAddresses);
            }
            State::Backup(_) | State::Fault(_) => {}
        }
        self.transition(State::Init);
    }

    /// Goes into the fault state or out of it, as what is tracked says, and tells of a changed priority.
    fn settle(&mut self, now: Time, priority_before: Option<u8>) {
        if let Some(from) = priority_before {
            let to = self.effective_priority();
            if from != to && !matches!(self.state, State::Init) {
                self.event(Event::PriorityChanged { from, to });
            }
        }
        let faulty = self.is_faulty();
        match &mut self.state {
            State::Init => {}
            State::Backup(_) if faulty => self.transition(State::Fault(Fault { settled: true })),
            State::Master(_) if faulty => {
                // The original says twice that it stops, before and after it gives the addresses back.
                self.transition(State::Fault(Fault { settled: true }));
                self.send_zero();
                self.push(Output::RemoveAddresses);
                self.send(STOPPING_PRIORITY);
            }
            State::Backup(_) | State::Master(_) => {}
            State::Fault(fault) if faulty => {
                if !std::mem::replace(&mut fault.settled, true) {
                    // What it waited to know is known, and bad: the same state, but now for good.
                    let fault = State::Fault(Fault { settled: true });
                    self.transition(fault);
                }
            }
            // The others of a group may still be in trouble.
            State::Fault(_) if self.config.grouped => {}
            State::Fault(_) => {
                if !self.must_wait() {
                    let backup = self.backup_from(now);
                    self.transition(backup);
                }
            }
        }
    }

    /// No advert came for the master-down interval.
    fn wait_is_over(&mut self, now: Time, interval: Duration) {
        match &mut self.state {
            State::Backup(backup) if self.config.grouped => {
                backup.wants_master = true;
                backup.since = now;
                backup.wait = Wait::MasterDown;
            }
            _ => self.become_master(now, interval),
        }
    }

    /// Does what the others of its group do. Nobody but the one that began it says so on the wire: who gives way, or is in
    /// trouble.
    fn follow_group(&mut self, now: Time, to: StateKind) {
        match (&self.state, to) {
            (State::Backup(backup), StateKind::Master) => {
                let interval = backup.interval;
                self.become_master(now, interval);
            }
            (State::Master(_), StateKind::Backup) => {
                self.release_to_backup(now);
                self.push(Output::RemoveAddresses);
            }
            (State::Fault(_), StateKind::Backup) if self.is_healthy() => self.release_to_backup(now),
            (State::Backup(_), StateKind::Fault) => self.transition(State::Fault(Fault { settled: true })),
            (State::Master(_), StateKind::Fault) => {
                self.transition(State::Fault(Fault { settled: true }));
                self.push(Output::RemoveAddresses);
            }
            _ => {}
        }
    }

    fn become_master(&mut self, now: Time, interval_before: Duration) {
        self.followed = None;
        let interval = self.config.advert_interval;
        let garp = self.config.garp;
        self.transition(State::Master(Master {
            next_advert: now + interval,
            announce_again: (!garp.master_delay.is_zero()).then(|| now + garp.master_delay),
            lower_again: VecDeque::new(),
            refreshed: now,
            answered: None,
        }));
        if interval_before != interval {
            self.event(Event::IntervalRestored {
                from: interval_before,
                to: interval,
            });
        }
        self.send(self.effective_priority());
        self.push(Output::AddAddresses);
        self.announce(garp.master_repeat, AnnounceCause::Master);
    }

    fn release_to_backup(&mut self, now: Time) {
        let backup = self.backup_from(now);
        self.transition(backup);
    }

    fn handle_master_timeout(&mut self, now: Time) {
        let garp = self.config.garp;
        let interval = self.config.advert_interval;
        if self.was_replaced(now) {
            self.release_to_backup(now);
            self.push(Output::RemoveAddresses);
            return;
        }
        let State::Master(master) = &mut self.state else {
            return;
        };

        let again = master.announce_again.take_if(|at| now >= *at).is_some();
        let lower_bursts = master.lower_again.iter().take_while(|at| now >= **at).count();
        master.lower_again.drain(..lower_bursts);
        let advert = now >= master.next_advert;
        let mut refresh = false;
        if advert {
            // Kept to the beat, so that a late timer makes no later ones; after a long pause the beat starts anew.
            master.next_advert += interval;
            if master.next_advert <= now {
                master.next_advert = now + interval;
            }
            refresh = !garp.refresh.is_zero() && now >= master.refreshed + garp.refresh;
            if refresh {
                master.refreshed = now;
            }
        }

        if again {
            self.announce(garp.master_repeat, AnnounceCause::MasterAgain);
        }
        // Several that are due together are one.
        if lower_bursts > 0 {
            self.announce(garp.lower_prio_repeat, AnnounceCause::LowerPriorityAgain);
        }
        if advert {
            self.send(self.effective_priority());
        }
        if refresh {
            self.announce(garp.refresh_repeat, AnnounceCause::Refresh);
        }
    }

    /// Whether a master that does not preempt was away for so long that another one has taken over: it says no more.
    fn was_replaced(&self, now: Time) -> bool {
        let (State::Master(master), Some(priority), false) =
            (&self.state, self.config.expires_to_backup, self.config.preempt)
        else {
            return false;
        };
        let interval = self.config.advert_interval;
        let adverts = self.config.down_timer_adverts;
        let patience = timers::master_down(self.config.version, priority, interval, adverts);
        now + interval >= master.next_advert + patience
    }

    fn handle_packet(&mut self, now: Time, datagram: &Datagram<'_>) {
        if !matches!(self.state, State::Backup(_) | State::Master(_)) {
            return;
        }
        if self.config.owner_ignores_adverts
            && self.effective_priority() == OWNER_PRIORITY
            && datagram.vrid() == Some(self.config.vrid)
            && datagram.source != self.config.source
        {
            if !std::mem::replace(&mut self.told_ignored, true) {
                self.event(Event::IgnoredAsOwner(datagram.source));
            }
            return;
        }
        let expected = Expectation {
            version: self.config.version,
            vrid: self.config.vrid,
            own: self.config.source,
            destination: self.config.destination,
            peers: &self.config.peers,
            check_peers: self.config.check_peers,
            auth: &self.config.auth,
            interval: self.config.advert_interval,
            addresses: &self.config.addresses,
            check_addresses: !(self.config.skip_check_adv_addr && self.last_master == Some(datagram.source)),
            checksum: self.config.checksum,
        };
        match datagram.check(&expected, &mut self.sequence) {
            Ok(advert) => {
                self.counters.adverts_received += 1;
                self.counters.zero_received += u64::from(advert.priority == STOPPING_PRIORITY);
                self.last_master = Some(advert.source);
                self.old_checksums |= advert.old_checksum;
                if matches!(self.state, State::Backup(_)) {
                    self.backup_hears(now, advert);
                } else {
                    self.master_hears(now, advert);
                }
            }
            Err(fault) => {
                self.counters.adverts_received += u64::from(fault.is_advert());
                self.counters.count_fault(fault.kind());
                self.event(Event::Rejected(fault));
            }
        }
    }

    fn backup_hears(&mut self, now: Time, advert: Checked) {
        let own = self.effective_priority();
        let (preempt, delay) = (self.config.preempt, self.config.preempt_delay);
        let State::Backup(backup) = &mut self.state else {
            return;
        };
        if advert.priority == STOPPING_PRIORITY {
            backup.since = now;
            backup.wait = Wait::Skew;
            self.event(Event::BackupHeardZero);
            return;
        }
        if advert.priority < own && preempt {
            let first = backup.patience_ends.is_none() && !delay.is_zero();
            let patient = match backup.patience_ends {
                Some(ends) => now < ends,
                None => first,
            };
            if first {
                backup.patience_ends = Some(now + delay);
                self.event(Event::PreemptDelayStarted(delay));
            }
            if !patient {
                self.event(Event::DiscardedLower {
                    source: advert.source,
                    priority: advert.priority,
                });
                return;
            }
        } else {
            backup.patience_ends = None;
        }
        self.followed = Some((advert.source, advert.priority));
        self.follow(now, advert.interval);
    }

    /// Takes the sender of an advert for the master: the wait begins anew, at the master's interval.
    fn follow(&mut self, now: Time, interval: Duration) {
        let State::Backup(backup) = &mut self.state else {
            return;
        };
        backup.since = now;
        backup.wait = Wait::MasterDown;
        backup.wants_master = false;
        let from = std::mem::replace(&mut backup.interval, interval);
        if from != interval {
            self.event(Event::IntervalAdopted { from, to: interval });
        }
    }

    fn master_hears(&mut self, now: Time, advert: Checked) {
        let Checked {
            source,
            priority,
            interval,
            ..
        } = advert;
        if priority == STOPPING_PRIORITY {
            self.event(Event::MasterHeardZero);
            self.send_out_of_turn(now);
            return;
        }
        if priority == OWNER_PRIORITY && self.effective_priority() == OWNER_PRIORITY {
            self.owner_refuted = true;
            self.event(Event::TwoOwners);
        }
        let own = self.effective_priority();
        let gives_way = priority > own || (priority == own && source > self.config.source);
        if !gives_way {
            self.answer_lower(now, source, priority, own);
            return;
        }
        self.event(if priority > own {
            Event::MasterHeardHigher {
                source,
                priority,
                own,
            }
        } else {
            Event::MasterHeardEqual { source, priority }
        });
        if self.config.higher_prio_send_advert {
            self.send(own);
        }
        let from = self.config.advert_interval;
        if from != interval {
            self.event(Event::IntervalAdopted { from, to: interval });
        }
        self.release_to_backup(now);
        if let State::Backup(backup) = &mut self.state {
            backup.interval = interval;
        }
        self.push(Output::RemoveAddresses);
    }

    fn send_out_of_turn(&mut self, now: Time) {
        self.send(self.effective_priority());
        let next = now + self.config.advert_interval;
        if let State::Master(master) = &mut self.state {
            master.next_advert = next;
        }
    }

    /// Puts a lower master in its place, and the neighbours right about where the addresses are.
    fn answer_lower(&mut self, now: Time, source: IpAddr, priority: u8, own: u8) {
        let answered = !self.config.lower_prio_no_advert;
        let garp = self.config.garp;
        // A real master of lower priority gives way to one answer. Whoever goes on at a rate that no master has gets no more
        // packets out of us than one answer in a tenth of the interval.
        let gap = self.config.advert_interval / 10;
        let State::Master(master) = &mut self.state else {
            return;
        };
        if master.answered.is_some_and(|last| now < last + gap) {
            self.counters.answers_withheld += 1;
            return;
        }
        master.answered = Some(now);
        if !garp.lower_prio_delay.is_zero() && master.lower_again.len() < MOST_BURSTS {
            master.lower_again.push_back(now + garp.lower_prio_delay);
        }
        self.event(Event::MasterHeardLower {
            source,
            priority,
            own,
            answered,
        });
        if matches!(self.config.auth, Auth::Header(_)) {
            // The other one may have gone on already.
            self.sequence = self.sequence.wrapping_add(1);
            self.event(Event::SequenceFollowed);
        }
        if answered {
            self.send_out_of_turn(now);
        }
        self.announce(garp.lower_prio_repeat, AnnounceCause::LowerPriority);
    }

    fn reload(&mut self, now: Time, config: InstanceConfig) {
        let before = self.effective_priority();
        let old = std::mem::replace(&mut self.config, config);
        let interval_before = old.advert_interval;
        self.owner_refuted = false;
        self.told_ignored = false;
        self.old_checksums &= self.config.checksum == ChecksumForm::Recognise;
        self.last_master = None;
        let interval = self.config.advert_interval;
        if let State::Backup(backup) = &mut self.state
            && backup.interval == interval_before
        {
            backup.interval = interval;
        }
        self.settle(now, Some(before));
        if matches!(self.state, State::Master(_)) {
            self.push(Output::AddAddresses);
            if old.addresses != self.config.addresses {
                self.announce(self.config.garp.master_repeat, AnnounceCause::Master);
            }
            // The others learn of another priority at once, and nobody waits for an advert that the reading of the file held up.
            self.send_out_of_turn(now);
        }
    }
}
