//! Looks along the frames of a client for what the library below does not mind and RFC 9113 does.

use h2::Reason;

use super::PREFACE;

/// Bytes of a frame's head.
const HEAD: usize = 9;

/// Bytes of one setting.
const SETTING: usize = 6;

const SETTINGS: u8 = 4;
const ACK: u8 = 1;
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
        (is_first && (kind != SETTINGS || flags & ACK != 0)).then_some(Reason::PROTOCOL_ERROR)
    }

    fn setting(&self, len: usize) -> Option<Reason> {
        let [a, b, value @ .., _, _, _] = self.kept;
        // Section 6.5.2. What is too short for a setting is found out about below.
        let is_window = len == SETTING && u16::from_be_bytes([a, b]) == INITIAL_WINDOW_SIZE;
        (is_window && u32::from_be_bytes(value) > LARGEST_WINDOW).then_some(Reason::FLOW_CONTROL_ERROR)
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
    fn a_window_has_a_largest_size() {
        let settings = |value: u8| [0, 0, 12, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 9, 0, 4, value, 0, 0, 0];
        assert_eq!(seen(&[PREFACE, &settings(0x7f)].concat()), None);
        assert_eq!(
            seen(&[PREFACE, &settings(0x80)].concat()),
            Some(Reason::FLOW_CONTROL_ERROR)
        );
    }
}
