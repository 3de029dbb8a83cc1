//! `show stat` and `;csv`: a head line and a line for each row (management guide, section 9.1).

use super::field::COLUMNS;
use super::rows;
use super::value::{Row, Value};
use super::view::{Filter, StatsView};

/// Appends the head line.
pub fn write_head(out: &mut Vec<u8>) {
    out.extend_from_slice(b"# ");
    for column in &COLUMNS {
        out.extend_from_slice(column.name.as_bytes());
        out.push(b',');
    }
    // What follows the dash has neither a fixed place nor a fixed presence.
    out.extend_from_slice(b"-,\n");
}

/// Appends one line.
pub fn write_row(row: &Row<'_>, out: &mut Vec<u8>) {
    for value in &row.values {
        match value {
            Value::Str(text) => write_text(text, out),
            number => number.write(out),
        }
        out.push(b',');
    }
    out.extend_from_slice(b"-,\n");
}

/// Appends the whole table, an end of line included.
pub fn write(view: &StatsView<'_>, filter: &Filter<'_>, out: &mut Vec<u8>) {
    write_head(out);
    rows::each(view, filter, &mut |row| write_row(row, out));
}

/// Appends text, in quotes where it holds a quote, a comma or an end of line.
fn write_text(text: &[u8], out: &mut Vec<u8>) {
    if !text.iter().any(|b| matches!(b, b'"' | b',' | b'\n' | b'\r')) {
        out.extend_from_slice(text);
        return;
    }
    out.push(b'"');
    for &byte in text {
        if byte == b'"' {
            out.push(b'"');
        }
        out.push(byte);
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ambiguous_text_is_quoted_and_quotes_are_doubled() {
        let mut out = Vec::new();
        write_text(b"plain text", &mut out);
        out.push(b'|');
        write_text(b"a,b", &mut out);
        out.push(b'|');
        write_text(b"say \"no\"", &mut out);
        assert_eq!(out, b"plain text|\"a,b\"|\"say \"\"no\"\"\"");
    }
}
