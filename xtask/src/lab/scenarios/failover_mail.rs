//! Document 002: two balancers in front of the mail servers of a data centre, both with the same keepalived file. Their
//! priorities are equal, so whoever has the address keeps it until something happens to it.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result};

use super::failover::{self, Cause, Member, Pair};
use super::outage::Checks;
use super::served::Clock;
use super::{smtp_pair, statistics, web};
use crate::lab::capture::Capture;
use crate::lab::keepalived::{self, Keepalived};
use crate::lab::load;
use crate::lab::network::Network;
use crate::lab::node::Node;
use crate::lab::pacing::until;
use crate::lab::programs::Mortal;
use crate::lab::programs::certificate;
use crate::lab::programs::postfix::Postfix;
use crate::lab::sheet::Sheet;
use crate::lab::stage::{Stage, Whose, document};
use crate::lab::subject::Balancer;
use crate::wait::pause;

/// One data centre, an Ethernet segment of its own.
pub(super) struct Centre {
    balancer: &'static str,
    file: &'static str,
    /// The name of the instance, and what mails come from.
    instance: &'static str,
    sender: &'static str,
    address: Ipv4Addr,
    /// lb1, lb2, both mail servers and the client.
    addresses: [&'static str; 5],
    servers: [&'static str; 2],
    members: [Member; 2],
}

pub(super) const FIRST: Centre = Centre {
    balancer: "002-smtp-dc1.cfg",
    file: "002-dc1.conf",
    instance: "dc1server",
    sender: "keepalive@dc1server.home.local",
    address: Ipv4Addr::new(10, 0, 10, 3),
    addresses: [
        "10.0.10.10",
        "10.0.10.11",
        "10.0.10.1",
        "10.0.10.2",
        "10.0.10.200",
    ],
    servers: ["dc1server01", "dc1server02"],
    members: members(10),
};

pub(super) const SECOND: Centre = Centre {
    balancer: "002-smtp-dc2.cfg",
    file: "002-dc2.conf",
    instance: "dc2server",
    sender: "keepalive@dc2server.home.local",
    address: Ipv4Addr::new(10, 0, 20, 3),
    addresses: [
        "10.0.20.10",
        "10.0.20.11",
        "10.0.20.1",
        "10.0.20.2",
        "10.0.20.200",
    ],
    servers: ["dc2server01", "dc2server02"],
    members: members(20),
};

/// 101, and 20 more while haproxy runs.
const fn members(third: u8) -> [Member; 2] {
    [
        Member {
            name: "lb1",
            address: Ipv4Addr::new(10, 0, third, 10),
            priority: 121,
        },
        Member {
            name: "lb2",
            address: Ipv4Addr::new(10, 0, third, 11),
            priority: 121,
        },
    ]
}

/// The documents' mail relay, which the alerts go to.
const RELAY: &str = "172.31.101.115";

/// The pace of the mail sessions.
const EVERY: Duration = Duration::from_millis(100);

/// What mails, and a balancer's word of a server, are waited for.
const PATIENCE: Duration = Duration::from_secs(15);

/// Longer than a backup waits before it takes over.
const LONG_ENOUGH: Duration = Duration::from_secs(4);

/// Plays the scenario with those keepalived programs on lb1 and lb2.
pub(super) fn play(stage: &mut Stage<'_>, centre: &'static Centre, programs: [Whose; 2]) -> Result<()> {
    let network = network(stage, centre)?;
    let client = network.node("client")?;
    let target = SocketAddr::from((centre.address, 25));
    let mail = |at: usize| {
        Postfix::start(
            network.node(centre.servers[at])?,
            &format!("{}:25", centre.addresses[2 + at]),
        )
    };
    let (mut mail1, _mail2) = (mail(0)?, mail(1)?);
    let relay = Postfix::start(network.node("relay")?, &format!("{RELAY}:25"))?;
    let capture = Capture::start(&network, failover::RECORDED)?;
    let pair = Pair::new(&network, &capture, centre.members, centre.address);
    let mut story = Story {
        stage,
        pair,
        centre,
        programs,
    };
    let balancers = [story.balancer(0)?, story.balancer(1)?];

    let lb1 = story.keepalived(0)?;
    story.takeover("start", 0, lb1.started(), Cause::Outwaited(Duration::ZERO))?;
    let lb2 = story.keepalived(1)?;
    let answers = || Ok(greetings(client, target, 1)?[0].server().map(drop));
    until(PATIENCE, "a greeting on the virtual address", answers)?;

    let clock = Clock::now();
    let request = |number| smtp_pair::greeting(target, number);
    let (samples, (lb1, lb2, _balancers)) = load::during(client, EVERY, request, |traffic| {
        story.pair.begin(traffic)?;
        story.play(balancers, lb1, lb2)
    })?;
    story.pair.conclude(&mut story.stage.sheet, &samples, clock)?;
    smtpchk(&mut story.stage.sheet, client, centre, &mut mail1)?;
    story.alerts(&relay, lb1, lb2)
}

fn network(stage: &Stage<'_>, centre: &Centre) -> Result<Network> {
    let within = centre.addresses.map(|address| format!("{address}/24"));
    let [lb1, lb2, server1, server2, client] = within.each_ref().map(String::as_str);
    stage.network(&[
        ("lb1", &[lb1, "172.31.101.10/24"]),
        ("lb2", &[lb2, "172.31.101.11/24"]),
        (centre.servers[0], &[server1]),
        (centre.servers[1], &[server2]),
        ("relay", &[&format!("{RELAY}/24")]),
        ("client", &[client]),
    ])
}

fn greetings(client: &Node, target: SocketAddr, count: usize) -> Result<Vec<load::Sample>> {
    client.inside(|| {
        (0..count)
            .map(|number| smtp_pair::greeting(target, number))
            .collect()
    })
}

/// A mail server dies and comes back behind the balancer that has the address: its check finds both out.
fn smtpchk(sheet: &mut Sheet, client: &Node, centre: &Centre, mail: &mut Postfix<'_>) -> Result<()> {
    let target = SocketAddr::from((centre.address, 25));
    let [first, second] = centre.servers;
    let samples = greetings(client, target, 10)?;
    web::even_shares(
        sheet,
        "10 mail sessions on the address",
        &samples,
        &centre.servers,
    );
    let page = format!("https://{}:9000/", centre.address);
    let state = |expected: &str| -> Result<Option<()>> {
        let state = statistics::state(client, &page, smtp_pair::USER, "emailservice", first)?;
        Ok(state.starts_with(expected).then_some(()))
    };
    let killed = Instant::now();
    mail.kill()?;
    until(PATIENCE, &format!("{first} to be down"), || state("DOWN"))?;
    let limit = Checks::DEFAULT.left_out_within();
    sheet.within(&format!("smtpchk: {first} killed, down"), killed.elapsed(), limit);
    let samples = greetings(client, target, 10)?;
    web::only_by(sheet, "10 mail sessions then", &samples, second);
    mail.revive()?;
    // How long the mail server itself takes to come up is not the balancer's.
    let own = SocketAddr::new(centre.addresses[2].parse()?, 25);
    until(PATIENCE, &format!("{first} to greet again"), || {
        Ok(greetings(client, own, 1)?[0].server().map(drop))
    })?;
    let ((), took) = until(PATIENCE, &format!("{first} to be up"), || state("UP"))?;
    sheet.within(
        &format!("smtpchk: {first} back, up"),
        took,
        Checks::DEFAULT.back_within(),
    );
    let samples = greetings(client, target, 10)?;
    web::even_shares(sheet, "10 mail sessions then", &samples, &centre.servers);
    Ok(())
}

/// What happens to the pair.
struct Story<'s, 'a, 'b> {
    stage: &'s mut Stage<'b>,
    pair: Pair<'a>,
    centre: &'static Centre,
    programs: [Whose; 2],
}

impl Story<'_, '_, '_> {
    fn play(
        &mut self,
        balancers: [Balancer; 2],
        lb1: Keepalived,
        lb2: Keepalived,
    ) -> Result<(Keepalived, Keepalived, [Balancer; 2])> {
        let [first, second] = balancers;
        let died = SystemTime::now();
        drop(first);
        self.takeover("haproxy killed on lb1", 1, died, Cause::Script)?;
        let first = self.balancer(0)?;
        self.keeps("haproxy back on lb1", 1)?;

        let asked = lb2.stop()?;
        self.takeover("keepalived stopped on lb2", 0, asked, Cause::Resigned)?;
        let lb2 = self.keepalived(1)?;
        self.keeps("keepalived started on lb2", 0)?;

        let killed = lb1.kill()?;
        self.takeover("keepalived killed on lb1", 1, killed, Cause::Killed)?;
        let lb1 = self.keepalived(0)?;
        self.keeps("keepalived started on lb1", 1)?;

        let cut = SystemTime::now();
        self.pair.network.set_cable("lb2", false)?;
        self.takeover("cable of lb2 cut", 0, cut, Cause::Silent)?;
        self.pair.network.set_cable("lb2", true)?;
        self.keeps("cable of lb2 mended", 0)?;
        Ok((lb1, lb2, [first, second]))
    }

    /// The mails that tell of a change, of a file with one more word: the document's own does not ask for any.
    fn alerts(&mut self, relay: &Postfix<'_>, lb1: Keepalived, lb2: Keepalived) -> Result<()> {
        let sheet = &mut self.stage.sheet;
        let unasked = relay.delivered("VRRP Instance")?.len();
        sheet.equal("alert mails of the unchanged file", unasked, 0);

        let asked = lb1.stop()?;
        self.takeover("keepalived stopped on lb1", 1, asked, Cause::Resigned)?;
        let text = std::fs::read_to_string(document("keepalived", self.centre.file))?;
        let (before, after) = text
            .split_once("state MASTER\n")
            .context("the document has lost its state")?;
        let node = self.pair.node(0)?;
        let file = node.folder().join("with-alerts.conf");
        std::fs::write(&file, format!("{before}state MASTER\n    smtp_alert\n{after}"))?;
        let lb1 = Keepalived::start(node, self.stage.keepalived.of(self.programs[0]), &file)?;
        self.alert(relay, "BACKUP", "no longer")?;
        self.keeps("keepalived started on lb1 with alerts", 1)?;
        let asked = lb2.stop()?;
        self.takeover("keepalived stopped on lb2 again", 0, asked, Cause::Resigned)?;
        self.alert(relay, "MASTER", "now")?;
        lb1.stop()?;
        self.pair.holders(&mut self.stage.sheet, "both stopped", &[])
    }

    /// Finds the mail about that state in the relay's mailbox.
    fn alert(&mut self, relay: &Postfix<'_>, state: &str, owning: &str) -> Result<()> {
        let Centre { instance, sender, .. } = self.centre;
        // In front of it stands the router's name, which is the host's by default.
        let subject = format!("] VRRP Instance {instance} - Entering {state} state");
        // One that does not come is a finding, not an error.
        let found = until(PATIENCE, "the alert mail", || {
            Ok(relay.delivered(&subject)?.into_iter().next())
        });
        let lacking = match found {
            Err(_) => "no mail".to_owned(),
            Ok((file, _)) => {
                let mail = std::fs::read_to_string(file)?.replace('\r', "");
                let named = mail
                    .lines()
                    .find(|line| line.starts_with("Subject: [") && line.ends_with(&subject));
                let lines = [
                    named.unwrap_or("its subject").to_owned(),
                    format!("From: {sender}"),
                    "To: support@example.com".to_owned(),
                    "X-Mailer: Keepalived".to_owned(),
                    format!("=> VRRP Instance is {owning} owning VRRP VIPs <="),
                ];
                let lacking: Vec<&str> = lines
                    .iter()
                    .map(String::as_str)
                    .filter(|line| !mail.lines().any(|there| there == *line))
                    .collect();
                lacking.join(", ")
            }
        };
        self.stage.sheet.check(
            &format!("alert mail of {state}: lacking"),
            if lacking.is_empty() { "nothing" } else { &lacking },
            "nothing",
            lacking.is_empty(),
        );
        Ok(())
    }

    /// Finds that the member stays the only master, though nothing hinders the other one any more.
    fn keeps(&mut self, what: &str, member: usize) -> Result<()> {
        let from = SystemTime::now();
        pause(LONG_ENOUGH);
        let sheet = &mut self.stage.sheet;
        self.pair
            .undisturbed(sheet, what, member, (from, SystemTime::now()))?;
        self.pair
            .holders(sheet, what, &[self.centre.members[member].name])
    }

    fn balancer(&mut self, member: usize) -> Result<Balancer> {
        let node = self.pair.node(member)?;
        failover::allow_foreign_addresses(node)?;
        certificate::install(node)?;
        self.stage.balancer(node, self.centre.balancer)
    }

    fn keepalived(&mut self, member: usize) -> Result<Keepalived> {
        let node = self.pair.node(member)?;
        keepalived::install_systemctl(node)?;
        self.stage
            .keepalived(node, self.programs[member], self.centre.file)
    }

    fn takeover(&mut self, what: &str, member: usize, event: SystemTime, cause: Cause) -> Result<()> {
        self.pair
            .takeover(&mut self.stage.sheet, what, member, event, cause)
    }
}
