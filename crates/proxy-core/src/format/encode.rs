//! How a part of a format string is written: quotes, escapes, and a dash for what is missing.

use haproxy_cfg::model::Flags;

/// A sample's text, or none where there is no sample.
pub(super) fn text(out: &mut impl Extend<u8>, text: Option<&[u8]>, flags: Flags) {
    alias(out, text, flags);
}

/// An alias's text, or none where there is nothing to tell.
pub(super) fn alias(out: &mut impl Extend<u8>, text: Option<&[u8]>, flags: Flags) {
    let text: &[u8] = match text {
        None | Some([]) if flags.mandatory => b"-",
        None => b"",
        Some(text) => text,
    };
    if flags.quoted && flags.mandatory && text == b"-" {
        out.extend(*b"-");
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
