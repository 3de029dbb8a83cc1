//! Messages between the program and others on its machine, over a unix socket: the lines of a message between `>>>` and `<<<` with a
//! zero behind them, and in front how long that is and a number that is always the same.
//!
//! Found by watching heartbeat 3.0.6 and its cl_status and ipfail.

use super::message::{lines_of, read_lines};
use super::{Fault, Message};

/// Where the program listens.
pub const SOCKET: &str = "/run/heartbeat/register";

/// The number in front of each message.
const MAGIC: u32 = 0xabcd;

/// Octets in front of a message.
const HEAD: usize = 8;

/// The largest message, octets.
const LARGEST: usize = 65_536;

const START: &[u8] = b">>>\n";
const END: &[u8] = b"<<<\n";

/// A message as it is written into the socket.
#[must_use]
pub fn encode(message: &Message) -> Vec<u8> {
    let mut text = START.to_vec();
    text.extend_from_slice(&lines_of(message));
    text.extend_from_slice(END);
    text.push(0);
    let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
    let mut out = length.to_le_bytes().to_vec();
    out.extend_from_slice(&MAGIC.to_le_bytes());
    out.extend_from_slice(&text);
    out
}

/// What came out of the socket so far.
#[derive(Debug, Default)]
pub struct Frames(Vec<u8>);

impl Frames {
    /// More octets.
    pub fn push(&mut self, octets: &[u8]) {
        self.0.extend_from_slice(octets);
    }

    /// The next whole message, if there is one.
    ///
    /// # Errors
    /// A fault, when what came is no message: the rest cannot be understood either.
    pub fn take(&mut self) -> Result<Option<Message>, Fault> {
        let (Some(length), Some(magic)) = (number(&self.0, 0), number(&self.0, 4)) else {
            return Ok(None);
        };
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if magic != MAGIC {
            return Err(Fault::Foreign);
        }
        if length > LARGEST {
            return Err(Fault::Oversized);
        }
        if self.0.len() < HEAD + length {
            return Ok(None);
        }
        let frame: Vec<u8> = self.0.drain(..HEAD + length).skip(HEAD).collect();
        let text = frame.strip_suffix(&[0]).unwrap_or(&frame);
        let lines = text
            .strip_prefix(START)
            .and_then(|text| text.strip_suffix(END))
            .ok_or(Fault::Foreign)?;
        read_lines(lines).map(Some)
    }
}

fn number(octets: &[u8], at: usize) -> Option<u32> {
    let four = octets.get(at..at + 4)?;
    Some(u32::from_le_bytes(four.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_written_as_the_original_writes_it() {
        let message = Message::new("hbapi-req")
            .with("reqtype", "nodelist")
            .with("dest", "lb1.example.com")
            .with("pid", "1946")
            .with("from_id", "1946");
        let recorded = b"Q\0\0\0\xcd\xab\0\0>>>\nt=hbapi-req\nreqtype=nodelist\ndest=lb1.example.com\npid=1946\nfrom_id=1946\n<<<\n\0";
        assert_eq!(encode(&message), recorded);
        let mut frames = Frames::default();
        for octet in recorded {
            assert_eq!(frames.take(), Ok(None));
            frames.push(&[*octet]);
        }
        assert_eq!(frames.take(), Ok(Some(message)));
        assert_eq!(frames.take(), Ok(None));
    }

    #[test]
    fn what_is_no_message_is_refused() {
        let mut frames = Frames::default();
        frames.push(b"GET / HTTP/1.1\r\n\r\n");
        assert_eq!(frames.take(), Err(Fault::Foreign));
        let mut frames = Frames::default();
        frames.push(&[0xff, 0xff, 0xff, 0x7f, 0xcd, 0xab, 0, 0]);
        assert_eq!(frames.take(), Err(Fault::Oversized));
        let mut frames = Frames::default();
        frames.push(b"\x04\0\0\0\xcd\xab\0\0hey\0");
        assert_eq!(frames.take(), Err(Fault::Foreign));
    }

    #[test]
    fn a_name_that_would_be_read_as_a_kind_is_refused() {
        let text = b">>>\n(0)(1)t=a\n<<<\n\0";
        let mut frames = Frames::default();
        frames.push(&u32::try_from(text.len()).unwrap().to_le_bytes());
        frames.push(&MAGIC.to_le_bytes());
        frames.push(text);
        assert_eq!(frames.take(), Err(Fault::Malformed));
    }
}
