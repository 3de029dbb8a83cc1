//! Looks along the frames of a client for what the library below does not mind and RFC 9113 does.

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
const ACK: u8 = 1;
const PADDED: u8 = 8;
const WITH_PRIORITY: u8 = 32;
const INITIAL_WINDOW_SIZE: u16 = 4;
const LARGEST_WINDOW: u32 = 0x7fff_ffff;

/// Where in its bytes a client is.
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
    /// The payload is settings.
    is_settings: bool,
}

impl Frames {
    /// A client that has sent nothing.
    pub(super) fn new() -> Self {
        Self {
            preface: PREFACE.len(),
            begun: false,
            kept: [0; HEAD],
            filled: 0,
            left: 0,
            is_settings: false,
        }
    }

    /// Looks at more bytes. Gives what is wrong with them.
    pub(super) fn see(&mut self, mut bytes: &[u8]) -> Option<Reason> {
        let skipped = self.preface.min(bytes.len());
        self.preface -= skipped;
        bytes = &bytes[skipped..];
        while !bytes.is_empty() {
            if self.left > 0 && !self.is_settings {
                let skipped = self.left.min(bytes.len());
                self.left -= skipped;
                bytes = &bytes[skipped..];
                continue;
            }
            let wanted = if self.left > 0 {
                SETTING.min(self.left + self.filled)
            } else {
                HEAD
            };
            let n = (wanted - self.filled).min(bytes.len());
            self.kept[self.filled..self.filled + n].copy_from_slice(&bytes[..n]);
            self.filled += n;
            bytes = &bytes[n..];
            if self.is_settings && self.left > 0 {
                self.left -= n;
            }
            if self.filled == wanted {
                self.filled = 0;
                let wrong = if wanted == HEAD {
                    self.head()
                } else {
                    self.setting(wanted)
                };
                if wrong.is_some() {
                    return wrong;
                }
            }
        }
        None
    }

    fn head(&mut self) -> Option<Reason> {
        let [a, b, c, kind, flags, ..] = self.kept;
        self.left = usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c);
        self.is_settings = kind == SETTINGS;
        // Section 3.4.
        let is_first = !std::mem::replace(&mut self.begun, true);
        if is_first && (kind != SETTINGS || flags & ACK != 0) {
            return Some(Reason::PROTOCOL_ERROR);
        }
        (!has_right_size(kind, flags, self.left)).then_some(Reason::FRAME_SIZE_ERROR)
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
        SETTINGS => size % SETTING == 0,
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
        let whole = Frames::new().see(bytes);
        for len in 1..bytes.len() {
            let mut frames = Frames::new();
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
