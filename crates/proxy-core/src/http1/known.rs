//! The headers that framing, connections and counting look at, told apart once, when a head is read.

/// Which of them a header is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KnownHeader {
    /// None of them.
    #[default]
    Other,
    /// `TE`.
    Te,
    /// `Host`.
    Host,
    /// `Expect`.
    Expect,
    /// `Connection`.
    Connection,
    /// `Content-Length`.
    ContentLength,
    /// `Transfer-Encoding`.
    TransferEncoding,
}

impl KnownHeader {
    /// The one of that name, letters' case aside.
    #[must_use]
    pub fn of(name: &[u8]) -> Self {
        // The length is looked at first: it decides nearly always.
        match name.len() {
            2 if is(name, b"te") => Self::Te,
            4 if is(name, b"host") => Self::Host,
            6 if is(name, b"expect") => Self::Expect,
            10 if is(name, b"connection") => Self::Connection,
            14 if is(name, b"content-length") => Self::ContentLength,
            17 if is(name, b"transfer-encoding") => Self::TransferEncoding,
            _ => Self::Other,
        }
    }
}

/// Whether a name is `lower`, letters' case aside. It takes a control byte for the dash that it makes with the bit of case, but
/// no token holds one. Without an early end, so that the comparison takes a few instructions for all bytes together.
#[inline]
pub(super) fn is<const N: usize>(name: &[u8], lower: &[u8; N]) -> bool {
    let Ok(name) = <&[u8; N]>::try_from(name) else {
        return false;
    };
    let mut differs = 0;
    for at in 0..N {
        differs |= (name[at] | 0x20) ^ lower[at];
    }
    differs == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_case_does_not_matter_and_other_bytes_do() {
        assert_eq!(KnownHeader::of(b"Content-Length"), KnownHeader::ContentLength);
        assert_eq!(KnownHeader::of(b"CONNECTION"), KnownHeader::Connection);
        assert_eq!(
            KnownHeader::of(b"transfer-encoding"),
            KnownHeader::TransferEncoding
        );
        assert_eq!(KnownHeader::of(b"Te"), KnownHeader::Te);
        assert_eq!(KnownHeader::of(b"hOSt"), KnownHeader::Host);
        assert_eq!(KnownHeader::of(b"Expect"), KnownHeader::Expect);
        for other in [
            "",
            "content_length",
            "Content-Lengt1",
            "connections",
            "hos\u{54}x",
            "Xost",
        ] {
            assert_eq!(KnownHeader::of(other.as_bytes()), KnownHeader::Other, "{other}");
        }
    }
}
