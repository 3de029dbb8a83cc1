//! Bad packets at both keepalived programs, one after the other on the same node: what they log and count must be the same.

use std::collections::BTreeMap;
use std::fs;
use std::net::Ipv4Addr;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};

use super::failover::{Member, Pair, RECORDED};
use super::packets::{LAST_TTL, SENDER, Sender, bad_packets, last_packet};
use crate::lab::capture::Capture;
use crate::lab::keepalived::LOG;
use crate::lab::network::Network;
use crate::lab::pacing::until;
use crate::lab::stage::{Stage, Whose};

const FILE: &str = "001-lb1-master.conf";

/// No haproxy runs here. The second one is not there at all.
const MEMBERS: [Member; 2] = [
    Member {
        name: "lb1",
        address: Ipv4Addr::new(192, 168, 0, 100),
        priority: 101,
    },
    Member {
        name: "flooder",
        address: SENDER,
        priority: 255,
    },
];

/// Where the figures are left, on the node.
const FIGURES: &str = "/tmp/keepalived.stats";

const PATIENCE: Duration = Duration::from_secs(10);

/// What a program made of the packets.
struct Verdict {
    /// Lines of the instance or of a packet, without the time.
    logged: Vec<String>,
    /// What it counted, by name.
    counted: BTreeMap<String, u64>,
}

/// Plays the scenario.
pub(super) fn play(stage: &mut Stage<'_>) -> Result<()> {
    let network = stage.network(&[("lb1", &["192.168.0.100/24"]), ("flooder", &["192.168.0.66/24"])])?;
    let original = judge(stage, &network, Whose::Original)?;
    let subject = judge(stage, &network, Whose::Subject)?;
    let sheet = &mut stage.sheet;
    let different: Vec<String> = (0..subject.logged.len().max(original.logged.len()))
        .filter(|at| subject.logged.get(*at) != original.logged.get(*at))
        .map(|at| {
            let line = |of: &Verdict| {
                of.logged
                    .get(at)
                    .map_or("nothing".to_owned(), |line| format!("`{line}`"))
            };
            format!("{} and not {}", line(&subject), line(&original))
        })
        .collect();
    let shown = match different.first() {
        None => format!("the same, {} lines", subject.logged.len()),
        Some(first) => format!("{} different: {first}", different.len()),
    };
    let good = different.is_empty() && !subject.logged.is_empty();
    sheet.check("logged by both programs", shown, "the same", good);

    // Whoever counts more kinds than the original is right as well, if what it counts as the same is the same.
    let different: Vec<String> = original
        .counted
        .iter()
        .filter(|(name, count)| subject.counted.get(*name) != Some(count))
        .map(|(name, count)| format!("{name} {:?} and not {count}", subject.counted.get(name)))
        .collect();
    let shown = match different.first() {
        None => format!("the same, {} figures", original.counted.len()),
        Some(first) => format!("{} different: {first}", different.len()),
    };
    let good = different.is_empty() && original.counted.values().any(|count| *count > 0);
    sheet.check("counted by both programs", shown, "the same", good);
    Ok(())
}

/// The figures by heading and name. What depends on the time is left out.
fn figures(text: &str) -> BTreeMap<String, u64> {
    let mut heading = "";
    let mut figures = BTreeMap::new();
    for line in text.lines().map(str::trim) {
        match line.split_once(':') {
            Some((name, "")) => heading = name,
            Some((name, count)) => {
                if let Ok(count) = count.trim().parse() {
                    figures.insert(format!("{heading}: {name}"), count);
                }
            }
            None => {}
        }
    }
    figures.remove("Advertisements: Sent");
    // An advert of another interval is an accepted one in the original's figures, though it is not acted upon.
    let strange = figures.remove("Packet Errors: Advertisement Interval");
    *figures.entry("Advertisements: Received".to_owned()).or_default() += strange.unwrap_or_default();
    figures
}

fn judge(stage: &mut Stage<'_>, network: &Network, whose: Whose) -> Result<Verdict> {
    let lb1 = network.node("lb1")?;
    let log = lb1.folder().join(LOG);
    let capture = Capture::start(network, &format!("({RECORDED}) and not src host {SENDER}"))?;
    let pair = Pair::new(network, &capture, MEMBERS, Ipv4Addr::new(192, 168, 0, 99));
    let daemon = stage.keepalived(lb1, whose, FILE)?;
    pair.master_since(0, daemon.started())?;
    // The gratuitous ARP of the start is logged as well; it is over when the instance is settled.
    let before = fs::read_to_string(&log)?.len();
    let from = SystemTime::now();
    network.node("flooder")?.inside(|| -> Result<()> {
        let sender = Sender::open()?;
        for packet in bad_packets(MEMBERS[0].address).iter().chain([&last_packet()]) {
            sender.send(packet)?;
        }
        Ok(())
    })??;
    let (logged, _) = until(PATIENCE, "the last packet to be logged", || {
        let text = fs::read_to_string(&log)?.split_off(before);
        Ok(text.contains(&format!("Received {LAST_TTL} ")).then_some(text))
    })?;
    daemon.show_figures()?;
    let (text, _) = until(PATIENCE, "the figures", || {
        let text = lb1.output(&["cat", FIGURES])?.stdout;
        let text = String::from_utf8(text).context("figures that are no text")?;
        Ok(text
            .contains("Priority Zero:\n    Received: 0\n    Sent: 0\n")
            .then_some(text))
    })?;
    lb1.run(&["rm", FIGURES])?;
    fs::write(
        stage.out.join(format!("figures-{whose:?}.txt").to_lowercase()),
        &text,
    )?;
    pair.undisturbed(&mut stage.sheet, "bad packets", 0, (from, SystemTime::now()))?;
    daemon.stop()?;
    Ok(Verdict {
        logged: logged
            .lines()
            .filter_map(|line| line.split_once(": ").map(|(_, text)| text.to_owned()))
            .filter(|text| !text.contains("ratuitous ARP"))
            .collect(),
        counted: figures(&text),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_advert_of_another_interval_counts_as_received() {
        let text = "VRRP Instance: VI_1\n  Advertisements:\n    Received: 2\n    Sent: 7\n  Became master: 1\n  \
                    Packet Errors:\n    Length: 3\n    Advertisement Interval: 1\n";
        let found: Vec<_> = figures(text).into_iter().collect();
        let named = [
            ("Advertisements: Became master", 1),
            ("Advertisements: Received", 3),
            ("Packet Errors: Length", 3),
        ];
        assert_eq!(found, named.map(|(name, count)| (name.to_owned(), count)));
    }
}
