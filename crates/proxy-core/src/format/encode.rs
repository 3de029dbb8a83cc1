//! How a part of a format string is written: quotes, escapes, and a dash for what is missing.

use haproxy_cfg::model::Flags;

use crate::sample::Sink;

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
