//! Whether the certificate of a client is one that a listener asked for (`verify`, `ca-file`, `crl-file`), and which of
//! its errors are passed over (`crt-ignore-err`, `ca-ignore-err`).

use haproxy_cfg::model::{BindSsl, IgnoredErrors};
use proxy_core::sample::CertificateVerdict;
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{DigitallySignedStruct, DistinguishedName, SignatureScheme};
use rustls_pki_types::{CertificateDer, UnixTime};
use webpki::KeyUsage;

use super::signatures::{Signatures, taken};
use super::trust::{Fault, Trust, verify_handshake};

/// Looks at the certificates of clients.
#[derive(Debug)]
pub(crate) struct ClientCertificate {
    trust: Trust,
    required: bool,
    /// Errors that are passed over.
    ignored: IgnoredErrors,
    /// The same of those that signed it.
    ignored_of_authorities: IgnoredErrors,
    subjects: Vec<DistinguishedName>,
    algorithms: WebPkiSupportedAlgorithms,
    /// The signatures that are taken.
    schemes: Vec<SignatureScheme>,
}

impl ClientCertificate {
    /// As the settings of a listener ask for.
    pub(super) fn new(
        (trust, subjects): (Trust, Vec<DistinguishedName>),
        ssl: &BindSsl,
        algorithms: WebPkiSupportedAlgorithms,
        signatures: Option<&Signatures>,
    ) -> Self {
        let (_, required) = ssl.verify;
        Self {
            subjects,
            trust,
            schemes: taken(signatures, &algorithms),
            required,
            ignored: ssl.ignored.clone(),
            ignored_of_authorities: ssl.ignored_of_authorities.clone(),
            algorithms,
        }
    }

    /// Whether errors are passed over.
    pub(super) fn is_lenient(&self) -> bool {
        self.ignored != IgnoredErrors::Nothing || self.ignored_of_authorities != IgnoredErrors::Nothing
    }

    fn is_ignored(&self, fault: Fault) -> bool {
        let ignored = if fault.depth == 0 {
            &self.ignored
        } else {
            &self.ignored_of_authorities
        };
        ignored.has(fault.number)
    }

    /// What is wrong with a chain whose first certificate is the client's own.
    pub(super) fn verdict(&self, chain: &[CertificateDer<'_>]) -> CertificateVerdict {
        let Some((end, intermediates)) = chain.split_first() else {
            return CertificateVerdict::default();
        };
        let faults = self
            .trust
            .faults(end, intermediates, UnixTime::now(), KeyUsage::client_auth);
        let of_its_own = faults.iter().find(|fault| fault.depth == 0);
        let above = faults.iter().find(|fault| fault.depth > 0);
        CertificateVerdict {
            error: of_its_own.map_or(0, |fault| fault.number),
            error_of_authorities: above.map_or(0, |fault| fault.number),
            depth: above.map_or(0, |fault| fault.depth),
            result: faults.last().map_or(0, |fault| fault.number),
        }
    }
}

impl ClientCertVerifier for ClientCertificate {
    fn client_auth_mandatory(&self) -> bool {
        self.required
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.subjects
    }

    fn verify_client_cert(
        &self,
        end: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        let faults = self.trust.faults(end, intermediates, now, KeyUsage::client_auth);
        match faults.into_iter().find(|fault| !self.is_ignored(*fault)) {
            None => Ok(ClientCertVerified::assertion()),
            Some(fault) => Err(fault.error().into()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        if !self.schemes.contains(&signed.scheme) {
            return Err(rustls::PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme.into());
        }
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
