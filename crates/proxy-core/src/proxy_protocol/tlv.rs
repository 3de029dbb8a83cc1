//! Values behind the addresses of a header: a type, a length of two bytes, then the value.

/// One value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tlv<'a> {
    /// Its type, see [`super::kind`].
    pub kind: u8,
    /// Its bytes.
    pub value: &'a [u8],
}

/// Takes values apart, in their order. What is cut short gives one `None` as the last item.
pub fn tlvs(mut bytes: &[u8]) -> impl Iterator<Item = Option<Tlv<'_>>> {
    std::iter::from_fn(move || {
        let (&kind, rest) = bytes.split_first()?;
        let whole = rest.split_first_chunk::<2>().and_then(|(length, rest)| {
            let length = usize::from(u16::from_be_bytes(*length));
            Some((rest.get(..length)?, &rest[length..]))
        });
        bytes = whole.map_or(&[], |(_, rest)| rest);
        Some(whole.map(|(value, _)| Tlv { kind, value }))
    })
}

/// Appends a value. One that is longer than its length can say is left out.
pub(super) fn push(out: &mut Vec<u8>, kind: u8, value: &[u8]) {
    if let Ok(length) = u16::try_from(value.len()) {
        out.push(kind);
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(value);
    }
}
