//! Replays what haproxy logged and showed when servers changed that others track (compat-fixtures/checks/tracking.json).
#![allow(
    clippy::unwrap_used,
    reason = "a recording that does not read is a failed test"
)]

use std::collections::BTreeMap;

use haproxy_cfg::model::{Config, ProxyId, ServerAt};
use haproxy_cfg::testing::load_str;
use proxy_core::check::{
    AdminChange, CheckOutcome, CheckStatus, Event, Origin, apply_outcome, change_admin, proxies_of,
};
use proxy_core::state::Runtime;
use proxy_core::stats::ServerStatus;
use serde::Deserialize;

/// The configuration of the recording.
const FILE: &str = "\
backend a
    server s1 127.0.0.1:1 check inter 100m
    server s2 127.0.0.1:1
backend b
    server t1 127.0.0.1:1 track a/s1
    server t2 127.0.0.1:1
    server t3 127.0.0.1:1 track t1
backend c
    server u1 127.0.0.1:1 track b/t1
    server u2 127.0.0.1:1 track b/t1 disabled backup
";

#[derive(Deserialize)]
struct Recording {
    tracked: BTreeMap<String, String>,
    cases: Vec<Vec<Step>>,
}

#[derive(Deserialize)]
struct Step {
    step: String,
    log: Vec<(u8, String)>,
    status: BTreeMap<String, String>,
    /// State and what administrators said, as `show servers state` numbers them.
    flags: BTreeMap<String, (u8, u8)>,
}

fn servers(config: &Config) -> impl Iterator<Item = (String, ServerAt)> {
    config.proxies.iter().enumerate().flat_map(|(at, proxy)| {
        let servers = proxy.servers.iter().enumerate();
        servers.map(move |(index, server)| {
            let proxy_id = ProxyId(u32::try_from(at).unwrap());
            (
                format!("{}/{}", proxy.name, server.name),
                ServerAt {
                    proxy: proxy_id,
                    index,
                },
            )
        })
    })
}

fn said(events: &[Event]) -> Vec<(u8, String)> {
    let line = |event: &Event| {
        (
            event.level as u8,
            String::from_utf8_lossy(&event.text).into_owned(),
        )
    };
    events.iter().map(line).collect()
}

#[test]
fn servers_follow_the_one_that_they_track() {
    let text = include_str!("../../../compat-fixtures/checks/tracking.json");
    let recording: Recording = serde_json::from_str(text).unwrap();
    let config = load_str(FILE).config;
    let by_name: BTreeMap<String, ServerAt> = servers(&config).collect();
    for (server, tracked) in &recording.tracked {
        let at = by_name[server];
        let of = config.proxy(at.proxy).servers[at.index].tracks();
        assert_eq!(of, Some(by_name[tracked]), "{server}");
    }
    let runtime = Runtime::new(&config, 1, 0);
    let checked = by_name["a/s1"];
    let refused = CheckOutcome {
        status: CheckStatus::L4Connection,
        code: None,
        description: Vec::new(),
        duration_ms: 0,
    };
    apply_outcome(&runtime, &config, checked.proxy, checked.index, &refused, 10);
    let change = |server: &str, change, now_ms| {
        let at = by_name[server];
        change_admin(&runtime, &config, at.proxy, at.index, change, Origin::Cli, now_ms)
    };
    change("a/s1", AdminChange::HealthUp, 20);
    let mut now_ms = 20;
    for step in recording.cases.iter().flatten() {
        now_ms += 10;
        let (server, what) = step.step.split_once(' ').unwrap();
        let what = match what {
            "maint" => AdminChange::Maint,
            "drain" => AdminChange::Drain,
            "ready" => AdminChange::Ready,
            "up" => AdminChange::HealthUp,
            "down" => AdminChange::HealthDown,
            "stopping" => AdminChange::HealthStopping,
            other => panic!("unknown change {other}"),
        };
        // The original refuses to be told of the health of one that tracks another.
        assert!(
            server == "a/s1" || matches!(what, AdminChange::Maint | AdminChange::Drain | AdminChange::Ready)
        );
        let events = change(server, what, now_ms);
        assert_eq!(said(&events), step.log, "{}", step.step);
        for (name, at) in &by_name {
            let state = &runtime.proxies[at.proxy.0 as usize].servers[at.index];
            let status = ServerStatus::of(&config, &runtime, at.proxy, at.index).text(&config);
            assert_eq!(status, step.status[name], "{} after {}", name, step.step);
            let (_, flags) = step.flags[name];
            let disabled = config.proxy(at.proxy).servers[at.index].disabled;
            // The recording remembers what the file said; it counts as forced there.
            let flags = if disabled { flags & !5 } else { flags };
            let ours = if disabled {
                state.admin().0 & !5
            } else {
                state.admin().0
            };
            assert_eq!(ours, flags, "{} after {}", name, step.step);
        }
        for event in &events {
            assert!(proxies_of(checked.proxy, &events).contains(&event.proxy));
        }
    }
}

#[test]
fn servers_that_track_one_in_maintenance_start_there() {
    let config = load_str(
        "backend a\n server s 127.0.0.1:1 check disabled\nbackend b\n server t 127.0.0.1:1 track a/s\n server u 127.0.0.1:1 track t\n",
    )
    .config;
    let runtime = Runtime::new(&config, 1, 0);
    let texts: Vec<String> = servers(&config)
        .map(|(_, at)| ServerStatus::of(&config, &runtime, at.proxy, at.index).text(&config))
        .collect();
    assert_eq!(texts, ["MAINT", "MAINT (via a/s)", "MAINT (via b/t)"]);
}
