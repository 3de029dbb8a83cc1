//! A pair of balancers with one virtual address: a takeover as it is seen on the wire and by the clients.

use std::net::Ipv4Addr;
use std::time::{Duration, SystemTime};

use anyhow::Result;

use super::served::{Clock, PATIENCE, Served};

use crate::lab::advert::{Advert, adverts, between, latest, overlap, skew};
use crate::lab::capture::Capture;
use crate::lab::load::{Sample, Traffic};
use crate::lab::network::Network;
use crate::lab::node::Node;
use crate::lab::pacing::until;
use crate::lab::sheet::Sheet;

/// What is recorded, in tcpdump's words: adverts, and the ARP that nobody asked for.
pub(super) const RECORDED: &str = "ip proto 112 or (arp and arp[14:4] = arp[24:4])";

/// The documents' `advert_int`, which is the default as well.
pub(super) const INTERVAL: Duration = Duration::from_secs(1);

/// The documents' `interval` of the script that looks for haproxy.
pub(super) const SCRIPT: Duration = Duration::from_secs(2);

/// How late a node may act upon a timer of the protocol.
const PROMPT: Duration = Duration::from_millis(50);

/// What a start, a script or the kernel's word of a cable may take besides on a busy machine.
const BESIDES: Duration = Duration::from_secs(1);

/// How late an advert may be while files are read again.
const LATE: Duration = Duration::from_millis(100);

/// One of the pair.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    pub(super) name: &'static str,
    pub(super) address: Ipv4Addr,
    /// Its priority while its haproxy runs.
    pub(super) priority: u8,
}

impl Member {
    /// How long it hears nothing before it takes over.
    pub(super) fn patience(&self) -> Duration {
        INTERVAL * 3 + skew(self.priority)
    }
}

/// The pair under observation.
pub(super) struct Pair<'a> {
    pub(super) network: &'a Network,
    pub(super) capture: &'a Capture,
    pub(super) members: [Member; 2],
    pub(super) address: Ipv4Addr,
    served: Served,
}

/// What sets a takeover off, and so how soon it must come.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cause {
    /// The other one's haproxy ended: first the script has to find that out.
    Script,
    /// The other one resigned.
    Resigned,
    /// The other one is silent: its cable is cut.
    Silent,
    /// The other one's keepalived is silent, and has left the address where it was.
    Killed,
    /// The other one has the lower priority: it is outwaited. The clients are served meanwhile.
    Outwaited(Duration),
}

impl<'a> Pair<'a> {
    pub(super) fn new(
        network: &'a Network,
        capture: &'a Capture,
        members: [Member; 2],
        address: Ipv4Addr,
    ) -> Self {
        Self {
            network,
            capture,
            members,
            address,
            served: Served::default(),
        }
    }

    /// Has the clients' requests counted from now on, and waits until they are answered.
    pub(super) fn begin(&mut self, traffic: &Traffic) -> Result<()> {
        self.served.begin(traffic)
    }

    pub(super) fn node(&self, member: usize) -> Result<&'a Node> {
        self.network.node(self.members[member].name)
    }

    /// All adverts so far.
    pub(super) fn adverts(&self) -> Result<Vec<Advert>> {
        Ok(adverts(&self.capture.frames()?))
    }

    /// Waits for the member's first advert as master since then.
    pub(super) fn master_since(&self, member: usize, since: SystemTime) -> Result<Advert> {
        let Member { name, address, .. } = self.members[member];
        let (advert, _) = until(PATIENCE, &format!("{name} to become master"), || {
            Ok(self
                .adverts()?
                .into_iter()
                .find(|a| a.source == address && a.at >= since && a.priority > 0))
        })?;
        Ok(advert)
    }

    /// Waits until the member is master after what happened at `event`, and finds how soon that was.
    pub(super) fn takeover(
        &mut self,
        sheet: &mut Sheet,
        what: &str,
        member: usize,
        event: SystemTime,
        cause: Cause,
    ) -> Result<()> {
        let first = self.master_since(member, event)?;
        let (new, old) = (&self.members[member], &self.members[1 - member]);
        let (since, limit, gap) = match cause {
            Cause::Script => {
                let limit = SCRIPT + new.patience() + BESIDES;
                (event, limit, limit)
            }
            Cause::Resigned => {
                let resigned = self
                    .adverts()?
                    .into_iter()
                    .find(|a| a.source == old.address && a.at >= event && a.priority == 0);
                sheet.check(
                    &format!("{what}: an advert of priority 0"),
                    resigned.as_ref().map_or_else(
                        || "none".to_owned(),
                        |advert| format!("after {} ms", between(event, advert.at).as_millis()),
                    ),
                    format!("within {} ms", LATE.as_millis()),
                    resigned
                        .as_ref()
                        .is_some_and(|advert| between(event, advert.at) <= LATE),
                );
                let limit = skew(new.priority) + PROMPT;
                (resigned.map_or(event, |advert| advert.at), limit, limit)
            }
            Cause::Silent | Cause::Killed => {
                let limit = new.patience() + PROMPT;
                (event, limit, limit)
            }
            Cause::Outwaited(besides) => (event, besides + new.patience() + BESIDES, Duration::ZERO),
        };
        let took = between(since, first.at);
        sheet.check(
            &format!("{what}: {} is master", new.name),
            format!("after {} ms", took.as_millis()),
            format!("within {} ms", limit.as_millis()),
            took <= limit,
        );
        match cause {
            Cause::Killed => self.holders(sheet, what, &self.members.map(|member| member.name))?,
            _ => self.holders(sheet, what, &[new.name])?,
        }
        // One that is outwaited serves to the end.
        let from = match cause {
            Cause::Outwaited(_) => first.at - LATE,
            _ => event - LATE,
        };
        self.served.outage(what, (from, first.at + LATE), gap)
    }

    /// Finds which nodes have the virtual address: the changes of a takeover may still be under way.
    pub(super) fn holders(&self, sheet: &mut Sheet, what: &str, expected: &[&str]) -> Result<()> {
        let look = || -> Result<Vec<&'static str>> {
            let mut holders = Vec::new();
            for (at, member) in self.members.iter().enumerate() {
                let list = self
                    .node(at)?
                    .run(&["ip", "-o", "-4", "address", "show", "dev", "eth0"])?;
                if list.contains(&format!("inet {}/32 ", self.address)) {
                    holders.push(member.name);
                }
            }
            Ok(holders)
        };
        // One that does not come is a finding, not an error.
        let _ = until(
            INTERVAL,
            "the address",
            || Ok((look()? == expected).then_some(())),
        );
        let shown = |names: &[&str]| match names {
            [] => "nowhere".to_owned(),
            names => names.join(" and "),
        };
        let found = look()?;
        sheet.check(
            &format!("{what}: the address is on"),
            shown(&found),
            shown(expected),
            found == expected,
        );
        Ok(())
    }

    /// Finds that one member alone was master over that time, and never late.
    pub(super) fn undisturbed(
        &self,
        sheet: &mut Sheet,
        what: &str,
        member: usize,
        time: (SystemTime, SystemTime),
    ) -> Result<()> {
        let adverts = self.adverts()?;
        let Member { name, address, .. } = self.members[member];
        let late = latest(&adverts, address, INTERVAL, time);
        sheet.check(
            &format!("{what}: latest advert of {name}"),
            format!("{} ms late", late.as_millis()),
            format!("at most {} ms", LATE.as_millis()),
            late <= LATE,
        );
        let strange = adverts
            .iter()
            .filter(|a| a.at >= time.0 && a.at <= time.1 && (a.source != address || a.priority == 0))
            .count();
        sheet.equal(&format!("{what}: other adverts"), strange, 0);
        Ok(())
    }

    /// What the whole story has to show: never two masters, and nothing lost but where the address had no owner.
    pub(super) fn conclude(&mut self, sheet: &mut Sheet, samples: &[Sample], clock: Clock) -> Result<()> {
        let both = overlap(&self.adverts()?, INTERVAL * 3);
        sheet.check(
            "two masters that heard each other",
            format!("for {} ms", both.as_millis()),
            format!("at most {} ms", INTERVAL.as_millis()),
            both <= INTERVAL,
        );
        self.served.conclude(sheet, samples, clock);
        Ok(())
    }
}

/// Lets programs of the node listen on the virtual address while the other node has it, as the documents set it.
pub(super) fn allow_foreign_addresses(node: &Node) -> Result<()> {
    let set = "echo 1 > /proc/sys/net/ipv4/ip_nonlocal_bind";
    node.run(&["sh", "-c", set]).map(drop)
}
