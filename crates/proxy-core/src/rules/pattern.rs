//! Patterns in a form that finds all lines that match a sample at once.

use std::net::{IpAddr, Ipv6Addr};

use aho_corasick::{AhoCorasick, BuildError};
use haproxy_cfg::model::{MatchKind, Pattern};
use rustc_hash::FxHashMap;

/// Number of an ACL line in its proxy.
pub(super) type Line = u32;

/// Texts that samples are equal to: those of the file, so that no client makes their hashes collide.
#[derive(Debug, Default)]
pub(super) struct Equal(FxHashMap<Box<[u8]>, Vec<Line>>);

impl Equal {
    pub(super) fn new(patterns: Vec<(Vec<u8>, Line)>) -> Self {
        let mut map: FxHashMap<Box<[u8]>, Vec<Line>> = FxHashMap::default();
        for (text, line) in patterns {
            push_once(map.entry(text.into()).or_default(), line);
        }
        Self(map)
    }

    pub(super) fn find(&self, value: &[u8], hit: &mut impl FnMut(Line)) {
        if let Some(lines) = self.0.get(value) {
            lines.iter().copied().for_each(hit);
        }
    }
}

/// Texts that samples begin with (or end with, when built and asked in reverse). Sorted; each text knows the longest other
/// text that it begins with. The last text that does not sort behind the value shares every text that begins the value as
/// its own beginning, so one search and a walk along that chain finds them all.
#[derive(Debug, Default)]
pub(super) struct Prefixes(Vec<Prefix>);

#[derive(Debug)]
struct Prefix {
    text: Box<[u8]>,
    shorter: Option<u32>,
    lines: Vec<Line>,
}

impl Prefixes {
    pub(super) fn new(mut patterns: Vec<(Vec<u8>, Line)>) -> Self {
        patterns.sort();
        let mut sorted: Vec<Prefix> = Vec::with_capacity(patterns.len());
        for (text, line) in patterns {
            let previous = sorted.len().checked_sub(1);
            if let Some(same) = sorted.last_mut().filter(|p| *p.text == *text) {
                push_once(&mut same.lines, line);
                continue;
            }
            let mut shorter = previous.map(|at| at as u32);
            while let Some(at) = shorter {
                let candidate = &sorted[at as usize];
                if text.starts_with(&candidate.text) {
                    break;
                }
                shorter = candidate.shorter;
            }
            sorted.push(Prefix {
                text: text.into(),
                shorter,
                lines: vec![line],
            });
        }
        Self(sorted)
    }

    /// Built from texts in reverse, to be asked with [`Self::find_ending`].
    pub(super) fn reversed(mut patterns: Vec<(Vec<u8>, Line)>) -> Self {
        for (text, _) in &mut patterns {
            text.reverse();
        }
        Self::new(patterns)
    }

    pub(super) fn find(&self, value: &[u8], hit: &mut impl FnMut(Line)) {
        let after = self.0.partition_point(|p| *p.text <= *value);
        self.walk(after, |text| value.starts_with(text), hit);
    }

    pub(super) fn find_ending(&self, value: &[u8], hit: &mut impl FnMut(Line)) {
        let after = self
            .0
            .partition_point(|p| p.text.iter().cmp(value.iter().rev()).is_le());
        let ends = |text: &[u8]| {
            text.len() <= value.len() && text.iter().eq(value[value.len() - text.len()..].iter().rev())
        };
        self.walk(after, ends, hit);
    }

    fn walk(&self, after: usize, matches: impl Fn(&[u8]) -> bool, hit: &mut impl FnMut(Line)) {
        let mut at = after.checked_sub(1);
        let mut sure = false;
        while let Some(prefix) = at.and_then(|at| self.0.get(at)) {
            if sure || matches(&prefix.text) {
                sure = true;
                prefix.lines.iter().copied().for_each(&mut *hit);
            }
            at = prefix.shorter.map(|at| at as usize);
        }
    }
}

/// Texts anywhere in a sample, perhaps only between delimiters.
#[derive(Debug)]
pub(super) struct Inside {
    automaton: AhoCorasick,
    lines: Vec<Line>,
    delimiters: &'static [u8],
}

impl Inside {
    /// `delimiters` that must stand around a text, or the sample's ends; none lets it stand anywhere. Those at a text's
    /// own ends do not count.
    pub(super) fn new(
        patterns: &[(Vec<u8>, Line)],
        ignore_case: bool,
        delimiters: &'static [u8],
    ) -> Result<Self, BuildError> {
        // A text of delimiters alone is found nowhere.
        let (texts, lines): (Vec<_>, Vec<_>) = patterns
            .iter()
            .map(|(text, line)| (strip(text, delimiters), *line))
            .filter(|(text, _)| delimiters.is_empty() || !text.is_empty())
            .unzip();
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(ignore_case)
            .build(texts)?;
        Ok(Self {
            automaton,
            lines,
            delimiters,
        })
    }

    pub(super) fn find(&self, value: &[u8], hit: &mut impl FnMut(Line)) {
        let stands_free = |start: usize, end: usize| {
            self.delimiters.is_empty()
                || (value[..start]
                    .last()
                    .is_none_or(|before| self.delimiters.contains(before))
                    && value[end..]
                        .first()
                        .is_none_or(|behind| self.delimiters.contains(behind)))
        };
        for found in self.automaton.find_overlapping_iter(value) {
            if stands_free(found.start(), found.end()) {
                hit(self.lines[found.pattern().as_usize()]);
            }
        }
    }
}

fn strip<'a>(mut text: &'a [u8], delimiters: &[u8]) -> &'a [u8] {
    while let Some((_, rest)) = text.split_first().filter(|(b, _)| delimiters.contains(b)) {
        text = rest;
    }
    while let Some((_, rest)) = text.split_last().filter(|(b, _)| delimiters.contains(b)) {
        text = rest;
    }
    text
}

/// Ranges of numbers, by their lower bounds; each knows the highest upper bound up to it, which ends a search.
#[derive(Debug, Default)]
pub(super) struct Ranges(Vec<Range>);

#[derive(Debug)]
struct Range {
    low: i64,
    high: i64,
    highest: i64,
    line: Line,
}

impl Ranges {
    pub(super) fn new(mut patterns: Vec<(i64, i64, Line)>) -> Self {
        patterns.sort_unstable();
        let mut highest = i64::MIN;
        let ranges = patterns.into_iter().map(|(low, high, line)| {
            highest = highest.max(high);
            Range {
                low,
                high,
                highest,
                line,
            }
        });
        Self(ranges.collect())
    }

    pub(super) fn find(&self, value: i64, hit: &mut impl FnMut(Line)) {
        let after = self.0.partition_point(|r| r.low <= value);
        for range in self.0[..after].iter().rev() {
            if range.highest < value {
                return;
            }
            if range.high >= value {
                hit(range.line);
            }
        }
    }
}

/// Networks by prefix length: an address is masked once for each length that is there.
#[derive(Debug, Default)]
pub(super) struct Networks {
    v4: Vec<(u8, FxHashMap<u32, Vec<Line>>)>,
    v6: Vec<(u8, FxHashMap<u128, Vec<Line>>)>,
}

impl Networks {
    pub(super) fn new(patterns: Vec<(IpAddr, u8, Line)>) -> Self {
        let mut networks = Self::default();
        for (address, bits, line) in patterns {
            match address {
                IpAddr::V4(a) => {
                    let bits = bits.min(32);
                    let lines = of_length(&mut networks.v4, bits).entry(u32::from(a) & mask4(bits));
                    push_once(lines.or_default(), line);
                }
                IpAddr::V6(a) => {
                    let bits = bits.min(128);
                    let lines = of_length(&mut networks.v6, bits).entry(u128::from(a) & mask6(bits));
                    push_once(lines.or_default(), line);
                }
            }
        }
        networks
    }

    pub(super) fn find(&self, address: IpAddr, hit: &mut impl FnMut(Line)) {
        let (v4, v6) = match address {
            IpAddr::V4(a) => (Some(u32::from(a)), u128::from(a.to_ipv6_mapped())),
            IpAddr::V6(a) => (inner_v4(a), u128::from(a)),
        };
        if let Some(v4) = v4 {
            for (bits, networks) in &self.v4 {
                if let Some(lines) = networks.get(&(v4 & mask4(*bits))) {
                    lines.iter().copied().for_each(&mut *hit);
                }
            }
        }
        for (bits, networks) in &self.v6 {
            if let Some(lines) = networks.get(&(v6 & mask6(*bits))) {
                lines.iter().copied().for_each(&mut *hit);
            }
        }
    }
}

/// The IPv4 address inside `::ffff:a.b.c.d`, `::a.b.c.d` or `2002:…` (6to4).
fn inner_v4(address: Ipv6Addr) -> Option<u32> {
    let all = u128::from(address);
    match (all >> 32, all >> 112) {
        (0 | 0xffff, _) => Some(all as u32),
        (_, 0x2002) => Some((all >> 80) as u32),
        _ => None,
    }
}

fn of_length<K>(lengths: &mut Vec<(u8, FxHashMap<K, Vec<Line>>)>, bits: u8) -> &mut FxHashMap<K, Vec<Line>> {
    let at = lengths.iter().position(|(b, _)| *b == bits).unwrap_or_else(|| {
        lengths.push((bits, FxHashMap::default()));
        lengths.len() - 1
    });
    &mut lengths[at].1
}

fn mask4(bits: u8) -> u32 {
    u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0)
}

fn mask6(bits: u8) -> u128 {
    u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0)
}

fn push_once(lines: &mut Vec<Line>, line: Line) {
    if !lines.contains(&line) {
        lines.push(line);
    }
}

/// Texts of the patterns of a line, in lower case when its matches fold.
pub(super) fn texts(
    patterns: &[Pattern],
    line: Line,
    fold: bool,
) -> impl Iterator<Item = (Vec<u8>, Line)> + '_ {
    patterns.iter().filter_map(move |pattern| match pattern {
        Pattern::Text(text) if fold => Some((text.to_ascii_lowercase(), line)),
        Pattern::Text(text) => Some((text.to_vec(), line)),
        Pattern::Range(..) | Pattern::Net(..) => None,
    })
}

/// Whether lines of that kind gain from being looked up together.
pub(super) fn is_shared(kind: MatchKind) -> bool {
    kind != MatchKind::Reg
}
