//! Starts each check when it is due and hands on what it found. One sleeping timer serves all idle servers; a timer of its own
//! has only a check that is running.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::future::pending;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use haproxy_cfg::model::ProxyId;
use proxy_core::check::{
    CheckMachine, CheckOutcome, CheckPlan, CheckStatus, CheckTiming, Verdict, apply_outcome, first_checks,
    proxies_of,
};
use proxy_core::state::ServerState;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::CheckContext;
use super::connect::connect;
use super::converse::converse;
use super::target::Destination;
use crate::clock::Clock;

/// One server that is checked.
struct Checked {
    proxy: ProxyId,
    server: usize,
    plan: Rc<CheckPlan>,
    target: Rc<Destination>,
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
                let timing = CheckTiming::new(config, proxy, server);
                Checked {
                    proxy: first.proxy,
                    server: first.server,
                    plan: Rc::clone(&plans[first.proxy.0 as usize]),
                    target: Rc::new(Destination::of(server, &server.addr)),
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
        if stopped || state.admin().is_maint() || state.checks_paused.load(Relaxed) {
            checked.machine.skip(now, &state.check_report(), chance);
            self.due.push(Reverse((checked.machine.due_ms(), at)));
            return;
        }
        state.check_report().begin();
        let connect_by = checked.machine.start(now);
        let server = &self.context.config.proxy(checked.proxy).servers[checked.server];
        let moved = state
            .address(server)
            .map(|addr| Rc::new(Destination::of(server, &addr)));
        let target = moved.unwrap_or_else(|| Rc::clone(&checked.target));
        let plan = Rc::clone(&checked.plan);
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
        let mut report = state(&self.context, checked).check_report();
        report.running = false;
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
        let events = apply_outcome(runtime, config, checked.proxy, checked.server, &outcome, now);
        checked
            .machine
            .finish(now, &state(&self.context, checked).check_report(), chance);
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
    match timeout_at(at(answer_by), converse(stream, target.header, plan)).await {
        Err(_) => Verdict::plain(CheckStatus::L7Timeout),
        Ok(verdict) => verdict,
    }
}
