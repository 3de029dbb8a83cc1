//! Commands about stick tables (management guide, `show table`, `set table`, `clear table`).

use std::fmt::Write as _;

use haproxy_cfg::model::KeyType;

use crate::table::{Data, Entry, Field, Key, Removed, Table};

use super::ongoing::Part as _;
use super::table_walk::{Clear, Show, Walk};
use super::{Call, Reply};

/// Conditions on entries that a command may have.
const MOST_FILTERS: usize = 4;

/// What a command does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Command {
    Show,
    Set,
    Clear,
}

impl Command {
    fn usage(self) -> Reply {
        Reply::error(match self {
            Self::Show => {
                "Optional argument only supports \"data.<store_data_type>\" <operator> <value> and key <key>"
            }
            Self::Set => "Required arguments: <table> key <key> [data.<store_data_type> <value>]*",
            Self::Clear => {
                "Required arguments: <table> \"data.<store_data_type>\" <operator> <value> or <table> key <key>"
            }
        })
    }

    /// What is said of keys that cannot be written.
    fn unwritten(self) -> Reply {
        let begin = match self {
            Self::Show => "Showing keys from",
            Self::Set => "Inserting keys into",
            Self::Clear => "Removing keys from",
        };
        Reply::Error(format!(
            "{begin} tables of type other than ip, ipv6, string and integer is not supported\n"
        ))
    }
}

pub(super) fn show(call: &mut Call<'_, '_>) -> Reply {
    run(call, Command::Show)
}

pub(super) fn set(call: &mut Call<'_, '_>) -> Reply {
    run(call, Command::Set)
}

pub(super) fn clear(call: &mut Call<'_, '_>) -> Reply {
    run(call, Command::Clear)
}

fn run(call: &mut Call<'_, '_>, command: Command) -> Reply {
    // Tables keep 32 bits of the time.
    let now = call.view.now_ms as u32;
    let tables = &call.view.runtime.tables;
    let name = call.argument(0);
    if name.is_empty() {
        if command != Command::Show {
            return command.usage();
        }
        // The last one comes first, as with the original.
        for table in tables.iter().rev() {
            head(table, now, call.out);
        }
        return Reply::Done;
    }
    let Some(table) = tables.named(name) else {
        return Reply::error("No such table");
    };
    match call.argument(1) {
        b"key" => of_key(call, command, table, now),
        b"ptr" => of_number(call, command, table, now),
        first if first.starts_with(b"data.") => {
            if command == Command::Set {
                return Reply::error(
                    "content-based lookup is only supported with the \"show\" and \"clear\" actions",
                );
            }
            match filters(call, table) {
                Ok(filters) => all(call, command, name, filters),
                Err(refusal) => refusal,
            }
        }
        b"" if command == Command::Set => Reply::Done,
        b"" => all(call, command, name, Vec::new()),
        _ => command.usage(),
    }
}

/// The line that begins a table.
pub(super) fn head(table: &Table, now: u32, out: &mut Vec<u8>) {
    out.extend_from_slice(b"# table: ");
    let model = table.model();
    out.extend_from_slice(&model.name);
    let used = table.used(now);
    out.extend_from_slice(
        format!(", type: {}, size:{}, used:{used}\n", model.key.name(), model.size).as_bytes(),
    );
}

/// An entry's line.
pub(super) fn line(table: &Table, entry: &Entry<'_>, out: &mut Vec<u8>) {
    let mut text = format!(
        "{:#x}: key={} use={} exp={}",
        entry.number(),
        entry.shown_key(),
        entry.refs(),
        entry.expires_in()
    );
    for kind in Data::ALL {
        for index in 0..table.stores(*kind) {
            if let Some(field) = entry.field(*kind, index) {
                datum(table, *kind, index, entry.get(field), &mut text);
            }
        }
    }
    text.push('\n');
    out.extend_from_slice(text.as_bytes());
}

/// One datum of an entry's line. Writing to memory does not fail.
fn datum(table: &Table, kind: Data, index: u32, value: u64, text: &mut String) {
    let name = kind.name();
    let _infallible = match kind {
        Data::Gpt | Data::Gpc => write!(text, " {name}{index}={value}"),
        Data::GpcRate => write!(text, " gpc{index}_rate({})={value}", table.period(kind)),
        Data::ServerKey => {
            let server = u32::try_from(value)
                .ok()
                .and_then(|number| table.server_text(number));
            let server = server.as_deref().map_or("-".into(), String::from_utf8_lossy);
            write!(text, " {name}={server}")
        }
        // A number with a sign.
        Data::ServerId => write!(text, " {name}={}", value as u32 as i32),
        _ if kind.is_rate() => write!(text, " {name}({})={value}", table.period(kind)),
        _ => write!(text, " {name}={value}"),
    };
}

/// A condition on entries.
#[derive(Debug)]
pub(super) struct Filter {
    field: Field,
    operator: fn(&i64, &i64) -> bool,
    value: i64,
}

impl Filter {
    pub(super) fn holds(&self, entry: &Entry<'_>) -> bool {
        let value = i64::try_from(entry.get(self.field)).unwrap_or(i64::MAX);
        (self.operator)(&value, &self.value)
    }
}

fn filters(call: &Call<'_, '_>, table: &Table) -> Result<Vec<Filter>, Reply> {
    let mut filters = Vec::new();
    for number in 1..=MOST_FILTERS {
        let at = number * 3 - 2;
        let name = call.argument(at);
        if name.is_empty() {
            break;
        }
        let fault = |what: &str| Reply::Error(format!("Filter entry #{number}: {what}\n"));
        let kind = name.strip_prefix(b"data.").and_then(Data::named);
        let kind = kind.ok_or_else(|| fault("Unknown data type"))?;
        let field = table.field(kind, 0);
        let field = field.ok_or_else(|| fault("Data type not stored in this table"))?;
        let operator: fn(&i64, &i64) -> bool = match call.argument(at + 1) {
            b"eq" => i64::eq,
            b"ne" => i64::ne,
            b"le" => i64::le,
            b"ge" => i64::ge,
            b"lt" => i64::lt,
            b"gt" => i64::gt,
            _ => {
                return Err(fault(
                    "Require and operator among \"eq\", \"ne\", \"le\", \"ge\", \"lt\", \"gt\"",
                ));
            }
        };
        let value = integer(call.argument(at + 2));
        let value = value.ok_or_else(|| fault("Require a valid integer value to compare against"))?;
        filters.push(Filter {
            field,
            operator,
            value,
        });
    }
    let behind = MOST_FILTERS * 3 + 1;
    if filters.len() == MOST_FILTERS && !call.argument(behind).is_empty() {
        let last = String::from_utf8_lossy(call.argument(behind - 1));
        return Err(Reply::Error(format!(
            "Detected extra data in filter, {}th word of input, after '{last}'\n",
            behind + 3
        )));
    }
    Ok(filters)
}

fn integer(text: &[u8]) -> Option<i64> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// Shows or removes the entries that all filters hold for.
fn all(call: &mut Call<'_, '_>, command: Command, name: &[u8], filters: Vec<Filter>) -> Reply {
    let walk = Walk::new(name, filters);
    if command == Command::Clear {
        Box::new(Clear(walk)).write(call)
    } else {
        Box::new(Show::new(walk)).write(call)
    }
}

/// Shows, changes or removes the entry of a key.
fn of_key(call: &mut Call<'_, '_>, command: Command, table: &Table, now: u32) -> Reply {
    let text = call.argument(2);
    if text.is_empty() {
        return Reply::error("Key value expected");
    }
    let Some(key) = Key::written(table.key_type(), text) else {
        return match table.key_type() {
            KeyType::Bin(_) => command.unwritten(),
            _ => Reply::error("Invalid key"),
        };
    };
    match command {
        Command::Show => {
            let mut found = Vec::new();
            table.look(&key, now, |entry| line(table, entry, &mut found));
            if !found.is_empty() {
                head(table, now, call.out);
                call.out.append(&mut found);
            }
            Reply::Done
        }
        Command::Clear => removed(table.remove(&key, now)),
        Command::Set => {
            let made = table.touch(&key, now, |entry| set_data(call, entry));
            made.unwrap_or_else(|| Reply::error("Unable to allocate a new entry"))
        }
    }
}

fn removed(removed: Removed) -> Reply {
    match removed {
        Removed::InUse => Reply::error("Entry currently in use, cannot remove"),
        Removed::Gone | Removed::Missing => Reply::Done,
    }
}

/// The same of the entry that `show table` shows with a number.
fn of_number(call: &mut Call<'_, '_>, command: Command, table: &Table, now: u32) -> Reply {
    let text = call.argument(2);
    let digits = text.strip_prefix(b"0x").unwrap_or(text);
    let number = std::str::from_utf8(digits).ok();
    let Some(number) = number.and_then(|digits| u64::from_str_radix(digits, 16).ok()) else {
        return Reply::error("Pointer expected (0xffff notation)");
    };
    let key = table.key_of_number(number);
    let Some(key) = key else {
        return Reply::error("No entry can be found matching ptr.");
    };
    match command {
        Command::Show => {
            head(table, now, call.out);
            table.look(&key, now, |entry| line(table, entry, call.out));
            Reply::Done
        }
        Command::Clear => removed(table.remove(&key, now)),
        Command::Set => {
            let made = table.touch(&key, now, |entry| set_data(call, entry));
            made.unwrap_or_else(|| Reply::error("Unable to allocate a new entry"))
        }
    }
}

/// `data.NAME VALUE …`, as far as it can be read.
fn set_data(call: &Call<'_, '_>, entry: &mut Entry<'_>) -> Reply {
    let mut at = 3;
    while !call.argument(at).is_empty() {
        let Some(name) = call.argument(at).strip_prefix(b"data.") else {
            return Reply::error("\"data.<type>\" followed by a value expected");
        };
        let Some(kind) = Data::named(name) else {
            return Reply::error("Unknown data type");
        };
        let Some(field) = entry.field(kind, 0) else {
            return Reply::error("Data type not stored in this table");
        };
        let Some(value) = integer(call.argument(at + 1)).filter(|_| kind != Data::ServerKey) else {
            return Reply::error("Require a valid integer value to store");
        };
        // What is less than 0 wraps, as with the original.
        entry.set(field, value as u64);
        at += 2;
    }
    Reply::Done
}
