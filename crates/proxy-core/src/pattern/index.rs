//! The entries of a reference, arranged for one way of comparing them with samples.

use std::net::IpAddr;

use haproxy_cfg::model::{MatchKind, Pattern, PatternExpression};
use haproxy_cfg::pattern::{Rules, read, value_fits};

use super::affix::Affixes;
use super::entry::Entry;
use super::equal::{Equal, Form};
use super::expression::{Expression, Expressions};
use super::held::{Held, Position};
use super::key::{Found, Key};
use super::net::{Network, Networks};
use super::range::{Range, Ranges};

/// Delimiters of a component of a domain.
const DOMAIN: &[u8] = b"/?.:";

/// Delimiters of a component of a path.
const DIRECTORY: &[u8] = b"/";

/// Entries arranged for one expression.
#[derive(Clone, Debug)]
pub(super) enum Index {
    /// By the patterns as they are written, which every reference has.
    Written,
    Equal(Equal),
    Affixes(Affixes),
    Held(Held),
    Networks(Networks),
    Numbers(Ranges),
    Lengths(Ranges),
    Expressions(Expressions),
    /// Samples are not compared with patterns.
    Truth,
}

/// A pattern read for one expression.
#[derive(Debug)]
pub(super) enum Read {
    /// What is written stands for itself.
    Text,
    Range(i64, i64),
    Network(IpAddr, u8),
    Expression(Expression),
}

/// Names that patterns of addresses may hold are known when a file is read, and not afterwards.
pub(super) type Names<'n> = &'n dyn Fn(&str) -> Option<IpAddr>;

/// Reads a pattern for an expression. What was read before is read again without `compile` in order to find its place, for
/// which an expression need not be compiled.
///
/// # Errors
/// The original's words for what is wrong, without a full stop.
pub(super) fn read_pattern(
    expression: &PatternExpression,
    names: Option<Names<'_>>,
    pattern: &[u8],
    compile: bool,
) -> Result<Read, String> {
    let rules = Rules {
        dotted: expression.dotted,
        no_dns: names.is_none(),
    };
    let nobody = |_: &str| None;
    Ok(match expression.matcher {
        MatchKind::Reg if !compile => Read::Text,
        MatchKind::Int | MatchKind::Len | MatchKind::Ip | MatchKind::Reg | MatchKind::Bin => {
            match read(expression.matcher, rules, pattern, names.unwrap_or(&nobody))? {
                Some(Pattern::Range(low, high)) => Read::Range(low, high),
                Some(Pattern::Net(address, bits)) => Read::Network(address, bits),
                Some(Pattern::Text(_)) if expression.matcher == MatchKind::Reg => {
                    let compiled = Expression::new(pattern, expression.ignore_case);
                    Read::Expression(compiled.map_err(|fault| {
                        format!(
                            "regex '{}' is invalid ({fault})",
                            String::from_utf8_lossy(pattern)
                        )
                    })?)
                }
                _ => Read::Text,
            }
        }
        _ => Read::Text,
    })
}

/// Checks a value for what an expression gives.
///
/// # Errors
/// The original's words for what is wrong, without a full stop.
pub(super) fn check_value(expression: &PatternExpression, value: &[u8]) -> Result<(), String> {
    match expression.gives {
        Some(gives) if !value_fits(gives, value) => {
            Err(format!("unable to parse '{}'", String::from_utf8_lossy(value)))
        }
        _ => Ok(()),
    }
}

impl Index {
    /// Whether patterns are more to an expression than their text.
    pub(super) fn reads(expression: &PatternExpression) -> bool {
        use MatchKind::{Int, Ip, Len, Reg};
        matches!(expression.matcher, Int | Len | Ip | Reg)
    }

    /// Of entries in order, with what was read of each.
    pub(super) fn new(expression: &PatternExpression, entries: &[Entry], read: Vec<Read>) -> Self {
        let fold = expression.ignore_case;
        let held = |position| Self::Held(Held::new(position, fold, entries));
        let ranges = |read: Vec<Read>| {
            let ranges = read
                .iter()
                .zip(entries)
                .filter_map(|(read, entry)| range(read, entry));
            Ranges::new(ranges.collect())
        };
        match expression.matcher {
            MatchKind::Str if !fold => Self::Written,
            MatchKind::Str => Self::Equal(Equal::new(
                Form {
                    fold,
                    hexadecimal: false,
                },
                entries,
            )),
            MatchKind::Bin => Self::Equal(Equal::new(
                Form {
                    fold: false,
                    hexadecimal: true,
                },
                entries,
            )),
            MatchKind::Beg => Self::Affixes(Affixes::new(false, fold, entries)),
            MatchKind::End => Self::Affixes(Affixes::new(true, fold, entries)),
            MatchKind::Sub => held(Position::Inside),
            MatchKind::Dir => held(Position::Between(DIRECTORY)),
            MatchKind::Dom => held(Position::Between(DOMAIN)),
            MatchKind::Int => Self::Numbers(ranges(read)),
            MatchKind::Len => Self::Lengths(ranges(read)),
            MatchKind::Ip => {
                let networks = read
                    .iter()
                    .zip(entries)
                    .filter_map(|(read, entry)| network(read, entry));
                Self::Networks(Networks::new(networks.collect()))
            }
            MatchKind::Reg => {
                let expressions = read
                    .into_iter()
                    .zip(entries)
                    .filter_map(|(read, entry)| match read {
                        Read::Expression(expression) => Some((expression, entry.clone())),
                        _ => None,
                    });
                Self::Expressions(Expressions::new(expressions.collect()))
            }
            MatchKind::Bool | MatchKind::Found => Self::Truth,
        }
    }

    pub(super) fn insert(&mut self, entry: &Entry, read: &Read) {
        match self {
            Self::Written | Self::Truth => {}
            Self::Equal(equal) => equal.insert(entry),
            Self::Affixes(affixes) => affixes.insert(entry),
            Self::Held(held) => held.insert(entry),
            Self::Networks(networks) => network(read, entry)
                .into_iter()
                .for_each(|network| networks.insert(network)),
            Self::Numbers(ranges) | Self::Lengths(ranges) => {
                range(read, entry)
                    .into_iter()
                    .for_each(|range| ranges.insert(range));
            }
            Self::Expressions(expressions) => {
                if let Read::Expression(expression) = read {
                    expressions.insert(expression.clone(), entry);
                }
            }
        }
    }

    /// `read` is what was read of the pattern when the entry came.
    pub(super) fn remove(&mut self, entry: &Entry, read: &Read) {
        match self {
            Self::Written | Self::Truth => {}
            Self::Equal(equal) => equal.remove(entry),
            Self::Affixes(affixes) => affixes.remove(entry),
            Self::Held(held) => held.remove(entry),
            Self::Networks(networks) => network(read, entry)
                .iter()
                .for_each(|network| networks.remove(network)),
            Self::Numbers(ranges) | Self::Lengths(ranges) => {
                range(read, entry).iter().for_each(|range| ranges.remove(range));
            }
            Self::Expressions(expressions) => expressions.remove(entry),
        }
    }

    /// Puts an entry of the same number and pattern in the place of the one that is there.
    pub(super) fn replace(&mut self, entry: &Entry, read: &Read) {
        match self {
            Self::Written | Self::Truth => {}
            Self::Equal(equal) => equal.replace(entry),
            Self::Affixes(affixes) => affixes.replace(entry),
            Self::Held(held) => held.replace(entry),
            Self::Networks(networks) => network(read, entry)
                .into_iter()
                .for_each(|network| networks.replace(network)),
            Self::Numbers(ranges) | Self::Lengths(ranges) => {
                range(read, entry)
                    .into_iter()
                    .for_each(|range| ranges.replace(range));
            }
            Self::Expressions(expressions) => expressions.replace(entry),
        }
    }

    /// What the original finds for a sample. A sample of a type that is not compared in this way matches nothing.
    #[inline]
    pub(super) fn find<'s>(&'s self, written: &'s Equal, key: Key<'_>) -> Option<Found<'s>> {
        let plain = |entry: &'s Entry| Found {
            entry: Some(entry),
            expression: None,
        };
        match (self, key) {
            (Self::Written, Key::Text(text)) => written.find(text).map(plain),
            (Self::Equal(equal), Key::Text(text)) => equal.find(text).map(plain),
            (Self::Affixes(affixes), Key::Text(text)) => affixes.find(text).map(plain),
            (Self::Held(held), Key::Text(text)) => held.find(text).map(plain),
            (Self::Expressions(expressions), Key::Text(text)) => {
                let (expression, entry) = expressions.find(text)?;
                Some(Found {
                    entry: Some(entry),
                    expression: Some(expression),
                })
            }
            (Self::Lengths(ranges), Key::Text(text)) => {
                ranges.find(i64::try_from(text.len()).ok()?).map(plain)
            }
            (Self::Numbers(ranges), Key::Int(number)) => ranges.find(number).map(plain),
            (Self::Networks(networks), Key::Ip(address)) => networks.find(address).map(plain),
            (Self::Truth, Key::Int(number)) => (number != 0).then_some(Found {
                entry: None,
                expression: None,
            }),
            _ => None,
        }
    }

    /// How the original says that it keeps them.
    pub(super) fn is_tree(&self, expression: &PatternExpression) -> bool {
        match self {
            Self::Written | Self::Networks(_) => true,
            Self::Affixes(_) => expression.matcher == MatchKind::Beg && !expression.ignore_case,
            _ => false,
        }
    }
}

fn range(read: &Read, entry: &Entry) -> Option<Range> {
    match read {
        Read::Range(low, high) => Some(Range::new(*low, *high, entry)),
        _ => None,
    }
}

fn network(read: &Read, entry: &Entry) -> Option<Network> {
    match read {
        Read::Network(address, bits) => Some(Network::new(*address, *bits, entry)),
        _ => None,
    }
}
