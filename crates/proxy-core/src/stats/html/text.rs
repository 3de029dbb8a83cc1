//! Pieces of text of the page: escaping, numbers with their groups of thousands, durations.

use super::super::value::push_number;

/// Appends text with the characters escaped that mean something in HTML.
pub(super) fn push_escaped(out: &mut Vec<u8>, text: &[u8]) {
    for &byte in text {
        match byte {
            b'&' => out.extend_from_slice(b"&amp;"),
            b'<' => out.extend_from_slice(b"&lt;"),
            b'>' => out.extend_from_slice(b"&gt;"),
            b'"' => out.extend_from_slice(b"&quot;"),
            b'\'' => out.extend_from_slice(b"&#39;"),
            _ => out.push(byte),
        }
    }
}

/// Appends a number whose thousands stand apart, by style and not by a character.
pub(super) fn push_grouped(out: &mut Vec<u8>, n: u64) {
    if n < 1000 {
        push_number(out, n);
        return;
    }
    let digits = n.to_string();
    let first = (digits.len() - 1) % 3 + 1;
    let (head, tail) = digits.split_at(first);
    let mut groups = vec![head];
    groups.extend((0..tail.len()).step_by(3).map(|at| &tail[at..at + 3]));
    let last = groups.len() - 1;
    for (i, group) in groups.into_iter().enumerate() {
        if i == last {
            out.extend_from_slice(group.as_bytes());
        } else {
            out.extend_from_slice(b"<span class=\"rls\">");
            out.extend_from_slice(group.as_bytes());
            out.extend_from_slice(b"</span>");
        }
    }
}

/// A duration in its two largest units: `8m14s`, `3h0m`, `2d5h`.
pub(super) fn duration(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{}m{}s", seconds / 60, seconds % 60),
        3600..86400 => format!("{}h{}m", seconds / 3600, seconds / 60 % 60),
        _ => format!("{}d{}h", seconds / 86400, seconds / 3600 % 24),
    }
}

/// Time since start as the page and `show info` write it: `0d 0h08m14s`.
pub(in super::super) fn uptime(seconds: u64) -> String {
    format!(
        "{}d {}h{:02}m{:02}s",
        seconds / 86400,
        seconds / 3600 % 24,
        seconds / 60 % 60,
        seconds % 60
    )
}

/// A rate of bits in the unit that fits.
pub(super) fn bit_rate(bits: u64) -> String {
    let bits = bits as f64;
    match bits {
        b if b >= 1e9 => format!("{:.3} Gbps", b / 1e9),
        b if b >= 1e6 => format!("{:.3} Mbps", b / 1e6),
        b => format!("{:.3} kbps", b / 1e3),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grouped(n: u64) -> String {
        let mut out = Vec::new();
        push_grouped(&mut out, n);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1519), "<span class=\"rls\">1</span>519");
        assert_eq!(
            grouped(12_345_678),
            "<span class=\"rls\">12</span><span class=\"rls\">345</span>678"
        );
        assert_eq!(grouped(100_000), "<span class=\"rls\">100</span>000");
    }

    #[test]
    fn durations_have_two_units_at_most() {
        assert_eq!(duration(0), "0s");
        assert_eq!(duration(494), "8m14s");
        assert_eq!(duration(3600), "1h0m");
        assert_eq!(duration(190_000), "2d4h");
        assert_eq!(uptime(494), "0d 0h08m14s");
        assert_eq!(uptime(90_061), "1d 1h01m01s");
    }

    #[test]
    fn markup_in_names_is_shown_not_obeyed() {
        let mut out = Vec::new();
        push_escaped(&mut out, b"<b>&\"'");
        assert_eq!(out, b"&lt;b&gt;&amp;&quot;&#39;");
    }
}
