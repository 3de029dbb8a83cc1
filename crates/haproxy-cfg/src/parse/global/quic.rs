//! Numbers and sizes of `tune.quic.…` lines that the original judges in its own way: what begins with no number other than 0 is
//! told first, whatever stands behind.

use syntax::Diagnostic;

use super::super::line::{Line, shown};
use super::super::reading::Reading;
use super::kept;
use crate::lex::Word;
use crate::signature::{Cursor, ReadArgument, Subject, Value};
use crate::values::{loose_integer, measure};

/// The next word, when it begins with a number other than 0.
fn positive<'w>(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'w>,
    subject: &Subject<'_>,
) -> Option<(&'w Word<'w>, i64)> {
    let word = cursor.next();
    let number = word.map_or(0, |word| loose_integer(&word.text).value);
    if let Some(word) = word.filter(|_| number != 0) {
        return Some((word, number));
    }
    let message = format!("'{}' expects a positive integer.", subject.name);
    let at = word.map_or(subject.behind, |word| word.span);
    subject.alert(reading, "bad-number", at, message, "write a number from 1");
    None
}

fn sized(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
    most: u64,
) -> Option<Value> {
    let (word, _) = positive(reading, cursor, subject)?;
    let rest = match measure(&word.text, most) {
        Ok(size) => return Some(Value::Size(size)),
        Err(rest) => String::from_utf8_lossy(rest),
    };
    let byte: String = rest.chars().take(1).collect();
    let message = format!(
        "'{}': unexpected character '{byte}' in size argument '{}'.",
        subject.name,
        shown(word)
    );
    let told = Diagnostic::alert("bad-size", message).at(word.span);
    subject.tell(reading, told.help("write a size in bytes, such as 16k"));
    None
}

/// Bytes that 32 bits hold.
pub(crate) const QUIC_DATA: ReadArgument =
    ReadArgument(|reading, cursor, subject| sized(reading, cursor, subject, u64::from(u32::MAX)));

/// Bytes of memory.
pub(crate) const QUIC_MEMORY: ReadArgument =
    ReadArgument(|reading, cursor, subject| sized(reading, cursor, subject, u64::MAX));

/// Bytes of a window.
pub(crate) const QUIC_WINDOW: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let (word, number) = positive(reading, cursor, subject)?;
    let digits = word.text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let unit: i64 = match word.text.get(digits) {
        Some(b'k' | b'K') => 1 << 10,
        Some(b'm' | b'M') => 1 << 20,
        Some(b'g' | b'G') => 1 << 30,
        _ => 1,
    };
    let size = number.saturating_mul(unit);
    let behind = digits + usize::from(unit > 1);
    let message = if !(10 << 10..=4 << 30).contains(&size) {
        format!("'{}' : should be between 10k and 4g", subject.name)
    } else if behind < word.text.len() {
        format!(
            "'{}' : expects an integer value with an optional suffix 'k', 'm' or 'g'",
            subject.name
        )
    } else {
        return Some(Value::Int(size));
    };
    subject.alert(
        reading,
        "bad-size",
        word.span,
        message,
        "write a size such as 480k",
    );
    None
});

fn ratio(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
    least: i64,
) -> Option<Value> {
    let (word, number) = positive(reading, cursor, subject)?;
    if (least..=100).contains(&number) {
        return Some(Value::Int(number));
    }
    let message = format!(
        "'{}' expects an integer argument between {least} and 100.",
        subject.name
    );
    subject.alert(
        reading,
        "bad-number",
        word.span,
        message,
        "write a number up to 100",
    );
    None
}

/// Percent of the data of streams.
pub(crate) const QUIC_DATA_RATIO: ReadArgument =
    ReadArgument(|reading, cursor, subject| ratio(reading, cursor, subject, 1));

/// Percent of packets that are out of order.
pub(crate) const QUIC_REORDER_RATIO: ReadArgument =
    ReadArgument(|reading, cursor, subject| ratio(reading, cursor, subject, 0));

/// `tune.quic.frontend.conn-tx-buffers.limit`, which does nothing since 3.1.
pub(crate) fn obsolete_buffers(reading: &mut Reading<'_>, line: &Line<'_>) {
    let obsolete = reading.dialect.strict && reading.dialect.at_least(3, 1);
    let Some(given) = kept(reading, line).filter(|_| obsolete) else {
        return;
    };
    let message = format!(
        "'{}' keyword is now obsolete and has no effect. Use 'tune.quic.frontend.default-max-window-size' to limit Tx \
         buffer allocation per connection.",
        given.name
    );
    let told = Diagnostic::warning("deprecated-keyword", message).at(line.span());
    reading.tell(told.help("delete the line"));
}
