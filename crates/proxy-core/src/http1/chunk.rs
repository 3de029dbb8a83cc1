//! Chunked bodies (RFC 9112, section 7.1): finds where one ends.

/// What the next byte belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The size; whether a digit was seen.
    Size(bool),
    /// What follows a semicolon.
    Extension,
    /// The line feed behind a size.
    SizeEnd,
    /// Data, this much left.
    Data(u64),
    /// The line end behind data: carriage return, then line feed.
    DataEnd(bool),
    /// A trailer's line; whether it is still empty.
    Trailer(bool),
    /// The line feed behind a trailer's line; whether that line was empty.
    TrailerEnd(bool),
    /// All is through.
    Done,
}

/// A body that breaks the rules of chunking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed chunk")]
pub struct ChunkError;

/// Follows a chunked body through its bytes.
#[derive(Clone, Copy, Debug)]
pub struct ChunkReader {
    state: State,
    size: u64,
}

impl Default for ChunkReader {
    fn default() -> Self {
        Self {
            state: State::Size(false),
            size: 0,
        }
    }
}

impl ChunkReader {
    /// Whether the last chunk and the trailers are through.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// Follows `data` and gives how many of its bytes belong to the body: all of them, unless the body ends inside.
    ///
    /// # Errors
    /// When the bytes break the rules of chunking.
    pub fn follow(&mut self, data: &[u8]) -> Result<usize, ChunkError> {
        let mut at = 0;
        while at < data.len() {
            let byte = data[at];
            match self.state {
                State::Size(seen) => {
                    if let Some(digit) = (byte as char).to_digit(16) {
                        // A size of 2^52 and more is an attack or an accident, never a chunk.
                        if self.size >> 48 != 0 {
                            return Err(ChunkError);
                        }
                        self.size = self.size << 4 | u64::from(digit);
                        self.state = State::Size(true);
                    } else if !seen {
                        return Err(ChunkError);
                    } else {
                        self.state = match byte {
                            b'\r' => State::SizeEnd,
                            b';' | b' ' | b'\t' => State::Extension,
                            _ => return Err(ChunkError),
                        };
                    }
                }
                State::Extension => match byte {
                    b'\r' => self.state = State::SizeEnd,
                    b'\n' | 0 => return Err(ChunkError),
                    _ => {}
                },
                State::SizeEnd => {
                    if byte != b'\n' {
                        return Err(ChunkError);
                    }
                    self.state = if self.size == 0 {
                        State::Trailer(true)
                    } else {
                        State::Data(self.size)
                    };
                    self.size = 0;
                }
                State::Data(left) => {
                    let here = usize::try_from(left).unwrap_or(usize::MAX).min(data.len() - at);
                    at += here;
                    let left = left - here as u64;
                    self.state = if left == 0 {
                        State::DataEnd(false)
                    } else {
                        State::Data(left)
                    };
                    continue;
                }
                State::DataEnd(seen_cr) => {
                    self.state = match (seen_cr, byte) {
                        (false, b'\r') => State::DataEnd(true),
                        (true, b'\n') => State::Size(false),
                        _ => return Err(ChunkError),
                    };
                }
                State::Trailer(empty) => match byte {
                    b'\r' => self.state = State::TrailerEnd(empty),
                    b'\n' | 0 => return Err(ChunkError),
                    _ => self.state = State::Trailer(false),
                },
                State::TrailerEnd(empty) => {
                    if byte != b'\n' {
                        return Err(ChunkError);
                    }
                    self.state = if empty { State::Done } else { State::Trailer(true) };
                }
                State::Done => return Ok(at),
            }
            at += 1;
        }
        Ok(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn body_ends_behind_its_trailers() {
        let text = b"5;x=y\r\nhello\r\n0\r\nA: b\r\n\r\nGET";
        let mut reader = ChunkReader::default();
        assert_eq!(reader.follow(text), Ok(text.len() - 3));
        assert!(reader.is_done());
    }

    #[test]
    fn broken_framing_is_refused() {
        for bad in [
            &b"x"[..],
            b"\r\n",
            b"5\n",
            b"1\r\nab",
            b"fffffffffffffff\r\n",
            b"0\r\n\r\r",
        ] {
            assert_eq!(ChunkReader::default().follow(bad), Err(ChunkError), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn cuts_do_not_matter(body in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..40), 0..6), cut in 0usize..200) {
            let mut text = Vec::new();
            for chunk in &body {
                text.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
                text.extend_from_slice(chunk);
                text.extend_from_slice(b"\r\n");
            }
            text.extend_from_slice(b"0\r\n\r\n");
            let cut = cut.min(text.len());
            let mut reader = ChunkReader::default();
            prop_assert_eq!(reader.follow(&text[..cut]), Ok(cut));
            prop_assert_eq!(reader.follow(&text[cut..]), Ok(text.len() - cut));
            prop_assert!(reader.is_done());
        }

        #[test]
        fn garbage_never_panics(text in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = ChunkReader::default().follow(&text);
        }
    }
}
