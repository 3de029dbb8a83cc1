//! How a server's state is called in the column `status`, and which colour it has on the page.

use std::sync::atomic::Ordering::Relaxed;

use haproxy_cfg::model::{Config, ProxyId, Server, ServerAt};

use crate::check::CheckReport;
use crate::state::{Health, Runtime};

/// A server's state in the words of the statistics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerStatus {
    /// In maintenance.
    Maint,
    /// In maintenance as the server is that it tracks.
    MaintVia(ServerAt),
    /// In maintenance as its name gave no address.
    Unresolved,
    /// Down, as its agent says.
    DownByAgent,
    /// Down though its agent says that it is up, and nothing checks it; the successes that checks would need.
    DownUnchecked(u32),
    /// Draining, and it has an agent.
    DrainByAgent,
    /// Down; the successes counted of those needed, when there are any.
    Down(u32, u32),
    /// Up, asked to get no new sessions; failures as in [`ServerStatus::Up`].
    NoLb(u32, u32),
    /// Draining; failures as in [`ServerStatus::Up`].
    Drain(u32, u32),
    /// Up; what is left of the failures that take it down, and how many those are. The same number twice is up for good.
    Up(u32, u32),
    /// Nothing checks it.
    NoCheck,
}

impl ServerStatus {
    /// The state of server `index` of `proxy`. How checks go is that of the server that it tracks, if it tracks one.
    #[must_use]
    pub fn of(config: &Config, runtime: &Runtime, proxy: ProxyId, index: usize) -> Self {
        let state = &runtime.proxies[proxy.0 as usize].servers[index];
        let server = &config.proxy(proxy).servers[index];
        let admin = state.admin();
        if let Some(of) = server.tracks().filter(|_| admin.is_inherited_maint()) {
            return Self::MaintVia(of);
        }
        if admin.is_unresolved() {
            return Self::Unresolved;
        }
        if admin.is_maint() {
            return Self::Maint;
        }
        let mut at = ServerAt { proxy, index };
        let checked_server = loop {
            let server = &config.proxy(at.proxy).servers[at.index];
            match server.tracks() {
                Some(of) => at = of,
                None => break server,
            }
        };
        let checked_state = &runtime.proxies[at.proxy.0 as usize].servers[at.index];
        let report = &*checked_state.check_report();
        let (rise, fall) = bounds(checked_server, report);
        let checked = checked_server.check.enabled && !checked_state.checks_paused.load(Relaxed);
        let (left, of) = if checked {
            ((report.health + 1).saturating_sub(rise).min(fall), fall)
        } else {
            (fall, fall)
        };
        let agent = checked_state.agent().filter(|agent| !agent.paused.load(Relaxed));
        match state.health() {
            Health::Down if checked_state.agent_says_down() => Self::DownByAgent,
            Health::Down if agent.is_some() && !checked => Self::DownUnchecked(rise),
            Health::Down if !checked => Self::Down(0, rise),
            Health::Down => Self::Down(report.health.min(rise), rise),
            Health::Stopping => Self::NoLb(left, of),
            Health::Up if admin.is_drain() && agent.is_some() => Self::DrainByAgent,
            Health::Up if admin.is_drain() => Self::Drain(left, of),
            Health::Up if !checked => Self::NoCheck,
            Health::Up => Self::Up(left, of),
        }
    }

    /// The text of the column.
    #[must_use]
    pub fn text(self, config: &Config) -> String {
        match self {
            Self::MaintVia(of) => {
                let proxy = config.proxy(of.proxy);
                format!("MAINT (via {}/{})", proxy.name, proxy.servers[of.index].name)
            }
            Self::Maint => "MAINT".to_owned(),
            Self::Unresolved => "MAINT (resolution)".to_owned(),
            Self::NoCheck => "no check".to_owned(),
            Self::DownByAgent => "DOWN (agent)".to_owned(),
            Self::DownUnchecked(of) => format!("DOWN 0/{of}"),
            Self::DrainByAgent => "DRAIN (agent)".to_owned(),
            Self::Down(0, _) => "DOWN".to_owned(),
            Self::Down(n, of) => format!("DOWN {n}/{of}"),
            Self::NoLb(n, of) => progress("NOLB", n, of),
            Self::Drain(n, of) => progress("DRAIN", n, of),
            Self::Up(n, of) => progress("UP", n, of),
        }
    }
}

/// `rise` and `fall` in force.
fn bounds(server: &Server, report: &CheckReport) -> (u32, u32) {
    match (report.rise, report.fall) {
        (0, _) | (_, 0) => (server.check.rise, server.check.fall),
        known => known,
    }
}

fn progress(name: &str, n: u32, of: u32) -> String {
    if n == of {
        name.to_owned()
    } else {
        format!("{name} {n}/{of}")
    }
}
