//! Lines that look at the same fetch in the same way: one look at the request decides all of them.

use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddrV4};
use std::ops::ControlFlow;

use haproxy_cfg::model::{Acl, MatchKind, Pattern};

use super::expression::Expressions;
use super::pattern::{Equal, Inside, Line, Networks, Prefixes, Ranges, texts};
use crate::sample::{FetchPlan, Sample, SampleContext, Scratch};

/// What `-m dir` counts as a border.
const DIRECTORY_BORDERS: &[u8] = b"/";
/// What `-m dom` counts as a border.
const DOMAIN_BORDERS: &[u8] = b"/?.:";

/// Lines with one fetch and one way to compare.
#[derive(Debug)]
pub(super) struct Group {
    fetch: FetchPlan,
    fold: bool,
    table: Table,
    /// A first match settles everything.
    single: bool,
}

#[derive(Debug)]
enum Table {
    Bool(Vec<Line>),
    Found(Vec<Line>),
    Int(Ranges),
    Len(Ranges),
    Ip(Networks),
    Str(Equal),
    Beg(Prefixes),
    End(Prefixes),
    Inside(Inside),
    Reg(Expressions, Line),
}

impl Group {
    /// `lines` are the numbers of the ACL lines together with them; all have the same match kind and case flag.
    pub(super) fn compile(fetch: FetchPlan, lines: &[(Line, &Acl)]) -> Result<Self, String> {
        let (kind, ignore_case) = match lines.first() {
            Some((_, acl)) => (acl.matcher, acl.ignore_case),
            None => (MatchKind::Found, false),
        };
        let fold = ignore_case && matches!(kind, MatchKind::Str | MatchKind::Beg | MatchKind::End);
        let all_texts = || {
            lines
                .iter()
                .flat_map(|(line, acl)| texts(&acl.patterns, *line, fold))
                .collect::<Vec<_>>()
        };
        let ranges = || {
            let patterns = lines.iter().flat_map(|(line, acl)| {
                acl.patterns.iter().filter_map(|pattern| match pattern {
                    Pattern::Range(low, high) => Some((*low, *high, *line)),
                    Pattern::Text(_) | Pattern::Net(..) => None,
                })
            });
            Ranges::new(patterns.collect())
        };
        let inside =
            |borders| Inside::new(&all_texts(), ignore_case, borders).map_err(|error| error.to_string());
        let numbers = || lines.iter().map(|(line, _)| *line).collect();
        let table = match kind {
            MatchKind::Bool => Table::Bool(numbers()),
            MatchKind::Found => Table::Found(numbers()),
            MatchKind::Int => Table::Int(ranges()),
            MatchKind::Len => Table::Len(ranges()),
            MatchKind::Ip => Table::Ip(Networks::new(
                lines
                    .iter()
                    .flat_map(|(line, acl)| {
                        acl.patterns.iter().filter_map(|pattern| match pattern {
                            Pattern::Net(address, bits) => Some((*address, *bits, *line)),
                            Pattern::Text(_) | Pattern::Range(..) => None,
                        })
                    })
                    .collect(),
            )),
            // Lines of `-m bin` are not evaluated, and do not come here.
            MatchKind::Str | MatchKind::Bin => Table::Str(Equal::new(all_texts())),
            MatchKind::Beg => Table::Beg(Prefixes::new(all_texts())),
            MatchKind::End => Table::End(Prefixes::reversed(all_texts())),
            MatchKind::Sub => Table::Inside(inside(b"")?),
            MatchKind::Dir => Table::Inside(inside(DIRECTORY_BORDERS)?),
            MatchKind::Dom => Table::Inside(inside(DOMAIN_BORDERS)?),
            MatchKind::Reg => {
                let line = lines.first().map_or(0, |(line, _)| *line);
                Table::Reg(Expressions::new(&all_texts(), ignore_case)?, line)
            }
        };
        Ok(Self {
            fetch,
            fold,
            table,
            single: lines.len() == 1,
        })
    }

    /// Tells `hit` each line that holds, perhaps more than once.
    pub(super) fn evaluate(
        &self,
        context: &SampleContext<'_>,
        scratch: &mut Scratch,
        hit: &mut impl FnMut(Line),
    ) {
        let Scratch { joined, folded } = scratch;
        self.fetch.each(context, joined, |sample| {
            let mut any = false;
            self.compare(sample, folded, &mut |line| {
                any = true;
                hit(line);
            });
            if self.single && any {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
    }

    fn compare(&self, sample: Sample<'_>, folded: &mut Vec<u8>, hit: &mut impl FnMut(Line)) {
        match &self.table {
            Table::Found(lines) => lines.iter().copied().for_each(hit),
            Table::Bool(lines) => {
                if as_int(sample).is_some_and(|n| n != 0) {
                    lines.iter().copied().for_each(hit);
                }
            }
            Table::Int(ranges) => {
                if let Some(number) = as_int(sample) {
                    ranges.find(number, hit);
                }
            }
            Table::Ip(networks) => {
                if let Some(address) = as_ip(sample) {
                    networks.find(address, hit);
                }
            }
            table => match sample {
                Sample::Bytes(bytes) if self.fold => {
                    folded.clear();
                    folded.extend(bytes.iter().map(u8::to_ascii_lowercase));
                    find_text(table, folded, hit);
                }
                Sample::Bytes(bytes) => find_text(table, bytes, hit),
                Sample::Bool(value) => find_text(table, if value { b"1" } else { b"0" }, hit),
                Sample::Int(value) => find_text(table, written(folded, &value), hit),
                Sample::Ip(value) => find_text(table, written(folded, &value), hit),
            },
        }
    }
}

fn find_text(table: &Table, value: &[u8], hit: &mut impl FnMut(Line)) {
    match table {
        Table::Str(equal) => equal.find(value, hit),
        Table::Beg(prefixes) => prefixes.find(value, hit),
        Table::End(suffixes) => suffixes.find_ending(value, hit),
        Table::Inside(inside) => inside.find(value, hit),
        Table::Len(ranges) => ranges.find(i64::try_from(value.len()).unwrap_or(i64::MAX), hit),
        Table::Reg(set, line) => {
            if set.matches(value) {
                hit(*line);
            }
        }
        Table::Bool(_) | Table::Found(_) | Table::Int(_) | Table::Ip(_) => {}
    }
}

/// The text of a number or an address.
fn written<'a>(buffer: &'a mut Vec<u8>, value: &impl std::fmt::Display) -> &'a [u8] {
    struct Bytes<'a>(&'a mut Vec<u8>);
    impl std::fmt::Write for Bytes<'_> {
        fn write_str(&mut self, text: &str) -> std::fmt::Result {
            self.0.extend_from_slice(text.as_bytes());
            Ok(())
        }
    }
    buffer.clear();
    // Writing to a vector does not fail.
    let _infallible = write!(Bytes(buffer), "{value}");
    buffer
}

/// The number that a sample is, if it is one.
fn as_int(sample: Sample<'_>) -> Option<i64> {
    match sample {
        Sample::Bool(value) => Some(value.into()),
        Sample::Int(value) => Some(value),
        Sample::Ip(IpAddr::V4(address)) => Some(u32::from(address).into()),
        Sample::Ip(IpAddr::V6(_)) => None,
        Sample::Bytes(text) => leading_int(text),
    }
}

/// The digits that a text begins with, behind a sign; 0 when it begins with something else, none when it is empty.
fn leading_int(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [] => return None,
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    let digits = digits.iter().take_while(|b| b.is_ascii_digit());
    let number = digits.fold(0_i64, |number, digit| {
        number.saturating_mul(10).saturating_add(i64::from(digit - b'0'))
    });
    Some(if negative { -number } else { number })
}

/// The address that a sample is, if it is one; a port behind an IPv4 address is passed over.
fn as_ip(sample: Sample<'_>) -> Option<IpAddr> {
    match sample {
        Sample::Ip(address) => Some(address),
        Sample::Bytes(text) => {
            let text = std::str::from_utf8(text).ok()?;
            let with_port = || text.parse::<SocketAddrV4>().map(|a| IpAddr::V4(*a.ip()));
            text.parse().or_else(|_| with_port()).ok()
        }
        Sample::Int(value) => u32::try_from(value).ok().map(|v| IpAddr::V4(v.into())),
        Sample::Bool(_) => None,
    }
}
