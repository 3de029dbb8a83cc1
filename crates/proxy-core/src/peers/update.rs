//! An entry on its way: its key and its data, in the form that the definition of its table says.

use super::Fault;
use super::definition::{Definition, KeyForm};
use super::dictionary::{Known, Told};
use super::integer::{bytes, need, put, word};
use crate::table::Data;

/// An entry, as it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// Its number among those of its table; one more than that of the entry before where it is none.
    pub number: Option<u32>,
    /// Milliseconds that it has left; as many as its table says where it is none.
    pub left: Option<u32>,
    /// Its key: four bytes of a number, the highest first; an address; a text without its end; bytes.
    pub key: Box<[u8]>,
    /// Its data, in the definition's order, each as often as that says.
    pub values: Vec<Value>,
}

/// A datum of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A number.
    Number(u64),
    /// How much there was over a period.
    Rate {
        /// Milliseconds since the period at hand began.
        elapsed: u64,
        /// How much there was in it.
        current: u64,
        /// How much there was in the one before.
        previous: u64,
    },
    /// A text; none where the entry has none.
    Text(Option<Box<[u8]>>),
}

impl Update {
    /// Its form's number among messages about tables.
    pub(super) fn kind(&self) -> u8 {
        match (self.number, self.left) {
            (Some(_), None) => 128,
            (None, None) => 129,
            (Some(_), Some(_)) => 133,
            (None, Some(_)) => 134,
        }
    }

    pub(super) fn write_body(&self, definition: &Definition, told: &mut Told, out: &mut Vec<u8>) {
        for word in [self.number, self.left].into_iter().flatten() {
            out.extend_from_slice(&word.to_be_bytes());
        }
        if matches!(definition.key, KeyForm::Text(_)) {
            put(out, self.key.len() as u64);
        }
        out.extend_from_slice(&self.key);
        for value in &self.values {
            match value {
                Value::Number(number) => put(out, *number),
                Value::Rate {
                    elapsed,
                    current,
                    previous,
                } => [elapsed, current, previous]
                    .into_iter()
                    .for_each(|number| put(out, *number)),
                Value::Text(None) => put(out, 0),
                Value::Text(Some(text)) => {
                    let (number, is_new) = told.number(text);
                    let mut entry = Vec::new();
                    put(&mut entry, number);
                    if is_new {
                        put(&mut entry, text.len() as u64);
                        entry.extend_from_slice(text);
                    }
                    put(out, entry.len() as u64);
                    out.extend_from_slice(&entry);
                }
            }
        }
    }

    /// Reads one of that form.
    ///
    /// # Errors
    /// When it is malformed.
    pub(super) fn read(
        kind: u8,
        mut from: &[u8],
        definition: &Definition,
        known: &mut Known,
    ) -> Result<Self, Fault> {
        let from = &mut from;
        let number = matches!(kind, 128 | 133).then(|| word(from)).transpose()?;
        let left = matches!(kind, 133 | 134).then(|| word(from)).transpose()?;
        let size = match definition.key {
            KeyForm::Integer | KeyForm::Ipv4 => 4,
            KeyForm::Ipv6 => 16,
            KeyForm::Binary(size) => size.into(),
            KeyForm::Text(_) => need(from)?,
        };
        let key = bytes(from, size)?.into();
        let mut values = Vec::new();
        for stored in &definition.stored {
            for _ in 0..stored.count {
                values.push(if stored.data == Data::ServerKey {
                    Value::Text(text(from, known)?)
                } else if stored.data.is_rate() {
                    Value::Rate {
                        elapsed: need(from)?,
                        current: need(from)?,
                        previous: need(from)?,
                    }
                } else {
                    Value::Number(need(from)?)
                });
            }
        }
        // What stands behind it is of a younger protocol.
        Ok(Self {
            number,
            left,
            key,
            values,
        })
    }
}

/// A text by its number, with which it may be told.
fn text(from: &mut &[u8], known: &mut Known) -> Result<Option<Box<[u8]>>, Fault> {
    let length = need(from)?;
    if length == 0 {
        return Ok(None);
    }
    let mut entry = bytes(from, length)?;
    let number = need(&mut entry)?;
    if !entry.is_empty() {
        let length = need(&mut entry)?;
        known.learn(number, bytes(&mut entry, length)?)?;
    }
    Ok(Some(known.text(number)?.into()))
}
