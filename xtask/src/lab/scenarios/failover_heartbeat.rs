//! Document 004: two balancers with the web farm's haproxy.cfg, and one virtual address that heartbeat moves.

use std::time::{Duration, SystemTime};

use anyhow::Result;

use super::failover::allow_foreign_addresses;
use super::served::{Clock, Served};
use super::web;
use crate::lab::heartbeat::{Heartbeat, Program};
use crate::lab::load;
use crate::lab::network::Network;
use crate::lab::node::Node;
use crate::lab::pacing::until;
use crate::lab::programs::nginx::Nginx;
use crate::lab::stage::{Stage, Whose, documents};
use crate::lab::subject::Balancer;

const BALANCER: &str = "004-webfarm-1.3.cfg";
const ADDRESS: &str = "192.168.0.99";
const NODES: [&str; 2] = ["lb1", "lb2"];

/// What the documents' files come to: without `initdead` it is twice the dead time.
const KEEPALIVE: Duration = Duration::from_secs(2);
const DEADTIME: Duration = Duration::from_secs(10);
const INITDEAD: Duration = Duration::from_secs(20);

/// How soon a node that is alone, or whose partner is dead, has the address.
const DEAD: Duration = DEADTIME.saturating_add(KEEPALIVE).saturating_add(SECOND);
const SECOND: Duration = Duration::from_secs(1);

/// What the original's scripts may take besides on a busy machine, dozens of them for one address.
const SCRIPTS: Duration = Duration::from_secs(5);

/// How long the address may be nobody's when it is handed over.
const HANDED: Duration = Duration::from_secs(3);

/// How soon it is home again: whoever has it has to hear of its owner first.
const HOME: Duration = Duration::from_secs(15);

/// The pace of the requests.
const EVERY: Duration = Duration::from_millis(50);

/// Plays the scenario with those heartbeat programs on lb1 and lb2.
pub(super) fn play(stage: &mut Stage<'_>, programs: [Whose; 2]) -> Result<()> {
    let network = stage.network(&[
        ("lb1", &["192.168.0.100/24"]),
        ("lb2", &["192.168.0.101/24"]),
        ("web1", &["192.168.0.102/24"]),
        ("client", &["192.168.0.200/24"]),
    ])?;
    let client = network.node("client")?;
    let _web = Nginx::start(network.node("web1")?, "webA", "192.168.0.102:80")?;
    let target = format!("{ADDRESS}:80").parse()?;
    for name in NODES {
        let node = network.node(name)?;
        allow_foreign_addresses(node)?;
        let files = documents("heartbeat").join(format!("004-{name}"));
        Heartbeat::prepare(node, &format!("{name}.example.com"), &files)?;
    }
    let first = stage.balancer(network.node("lb1")?, BALANCER)?;
    let _second = stage.balancer(network.node("lb2")?, BALANCER)?;
    stage
        .sheet
        .file("ha.cf, haresources, authkeys of both nodes: unchanged".to_owned());
    let mut story = Story {
        network: &network,
        programs: [stage.heartbeat(programs[0])?, stage.heartbeat(programs[1])?],
        whose: programs,
        stage,
        served: Served::default(),
    };
    let lb1 = story.start(0)?;
    let _lb2 = story.start(1)?;
    story.moved("start", 0, lb1.started(), INITDEAD, INITDEAD)?;
    let answers = || Ok(web::sequence(client, target, "/first/", 1)?[0].server().map(drop));
    until(
        Duration::from_secs(5),
        "an answer on the virtual address",
        answers,
    )?;
    let clock = Clock::now();
    let request = |number| web::sample(target, "/vip/", number, &[]);
    // What serves the last requests is ended behind them.
    let (samples, _last) = load::during(client, EVERY, request, |traffic| {
        story.served.begin(traffic)?;
        story.play(first, lb1)
    })?;
    story.served.conclude(&mut story.stage.sheet, &samples, clock);
    Ok(())
}

/// What happens to the pair, lb1's misfortunes one after another.
struct Story<'s, 'a> {
    network: &'s Network,
    stage: &'s mut Stage<'a>,
    whose: [Whose; 2],
    programs: [Program; 2],
    served: Served,
}

impl Story<'_, '_> {
    fn play(&mut self, balancer: Balancer, lb1: Heartbeat) -> Result<(Balancer, Heartbeat)> {
        let asked = lb1.stop(self.node(0)?)?;
        self.moved("lb1 stopped", 1, asked, HANDED, HANDED)?;
        let lb1 = self.start(0)?;
        self.moved("lb1 started", 0, lb1.started(), HOME, HANDED)?;

        let died = SystemTime::now();
        self.network.set_cable("lb1", false)?;
        lb1.kill()?;
        drop(balancer);
        // Nobody reaches it any more, and with its power it has lost the address.
        self.node(0)?
            .run(&["ip", "address", "flush", "dev", "eth0", "to", ADDRESS])?;
        self.moved("lb1 dead", 1, died, DEAD, DEAD)?;
        self.network.set_cable("lb1", true)?;
        let node = self.network.node("lb1")?;
        // One that begins before its network does takes the server for dead.
        until(Duration::from_secs(10), "lb1 to reach the web server", || {
            let asked = node.output(&["curl", "-s", "-m", "1", "http://192.168.0.102/check.txt"])?;
            Ok(asked.status.success().then_some(()))
        })?;
        let balancer = self.stage.balancer(node, BALANCER)?;
        let lb1 = self.start(0)?;
        self.moved("lb1 back", 0, lb1.started(), HOME, HANDED)?;
        Ok((balancer, lb1))
    }

    fn node(&self, number: usize) -> Result<&Node> {
        self.network.node(NODES[number])
    }

    fn start(&self, number: usize) -> Result<Heartbeat> {
        Heartbeat::start(self.node(number)?, &self.programs[number])
    }

    fn has(&self, number: usize) -> Result<bool> {
        let list = self
            .node(number)?
            .run(&["ip", "-o", "-4", "address", "show", "dev", "eth0"])?;
        Ok(list.contains(&format!("inet {ADDRESS}/")))
    }

    /// Waits until a node, and no other, has the address after what happened at `event`. Clients may find nobody for `gap`.
    fn moved(
        &mut self,
        what: &str,
        number: usize,
        event: SystemTime,
        limit: Duration,
        gap: Duration,
    ) -> Result<()> {
        let besides = if self.whose.contains(&Whose::Original) {
            SCRIPTS
        } else {
            Duration::ZERO
        };
        let (limit, gap) = (limit + besides, gap + besides);
        until(limit * 2, &format!("the address on {}", NODES[number]), || {
            Ok((self.has(number)? && !self.has(1 - number)?).then_some(()))
        })?;
        let now = SystemTime::now();
        let took = now.duration_since(event).unwrap_or_default();
        let name = NODES[number];
        self.stage
            .sheet
            .within(&format!("{what}: {name} alone has the address"), took, limit);
        self.served.outage(what, (event, now), gap)
    }
}
