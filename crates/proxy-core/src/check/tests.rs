//! What the replayed recordings do not show: times, queues, and that what is remembered is what is there.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::Ordering::Relaxed;

use haproxy_cfg::model::{Config, InitState, LogLevel, Proxy, ProxyId, ProxyKind, Server};
use proptest::prelude::*;

use super::{
    AdminChange, CheckOutcome, CheckStatus, Event, Farm, Notice, Origin, apply_outcome, change_admin,
    set_weight,
};
use crate::state::{Health, ProxyState, Runtime};

const BACKEND: ProxyId = ProxyId(0);

struct Bench {
    config: Config,
    runtime: Runtime,
}

impl Bench {
    /// Two servers and a backup, all checked.
    fn new() -> Self {
        let mut proxy = Proxy::new(ProxyKind::Backend, "b".into(), 1);
        for (at, name) in ["s1", "s2", "b1"].into_iter().enumerate() {
            let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, 1)).into();
            let mut server = Server::new(name.into(), at as u32 + 1, addr);
            server.check.enabled = true;
            server.backup = name == "b1";
            proxy.servers.push(server);
        }
        let config = Config {
            proxies: vec![proxy],
            ..Config::default()
        };
        Self {
            runtime: Runtime::new(&config, 1, 0),
            config,
        }
    }

    fn proxy(&self) -> &ProxyState {
        &self.runtime.proxies[0]
    }

    fn admin(&self, server: usize, change: AdminChange, now_ms: u64) -> Vec<Event> {
        change_admin(
            &self.runtime,
            &self.config,
            BACKEND,
            server,
            change,
            Origin::Cli,
            now_ms,
        )
    }

    fn check(&self, server: usize, status: CheckStatus, now_ms: u64) -> Vec<Event> {
        let outcome = CheckOutcome {
            status,
            code: None,
            description: Vec::new(),
            duration_ms: 1,
        };
        apply_outcome(&self.runtime, &self.config, BACKEND, server, &outcome, now_ms)
    }

    /// Milliseconds down that are accounted for, and since when the state holds.
    fn times(&self, server: usize) -> (u64, u64) {
        let s = &self.proxy().servers[server];
        (s.down_ms.load(Relaxed), s.last_change_ms.load(Relaxed))
    }
}

fn lines(events: &[Event]) -> Vec<String> {
    events
        .iter()
        .map(|e| String::from_utf8_lossy(&e.text).into_owned())
        .collect()
}

#[test]
fn time_down_counts_and_so_does_drain_but_not_maintenance() {
    let bench = Bench::new();
    bench.check(0, CheckStatus::L4Connection, 1000);
    assert_eq!(bench.times(0), (0, 1000));
    bench.check(0, CheckStatus::L4Ok, 2000);
    assert_eq!(bench.times(0), (0, 1000), "one success is not enough");
    bench.check(0, CheckStatus::L4Ok, 3000);
    assert_eq!(bench.times(0), (2000, 3000));
    bench.admin(0, AdminChange::Drain, 4000);
    assert_eq!(bench.times(0), (2000, 4000));
    bench.admin(0, AdminChange::Ready, 4500);
    assert_eq!(bench.times(0), (2500, 4500));
    bench.admin(0, AdminChange::Maint, 5000);
    bench.admin(0, AdminChange::Ready, 9000);
    assert_eq!(bench.times(0), (2500, 9000));
}

#[test]
fn a_backend_is_down_from_its_last_server_to_its_first() {
    let bench = Bench::new();
    for server in 0..3 {
        bench.check(server, CheckStatus::L4Timeout, 1000 + server as u64);
    }
    let proxy = bench.proxy();
    assert_eq!(proxy.last_change_ms.load(Relaxed), 1002);
    assert_eq!(proxy.down_transitions.load(Relaxed), 1);
    bench.admin(2, AdminChange::HealthUp, 1502);
    assert_eq!(proxy.down_ms.load(Relaxed), 500);
    assert_eq!(proxy.last_change_ms.load(Relaxed), 1502);
    bench.admin(1, AdminChange::HealthUp, 1600);
    assert_eq!(proxy.last_change_ms.load(Relaxed), 1502, "it was up already");
}

#[test]
fn with_redispatch_a_leaving_server_gives_its_queue_away() {
    let mut bench = Bench::new();
    let fill = |bench: &Bench| {
        let s1 = &bench.proxy().servers[0];
        for _ in 0..3 {
            s1.sessions.inc();
        }
        for _ in 0..4 {
            s1.queued.inc();
        }
    };
    fill(&bench);
    let told = lines(&bench.admin(0, AdminChange::HealthDown, 1));
    let rest = " 3 sessions active, 0 requeued, 4 remaining in queue.";
    assert!(told[0].ends_with(rest), "{told:?}");

    bench = Bench::new();
    bench.config.proxies[0].options.redispatch = Some(-1);
    fill(&bench);
    let told = lines(&bench.admin(0, AdminChange::Drain, 1));
    assert!(
        told[0].ends_with(" 4 sessions requeued, 0 total in queue."),
        "{told:?}"
    );
    let told = lines(&bench.admin(0, AdminChange::HealthDown, 2));
    let rest = " 3 sessions active, 4 requeued, 0 remaining in queue.";
    assert!(told[0].ends_with(rest), "{told:?}");
}

#[test]
fn a_coming_server_takes_what_waits_and_it_has_room_for() {
    let bench = Bench::new();
    bench.admin(0, AdminChange::HealthDown, 1);
    for _ in 0..7 {
        bench.proxy().queued.inc();
    }
    bench.proxy().servers[0].maxconn.store(3, Relaxed);
    let told = lines(&bench.admin(0, AdminChange::HealthUp, 2));
    assert!(
        told[0].ends_with(" 3 sessions requeued, 0 total in queue."),
        "{told:?}"
    );
}

#[test]
fn failures_count_while_there_is_health_to_lose() {
    let bench = Bench::new();
    let failed = || bench.proxy().servers[0].failed_checks.load(Relaxed);
    bench.check(0, CheckStatus::L4Timeout, 1);
    bench.check(0, CheckStatus::L4Timeout, 2);
    assert_eq!(failed(), 1, "nothing to lose once down");
    bench.check(0, CheckStatus::L4Ok, 3);
    bench.check(0, CheckStatus::L4Timeout, 4);
    assert_eq!(failed(), 2, "the way up was lost");
}

#[test]
fn results_under_maintenance_and_pause_are_dropped() {
    let bench = Bench::new();
    bench.admin(0, AdminChange::Maint, 1);
    assert!(bench.check(0, CheckStatus::L4Timeout, 2).is_empty());
    bench.admin(1, AdminChange::DisableChecks, 3);
    assert!(bench.check(1, CheckStatus::L4Timeout, 4).is_empty());
    let health = |at: usize| bench.proxy().servers[at].health();
    assert_eq!((health(0), health(1)), (Health::Up, Health::Up));
}

#[test]
fn balancers_are_called_only_for_what_they_see() {
    let bench = Bench::new();
    let version = || bench.proxy().servers_version();
    let start = version();
    bench.check(0, CheckStatus::L4Ok, 1);
    bench.check(0, CheckStatus::L4Timeout, 2);
    assert_eq!(version(), start, "going down is not down");
    bench.check(0, CheckStatus::L4Timeout, 3);
    bench.check(0, CheckStatus::L4Timeout, 4);
    assert_eq!(version(), start + 1);
}

#[derive(Clone, Debug)]
enum Step {
    Admin(AdminChange),
    Check(bool),
    Weight(u32),
}

fn step() -> impl Strategy<Value = Step> {
    let change = prop::sample::select(vec![
        AdminChange::Ready,
        AdminChange::Drain,
        AdminChange::StopOnPage,
        AdminChange::StartOnPage,
        AdminChange::Maint,
        AdminChange::HealthUp,
        AdminChange::HealthStopping,
        AdminChange::HealthDown,
        AdminChange::EnableChecks,
        AdminChange::DisableChecks,
    ]);
    prop_oneof![
        change.prop_map(Step::Admin),
        any::<bool>().prop_map(Step::Check),
        (0_u32..3).prop_map(Step::Weight),
    ]
}

proptest! {
    #[test]
    fn what_is_left_is_remembered_right_and_an_empty_backend_is_told_of_each_time(
        steps in prop::collection::vec((0_usize..3, step()), 1..60),
    ) {
        let bench = Bench::new();
        let count = || Farm::count(&bench.config.proxies[0], bench.proxy());
        for (now, (server, step)) in steps.into_iter().enumerate() {
            let before = count();
            let events = match step {
                Step::Admin(change) => bench.admin(server, change, now as u64),
                Step::Check(true) => bench.check(server, CheckStatus::L4Ok, now as u64),
                Step::Check(false) => bench.check(server, CheckStatus::L4Timeout, now as u64),
                Step::Weight(weight) => {
                    set_weight(&bench.runtime, &bench.config, BACKEND, server, weight, now as u64)
                }
            };
            prop_assert_eq!(*bench.proxy().lock_changes(), Some(count()));
            let emergencies = events.iter().filter(|e| e.level == LogLevel::Emerg).count();
            prop_assert_eq!(emergencies, usize::from(!before.is_empty() && count().is_empty()));
            let report = bench.proxy().servers[server].check_report().clone();
            prop_assert!(report.health <= report.full_health());
        }
    }
}

#[test]
fn a_listen_section_without_servers_is_called_a_proxy() {
    let mut bench = Bench::new();
    bench.config.proxies[0].kind = ProxyKind::Listen;
    let events: Vec<Event> = (0..3)
        .flat_map(|server| bench.admin(server, AdminChange::Maint, 5))
        .collect();
    let last = events.last().expect("the backend went down");
    assert_eq!(last.level, LogLevel::Emerg);
    assert_eq!(last.text, b"proxy b has no server available!");
    assert_eq!(
        last.on_stderr(),
        Some((Notice::Alert, b"proxy 'b' has no server available!".as_slice()))
    );
}

/// A backend of one server with `init-state`, as checks have left it and as statistics name its state.
fn shown(bench: &Bench) -> (Health, u32) {
    let state = &bench.proxy().servers[0];
    (state.health(), state.check_report().health)
}

#[test]
fn a_server_begins_and_comes_back_from_maintenance_as_init_state_says() {
    // As haproxy 3.2 shows them, with rise 3 and fall 4.
    for (init_state, health, up, successes) in [
        (InitState::Unsaid, 3, Health::Up, 0),
        (InitState::FullyUp, 6, Health::Up, 0),
        (InitState::Up, 3, Health::Up, 0),
        (InitState::Down, 2, Health::Down, 1),
        (InitState::FullyDown, 0, Health::Down, 3),
    ] {
        let mut bench = Bench::new();
        let check = &mut bench.config.proxies[0].servers[0].check;
        (check.rise, check.fall, check.init_state) = (3, 4, init_state);
        bench.runtime = Runtime::new(&bench.config, 1, 0);
        assert_eq!(shown(&bench), (up, health), "{init_state:?}");
        for check in 1..=3 {
            bench.check(0, CheckStatus::L4Ok, check);
            let is_up = check >= successes;
            assert_eq!(
                shown(&bench).0 == Health::Up,
                is_up,
                "{init_state:?}, check {check}"
            );
        }
        bench.admin(0, AdminChange::Maint, 5);
        let told = lines(&bench.admin(0, AdminChange::Ready, 6));
        let word = if up == Health::Up { "UP" } else { "DOWN" };
        assert_eq!(
            told,
            [format!(
                "Server b/s1 is {word}/READY (leaving forced maintenance)."
            )]
        );
        assert_eq!(shown(&bench), (up, health), "{init_state:?} after maintenance");
    }
}
