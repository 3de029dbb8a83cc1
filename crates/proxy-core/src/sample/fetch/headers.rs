//! Fetches of headers, in requests and responses.

use std::net::{IpAddr, Ipv4Addr};
use std::ops::ControlFlow;

use haproxy_cfg::model::{Sample as Written, Word};

use super::header::{Parts, each_part, values};
use super::message::{Side, number};
use super::{Fetch, Row, nothing, row, several, single};
use crate::http1::Headers;
use crate::sample::{Sample, SampleContext};

pub(super) const ROWS: &[Row] = &[
    row(&["hdr"], |_, sample| text(sample, Side::AtHand, false)),
    row(&["req.hdr"], |_, sample| text(sample, Side::Request, false)),
    row(&["req.fhdr"], |_, sample| text(sample, Side::Request, true)),
    row(&["res.hdr", "shdr"], |_, sample| {
        text(sample, Side::Response, false)
    }),
    row(&["res.fhdr"], |_, sample| text(sample, Side::Response, true)),
    row(&["req.hdr_val", "hdr_val"], |_, sample| {
        converted(sample, Side::Request, |value| Some(Sample::Int(number(value))))
    }),
    row(&["res.hdr_val", "shdr_val"], |_, sample| {
        converted(sample, Side::Response, |value| Some(Sample::Int(number(value))))
    }),
    row(&["req.hdr_ip", "hdr_ip"], |_, sample| {
        converted(sample, Side::Request, |value| Some(Sample::Ip(address(value)?)))
    }),
    row(&["res.hdr_ip", "shdr_ip"], |_, sample| {
        converted(sample, Side::Response, |value| Some(Sample::Ip(address(value)?)))
    }),
    row(&["req.hdr_cnt", "hdr_cnt"], |_, sample| {
        count(sample, Side::Request, false)
    }),
    row(&["req.fhdr_cnt"], |_, sample| count(sample, Side::Request, true)),
    row(&["res.hdr_cnt", "shdr_cnt"], |_, sample| {
        count(sample, Side::Response, false)
    }),
    row(&["res.fhdr_cnt"], |_, sample| count(sample, Side::Response, true)),
    row(&["req.hdr_names"], |_, sample| names(sample, Side::Request)),
    row(&["res.hdr_names"], |_, sample| names(sample, Side::Response)),
    row(&["req.hdrs"], |_, _| {
        single(|context| Some(Sample::Bin(lines(context, Side::Request)?)))
    }),
    row(&["res.hdrs"], |_, _| {
        single(|context| Some(Sample::Bin(lines(context, Side::Response)?)))
    }),
    row(&["req.hdrs_bin"], |_, _| {
        single(|context| Some(Sample::Bin(binary(context, Side::Request)?)))
    }),
    row(&["res.hdrs_bin"], |_, _| {
        single(|context| Some(Sample::Bin(binary(context, Side::Response)?)))
    }),
];

/// Which values a fetch is about.
struct Wanted {
    /// The header's name in lower case; none for all headers.
    name: Option<Word>,
    /// Counted from the first (1, 2 …) or from the last (-1, -2 …); 0 for all.
    occurrence: i32,
    /// Values as they stand, not the parts between their commas.
    whole: bool,
}

impl Wanted {
    /// None when nothing can be meant: neither a name nor an occurrence, or one that no header has.
    fn of(sample: &Written, whole: bool) -> Option<Self> {
        let occurrence = match sample.integer(1) {
            None => 0,
            Some(occurrence) => i32::try_from(occurrence).ok()?,
        };
        let name = sample.text(0).map(|name| name.to_ascii_lowercase().into());
        (name.is_some() || occurrence != 0).then_some(Self {
            name,
            occurrence,
            whole,
        })
    }

    /// The value at the place that is asked for, or the last.
    fn one<'a>(&self, headers: Headers<'a>) -> Option<&'a [u8]> {
        match self.occurrence {
            0 => self.all(headers).last(),
            at if at > 0 => self.all(headers).nth(at as usize - 1),
            at => {
                let from_first = self
                    .all(headers)
                    .count()
                    .checked_sub(at.unsigned_abs() as usize)?;
                self.all(headers).nth(from_first)
            }
        }
    }

    /// All values.
    fn all<'a>(&self, headers: Headers<'a>) -> impl Iterator<Item = &'a [u8]> + use<'a, '_> {
        let named = self.name.as_ref().map(|name| values(headers, name, self.whole));
        let others = self.name.is_none().then(|| every(headers, self.whole));
        named.into_iter().flatten().chain(others.into_iter().flatten())
    }
}

/// The values of all headers.
fn every(headers: Headers<'_>, whole: bool) -> impl Iterator<Item = &[u8]> {
    headers.iter().flat_map(move |(_, value)| {
        let parts = (!whole).then(|| Parts::of(value));
        whole
            .then_some(value)
            .into_iter()
            .chain(parts.into_iter().flatten())
    })
}

fn text(sample: &Written, side: Side, whole: bool) -> Result<Box<dyn Fetch>, String> {
    let Some(wanted) = Wanted::of(sample, whole) else {
        return nothing();
    };
    if wanted.occurrence != 0 {
        return single(move |context| Some(Sample::Str(wanted.one(side.headers(context)?)?)));
    }
    several(move |context, see| {
        let Some(headers) = side.headers(context) else {
            return;
        };
        let mut part = |value| each_part(value, wanted.whole, |part| see(Sample::Str(part)));
        // What saw enough says so to us alone.
        let _seen = match &wanted.name {
            Some(name) => headers.get(name).try_for_each(part),
            None => headers.iter().try_for_each(|(_, value)| part(value)),
        };
    })
}

/// Values as something else. An ACL sees all that can be taken for such; elsewhere it is the last value, whatever it is.
fn converted(
    sample: &Written,
    side: Side,
    convert: fn(&[u8]) -> Option<Sample<'static>>,
) -> Result<Box<dyn Fetch>, String> {
    struct Converted {
        wanted: Wanted,
        side: Side,
        convert: fn(&[u8]) -> Option<Sample<'static>>,
    }
    impl Fetch for Converted {
        fn one<'a>(&self, context: &SampleContext<'a>) -> Option<Sample<'a>> {
            (self.convert)(self.wanted.one(self.side.headers(context)?)?)
        }

        fn each<'a>(&self, context: &SampleContext<'a>, see: &mut dyn FnMut(Sample<'a>) -> ControlFlow<()>) {
            if self.wanted.occurrence != 0 {
                if let Some(sample) = self.one(context) {
                    let _seen = see(sample);
                }
                return;
            }
            let Some(headers) = self.side.headers(context) else {
                return;
            };
            for sample in self.wanted.all(headers).filter_map(self.convert) {
                if see(sample).is_break() {
                    return;
                }
            }
        }
    }
    let Some(wanted) = Wanted::of(sample, false) else {
        return nothing();
    };
    Ok(Box::new(Converted {
        wanted,
        side,
        convert,
    }))
}

fn count(sample: &Written, side: Side, whole: bool) -> Result<Box<dyn Fetch>, String> {
    let wanted = Wanted {
        name: sample.text(0).map(|name| name.to_ascii_lowercase().into()),
        occurrence: 0,
        whole,
    };
    single(move |context| {
        let count = wanted.all(side.headers(context)?).count();
        Some(Sample::Int(i64::try_from(count).unwrap_or(i64::MAX)))
    })
}

/// The names of all headers, in lower case, with one byte between them.
fn names(sample: &Written, side: Side) -> Result<Box<dyn Fetch>, String> {
    let separator = sample.text(0).and_then(|text| text.first().copied());
    let separator = separator.unwrap_or(b',');
    single(move |context| {
        let headers = side.headers(context)?;
        let mut out = context.arena.bytes(64);
        for (at, (name, _)) in headers.iter().enumerate() {
            if at > 0 {
                out.push(separator);
            }
            out.extend(name.iter().map(u8::to_ascii_lowercase));
        }
        Some(Sample::Str(out.into_bump_slice()))
    })
}

/// All headers as lines, and the empty line behind them.
fn lines<'a>(context: &SampleContext<'a>, side: Side) -> Option<&'a [u8]> {
    let headers = side.headers(context)?;
    let mut out = context.arena.bytes(256);
    for (name, value) in headers.iter() {
        out.extend(name.iter().map(u8::to_ascii_lowercase));
        out.extend_from_slice(b": ");
        out.extend_from_slice(value);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"\r\n");
    Some(out.into_bump_slice())
}

/// All headers as names and values, each with its length in front, and an empty pair behind them.
fn binary<'a>(context: &SampleContext<'a>, side: Side) -> Option<&'a [u8]> {
    let headers = side.headers(context)?;
    let mut out = context.arena.bytes(256);
    for (name, value) in headers.iter() {
        length(&mut out, name.len());
        out.extend(name.iter().map(u8::to_ascii_lowercase));
        length(&mut out, value.len());
        out.extend_from_slice(value);
    }
    out.extend_from_slice(&[0, 0]);
    Some(out.into_bump_slice())
}

/// A length as the original's offload protocol writes integers: four bits in the first byte when it begins with `1111`, then
/// seven in each.
fn length(out: &mut impl Extend<u8>, value: usize) {
    if value < 240 {
        return out.extend([value as u8]);
    }
    out.extend([value as u8 | 240]);
    let mut rest = (value - 240) >> 4;
    while rest >= 128 {
        out.extend([rest as u8 | 128]);
        rest = (rest - 128) >> 7;
    }
    out.extend([rest as u8]);
}

/// An address with nothing around it; behind one of IPv4 a port may stand.
fn address(value: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(value).ok()?;
    if let Ok(address) = text.parse() {
        return Some(address);
    }
    let (address, port) = text.split_once(':')?;
    let digits = (1..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || port.parse::<u16>().is_err() {
        return None;
    }
    address.parse::<Ipv4Addr>().ok().map(IpAddr::V4)
}
