//! The protocol's forms that the documents do not use: version 3, IPv6, other groups, and partners instead of a group. Both
//! programs send the same bytes, and each takes over from the other.

use std::time::Duration;

use anyhow::{Context, Result};

use crate::lab::capture::{Capture, Frame};
use crate::lab::keepalived;
use crate::lab::node::Node;
use crate::lab::pacing::until;
use crate::lab::stage::{Stage, Whose};

const PATIENCE: Duration = Duration::from_secs(15);

/// So many adverts are awaited of each program.
const ADVERTS: usize = 4;

/// What is recorded, in tcpdump's words: adverts, and what tells neighbours of addresses.
const RECORDED: &str = "proto 112 or (arp and arp[14:4] = arp[24:4]) or (icmp6 and ip6[40] = 136)";

/// The nodes, by the last octet of their addresses.
const NODES: [(&str, u8); 2] = [("lb1", 1), ("lb2", 2)];

const ETHERNET: usize = 14;

/// A frame that a program sent, taken apart as far as is needed here.
struct Sent {
    /// The priority of an advert; none of an announcement.
    priority: Option<u8>,
    /// The frame without what the kernel chooses: the flow label of IPv6.
    bytes: Vec<u8>,
    /// Where an IPv4 header counts the adverts.
    counts: bool,
}

/// Plays the scenario with the pair of files of one form.
pub(super) fn play(stage: &mut Stage<'_>, form: &str) -> Result<()> {
    let network = stage.network(&NODES.map(|(name, _)| (name, &[][..])))?;
    let mut nodes = Vec::new();
    for (name, octet) in NODES {
        let node = network.node(name)?;
        keepalived::install_systemctl(node)?;
        for address in [format!("10.77.0.{octet}/24"), format!("fd77::{octet}/64")] {
            node.run(&["ip", "address", "add", &address, "dev", "eth0"])?;
        }
        nodes.push(node);
    }
    let &[lb1, lb2] = nodes.as_slice() else {
        anyhow::bail!("there are two nodes");
    };
    for node in &nodes {
        until(PATIENCE, "addresses of IPv6 to be settled", || {
            let tentative = node.run(&["ip", "-6", "address", "show", "dev", "eth0", "tentative"])?;
            Ok(tentative.trim().is_empty().then_some(()))
        })?;
    }
    let capture = Capture::start(&network, RECORDED)?;
    let macs = [hardware(lb1)?, hardware(lb2)?];
    let since = |seen: usize, of: usize| -> Result<Vec<Sent>> {
        let frames = capture.frames()?.split_off(seen);
        Ok(frames.iter().filter_map(|frame| sent(frame, &macs[of])).collect())
    };
    let file = |node: &str| format!("{form}-{node}.conf");

    let mut record = |whose| -> Result<Vec<Sent>> {
        let seen = capture.frames()?.len();
        let daemon = stage.keepalived_of_form(lb1, whose, &file("lb1"))?;
        until(PATIENCE, "adverts", || {
            Ok((adverts(&since(seen, 0)?) >= ADVERTS).then_some(()))
        })?;
        daemon.stop()?;
        until(PATIENCE, "the last advert", || {
            let frames = since(seen, 0)?;
            let over = frames.iter().any(|sent| sent.priority == Some(0));
            Ok(over.then_some(frames))
        })
        .map(|(frames, _)| frames)
    };
    let original = record(Whose::Original)?;
    let subject = record(Whose::Subject)?;
    let sheet = &mut stage.sheet;
    let first = |all: &[Sent]| -> String {
        let adverts = all.iter().filter(|sent| sent.priority.is_some_and(|p| p > 0));
        in_words(adverts.take(ADVERTS).map(|sent| hex(&sent.bytes)))
    };
    let told = |all: &[Sent]| -> String {
        let told = all.iter().filter(|sent| sent.priority.is_none());
        in_words(told.map(|sent| hex(&sent.bytes)))
    };
    let last = |all: &[Sent]| -> String {
        let last = all.iter().filter(|sent| sent.priority == Some(0));
        in_words(last.map(|sent| hex(&uncounted(sent))))
    };
    sheet.equal("the first adverts", first(&subject), first(&original));
    sheet.equal("announcements of addresses", told(&subject), told(&original));
    sheet.equal("adverts at the end", last(&subject), last(&original));

    for [one, two] in [
        [Whose::Original, Whose::Subject],
        [Whose::Subject, Whose::Original],
    ] {
        let which = if matches!(one, Whose::Original) {
            "the original's master"
        } else {
            "our master"
        };
        let seen = capture.frames()?.len();
        let master = stage.keepalived_of_form(lb1, one, &file("lb1"))?;
        until(PATIENCE, "the master's adverts", || {
            Ok((adverts(&since(seen, 0)?) > 0).then_some(()))
        })?;
        let backup = stage.keepalived_of_form(lb2, two, &file("lb2"))?;
        let heard = adverts(&since(seen, 0)?);
        // Longer than a backup waits that hears nothing.
        until(PATIENCE, "five more adverts", || {
            Ok((adverts(&since(seen, 0)?) >= heard + 5 * partners(&file("lb1"))?).then_some(()))
        })?;
        let early = adverts(&since(seen, 1)?);
        stage
            .sheet
            .equal(&format!("adverts of the backup while it hears {which}"), early, 0);
        master.stop()?;
        let (takes_over, _) = until(PATIENCE, "the backup to take over", || {
            Ok((adverts(&since(seen, 1)?) > 0).then_some(true))
        })?;
        stage
            .sheet
            .equal(&format!("the backup takes over from {which}"), takes_over, true);
        backup.stop()?;
    }
    Ok(())
}

/// Packets of one advert: one for each partner, or one for the group.
fn partners(file: &str) -> Result<usize> {
    let text = std::fs::read_to_string(super::super::stage::form(file))?;
    let inside = text
        .split_once("unicast_peer {")
        .and_then(|(_, behind)| behind.split_once('}'));
    Ok(inside.map_or(1, |(peers, _)| {
        peers.lines().filter(|line| !line.trim().is_empty()).count()
    }))
}

/// Adverts of a master.
fn adverts(all: &[Sent]) -> usize {
    all.iter()
        .filter(|sent| sent.priority.is_some_and(|p| p > 0))
        .count()
}

/// The hardware address of a node's interface. The file system of the kernel's settings shows another network's.
fn hardware(node: &Node) -> Result<Vec<u8>> {
    let text = node.run(&["ip", "-o", "link", "show", "dev", "eth0"])?;
    let address = text
        .split_once("link/ether ")
        .and_then(|(_, behind)| behind.split_whitespace().next())
        .context("eth0 has no hardware address")?;
    let octets = address.split(':').map(|octet| u8::from_str_radix(octet, 16));
    Ok(octets.collect::<Result<_, _>>()?)
}

/// What the node with that hardware address sent by itself; none for what its kernel answers.
fn sent(frame: &Frame, from: &[u8]) -> Option<Sent> {
    let mut bytes = frame.bytes.clone();
    if bytes.get(6..12)? != from {
        return None;
    }
    match bytes.get(12..ETHERNET)? {
        // IPv4 without options.
        [0x08, 0x00] if *bytes.get(ETHERNET + 9)? == 112 => Some(Sent {
            priority: Some(*bytes.get(ETHERNET + 20 + 2)?),
            bytes,
            counts: true,
        }),
        [0x08, 0x06] => Some(Sent {
            priority: None,
            bytes,
            counts: false,
        }),
        [0x86, 0xdd] => {
            let next = *bytes.get(ETHERNET + 6)?;
            // An answer to who asked is the kernel's.
            if next != 112 && bytes.get(ETHERNET + 40 + 4)? & 0x40 != 0 {
                return None;
            }
            let priority = (next == 112)
                .then(|| bytes.get(ETHERNET + 40 + 2).copied())
                .flatten();
            *bytes.get_mut(ETHERNET + 1)? &= 0xf0;
            bytes.get_mut(ETHERNET + 2..ETHERNET + 4)?.fill(0);
            Some(Sent {
                priority,
                bytes,
                counts: false,
            })
        }
        _ => None,
    }
}

/// An advert without its number and the header's checksum, which covers it: how many came before depends on the time.
fn uncounted(sent: &Sent) -> Vec<u8> {
    let mut bytes = sent.bytes.clone();
    if sent.counts {
        for masked in [ETHERNET + 4..ETHERNET + 6, ETHERNET + 10..ETHERNET + 12] {
            if let Some(bytes) = bytes.get_mut(masked) {
                bytes.fill(0);
            }
        }
    }
    bytes
}

fn in_words(all: impl Iterator<Item = String>) -> String {
    all.collect::<Vec<_>>().join(" ")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
