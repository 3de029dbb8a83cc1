//! A flood of bad VRRP packets at a pair: it changes nothing.

use std::net::Ipv4Addr;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result};

use super::failover::{Cause, Member, Pair, RECORDED};
use super::packets::{SENDER, Sender, bad_packets};
use crate::lab::capture::Capture;
use crate::lab::node::Node;
use crate::lab::stage::{Stage, Whose};
use crate::wait::pause;

const FILES: [&str; 2] = ["001-lb1-master.conf", "001-lb2-backup.conf"];

/// No haproxy runs here.
const MEMBERS: [Member; 2] = [
    Member {
        name: "lb1",
        address: Ipv4Addr::new(192, 168, 0, 100),
        priority: 101,
    },
    Member {
        name: "lb2",
        address: Ipv4Addr::new(192, 168, 0, 101),
        priority: 100,
    },
];

const ADDRESS: Ipv4Addr = Ipv4Addr::new(192, 168, 0, 99);

/// So many packets a second, for so long, in bursts this far apart.
const RATE: u32 = 20_000;
const FLOOD: Duration = Duration::from_secs(4);
const BURST: Duration = Duration::from_millis(10);

/// Plays the scenario with the program under test on both nodes.
pub(super) fn play(stage: &mut Stage<'_>) -> Result<()> {
    let network = stage.network(&[
        ("lb1", &["192.168.0.100/24"]),
        ("lb2", &["192.168.0.101/24"]),
        ("flooder", &["192.168.0.66/24"]),
    ])?;
    let filter = format!("({RECORDED}) and not src host {SENDER}");
    let capture = Capture::start(&network, &filter)?;
    let mut pair = Pair::new(&network, &capture, MEMBERS, ADDRESS);
    let lb1 = stage.keepalived(pair.node(0)?, Whose::Subject, FILES[0])?;
    let lb2 = stage.keepalived(pair.node(1)?, Whose::Subject, FILES[1])?;
    let sheet = &mut stage.sheet;
    let start = Cause::Outwaited(Duration::ZERO);
    pair.takeover(sheet, "start", 0, lb1.started(), start)?;

    let from = SystemTime::now();
    let sent = flood(network.node("flooder")?)?;
    let time = (from, SystemTime::now());
    let took = time.1.duration_since(from).context("the clock went back")?;
    sheet.check(
        "bad packets sent",
        format!("{sent} in {:.2} s", took.as_secs_f64()),
        format!("at least {RATE} a second"),
        f64::from(sent) >= f64::from(RATE) * FLOOD.as_secs_f64() && took < FLOOD + FLOOD / 10,
    );
    pair.undisturbed(sheet, "the flood", 0, time)?;
    pair.holders(sheet, "the flood", &["lb1"])?;

    let asked = lb1.stop()?;
    pair.takeover(sheet, "keepalived stopped behind it", 1, asked, Cause::Resigned)?;
    lb2.stop()?;
    pair.holders(sheet, "both stopped", &[])
}

/// Sends the flood and gives the number of packets.
fn flood(node: &Node) -> Result<u32> {
    let packets = bad_packets(MEMBERS[0].address);
    let burst = RATE / 1000 * u32::try_from(BURST.as_millis())?;
    node.inside(|| -> Result<u32> {
        let sender = Sender::open()?;
        let start = Instant::now();
        let mut sent = 0;
        while start.elapsed() < FLOOD || sent < RATE * u32::try_from(FLOOD.as_secs())? {
            for packet in packets.iter().cycle().take(usize::try_from(burst)?) {
                sender.send(packet)?;
                sent += 1;
            }
            let due = start + BURST * (sent / burst);
            pause(due.saturating_duration_since(Instant::now()));
        }
        Ok(sent)
    })?
}
