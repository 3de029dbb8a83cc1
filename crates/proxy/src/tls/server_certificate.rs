//! Whether the certificate of a server is the right one (`verify`, `ca-file`, `verifyhost`, `sni`).

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::{CertificateError, DigitallySignedStruct, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use webpki::KeyUsage;

use super::certificate::names_of;
use super::trust::{Trust, verify_handshake};

/// Looks at the certificates of a server.
#[derive(Debug)]
pub(super) struct ServerCertificate {
    /// Who may have signed it; none lets any pass (`verify none`).
    pub(super) trust: Option<Trust>,
    /// The name that it must bear where the server was asked for by none (`verifyhost`).
    pub(super) host: Option<String>,
    pub(super) algorithms: WebPkiSupportedAlgorithms,
    /// The signatures that are taken of it.
    pub(super) schemes: Vec<SignatureScheme>,
}

impl ServerCertVerifier for ServerCertificate {
    fn verify_server_cert(
        &self,
        end: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        asked: &ServerName<'_>,
        _ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Some(trust) = &self.trust else {
            return Ok(ServerCertVerified::assertion());
        };
        trust.verify(end, intermediates, now, KeyUsage::server_auth())?;
        let wanted = match asked {
            ServerName::DnsName(name) => Some(name.as_ref()),
            _ => self.host.as_deref(),
        };
        let Some(wanted) = wanted else {
            return Ok(ServerCertVerified::assertion());
        };
        let names = names_of(end).unwrap_or_default();
        if names.iter().any(|name| is_name_of(name, wanted)) {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(CertificateError::NotValidForName.into())
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_handshake(message, certificate, signed, &self.algorithms, false)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_handshake(message, certificate, signed, &self.algorithms, true)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes.clone()
    }
}

/// Whether a name in a certificate, in lower case, is that of a host. A star stands for the whole first label (RFC 9525, section 6.3).
fn is_name_of(name: &str, host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    match name.strip_prefix("*.") {
        Some(domain) => host
            .split_once('.')
            .is_some_and(|(first, rest)| !first.is_empty() && rest.eq_ignore_ascii_case(domain)),
        None => name.eq_ignore_ascii_case(host),
    }
}

#[cfg(test)]
mod tests {
    use super::is_name_of;

    #[test]
    fn a_star_stands_for_one_label_and_case_does_not_matter() {
        for (name, host, fits) in [
            ("a.example", "A.Example", true),
            ("a.example", "a.example.", true),
            ("*.example", "a.example", true),
            ("*.example", "a.b.example", false),
            ("*.example", "example", false),
            ("*.example", ".example", false),
            ("a.example", "b.example", false),
            ("a*.example", "ab.example", false),
        ] {
            assert_eq!(is_name_of(name, host), fits, "{name} {host}");
        }
    }
}
