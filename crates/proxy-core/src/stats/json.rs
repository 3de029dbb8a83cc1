//! The JSON of `show stat json`, `show info json` and `;json`, and its schema.

use super::field::{COLUMNS, tags};
use super::info::InfoField;
use super::rows;
use super::value::{Row, RowKind, Value, push_number};
use super::view::{Filter, StatsView};

/// What `show schema json` answers.
pub const SCHEMA: &str = include_str!("schema.json");

/// Appends an array with an array for each row.
pub fn write(view: &StatsView<'_>, filter: &Filter<'_>, out: &mut Vec<u8>) {
    out.push(b'[');
    let mut first = true;
    rows::each(view, filter, &mut |row| {
        if !first {
            out.push(b',');
        }
        first = false;
        write_row(row, out);
    });
    out.extend_from_slice(b"]\n");
}

pub(crate) fn write_row(row: &Row<'_>, out: &mut Vec<u8>) {
    out.push(b'[');
    let mut first = true;
    for (i, value) in row.values.iter().enumerate() {
        if !value.is_some() {
            continue;
        }
        if !first {
            out.push(b',');
        }
        first = false;
        out.extend_from_slice(b"{\"objType\":\"");
        out.extend_from_slice(row.kind.json_name().as_bytes());
        out.extend_from_slice(b"\",\"proxyId\":");
        push_number(out, u64::from(row.iid));
        out.extend_from_slice(b",\"id\":");
        push_number(out, u64::from(row.sid));
        out.push(b',');
        field(
            out,
            i as u64,
            COLUMNS[i].name,
            tags(i, row.kind == RowKind::Backend),
            value,
        );
    }
    out.push(b']');
}

/// Appends an array with an object for each field of `show info`.
pub fn write_info(fields: &[InfoField<'_>], out: &mut Vec<u8>) {
    out.push(b'[');
    for (i, f) in fields.iter().enumerate() {
        if i > 0 {
            out.push(b',');
        }
        out.push(b'{');
        field(out, u64::from(f.pos), f.name, f.tags, &f.value);
    }
    out.extend_from_slice(b"]\n");
}

/// The members that rows and `show info` have in common, and the object's end.
fn field(out: &mut Vec<u8>, pos: u64, name: &str, tags: &str, value: &Value<'_>) {
    out.extend_from_slice(b"\"field\":{\"pos\":");
    push_number(out, pos);
    out.extend_from_slice(b",\"name\":\"");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\"},\"processNum\":1,\"tags\":{\"origin\":\"");
    let mut letters = tags.chars();
    out.extend_from_slice(origin(letters.next()).as_bytes());
    out.extend_from_slice(b"\",\"nature\":\"");
    out.extend_from_slice(nature(letters.next()).as_bytes());
    out.extend_from_slice(b"\",\"scope\":\"");
    out.extend_from_slice(scope(letters.next()).as_bytes());
    out.extend_from_slice(b"\"},\"value\":{\"type\":\"");
    out.extend_from_slice(value.type_name().unwrap_or("").as_bytes());
    out.extend_from_slice(b"\",\"value\":");
    match value {
        Value::Str(text) => string(out, text),
        // Numbers beyond 2^53 - 1 are cut to it: readers of JSON keep no larger one exactly.
        Value::U64(n) => push_number(out, (*n).min((1 << 53) - 1)),
        number => number.write(out),
    }
    out.extend_from_slice(b"}}");
}

fn string(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    for c in String::from_utf8_lossy(text).chars() {
        match c {
            '"' => out.extend_from_slice(b"\\\""),
            '\\' => out.extend_from_slice(b"\\\\"),
            c if u32::from(c) < 0x20 => out.extend_from_slice(format!("\\u{:04x}", u32::from(c)).as_bytes()),
            c => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    out.push(b'"');
}

fn origin(letter: Option<char>) -> &'static str {
    match letter {
        Some('M') => "Metric",
        Some('S') => "Status",
        Some('K') => "Key",
        Some('C') => "Config",
        Some('P') => "Product",
        _ => "Unknown",
    }
}

fn nature(letter: Option<char>) -> &'static str {
    match letter {
        Some('G') => "Gauge",
        Some('L') => "Limit",
        Some('m') => "Min",
        Some('M') => "Max",
        Some('R') => "Rate",
        Some('C') => "Counter",
        Some('D') => "Duration",
        Some('A') => "Age",
        Some('T') => "Time",
        Some('N') => "Name",
        Some('O') => "Output",
        Some('a') => "Avg",
        _ => "Unknown",
    }
}

fn scope(letter: Option<char>) -> &'static str {
    match letter {
        Some('C') => "Cluster",
        Some('P') => "Process",
        Some('S') => "Service",
        Some('s') => "System",
        _ => "Unknown",
    }
}
