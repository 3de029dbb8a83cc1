//! Edits of a head that are gathered while it is looked at, and made behind that.

use smallvec::SmallVec;

use crate::http1::{HeadersMut, NoRoom, Slice};

/// One edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeadEdit {
    /// The header at that place of the received head is left out.
    Remove(u32),
    /// The header at that place gets another value.
    Replace {
        /// Its place in the received head.
        header: u32,
        /// The new value, inside [`HeadEdits::bytes`].
        value: Slice,
    },
    /// A header is added behind the received ones.
    Add {
        /// Its name, inside [`HeadEdits::bytes`].
        name: Slice,
        /// Its value, inside [`HeadEdits::bytes`].
        value: Slice,
    },
}

/// Edits in the order in which they were asked for, with the bytes they bring. Kept by a stream and cleared for each message,
/// so that it allocates only while it grows.
#[derive(Clone, Debug, Default)]
pub struct HeadEdits {
    list: Vec<HeadEdit>,
    bytes: Vec<u8>,
}

impl HeadEdits {
    /// Forgets all edits, keeps the memory.
    pub fn clear(&mut self) {
        self.list.clear();
        self.bytes.clear();
    }

    /// The edits.
    #[must_use]
    pub fn list(&self) -> &[HeadEdit] {
        &self.list
    }

    /// The bytes that the edits point into.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Leaves a header out.
    pub fn remove(&mut self, header: usize) {
        self.list.push(HeadEdit::Remove(header as u32));
    }

    /// Gives a header a value put together from `parts`.
    pub fn replace(&mut self, header: usize, parts: &[&[u8]]) {
        let value = self.store(parts);
        self.list.push(HeadEdit::Replace {
            header: header as u32,
            value,
        });
    }

    /// Gives a header the value that `write` appends to the bytes: `Some(true)` puts it in the old one's place,
    /// `Some(false)` leaves the header out, `None` leaves it as it is.
    pub fn replace_with(&mut self, header: usize, write: impl FnOnce(&mut Vec<u8>) -> Option<bool>) {
        let start = self.bytes.len();
        match write(&mut self.bytes) {
            Some(true) => {
                let value = self.slice_from(start);
                self.list.push(HeadEdit::Replace {
                    header: header as u32,
                    value,
                });
            }
            Some(false) => {
                self.bytes.truncate(start);
                self.remove(header);
            }
            None => self.bytes.truncate(start),
        }
    }

    /// Makes the edits.
    ///
    /// # Errors
    /// When there is no room for what they bring.
    pub fn apply(&self, headers: &mut HeadersMut<'_>) -> Result<(), NoRoom> {
        let mut removed = SmallVec::<[u32; 8]>::new();
        for edit in &self.list {
            match edit {
                HeadEdit::Remove(at) => removed.push(*at),
                HeadEdit::Replace { header, value } => {
                    headers.replace(*header as usize, &[value.of(&self.bytes)])?;
                }
                HeadEdit::Add { name, value } => {
                    headers.add(name.of(&self.bytes), &[value.of(&self.bytes)])?;
                }
            }
        }
        if !removed.is_empty() {
            let mut at = 0;
            headers.headers.retain(|_| {
                at += 1;
                !removed.contains(&(at - 1))
            });
        }
        Ok(())
    }

    /// Adds a header whose value is put together from `parts`.
    pub fn add(&mut self, name: &[u8], parts: &[&[u8]]) {
        let name = self.store(&[name]);
        let value = self.store(parts);
        self.list.push(HeadEdit::Add { name, value });
    }

    /// Adds a header whose value `write` appends to the bytes.
    pub fn add_with(&mut self, name: &[u8], write: impl FnOnce(&mut Vec<u8>)) {
        let name = self.store(&[name]);
        let start = self.bytes.len();
        write(&mut self.bytes);
        let value = self.slice_from(start);
        self.list.push(HeadEdit::Add { name, value });
    }

    fn store(&mut self, parts: &[&[u8]]) -> Slice {
        let start = self.bytes.len();
        for part in parts {
            self.bytes.extend_from_slice(part);
        }
        self.slice_from(start)
    }

    fn slice_from(&self, start: usize) -> Slice {
        Slice {
            start: start as u32,
            len: (self.bytes.len() - start) as u32,
        }
    }
}
