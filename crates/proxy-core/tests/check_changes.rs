//! Replays what haproxy logged and counted when servers changed (compat-fixtures/checks/changes.json).
#![allow(
    clippy::unwrap_used,
    reason = "a recording that does not read is a failed test"
)]

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::Ordering::Relaxed;

use haproxy_cfg::model::{CheckSettings, Config, Proxy, ProxyId, ProxyKind, Server};
use proxy_core::check::{
    AdminChange, CheckOutcome, CheckStatus, Event, Farm, Notice, Origin, apply_outcome, change_admin,
    set_weight,
};
use proxy_core::state::Runtime;
use serde::Deserialize;

/// The replayed backend.
const ONLY: ProxyId = ProxyId(0);

/// Rounds of checks after each step: enough for `rise` and `fall` to be reached.
const ROUNDS: usize = 5;

#[derive(Deserialize)]
struct Case {
    options: Vec<String>,
    servers: serde_json::Map<String, serde_json::Value>,
    closed_at_start: Vec<String>,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
struct Step {
    step: String,
    log: Vec<(u8, String)>,
    stderr: Vec<String>,
    columns: BTreeMap<String, BTreeMap<String, String>>,
    #[serde(default)]
    answer: Option<String>,
}

struct Replay {
    config: Config,
    runtime: Runtime,
    open: Vec<bool>,
    http: bool,
    status: (i32, &'static str),
    now_ms: u64,
}

impl Replay {
    fn new(case: &Case) -> Self {
        let mut proxy = Proxy::new(ProxyKind::Backend, "P".into(), 1);
        proxy.options.log_health_checks = case.options.iter().any(|o| o == "option log-health-checks");
        for (at, (name, words)) in case.servers.iter().enumerate() {
            let words: Vec<&str> = words.as_str().unwrap().split_whitespace().collect();
            let id = u32::try_from(at).unwrap() + 1;
            let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, 1)).into();
            let mut s = Server::new(name.as_str().into(), id, addr);
            let number = |word: &str| {
                let at = words.iter().position(|w| *w == word)?;
                words[at + 1].parse::<u32>().ok()
            };
            s.check = CheckSettings {
                enabled: !words.contains(&"nocheck"),
                rise: number("rise").unwrap_or(2),
                fall: number("fall").unwrap_or(3),
                ..CheckSettings::default()
            };
            s.weight = number("weight").unwrap_or(1);
            s.backup = words.contains(&"backup");
            s.disabled = words.contains(&"disabled");
            proxy.servers.push(s);
        }
        let open = case
            .servers
            .keys()
            .map(|n| !case.closed_at_start.contains(n))
            .collect();
        let config = Config {
            proxies: vec![proxy],
            ..Config::default()
        };
        Self {
            runtime: Runtime::new(&config, 1, 0),
            config,
            open,
            http: case.options.iter().any(|o| o == "option httpchk"),
            status: (200, "OK"),
            now_ms: 1,
        }
    }

    fn index(&self, name: &str) -> usize {
        self.config.proxies[0]
            .servers
            .iter()
            .position(|s| s.name == name)
            .unwrap()
    }

    fn outcome(&self, server: usize) -> CheckOutcome {
        let (status, code, text) = match (self.open[server], self.http, self.status) {
            (false, ..) => (CheckStatus::L4Connection, None, "Connection refused"),
            (true, false, _) => (CheckStatus::L4Ok, None, ""),
            (true, true, (200, _)) => (CheckStatus::L7Ok, Some(200), ""),
            (true, true, (code, text)) => (CheckStatus::L7Status, Some(code), text),
        };
        CheckOutcome {
            status,
            code,
            description: text.into(),
            duration_ms: 7,
        }
    }

    fn admin(&mut self, name: &str, change: AdminChange, origin: Origin) -> Vec<Event> {
        let server = self.index(name);
        change_admin(
            &self.runtime,
            &self.config,
            ONLY,
            server,
            change,
            origin,
            self.now_ms,
        )
    }

    /// What a step of the recording does.
    fn step(&mut self, step: &str) -> Vec<Event> {
        let words: Vec<&str> = step.split(' ').collect();
        let server = |word: &str| word.trim_start_matches("P/").to_owned();
        let cli = match words[..] {
            ["start"] => return Vec::new(),
            ["open" | "close", name] => {
                let at = self.index(name);
                self.open[at] = words[0] == "open";
                return Vec::new();
            }
            ["answer", code] => {
                self.status = (code.parse().unwrap(), "Some reason");
                return Vec::new();
            }
            ["page", action, name] => {
                let change = match action {
                    "ready" => AdminChange::Ready,
                    "drain" => AdminChange::Drain,
                    "maint" => AdminChange::Maint,
                    "stop" => AdminChange::StopOnPage,
                    "start" => AdminChange::StartOnPage,
                    "disable" => AdminChange::DisableOnPage,
                    "enable" => AdminChange::EnableOnPage,
                    "hrunn" => AdminChange::HealthUp,
                    "hnolb" => AdminChange::HealthStopping,
                    "hdown" => AdminChange::HealthDown,
                    "ehlth" => AdminChange::EnableChecks,
                    "dhlth" => AdminChange::DisableChecks,
                    other => panic!("unknown action {other}"),
                };
                return self.admin(name, change, Origin::StatsPage);
            }
            ["set", "weight", name, weight] | ["set", "server", name, "weight", weight] => {
                let at = self.index(&server(name));
                let weight = match weight.strip_suffix('%') {
                    Some(percent) => percent.parse::<u32>().unwrap() / 100,
                    None => weight.parse().unwrap(),
                };
                return set_weight(
                    &self.runtime,
                    &self.config,
                    ONLY,
                    at,
                    weight.min(256),
                    self.now_ms,
                );
            }
            ["disable", "server", name] => (name, AdminChange::Maint),
            ["enable", "server", name] => (name, AdminChange::Ready),
            ["disable", "health", name] => (name, AdminChange::DisableChecks),
            ["enable", "health", name] => (name, AdminChange::EnableChecks),
            ["set", "server", name, "state", "ready"] => (name, AdminChange::Ready),
            ["set", "server", name, "state", "drain"] => (name, AdminChange::Drain),
            ["set", "server", name, "state", "maint"] => (name, AdminChange::Maint),
            ["set", "server", name, "health", "up"] => (name, AdminChange::HealthUp),
            ["set", "server", name, "health", "stopping"] => (name, AdminChange::HealthStopping),
            ["set", "server", name, "health", "down"] => (name, AdminChange::HealthDown),
            _ => panic!("unknown step {step}"),
        };
        self.admin(&server(cli.0), cli.1, Origin::Cli)
    }

    fn checks(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        // One server after the other, as the original's checks of one step come in.
        for at in 0..self.open.len() {
            for _ in 0..ROUNDS {
                if self.config.proxies[0].servers[at].check.enabled {
                    self.now_ms += 10;
                    let outcome = self.outcome(at);
                    events.extend(apply_outcome(
                        &self.runtime,
                        &self.config,
                        ONLY,
                        at,
                        &outcome,
                        self.now_ms,
                    ));
                }
            }
        }
        events
    }

    fn compare_columns(&self, columns: &BTreeMap<String, BTreeMap<String, String>>, at: &str) {
        let proxy = &self.runtime.proxies[0];
        let same = |server: &str, column: &str, ours: String| {
            let theirs = &columns[server][column];
            if !theirs.is_empty() {
                assert_eq!(&ours, theirs, "{at}: {column} of {server}");
            }
        };
        for (s, state) in self.config.proxies[0].servers.iter().zip(proxy.servers.iter()) {
            let name = s.name.to_string();
            let report = state.check_report().clone();
            same(&name, "chkfail", state.failed_checks.load(Relaxed).to_string());
            same(&name, "chkdown", state.down_transitions.load(Relaxed).to_string());
            same(&name, "check_health", report.health.to_string());
            same(&name, "check_rise", report.rise.to_string());
            same(&name, "check_fall", report.fall.to_string());
            same(&name, "check_status", report.status.name().to_owned());
        }
        let farm = Farm::count(&self.config.proxies[0], proxy);
        same("BACKEND", "act", farm.active.to_string());
        same("BACKEND", "bck", farm.backup.to_string());
        same(
            "BACKEND",
            "status",
            if farm.is_empty() { "DOWN" } else { "UP" }.to_owned(),
        );
        same(
            "BACKEND",
            "chkdown",
            proxy.down_transitions.load(Relaxed).to_string(),
        );
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec())
        .unwrap()
        .replace("duration: 7ms", "duration: Nms")
}

#[test]
fn changes_say_and_count_what_haproxy_says_and_counts() {
    let recorded = include_str!("../../../compat-fixtures/checks/changes.json");
    let cases: BTreeMap<String, Case> = serde_json::from_str(recorded).unwrap();
    assert!(cases.len() > 25, "the recording is whole");
    for (name, case) in &cases {
        let mut replay = Replay::new(case);
        for step in &case.steps {
            let at = format!("{name}, step {:?}", step.step);
            let refused = step.answer.as_deref().is_some_and(|a| a.len() > 4);
            let mut events = if refused {
                Vec::new()
            } else {
                replay.step(&step.step)
            };
            events.extend(replay.checks());
            let ours: Vec<(u8, String)> = events.iter().map(|e| (e.level as u8, text(&e.text))).collect();
            assert_eq!(ours, step.log, "{at}: log");
            let ours: Vec<String> = events
                .iter()
                .filter_map(Event::on_stderr)
                .map(|told| match told {
                    (Notice::Warning, words) => format!("[WARNING]  (PID) : {}", text(words)),
                    (Notice::Alert, words) => format!("[ALERT]    (PID) : {}", text(words)),
                })
                .collect();
            assert_eq!(ours, step.stderr, "{at}: standard error");
            replay.compare_columns(&step.columns, &at);
        }
    }
}
