//! What tells hosts behind one address apart: how their systems fill the headers of IP and TCP (`ip.fp`).

use std::net::IpAddr;

use super::{ip, tcp, word};
use crate::sample::Sink;

/// Octets of a fingerprint with all its parts.
pub(super) const MOST: usize = 8 + 1 + tcp::MOST_OPTIONS + 16;

/// What may follow the eight octets.
const HOPS: i64 = 1;
const KINDS: i64 = 2;
const SOURCE: i64 = 4;

/// Flags of TCP, of RFC 3168.
const FLAGS_OF_CONGESTION: u8 = 0b1100_0000;

/// Writes the fingerprint of a packet of IP that holds a segment of TCP, and behind it the wanted `parts`.
pub(super) fn write(packet: &[u8], parts: i64, out: &mut impl Sink) -> Option<()> {
    let header = ip::header(packet)?;
    let segment = &packet[header.len..];
    let options = tcp::header(segment)?;
    // What the packet says that it holds counts, not what is here of it.
    let data = ip::total(packet)?.checked_sub(header.len + options.len())?;
    let hops = ip::hops_left(packet)?;
    let is_v6 = ip::version(packet)? == ip::Version::V6;

    let hops_class = match hops {
        ..=32 => 0,
        33..=64 => 1,
        65..=128 => 2,
        129.. => 3,
    };
    let traits = u8::from(is_v6) << 7
        | u8::from(ip::dont_fragment(packet)?) << 6
        | hops_class << 4
        | u8::from(header.extended) << 3
        | u8::from(data > 0) << 2
        | (options[13] & FLAGS_OF_CONGESTION) >> 6;

    let (mut mss, mut scale, mut present) = (0, 0, 0);
    for option in tcp::options(options).filter(|option| option.is_whole) {
        let value = option.at + 2;
        match option.kind {
            tcp::MSS => mss = word(options, value).unwrap_or(mss),
            tcp::WINDOW_SCALE => {
                scale = options
                    .get(value)
                    .map_or(scale, |shift| shift.saturating_add(1).min(15));
            }
            _ => {}
        }
        present |= match option.kind {
            kind @ 2..=8 => 1 << (kind - 2),
            9.. => 0x80,
            _ => 0,
        };
    }
    let words = (options.len() / 4) as u8;
    out.put(&[ip::traffic_class(packet)?, traits, words << 4 | scale]);
    out.put(&tcp::window(segment)?.to_be_bytes());
    out.put(&mss.to_be_bytes());
    out.put(&[present]);

    if parts & HOPS != 0 {
        out.put(&[hops]);
    }
    if parts & KINDS != 0 {
        for option in tcp::options(options).filter(|option| option.is_whole) {
            out.put(&[option.kind]);
        }
    }
    if parts & SOURCE != 0 {
        match ip::source(packet)? {
            IpAddr::V4(address) => out.put(&address.octets()),
            IpAddr::V6(address) => out.put(&address.octets()),
        }
    }
    Some(())
}
