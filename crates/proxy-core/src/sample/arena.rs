//! Memory for samples that stand nowhere in one piece. Taken piece by piece while an expression is evaluated and given back all
//! at once behind it, so that evaluating allocates only while the arena grows.

use bumpalo::Bump;

/// The memory.
#[derive(Default)]
pub struct Arena(Bump);

/// Bytes that grow inside an arena.
pub(crate) type Bytes<'a> = bumpalo::collections::Vec<'a, u8>;

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

    /// Keeps what `parts` are one behind the other.
    #[must_use]
    pub fn join(&self, parts: &[&[u8]]) -> &[u8] {
        let mut out = self.bytes(parts.iter().map(|part| part.len()).sum());
        for part in parts {
            out.extend_from_slice(part);
        }
        out.into_bump_slice()
    }

    /// Bytes to be written, with room for `capacity` at first; [`Bytes::into_bump_slice`] keeps them.
    pub(crate) fn bytes(&self, capacity: usize) -> Bytes<'_> {
        Bytes::with_capacity_in(capacity, &self.0)
    }

    /// The text of a number or an address.
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
