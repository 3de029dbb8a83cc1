//! Document 001: two balancers in front of two web servers, with one virtual address that keepalived moves.

use std::time::{Duration, SystemTime};

use anyhow::Result;

use super::failover::{self, Cause, INTERVAL, Member, Pair};
use super::served::Clock;
use super::web;
use crate::lab::capture::Capture;
use crate::lab::keepalived::Keepalived;
use crate::lab::load;
use crate::lab::pacing::until;
use crate::lab::programs::nginx::Nginx;
use crate::lab::stage::{Stage, Whose};
use crate::lab::subject::Balancer;
use crate::wait::pause;

const BALANCER: &str = "001-tcp-roundrobin.cfg";
const FILES: [&str; 2] = ["001-lb1-master.conf", "001-lb2-backup.conf"];

/// 101 and 100, and two more while haproxy runs.
const MEMBERS: [Member; 2] = [
    Member {
        name: "lb1",
        address: std::net::Ipv4Addr::new(192, 168, 0, 100),
        priority: 103,
    },
    Member {
        name: "lb2",
        address: std::net::Ipv4Addr::new(192, 168, 0, 101),
        priority: 102,
    },
];

/// The pace of the requests.
const EVERY: Duration = Duration::from_millis(50);

/// How many times the files are read again, and at what pace.
const RELOADS: u32 = 20;
const RELOAD: Duration = Duration::from_millis(230);

/// Plays the scenario with those keepalived programs on lb1 and lb2.
pub(super) fn play(stage: &mut Stage<'_>, programs: [Whose; 2]) -> Result<()> {
    let network = stage.network(&[
        ("lb1", &["192.168.0.100/24"]),
        ("lb2", &["192.168.0.101/24"]),
        ("web1", &["192.168.0.102/24"]),
        ("web2", &["192.168.0.103/24"]),
        ("client", &["192.168.0.200/24"]),
    ])?;
    let client = network.node("client")?;
    let _web1 = Nginx::start(network.node("web1")?, "web1", "192.168.0.102:80")?;
    let _web2 = Nginx::start(network.node("web2")?, "web2", "192.168.0.103:80")?;
    let capture = Capture::start(&network, failover::RECORDED)?;
    let target = "192.168.0.99:80".parse()?;
    let pair = Pair::new(&network, &capture, MEMBERS, "192.168.0.99".parse()?);

    for at in [0, 1] {
        failover::allow_foreign_addresses(pair.node(at)?)?;
    }
    let first = stage.balancer(pair.node(0)?, BALANCER)?;
    let _second = stage.balancer(pair.node(1)?, BALANCER)?;
    let seen = pair.node(0)?.output(&["killall", "-0", "haproxy"])?.status;
    stage
        .sheet
        .equal("`killall -0 haproxy` on lb1", seen.code().unwrap_or(-1), 0);

    let lb1 = stage.keepalived(pair.node(0)?, programs[0], FILES[0])?;
    let lb2 = stage.keepalived(pair.node(1)?, programs[1], FILES[1])?;
    let mut story = Story {
        stage: &mut *stage,
        pair,
        programs,
    };
    let began = lb1.started();
    story.takeover("start", 0, began, Cause::Outwaited(Duration::ZERO))?;

    let answers = || Ok(web::sequence(client, target, "/first/", 1)?[0].server().map(drop));
    until(
        Duration::from_secs(5),
        "an answer on the virtual address",
        answers,
    )?;
    let clock = Clock::now();
    let request = |number| web::sample(target, "/vip/", number, &[]);
    // What serves the last requests is ended behind them.
    let (samples, (daemons, _first)) = load::during(client, EVERY, request, |traffic| {
        story.pair.begin(traffic)?;
        story.play(first, lb1, lb2)
    })?;
    let mut pair = story.pair;
    pair.conclude(&mut stage.sheet, &samples, clock)?;

    for daemon in daemons {
        daemon.stop()?;
    }
    pair.holders(&mut stage.sheet, "both stopped", &[])
}

/// What happens to the pair, lb1's misfortunes one after another.
struct Story<'s, 'a, 'b> {
    stage: &'s mut Stage<'b>,
    pair: Pair<'a>,
    programs: [Whose; 2],
}

impl Story<'_, '_, '_> {
    fn play(
        &mut self,
        balancer: Balancer,
        lb1: Keepalived,
        lb2: Keepalived,
    ) -> Result<([Keepalived; 2], Balancer)> {
        let outwaited = Cause::Outwaited(Duration::ZERO);

        let died = SystemTime::now();
        drop(balancer);
        self.takeover("haproxy killed", 1, died, Cause::Script)?;
        let balancer = self.stage.balancer(self.pair.node(0)?, BALANCER)?;
        let back = SystemTime::now();
        self.takeover("haproxy back", 0, back, Cause::Outwaited(failover::SCRIPT))?;

        let asked = lb1.stop()?;
        self.takeover("keepalived stopped", 1, asked, Cause::Resigned)?;
        let lb1 = self.start()?;
        self.takeover("keepalived started", 0, lb1.started(), outwaited)?;

        let killed = lb1.kill()?;
        self.takeover("keepalived killed", 1, killed, Cause::Killed)?;
        let lb1 = self.start()?;
        self.takeover("keepalived started anew", 0, lb1.started(), outwaited)?;

        let cut = SystemTime::now();
        self.pair.network.set_cable("lb1", false)?;
        self.takeover("cable cut", 1, cut, Cause::Silent)?;
        let mended = SystemTime::now();
        self.pair.network.set_cable("lb1", true)?;
        self.takeover("cable mended", 0, mended, outwaited)?;

        self.reload(&lb1, &lb2)?;
        Ok(([lb1, lb2], balancer))
    }

    /// Starts lb1's keepalived again.
    fn start(&mut self) -> Result<Keepalived> {
        self.stage
            .keepalived(self.pair.node(0)?, self.programs[0], FILES[0])
    }

    /// Both read their files again and again; the master does not lose a beat.
    fn reload(&mut self, lb1: &Keepalived, lb2: &Keepalived) -> Result<()> {
        let from = SystemTime::now();
        for _ in 0..RELOADS {
            lb1.reload()?;
            lb2.reload()?;
            pause(RELOAD);
        }
        // As long as the backup would wait before it took over.
        pause(INTERVAL * 4);
        let time = (from, SystemTime::now());
        let what = format!("{RELOADS} reloads");
        self.pair.undisturbed(&mut self.stage.sheet, &what, 0, time)?;
        self.pair.holders(&mut self.stage.sheet, &what, &["lb1"])
    }

    fn takeover(&mut self, what: &str, member: usize, event: SystemTime, cause: Cause) -> Result<()> {
        self.pair
            .takeover(&mut self.stage.sheet, what, member, event, cause)
    }
}
