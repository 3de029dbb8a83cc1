//! Changes of a server's state, by checks and by the administrator: what becomes of it, of its backend's times and counts,
//! and what is said about it. Every change of `health`, `admin` and weight at run time goes through here.

use std::net::IpAddr;
use std::sync::atomic::Ordering::Relaxed;

use haproxy_cfg::model::{Config, LogLevel, OnError, Proxy, ProxyId, ServerAt, Word};

use super::message::{self, Load};
use super::observe::{Seen, health_before};
use super::{CheckOutcome, CheckStatus, DESCRIPTION_MAX, Event, Farm};
use crate::state::{Admin, Ending, Health, Place, ProxyState, Runtime, ServerState};

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
        c.state().set_weight(weight);
        c.remind_of_drain();
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
        let is_tracked = !config.proxy(id).servers[server].followers().is_empty();
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
            for &to in config.proxy(at.proxy).servers[at.index].followers() {
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

    fn seen_by_balancers(&self) -> (u8, Health, u32) {
        let s = self.state();
        (s.admin().0, s.health(), s.weight())
    }

    fn say(&mut self, level: LogLevel, words: &[&[u8]]) {
        let mut text = message::subject(self.config, self.server);
        words.iter().for_each(|w| text.extend_from_slice(w));
        self.events
            .push(Event::of_server(self.id, self.server, level, text));
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

    fn remind_of_drain(&mut self) {
        let admin = self.state().admin();
        if admin.is_maint() {
            return;
        }
        if admin.0 & Admin::FORCED_DRAIN != 0 {
            self.say(LogLevel::Notice, &[b" remains in forced drain mode."]);
        } else if admin.0 & Admin::INHERITED_DRAIN != 0 {
            let via = self.via();
            let words = b" is leaving forced drain but remains in drain mode";
            self.say(LogLevel::Notice, &[words, &via, b"."]);
        }
    }

    /// Takes back what an administrator said of a server that has no address, and leaves `then`. Gives whether it is one: it
    /// stays in maintenance.
    fn stays_unresolved(&mut self, then: u8) -> bool {
        let admin = self.state().admin();
        if !admin.is_unresolved() {
            return false;
        }
        let kept = Admin(admin.0 & !(FORCED_AND_CONFIG | Admin::FORCED_DRAIN) | then);
        self.state().set_admin(kept);
        self.pass_drain(admin, kept);
        if admin.is_forced_maint() {
            self.say(
                LogLevel::Notice,
                &[b" is leaving forced maintenance but remains in maintenance."],
            );
        }
        true
    }

    fn ready(&mut self) {
        if self.stays_unresolved(0) {
            return;
        }
        let admin = self.state().admin();
        if admin.is_maint() {
            self.leave_maintenance(FORCED_AND_CONFIG, Admin(admin.0 & !Admin::FORCED_DRAIN));
        } else {
            self.leave_drain(Admin::FORCED_DRAIN);
        }
    }

    fn drain(&mut self) {
        if self.stays_unresolved(Admin::FORCED_DRAIN) {
            return;
        }
        let admin = self.state().admin();
        if admin.is_forced_maint() {
            self.leave_maintenance(FORCED_AND_CONFIG, Admin(admin.0 | Admin::FORCED_DRAIN));
        } else {
            self.enter_drain(Admin::FORCED_DRAIN, b"");
        }
    }

    /// Under maintenance this only shows once that ends.
    fn enter_drain(&mut self, flag: u8, cause: &[u8]) {
        let admin = self.state().admin();
        if admin.0 & flag != 0 {
            return;
        }
        let with_flag = Admin(admin.0 | flag);
        self.state().set_admin(with_flag);
        self.pass_drain(admin, with_flag);
        if admin.is_drain() {
            self.remind_of_drain();
        } else if !admin.is_maint() {
            self.changes_now();
            let rest = if self.state().health() == Health::Down {
                self.left()
            } else {
                self.online()
            };
            self.say(LogLevel::Notice, &[b" enters drain state", cause, b".", &rest]);
        }
    }

    fn keep_maintenance(&mut self) {
        let admin = self.state().admin();
        self.state().set_admin(Admin(admin.0 | Admin::FORCED_MAINT));
        if !admin.is_maint() {
            self.passed.push(Passed::Maintenance(true));
        }
    }

    fn keep_drain(&mut self) {
        let admin = self.state().admin();
        let with_flag = Admin(admin.0 | Admin::FORCED_DRAIN);
        self.state().set_admin(with_flag);
        self.pass_drain(admin, with_flag);
        self.remind_of_drain();
    }

    fn leave_drain(&mut self, flag: u8) {
        let admin = self.state().admin();
        if admin.0 & flag == 0 {
            return;
        }
        let without = Admin(admin.0 & !flag);
        self.state().set_admin(without);
        self.pass_drain(admin, without);
        if without.is_drain() {
            self.remind_of_drain();
        } else if !admin.is_maint() {
            // The time in drain counts as down once it is over: the original's way.
            self.was_down_until_now();
            let state: &[u8] = if self.state().health() == Health::Down {
                b"DOWN"
            } else {
                b"UP"
            };
            self.say(LogLevel::Notice, &[b" is ", state, b" (leaving forced drain)."]);
        }
    }

    /// Drain is over without a word.
    fn maint(&mut self) {
        self.enter_maintenance(Admin::FORCED_MAINT, b"");
        let admin = self.state().admin();
        let without = Admin(admin.0 & !Admin::FORCED_DRAIN);
        self.state().set_admin(without);
        self.pass_drain(admin, without);
    }

    fn enable(&mut self) {
        let admin = self.state().admin();
        if !admin.is_maint() || self.stays_unresolved(admin.0 & Admin::FORCED_DRAIN) {
            return;
        }
        self.leave_maintenance(FORCED_AND_CONFIG, admin);
    }

    fn enter_maintenance(&mut self, flag: u8, cause: &[u8]) {
        let admin = self.state().admin();
        let level = self.level_of_leaving();
        self.state().set_admin(Admin(admin.0 | flag));
        if admin.is_maint() {
            return;
        }
        self.passed.push(Passed::Maintenance(true));
        if self.state().health() == Health::Down {
            self.say(
                LogLevel::Notice,
                &[b" was DOWN and now enters maintenance", cause, b"."],
            );
            return;
        }
        self.changes_now();
        self.state().bounds.ramp.stop();
        self.state().down_transitions.fetch_add(1, Relaxed);
        let rest = self.left();
        self.say(level, &[b" is going DOWN for maintenance", cause, b".", &rest]);
        self.end_sessions_going_down();
    }

    /// One of the reasons for maintenance is over, with `admin` before it: if it was the last, whatever checks knew is forgotten. The
    /// server is up, and the first failure takes it down; one that tracks another is what that one is.
    fn leave_maintenance(&mut self, reason: u8, admin: Admin) {
        let before = self.state().admin();
        let left = Admin(admin.0 & !reason);
        let is_forced = reason != Admin::INHERITED_MAINT;
        self.pass_drain(before, left);
        if left.is_maint() {
            self.state().set_admin(left);
            if left.is_forced_maint() {
                self.say(LogLevel::Notice, &[b" remains in forced maintenance."]);
            } else if before.is_forced_maint() {
                let via = self.via();
                let words = b" is leaving forced maintenance but remains in maintenance";
                self.say(LogLevel::Notice, &[words, &via, b"."]);
            }
            return;
        }
        if !before.is_maint() {
            return;
        }
        self.serve_again(left);
        self.passed.push(Passed::Maintenance(false));
        let is_down = self.state().health() == Health::Down;
        let state: &[u8] = if is_down { b"DOWN" } else { b"UP" };
        let into: &[u8] = if left.is_drain() { b"DRAIN" } else { b"READY" };
        let forced: &[u8] = if is_forced { b"forced " } else { b"" };
        self.say(
            LogLevel::Notice,
            &[
                b" is ",
                state,
                b"/",
                into,
                b" (leaving ",
                forced,
                b"maintenance).",
            ],
        );
        self.remind_of_drain();
        if !left.is_drain() && !is_down {
            self.end_backup_sessions();
        }
    }

    /// Drain that begins or ends for those who track the server.
    fn pass_drain(&mut self, before: Admin, now: Admin) {
        if before.is_drain() != now.is_drain() {
            self.passed.push(Passed::Drain(now.is_drain()));
        }
    }

    /// ` via backend/server` of the one that is tracked.
    fn via(&self) -> Vec<u8> {
        let Some(of) = self.config.servers[self.server].tracks() else {
            return Vec::new();
        };
        let proxy = self.whole.proxy(of.proxy);
        [
            b" via ",
            proxy.name.as_slice(),
            b"/",
            &proxy.servers[of.index].name,
        ]
        .concat()
    }

    /// Does as the tracked server did.
    fn follow(&mut self, change: Passed) {
        let via = self.via();
        match change {
            Passed::Health(to) => self.turn(to, &via),
            Passed::Maintenance(true) => self.enter_maintenance(Admin::INHERITED_MAINT, &via),
            Passed::Maintenance(false) => {
                let admin = self.state().admin();
                self.leave_maintenance(Admin::INHERITED_MAINT, admin);
            }
            Passed::Drain(true) => self.enter_drain(Admin::INHERITED_DRAIN, &via),
            Passed::Drain(false) => self.leave_drain(Admin::INHERITED_DRAIN),
        }
    }

    /// Out of maintenance with what is left of `admin`.
    fn serve_again(&mut self, admin: Admin) {
        let state = self.state();
        let renamed = state.admin().0 & Admin::RENAMED;
        state.set_admin(Admin(admin.0 | renamed));
        let health = match self.config.servers[self.server].tracks() {
            Some(of) => {
                let tracked = &self.runtime.proxies[of.proxy.0 as usize].servers[of.index];
                tracked.health()
            }
            None => {
                let mut report = state.check_report();
                report.health = report.rise;
                Health::Up
            }
        };
        state.set_health(health);
        if health == Health::Up {
            state.bounds.ramp.begin(self.now_ms);
        }
        // Time in maintenance is not added to the time down: the original's way.
        self.changes_now();
    }

    /// Carries out what a name server's answer means for the server.
    fn moves(&mut self, change: &PlaceChange<'_>) {
        let state = self.state();
        let server = &self.config.servers[self.server];
        let mut place = state.place().unwrap_or_else(|| Place::at_start(server));
        match change {
            PlaceChange::Address { ip, by } => {
                self.readdress(&mut place, *ip, by);
                if self.resolves_again(&place) {
                    self.say(
                        LogLevel::Notice,
                        &[b" administratively READY thanks to valid DNS answer."],
                    );
                }
            }
            PlaceChange::Lost(cause) => {
                place.ip = None;
                state.set_place(place);
                self.enter_maintenance(Admin::UNRESOLVED, &[b" (", cause.as_bytes(), b")"].concat());
            }
            PlaceChange::Removed => {
                state.set_place(Place::default());
                self.enter_maintenance(Admin::UNRESOLVED, b" (entry removed from SRV record)");
            }
            PlaceChange::Assigned { host, port, ip } => {
                if let Some(ip) = ip {
                    self.readdress(&mut place, *ip, b"DNS additional record");
                }
                self.note(
                    b" changed its FQDN from (null) to ",
                    host,
                    b" by 'SRV record'",
                    false,
                );
                place.host = Some((*host).clone());
                place.port = Some(*port);
                state.set_place(place.clone());
                state.set_admin(Admin(state.admin().0 | Admin::RENAMED));
                if ip.is_some() {
                    self.resolves_again(&place);
                }
            }
        }
        // Balancers look at what servers can do, and hashes at where they are.
        self.proxy.touch_servers();
    }

    fn readdress(&mut self, place: &mut Place, ip: IpAddr, by: &[u8]) {
        if place.ip != Some(ip) {
            let before = place.ip.map_or("(none)".to_owned(), |ip| ip.to_string());
            let words = format!(" changed its IP from {before} to {ip} by ");
            self.note(words.as_bytes(), by, b".", true);
        }
        place.ip = Some(ip);
        self.state().set_place(place.clone());
    }

    /// Ends maintenance for want of an address. Gives whether there was one that ends.
    fn resolves_again(&mut self, place: &Place) -> bool {
        let admin = self.state().admin();
        if !admin.is_unresolved() {
            return false;
        }
        let left = Admin(admin.0 & !Admin::UNRESOLVED);
        if left.is_maint() {
            self.state().set_admin(left);
            return false;
        }
        self.serve_again(left);
        self.passed.push(Passed::Maintenance(false));
        let host = place.host.as_ref().map_or(&b""[..], |host| host.as_slice());
        self.say(
            LogLevel::Notice,
            &[b" ('", host, b"') is UP/READY (resolves again)."],
        );
        if !left.is_drain() {
            self.end_backup_sessions();
        }
        true
    }

    /// Says something of the server by its bare name.
    fn note(&mut self, words: &[u8], what: &[u8], end: &[u8], aloud: bool) {
        let server = &self.config.servers[self.server];
        let text = [self.config.name.as_slice(), b"/", &server.name, words, what, end].concat();
        let event = Event::of_server(self.id, self.server, LogLevel::Notice, text);
        self.events
            .push(if aloud { event } else { event.for_the_log_alone() });
    }

    fn force(&mut self, to: Health, origin: Origin) {
        {
            let mut report = self.state().check_report();
            report.health = if to == Health::Down {
                0
            } else {
                report.full_health()
            };
        }
        self.turn(to, origin.cause());
    }

    fn outcome(&mut self, outcome: &CheckOutcome) {
        let state = self.state();
        if state.admin().is_maint() || state.checks_paused.load(Relaxed) {
            state.check_report().running = false;
            return;
        }
        let pass = outcome.status.is_pass();
        let (noteworthy, report) = {
            let mut report = state.check_report();
            let before = (report.status, report.health);
            report.status = outcome.status;
            report.code = outcome.code;
            report.duration_ms = Some(outcome.duration_ms);
            report.description = outcome
                .description
                .iter()
                .copied()
                .take(DESCRIPTION_MAX)
                // What a server sent is text up to its first NUL, as the original tells it.
                .take_while(|byte| *byte != 0)
                .collect();
            report.running = false;
            if !pass && report.health > 0 {
                state.failed_checks.fetch_add(1, Relaxed);
            }
            report.health = match (pass, report.is_up()) {
                (true, true) => report.full_health(),
                (true, false) if report.health + 1 >= report.rise => report.full_health(),
                (true, false) => report.health + 1,
                (false, true) if report.health > report.rise => report.health - 1,
                (false, _) => 0,
            };
            (before != (report.status, report.health), report.clone())
        };
        let kept = CheckOutcome {
            description: report.description.clone(),
            ..outcome.clone()
        };
        let logged = self.config.options.log_health_checks;
        if logged && noteworthy {
            let text = message::check_line(self.config, self.server, &kept, &report, report.is_up());
            self.events
                .push(Event::of_server(self.id, self.server, LogLevel::Notice, text));
        }
        // The reason was said already where checks are logged.
        let reason = if logged {
            Vec::new()
        } else {
            message::reason(&kept)
        };
        if pass && report.is_up() {
            self.turn(Health::Up, &reason);
        } else if !report.is_up() {
            self.turn(Health::Down, &reason);
        }
    }

    fn observed(&mut self, errors: u32, last: Seen, on_error: OnError) {
        let state = self.state();
        let is_checked = self.config.servers[self.server].check.enabled && !state.checks_paused.load(Relaxed);
        if !is_checked || state.admin().is_maint() || state.health() == Health::Down {
            return;
        }
        state.failed_analyses.fetch_add(1, Relaxed);
        state.check_soon.store(true, Relaxed);
        if on_error == OnError::CheckSoon {
            return;
        }
        let running = {
            let mut report = state.check_report();
            report.health = health_before(on_error, report.health, report.rise);
            report.running
        };
        let words = format!(
            "Detected {errors} consecutive errors, last one was: {}",
            last.words()
        );
        self.outcome(&CheckOutcome {
            status: CheckStatus::Analysis,
            code: None,
            description: words.into_bytes(),
            duration_ms: 0,
        });
        // One that is under way goes on.
        state.check_report().running = running;
    }

    /// Takes the server to another health, if it is not there, and says so with `cause`.
    fn turn(&mut self, to: Health, cause: &[u8]) {
        let state = self.state();
        let from = state.health();
        if from == to {
            return;
        }
        let level = self.level_of_leaving();
        state.set_health(to);
        let ramp = &state.bounds.ramp;
        if to == Health::Up {
            ramp.begin(self.now_ms);
        } else {
            ramp.stop();
        }
        if from == Health::Down {
            self.was_down_until_now();
        } else {
            self.changes_now();
        }
        if state.admin().is_maint() {
            return;
        }
        self.passed.push(Passed::Health(to));
        match to {
            Health::Down => {
                state.down_transitions.fetch_add(1, Relaxed);
                let rest = self.left();
                self.say(level, &[b" is DOWN", cause, b".", &rest]);
                self.end_sessions_going_down();
            }
            Health::Up | Health::Stopping => {
                let word: &[u8] = if to == Health::Up {
                    b" is UP"
                } else {
                    b" is stopping"
                };
                let rest = self.online();
                self.say(LogLevel::Notice, &[word, cause, b".", &rest]);
                if from == Health::Down && to == Health::Up {
                    self.end_backup_sessions();
                }
            }
        }
        self.remind_of_drain();
    }

    /// `on-marked-down shutdown-sessions`.
    fn end_sessions_going_down(&self) {
        if self.config.servers[self.server].down_ends_sessions {
            self.state().end_sessions(Ending::Down);
        }
    }

    /// `on-marked-up shutdown-backup-sessions`.
    fn end_backup_sessions(&self) {
        let server = &self.config.servers[self.server];
        if !server.up_ends_backup_sessions || server.backup || self.state().weight() == 0 {
            return;
        }
        for (config, state) in self.config.servers.iter().zip(&self.proxy.servers) {
            if config.backup {
                state.end_sessions(Ending::BackupReplaced);
            }
        }
    }

    /// Takes the backend down with its last server and up with its first.
    fn follow_backend(&mut self) {
        let has_servers = !self.farm().is_empty();
        if has_servers != self.farm_before.is_empty() {
            return;
        }
        let proxy = self.proxy;
        if has_servers {
            let down = self.now_ms.saturating_sub(proxy.last_change_ms.load(Relaxed));
            proxy.down_ms.fetch_add(down, Relaxed);
        } else {
            proxy.down_transitions.fetch_add(1, Relaxed);
            self.events.push(Event::no_server_left(self.id, self.config));
        }
        proxy.last_change_ms.store(self.now_ms, Relaxed);
    }
}
