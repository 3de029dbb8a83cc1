//! Starts each check when it is due and hands on what it found. One sleeping timer serves all idle servers; a timer of its own
//! has only a check that is running.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::future::pending;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::rc::Rc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, MutexGuard};

use haproxy_cfg::model::{ProxyId, Server};
use proxy_core::check::{
    CheckMachine, CheckOutcome, CheckPlan, CheckReport, CheckStatus, CheckTiming, Verdict, apply_agent,
    apply_outcome, first_checks, proxies_of,
};
use proxy_core::state::{CheckedAt, ServerState};
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::CheckContext;
use super::connect::connect;
use super::converse::converse;
use super::target::Destination;
use crate::clock::Clock;

/// How a server is looked at.
#[derive(Clone)]
enum Way {
    /// Checks, of which most go where the file says.
    Checks {
        plan: Rc<CheckPlan>,
        target: Rc<Destination>,
    },
    /// Its agent is asked.
    Agent,
}

/// One server that is checked, or one whose agent is asked.
struct Checked {
    proxy: ProxyId,
    server: usize,
    way: Way,
    machine: CheckMachine,
    /// Its running check.
    task: Option<Id>,
}

/// All servers that are checked, and when.
pub(super) struct Schedule {
    context: CheckContext,
    servers: Vec<Checked>,
    /// Due time and index of the servers that are not being checked, the next one on top.
    due: BinaryHeap<Reverse<(u64, usize)>>,
    running: JoinSet<(usize, Verdict)>,
    /// Whether intervals are to be spread by chance.
    spread: bool,
    chance: u64,
}

impl Schedule {
    pub(super) fn new(context: CheckContext) -> Self {
        let start = context.clock.now_ms();
        let config = &context.config;
        let plans: Vec<_> = config
            .proxies
            .iter()
            .map(|p| Rc::new(CheckPlan::new(&p.check)))
            .collect();
        let servers: Vec<_> = first_checks(config)
            .into_iter()
            .map(|first| {
                let proxy = config.proxy(first.proxy);
                let server = &proxy.servers[first.server];
                let agent = server.agent.as_deref().filter(|_| first.agent);
                let (way, timing) = match agent {
                    Some(agent) => (Way::Agent, CheckTiming::of_agent(config, proxy, agent)),
                    None => {
                        let at = CheckedAt {
                            ip: server.check.addr,
                            port: server.check.port,
                        };
                        let way = Way::Checks {
                            plan: Rc::clone(&plans[first.proxy.0 as usize]),
                            target: Rc::new(Destination::of(server, &server.addr, at)),
                        };
                        (way, CheckTiming::new(config, proxy, server))
                    }
                };
                Checked {
                    proxy: first.proxy,
                    server: first.server,
                    way,
                    machine: CheckMachine::new(timing, start + first.after_ms),
                    task: None,
                }
            })
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
            due,
            running: JoinSet::new(),
            spread,
            chance,
        }
    }

    pub(super) async fn run(mut self) {
        let soon = Arc::clone(&self.context.soon);
        loop {
            let next = self
                .due
                .peek()
                .map(|Reverse((ms, _))| Instant::from(self.context.clock.instant_of(*ms)));
            let due = async {
                match next {
                    Some(at) => sleep_until(at).await,
                    None => pending().await,
                }
            };
            tokio::select! {
                Some(ended) = self.running.join_next_with_id(), if !self.running.is_empty() => self.ended(ended),
                () = due => self.start_due(),
                () = soon.notified() => self.hurry(),
            }
        }
    }

    fn start_due(&mut self) {
        let now = self.context.clock.now_ms();
        while let Some(&Reverse((ms, at))) = self.due.peek() {
            if ms > now {
                break;
            }
            self.due.pop();
            let checked = &self.servers[at];
            // One that was put forward, or is under way already, leaves its old place behind.
            if checked.machine.due_ms() == ms && checked.task.is_none() {
                self.start(at, now);
            }
        }
    }

    /// Puts the checks of those forward in whose traffic errors were seen.
    fn hurry(&mut self) {
        let now = self.context.clock.now_ms();
        for at in 0..self.servers.len() {
            let checked = &mut self.servers[at];
            if matches!(checked.way, Way::Agent) {
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
        let stopped = self.context.runtime.proxies[checked.proxy.0 as usize]
            .stopped
            .load(Relaxed);
        let server = &self.context.config.proxy(checked.proxy).servers[checked.server];
        let way = checked.way.now(server, state).filter(|_| !stopped);
        let Some((plan, target)) = way else {
            checked.machine.skip(now, &checked.report(state), chance);
            self.due.push(Reverse((checked.machine.due_ms(), at)));
            return;
        };
        checked.report(state).begin();
        let connect_by = checked.machine.start(now);
        let (machine, clock) = (checked.machine, self.context.clock);
        let handle = self.running.spawn_local(async move {
            let verdict = check(&plan, &target, machine, connect_by, clock).await;
            (at, verdict)
        });
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
        let now = self.context.clock.now_ms();
        let checked = &mut self.servers[at];
        checked.task = None;
        let mut report = checked.report(state(&self.context, checked));
        report.running = false;
        let report = report.clone();
        checked.machine.skip(now, &report, chance);
        self.due.push(Reverse((checked.machine.due_ms(), at)));
    }

    fn hand_on(&mut self, at: usize, verdict: Verdict) {
        let chance = self.chance();
        let now = self.context.clock.now_ms();
        let checked = &mut self.servers[at];
        checked.task = None;
        let CheckContext { config, runtime, .. } = &self.context;
        let proxy = &runtime.proxies[checked.proxy.0 as usize];
        let before = proxy.servers_version();
        let outcome = CheckOutcome {
            status: verdict.status,
            code: verdict.code,
            description: verdict.description,
            duration_ms: checked.machine.elapsed(now),
        };
        let apply = match checked.way {
            Way::Checks { .. } => apply_outcome,
            Way::Agent => apply_agent,
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
    /// What was found last.
    fn report<'s>(&self, state: &'s ServerState) -> MutexGuard<'s, CheckReport> {
        match (&self.way, state.agent.as_deref()) {
            (Way::Agent, Some(agent)) => agent.report(),
            _ => state.check_report(),
        }
    }
}

impl Way {
    /// What is said now, and to whom; none while the server is not to be looked at this way.
    fn now(&self, server: &Server, state: &ServerState) -> Option<(Rc<CheckPlan>, Rc<Destination>)> {
        let moved = state.address(server);
        let addr = moved.as_ref().unwrap_or(&server.addr);
        match self {
            // An agent is asked under maintenance as well: it may end it.
            Self::Agent => {
                let agent = state.agent.as_deref()?;
                if agent.paused.load(Relaxed) {
                    return None;
                }
                let contact = agent.contact();
                let target = Destination::of_agent(server, addr, &contact);
                Some((Rc::new(CheckPlan::Agent(contact.send.to_vec())), Rc::new(target)))
            }
            Self::Checks { plan, target } => {
                if state.admin().is_maint() || state.checks_paused.load(Relaxed) {
                    return None;
                }
                let at = state.checked_at();
                let as_written = at.ip == server.check.addr && at.port == server.check.port;
                let target = if moved.is_none() && as_written {
                    Rc::clone(target)
                } else {
                    Rc::new(Destination::of(server, addr, at))
                };
                Some((Rc::clone(plan), target))
            }
        }
    }
}

fn state<'a>(context: &'a CheckContext, checked: &Checked) -> &'a ServerState {
    &context.runtime.proxies[checked.proxy.0 as usize].servers[checked.server]
}

async fn check(
    plan: &CheckPlan,
    target: &Destination,
    machine: CheckMachine,
    connect_by: u64,
    clock: Clock,
) -> Verdict {
    let at = |ms| Instant::from(clock.instant_of(ms));
    let stream = match timeout_at(at(connect_by), connect(target, plan)).await {
        Err(_) => return Verdict::plain(CheckStatus::L4Timeout),
        Ok(Err(verdict)) => return verdict,
        Ok(Ok(stream)) => stream,
    };
    let answer_by = machine.connected(clock.now_ms());
    converse(stream, target.header, plan, at(answer_by)).await
}
