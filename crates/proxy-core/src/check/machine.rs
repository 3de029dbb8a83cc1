//! When a server is checked and how long a check may take. The clock and chance are handed in.

use haproxy_cfg::model::{AgentSettings, Config, Millis, Proxy, ProxyId, Server};

use super::CheckReport;

/// Intervals below this do not count when the first checks are spread.
const SPREAD_THRESHOLD: Millis = 1000;

/// Intervals and limits of one server's checks, ms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckTiming {
    inter: Millis,
    fastinter: Millis,
    downinter: Millis,
    connect: Millis,
    answer: Option<Millis>,
    spread_percent: u32,
}

impl CheckTiming {
    /// What the file says of `server` in `proxy`.
    #[must_use]
    pub fn new(config: &Config, proxy: &Proxy, server: &Server) -> Self {
        let check = &server.check;
        Self {
            fastinter: check.fastinter.unwrap_or(check.inter),
            downinter: check.downinter.unwrap_or(check.inter),
            ..Self::each(config, proxy, check.inter)
        }
    }

    /// That of an agent of a server in `proxy`: it is asked as often whatever it says.
    #[must_use]
    pub fn of_agent(config: &Config, proxy: &Proxy, agent: &AgentSettings) -> Self {
        Self::each(config, proxy, agent.inter)
    }

    /// One interval for all states.
    fn each(config: &Config, proxy: &Proxy, inter: Millis) -> Self {
        let connect = match (proxy.timeouts.check, proxy.timeouts.connect) {
            (Some(_), Some(connect)) => connect.min(inter),
            _ => inter,
        };
        Self {
            inter,
            fastinter: inter,
            downinter: inter,
            connect,
            answer: proxy.timeouts.check,
            spread_percent: config.global.spread_checks.min(50),
        }
    }

    /// The interval after a check that left the server as `report` says.
    fn interval(&self, report: &CheckReport) -> Millis {
        if report.health == report.full_health() {
            self.inter
        } else if report.health == 0 {
            self.downinter
        } else {
            self.fastinter
        }
    }
}

/// One server's checks: idle until due, then running.
///
/// ```text
///          due: start            finish
///   Idle ------------> Running ----------> Idle, due one interval later
///    |  ^
///    +--+ due, but in maintenance or paused: skip
/// ```
#[derive(Clone, Copy, Debug)]
pub struct CheckMachine {
    timing: CheckTiming,
    due_ms: u64,
    started_ms: u64,
}

impl CheckMachine {
    /// A server whose first check is due at `first_due_ms`.
    #[must_use]
    pub fn new(timing: CheckTiming, first_due_ms: u64) -> Self {
        Self {
            timing,
            due_ms: first_due_ms,
            started_ms: 0,
        }
    }

    /// When the next check is due, milliseconds of the process's clock. While one is running, this is that one's time.
    #[must_use]
    pub fn due_ms(&self) -> u64 {
        self.due_ms
    }

    /// A check starts.
    pub fn start(&mut self, now_ms: u64) {
        self.started_ms = now_ms;
    }

    /// The time until which a connection must stand that the running check begins at `now_ms`.
    #[must_use]
    pub fn connect_by(&self, now_ms: u64) -> u64 {
        now_ms + u64::from(self.timing.connect)
    }

    /// The time until which the answer must be there when the connection that was begun at `begun_ms` stands at `now_ms`.
    #[must_use]
    pub fn answer_by(&self, begun_ms: u64, now_ms: u64) -> u64 {
        match self.timing.answer {
            Some(answer) => now_ms + u64::from(answer),
            None => begun_ms + u64::from(self.timing.inter),
        }
    }

    /// The check is over, and `report` says what became of the server: the next one is due one interval later. `chance` is any
    /// number; with `spread-checks` it shortens or lengthens the interval.
    pub fn finish(&mut self, now_ms: u64, report: &CheckReport, chance: u32) {
        self.rest(now_ms, report, chance);
    }

    /// How long the running check took so far, ms.
    #[must_use]
    pub fn elapsed(&self, now_ms: u64) -> u32 {
        u32::try_from(now_ms.saturating_sub(self.started_ms)).unwrap_or(u32::MAX)
    }

    /// Traffic showed errors: if no check is under way, the next one comes `fastinter` from now, unless it comes before.
    pub fn hurry(&mut self, now_ms: u64) {
        self.due_ms = self.due_ms.min(now_ms + u64::from(self.timing.fastinter.max(1)));
    }

    /// The server is not to be checked now: look again one interval later.
    pub fn skip(&mut self, now_ms: u64, report: &CheckReport, chance: u32) {
        self.rest(now_ms, report, chance);
    }

    fn rest(&mut self, now_ms: u64, report: &CheckReport, chance: u32) {
        let interval = u64::from(self.timing.interval(report));
        let reach = interval * u64::from(self.timing.spread_percent) / 100;
        let interval = interval - reach + u64::from(chance) % (2 * reach + 1);
        self.due_ms = now_ms + interval.max(1);
    }
}

/// A server that is checked, or whose agent is asked, and when first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstCheck {
    /// Its proxy.
    pub proxy: ProxyId,
    /// Its index there.
    pub server: usize,
    /// Its agent is asked.
    pub agent: bool,
    /// When its first check is due, ms after the first of all.
    pub after_ms: u64,
}

/// All servers that are checked or whose agents are asked, their first checks spread over the interval so that no machine is hit by all at once.
#[must_use]
pub fn first_checks(config: &Config) -> Vec<FirstCheck> {
    // A server that was not checked yet is on its way up.
    let first_interval = |proxy: &Proxy, s: &Server| {
        CheckTiming::new(config, proxy, s).interval(&CheckReport::at_start(&s.check))
    };
    // The agent of a server comes behind its checks.
    let mut all = Vec::new();
    for (at, proxy) in config.proxies.iter().enumerate().filter(|(_, p)| !p.disabled) {
        // A configuration has far fewer proxies than u32 has numbers.
        let id = ProxyId(u32::try_from(at).unwrap_or(u32::MAX));
        for (server, s) in proxy.servers.numbered() {
            if s.check.enabled {
                all.push((id, server, false, first_interval(proxy, s)));
            }
            if let Some(agent) = &s.agent {
                all.push((id, server, true, agent.inter));
            }
        }
    }
    let count = all.len() as u64;
    let least = all
        .iter()
        .map(|(.., interval)| *interval)
        .filter(|interval| *interval >= SPREAD_THRESHOLD)
        .min()
        .unwrap_or(0);
    let most = config.global.max_spread_checks.unwrap_or(Millis::MAX);
    all.into_iter()
        .enumerate()
        .map(|(position, (proxy, server, agent, interval))| FirstCheck {
            proxy,
            server,
            agent,
            after_ms: u64::from(interval.max(least).min(most)) * position as u64 / count,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use haproxy_cfg::model::{CheckSettings, ProxyKind};
    use std::net::{Ipv4Addr, SocketAddr};

    use super::*;

    fn config(servers: &[CheckSettings]) -> Config {
        let mut proxy = Proxy::new(ProxyKind::Backend, "b".into(), 1);
        for check in servers {
            let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, 1)).into();
            let mut server = Server::new("s".into(), 1, addr);
            server.check = CheckSettings {
                enabled: true,
                ..check.clone()
            };
            proxy.servers.push(server);
        }
        Config {
            proxies: vec![proxy],
            ..Config::default()
        }
    }

    fn inter(inter: Millis) -> CheckSettings {
        CheckSettings {
            inter,
            ..CheckSettings::default()
        }
    }

    fn starts(config: &Config) -> Vec<u64> {
        first_checks(config).iter().map(|c| c.after_ms).collect()
    }

    fn machine(config: &Config) -> CheckMachine {
        let proxy = &config.proxies[0];
        CheckMachine::new(CheckTiming::new(config, proxy, &proxy.servers[0]), 0)
    }

    fn report(health: u32) -> CheckReport {
        CheckReport {
            health,
            rise: 2,
            fall: 3,
            ..CheckReport::default()
        }
    }

    // The numbers of the next three were seen with haproxy 2.6, within a few milliseconds.

    #[test]
    fn first_checks_are_spread_over_the_least_interval_of_a_second_or_more() {
        assert_eq!(
            starts(&config(&[inter(1000), inter(4000), inter(500), inter(2000)])),
            [0, 1000, 500, 1500]
        );
        assert_eq!(starts(&config(&[inter(20_000), inter(20_000)])), [0, 10_000]);
    }

    #[test]
    fn short_intervals_spread_over_themselves_and_fastinter_counts_before_the_first_check() {
        let fast = CheckSettings {
            fastinter: Some(100),
            ..inter(500)
        };
        assert_eq!(
            starts(&config(&[fast.clone(), inter(500), fast.clone(), fast])),
            [0, 125, 50, 75]
        );
    }

    #[test]
    fn max_spread_checks_bounds_the_spread() {
        let mut config = config(&[inter(4000), inter(4000), inter(4000), inter(4000)]);
        config.global.max_spread_checks = Some(400);
        assert_eq!(starts(&config), [0, 100, 200, 300]);
    }

    #[test]
    fn agents_take_part_behind_the_checks_of_their_servers() {
        let mut config = config(&[inter(3000), inter(3000), inter(3000)]);
        let agent = |inter| {
            Some(Box::new(AgentSettings {
                inter,
                addr: None,
                port: 1,
                send: "".into(),
            }))
        };
        let servers = &mut config.proxies[0].servers;
        servers[2].check.enabled = false;
        for (server, inter) in servers.of_file_mut().iter_mut().zip([4000, 4000, 1500]) {
            server.agent = agent(inter);
        }
        let first = first_checks(&config);
        let asked: Vec<_> = first.iter().map(|c| (c.server, c.agent, c.after_ms)).collect();
        // As seen with haproxy 2.6.
        assert_eq!(
            asked,
            [
                (0, false, 0),
                (0, true, 800),
                (1, false, 1200),
                (1, true, 2400),
                (2, true, 1200)
            ]
        );
    }

    #[test]
    fn servers_without_checks_take_no_part() {
        let mut config = config(&[inter(1000), inter(1000), inter(1000)]);
        config.proxies[0].servers[1].check.enabled = false;
        let first = first_checks(&config);
        assert_eq!(
            first.iter().map(|c| (c.server, c.after_ms)).collect::<Vec<_>>(),
            [(0, 0), (2, 500)]
        );
    }

    #[test]
    fn the_interval_follows_the_state_and_counts_from_the_end_of_a_check() {
        let check = CheckSettings {
            fastinter: Some(100),
            downinter: Some(250),
            ..inter(500)
        };
        let mut machine = machine(&config(&[check]));
        for (health, next) in [(4, 500), (3, 100), (2, 100), (1, 100), (0, 250)] {
            machine.start(1000);
            assert_eq!(machine.elapsed(1030), 30);
            machine.finish(1030, &report(health), 0);
            assert_eq!(machine.due_ms(), 1030 + next, "health {health}");
        }
    }

    #[test]
    fn without_timeout_check_the_whole_check_has_one_interval() {
        let mut config = config(&[inter(500)]);
        config.proxies[0].timeouts.connect = Some(300);
        let machine = machine(&config);
        assert_eq!(machine.connect_by(1000), 1500);
        assert_eq!(machine.answer_by(1000, 1200), 1500);
        // Each connection of a script has as long.
        assert_eq!(machine.answer_by(1400, 1450), 1900);
    }

    #[test]
    fn timeout_check_adds_to_the_lesser_of_connect_and_interval() {
        let mut config = config(&[inter(500)]);
        config.proxies[0].timeouts.check = Some(2000);
        config.proxies[0].timeouts.connect = Some(300);
        let quick = machine(&config);
        assert_eq!(quick.connect_by(1000), 1300);
        assert_eq!(quick.answer_by(1000, 1200), 3200);
        config.proxies[0].timeouts.connect = Some(9000);
        assert_eq!(machine(&config).connect_by(1000), 1500);
    }

    #[test]
    fn spread_checks_moves_the_next_check_by_no_more_than_its_percentage() {
        let mut config = config(&[inter(300)]);
        config.global.spread_checks = 50;
        let mut machine = machine(&config);
        let mut seen = Vec::new();
        for chance in (0..=u32::MAX).step_by(9_999_991) {
            machine.start(0);
            machine.finish(0, &report(4), chance);
            seen.push(machine.due_ms());
        }
        assert!(seen.iter().all(|due| (150..=450).contains(due)), "{seen:?}");
        assert!(
            seen.iter().any(|due| *due < 180) && seen.iter().any(|due| *due > 420),
            "{seen:?}"
        );
    }
}
