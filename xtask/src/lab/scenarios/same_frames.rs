//! Both keepalived programs with one of the documents' files, on the same node one after the other: what they send must
//! be the same to the byte.

use std::time::Duration;

use anyhow::Result;

use super::failover;
use crate::lab::advert::adverts;
use crate::lab::capture::{Capture, Frame};
use crate::lab::keepalived;
use crate::lab::pacing::until;
use crate::lab::stage::{Stage, Whose};

const PATIENCE: Duration = Duration::from_secs(15);

/// So many adverts are awaited, and so many frames of gratuitous ARP must come with the first.
const ADVERTS: usize = 3;
const ARPS: usize = 5;

/// Where the IPv4 header has its number and its checksum, which covers the number.
const NUMBER: std::ops::Range<usize> = 18..20;
const CHECKSUM: std::ops::Range<usize> = 24..26;

/// What a program sent from its start to its end.
struct Sent {
    adverts: Vec<Vec<u8>>,
    /// The last one, of priority 0, without its number: that depends on how many were sent before.
    last: Vec<u8>,
    arps: Vec<Vec<u8>>,
}

/// Plays the scenario with one file, on a node with that address.
pub(super) fn play(stage: &mut Stage<'_>, file: &str, address: &str) -> Result<()> {
    let network = stage.network(&[("lb1", &[address])])?;
    let node = network.node("lb1")?;
    keepalived::install_systemctl(node)?;
    failover::allow_foreign_addresses(node)?;
    // What the scripts look for; nothing is asked of it.
    let _balancer = stage.balancer(node, "001-tcp-roundrobin.cfg")?;
    let capture = Capture::start(&network, failover::RECORDED)?;

    let mut record = |whose| -> Result<Sent> {
        let seen = capture.frames()?.len();
        let daemon = stage.keepalived(node, whose, file)?;
        let sent = || -> Result<Vec<Frame>> { Ok(capture.frames()?.split_off(seen)) };
        until(PATIENCE, "adverts", || {
            Ok((adverts(&sent()?).len() >= ADVERTS).then_some(()))
        })?;
        daemon.stop()?;
        let frames = until(PATIENCE, "the last advert", || {
            let frames = sent()?;
            let over = adverts(&frames).last().is_some_and(|advert| advert.priority == 0);
            Ok(over.then_some(frames))
        })?;
        Ok(sort(frames.0))
    };
    let original = record(Whose::Original)?;
    let subject = record(Whose::Subject)?;
    let sheet = &mut stage.sheet;
    sheet.equal("bytes of an advert", subject.adverts[0].len(), 54);
    for (what, of) in [
        (
            "adverts",
            subject.adverts.iter().zip(&original.adverts).take(ADVERTS),
        ),
        (
            "gratuitous ARP",
            subject.arps.iter().zip(&original.arps).take(ARPS),
        ),
    ] {
        let different: Vec<String> = of
            .filter(|(ours, theirs)| ours != theirs)
            .map(|(ours, theirs)| format!("{} and not {}", hex(ours), hex(theirs)))
            .collect();
        let shown = different.first().map_or("none", String::as_str);
        sheet.check(
            &format!("{what}: different frames"),
            shown,
            "none",
            different.is_empty(),
        );
    }
    sheet.equal(
        "frames of gratuitous ARP",
        subject.arps.len(),
        original.arps.len(),
    );
    sheet.equal("the advert at the end", hex(&subject.last), hex(&original.last));
    Ok(())
}

fn sort(frames: Vec<Frame>) -> Sent {
    let (advert, arp): (Vec<Frame>, Vec<Frame>) = frames
        .into_iter()
        .partition(|frame| !adverts(std::slice::from_ref(frame)).is_empty());
    let bytes = |frames: Vec<Frame>| frames.into_iter().map(|frame| frame.bytes).collect::<Vec<_>>();
    let mut adverts = bytes(advert);
    let mut last = adverts.pop().unwrap_or_default();
    for masked in [NUMBER, CHECKSUM] {
        if let Some(bytes) = last.get_mut(masked) {
            bytes.fill(0);
        }
    }
    Sent {
        adverts,
        last,
        arps: bytes(arp),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
