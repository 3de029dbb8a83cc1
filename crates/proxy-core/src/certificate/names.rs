//! Distinguished names, whole and in parts: as OpenSSL writes them on one line, and as RFC 2253 has them.

use x509_parser::asn1_rs::{Any, ToDer as _};
use x509_parser::x509::{AttributeTypeAndValue, X509Name};

/// The name of a subject or an issuer.
#[derive(Clone, Copy, Debug)]
pub struct Name<'c, 'a>(&'c X509Name<'a>);

/// Attributes by OpenSSL's short names.
const ATTRIBUTES: &[(&str, &str)] = &[
    ("2.5.4.3", "CN"),
    ("2.5.4.4", "SN"),
    ("2.5.4.5", "serialNumber"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.9", "street"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.12", "title"),
    ("2.5.4.13", "description"),
    ("2.5.4.14", "searchGuide"),
    ("2.5.4.15", "businessCategory"),
    ("2.5.4.16", "postalAddress"),
    ("2.5.4.17", "postalCode"),
    ("2.5.4.18", "postOfficeBox"),
    ("2.5.4.19", "physicalDeliveryOfficeName"),
    ("2.5.4.20", "telephoneNumber"),
    ("2.5.4.41", "name"),
    ("2.5.4.42", "GN"),
    ("2.5.4.43", "initials"),
    ("2.5.4.44", "generationQualifier"),
    ("2.5.4.45", "x500UniqueIdentifier"),
    ("2.5.4.46", "dnQualifier"),
    ("2.5.4.51", "houseIdentifier"),
    ("2.5.4.65", "pseudonym"),
    ("2.5.4.72", "role"),
    ("2.5.4.97", "organizationIdentifier"),
    ("1.2.840.113549.1.9.1", "emailAddress"),
    ("1.2.840.113549.1.9.2", "unstructuredName"),
    ("1.2.840.113549.1.9.8", "unstructuredAddress"),
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("0.9.2342.19200300.100.1.3", "mail"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("0.9.2342.19200300.100.1.44", "uid"),
    ("1.3.6.1.4.1.311.60.2.1.1", "jurisdictionL"),
    ("1.3.6.1.4.1.311.60.2.1.2", "jurisdictionST"),
    ("1.3.6.1.4.1.311.60.2.1.3", "jurisdictionC"),
];

/// The short name of an attribute; its numbers where it has none.
pub(super) fn short_name(numbers: &str) -> &str {
    let known = ATTRIBUTES.iter().find(|(of, _)| *of == numbers);
    known.map_or(numbers, |(_, name)| name)
}

fn name_of(attribute: &AttributeTypeAndValue<'_>) -> String {
    short_name(&attribute.attr_type().to_id_string()).to_owned()
}

impl<'c, 'a> Name<'c, 'a> {
    /// That of a certificate or of what speaks of one.
    pub(crate) fn new(name: &'c X509Name<'a>) -> Self {
        Self(name)
    }

    fn attributes(&self) -> impl DoubleEndedIterator<Item = &AttributeTypeAndValue<'a>> {
        let parts: Vec<_> = self.0.iter_rdn().flat_map(|part| part.iter()).collect();
        parts.into_iter()
    }

    /// All of it, each part behind a slash; none where it is empty.
    #[must_use]
    pub fn plain(&self) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        for attribute in self.attributes() {
            out.push(b'/');
            out.extend_from_slice(name_of(attribute).as_bytes());
            out.push(b'=');
            out.extend_from_slice(attribute.attr_value().data);
        }
        Some(out).filter(|out| !out.is_empty())
    }

    /// All of it, parted by `between`, each name and value with blanks around the sign between them.
    pub(crate) fn in_steps(&self, between: &[u8]) -> Vec<u8> {
        let part = |attribute: &AttributeTypeAndValue<'_>| {
            let mut part = name_of(attribute).into_bytes();
            part.extend_from_slice(b" = ");
            part.extend_from_slice(attribute.attr_value().data);
            part
        };
        self.attributes().map(part).collect::<Vec<_>>().join(between)
    }

    /// The value of the attribute of that name, case aside: the `at`-th of them from 1 on, or counted from the last one from -1
    /// downwards.
    #[must_use]
    pub fn entry(&self, name: &[u8], at: i64) -> Option<&'a [u8]> {
        let named =
            |attribute: &&AttributeTypeAndValue<'a>| name_of(attribute).as_bytes().eq_ignore_ascii_case(name);
        let skipped = usize::try_from(at.unsigned_abs()).ok()?.checked_sub(1)?;
        let mut found = self.attributes().filter(named);
        let attribute = if at > 0 {
            found.nth(skipped)
        } else {
            found.nth_back(skipped)
        };
        Some(attribute?.attr_value().data)
    }

    /// All of it as RFC 2253 has it, the last part first; none where it is empty.
    #[must_use]
    pub fn rfc2253(&self) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        let parts: Vec<_> = self.0.iter_rdn().collect();
        for (at, part) in parts.iter().rev().enumerate() {
            let attributes: Vec<_> = part.iter().collect();
            for (inner, attribute) in attributes.iter().rev().enumerate() {
                match (at, inner) {
                    (0, 0) => {}
                    (_, 0) => out.push(b','),
                    _ => out.push(b'+'),
                }
                let numbers = attribute.attr_type().to_id_string();
                let name = short_name(&numbers);
                out.extend_from_slice(name.as_bytes());
                out.push(b'=');
                if name == numbers {
                    put_digits(&mut out, attribute.attr_value());
                } else {
                    put_escaped(&mut out, &characters(attribute.attr_value()));
                }
            }
        }
        Some(out).filter(|out| !out.is_empty())
    }
}

/// A value whose attribute nobody knows: its encoding in digits (RFC 2253, section 2.4).
fn put_digits(out: &mut Vec<u8>, value: &Any<'_>) {
    out.push(b'#');
    for byte in value.to_der_vec().unwrap_or_default() {
        out.extend_from_slice(format!("{byte:02X}").as_bytes());
    }
}

/// The text of a value; what is no text in its encoding is replaced.
fn characters(value: &Any<'_>) -> String {
    use x509_parser::asn1_rs::Tag;
    let wide = |size: usize| {
        let points = value.data.chunks(size).map(|unit| {
            let number = unit
                .iter()
                .fold(0u32, |number, byte| number << 8 | u32::from(*byte));
            char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER)
        });
        points.collect()
    };
    match value.tag() {
        Tag::BmpString => wide(2),
        Tag::UniversalString => wide(4),
        Tag::Utf8String => String::from_utf8_lossy(value.data).into_owned(),
        _ => value.data.iter().copied().map(char::from).collect(),
    }
}

fn put_escaped(out: &mut Vec<u8>, text: &str) {
    let last = text.len().wrapping_sub(1);
    for (at, byte) in text.bytes().enumerate() {
        let at_end = at == 0 || at == last;
        match byte {
            b',' | b'+' | b'"' | b'\\' | b'<' | b'>' | b';' => out.extend_from_slice(&[b'\\', byte]),
            b'#' if at == 0 => out.extend_from_slice(b"\\#"),
            b' ' if at_end => out.extend_from_slice(b"\\ "),
            b' '..=b'~' => out.push(byte),
            byte => out.extend_from_slice(format!("\\{byte:02X}").as_bytes()),
        }
    }
}
