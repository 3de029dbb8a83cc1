//! How a part of a format string is written: quotes, escapes, and a dash for what is missing.

use haproxy_cfg::model::Flags;

/// A part's text; empty where there is nothing to tell.
pub(super) fn part(out: &mut impl Extend<u8>, text: &[u8], flags: Flags) {
    if text.is_empty() {
        match (flags.mandatory, flags.quoted) {
            (true, true) => out.extend(*b"\"\""),
            (true, false) => out.extend(*b"-"),
            (false, _) => {}
        }
        return;
    }
    if flags.quoted {
        out.extend(*b"\"");
    }
    if flags.escaped {
        for &byte in text {
            if matches!(byte, b'"' | b'\\' | b']') {
                out.extend(*b"\\");
            }
            out.extend([byte]);
        }
    } else {
        out.extend(text.iter().copied());
    }
    if flags.quoted {
        out.extend(*b"\"");
    }
}
