//! How a part of a format string is written: quotes, escapes, and a dash for what is missing.

use haproxy_cfg::model::Flags;

use crate::octets::has_controls;
use crate::sample::{Arena, Sink};

/// `text` with its control characters, tabs aside, as `%` and two digits.
pub(super) fn without_controls<'a>(text: &'a [u8], arena: &'a Arena) -> &'a [u8] {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    // Nearly no text has one.
    if !has_controls(text) {
        return text;
    }
    let is_control = |byte: &u8| byte.is_ascii_control() && *byte != b'\t';
    let Some(first) = text.iter().position(is_control) else {
        return text;
    };
    let mut out = arena.bytes(text.len() + 16);
    out.put(&text[..first]);
    for &byte in &text[first..] {
        if is_control(&byte) {
            out.put(&[
                b'%',
                DIGITS[usize::from(byte >> 4)],
                DIGITS[usize::from(byte & 15)],
            ]);
        } else {
            out.put(&[byte]);
        }
    }
    out.into_bump_slice()
}

/// A part's text; empty where there is nothing to tell.
pub(super) fn part(out: &mut impl Sink, text: &[u8], flags: Flags) {
    if text.is_empty() {
        match (flags.mandatory, flags.quoted) {
            (true, true) => out.put(b"\"\""),
            (true, false) => out.put(b"-"),
            (false, _) => {}
        }
        return;
    }
    if flags.quoted {
        out.put(b"\"");
    }
    if flags.escaped {
        for &byte in text {
            if matches!(byte, b'"' | b'\\' | b']') {
                out.put(b"\\");
            }
            out.put(&[byte]);
        }
    } else {
        out.put(text);
    }
    if flags.quoted {
        out.put(b"\"");
    }
}
