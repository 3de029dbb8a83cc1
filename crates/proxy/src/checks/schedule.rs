//! Starts each check when it is due and hands on what it found. One sleeping timer serves all idle servers; a timer of its own
//! has only a check that is running.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::future::pending;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::rc::Rc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{MutexGuard, PoisonError};

use haproxy_cfg::model::{ProxyId, Server, Word};
use proxy_core::check::{
    CheckMachine, CheckOutcome, CheckPlan, CheckReport, CheckTiming, FirstCheck, Probe, Scene, Verdict,
    apply_agent, apply_outcome, first_checks, proxies_of,
};
use proxy_core::state::{CheckedAt, ServerState};
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{Instant, sleep_until};

use super::CheckContext;
use super::converse::{Deadlines, converse};
use super::target::Way;
use crate::context::Here;
use crate::thread::Thread;

/// How a server is looked at.
#[derive(Clone)]
enum Look {
    /// Checks, of which most go where the file says.
    Checks(Rc<Way>),
    /// Its agent is asked.
    Agent,
}

/// What a look at a server needs.
enum Errand {
    /// A check.
    Check(Rc<Way>),
    /// A question to its agent, and what that is told first.
    Ask(Box<Way>, Word),
}

/// One server that is checked, or one whose agent is asked.
struct Checked {
    proxy: ProxyId,
    server: usize,
    look: Look,
    machine: CheckMachine,
    /// Its running check.
    task: Option<Id>,
    /// Which server it is of those that have its place one after the other.
    serial: Option<u32>,
}

/// All servers that are checked, and when.
pub(super) struct Schedule {
    context: CheckContext,
    servers: Vec<Checked>,
    /// Indexes of those whose servers were deleted.
    left: Vec<usize>,
    /// Due time and index of the servers that are not being checked, the next one on top.
    due: BinaryHeap<Reverse<(u64, usize)>>,
    running: JoinSet<(usize, Verdict)>,
    /// Whether intervals are to be spread by chance.
    spread: bool,
    chance: u64,
}

impl Schedule {
    pub(super) fn new(context: CheckContext) -> Self {
        let start = context.thread.shared.clock.now_ms();
        let config = context.thread.config();
        let servers: Vec<_> = first_checks(config)
            .into_iter()
            .map(|first| Checked::new(&context, first, start))
            .collect();
        let due = servers
            .iter()
            .enumerate()
            .map(|(at, s)| Reverse((s.machine.due_ms(), at)))
            .collect();
        let spread = config.global.spread_checks > 0;
        // Never 0, which the generator could not leave.
        let chance = RandomState::new().build_hasher().finish() | 1;
        Self {
            context,
            servers,
            left: Vec::new(),
            due,
            running: JoinSet::new(),
            spread,
            chance,
        }
    }

    pub(super) async fn run(mut self) {
        let thread = Rc::clone(&self.context.thread);
        let soon = &thread.shared.check_soon;
        loop {
            let next = self
                .due
                .peek()
                .map(|Reverse((ms, _))| Instant::from(self.context.thread.shared.clock.instant_of(*ms)));
            let due = async {
                match next {
                    Some(at) => sleep_until(at).await,
                    None => pending().await,
                }
            };
            tokio::select! {
                Some(ended) = self.running.join_next_with_id(), if !self.running.is_empty() => self.ended(ended),
                () = due => self.start_due(),
                () = soon.notified() => {
                    self.take_in();
                    self.hurry();
                }
            }
        }
    }

    fn start_due(&mut self) {
        let now = self.context.thread.shared.clock.now_ms();
        while let Some(&Reverse((ms, at))) = self.due.peek() {
            if ms > now {
                break;
            }
            self.due.pop();
            let checked = &self.servers[at];
            // One that was put forward, or is under way already, leaves its old place behind.
            if checked.task.is_none() && self.has_left(at) {
                continue;
            }
            let checked = &self.servers[at];
            if checked.machine.due_ms() == ms && checked.task.is_none() {
                self.start(at, now);
            }
        }
    }

    /// Begins to check servers that came.
    fn take_in(&mut self) {
        let thread = Rc::clone(&self.context.thread);
        let newcomers = thread.shared.runtime.newcomers.lock();
        // Whoever panicked left whole values.
        let newcomers = std::mem::take(&mut *newcomers.unwrap_or_else(PoisonError::into_inner));
        let now = thread.shared.clock.now_ms();
        for at in newcomers {
            let server = &thread.config().proxy(at.proxy).servers[at.index];
            let looks = [(false, server.check.enabled), (true, server.agent.is_some())];
            for (agent, _) in looks.into_iter().filter(|(_, wanted)| *wanted) {
                let first = FirstCheck {
                    proxy: at.proxy,
                    server: at.index,
                    agent,
                    after_ms: 0,
                };
                self.add(Checked::new(&self.context, first, now));
            }
        }
    }

    fn add(&mut self, checked: Checked) {
        let due = checked.machine.due_ms();
        let at = match self.left.pop() {
            Some(at) => {
                self.servers[at] = checked;
                at
            }
            None => {
                self.servers.push(checked);
                self.servers.len() - 1
            }
        };
        self.due.push(Reverse((due, at)));
    }

    /// Whether the server of a check is deleted, which then is forgotten.
    fn has_left(&mut self, at: usize) -> bool {
        let checked = &mut self.servers[at];
        let gone = checked.serial.is_none() || state(&self.context, checked).serial() != checked.serial;
        if gone && checked.serial.take().is_some() {
            self.left.push(at);
        }
        gone
    }

    /// Puts the checks of those forward in whose traffic errors were seen.
    fn hurry(&mut self) {
        let now = self.context.thread.shared.clock.now_ms();
        for at in 0..self.servers.len() {
            let checked = &mut self.servers[at];
            if matches!(checked.look, Look::Agent) || checked.serial.is_none() {
                continue;
            }
            if !state(&self.context, checked).check_soon.swap(false, Relaxed) || checked.task.is_some() {
                continue;
            }
            let before = checked.machine.due_ms();
            checked.machine.hurry(now);
            if checked.machine.due_ms() != before {
                self.due.push(Reverse((checked.machine.due_ms(), at)));
            }
        }
    }

    fn start(&mut self, at: usize, now: u64) {
        let chance = self.chance();
        let checked = &mut self.servers[at];
        let state = state(&self.context, checked);
        let thread = &self.context.thread;
        let stopped = thread.shared.runtime.proxies[checked.proxy.0 as usize]
            .stopped
            .load(Relaxed);
        let server = &thread.config().proxy(checked.proxy).servers[checked.server];
        let errand = checked.look.now(server, state).filter(|_| !stopped);
        let Some(errand) = errand else {
            checked.machine.skip(now, &checked.report(state), chance);
            self.due.push(Reverse((checked.machine.due_ms(), at)));
            return;
        };
        checked.report(state).begin();
        checked.machine.start(now);
        let (machine, thread) = (checked.machine, Rc::clone(thread));
        let of = (checked.proxy, checked.server);
        let handle = self
            .running
            .spawn_local(async move { (at, run(&thread, of, &errand, machine).await) });
        checked.task = Some(handle.id());
    }

    fn ended(&mut self, ended: Result<(Id, (usize, Verdict)), JoinError>) {
        match ended {
            Ok((_, (at, verdict))) => self.hand_on(at, verdict),
            // A check that broke off says nothing of its server, which is checked again in its turn.
            Err(error) => {
                if let Some(at) = self.servers.iter().position(|s| s.task == Some(error.id())) {
                    self.forget(at);
                }
            }
        }
    }

    fn forget(&mut self, at: usize) {
        let chance = self.chance();
        let now = self.context.thread.shared.clock.now_ms();
        self.servers[at].task = None;
        if self.has_left(at) {
            return;
        }
        let checked = &mut self.servers[at];
        let mut report = checked.report(state(&self.context, checked));
        report.running = false;
        let report = report.clone();
        checked.machine.skip(now, &report, chance);
        self.due.push(Reverse((checked.machine.due_ms(), at)));
    }

    fn hand_on(&mut self, at: usize, verdict: Verdict) {
        let chance = self.chance();
        let now = self.context.thread.shared.clock.now_ms();
        self.servers[at].task = None;
        if self.has_left(at) {
            return;
        }
        let checked = &mut self.servers[at];
        let thread = Rc::clone(&self.context.thread);
        let (config, runtime) = (thread.config(), &*thread.shared.runtime);
        let proxy = &runtime.proxies[checked.proxy.0 as usize];
        let before = proxy.servers_version();
        let outcome = CheckOutcome {
            status: verdict.status,
            code: verdict.code,
            description: verdict.description,
            duration_ms: checked.machine.elapsed(now),
        };
        let apply = match checked.look {
            Look::Checks(_) => apply_outcome,
            Look::Agent => apply_agent,
        };
        let events = apply(runtime, config, checked.proxy, checked.server, &outcome, now);
        let report = checked.report(state(&self.context, checked)).clone();
        checked.machine.finish(now, &report, chance);
        self.due.push(Reverse((checked.machine.due_ms(), at)));
        events.iter().for_each(|event| (self.context.say)(event));
        if proxy.servers_version() != before {
            // Those that track the server may be of other backends.
            for proxy in proxies_of(checked.proxy, &events) {
                (self.context.on_change)(proxy);
            }
        }
    }

    /// A number that nobody foresees; always 0 where none is asked for.
    fn chance(&mut self) -> u32 {
        if !self.spread {
            return 0;
        }
        // Marsaglia's xorshift: good enough to keep checks apart.
        self.chance ^= self.chance << 13;
        self.chance ^= self.chance >> 7;
        self.chance ^= self.chance << 17;
        (self.chance >> 32) as u32
    }
}

impl Checked {
    /// One whose first check is due some time behind `start`.
    fn new(context: &CheckContext, first: FirstCheck, start: u64) -> Self {
        let config = context.thread.config();
        let proxy = config.proxy(first.proxy);
        let server = &proxy.servers[first.server];
        let agent = server.agent.as_deref().filter(|_| first.agent);
        let (look, timing) = match agent {
            Some(agent) => (Look::Agent, CheckTiming::of_agent(config, proxy, agent)),
            None => {
                let at = CheckedAt {
                    ip: server.check.addr,
                    port: server.check.port,
                };
                let tls = context.thread.shared.tls_of(first.proxy, first.server);
                let way = Rc::new(Way::new(server, server.addr.clone(), at, tls));
                (Look::Checks(way), CheckTiming::new(config, proxy, server))
            }
        };
        let state = &context.thread.shared.runtime.proxies[first.proxy.0 as usize].servers[first.server];
        Self {
            proxy: first.proxy,
            server: first.server,
            look,
            machine: CheckMachine::new(timing, start + first.after_ms),
            task: None,
            serial: state.serial(),
        }
    }

    /// What was found last.
    fn report<'s>(&self, state: &'s ServerState) -> MutexGuard<'s, CheckReport> {
        match (&self.look, state.agent()) {
            (Look::Agent, Some(agent)) => agent.report(),
            _ => state.check_report(),
        }
    }
}

impl Look {
    /// What is to be done now; none while the server is not to be looked at this way.
    fn now(&self, server: &Server, state: &ServerState) -> Option<Errand> {
        let moved = state.address(server);
        match self {
            // An agent is asked under maintenance as well: it may end it.
            Self::Agent => {
                let agent = state.agent()?;
                if agent.paused.load(Relaxed) {
                    return None;
                }
                let contact = agent.contact();
                let addr = moved.unwrap_or_else(|| server.addr.clone());
                let way = Way::of_agent(server, addr, &contact);
                Some(Errand::Ask(Box::new(way), contact.send))
            }
            Self::Checks(way) => {
                if state.admin().is_maint() || state.checks_paused.load(Relaxed) {
                    return None;
                }
                let at = state.checked_at();
                let as_written = at.ip == server.check.addr && at.port == server.check.port;
                Some(Errand::Check(match moved {
                    None if as_written => Rc::clone(way),
                    moved => {
                        let addr = moved.unwrap_or_else(|| server.addr.clone());
                        Rc::new(Way::new(server, addr, at, way.tls.clone()))
                    }
                }))
            }
        }
    }
}

fn state<'a>(context: &'a CheckContext, checked: &Checked) -> &'a ServerState {
    &context.thread.shared.runtime.proxies[checked.proxy.0 as usize].servers[checked.server]
}

/// Runs an errand for a server to its verdict.
async fn run(
    thread: &Thread,
    (proxy, server): (ProxyId, usize),
    errand: &Errand,
    machine: CheckMachine,
) -> Verdict {
    let deadlines = Deadlines {
        machine,
        clock: thread.shared.clock,
    };
    match errand {
        Errand::Ask(way, send) => converse(Probe::of_agent(send), way, deadlines).await,
        Errand::Check(way) => {
            let world = Here { thread, io: None };
            let scene = Scene {
                config: thread.config(),
                runtime: &thread.shared.runtime,
                world: &world,
                node: &thread.shared.process.node,
                proxy,
                server,
            };
            let plan = &thread.shared.plan.proxies[proxy.0 as usize].check;
            if let CheckPlan::Program(program) = plan {
                return super::program::ask(program, thread, (proxy, server), deadlines.of_answer()).await;
            }
            converse(plan.probe(scene), way, deadlines).await
        }
    }
}
