//! One value of the statistics and one row of them.

use std::borrow::Cow;

use super::field::COUNT;

/// A value; the number types are those that the typed formats name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Value<'a> {
    /// The row has no such column.
    #[default]
    Empty,
    /// Text.
    Str(Cow<'a, [u8]>),
    /// `u32`.
    U32(u32),
    /// `u64`.
    U64(u64),
    /// `s32`.
    S32(i32),
}

impl<'a> Value<'a> {
    /// Text that lives as long as the configuration does.
    #[must_use]
    pub fn text(text: &'a (impl AsRef<[u8]> + ?Sized)) -> Self {
        Self::Str(Cow::Borrowed(text.as_ref()))
    }

    /// The type's name in the typed formats; none for [`Value::Empty`].
    #[must_use]
    pub fn type_name(&self) -> Option<&'static str> {
        match self {
            Self::Empty => None,
            Self::Str(_) => Some("str"),
            Self::U32(_) => Some("u32"),
            Self::U64(_) => Some("u64"),
            Self::S32(_) => Some("s32"),
        }
    }

    /// Appends the value as text; nothing for [`Value::Empty`].
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Empty => {}
            Self::Str(s) => out.extend_from_slice(s),
            Self::U32(n) => push_number(out, u64::from(*n)),
            Self::U64(n) => push_number(out, *n),
            Self::S32(n) => {
                if *n < 0 {
                    out.push(b'-');
                }
                push_number(out, u64::from(n.unsigned_abs()));
            }
        }
    }

    /// The number, where it is one that is not negative; 0 otherwise.
    #[must_use]
    pub fn number(&self) -> u64 {
        match self {
            Self::U32(n) => u64::from(*n),
            Self::U64(n) => *n,
            Self::S32(n) => u64::try_from(*n).unwrap_or(0),
            Self::Empty | Self::Str(_) => 0,
        }
    }

    /// The text, where it is one.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Str(s) => s,
            _ => b"",
        }
    }

    /// The row has this column.
    #[must_use]
    pub fn is_some(&self) -> bool {
        *self != Self::Empty
    }
}

/// Appends a number in decimal.
pub(super) fn push_number(out: &mut Vec<u8>, n: u64) {
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    let mut rest = n;
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

/// What a row is about; the number is the column `type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum RowKind {
    /// A frontend.
    Frontend = 0,
    /// A backend.
    Backend = 1,
    /// A server.
    Server = 2,
    /// A listener of a frontend with `option socket-stats`.
    Listener = 3,
}

impl RowKind {
    /// The letter of the typed format.
    #[must_use]
    pub fn letter(self) -> char {
        match self {
            Self::Frontend => 'F',
            Self::Backend => 'B',
            Self::Server => 'S',
            Self::Listener => 'L',
        }
    }

    /// The name in JSON.
    #[must_use]
    pub fn json_name(self) -> &'static str {
        match self {
            Self::Frontend => "Frontend",
            Self::Backend => "Backend",
            Self::Server => "Server",
            Self::Listener => "Listener",
        }
    }

    /// The bit of the filter that `show stat <iid> <type> <sid>` takes.
    #[must_use]
    pub fn bit(self) -> i32 {
        1 << self as u8
    }
}

/// One row.
#[derive(Clone, Debug)]
pub struct Row<'a> {
    /// What it is about.
    pub kind: RowKind,
    /// The proxy's number.
    pub iid: u32,
    /// The server's or listener's number within the proxy; 0 for the proxy itself.
    pub sid: u32,
    /// The server's or listener's index in the order of the file; 0 for the proxy itself.
    pub index: usize,
    /// The values by column.
    pub values: Box<[Value<'a>]>,
}

impl<'a> Row<'a> {
    /// A row without values.
    #[must_use]
    pub fn new(kind: RowKind) -> Self {
        Self {
            kind,
            iid: 0,
            sid: 0,
            index: 0,
            values: vec![Value::Empty; COUNT].into_boxed_slice(),
        }
    }

    /// Makes it the empty row of another object, so that a table of any length costs one allocation.
    pub fn reset(&mut self, kind: RowKind) {
        self.kind = kind;
        self.iid = 0;
        self.sid = 0;
        self.index = 0;
        self.values.fill(Value::Empty);
    }

    /// The value of a column.
    #[must_use]
    pub fn get(&self, column: usize) -> &Value<'a> {
        &self.values[column]
    }

    /// Sets a column to a `u32`.
    pub fn u32(&mut self, column: usize, n: u32) {
        self.values[column] = Value::U32(n);
    }

    /// Sets a column to a `u64`.
    pub fn u64(&mut self, column: usize, n: u64) {
        self.values[column] = Value::U64(n);
    }

    /// Sets a column to text.
    pub fn text(&mut self, column: usize, text: &'a (impl AsRef<[u8]> + ?Sized)) {
        self.values[column] = Value::text(text);
    }

    /// Sets a column to text made for it.
    pub fn owned(&mut self, column: usize, text: Vec<u8>) {
        self.values[column] = Value::Str(Cow::Owned(text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: &Value<'_>) -> String {
        let mut out = Vec::new();
        value.write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn values_are_written_in_decimal() {
        assert_eq!(written(&Value::U64(u64::MAX)), u64::MAX.to_string());
        assert_eq!(written(&Value::U32(0)), "0");
        assert_eq!(written(&Value::S32(-1)), "-1");
        assert_eq!(written(&Value::Empty), "");
        assert_eq!(written(&Value::text("a")), "a");
    }
}
