//! What is told of an X.509 certificate (RFC 5280), in the form and by the names that OpenSSL has for it. Whether a certificate is to be
//! trusted is not asked here.

mod names;
mod revocation;

use sha1::{Digest as _, Sha1};
use x509_parser::prelude::{FromDer as _, GeneralName, X509Certificate};
use x509_parser::public_key::PublicKey;
use x509_parser::time::ASN1Time;
use x509_parser::x509::AlgorithmIdentifier;

pub use names::Name;
pub use revocation::RevocationList;

/// A certificate.
#[derive(Debug)]
pub struct Certificate<'a> {
    parsed: X509Certificate<'a>,
    der: &'a [u8],
}

impl<'a> Certificate<'a> {
    /// Reads one in DER; none where it is none.
    #[must_use]
    pub fn parse(der: &'a [u8]) -> Option<Self> {
        let (_, parsed) = X509Certificate::from_der(der).ok()?;
        Some(Self { parsed, der })
    }

    /// Whom it is for.
    #[must_use]
    pub fn subject(&self) -> Name<'_, 'a> {
        Name::new(&self.parsed.tbs_certificate.subject)
    }

    /// Who signed it.
    #[must_use]
    pub fn issuer(&self) -> Name<'_, 'a> {
        Name::new(&self.parsed.tbs_certificate.issuer)
    }

    /// The version of X.509, from 1.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.parsed.version().0 + 1
    }

    /// Its number among those of its issuer, big-endian and without leading zeros.
    #[must_use]
    pub fn serial(&self) -> &'a [u8] {
        let serial = self.parsed.raw_serial();
        match serial {
            [0, rest @ ..] if !rest.is_empty() => rest,
            serial => serial,
        }
    }

    /// The kind of its key.
    #[must_use]
    pub fn key_algorithm(&self) -> String {
        algorithm(&self.parsed.public_key().algorithm)
    }

    /// How it was signed.
    #[must_use]
    pub fn signature_algorithm(&self) -> String {
        algorithm(&self.parsed.signature_algorithm)
    }

    /// When it begins to hold.
    #[must_use]
    pub fn not_before(&self) -> Option<String> {
        time(&self.parsed.validity().not_before)
    }

    /// The last moment at which it holds.
    #[must_use]
    pub fn not_after(&self) -> Option<String> {
        time(&self.parsed.validity().not_after)
    }

    /// When it begins to hold, in words: `Nov 23 03:10:25 2026 GMT`.
    #[must_use]
    pub fn begins(&self) -> String {
        words(&self.parsed.validity().not_before)
    }

    /// The last moment at which it holds, in words.
    #[must_use]
    pub fn ends(&self) -> String {
        words(&self.parsed.validity().not_after)
    }

    /// Whether that moment is over at `now`, in seconds since 1970.
    #[must_use]
    pub fn has_ended(&self, now: i64) -> bool {
        self.parsed.validity().not_after.timestamp() < now
    }

    /// The kind of its key with its size in bits: `RSA2048`, `EC256`; without it where there is but one.
    #[must_use]
    pub fn key_kind(&self) -> String {
        match self.parsed.public_key().parsed() {
            Ok(PublicKey::RSA(key)) => format!("RSA{}", key.key_size()),
            Ok(PublicKey::EC(point)) => format!("EC{}", curve_bits(&point)),
            _ => self.key_algorithm(),
        }
    }

    /// SHA-1 of all of it.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 20] {
        Sha1::digest(self.der).into()
    }

    /// The names of hosts, addresses and the like that it is for, each behind the name of its kind, parted by `, `.
    #[must_use]
    pub fn alternative_names(&self) -> Option<String> {
        let names = self.parsed.subject_alternative_name().ok()??;
        let texts = names.value.general_names.iter().map(|name| match name {
            GeneralName::DNSName(name) => format!("DNS:{name}"),
            GeneralName::RFC822Name(name) => format!("email:{name}"),
            GeneralName::URI(name) => format!("URI:{name}"),
            GeneralName::IPAddress(bytes) => format!("IP Address:{}", address(bytes)),
            GeneralName::RegisteredID(id) => {
                format!("Registered ID:{}", names::short_name(&id.to_id_string()))
            }
            GeneralName::DirectoryName(name) => {
                format!(
                    "DirName:{}",
                    String::from_utf8_lossy(&Name::new(name).in_steps(b", "))
                )
            }
            _ => "othername:<unsupported>".to_owned(),
        });
        Some(texts.collect::<Vec<_>>().join(", "))
    }
}

/// Bits of the curve that a point is on: it is two coordinates behind one octet.
fn curve_bits(point: &x509_parser::public_key::ECPoint<'_>) -> usize {
    match point.data().len().saturating_sub(1) / 2 {
        // Its coordinates have seven bits that are never set.
        66 => 521,
        octets => octets * 8,
    }
}

/// A time as OpenSSL writes it for people.
fn words(time: &ASN1Time) -> String {
    let time = time.to_datetime();
    // All names of months are longer than that.
    let month = &time.month().to_string()[..3];
    format!(
        "{month} {:2} {:02}:{:02}:{:02} {} GMT",
        time.day(),
        time.hour(),
        time.minute(),
        time.second(),
        time.year()
    )
}

/// A time as `YYMMDDhhmmssZ`; none outside of the years 2000 to 2099, which it does not tell apart.
fn time(time: &ASN1Time) -> Option<String> {
    let time = time.to_datetime();
    (2000..2100).contains(&time.year()).then(|| {
        format!(
            "{:02}{:02}{:02}{:02}{:02}{:02}Z",
            time.year() % 100,
            u8::from(time.month()),
            time.day(),
            time.hour(),
            time.minute(),
            time.second()
        )
    })
}

/// An address of 4 or 16 bytes.
fn address(bytes: &[u8]) -> String {
    if let Ok(bytes) = <[u8; 4]>::try_from(bytes) {
        return std::net::Ipv4Addr::from(bytes).to_string();
    }
    let groups = bytes.chunks(2).map(|pair| {
        let number = pair
            .iter()
            .fold(0u32, |number, byte| number << 8 | u32::from(*byte));
        format!("{number:X}")
    });
    groups.collect::<Vec<_>>().join(":")
}

/// Algorithms by OpenSSL's short names.
const ALGORITHMS: &[(&str, &str)] = &[
    ("1.2.840.113549.1.1.1", "rsaEncryption"),
    ("1.2.840.113549.1.1.2", "RSA-MD2"),
    ("1.2.840.113549.1.1.4", "RSA-MD5"),
    ("1.2.840.113549.1.1.5", "RSA-SHA1"),
    ("1.2.840.113549.1.1.10", "RSASSA-PSS"),
    ("1.2.840.113549.1.1.11", "RSA-SHA256"),
    ("1.2.840.113549.1.1.12", "RSA-SHA384"),
    ("1.2.840.113549.1.1.13", "RSA-SHA512"),
    ("1.2.840.113549.1.1.14", "RSA-SHA224"),
    ("1.2.840.10040.4.1", "DSA"),
    ("1.2.840.10040.4.3", "DSA-SHA1"),
    ("2.16.840.1.101.3.4.3.1", "dsa_with_SHA224"),
    ("2.16.840.1.101.3.4.3.2", "dsa_with_SHA256"),
    ("1.2.840.10045.2.1", "id-ecPublicKey"),
    ("1.2.840.10045.4.1", "ecdsa-with-SHA1"),
    ("1.2.840.10045.4.3.1", "ecdsa-with-SHA224"),
    ("1.2.840.10045.4.3.2", "ecdsa-with-SHA256"),
    ("1.2.840.10045.4.3.3", "ecdsa-with-SHA384"),
    ("1.2.840.10045.4.3.4", "ecdsa-with-SHA512"),
    ("1.3.101.110", "X25519"),
    ("1.3.101.111", "X448"),
    ("1.3.101.112", "ED25519"),
    ("1.3.101.113", "ED448"),
];

/// The name of an algorithm; its numbers where it has none here.
fn algorithm(algorithm: &AlgorithmIdentifier<'_>) -> String {
    let numbers = algorithm.algorithm.to_id_string();
    let known = ALGORITHMS.iter().find(|(of, _)| *of == numbers);
    known.map_or(numbers, |(_, name)| (*name).to_owned())
}

/// The name of an algorithm, of which the numbers are given as they stand in DER.
pub(crate) fn algorithm_name(oid: &[u8]) -> String {
    // What ids of certificates are made with bears no name of a key's or a signature's.
    if oid == [0x2b, 0x0e, 0x03, 0x02, 0x1a] {
        return "sha1".to_owned();
    }
    let numbers = x509_parser::der_parser::oid::Oid::new(oid.into()).to_id_string();
    let known = ALGORITHMS.iter().find(|(of, _)| *of == numbers);
    known.map_or(numbers, |(_, name)| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde_json::Value;

    use super::*;

    fn folder() -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../compat-fixtures/certificates")
    }

    fn der(name: &str) -> Vec<u8> {
        let pem = std::fs::read_to_string(folder().join(format!("{name}.pem"))).unwrap();
        let body: String = pem
            .lines()
            .skip(1)
            .take_while(|line| !line.starts_with("-----"))
            .collect();
        STANDARD.decode(body).unwrap()
    }

    /// What an expression such as `s_dn(OU,-1)` gives.
    fn value(der: &[u8], expression: &str) -> Option<Vec<u8>> {
        let certificate = Certificate::parse(der).unwrap();
        let (call, arguments) = expression.split_once('(').unwrap_or((expression, ")"));
        let arguments: Vec<&str> = arguments.trim_end_matches(')').split(',').collect();
        let text = |text: String| Some(text.into_bytes());
        let name = match call {
            "der,sha1" | "sha1" => return Some(Sha1::digest(der).to_vec()),
            "key_alg" => return text(certificate.key_algorithm()),
            "sig_alg" => return text(certificate.signature_algorithm()),
            "notafter" => return certificate.not_after().map(String::into_bytes),
            "notbefore" => return certificate.not_before().map(String::into_bytes),
            "serial" => return Some(certificate.serial().to_vec()),
            "version" => return Some(i64::from(certificate.version()).to_be_bytes().to_vec()),
            "s_dn" => certificate.subject(),
            _ => certificate.issuer(),
        };
        let entry = arguments.first().copied().unwrap_or_default();
        let at = arguments.get(1).map_or(1, |at| at.parse().unwrap());
        match (entry, arguments.get(2)) {
            ("", None) => name.plain(),
            ("", Some(_)) => name.rfc2253(),
            (entry, _) => name.entry(entry.as_bytes(), at).map(<[u8]>::to_vec),
        }
    }

    #[test]
    fn certificates_are_told_of_as_haproxy_tells_of_them() {
        let recorded = std::fs::read_to_string(folder().join("values.json")).unwrap();
        let recorded: Value = serde_json::from_str(&recorded).unwrap();
        let mut wrong = Vec::new();
        let mut compared = 0;
        for (name, values) in recorded["values"].as_object().unwrap() {
            let der = der(name);
            for (expression, expected) in values.as_object().unwrap() {
                let found = value(&der, expression);
                let found =
                    found.map(|bytes| bytes.iter().map(|byte| format!("{byte:02X}")).collect::<String>());
                compared += 1;
                if found.as_deref() != expected.as_str() {
                    wrong.push(format!("{name} {expression}: {found:?} instead of {expected}"));
                }
            }
        }
        assert!(compared > 500 && wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
