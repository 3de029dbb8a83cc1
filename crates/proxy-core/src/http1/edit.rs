//! Edits of a head: its index changes at once, so that whoever looks at it next sees them; the bytes that they bring stand
//! beside the received ones, which stay as they are.

use super::{Header, Headers, KnownHeader, RequestHead, ResponseHead, Slice};

/// The bytes that an edit brings do not fit the room that heads have (`tune.bufsize`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no room for the edit of a head")]
pub struct NoRoom;

/// The headers of a head, to be edited.
#[derive(Debug)]
pub struct HeadersMut<'a> {
    /// The buffer that was received.
    pub received: &'a [u8],
    /// The index.
    pub headers: &'a mut Vec<Header>,
    /// The bytes that were added.
    pub added: &'a mut Vec<u8>,
    /// Most bytes that may be added.
    pub room: usize,
}

impl HeadersMut<'_> {
    /// The headers as they are now.
    #[must_use]
    pub fn view(&self) -> Headers<'_> {
        Headers::new(self.received, self.added, self.headers)
    }

    /// Keeps what `parts` are one behind the other.
    ///
    /// # Errors
    /// When there is no room.
    pub fn store(&mut self, parts: &[&[u8]]) -> Result<Slice, NoRoom> {
        let len = parts.iter().map(|part| part.len()).sum::<usize>();
        if self.added.len() + len > self.room {
            return Err(NoRoom);
        }
        let start = self.added.len() as u32 | Slice::ADDED;
        for part in parts {
            self.added.extend_from_slice(part);
        }
        Ok(Slice {
            start,
            len: len as u32,
        })
    }

    /// Keeps a header as the line that it is sent on as, so that what stands one behind the other goes on in one piece.
    fn line(&mut self, name: &[u8], parts: &[&[u8]]) -> Result<Header, NoRoom> {
        let value_len = parts.iter().map(|part| part.len()).sum::<usize>();
        let len = name.len() + value_len;
        if self.added.len() + len > self.room {
            return Err(NoRoom);
        }
        let start = self.added.len() as u32 | Slice::ADDED;
        self.added.reserve(len + 4);
        self.added.extend_from_slice(name);
        self.added.extend_from_slice(b": ");
        for part in parts {
            self.added.extend_from_slice(part);
        }
        self.added.extend_from_slice(b"\r\n");
        Ok(Header {
            name: Slice {
                start,
                len: name.len() as u32,
            },
            value: Slice {
                start: start + name.len() as u32 + 2,
                len: value_len as u32,
            },
            known: KnownHeader::of(name),
            plain_end: start + len as u32 + 4,
        })
    }

    /// Adds a header behind the others.
    ///
    /// # Errors
    /// When there is no room.
    pub fn add(&mut self, name: &[u8], parts: &[&[u8]]) -> Result<(), NoRoom> {
        let header = self.line(name, parts)?;
        self.headers.push(header);
        Ok(())
    }

    /// Gives the header at that place another value.
    ///
    /// # Errors
    /// When there is no room.
    pub fn replace(&mut self, at: usize, parts: &[&[u8]]) -> Result<(), NoRoom> {
        let value = self.store(parts)?;
        if let Some(header) = self.headers.get_mut(at) {
            header.value = value;
        }
        Ok(())
    }

    /// Puts another header in the place of the one there.
    ///
    /// # Errors
    /// When there is no room.
    pub fn put(&mut self, at: usize, name: &[u8], value: &[u8]) -> Result<(), NoRoom> {
        let line = self.line(name, &[value])?;
        if let Some(header) = self.headers.get_mut(at) {
            *header = line;
        }
        Ok(())
    }

    /// Takes away the headers of that name, letters' case aside.
    pub fn remove(&mut self, name: &[u8]) {
        let bytes = Headers::new(self.received, self.added, &[]).bytes();
        // Nearly always there is none.
        if let Some(first) = self
            .headers
            .iter()
            .position(|header| header.is_named(bytes, name))
        {
            let mut at = 0;
            self.headers.retain(|header| {
                let keeps = at < first || !header.is_named(bytes, name);
                at += 1;
                keeps
            });
        }
    }

    /// Takes away the headers of which `keep` says no, shown name and value.
    pub fn retain(&mut self, mut keep: impl FnMut(&[u8], &[u8]) -> bool) {
        let bytes = Headers::new(self.received, self.added, &[]).bytes();
        self.headers
            .retain(|header| keep(bytes.get(header.name), bytes.get(header.value)));
    }
}

impl RequestHead {
    /// The headers, to be edited; `received` is the buffer that the head was read from, `room` the most bytes to be added.
    pub fn edit<'a>(&'a mut self, received: &'a [u8], room: usize) -> HeadersMut<'a> {
        HeadersMut {
            received,
            headers: &mut self.headers,
            added: &mut self.added,
            room,
        }
    }
}

impl ResponseHead {
    /// As [`RequestHead::edit`].
    pub fn edit<'a>(&'a mut self, received: &'a [u8], room: usize) -> HeadersMut<'a> {
        HeadersMut {
            received,
            headers: &mut self.headers,
            added: &mut self.added,
            room,
        }
    }
}
