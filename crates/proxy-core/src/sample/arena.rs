//! Memory for samples that stand nowhere in one piece. Taken piece by piece while an expression is evaluated and given back all
//! at once behind it, so that evaluating allocates only while the arena grows.

use std::net::Ipv4Addr;

use bumpalo::Bump;

/// The memory.
#[derive(Default)]
pub struct Arena(Bump);

/// Bytes that grow inside an arena.
pub(crate) type Bytes<'a> = bumpalo::collections::Vec<'a, u8>;

/// Where texts are put together: in memory of their own, or in an arena.
pub trait Sink {
    /// Appends `bytes`.
    fn put(&mut self, bytes: &[u8]);
}

impl Sink for Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

impl Sink for Bytes<'_> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice_copy(bytes);
    }
}

/// Most bytes of an IPv4 address as text.
const IPV4_TEXT: usize = "255.255.255.255".len();

/// Appends an address as text: it stands in nearly every log line and header about clients, and what formats anything takes
/// ten times as long for it.
pub fn put_ipv4(out: &mut impl Sink, address: Ipv4Addr) {
    let mut text = [0; IPV4_TEXT + 1];
    let mut len = 0;
    for octet in address.octets() {
        let (digits, count) = DECIMALS[usize::from(octet)];
        if let Some(part) = text[len..].first_chunk_mut() {
            *part = digits;
        }
        len += usize::from(count);
    }
    out.put(&text[..len - 1]);
}

/// Every octet in decimal with a dot behind it, and how many bytes that is.
static DECIMALS: [([u8; 4], u8); 256] = {
    let mut table = [([b'.'; 4], 0); 256];
    let mut octet = 0;
    while octet < 256 {
        let digits = [octet / 100, octet / 10 % 10, octet % 10];
        let mut from = match octet {
            100.. => 0,
            10.. => 1,
            _ => 2,
        };
        let mut len = 0;
        while from < 3 {
            table[octet].0[len] = b'0' + digits[from] as u8;
            len += 1;
            from += 1;
        }
        table[octet].1 = len as u8 + 1;
        octet += 1;
    }
    table
};

impl std::fmt::Debug for Arena {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Arena({} bytes)", self.0.allocated_bytes())
    }
}

impl Arena {
    /// Keeps a copy of `bytes`.
    #[must_use]
    pub fn copy(&self, bytes: &[u8]) -> &[u8] {
        self.0.alloc_slice_copy(bytes)
    }

    /// Keeps a copy of `bytes` with all letters lower.
    pub(crate) fn lower(&self, bytes: &[u8]) -> &[u8] {
        let copy = self.0.alloc_slice_copy(bytes);
        copy.make_ascii_lowercase();
        copy
    }

    /// The same with all letters capital.
    pub(crate) fn upper(&self, bytes: &[u8]) -> &[u8] {
        let copy = self.0.alloc_slice_copy(bytes);
        copy.make_ascii_uppercase();
        copy
    }

    /// Keeps what `parts` are one behind the other.
    #[must_use]
    pub fn join(&self, parts: &[&[u8]]) -> &[u8] {
        let mut out = self.bytes(parts.iter().map(|part| part.len()).sum());
        for part in parts {
            out.extend_from_slice_copy(part);
        }
        out.into_bump_slice()
    }

    /// Bytes to be written, with room for `capacity` at first; [`Bytes::into_bump_slice`] keeps them.
    pub(crate) fn bytes(&self, capacity: usize) -> Bytes<'_> {
        Bytes::with_capacity_in(capacity, &self.0)
    }

    /// The text of a number.
    pub(crate) fn integer(&self, value: i64) -> &[u8] {
        self.copy(itoa::Buffer::new().format(value).as_bytes())
    }

    /// The text of an address.
    pub(crate) fn ipv4(&self, address: Ipv4Addr) -> &[u8] {
        let mut out = self.bytes(IPV4_TEXT);
        put_ipv4(&mut out, address);
        out.into_bump_slice()
    }

    /// The text of anything.
    pub(crate) fn text(&self, value: impl std::fmt::Display) -> &[u8] {
        use std::fmt::Write as _;
        let mut out = bumpalo::collections::String::new_in(&self.0);
        // Writing to memory does not fail.
        let _infallible = write!(out, "{value}");
        out.into_bump_str().as_bytes()
    }

    /// Gives all memory back for the next expression.
    pub fn reset(&mut self) {
        self.0.reset();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_numbers_are_written_as_everywhere() {
        let arena = Arena::default();
        for octets in [
            [0, 0, 0, 0],
            [255, 255, 255, 255],
            [127, 0, 0, 1],
            [10, 99, 100, 9],
            [1, 20, 200, 109],
        ] {
            let address = Ipv4Addr::from(octets);
            assert_eq!(arena.ipv4(address), address.to_string().as_bytes());
        }
        for number in [0, -1, 9, 10, 65_535, i64::MAX, i64::MIN] {
            assert_eq!(arena.integer(number), number.to_string().as_bytes());
        }
    }
}
