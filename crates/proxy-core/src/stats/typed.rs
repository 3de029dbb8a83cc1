//! The typed lines of `show stat typed` and `show info typed` (management guide, section 9.2).

use super::field::{COLUMNS, tags};
use super::info::InfoField;
use super::rows;
use super::value::{Row, RowKind, Value, push_number};
use super::view::{Filter, StatsView};

/// Appends a line for each value of each row, and an empty line where one is asked for between rows.
pub fn write(view: &StatsView<'_>, filter: &Filter<'_>, about: bool, out: &mut Vec<u8>) {
    rows::each(view, filter, &mut |row| write_row(row, about, out));
}

pub(crate) fn write_row(row: &Row<'_>, about: bool, out: &mut Vec<u8>) {
    for (i, value) in row.values.iter().enumerate() {
        if !value.is_some() {
            continue;
        }
        out.extend_from_slice(&[row.kind.letter() as u8, b'.']);
        push_number(out, u64::from(row.iid));
        out.push(b'.');
        push_number(out, u64::from(row.sid));
        out.push(b'.');
        let column = &COLUMNS[i];
        line(
            out,
            i as u64,
            column.name,
            tags(i, row.kind == RowKind::Backend),
            value,
        );
        finish(out, about.then_some(column.about));
    }
}

/// Appends a line for each field of `show info`.
pub fn write_info(fields: &[InfoField<'_>], about: bool, out: &mut Vec<u8>) {
    for field in fields {
        line(out, u64::from(field.pos), field.name, field.tags, &field.value);
        finish(out, about.then_some(field.about));
    }
}

fn line(out: &mut Vec<u8>, pos: u64, name: &str, tags: &str, value: &Value<'_>) {
    push_number(out, pos);
    out.push(b'.');
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b".1:");
    out.extend_from_slice(tags.as_bytes());
    out.push(b':');
    out.extend_from_slice(value.type_name().unwrap_or("").as_bytes());
    out.push(b':');
    value.write(out);
}

/// Ends a line, with what the field holds where that is asked for.
pub(super) fn finish(out: &mut Vec<u8>, about: Option<&str>) {
    if let Some(about) = about {
        out.extend_from_slice(b":\"");
        out.extend_from_slice(about.as_bytes());
        out.push(b'"');
    }
    out.push(b'\n');
}
