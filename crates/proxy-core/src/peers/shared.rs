//! A table that a section shares: how it is told of, and how its entries become updates and updates entries.

use haproxy_cfg::model::{KeyType, StickTable};

use xxhash_rust::xxh64::xxh64;

use super::{Definition, KeyForm, Stored, Update, Value};
use crate::table::{Data, Entry, Field, Key, Table, Tables};

/// A table that is shared.
#[derive(Debug)]
pub(super) struct Shared {
    /// Its number among all tables.
    pub(super) table: usize,
    /// Where what peers tell goes: itself, or the table of `write-to`.
    pub(super) learns_to: usize,
    /// Peers are told nothing of it.
    pub(super) is_mute: bool,
    /// The hash of its name, by which keys are spread over peers.
    pub(super) hash: u64,
    /// How it is told of; its number is that in the section.
    pub(super) definition: Definition,
}

fn form(key: KeyType) -> KeyForm {
    match key {
        KeyType::Ipv4 => KeyForm::Ipv4,
        KeyType::Ipv6 => KeyForm::Ipv6,
        KeyType::Integer => KeyForm::Integer,
        // With the zero that ends it.
        KeyType::Str(length) => KeyForm::Text(length.saturating_add(1)),
        KeyType::Bin(length) => KeyForm::Binary(length),
    }
}

/// The name by which peers know a table of `section`: those of the section itself go without its name.
fn told_name(table: &StickTable, section: &[u8]) -> Box<[u8]> {
    let own = table
        .name
        .strip_prefix(section)
        .filter(|rest| rest.starts_with(b"/"));
    own.unwrap_or(&table.name).into()
}

impl Shared {
    /// The tables of `section`, numbered from 1.
    pub(super) fn all(tables: &Tables, section: &[u8]) -> Vec<Self> {
        let models: Vec<&StickTable> = tables.iter().map(Table::model).collect();
        let is_own = |table: &&(usize, &&StickTable)| table.1.peers.as_deref() == Some(section);
        let numbered: Vec<_> = models.iter().enumerate().collect();
        let own = numbered.iter().filter(is_own);
        own.zip(1..)
            .map(|((table, model), id)| {
                let goes_to = model.write_to.as_ref();
                let learns_to = goes_to.and_then(|name| models.iter().position(|other| other.name == *name));
                Self {
                    table: *table,
                    learns_to: learns_to.unwrap_or(*table),
                    is_mute: model.recv_only,
                    hash: xxh64(&model.name, 0),
                    definition: Definition {
                        id,
                        name: told_name(model, section),
                        key: form(model.key),
                        expire: model.expire.unwrap_or(0),
                        stored: stored(tables.get(*table)),
                    },
                }
            })
            .collect()
    }

    /// Whether a peer's table is this one.
    pub(super) fn is(&self, other: &Definition) -> bool {
        self.definition.name == other.name && self.definition.key == other.key
    }

    /// The update that tells of an entry.
    pub(super) fn update(&self, table: &Table, entry: &Entry<'_>) -> Update {
        let mut values = Vec::new();
        for stored in &self.definition.stored {
            let fields = (0..stored.count).filter_map(|index| entry.field(stored.data, index));
            values.extend(fields.map(|field| value(table, entry, stored.data, field)));
        }
        Update {
            number: None,
            left: None,
            key: entry.told_key(),
            values,
        }
    }
}

/// What entries of a table keep.
fn stored(table: &Table) -> Vec<Stored> {
    let kinds = Data::ALL.iter().copied().filter(|kind| table.stores(*kind) > 0);
    kinds
        .map(|data| Stored {
            data,
            count: table.stores(data),
            period: if data.is_rate() { table.period(data) } else { 0 },
        })
        .collect()
}

fn value(table: &Table, entry: &Entry<'_>, data: Data, field: Field) -> Value {
    if data == Data::ServerKey {
        return Value::Text(table.server_text(entry.get(field) as u32));
    }
    if data.is_rate() {
        let [elapsed, current, previous] = entry.rate_parts(field).map(u64::from);
        return Value::Rate {
            elapsed,
            current,
            previous,
        };
    }
    Value::Number(entry.get(field))
}

/// Puts what a peer told into the table; nothing where its key is none of the table's, or there is no room. `told` is how the
/// peer's table looks.
pub(super) fn learn(table: &Table, told: &Definition, update: &Update, now: u32) {
    let Some(key) = Key::told(table.key_type(), &update.key) else {
        return;
    };
    // What names a server is known by a number; that is looked up before the entry is locked.
    let number = |value: &Value| match value {
        Value::Text(Some(text)) => table.server_number(text),
        _ => 0,
    };
    let numbers: Vec<u32> = update.values.iter().map(number).collect();
    let _full = table.learn(&key, update.left, now, |entry| {
        let mut at = 0;
        for stored in &told.stored {
            for index in 0..stored.count {
                let (value, number) = (&update.values[at], numbers[at]);
                at += 1;
                // How many there are now is each one's own.
                if stored.data == Data::ConnCur {
                    continue;
                }
                let Some(field) = entry.field(stored.data, index) else {
                    continue;
                };
                match value {
                    Value::Number(number) => entry.set(field, *number),
                    Value::Text(_) => entry.set(field, number.into()),
                    Value::Rate {
                        elapsed,
                        current,
                        previous,
                    } => {
                        let narrow = |number: &u64| u32::try_from(*number).unwrap_or(u32::MAX);
                        entry.set_rate_parts(field, [narrow(elapsed), narrow(current), narrow(previous)]);
                    }
                }
            }
        }
    });
}
