//! Packets taken apart, as `fc_saved_syn` gives them: frames of Ethernet, packets of IP, segments of TCP. Where a packet is too
//! short for what is asked there is no result.

mod ethernet;
mod fingerprint;
mod ip;
mod tcp;

use super::{Convert, Row, of_text};
use crate::sample::Sample;

pub(super) use ethernet::ROWS as ETHERNET;
pub(super) use ip::ROWS as IP;
pub(super) use tcp::ROWS as TCP;

/// A converter that gives a number of a packet.
fn number<N: Into<i64>>(
    of: impl Fn(&[u8]) -> Option<N> + Send + Sync + 'static,
) -> Result<Box<dyn Convert>, String> {
    of_text(move |_, packet| Some(Sample::Int(of(packet)?.into())))
}

/// A converter that gives a stretch of a packet.
fn stretch(of: for<'a> fn(&'a [u8]) -> Option<&'a [u8]>) -> Result<Box<dyn Convert>, String> {
    of_text(move |_, packet| of(packet).map(Sample::Bin))
}

/// Two octets, the upper one first.
fn word(packet: &[u8], at: usize) -> Option<u16> {
    let octets = packet.get(at..at + 2)?;
    Some(u16::from_be_bytes(octets.try_into().ok()?))
}
