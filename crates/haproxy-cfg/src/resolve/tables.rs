//! Stick tables of proxies and of `peers` sections, in the order of the files.

use syntax::{Context, Diagnostic};

use crate::model::{BandwidthScope, KeyType, Proxy, Sample, ServerKey, StickTable, StoredData, Word};
use crate::parse::Reading;
use crate::signature::{Argument, Given, Value};

/// Bytes of strings that a table keeps where its line does not say.
const STRING: u32 = 31;
/// The same of binary keys.
const BINARY: u32 = 32;

/// Tells tables that others shall be written to, and that do not exist or have other keys.
pub(super) fn check_written(reading: &mut Reading<'_>, tables: &[StickTable]) {
    if tables.iter().all(|table| table.write_to.is_none()) {
        return;
    }
    let mut told = Vec::new();
    for section in &reading.written.sections {
        for line in &section.lines {
            let table = match (section.keyword, line.name) {
                ("peers", "table") => of_peers(line),
                (_, "stick-table") => of_proxy(line),
                _ => None,
            };
            let Some(table) = table else { continue };
            let Some(wanted) = &table.write_to else { continue };
            let what = match tables.iter().find(|other| other.name == *wanted) {
                None => format!("write-to: table '{wanted}' doesn't exist"),
                Some(other) if other.key.name() != table.key.name() => format!(
                    "write-to: cannot mix table types ('{wanted}' has '{}' type and '{}' has '{}' type)",
                    other.key.name(),
                    section.name,
                    table.key.name()
                ),
                Some(_) => continue,
            };
            let message = match line.get("name").and_then(Value::text) {
                Some(name) if section.keyword == "peers" => {
                    format!(
                        "failed to initialize '{}/{name}' stick-table: {what}.",
                        section.name
                    )
                }
                _ => format!(
                    "Proxy '{}': failed to initialize stick-table: {what}.",
                    section.name
                ),
            };
            told.push(Diagnostic::alert("unknown-name", message).at(line.span));
        }
    }
    for told in told {
        reading.tell(
            told.context(Context::Whole)
                .help("name a table with keys of the same type"),
        );
    }
}

/// Whether a sample can be a key of the table.
fn fits(reading: &Reading<'_>, table: &Word, sample: &Sample) -> bool {
    let key = reading.written.table_types.get(table);
    key.is_none_or(|key| sample.output.casts_to(*key, reading.dialect))
}

/// Tells limits of bandwidth whose table does not exist, or cannot be used for it.
pub(super) fn check_bandwidth(reading: &mut Reading<'_>, proxies: &[Proxy], tables: &[StickTable]) {
    let proxies = proxies.iter().filter(|proxy| !proxy.disabled);
    for (proxy, filter) in proxies.flat_map(|proxy| proxy.bandwidth.iter().map(move |filter| (proxy, filter)))
    {
        let BandwidthScope::Shared { key, table, .. } = &filter.scope else {
            continue;
        };
        let (owner, name, rate) = (&proxy.name, &filter.name, filter.rate());
        let (message, help) = match tables.iter().find(|known| known.name == *table) {
            None => (
                format!("Proxy {owner} : unable to find table '{table}' referenced by bwlim filter '{name}'"),
                format!("add there: stick-table type ip size 1m expire 1h store {rate}(1s)"),
            ),
            Some(_) if !fits(reading, table, key) => (
                format!(
                    "Proxy {owner} : stick-table '{table}' uses a type incompatible with bwlim filter '{name}'"
                ),
                "give the table a type that the key can be cast to".to_owned(),
            ),
            Some(found) if found.store.iter().all(|data| data.name != rate) => (
                format!(
                    "Proxy {owner} : stick-table '{table}' uses a data type incompatible with bwlim filter '{name}'. \
                     It must be '{rate}'"
                ),
                format!("add to the table: store {rate}(1s)"),
            ),
            Some(_) => continue,
        };
        let told = Diagnostic::alert("unknown-name", message).at(filter.span);
        reading.tell(told.context(Context::Whole).help(help));
    }
}

/// All tables. What `stick` rules of `proxies` need of one is kept in it.
pub(super) fn build(reading: &Reading<'_>, proxies: &[Proxy]) -> Vec<StickTable> {
    let mut tables: Vec<StickTable> = Vec::new();
    for section in &reading.written.sections {
        for line in &section.lines {
            let table = match (section.keyword, line.name) {
                ("peers", "table") => {
                    let mut table = of_peers(line);
                    if let (Some(table), Some(name)) = (&mut table, line.get("name").and_then(Value::text)) {
                        table.name = format!("{}/{name}", section.name).into();
                        table.peers = Some(section.name.clone());
                    }
                    table
                }
                (_, "stick-table") => of_proxy(line).map(|table| StickTable {
                    name: section.name.clone(),
                    ..table
                }),
                _ => None,
            };
            if let Some(table) = table
                && tables.iter().all(|known| known.name != table.name)
            {
                tables.push(table);
            }
        }
    }
    let sessions = reading.written.proxies.iter();
    tables.extend(sessions.filter_map(|section| section.app_session.as_deref().cloned()));
    for rule in proxies.iter().flat_map(|proxy| proxy.stick.iter()) {
        if let Some(table) = tables.iter_mut().find(|table| table.name == rule.table) {
            table.keep("server_id");
            table.keep("server_key");
        }
    }
    tables
}

/// The key's type by its name, and the length that was given.
fn key(name: &str, length: Option<i64>) -> KeyType {
    let length =
        |without: u32| length.map_or(without, |length| u32::try_from(length.max(1)).unwrap_or(without));
    match name {
        "ipv6" => KeyType::Ipv6,
        "integer" => KeyType::Integer,
        "string" => KeyType::Str(length(STRING)),
        "binary" => KeyType::Bin(length(BINARY)),
        _ => KeyType::Ipv4,
    }
}

fn stored(name: &'static str, arguments: &[Argument]) -> StoredData {
    let number = |wanted: &str| {
        let argument = arguments.iter().find(|argument| argument.name == wanted)?;
        u32::try_from(argument.value.number()?).ok()
    };
    StoredData {
        name,
        count: number("count").unwrap_or(1),
        period: number("period"),
    }
}

/// `stick-table …`.
fn of_proxy(line: &Given) -> Option<StickTable> {
    let parts = line.option("table")?;
    let find = |name: &str| {
        parts
            .iter()
            .rev()
            .find(|part| part.name == name)
            .map(|part| &part.value)
    };
    let number = |name: &str| find(name).and_then(Value::number);
    let key = key(find("type")?.word()?, number("len"));
    let size = u32::try_from(number("size")?).ok()?;
    let mut table = StickTable::new("".into(), key, size);
    table.expire = number("expire")
        .and_then(|time| u32::try_from(time).ok())
        .filter(|time| *time > 0);
    table.nopurge = find("nopurge").is_some();
    table.recv_only = find("recv-only").is_some();
    table.peers = find("peers").and_then(Value::text).cloned();
    table.write_to = find("write-to").and_then(Value::text).cloned();
    table.server_key = server_key(find("srvkey").and_then(Value::word));
    table.brates_factor = factor(number("brates-factor"));
    table.store = (parts.iter())
        .filter_map(|part| match &part.value {
            Value::Option(name, arguments) if part.name == "store" => Some(stored(name, arguments)),
            _ => None,
        })
        .filter(is_kept)
        .collect();
    Some(table)
}

/// `table …` of a `peers` section.
fn of_peers(line: &Given) -> Option<StickTable> {
    let first = |name: &str| {
        line.option(name)
            .and_then(|values| values.first())
            .map(|value| &value.value)
    };
    let key = match first("type")? {
        Value::Option(kind, arguments) => {
            key(kind, arguments.first().and_then(|length| length.value.number()))
        }
        _ => return None,
    };
    let size = u32::try_from(first("size")?.number()?).ok()?;
    let mut table = StickTable::new("".into(), key, size);
    table.expire = first("expire")
        .and_then(Value::number)
        .and_then(|time| u32::try_from(time).ok())
        .filter(|time| *time > 0);
    table.nopurge = line.option("nopurge").is_some();
    table.recv_only = line.option("recv-only").is_some();
    table.write_to = first("write-to").and_then(Value::text).cloned();
    table.server_key = server_key(first("srvkey").and_then(Value::word));
    table.brates_factor = factor(first("brates-factor").and_then(Value::number));
    for argument in &line.arguments {
        let Value::Option("store", values) = &argument.value else {
            continue;
        };
        let Some(Value::List(kinds)) = values.first().map(|value| &value.value) else {
            continue;
        };
        for kind in kinds {
            if let Value::Option(name, arguments) = kind {
                let data = stored(name, arguments);
                if is_kept(&data) && table.store.iter().all(|known| known.name != data.name) {
                    table.store.push(data);
                }
            }
        }
    }
    Some(table)
}

/// The name of a server is what `server_key` keeps; the word for it alone stores nothing more.
fn is_kept(data: &StoredData) -> bool {
    data.name != "server_name"
}

fn server_key(word: Option<&'static str>) -> ServerKey {
    match word {
        Some("addr") => ServerKey::Address,
        _ => ServerKey::Name,
    }
}

fn factor(given: Option<i64>) -> u32 {
    given
        .and_then(|factor| u32::try_from(factor).ok())
        .unwrap_or(1)
        .max(1)
}
