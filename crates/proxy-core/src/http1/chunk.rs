//! Chunked bodies (RFC 9112, section 7.1): finds where one ends. Lines end with CR and LF here: what comes is what goes on, and
//! a line that ends otherwise would end elsewhere for somebody else.
//!
//! Trailers go on as headers do: names in lower case, or as `h1-case-adjust` has them, values without the blanks around them.

use super::parse::MAX_NAME;
use super::{HeadRules, HeaderCases};
use crate::octets::is_token;

/// What the next byte belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The size; whether a digit was seen.
    Size(bool),
    /// Blanks behind a size.
    SizeBlanks,
    /// What follows a semicolon.
    Extension,
    /// The line feed behind a size.
    SizeEnd,
    /// Data, this much left.
    Data(u64),
    /// The line end behind data: carriage return, then line feed.
    DataEnd(bool),
    /// A trailer's line.
    Trailer(Trailer),
    /// The line feed behind a trailer's line; whether that line was empty.
    TrailerEnd(bool),
    /// All is through.
    Done,
}

/// Where in a trailer's line the next byte is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trailer {
    Start,
    Name,
    /// Behind the colon.
    Value,
}

/// A body that breaks the rules of chunking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed chunk")]
pub struct ChunkError;

/// Follows a chunked body through its bytes.
#[derive(Clone, Copy, Debug)]
pub struct ChunkReader {
    state: State,
    /// The chunk's size; bytes of a trailer's name.
    size: u64,
    /// Trailers that may still come.
    trailers_left: u16,
    /// Bytes of trailers that may still come.
    room: u32,
    /// Bytes of a trailer's line that has not ended yet.
    held: u32,
    /// Names of trailers may be of any bytes, and NUL may stand in values.
    unsafe_violations: bool,
    /// Extensions hold no control characters.
    plain_extensions: bool,
    /// Trailers do not go on.
    drops_trailers: bool,
}

impl ChunkReader {
    /// One whose trailers are read by `rules`.
    #[must_use]
    pub fn new(rules: &HeadRules) -> Self {
        Self {
            state: State::Size(false),
            size: 0,
            trailers_left: u16::try_from(rules.max_headers).unwrap_or(u16::MAX),
            room: rules.max_trailers,
            held: 0,
            unsafe_violations: rules.unsafe_violations,
            plain_extensions: rules.plain_extensions,
            drops_trailers: false,
        }
    }

    /// The same, but trailers end here where `drops` says so (`option http-drop-request-trailers`, `-response-`).
    #[must_use]
    pub fn dropping_trailers(mut self, drops: bool) -> Self {
        self.drops_trailers = drops;
        self
    }

    /// Bytes at the end of what [`ChunkReader::follow`] kept that must not go on yet: it is to be given them again, with what
    /// comes behind them.
    #[must_use]
    pub fn held(&self) -> usize {
        self.held as usize
    }

    /// Whether the last chunk and the trailers are through.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// Follows `data` through the body, taking out what is of no use to the next hop: chunk extensions, blanks around the
    /// values of trailers. `data` begins with the bytes that are held; what is kept stands at its beginning, and its last
    /// bytes are those that are held from now on.
    ///
    /// # Errors
    /// When the bytes break the rules of chunking.
    pub fn follow(&mut self, data: &mut [u8], cases: Option<&HeaderCases>) -> Result<Followed, ChunkError> {
        let mut at = self.held().min(data.len());
        let mut kept = at;
        // Where the trailer's line at hand begins.
        let mut line = 0;
        let mut payload = 0;
        while at < data.len() && self.state != State::Done {
            if let State::Data(left) = self.state {
                let here = usize::try_from(left).unwrap_or(usize::MAX).min(data.len() - at);
                if kept < at {
                    data.copy_within(at..at + here, kept);
                }
                at += here;
                kept += here;
                payload += here as u64;
                let left = left - here as u64;
                self.state = if left == 0 {
                    State::DataEnd(false)
                } else {
                    State::Data(left)
                };
                continue;
            }
            let before = self.state;
            if before == State::Trailer(Trailer::Start) {
                line = kept;
            }
            if let Some(byte) = self.step(data[at])? {
                data[kept] = byte;
                kept += 1;
            }
            if before == State::TrailerEnd(false) && !self.drops_trailers {
                let settled = settle_trailer(&mut data[line..kept], cases);
                kept = line + settled.len;
                payload += settled.payload;
            }
            payload += u64::from(self.state == State::Done);
            at += 1;
        }
        let in_trailer = matches!(
            self.state,
            State::Trailer(Trailer::Name | Trailer::Value) | State::TrailerEnd(false)
        );
        // A head has at most 4 GiB less one byte of room, and trailers no more than it.
        self.held = if in_trailer { (kept - line) as u32 } else { 0 };
        Ok(Followed {
            consumed: at,
            kept,
            payload,
        })
    }

    /// Takes a byte that may follow a size.
    fn behind_size(&mut self, byte: u8) -> Result<Option<u8>, ChunkError> {
        self.state = match byte {
            b'\r' => State::SizeEnd,
            b';' => State::Extension,
            b' ' | b'\t' => State::SizeBlanks,
            _ => return Err(ChunkError),
        };
        Ok((byte == b'\r').then_some(byte))
    }

    /// What follows a byte of a trailer's line.
    fn in_trailer(&mut self, place: Trailer, byte: u8) -> Result<State, ChunkError> {
        self.room = self.room.checked_sub(1).ok_or(ChunkError)?;
        Ok(match (place, byte) {
            (_, b'\n') => return Err(ChunkError),
            (_, 0) if !self.unsafe_violations => return Err(ChunkError),
            (Trailer::Start, b'\r') => State::TrailerEnd(true),
            (Trailer::Value, b'\r') => State::TrailerEnd(false),
            (Trailer::Value, _) => State::Trailer(Trailer::Value),
            (Trailer::Name, b':') => {
                self.size = 0;
                self.trailers_left = self.trailers_left.checked_sub(1).ok_or(ChunkError)?;
                State::Trailer(Trailer::Value)
            }
            // A line without a name, or without a colon behind it, is no header; nor is one that goes on with the line before.
            (Trailer::Start, b':' | b' ' | b'\t') => return Err(ChunkError),
            (Trailer::Start | Trailer::Name, _) => {
                self.size += 1;
                if self.size > MAX_NAME as u64 || !(self.unsafe_violations || is_token(byte)) {
                    return Err(ChunkError);
                }
                State::Trailer(Trailer::Name)
            }
        })
    }

    /// Takes one byte of framing and gives what is kept of it.
    fn step(&mut self, byte: u8) -> Result<Option<u8>, ChunkError> {
        match self.state {
            State::Size(seen) => {
                if let Some(digit) = (byte as char).to_digit(16) {
                    // A size of 2^52 and more is an attack or an accident, never a chunk.
                    if self.size >> 48 != 0 {
                        return Err(ChunkError);
                    }
                    self.size = self.size << 4 | u64::from(digit);
                    self.state = State::Size(true);
                    return Ok(Some(byte));
                }
                if !seen {
                    return Err(ChunkError);
                }
                self.behind_size(byte)
            }
            State::SizeBlanks => self.behind_size(byte),
            State::Extension => match byte {
                b'\r' => {
                    self.state = State::SizeEnd;
                    Ok(Some(byte))
                }
                b'\n' => Err(ChunkError),
                _ if self.plain_extensions && byte.is_ascii_control() && byte != b'\t' => Err(ChunkError),
                _ => Ok(None),
            },
            State::SizeEnd => {
                if byte != b'\n' {
                    return Err(ChunkError);
                }
                self.state = if self.size == 0 {
                    State::Trailer(Trailer::Start)
                } else {
                    State::Data(self.size)
                };
                self.size = 0;
                Ok(Some(byte))
            }
            State::DataEnd(seen_cr) => {
                self.state = match (seen_cr, byte) {
                    (false, b'\r') => State::DataEnd(true),
                    (true, b'\n') => State::Size(false),
                    _ => return Err(ChunkError),
                };
                Ok(Some(byte))
            }
            State::Trailer(place) => {
                self.state = self.in_trailer(place, byte)?;
                let ends = self.state == State::TrailerEnd(true);
                Ok((ends || !self.drops_trailers).then(|| match place {
                    Trailer::Value => byte,
                    Trailer::Start | Trailer::Name => byte.to_ascii_lowercase(),
                }))
            }
            State::TrailerEnd(empty) => {
                if byte != b'\n' {
                    return Err(ChunkError);
                }
                self.state = if empty {
                    State::Done
                } else {
                    State::Trailer(Trailer::Start)
                };
                Ok((empty || !self.drops_trailers).then_some(byte))
            }
            // Data is taken in runs, and nothing is looked at behind the end.
            State::Data(_) | State::Done => Ok(None),
        }
    }
}

/// What became of a trailer's line.
struct Settled {
    /// Bytes of it that are left.
    len: usize,
    /// Bytes of its name and value, which is what the original counts.
    payload: u64,
}

/// Takes away the blanks around the value of a trailer, but for one in front of it, and writes the name as `cases` has it.
fn settle_trailer(line: &mut [u8], cases: Option<&HeaderCases>) -> Settled {
    let colon = memchr::memchr(b':', line).unwrap_or(line.len());
    if let Some(cases) = cases {
        cases.adjust_name(&mut line[..colon]);
    }
    let is_blank = |octet: &u8| matches!(octet, b' ' | b'\t' | b'\r' | b'\n');
    let value = line.get(colon + 1..).unwrap_or_default();
    let blanks = value.iter().take_while(|octet| is_blank(octet)).count();
    let trailing = value.iter().rev().take_while(|octet| is_blank(octet)).count();
    let value_len = value.len().saturating_sub(blanks + trailing);
    // The line end is counted among the blanks behind, and among those in front where there is no value.
    let has_blank = value.first().is_some_and(|octet| matches!(octet, b' ' | b'\t'));
    let mut end = (colon + 1).min(line.len());
    if has_blank {
        line[end] = b' ';
        end += 1;
    }
    let begin = colon + 1 + blanks;
    if value_len > 0 {
        line.copy_within(begin..begin + value_len, end);
        end += value_len;
    }
    if let Some(line_end) = line.get_mut(end..end + 2) {
        line_end.copy_from_slice(b"\r\n");
        end += 2;
    }
    Settled {
        len: end,
        payload: (colon + value_len) as u64,
    }
}

/// What [`ChunkReader::follow`] found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Followed {
    /// Bytes that belong to the body: all that were given, unless the body ends inside.
    pub consumed: usize,
    /// Bytes of these that are kept, those that are held among them.
    pub kept: usize,
    /// Bytes of these that are counted: data, names and values of trailers, and one for the end.
    pub payload: u64,
}

/// The data alone of a body that [`ChunkReader::follow`] has kept, as far as it goes.
#[must_use]
pub fn chunk_data(kept: &[u8]) -> Vec<u8> {
    let mut data = Vec::with_capacity(kept.len());
    chunks(kept).for_each(|chunk| data.extend_from_slice(chunk));
    data
}

/// The data of each chunk of such a body, as far as it goes.
pub fn chunks(kept: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = kept;
    std::iter::from_fn(move || {
        let end = memchr::memchr(b'\r', rest)?;
        let size = rest[..end]
            .iter()
            .try_fold(0usize, |size, &digit| {
                let digit = (digit as char).to_digit(16)?;
                size.checked_mul(16)?.checked_add(digit as usize)
            })
            .unwrap_or(0);
        if size == 0 {
            return None;
        }
        let behind_size = rest.get(end + 2..).unwrap_or_default();
        rest = behind_size.get(size.saturating_add(2)..).unwrap_or_default();
        Some(&behind_size[..size.min(behind_size.len())])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn reader() -> ChunkReader {
        ChunkReader::new(&HeadRules::strict(2))
    }

    #[test]
    fn body_ends_behind_its_trailers_and_loses_extensions() {
        let mut text = *b"5;x=y\r\nhello\r\n0\r\nAb: Cd\r\n\r\nGET";
        let mut reader = reader();
        let followed = reader.follow(&mut text, None).unwrap();
        assert!(reader.is_done());
        assert_eq!((followed.consumed, followed.payload), (text.len() - 3, 5 + 4 + 1));
        assert_eq!(&text[..followed.kept], b"5\r\nhello\r\n0\r\nab: Cd\r\n\r\n");
    }

    #[test]
    fn names_of_trailers_are_as_long_as_those_of_headers() {
        for (len, fits) in [(MAX_NAME, true), (MAX_NAME + 1, false)] {
            let mut text = format!("0\r\n{}: b\r\n\r\n", "a".repeat(len)).into_bytes();
            assert_eq!(reader().follow(&mut text, None).is_ok(), fits);
        }
    }

    #[test]
    fn trailers_have_as_much_room_as_a_head() {
        for (len, fits) in [(15_000, true), (16_000, false)] {
            let mut text = format!("0\r\na: {}\r\n\r\n", "b".repeat(len)).into_bytes();
            assert_eq!(reader().follow(&mut text, None).is_ok(), fits);
        }
    }

    #[test]
    fn unsafe_names_of_trailers_pass_when_asked_for() {
        let mut text = *b"0\r\na/\0b: c\0\r\n\r\n";
        assert_eq!(reader().follow(&mut text.clone(), None), Err(ChunkError));
        let mut reader = ChunkReader::new(&HeadRules {
            max_headers: 1,
            max_trailers: 20,
            unsafe_violations: true,
            plain_extensions: false,
        });
        reader.follow(&mut text, None).unwrap();
        assert!(reader.is_done());
    }

    /// What goes on of a body that comes in pieces of `step` bytes, and what is counted of it.
    fn passed(
        text: &[u8],
        step: usize,
        mut reader: ChunkReader,
        cases: Option<&HeaderCases>,
    ) -> (String, u64) {
        let (mut passed, mut payload, mut held) = (Vec::new(), 0, Vec::new());
        for piece in text.chunks(step) {
            let mut piece = [&held[..], piece].concat();
            let followed = reader.follow(&mut piece, cases).unwrap();
            let ready = followed.kept - reader.held();
            passed.extend_from_slice(&piece[..ready]);
            held = piece[ready..followed.kept].to_vec();
            payload += followed.payload;
        }
        assert!(reader.is_done() && held.is_empty());
        (String::from_utf8(passed).unwrap(), payload)
    }

    #[test]
    fn trailers_are_written_as_headers_are_wherever_they_are_cut() {
        let global = haproxy_cfg::model::Global {
            header_cases: vec![("foo-bar".into(), "FOO-Bar".into())],
            ..Default::default()
        };
        let cases = HeaderCases::new(&global);
        let text = b"1\r\na\r\n0\r\nX-T:  \t b c \t\r\nFoo-Bar:x\r\nNone:\r\nBlank: \r\n\r\n";
        for step in 1..=text.len() {
            let (lower, payload) = passed(text, step, ChunkReader::new(&HeadRules::strict(9)), None);
            assert_eq!(
                lower,
                "1\r\na\r\n0\r\nx-t: b c\r\nfoo-bar:x\r\nnone:\r\nblank: \r\n\r\n"
            );
            assert_eq!(payload, 1 + (3 + 3) + (7 + 1) + 4 + 5 + 1);
            let (cased, _) = passed(text, step, ChunkReader::new(&HeadRules::strict(9)), Some(&cases));
            assert!(cased.contains("\r\nx-t: b c\r\nFOO-Bar:x\r\n"), "{cased}");
        }
    }

    #[test]
    fn trailers_end_here_when_asked_for() {
        let text = b"1;x\r\na\r\n0\r\nX-T: b\r\nFoo: x\r\n\r\n";
        for step in 1..=text.len() {
            let reader = ChunkReader::new(&HeadRules::strict(9)).dropping_trailers(true);
            assert_eq!(
                passed(text, step, reader, None),
                ("1\r\na\r\n0\r\n\r\n".to_owned(), 2)
            );
        }
        let mut bad = *b"0\r\nno colon\r\n\r\n";
        let mut reader = reader().dropping_trailers(true);
        assert_eq!(reader.follow(&mut bad, None), Err(ChunkError));
    }

    #[test]
    fn data_stands_without_its_chunks() {
        assert_eq!(
            chunk_data(b"5\r\nhello\r\n00a\r\n, world!\r\n\r\n0\r\nab: Cd\r\n\r\n"),
            b"hello, world!\r\n"
        );
        assert_eq!(chunk_data(b"5\r\nhel"), b"hel");
        assert_eq!(chunk_data(b"0\r\n\r\n"), b"");
    }

    #[test]
    fn broken_framing_is_refused() {
        for bad in [
            &b"x"[..],
            b"\r\n",
            b"5\n",
            b" 5\r\n",
            b"5 x\r\n",
            b"5\x0b\r\n",
            b"5\rx",
            b"5;a\n",
            b"5;a\rb",
            b"1\r\na\n",
            b"0\r\n\n",
            b"0\r\na: b\n",
            b"0\r\na: b\0",
            b"0\r\na b: c\r\n",
            b"0\r\na: b\r\n c\r\n",
            b"0\r\na: b\r\na: b\r\na: b\r\n",
            b"1\r\nab",
            b"fffffffffffffff\r\n",
            b"0\r\n\r\r",
            b"0\r\nno colon\r\n",
            b"0\r\nnothing\r\n",
            b"0\r\n: nameless\r\n",
        ] {
            assert_eq!(
                reader().follow(&mut bad.to_vec(), None),
                Err(ChunkError),
                "{bad:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn cuts_do_not_matter(body in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..40), 0..6), cut in 0usize..200) {
            let mut text = Vec::new();
            for chunk in &body {
                text.extend_from_slice(format!("{:x};e\r\n", chunk.len()).as_bytes());
                text.extend_from_slice(chunk);
                text.extend_from_slice(b"\r\n");
            }
            text.extend_from_slice(b"0\r\n\r\n");
            let mut whole = text.clone();
            let at_once = reader().follow(&mut whole, None).unwrap();
            let (first, second) = text.split_at_mut(cut.min(whole.len()));
            let mut reader = reader();
            let a = reader.follow(first, None).unwrap();
            let b = reader.follow(second, None).unwrap();
            prop_assert!(reader.is_done());
            prop_assert_eq!(a.consumed + b.consumed, at_once.consumed);
            prop_assert_eq!(a.payload + b.payload, body.iter().map(|c| c.len() as u64).sum::<u64>() + 1);
            prop_assert_eq!([&first[..a.kept], &second[..b.kept]].concat(), &whole[..at_once.kept]);
        }

        #[test]
        fn garbage_never_panics(mut text in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = reader().follow(&mut text, None);
        }
    }
}
