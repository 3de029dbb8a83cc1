//! What one side tells of a table before it tells of its entries: all that is needed to read them.

use super::Fault;
use super::integer::{bytes, need, put};
use crate::table::Data;

/// What keys of a table look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyForm {
    /// A whole number of 32 bits.
    Integer,
    /// An IPv4 address.
    Ipv4,
    /// An IPv6 address.
    Ipv6,
    /// A text of less than so many bytes.
    Text(u32),
    /// So many bytes.
    Binary(u32),
}

/// A kind of data that the entries of a table keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The kind.
    pub data: Data,
    /// How many there are of it.
    pub count: u32,
    /// Milliseconds that a rate is about; 0 where it is none.
    pub period: u32,
}

/// A table, as a sender tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// The sender's number for it.
    pub id: u64,
    /// Its name, which is the same on both sides.
    pub name: Box<[u8]>,
    /// Its keys.
    pub key: KeyForm,
    /// Milliseconds after which its entries go; 0 for never.
    pub expire: u32,
    /// What is kept, in the order in which an entry tells it.
    pub stored: Vec<Stored>,
}

/// The most of one kind that an entry may keep, as the language has it.
const MOST: u64 = 100;

impl KeyForm {
    /// The protocol's number for it, and the size that it says.
    fn numbers(self) -> (u64, u64) {
        match self {
            Self::Integer => (2, 4),
            Self::Ipv4 => (4, 4),
            Self::Ipv6 => (5, 16),
            Self::Text(size) => (6, size.into()),
            Self::Binary(size) => (7, size.into()),
        }
    }

    fn of(kind: u64, size: u64) -> Result<Self, Fault> {
        let narrow = u32::try_from(size).map_err(|_| Fault)?;
        match (kind, size) {
            (2, 4) => Ok(Self::Integer),
            (4, 4) => Ok(Self::Ipv4),
            (5, 16) => Ok(Self::Ipv6),
            (6, 1..) => Ok(Self::Text(narrow)),
            (7, 1..) => Ok(Self::Binary(narrow)),
            _ => Err(Fault),
        }
    }
}

impl Definition {
    pub(super) fn write_body(&self, out: &mut Vec<u8>) {
        put(out, self.id);
        put(out, self.name.len() as u64);
        out.extend_from_slice(&self.name);
        let (kind, size) = self.key.numbers();
        put(out, kind);
        put(out, size);
        let bits = self.stored.iter().map(|stored| 1 << (stored.data as u64)).sum();
        put(out, bits);
        put(out, self.expire.into());
        for stored in &self.stored {
            if stored.data.is_array() {
                put(out, stored.data as u64);
                put(out, stored.count.into());
            } else if stored.data.is_rate() {
                put(out, stored.data as u64);
            }
            if stored.data.is_rate() {
                put(out, stored.period.into());
            }
        }
    }

    /// # Errors
    /// When it is malformed, or tells of data that nobody knows: its entries could not be read.
    pub(super) fn read(mut from: &[u8]) -> Result<Self, Fault> {
        let from = &mut from;
        let id = need(from)?;
        let length = need(from)?;
        let name = bytes(from, length)?.into();
        let (kind, size) = (need(from)?, need(from)?);
        let key = KeyForm::of(kind, size)?;
        let bits = need(from)?;
        if bits >> Data::ALL.len() != 0 {
            return Err(Fault);
        }
        // What comes behind the bits is younger than the protocol.
        let expire = if from.is_empty() { 0 } else { need(from)? };
        let all = Data::ALL.iter().copied();
        let mut stored = Vec::new();
        for data in all.filter(|data| bits & (1 << (*data as u64)) != 0) {
            let (mut count, mut period) = (1, 0);
            if (data.is_array() || data.is_rate()) && !from.is_empty() {
                if need(from)? != data as u64 {
                    return Err(Fault);
                }
                if data.is_array() {
                    count = need(from)?;
                }
                if data.is_rate() {
                    period = need(from)?;
                }
            }
            if !(1..=MOST).contains(&count) {
                return Err(Fault);
            }
            stored.push(Stored {
                data,
                count: count as u32,
                period: u32::try_from(period).map_err(|_| Fault)?,
            });
        }
        Ok(Self {
            id,
            name,
            key,
            expire: u32::try_from(expire).map_err(|_| Fault)?,
            stored,
        })
    }
}
