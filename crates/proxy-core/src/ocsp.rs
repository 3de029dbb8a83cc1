//! What an authority says of one certificate (OCSP, RFC 6960): responses read, shown as OpenSSL shows them, and requests written.
//! Whether a response is signed rightly is for the client that it is shown to.

use sha1::{Digest as _, Sha1};
use x509_parser::prelude::{FromDer as _, X509Certificate, X509Name};

use crate::certificate::{Name, algorithm_name};

/// A value of DER: its tag, what it holds, and all of it with both.
#[derive(Clone, Copy, Debug)]
struct Value<'a> {
    tag: u8,
    content: &'a [u8],
    whole: &'a [u8],
}

/// Takes values off the front of bytes in DER.
#[derive(Clone, Copy, Debug)]
struct Values<'a>(&'a [u8]);

impl<'a> Values<'a> {
    fn next(&mut self) -> Option<Value<'a>> {
        let (tag, rest) = self.0.split_first()?;
        let (first, mut rest) = rest.split_first()?;
        let length = match *first {
            short @ 0..=127 => usize::from(short),
            long => {
                let count = usize::from(long & 127);
                if count == 0 || count > 4 {
                    return None;
                }
                let (digits, behind) = rest.split_at_checked(count)?;
                rest = behind;
                digits
                    .iter()
                    .fold(0, |length, digit| length << 8 | usize::from(*digit))
            }
        };
        let (content, behind) = rest.split_at_checked(length)?;
        let whole = &self.0[..self.0.len() - behind.len()];
        self.0 = behind;
        Some(Value {
            tag: *tag,
            content,
            whole,
        })
    }

    fn expect(&mut self, tag: u8) -> Option<Value<'a>> {
        self.next().filter(|value| value.tag == tag)
    }

    /// The next value if it has the tag.
    fn maybe(&mut self, tag: u8) -> Option<Value<'a>> {
        let mut ahead = *self;
        let value = ahead.expect(tag)?;
        *self = ahead;
        Some(value)
    }
}

impl<'a> Value<'a> {
    fn values(self) -> Values<'a> {
        Values(self.content)
    }
}

const INTEGER: u8 = 2;
const BITS: u8 = 3;
const OCTETS: u8 = 4;
const OBJECT: u8 = 6;
const ENUMERATED: u8 = 10;
const TIME: u8 = 24;
const SEQUENCE: u8 = 0x30;
/// `[0]`, `[1]` and so on, with values in them.
const TAGGED: u8 = 0xa0;
/// `[0]` and so on, with bytes in them.
const TAGGED_BYTES: u8 = 0x80;

/// The object identifier of SHA-1, with its empty parameters.
const SHA1: &[u8] = &[0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00];

fn wrap(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match u8::try_from(content.len()) {
        Ok(short @ 0..=127) => out.push(short),
        _ => {
            let digits = content.len().to_be_bytes();
            let used = digits.iter().skip_while(|digit| **digit == 0);
            let used: Vec<u8> = used.copied().collect();
            // There are at most eight.
            out.push(0x80 | used.len() as u8);
            out.extend_from_slice(&used);
        }
    }
    out.extend_from_slice(content);
    out
}

/// The identity of a certificate in OCSP (DER), by SHA-1: of the first of a chain, signed by `issuer` or else by the second.
#[must_use]
pub fn id_of(chain: &[Vec<u8>], issuer: Option<&[u8]>) -> Option<Vec<u8>> {
    let (_, own) = X509Certificate::from_der(chain.first()?).ok()?;
    let issuer = issuer.or_else(|| chain.get(1).map(Vec::as_slice))?;
    let (_, issuer) = X509Certificate::from_der(issuer).ok()?;
    if issuer.subject().as_raw() != own.issuer().as_raw() {
        return None;
    }
    let mut content = SHA1.to_vec();
    content.extend(wrap(OCTETS, &Sha1::digest(own.issuer().as_raw())));
    let key = &issuer.public_key().subject_public_key.data;
    content.extend(wrap(OCTETS, &Sha1::digest(key)));
    content.extend(wrap(INTEGER, own.raw_serial()));
    Some(wrap(SEQUENCE, &content))
}

/// A request for what is known of one certificate (RFC 6960, section 4.1), without a nonce.
#[must_use]
pub fn request(id: &[u8]) -> Vec<u8> {
    let one = wrap(SEQUENCE, id);
    let list = wrap(SEQUENCE, &one);
    wrap(SEQUENCE, &wrap(SEQUENCE, &list))
}

/// Where a certificate says that an OCSP responder is (authority information access).
#[must_use]
pub fn responder_of(certificate: &[u8]) -> Option<String> {
    use x509_parser::extensions::{GeneralName, ParsedExtension};
    /// id-ad-ocsp.
    const OCSP: &str = "1.3.6.1.5.5.7.48.1";
    let (_, parsed) = X509Certificate::from_der(certificate).ok()?;
    parsed.extensions().iter().find_map(|extension| {
        let ParsedExtension::AuthorityInfoAccess(access) = extension.parsed_extension() else {
            return None;
        };
        access.accessdescs.iter().find_map(|description| {
            let GeneralName::URI(uri) = &description.access_location else {
                return None;
            };
            (description.access_method.to_id_string() == OCSP).then(|| (*uri).to_owned())
        })
    })
}

/// Whose certificate is meant.
#[derive(Clone, Copy, Debug)]
pub struct CertificateId<'a> {
    /// All of it, in DER.
    pub der: &'a [u8],
    algorithm: &'a [u8],
    name: &'a [u8],
    key: &'a [u8],
    serial: &'a [u8],
}

impl<'a> CertificateId<'a> {
    /// Reads one in DER.
    #[must_use]
    pub fn parse(der: &'a [u8]) -> Option<Self> {
        Self::of(Values(der).expect(SEQUENCE)?)
    }

    fn of(value: Value<'a>) -> Option<Self> {
        let mut values = value.values();
        let algorithm = values.expect(SEQUENCE)?;
        Some(Self {
            der: value.whole,
            algorithm: algorithm.values().expect(OBJECT)?.content,
            name: values.expect(OCTETS)?.content,
            key: values.expect(OCTETS)?.content,
            serial: values.expect(INTEGER)?.content,
        })
    }

    /// As OpenSSL shows it, behind a title.
    #[must_use]
    pub fn told(&self, title: &str, indent: usize) -> String {
        let serial = match self.serial {
            [0, rest @ ..] if !rest.is_empty() => rest,
            serial => serial,
        };
        let blanks = " ".repeat(indent);
        format!(
            "{title}\n{blanks}Issuer Name Hash: {}\n{blanks}Issuer Key Hash: {}\n{blanks}Serial Number: {}\n",
            digits(self.name),
            digits(self.key),
            digits(serial)
        )
    }
}

fn digits(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

/// What is known of one certificate.
#[derive(Clone, Copy, Debug)]
pub struct Single<'a> {
    /// Which.
    pub id: CertificateId<'a>,
    /// `good`, `revoked` or `unknown`.
    pub status: &'static str,
    /// When and why it was revoked.
    revoked: Option<(&'a [u8], Option<u8>)>,
    this_update: &'a [u8],
    next_update: Option<&'a [u8]>,
}

impl Single<'_> {
    /// The last moment at which it holds, in seconds since 1970; none where it does not say.
    #[must_use]
    pub fn ends(&self) -> Option<i64> {
        seconds(self.next_update?)
    }
}

/// A response.
#[derive(Clone, Debug)]
pub struct Response<'a> {
    /// The status; 0 is successful.
    pub status: u8,
    responder: Option<Value<'a>>,
    produced: &'a [u8],
    /// What is said of each certificate.
    pub singles: Vec<Single<'a>>,
    signature_algorithm: &'a [u8],
    signature: &'a [u8],
}

impl<'a> Response<'a> {
    /// Reads one in DER; none where it is none.
    #[must_use]
    pub fn parse(der: &'a [u8]) -> Option<Self> {
        let mut outer = Values(der).expect(SEQUENCE)?.values();
        let status = *outer.expect(ENUMERATED)?.content.first()?;
        let mut response = Self {
            status,
            responder: None,
            produced: b"",
            singles: Vec::new(),
            signature_algorithm: b"",
            signature: b"",
        };
        let Some(bytes) = outer.maybe(TAGGED) else {
            return (status != 0).then_some(response);
        };
        let mut bytes = bytes.values().expect(SEQUENCE)?.values();
        bytes.expect(OBJECT)?;
        let basic = bytes.expect(OCTETS)?;
        let mut basic = basic.values().expect(SEQUENCE)?.values();
        let mut data = basic.expect(SEQUENCE)?.values();
        let _version = data.maybe(TAGGED);
        response.responder = data.next();
        response.produced = data.expect(TIME)?.content;
        let mut singles = data.expect(SEQUENCE)?.values();
        while let Some(single) = singles.maybe(SEQUENCE) {
            let mut values = single.values();
            let id = CertificateId::of(values.expect(SEQUENCE)?)?;
            let status = values.next()?;
            let mut of_status = status.values();
            let (word, revoked) = match status.tag & 0x1f {
                0 => ("good", None),
                1 => {
                    let when = of_status.expect(TIME)?.content;
                    let reason = of_status.maybe(TAGGED);
                    let reason = reason.and_then(|reason| reason.values().next()?.content.first().copied());
                    ("revoked", Some((when, reason)))
                }
                _ => ("unknown", None),
            };
            response.singles.push(Single {
                id,
                status: word,
                revoked,
                this_update: values.expect(TIME)?.content,
                next_update: match values.maybe(TAGGED) {
                    Some(next) => Some(next.values().expect(TIME)?.content),
                    None => None,
                },
            });
        }
        let algorithm = basic.expect(SEQUENCE)?;
        response.signature_algorithm = algorithm.values().expect(OBJECT)?.content;
        response.signature = basic.expect(BITS)?.content.get(1..)?;
        Some(response)
    }

    /// Whether it says something of the certificate with that identity.
    #[must_use]
    pub fn is_about(&self, id: &[u8]) -> bool {
        self.singles.iter().any(|single| single.id.der == id)
    }

    /// As OpenSSL shows it, without the certificates of its signer.
    #[must_use]
    pub fn told(&self) -> String {
        let names = [
            "successful",
            "malformedrequest",
            "internalerror",
            "trylater",
            "(UNKNOWN)",
            "sigrequired",
            "unauthorized",
        ];
        let name = names.get(usize::from(self.status)).unwrap_or(&"(UNKNOWN)");
        let mut out = format!(
            "OCSP Response Data:\n    OCSP Response Status: {name} (0x{:x})\n",
            self.status
        );
        if self.status != 0 {
            return out;
        }
        out.push_str("    Response Type: Basic OCSP Response\n    Version: 1 (0x0)\n");
        if let Some(responder) = self.responder {
            out.push_str(&format!("    Responder Id: {}\n", who(responder)));
        }
        out.push_str(&format!(
            "    Produced At: {}\n    Responses:\n",
            date(self.produced)
        ));
        for single in &self.singles {
            out.push_str("    Certificate ID:\n      Hash Algorithm: ");
            out.push_str(&algorithm_name(single.id.algorithm));
            out.push_str(&single.id.told("", 6));
            out.push_str(&format!("    Cert Status: {}\n", single.status));
            if let Some((when, reason)) = single.revoked {
                out.push_str(&format!("    Revocation Time: {}\n", date(when)));
                if let Some(reason) = reason {
                    out.push_str(&format!(
                        "    Revocation Reason: {} (0x{reason:x})\n",
                        reason_name(reason)
                    ));
                }
            }
            out.push_str(&format!("    This Update: {}\n", date(single.this_update)));
            if let Some(next) = single.next_update {
                out.push_str(&format!("    Next Update: {}\n", date(next)));
            }
        }
        out.push_str(" \n    Signature Algorithm: ");
        out.push_str(&algorithm_name(self.signature_algorithm));
        out.push_str("\n    Signature Value:");
        for (at, byte) in self.signature.iter().enumerate() {
            if at % 18 == 0 {
                out.push_str("\n        ");
            }
            out.push_str(&format!("{byte:02x}"));
            if at + 1 < self.signature.len() {
                out.push(':');
            }
        }
        out.push('\n');
        out
    }
}

fn who(responder: Value<'_>) -> String {
    let inner = responder.values().next();
    let Some(inner) = inner else {
        return String::new();
    };
    if responder.tag == TAGGED | 1 {
        let name = X509Name::from_der(inner.whole);
        return name.map_or_else(
            |_| String::new(),
            |(_, name)| String::from_utf8_lossy(&Name::new(&name).in_steps(b", ")).into_owned(),
        );
    }
    debug_assert!(responder.tag != TAGGED_BYTES);
    digits(inner.content)
}

fn reason_name(reason: u8) -> &'static str {
    match reason {
        0 => "unspecified",
        1 => "keyCompromise",
        2 => "cACompromise",
        3 => "affiliationChanged",
        4 => "superseded",
        5 => "cessationOfOperation",
        6 => "certificateHold",
        8 => "removeFromCRL",
        _ => "(UNKNOWN)",
    }
}

/// The parts of `YYYYMMDDhhmmssZ`.
fn parts(time: &[u8]) -> Option<[i64; 6]> {
    let text = std::str::from_utf8(time).ok()?.strip_suffix('Z')?;
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    Some([
        number(0, 4)?,
        number(4, 6)?,
        number(6, 8)?,
        number(8, 10)?,
        number(10, 12)?,
        number(12, 14)?,
    ])
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// `Nov 23 03:15:29 2026 GMT`.
fn date(time: &[u8]) -> String {
    let Some([year, month, day, hour, minute, second]) = parts(time) else {
        return "Bad time value".to_owned();
    };
    let month = usize::try_from(month - 1)
        .ok()
        .and_then(|month| MONTHS.get(month));
    format!(
        "{} {day:2} {hour:02}:{minute:02}:{second:02} {year} GMT",
        month.unwrap_or(&"Bad")
    )
}

/// Seconds since 1970.
fn seconds(time: &[u8]) -> Option<i64> {
    let [year, month, day, hour, minute, second] = parts(time)?;
    // Days of the civil calendar, with years that begin in March.
    let year = if month <= 2 { year - 1 } else { year };
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = year.div_euclid(400) * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    Some(days * 86_400 + hour * 3600 + minute * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_and_counted() {
        assert_eq!(date(b"20261123031529Z"), "Nov 23 03:15:29 2026 GMT");
        assert_eq!(date(b"20260203031529Z"), "Feb  3 03:15:29 2026 GMT");
        assert_eq!(date(b"never"), "Bad time value");
        assert_eq!(seconds(b"19700101000000Z"), Some(0));
        assert_eq!(seconds(b"20000229120000Z"), Some(951_825_600));
        assert_eq!(seconds(b"20261123031529Z"), Some(1_795_403_729));
    }

    #[test]
    fn what_is_cut_off_is_no_response() {
        for bytes in [
            &b""[..],
            b"\x30",
            b"\x30\x03\x0a\x01\x00",
            b"\x30\x84\xff\xff\xff\xff",
            b"\x30\x80",
        ] {
            assert!(Response::parse(bytes).is_none(), "{bytes:?}");
        }
        let later = Response::parse(b"\x30\x03\x0a\x01\x03").unwrap();
        assert!(later.told().contains("trylater (0x3)"));
    }

    #[test]
    fn lengths_are_written_as_der_has_them() {
        assert_eq!(wrap(4, &[0; 127])[..2], [4, 127]);
        assert_eq!(wrap(4, &[0; 128])[..3], [4, 0x81, 128]);
        assert_eq!(wrap(4, &[0; 300])[..4], [4, 0x82, 1, 44]);
        let whole = wrap(SEQUENCE, &wrap(OCTETS, &[7; 300]));
        assert_eq!(
            Values(&whole)
                .expect(SEQUENCE)
                .unwrap()
                .values()
                .next()
                .unwrap()
                .content,
            [7; 300]
        );
    }
}
