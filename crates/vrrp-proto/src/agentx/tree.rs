//! A tree of values, and what it answers.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::packet::{Oid, Packet, Range, Value, VarBind};

/// The most values of an answer.
const MOST: usize = 1000;

/// Values by their names, in the order of SNMP.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    values: BTreeMap<Oid, Value>,
}

impl Tree {
    /// Puts a value under the name of its object and its place in it.
    pub fn put(&mut self, object: &[u32], place: &[u32], value: Value) {
        self.values.insert([object, place].concat(), value);
    }

    /// The answer to a question for values; none to everything else.
    #[must_use]
    pub fn answer(&self, question: &Packet) -> Option<Packet> {
        let of_values = |values| Packet::Response {
            error: 0,
            index: 0,
            values,
        };
        Some(match question {
            Packet::Get(ranges) => of_values(ranges.iter().map(|range| self.get(&range.start)).collect()),
            Packet::GetNext(ranges) => of_values(ranges.iter().map(|range| self.next(range)).collect()),
            Packet::GetBulk { single, most, ranges } => {
                of_values(self.bulk(usize::from(*single), usize::from(*most), ranges))
            }
            Packet::Open(_)
            | Packet::Close
            | Packet::Register(_)
            | Packet::TestSet(_)
            | Packet::Notify(_)
            | Packet::CommitSet
            | Packet::UndoSet
            | Packet::CleanupSet
            | Packet::Response { .. }
            | Packet::Other(_) => return None,
        })
    }

    fn get(&self, name: &Oid) -> VarBind {
        VarBind {
            name: name.clone(),
            value: self.values.get(name).cloned().unwrap_or(Value::NoSuchObject),
        }
    }

    fn next(&self, range: &Range) -> VarBind {
        let start = if range.include {
            Bound::Included(&range.start)
        } else {
            Bound::Excluded(&range.start)
        };
        let mut behind = self.values.range::<Oid, _>((start, Bound::Unbounded));
        let within = |name: &Oid| range.end.is_empty() || *name < range.end;
        match behind.next().filter(|(name, _)| within(name)) {
            Some((name, value)) => VarBind {
                name: name.clone(),
                value: value.clone(),
            },
            None => VarBind {
                name: range.start.clone(),
                value: Value::EndOfMibView,
            },
        }
    }

    fn bulk(&self, single: usize, most: usize, ranges: &[Range]) -> Vec<VarBind> {
        let (first, others) = ranges.split_at(single.min(ranges.len()));
        let mut values: Vec<VarBind> = first.iter().map(|range| self.next(range)).collect();
        let mut others = others.to_vec();
        for _ in 0..most {
            if others.is_empty() || values.len() + others.len() > MOST {
                break;
            }
            let round: Vec<VarBind> = others.iter().map(|range| self.next(range)).collect();
            let over = round.iter().all(|one| one.value == Value::EndOfMibView);
            for (range, one) in others.iter_mut().zip(&round) {
                range.start.clone_from(&one.name);
                range.include = false;
            }
            values.extend(round);
            if over {
                break;
            }
        }
        values
    }
}
