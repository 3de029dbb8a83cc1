//! Frames of Ethernet (IEEE 802.3), with the tags of 802.1Q. Those of 802.1ad count as what they stand in front of, as in the
//! original.

use super::{Row, number, stretch, word};
use crate::sample::convert::row;

pub(in crate::sample::convert) const ROWS: &[Row] = &[
    row(&["eth.dst"], |_, _| stretch(|frame| frame.get(..6))),
    row(&["eth.src"], |_, _| stretch(|frame| frame.get(6..12))),
    row(&["eth.hdr"], |_, _| {
        stretch(|frame| frame.get(..header(frame)?.len))
    }),
    row(&["eth.data"], |_, _| {
        stretch(|frame| frame.get(header(frame)?.len..))
    }),
    row(&["eth.proto"], |_, _| number(|frame| Some(header(frame)?.kind))),
    row(&["eth.vlan"], |_, _| number(|frame| header(frame)?.vlan)),
];

/// What says that a tag follows.
const TAG: u16 = 0x8100;

/// What a frame's header tells.
struct Header {
    /// Its octets.
    len: usize,
    /// The EtherType behind the last tag.
    kind: u16,
    /// The last tag's VLAN.
    vlan: Option<u16>,
}

/// The header of a frame that holds more than that.
fn header(frame: &[u8]) -> Option<Header> {
    let (mut at, mut vlan) = (12, None);
    let mut kind = word(frame, at)?;
    while kind == TAG {
        vlan = Some(word(frame, at + 2)? & 0xfff);
        at += 4;
        kind = word(frame, at)?;
    }
    let len = at + 2;
    (frame.len() > len).then_some(Header { len, kind, vlan })
}
