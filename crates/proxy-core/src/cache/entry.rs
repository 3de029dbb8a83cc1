//! A response that is kept, and how it is sent again.

use std::sync::Arc;

use super::conditional;
use super::fitness::Fitness;
use crate::http1::{ConnectionHeader, RequestRef, ResponseRef, write_response};

/// Bytes that an entry counts for beside its headers and its body, as the original's do.
const OVERHEAD: usize = 152;

/// Bytes that each part of a message counts for beside what it says.
const PART: usize = 4;

/// Bytes of a status line beside its words.
const LINE: usize = 20;

/// A response that is kept.
#[derive(Debug)]
pub struct Entry {
    /// Its head's lines, without the empty one.
    head: Box<[u8]>,
    /// Its body as it is sent, in its framing.
    body: Box<[u8]>,
    /// When it came, seconds since the epoch.
    stored: u64,
    /// When it is fresh no more.
    expires: u64,
    age: u64,
    modified: u64,
    etag: Option<Box<[u8]>>,
}

/// A response that is about to be kept: all but its body.
#[derive(Debug)]
pub(super) struct Begun {
    head: Vec<u8>,
    etag: Option<Box<[u8]>>,
    fitness: Fitness,
    now: u64,
    /// Bytes that it counts for without its body.
    pub(super) size: usize,
}

impl Begun {
    pub(super) fn new(response: ResponseRef<'_>, fitness: Fitness, now: u64) -> Self {
        let mut whole = Vec::new();
        write_response(&mut whole, response, ConnectionHeader::Implied, false);
        let mut head = Vec::with_capacity(whole.len());
        for line in whole.split_inclusive(|octet| *octet == b'\n') {
            // How old it is is said anew each time.
            let is_age = line
                .get(..4)
                .is_some_and(|name| name.eq_ignore_ascii_case(b"age:"));
            if !is_age && line != b"\r\n" {
                head.extend_from_slice(line);
            }
        }
        let headers = response.headers();
        let words = b"HTTP/1.1".len() + 3 + response.reason().len();
        let lines = headers
            .iter()
            .filter(|(name, _)| !name.eq_ignore_ascii_case(b"age"))
            .map(|(name, value)| name.len() + value.len() + PART);
        Self {
            size: OVERHEAD + LINE + words + PART + lines.sum::<usize>() + 1 + PART,
            etag: headers.get(b"etag").next().map(Box::from),
            head,
            fitness,
            now,
        }
    }

    pub(super) fn expires(&self) -> u64 {
        self.now.saturating_add(self.fitness.lifetime)
    }

    pub(super) fn finish(self, body: Vec<u8>) -> Entry {
        Entry {
            stored: self.now,
            expires: self.expires(),
            age: self.fitness.age,
            modified: self.fitness.modified,
            etag: self.etag,
            head: self.head.into(),
            body: body.into(),
        }
    }
}

impl Entry {
    /// Whether it is fresh at a time in seconds since the epoch.
    #[must_use]
    pub fn is_fresh(&self, now: u64) -> bool {
        now < self.expires
    }

    pub(super) fn modified(&self) -> u64 {
        self.modified
    }

    pub(super) fn etag(&self) -> Option<&[u8]> {
        self.etag.as_deref()
    }

    /// Its body, as it is sent.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The response to a request, at a time in seconds since the epoch: the whole one, or that the client has it.
    #[must_use]
    pub fn replay(self: &Arc<Self>, request: RequestRef<'_>, now: u64) -> Replay {
        let is_had = conditional::has_it(request, self);
        let mut head = Vec::with_capacity(self.head.len() + 32);
        if is_had {
            head.extend_from_slice(b"HTTP/1.1 304 Not Modified\r\n");
            let lines = memchr::memchr(b'\n', &self.head).map_or(0, |end| end + 1);
            for line in self.head[lines..].split_inclusive(|octet| *octet == b'\n') {
                // There is no body that had a coding.
                if !line.starts_with(b"transfer-encoding:") {
                    head.extend_from_slice(line);
                }
            }
        } else {
            head.extend_from_slice(&self.head);
        }
        let age = now.saturating_sub(self.stored).saturating_add(self.age);
        head.extend_from_slice(format!("age: {age}\r\n\r\n").as_bytes());
        Replay {
            entry: Arc::clone(self),
            has_body: !is_had && request.method() != b"HEAD",
            head: head.into(),
            at: 0,
        }
    }
}

/// A response on its way to a client, to be read as if a server sent it.
#[derive(Debug)]
pub struct Replay {
    entry: Arc<Entry>,
    head: Box<[u8]>,
    has_body: bool,
    at: usize,
}

impl Replay {
    /// Reads into `room` what comes next; 0 at the end.
    pub fn read(&mut self, room: &mut [u8]) -> usize {
        let mut filled = 0;
        let body = if self.has_body { self.entry.body() } else { &[] };
        for (part, skip) in [(&self.head[..], 0), (body, self.head.len())] {
            let Some(rest) = self.at.checked_sub(skip).and_then(|at| part.get(at..)) else {
                continue;
            };
            let n = rest.len().min(room.len() - filled);
            room[filled..filled + n].copy_from_slice(&rest[..n]);
            filled += n;
            self.at += n;
        }
        filled
    }
}
