//! What is told of a list of revoked certificates (RFC 5280, section 5).

use x509_parser::prelude::{CertificateRevocationList, FromDer as _};

use super::{Name, algorithm, words};

/// A list of revoked certificates.
#[derive(Debug)]
pub struct RevocationList<'a>(CertificateRevocationList<'a>);

impl<'a> RevocationList<'a> {
    /// Reads one in DER; none where it is none.
    #[must_use]
    pub fn parse(der: &'a [u8]) -> Option<Self> {
        let (_, parsed) = CertificateRevocationList::from_der(der).ok()?;
        Some(Self(parsed))
    }

    /// What `show ssl crl-file` tells of it.
    #[must_use]
    pub fn told(&self) -> String {
        let list = &self.0;
        let version = list.version().map_or(1, |version| version.0 + 1);
        let issuer = Name::new(list.issuer()).plain().unwrap_or_default();
        let mut out = format!(
            "Version {version}\nSignature Algorithm: {}\nIssuer: {}\nLast Update: {}\n",
            algorithm(&list.signature_algorithm),
            String::from_utf8_lossy(&issuer),
            words(&list.last_update()),
        );
        if let Some(next) = list.next_update() {
            out.push_str(&format!("Next Update: {}\n", words(&next)));
        }
        let mut revoked = list.iter_revoked_certificates().peekable();
        out.push_str(if revoked.peek().is_some() {
            "Revoked Certificates:\n"
        } else {
            "No Revoked Certificates.\n"
        });
        for one in revoked {
            let serial = one.raw_serial();
            let serial = match serial {
                [0, rest @ ..] if !rest.is_empty() => rest,
                serial => serial,
            };
            let digits: String = serial.iter().map(|byte| format!("{byte:02X}")).collect();
            out.push_str(&format!(
                "    Serial Number: {digits}\n        Revocation Date: {}\n",
                words(&one.revocation_date)
            ));
        }
        out
    }
}
