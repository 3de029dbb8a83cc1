//! Segments of TCP (RFC 9293), with the options of RFC 2018 and RFC 7323.

use super::{Row, number, word};
use crate::sample::Sample;
use crate::sample::convert::{of_text, row};

pub(in crate::sample::convert) const ROWS: &[Row] = &[
    row(&["tcp.src"], |_, _| number(|segment| word(whole(segment)?, 0))),
    row(&["tcp.dst"], |_, _| number(|segment| word(whole(segment)?, 2))),
    row(&["tcp.seq"], |_, _| number(|segment| long(whole(segment)?, 4))),
    row(&["tcp.flags"], |_, _| number(|segment| Some(whole(segment)?[13]))),
    row(&["tcp.win"], |_, _| number(window)),
    row(&["tcp.options.mss"], |_, _| {
        number(|segment| {
            Some(
                found(segment, MSS)?
                    .and_then(|at| word(segment, at + 2))
                    .unwrap_or(0),
            )
        })
    }),
    row(&["tcp.options.sack"], |_, _| {
        number(|segment| Some(found(segment, SACK_PERMITTED)?.is_some()))
    }),
    row(&["tcp.options.tsopt"], |_, _| {
        number(|segment| Some(found(segment, TIMESTAMPS)?.is_some()))
    }),
    // Without the option it is 0, whatever the manual says.
    row(&["tcp.options.tsval"], |_, _| {
        number(|segment| {
            let at = found(segment, TIMESTAMPS)?;
            Some(at.and_then(|at| long(segment, at + 2)).unwrap_or(0))
        })
    }),
    row(&["tcp.options.wscale"], |_, _| {
        number(|segment| {
            let at = found(segment, WINDOW_SCALE)?;
            let header = header(segment)?;
            Some(at.and_then(|at| header.get(at + 2)).copied().unwrap_or(0))
        })
    }),
    row(&["tcp.options.wsopt"], |_, _| {
        number(|segment| Some(found(segment, WINDOW_SCALE)?.is_some()))
    }),
    row(&["tcp.options_list"], |_, _| {
        of_text(|context, segment| {
            let mut kinds = context.arena.bytes(MOST_OPTIONS);
            kinds.extend(options(header(segment)?).map(|option| option.kind));
            Some(Sample::Bin(kinds.into_bump_slice()))
        })
    }),
];

/// Octets of a header without options.
const LEN: usize = 20;

/// Octets that options have at most.
pub(super) const MOST_OPTIONS: usize = 40;

/// Kinds of options.
const END: u8 = 0;
const NOTHING: u8 = 1;
pub(super) const MSS: u8 = 2;
pub(super) const WINDOW_SCALE: u8 = 3;
const SACK_PERMITTED: u8 = 4;
const TIMESTAMPS: u8 = 8;

/// A segment whose header is there, but perhaps for options.
fn whole(segment: &[u8]) -> Option<&[u8]> {
    (segment.len() >= LEN).then_some(segment)
}

/// The header with its options.
pub(super) fn header(segment: &[u8]) -> Option<&[u8]> {
    let len = usize::from(whole(segment)?[12] >> 4) * 4;
    segment.get(..len).filter(|_| len >= LEN)
}

pub(super) fn window(segment: &[u8]) -> Option<u16> {
    word(whole(segment)?, 14)
}

/// An option.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) kind: u8,
    /// Where it begins in the header.
    pub(super) at: usize,
    /// Whether it ends within the header.
    pub(super) is_whole: bool,
}

/// The options of a header; one that does not end there is the last one.
pub(super) fn options(header: &[u8]) -> impl Iterator<Item = Found> {
    let mut next = LEN;
    std::iter::from_fn(move || {
        let at = next;
        let kind = *header.get(at)?;
        let len = match kind {
            END => None,
            NOTHING => Some(1),
            _ => header
                .get(at + 1)
                .map(|len| usize::from(*len))
                .filter(|len| *len >= 2),
        };
        let end = len.map(|len| at + len).filter(|end| *end <= header.len());
        next = end.unwrap_or(header.len());
        let is_whole = end.is_some();
        (kind != END).then_some(Found { kind, at, is_whole })
    })
}

/// Where the first option of a kind begins; none within when there is none.
fn found(segment: &[u8], kind: u8) -> Option<Option<usize>> {
    let mut options = options(header(segment)?);
    let found = options.find(|option| option.kind == kind && option.is_whole);
    Some(found.map(|option| option.at))
}

/// Four octets, the upper one first.
fn long(segment: &[u8], at: usize) -> Option<u32> {
    let octets = segment.get(at..at + 4)?;
    Some(u32::from_be_bytes(octets.try_into().ok()?))
}
