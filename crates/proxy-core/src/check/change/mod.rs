//! Changes of a server's state, by checks and by the administrator: what becomes of it, of its backend's times and counts,
//! and what is said about it. Every change of `health`, `admin` and weight at run time goes through here.

mod agent;
mod health;
mod maintenance;
mod place;

use std::net::IpAddr;
use std::sync::atomic::Ordering::Relaxed;

use haproxy_cfg::model::{Config, LogLevel, NodeKey, OnError, Proxy, ProxyId, ServerAt, Word};

use super::message::{self, Load};
use super::observe::Seen;
use super::{CheckOutcome, Event, Farm};
use crate::state::{Admin, Health, Place, ProxyState, Runtime, ServerState};

/// What an administrator may ask of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdminChange {
    /// Out of maintenance and drain (`enable server`, `set server … state ready`).
    Ready,
    /// No new sessions but persistent ones (`set server … state drain`); ends maintenance.
    Drain,
    /// The statistics page's old action `stop`: drains, says so in its own words, and leaves maintenance as it is.
    StopOnPage,
    /// The statistics page's old action `start`: ends drain and leaves maintenance as it is.
    StartOnPage,
    /// The statistics page's old action `disable`: into maintenance, says so in its own words, and leaves drain as it is.
    DisableOnPage,
    /// The statistics page's old action `enable`: ends maintenance and leaves drain as it is.
    EnableOnPage,
    /// Into maintenance (`disable server`, `set server … state maint`); ends drain.
    Maint,
    /// Up whatever the checks said (`set server … health up`); they go on.
    HealthUp,
    /// Up but no new sessions (`… health stopping`).
    HealthStopping,
    /// Down (`… health down`).
    HealthDown,
    /// Checks go on (`enable health`).
    EnableChecks,
    /// It was in maintenance before this process: it still is, without a word.
    KeepMaint,
    /// It drained before this process: it still does.
    KeepDrain,
    /// Checks pause and a running one's result is ignored (`disable health`).
    DisableChecks,
    /// Up whatever the agent said (`set server … agent up`); it is asked further.
    AgentUp,
    /// Down (`… agent down`).
    AgentDown,
    /// The agent is asked again (`enable agent`).
    EnableAgent,
    /// The agent is not asked, and what it said does not count (`disable agent`).
    DisableAgent,
}

/// Where an administrator's wish came from; some lines name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A stats socket.
    Cli,
    /// The statistics page's form.
    StatsPage,
    /// What another process wrote down.
    StateFile,
}

impl Origin {
    fn cause(self) -> &'static [u8] {
        match self {
            Self::Cli => b", changed from CLI",
            Self::StatsPage => b", changed from Web interface",
            Self::StateFile => b", changed from server-state after a reload",
        }
    }
}

/// Does what the administrator asks of the server `server` (by index) of `proxy` and gives the lines to be logged, in order.
///
/// # Panics
/// When `proxy` or `server` is not of `config`.
pub fn change_admin(
    runtime: &Runtime,
    config: &Config,
    proxy: ProxyId,
    server: usize,
    change: AdminChange,
    origin: Origin,
    now_ms: u64,
) -> Vec<Event> {
    Change::run(runtime, config, proxy, server, now_ms, |c| match change {
        AdminChange::Ready => c.ready(),
        AdminChange::Drain => c.drain(),
        AdminChange::StopOnPage => c.enter_drain(Admin::FORCED_DRAIN, b" ('stop' on stats page)"),
        AdminChange::StartOnPage => c.leave_drain(Admin::FORCED_DRAIN),
        AdminChange::DisableOnPage => c.enter_maintenance(Admin::FORCED_MAINT, b" ('disable' on stats page)"),
        AdminChange::EnableOnPage => c.enable(),
        AdminChange::Maint => c.maint(),
        AdminChange::KeepMaint => c.keep_maintenance(),
        AdminChange::KeepDrain => c.keep_drain(),
        AdminChange::HealthUp => c.force(Health::Up, origin),
        AdminChange::HealthStopping => c.force(Health::Stopping, origin),
        AdminChange::HealthDown => c.force(Health::Down, origin),
        AdminChange::EnableChecks => c.state().checks_paused.store(false, Relaxed),
        AdminChange::DisableChecks => c.state().checks_paused.store(true, Relaxed),
        AdminChange::AgentUp => c.force_agent(Health::Up, origin),
        AdminChange::AgentDown => c.force_agent(Health::Down, origin),
        AdminChange::EnableAgent => c.pause_agent(false),
        AdminChange::DisableAgent => c.pause_agent(true),
    })
}

/// Sets a server's weight, 0–256, and gives the lines to be logged.
///
/// # Panics
/// When `proxy` or `server` is not of `config`.
pub fn set_weight(
    runtime: &Runtime,
    config: &Config,
    proxy: ProxyId,
    server: usize,
    weight: u32,
    now_ms: u64,
) -> Vec<Event> {
    Change::run(runtime, config, proxy, server, now_ms, |c| {
        c.weigh(weight);
    })
}

/// What name servers say of a server.
#[derive(Clone, Debug)]
pub enum PlaceChange<'a> {
    /// It is at this address; and who says so.
    Address {
        /// The address.
        ip: IpAddr,
        /// As the log names it.
        by: &'a [u8],
    },
    /// It has no address, for this reason.
    Lost(&'static str),
    /// It is the one that an SRV record tells of.
    Assigned {
        /// Its name.
        host: &'a Word,
        /// Its port.
        port: u16,
        /// Its address, where that came along.
        ip: Option<IpAddr>,
    },
    /// No SRV record tells of it any more.
    Removed,
}

/// Does what name servers say of a server and gives the lines to be logged.
///
/// # Panics
/// When `proxy` or `server` is not of `config`.
pub fn change_place(
    runtime: &Runtime,
    config: &Config,
    proxy: ProxyId,
    server: usize,
    change: &PlaceChange<'_>,
    now_ms: u64,
) -> Vec<Event> {
    Change::run(runtime, config, proxy, server, now_ms, |c| c.moves(change))
}

/// Records a check's outcome, counts it towards up or down and gives the lines to be logged. A result that comes while the
/// server is in maintenance or its checks pause is dropped.
///
/// # Panics
/// When `proxy` or `server` is not of `config`.
pub fn apply_outcome(
    runtime: &Runtime,
    config: &Config,
    proxy: ProxyId,
    server: usize,
    outcome: &CheckOutcome,
    now_ms: u64,
) -> Vec<Event> {
    Change::run(runtime, config, proxy, server, now_ms, |c| c.outcome(outcome))
}

/// Records how asking a server's agent ended, does what it says and gives the lines to be logged. What comes while it is not to
/// be asked is dropped. The line of an agent that answered is the description of [`super::CheckStatus::Checked`].
///
/// # Panics
/// When `proxy` or `server` is not of `config`.
pub fn apply_agent(
    runtime: &Runtime,
    config: &Config,
    proxy: ProxyId,
    server: usize,
    outcome: &CheckOutcome,
    now_ms: u64,
) -> Vec<Event> {
    Change::run(runtime, config, proxy, server, now_ms, |c| c.agent(outcome))
}

/// Counts errors of traffic, which are as many as are to lead to something.
pub(super) fn count_observed(
    runtime: &Runtime,
    config: &Config,
    (proxy, server): (ProxyId, usize),
    (errors, last): (u32, Seen),
    on_error: OnError,
    now_ms: u64,
) -> Vec<Event> {
    Change::run(runtime, config, proxy, server, now_ms, |c| {
        c.observed(errors, last, on_error);
    })
}

/// The reasons for maintenance that an administrator takes back.
const FORCED_AND_CONFIG: u8 = Admin::FORCED_MAINT | Admin::CONFIG_MAINT;

/// One change under way; the backend's lock is held.
struct Change<'a> {
    runtime: &'a Runtime,
    whole: &'a Config,
    config: &'a Proxy,
    id: ProxyId,
    proxy: &'a ProxyState,
    server: usize,
    now_ms: u64,
    /// What the backend had before, and whether the server was part of it.
    farm_before: Farm,
    was_balanced: bool,
    events: Vec<Event>,
    /// What of the server goes on to those that track it.
    passed: Vec<Passed>,
}

/// A change of a server that those take over who track it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Passed {
    Health(Health),
    /// Maintenance begins, or ends.
    Maintenance(bool),
    /// Drain begins, or ends.
    Drain(bool),
}

impl<'a> Change<'a> {
    /// Changes a server, then those that track it, each with its own followers behind it.
    fn run(
        runtime: &'a Runtime,
        config: &'a Config,
        id: ProxyId,
        server: usize,
        now_ms: u64,
        act: impl FnOnce(&mut Self),
    ) -> Vec<Event> {
        let is_tracked = !config.proxy(id).servers.followers(server).is_empty();
        let _in_order = is_tracked.then(|| runtime.lock_tracking());
        let (mut events, passed) = Self::run_alone(runtime, config, id, server, now_ms, act);
        let at = ServerAt {
            proxy: id,
            index: server,
        };
        Self::pass_on(runtime, config, at, now_ms, &passed, &mut events);
        events
    }

    fn pass_on(
        runtime: &'a Runtime,
        config: &'a Config,
        at: ServerAt,
        now_ms: u64,
        passed: &[Passed],
        events: &mut Vec<Event>,
    ) {
        for &change in passed {
            for to in config.proxy(at.proxy).servers.followers(at.index) {
                let act = |c: &mut Self| c.follow(change);
                let (said, passed) = Self::run_alone(runtime, config, to.proxy, to.index, now_ms, act);
                events.extend(said);
                Self::pass_on(runtime, config, to, now_ms, &passed, events);
            }
        }
    }

    fn run_alone(
        runtime: &'a Runtime,
        config: &'a Config,
        id: ProxyId,
        server: usize,
        now_ms: u64,
        act: impl FnOnce(&mut Self),
    ) -> (Vec<Event>, Vec<Passed>) {
        let proxy = &runtime.proxies[id.0 as usize];
        let mut known = proxy.lock_changes();
        let whole = config;
        let config = whole.proxy(id);
        let mut change = Self {
            runtime,
            whole,
            config,
            id,
            proxy,
            server,
            now_ms,
            farm_before: known.unwrap_or_else(|| Farm::count(config, proxy)),
            was_balanced: proxy.servers[server].is_balanced(),
            events: Vec::new(),
            passed: Vec::new(),
        };
        let before = change.seen_by_balancers();
        act(&mut change);
        if before != change.seen_by_balancers() {
            proxy.touch_servers();
        }
        change.follow_backend();
        *known = Some(change.farm());
        (change.events, change.passed)
    }

    fn weigh(&mut self, weight: u32) {
        self.state().set_weight(weight);
        self.remind_of_drain();
    }

    fn state(&self) -> &'a ServerState {
        &self.proxy.servers[self.server]
    }

    /// What the backend has now. Counting all of its servers for each of their checks would make that quadratic.
    fn farm(&self) -> Farm {
        let mut farm = self.farm_before;
        let part = if self.config.servers[self.server].backup {
            &mut farm.backup
        } else {
            &mut farm.active
        };
        match (self.was_balanced, self.state().is_balanced()) {
            (true, false) => *part -= 1,
            (false, true) => *part += 1,
            (true, true) | (false, false) => {}
        }
        farm
    }

    fn seen_by_balancers(&self) -> (u8, Health, u32, Option<Place>) {
        let s = self.state();
        // Only a ring may ask where a server is.
        let by_place = self.config.servers[self.server].node_key != NodeKey::Id;
        let place = by_place.then(|| s.place()).flatten();
        (s.admin().0, s.health(), s.weight(), place)
    }

    fn say(&mut self, level: LogLevel, words: &[&[u8]]) {
        let mut text = message::subject(self.config, self.server);
        words.iter().for_each(|w| text.extend_from_slice(w));
        self.events
            .push(Event::of_server(self.id, self.server, level, text));
    }

    /// What was said last is mailed as well.
    fn mail(&mut self, level: LogLevel) {
        if let Some(event) = self.events.last_mut() {
            event.mailed = Some(level);
        }
    }

    fn left(&self) -> Vec<u8> {
        message::left(self.farm(), Load::of_leaving(self.config, self.state()))
    }

    fn online(&self) -> Vec<u8> {
        let load = if self.state().is_balanced() {
            Load::of_coming(self.state(), self.proxy.queued.get())
        } else {
            Load::of_leaving(self.config, self.state())
        };
        message::online(self.farm(), load)
    }

    /// A leaving server alerts only if it was serving new sessions as far as states go; its weight does not count.
    fn level_of_leaving(&self) -> LogLevel {
        if self.state().health() == Health::Up && !self.state().admin().is_drain() {
            LogLevel::Alert
        } else {
            LogLevel::Notice
        }
    }

    fn since_last_change(&self) -> u64 {
        self.now_ms
            .wrapping_sub(self.state().last_change_ms.load(Relaxed))
    }

    fn changes_now(&self) {
        self.state().last_change_ms.store(self.now_ms, Relaxed);
    }

    fn was_down_until_now(&self) {
        self.state().down_ms.fetch_add(self.since_last_change(), Relaxed);
        self.changes_now();
    }
}
