//! `http-check send-state`: what a server is told of how it is seen.

use std::sync::atomic::Ordering::Relaxed;

use haproxy_cfg::model::ServerAddr;

use super::Scene;
use crate::state::{Health, Strength};

/// The header's line, without its end.
pub(super) fn line(scene: Scene<'_>) -> Vec<u8> {
    let proxy = scene.config.proxy(scene.proxy);
    let server = &proxy.servers[scene.server];
    let of_proxy = &scene.runtime.proxies[scene.proxy.0 as usize];
    let state = &of_proxy.servers[scene.server];
    let (word, step, of) = {
        let report = state.check_report();
        let (step, of) = report.progress();
        match (state.health(), report.is_up()) {
            (Health::Down, false) => ("DOWN", step, of),
            (Health::Down, true) => ("DOWN", 0, of),
            (Health::Stopping, up) => ("NOLB", if up { step } else { of }, of),
            (Health::Up, up) => ("UP", if up { step } else { of }, of),
        }
    };
    let progress = match (word, step) {
        ("DOWN", 0) => String::new(),
        (_, step) if step == of => String::new(),
        _ => format!(" {step}/{of}"),
    };
    let moved = state.address(server);
    let (address, port) = match moved.as_ref().unwrap_or(&server.addr) {
        ServerAddr::Inet { ip, port, .. } => (ip.to_string(), port.unwrap_or(0).to_string()),
        _ => ("unix".to_owned(), String::new()),
    };
    let weights = Strength::of(proxy, &of_proxy.servers).weight;
    let sessions = of_proxy.be_sessions.get().saturating_sub(of_proxy.queued.get());
    let mut line = format!("x-haproxy-server-state: {word}{progress}; address={address}; port={port}; name=")
        .into_bytes();
    line.extend_from_slice(&proxy.name);
    line.push(b'/');
    line.extend_from_slice(&server.name);
    line.extend_from_slice(b"; node=");
    line.extend_from_slice(scene.node);
    let rest = format!(
        "; weight={}/{weights}; scur={}/{sessions}; qcur={}",
        state.effective_weight(),
        state.sessions.get(),
        state.queued.get()
    );
    line.extend_from_slice(rest.as_bytes());
    if state.bounds.ramp.climbs() {
        // By whole seconds, and never nothing: the original's way.
        let slowstart = u64::from(server.slowstart).max(1);
        let begun_ms = state.last_change_ms.load(Relaxed);
        let seconds = (scene.world.now_ms() / 1000).saturating_sub(begun_ms / 1000);
        let part = (seconds * 100_000 / slowstart).clamp(1, 100);
        line.extend_from_slice(format!("; throttle={part}%").as_bytes());
    }
    line
}
