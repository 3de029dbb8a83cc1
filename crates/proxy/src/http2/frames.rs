//! Looks along frames for what the library below does not mind and RFC 9113 does, and counts what is odd but allowed (glitches): what
//! a peer sends, and what it is told in return.

use h2::Reason;

use super::PREFACE;

/// Bytes of a frame's head.
const HEAD: usize = 9;

/// Bytes of one setting.
const SETTING: usize = 6;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const PRIORITY: u8 = 2;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;
const ACK: u8 = 1;
const PADDED: u8 = 8;
const WITH_PRIORITY: u8 = 32;
const INITIAL_WINDOW_SIZE: u16 = 4;
const LARGEST_WINDOW: u32 = 0x7fff_ffff;

/// Bytes of the code that a reset bears.
const CODE: usize = 4;

/// Fields come in so many CONTINUATION frames before that is odd, and it is again with each that many more.
const FEW_PARTS: u32 = 4;
const MORE_PARTS: u32 = 16;

/// Whose frames they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sender {
    /// A client's, behind its preface.
    Client,
    /// A server's.
    Server,
    /// Ours, to a client.
    ToClient,
    /// Ours, to a server, behind the preface.
    ToServer,
}

/// Where in its bytes a peer is.
#[derive(Debug)]
pub(super) struct Frames {
    /// Bytes of the preface that are still to come.
    preface: usize,
    /// The first frame was seen.
    begun: bool,
    /// What is put together: a frame's head, or a setting.
    kept: [u8; HEAD],
    filled: usize,
    /// Bytes of the frame's payload that are still to come.
    left: usize,
    /// The payload is looked at in parts of this many bytes; 0 where it is not.
    part: usize,
    sender: Sender,
    /// CONTINUATION frames of the fields at hand.
    parts: u32,
    /// The stream that was reset last.
    reset: u32,
    /// What is odd, and was not asked for yet.
    glitches: u32,
}

impl Frames {
    /// Those of a peer that has sent nothing.
    pub(super) fn new(sender: Sender) -> Self {
        Self {
            preface: match sender {
                Sender::Client | Sender::ToServer => PREFACE.len(),
                Sender::Server | Sender::ToClient => 0,
            },
            begun: false,
            kept: [0; HEAD],
            filled: 0,
            left: 0,
            part: 0,
            sender,
            parts: 0,
            reset: 0,
            glitches: 0,
        }
    }

    /// How much was odd since this was last asked.
    pub(super) fn take_glitches(&mut self) -> u32 {
        std::mem::take(&mut self.glitches)
    }

    /// Looks at more bytes. Gives what is wrong with them.
    pub(super) fn see(&mut self, mut bytes: &[u8]) -> Option<Reason> {
        let skipped = self.preface.min(bytes.len());
        self.preface -= skipped;
        bytes = &bytes[skipped..];
        while !bytes.is_empty() {
            if self.left > 0 && self.part == 0 {
                let skipped = self.left.min(bytes.len());
                self.left -= skipped;
                bytes = &bytes[skipped..];
                continue;
            }
            let wanted = if self.left > 0 {
                self.part.min(self.left + self.filled)
            } else {
                HEAD
            };
            let n = (wanted - self.filled).min(bytes.len());
            self.kept[self.filled..self.filled + n].copy_from_slice(&bytes[..n]);
            self.filled += n;
            bytes = &bytes[n..];
            if self.part > 0 && self.left > 0 {
                self.left -= n;
            }
            if self.filled == wanted {
                self.filled = 0;
                let wrong = match wanted {
                    HEAD => self.head(),
                    CODE => self.code(),
                    _ => self.setting(wanted),
                };
                if wrong.is_some() {
                    return wrong;
                }
            }
        }
        None
    }

    fn head(&mut self) -> Option<Reason> {
        let [a, b, c, kind, flags, stream @ ..] = self.kept;
        self.left = usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c);
        if matches!(self.sender, Sender::ToClient | Sender::ToServer) {
            self.part = if kind == RST_STREAM { CODE } else { 0 };
            return None;
        }
        self.part = if kind == SETTINGS { SETTING } else { 0 };
        self.count(kind, u32::from_be_bytes(stream));
        // Section 3.4.
        let is_first = !std::mem::replace(&mut self.begun, true);
        if is_first && (kind != SETTINGS || flags & ACK != 0) {
            return Some(Reason::PROTOCOL_ERROR);
        }
        (!has_right_size(kind, flags, self.left)).then_some(Reason::FRAME_SIZE_ERROR)
    }

    /// What of a frame is odd: a stream that is called off, fields in many small parts. Counted as haproxy 3.4 does, as far as a frame's
    /// head tells it.
    fn count(&mut self, kind: u8, stream: u32) {
        match kind {
            RST_STREAM if std::mem::replace(&mut self.reset, stream) != stream => self.glitches += 1,
            HEADERS => self.parts = 0,
            CONTINUATION => {
                self.parts += 1;
                if self.parts > FEW_PARTS && (self.parts - FEW_PARTS) % MORE_PARTS == 1 {
                    self.glitches += 1;
                }
            }
            _ => {}
        }
    }

    /// A reset of ours: odd is what it answers, unless it is we who call the stream off.
    fn code(&mut self) -> Option<Reason> {
        let [a, b, c, d, ..] = self.kept;
        let code = Reason::from(u32::from_be_bytes([a, b, c, d]));
        let own = [
            Reason::NO_ERROR,
            Reason::INTERNAL_ERROR,
            Reason::CANCEL,
            Reason::REFUSED_STREAM,
        ];
        self.glitches += u32::from(!own.contains(&code));
        None
    }

    fn setting(&self, len: usize) -> Option<Reason> {
        let [a, b, value @ .., _, _, _] = self.kept;
        // Section 6.5.2. What is too short for a setting is found out about below.
        let is_window = len == SETTING && u16::from_be_bytes([a, b]) == INITIAL_WINDOW_SIZE;
        (is_window && u32::from_be_bytes(value) > LARGEST_WINDOW).then_some(Reason::FLOW_CONTROL_ERROR)
    }
}

/// Whether a frame can have a payload of that size (section 6). That none is too large the library sees.
fn has_right_size(kind: u8, flags: u8, size: usize) -> bool {
    match kind {
        DATA => size >= usize::from(flags & PADDED != 0),
        HEADERS => {
            let priority = if flags & WITH_PRIORITY == 0 { 0 } else { 5 };
            size >= priority + usize::from(flags & PADDED != 0)
        }
        PRIORITY => size == 5,
        RST_STREAM | WINDOW_UPDATE => size == 4,
        SETTINGS if flags & ACK != 0 => size == 0,
        SETTINGS => size.is_multiple_of(SETTING),
        PING => size == 8,
        GOAWAY => size >= 8,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks at `bytes` in parts of every length.
    fn seen(bytes: &[u8]) -> Option<Reason> {
        let whole = Frames::new(Sender::Client).see(bytes);
        for len in 1..bytes.len() {
            let mut frames = Frames::new(Sender::Client);
            let parts = bytes.chunks(len).find_map(|part| frames.see(part));
            assert_eq!(parts, whole, "in parts of {len}");
        }
        whole
    }

    #[test]
    fn settings_come_first() {
        let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
        let ping = [0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];
        assert_eq!(seen(&[PREFACE, &settings, &ping].concat()), None);
        assert_eq!(seen(&[PREFACE, &ping].concat()), Some(Reason::PROTOCOL_ERROR));
    }

    #[test]
    fn frames_have_the_size_that_their_kind_asks_for() {
        let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
        let of = |kind: u8, flags: u8, size: u8| {
            let head = [0, 0, size, kind, flags, 0, 0, 0, 0];
            seen(&[PREFACE, &settings, &head, &[0; 255][..size.into()]].concat())
        };
        let wrong = Some(Reason::FRAME_SIZE_ERROR);
        for (kind, flags, right, sizes) in [
            (DATA, PADDED, 1, &[0][..]),
            (HEADERS, PADDED | WITH_PRIORITY, 6, &[0, 5]),
            (PRIORITY, 0, 5, &[0, 4, 6]),
            (RST_STREAM, 0, 4, &[3, 5]),
            (SETTINGS, 0, 12, &[1, 7, 11]),
            (SETTINGS, ACK, 0, &[6]),
            (PING, 0, 8, &[0, 7, 9]),
            (GOAWAY, 0, 9, &[0, 7]),
            (WINDOW_UPDATE, 0, 4, &[0, 3, 5]),
        ] {
            assert_eq!(of(kind, flags, right), None, "{kind}");
            for size in sizes {
                assert_eq!(of(kind, flags, *size), wrong, "{kind} of {size}");
            }
        }
        assert_eq!(of(99, 0xff, 0), None);
    }

    /// How much is odd about what is sent behind the beginning.
    fn odd(sender: Sender, sent: &[u8]) -> u32 {
        let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
        let preface = match sender {
            Sender::Client | Sender::ToServer => PREFACE,
            Sender::Server | Sender::ToClient => b"",
        };
        let mut frames = Frames::new(sender);
        for octet in [preface, &settings, sent].concat() {
            assert_eq!(frames.see(&[octet]), None);
        }
        frames.take_glitches()
    }

    #[test]
    fn streams_that_are_called_off_are_odd() {
        let reset = |stream, code| [0, 0, 4, RST_STREAM, 0, 0, 0, 0, stream, 0, 0, 0, code];
        let resets = [reset(1, 8), reset(3, 8), reset(3, 8)].concat();
        assert_eq!(odd(Sender::Client, &resets), 2);
        assert_eq!(odd(Sender::Server, &resets), 2);
        // Ours are, where a client is told of what it did.
        assert_eq!(odd(Sender::ToClient, &resets), 0);
        let resets = [reset(1, 1), reset(3, 5), reset(5, 7)].concat();
        assert_eq!(odd(Sender::ToClient, &resets), 2);
        assert_eq!(odd(Sender::ToServer, &resets), 2);
    }

    #[test]
    fn fields_in_many_parts_are_odd() {
        let part = |kind| [0, 0, 1, kind, 0, 0, 0, 0, 1, 0];
        let fields = |parts| [&part(HEADERS)[..], &part(CONTINUATION).repeat(parts)].concat();
        for (parts, glitches) in [(0, 0), (4, 0), (5, 1), (16, 1), (32, 2)] {
            assert_eq!(odd(Sender::Client, &fields(parts)), glitches, "{parts}");
        }
        assert_eq!(odd(Sender::Client, &fields(3).repeat(4)), 0);
    }

    #[test]
    fn a_window_has_a_largest_size() {
        let settings = |value: u8| [0, 0, 12, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 9, 0, 4, value, 0, 0, 0];
        assert_eq!(seen(&[PREFACE, &settings(0x7f)].concat()), None);
        assert_eq!(
            seen(&[PREFACE, &settings(0x80)].concat()),
            Some(Reason::FLOW_CONTROL_ERROR)
        );
    }
}
