//! One entry of a reference: a pattern as it was written, and its value where it has one. Immutable: a changed value is another
//! entry with the same number.

use triomphe::ThinArc;

/// An entry, shared by all that index it. One allocation.
#[derive(Clone, Debug)]
pub(super) struct Entry(ThinArc<Head, u8>);

#[derive(Debug)]
struct Head {
    /// Its place in the order of the reference, and the number that it is known by.
    number: u64,
    pattern: u32,
    has_value: bool,
}

impl Entry {
    /// `pattern` holds less than 4 GiB; what is beyond is left out.
    pub(super) fn new(number: u64, pattern: &[u8], value: Option<&[u8]>) -> Self {
        let length = u32::try_from(pattern.len()).unwrap_or(u32::MAX);
        let head = Head {
            number,
            pattern: length,
            has_value: value.is_some(),
        };
        let pattern = &pattern[..length as usize];
        match value {
            None | Some([]) => Self(ThinArc::from_header_and_slice(head, pattern)),
            Some(value) => Self(ThinArc::from_header_and_slice(head, &[pattern, value].concat())),
        }
    }

    /// The same entry with another value.
    pub(super) fn with_value(&self, value: &[u8]) -> Self {
        Self::new(self.number(), self.pattern(), Some(value))
    }

    pub(super) fn number(&self) -> u64 {
        self.0.header.header.number
    }

    pub(super) fn pattern(&self) -> &[u8] {
        &self.0.slice[..self.0.header.header.pattern as usize]
    }

    pub(super) fn value(&self) -> Option<&[u8]> {
        let head = &self.0.header.header;
        head.has_value.then(|| &self.0.slice[head.pattern as usize..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_value_is_not_none() {
        let entry = Entry::new(7, b"a", Some(b""));
        assert_eq!(
            (entry.number(), entry.pattern(), entry.value()),
            (7, b"a".as_slice(), Some(b"".as_slice()))
        );
        assert_eq!(Entry::new(7, b"a", None).value(), None);
        let other = entry.with_value(b"bc");
        assert_eq!(
            (other.number(), other.pattern(), other.value()),
            (7, b"a".as_slice(), Some(b"bc".as_slice()))
        );
    }
}
