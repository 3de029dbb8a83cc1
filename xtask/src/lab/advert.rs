//! Adverts on the segment: who was master when, how late an advert was, and whether two were masters at once.
//!
//! The packets are taken apart by hand and not by the product's own code, which is what is under test.

use std::net::Ipv4Addr;
use std::time::{Duration, SystemTime};

use super::capture::Frame;

/// Where a VRRP packet of version 2 stands in a frame: behind the Ethernet header and an IPv4 header without options.
const PROTOCOL: usize = 14 + 9;
const SOURCE: usize = 14 + 12;
const PRIORITY: usize = 14 + 20 + 2;

/// An advert that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Advert {
    pub(super) at: SystemTime,
    pub(super) source: Ipv4Addr,
    /// 0 when its sender resigns.
    pub(super) priority: u8,
}

/// The adverts among the frames.
pub(super) fn adverts(frames: &[Frame]) -> Vec<Advert> {
    frames.iter().filter_map(advert).collect()
}

fn advert(frame: &Frame) -> Option<Advert> {
    let bytes = &frame.bytes;
    if bytes.get(12..14) != Some(&[0x08, 0x00]) || bytes.get(PROTOCOL) != Some(&112) {
        return None;
    }
    let source: [u8; 4] = bytes.get(SOURCE..SOURCE + 4)?.try_into().ok()?;
    Some(Advert {
        at: frame.at,
        source: Ipv4Addr::from(source),
        priority: *bytes.get(PRIORITY)?,
    })
}

/// How much later than `interval` after the one before an advert of `source` came at worst, within the time given.
pub(super) fn latest(
    adverts: &[Advert],
    source: Ipv4Addr,
    interval: Duration,
    (from, to): (SystemTime, SystemTime),
) -> Duration {
    let times: Vec<SystemTime> = adverts
        .iter()
        .filter(|advert| advert.source == source && advert.at >= from && advert.at <= to)
        .map(|advert| advert.at)
        .collect();
    // Before the first one and behind the last one there may be no more silence than between two.
    let edges = std::iter::once(from).chain(times).chain([to]);
    let pairs: Vec<SystemTime> = edges.collect();
    pairs
        .windows(2)
        .map(|pair| between(pair[0], pair[1]).saturating_sub(interval))
        .max()
        .unwrap_or_default()
}

/// For how long at worst two nodes that heard each other both went on sending as masters.
///
/// A change of masters is one advert of the new one, upon which the old one is silent; so much is no overlap. What
/// happens later than `change` after the new one's first advert belongs to another change.
pub(super) fn overlap(adverts: &[Advert], change: Duration) -> Duration {
    let sent: Vec<&Advert> = adverts.iter().filter(|advert| advert.priority > 0).collect();
    let mut worst = Duration::ZERO;
    for (at, pair) in sent.windows(2).enumerate() {
        let (old, new) = (pair[0], pair[1]);
        if old.source == new.source {
            continue;
        }
        let last = |source: Ipv4Addr| {
            sent[at + 1..]
                .iter()
                .take_while(|advert| between(new.at, advert.at) < change)
                .filter(|advert| advert.source == source)
                .map(|advert| between(new.at, advert.at))
                .max()
                .unwrap_or_default()
        };
        worst = worst.max(last(old.source).min(last(new.source)));
    }
    worst
}

/// The skew time of VRRP version 2 for that priority.
pub(super) fn skew(priority: u8) -> Duration {
    Duration::from_secs(1) * (256 - u32::from(priority)) / 256
}

/// From one time to a later one; nothing when it is earlier.
pub(super) fn between(from: SystemTime, to: SystemTime) -> Duration {
    to.duration_since(from).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
    const B: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);
    const CHANGE: Duration = Duration::from_secs(3);

    fn at(millis: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_millis(millis)
    }

    fn heard(list: &[(Ipv4Addr, u64)]) -> Vec<Advert> {
        list.iter()
            .map(|(source, millis)| Advert {
                at: at(*millis),
                source: *source,
                priority: 100,
            })
            .collect()
    }

    #[test]
    fn a_change_of_masters_is_no_overlap() {
        let clean = heard(&[
            (A, 0),
            (A, 1000),
            (B, 1500),
            (B, 2500),
            (B, 3500),
            (A, 6000),
            (A, 7000),
        ]);
        assert_eq!(overlap(&clean, CHANGE), Duration::ZERO);
    }

    #[test]
    fn two_that_go_on_sending_overlap() {
        let both = heard(&[(A, 0), (B, 200), (A, 1000), (B, 1200), (A, 2000)]);
        assert_eq!(overlap(&both, CHANGE), Duration::from_millis(1000));
    }

    #[test]
    fn the_latest_advert_is_told_with_the_silence_at_both_ends() {
        let sent = heard(&[(A, 1000), (B, 1100), (A, 2050), (A, 3000)]);
        let second = Duration::from_secs(1);
        assert_eq!(
            latest(&sent, A, second, (at(900), at(3500))),
            Duration::from_millis(50)
        );
        assert_eq!(
            latest(&sent, A, second, (at(900), at(4500))),
            Duration::from_millis(500)
        );
        assert_eq!(
            latest(&sent, B, second, (at(0), at(3000))),
            Duration::from_millis(900)
        );
    }

    #[test]
    fn an_advert_is_told_from_other_frames() {
        let mut bytes = vec![0; 54];
        bytes[12..14].copy_from_slice(&[0x08, 0x00]);
        bytes[PROTOCOL] = 112;
        bytes[SOURCE..SOURCE + 4].copy_from_slice(&A.octets());
        bytes[PRIORITY] = 103;
        let advert = Frame { at: at(0), bytes };
        let mut other = advert.clone();
        other.bytes[PROTOCOL] = 2;
        let found = adverts(&[other, advert]);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].source, found[0].priority), (A, 103));
    }

    #[test]
    fn skew_is_that_of_the_rfc() {
        assert_eq!(skew(102).as_micros(), 601_562);
    }
}
