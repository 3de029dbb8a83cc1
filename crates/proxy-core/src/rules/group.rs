//! Lines that look at the same fetch in the same way: one look at the request decides all of them.

use std::ops::ControlFlow;

use haproxy_cfg::model::{Acl, MatchKind, Pattern, PatternPlace};

use super::expression::Expressions;
use super::pattern::{Equal, Inside, Line, Networks, Prefixes, Ranges, texts};
use crate::pattern::Key;
use crate::sample::{Expression, Sample, SampleContext, Stability, address, integer, text};

/// What `-m dir` counts as a border.
const DIRECTORY_BORDERS: &[u8] = b"/";
/// What `-m dom` counts as a border.
const DOMAIN_BORDERS: &[u8] = b"/?.:";

/// Lines with one fetch and one way to compare.
#[derive(Debug)]
pub(super) struct Group {
    expression: Expression,
    fold: bool,
    table: Table,
    /// By line: where its patterns can be changed at run time.
    places: Box<[(Line, Box<[PatternPlace]>)]>,
    /// The lines, as words of a set of bits and the bits in them.
    lines: Box<[(u32, u64)]>,
    /// A first match settles everything.
    single: bool,
    /// Looking at what is compared changes it.
    counts: bool,
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
    pub(super) fn compile(expression: Expression, lines: &[(Line, &Acl)]) -> Result<Self, String> {
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
        let mut words: Vec<(u32, u64)> = Vec::new();
        for (line, _) in lines {
            let bit = 1 << (line % 64);
            match words.last_mut() {
                Some((word, bits)) if *word == line / 64 => *bits |= bit,
                _ => words.push((line / 64, bit)),
            }
        }
        Ok(Self {
            expression,
            fold,
            table,
            places: lines
                .iter()
                .map(|(line, acl)| (*line, acl.references.clone().into()))
                .collect(),
            lines: words.into(),
            single: lines.len() == 1,
            counts: lines.first().is_some_and(|(_, acl)| {
                let name = acl.sample.fetch.name;
                name.contains("_inc_") || name.contains("_clr_")
            }),
        })
    }

    /// How long what is known of its lines stays true.
    pub(super) fn stability(&self) -> Stability {
        self.expression.stability()
    }

    /// What is compared, as text; none where looking once more would count once more.
    pub(super) fn values(&self, context: &SampleContext<'_>) -> Option<Vec<Vec<u8>>> {
        if self.counts {
            return None;
        }
        let mut values = Vec::new();
        self.expression.each(context, &mut |sample| {
            values.push(match sample {
                Sample::Bin(bytes) => bytes.to_vec(),
                sample => text(sample, context.arena).to_vec(),
            });
            ControlFlow::Continue(())
        });
        Some(values)
    }

    /// Says of all lines that they do not hold, in a set of bits by line.
    pub(super) fn clear(&self, holds: &mut [u64]) {
        for (word, bits) in &self.lines {
            holds[*word as usize] &= !bits;
        }
    }

    /// Tells `hit` each line that holds, perhaps more than once. Gives whether the others may hold later.
    pub(super) fn evaluate(&self, context: &SampleContext<'_>, hit: &mut impl FnMut(Line)) -> bool {
        if context.runtime.references.are_edited() {
            return self.evaluate_edited(context, hit);
        }
        self.evaluate_as_written(context, &|_| true, &mut |_, _| {}, hit)
    }

    /// The same once patterns were changed: what was compiled holds for the lines whose patterns are still those of the file.
    fn evaluate_edited(&self, context: &SampleContext<'_>, hit: &mut impl FnMut(Line)) -> bool {
        let references = &context.runtime.references;
        let edited: Vec<&(Line, Box<[PatternPlace]>)> = match self.table {
            // Nothing is compared with patterns.
            Table::Found(_) => Vec::new(),
            _ => self
                .places
                .iter()
                .filter(|(_, places)| places.iter().any(|place| references.is_edited(*place)))
                .collect(),
        };
        let as_written = |line: Line| !edited.iter().any(|(known, _)| *known == line);
        self.evaluate_as_written(
            context,
            &as_written,
            &mut |sample, hit| {
                let Some(key) = self.key(sample, context) else {
                    return;
                };
                for (line, places) in &edited {
                    if places.iter().any(|place| references.matches(*place, key)) {
                        hit(*line);
                    }
                }
            },
            hit,
        )
    }

    /// What references compare with their patterns.
    fn key<'a>(&self, sample: Sample<'a>, context: &SampleContext<'a>) -> Option<Key<'a>> {
        Some(match &self.table {
            Table::Bool(_) | Table::Int(_) => Key::Int(integer(sample)?),
            Table::Ip(_) => Key::Ip(address(sample)?),
            _ => Key::Text(match sample {
                Sample::Str(bytes) | Sample::Bin(bytes) | Sample::Method(bytes) => bytes,
                sample => text(sample, context.arena),
            }),
        })
    }

    /// Looks at what was compiled, for the lines that `counts` lets; `also` sees each sample too.
    fn evaluate_as_written<'a, H: FnMut(Line)>(
        &self,
        context: &SampleContext<'a>,
        counts: &impl Fn(Line) -> bool,
        also: &mut impl FnMut(Sample<'a>, &mut dyn FnMut(Line)),
        hit: &mut H,
    ) -> bool {
        context.undecided.set(false);
        self.expression.each(context, &mut |sample| {
            let mut any = false;
            self.compare(sample, context, &mut |line| {
                if counts(line) {
                    any = true;
                    hit(line);
                }
            });
            also(sample, &mut |line| {
                any = true;
                hit(line);
            });
            if self.single && any {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        context.undecided.get()
    }

    fn compare(&self, sample: Sample<'_>, context: &SampleContext<'_>, hit: &mut impl FnMut(Line)) {
        match &self.table {
            Table::Found(lines) => lines.iter().copied().for_each(hit),
            Table::Bool(lines) => {
                if integer(sample).is_some_and(|n| n != 0) {
                    lines.iter().copied().for_each(hit);
                }
            }
            Table::Int(ranges) => {
                if let Some(number) = integer(sample) {
                    ranges.find(number, hit);
                }
            }
            Table::Ip(networks) => {
                if let Some(address) = address(sample) {
                    networks.find(address, hit);
                }
            }
            table => match sample {
                Sample::Str(bytes) | Sample::Bin(bytes) | Sample::Method(bytes) if self.fold => {
                    find_text(table, context.arena.lower(bytes), hit);
                }
                Sample::Str(bytes) | Sample::Bin(bytes) | Sample::Method(bytes) => {
                    find_text(table, bytes, hit);
                }
                sample => find_text(table, text(sample, context.arena), hit),
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
