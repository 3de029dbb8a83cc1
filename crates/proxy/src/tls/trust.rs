//! Whom a line trusts (`ca-file`, `crl-file`), and whether a peer's certificate is trusted by it.
//!
//! Chains are verified by webpki. Two kinds of certificates that OpenSSL takes, and webpki by its rules does not, are looked at here:
//! one that is itself in the file and signed by itself, and one of X.509's first version, as `openssl x509 -req` makes when it
//! is told of no extensions.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use haproxy_cfg::model::Word;
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::{CertificateError, DigitallySignedStruct, PeerMisbehaved, SignatureScheme};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{
    CertificateDer, CertificateRevocationListDer, SignatureVerificationAlgorithm, SubjectPublicKeyInfoDer,
    TrustAnchor, UnixTime,
};
use webpki::{
    BorrowedCertRevocationList, CertRevocationList, EndEntityCert, ExpirationPolicy, KeyUsage,
    RawPublicKeyEntity, RevocationCheckDepth, RevocationOptionsBuilder, UnknownStatusPolicy,
};
use x509_parser::prelude::{FromDer as _, X509Certificate, X509Version};

use crate::listen::system_words;

/// Authorities, and what they revoked.
#[derive(Debug)]
pub(super) struct Trust {
    authorities: Arc<Authorities>,
    revoked: Arc<Revocations>,
    algorithms: WebPkiSupportedAlgorithms,
}

/// Certificates of authorities.
#[derive(Debug, Default)]
pub(super) struct Authorities {
    certificates: Vec<CertificateDer<'static>>,
    anchors: Vec<TrustAnchor<'static>>,
}

/// Lists of revoked certificates.
#[derive(Debug, Default)]
pub(super) struct Revocations {
    lists: Vec<CertRevocationList<'static>>,
    /// The same in DER.
    der: Vec<Vec<u8>>,
}

impl Authorities {
    /// Reads a file, or what the system trusts. The error says what is wrong with it.
    pub(super) fn load(file: &Word) -> Result<Self, String> {
        if **file == *SYSTEM {
            return Ok(Self::of(rustls_native_certs::load_native_certs().certs));
        }
        let pem = read(file)
            .map_err(|error| format!("'ca-file' : unable to load {file} ({})", system_words(&error)))?;
        Self::parse(&pem)
            .ok_or_else(|| format!("'ca-file' : unable to load {file} (it holds no CA certificate)"))
    }

    /// Those in PEM; none where it holds none.
    pub(super) fn parse(pem: &[u8]) -> Option<Self> {
        let certificates = CertificateDer::pem_slice_iter(pem)
            .filter_map(Result::ok)
            .collect();
        let found = Self::of(certificates);
        (!found.anchors.is_empty()).then_some(found)
    }

    fn of(certificates: Vec<CertificateDer<'static>>) -> Self {
        let anchor = |certificate: &CertificateDer<'static>| {
            let anchor = webpki::anchor_from_trusted_cert(certificate).ok()?;
            Some(anchor.to_owned())
        };
        Self {
            anchors: certificates.iter().filter_map(anchor).collect(),
            certificates,
        }
    }

    /// These, and behind them those of another that are not among them.
    pub(super) fn with(&self, other: &Self) -> Self {
        let mut all = self.certificates.clone();
        for certificate in &other.certificates {
            if !all.contains(certificate) {
                all.push(certificate.clone());
            }
        }
        Self::of(all)
    }

    /// All, in DER.
    pub(super) fn der(&self) -> Vec<Vec<u8>> {
        self.certificates.iter().map(|der| der.to_vec()).collect()
    }
}

impl Revocations {
    /// Reads a file. The error says what is wrong with it.
    pub(super) fn load(file: &Word) -> Result<Self, String> {
        let wrong = |why: String| format!("'crl-file' : unable to load {file} ({why})");
        let pem = read(file).map_err(|error| wrong(system_words(&error)))?;
        Self::parse(&pem).map_err(wrong)
    }

    /// Those in PEM. The error says why they are none.
    pub(super) fn parse(pem: &[u8]) -> Result<Self, String> {
        let mut found = Self::default();
        for list in CertificateRevocationListDer::pem_slice_iter(pem).filter_map(Result::ok) {
            let parsed = BorrowedCertRevocationList::from_der(&list).and_then(|list| list.to_owned());
            let parsed = parsed.map_err(|error| error.to_string())?;
            found.lists.push(CertRevocationList::from(parsed));
            found.der.push(list.to_vec());
        }
        if found.lists.is_empty() {
            return Err("it holds no list of revoked certificates".to_owned());
        }
        Ok(found)
    }

    /// All, in DER.
    pub(super) fn der(&self) -> Vec<Vec<u8>> {
        self.der.clone()
    }
}

/// Something that is wrong with a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// How far above the peer's own certificate.
    pub(super) depth: u32,
    /// OpenSSL's number.
    pub(super) number: u32,
}

/// OpenSSL's numbers of faults.
mod fault {
    pub(super) const UNSPECIFIED: u32 = 1;
    pub(super) const NO_CRL: u32 = 3;
    pub(super) const SIGNATURE: u32 = 7;
    pub(super) const NOT_YET_VALID: u32 = 9;
    pub(super) const EXPIRED: u32 = 10;
    pub(super) const SELF_SIGNED: u32 = 18;
    pub(super) const SELF_SIGNED_ABOVE: u32 = 19;
    pub(super) const NO_ISSUER: u32 = 20;
    pub(super) const UNVERIFIED: u32 = 21;
    pub(super) const REVOKED: u32 = 23;
    pub(super) const PURPOSE: u32 = 26;
}

impl Fault {
    fn of_end(number: u32) -> Self {
        Self { depth: 0, number }
    }

    /// What the peer is told.
    pub(super) fn error(self) -> CertificateError {
        match self.number {
            fault::EXPIRED => CertificateError::Expired,
            // As OpenSSL says it: a bad certificate.
            fault::NOT_YET_VALID => CertificateError::BadEncoding,
            fault::SELF_SIGNED | fault::SELF_SIGNED_ABOVE | fault::NO_ISSUER | fault::UNVERIFIED => {
                CertificateError::UnknownIssuer
            }
            fault::REVOKED => CertificateError::Revoked,
            fault::PURPOSE => CertificateError::InvalidPurpose,
            fault::SIGNATURE => CertificateError::BadSignature,
            _ => CertificateError::BadEncoding,
        }
    }
}

/// The name of the file that stands for whom the system trusts.
const SYSTEM: &[u8] = b"@system-ca";

impl Trust {
    /// Authorities, with what they revoked.
    pub(super) fn new(
        authorities: Arc<Authorities>,
        revoked: Arc<Revocations>,
        algorithms: WebPkiSupportedAlgorithms,
    ) -> Self {
        Self {
            authorities,
            revoked,
            algorithms,
        }
    }

    /// These, and those of another besides.
    pub(super) fn with(&self, other: &Self) -> Self {
        let all = self.authorities.with(&other.authorities);
        Self::new(Arc::new(all), Arc::clone(&self.revoked), self.algorithms)
    }

    /// Nobody.
    pub(super) fn nobody(algorithms: WebPkiSupportedAlgorithms) -> Self {
        Self::new(Arc::default(), Arc::default(), algorithms)
    }

    /// Whether a chain leads from `end` to one of the authorities.
    pub(super) fn verify(
        &self,
        end: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
        usage: KeyUsage,
    ) -> Result<(), rustls::Error> {
        if self.is_listed(end, now)? || self.has_signed_old(end, now)? {
            return Ok(());
        }
        let parsed = EndEntityCert::try_from(end).map_err(refused)?;
        let lists: Vec<&CertRevocationList<'_>> = self.revoked.lists.iter().collect();
        let revocation = RevocationOptionsBuilder::new(&lists).ok().map(|options| {
            options
                .with_depth(RevocationCheckDepth::Chain)
                .with_status_policy(UnknownStatusPolicy::Deny)
                .with_expiration_policy(ExpirationPolicy::Enforce)
                .build()
        });
        parsed
            .verify_for_usage(
                self.algorithms.all,
                &self.authorities.anchors,
                intermediates,
                now,
                usage,
                revocation,
                None,
            )
            .map(|_| ())
            .map_err(refused)
    }

    /// All that is wrong with a chain, in the order in which OpenSSL finds it.
    pub(super) fn faults(
        &self,
        end: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
        usage: fn() -> KeyUsage,
    ) -> Vec<Fault> {
        if self.verify(end, intermediates, now, usage()).is_ok() {
            return Vec::new();
        }
        let Ok(parsed) = parse(end) else {
            return vec![Fault::of_end(fault::UNSPECIFIED)];
        };
        // That its own time is over is found last: its issuer is looked for in that time.
        let validity = parsed.validity();
        let seconds = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
        let (begin, end_of) = (validity.not_before.timestamp(), validity.not_after.timestamp());
        let within = u64::try_from(seconds.clamp(begin, end_of.max(begin))).unwrap_or(0);
        let within = UnixTime::since_unix_epoch(Duration::from_secs(within));
        let mut found = Vec::new();
        if let Err(error) = self.verify(end, intermediates, within, usage()) {
            if parsed.subject() == parsed.issuer() {
                found.push(Fault::of_end(fault::SELF_SIGNED));
            } else {
                self.above(&error, intermediates, within, &mut found);
            }
        }
        if seconds > end_of {
            found.push(Fault::of_end(fault::EXPIRED));
        } else if seconds < begin {
            found.push(Fault::of_end(fault::NOT_YET_VALID));
        }
        found
    }

    /// Why no chain leads from a certificate that is valid itself.
    fn above(
        &self,
        error: &rustls::Error,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
        found: &mut Vec<Fault>,
    ) {
        let sent: Vec<_> = intermediates.iter().filter_map(|der| parse(der).ok()).collect();
        let depth_of = |wanted: &dyn Fn(&X509Certificate<'_>) -> bool| {
            let at = sent.iter().position(wanted)?;
            u32::try_from(at + 1).ok()
        };
        let rustls::Error::InvalidCertificate(error) = error else {
            return found.push(Fault::of_end(fault::UNSPECIFIED));
        };
        match error {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                let depth = depth_of(&|sent| is_valid_at(sent, now).is_err()).unwrap_or(1);
                found.push(Fault {
                    depth,
                    number: fault::EXPIRED,
                });
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                let depth = depth_of(&|sent| is_valid_at(sent, now).is_err()).unwrap_or(1);
                found.push(Fault {
                    depth,
                    number: fault::NOT_YET_VALID,
                });
            }
            CertificateError::UnknownIssuer if sent.is_empty() => {
                found.push(Fault::of_end(fault::NO_ISSUER));
                if !self.revoked.lists.is_empty() {
                    // Nor is it known what its issuer has revoked.
                    found.push(Fault::of_end(fault::NO_CRL));
                }
                found.push(Fault::of_end(fault::UNVERIFIED));
            }
            CertificateError::UnknownIssuer => {
                let root = depth_of(&|sent| sent.subject() == sent.issuer());
                let last = u32::try_from(sent.len()).unwrap_or(u32::MAX);
                found.push(match root {
                    Some(depth) => Fault {
                        depth,
                        number: fault::SELF_SIGNED_ABOVE,
                    },
                    None => Fault {
                        depth: last,
                        number: fault::NO_ISSUER,
                    },
                });
            }
            CertificateError::Revoked => found.push(Fault::of_end(fault::REVOKED)),
            CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
                found.push(Fault::of_end(fault::PURPOSE));
            }
            CertificateError::BadSignature => found.push(Fault::of_end(fault::SIGNATURE)),
            _ => found.push(Fault::of_end(fault::UNSPECIFIED)),
        }
    }

    /// Names of the authorities, for peers that choose their certificate by them.
    pub(super) fn subjects(&self) -> Vec<rustls::DistinguishedName> {
        let in_sequence = |anchor: &TrustAnchor<'_>| rustls::DistinguishedName::in_sequence(&anchor.subject);
        self.authorities.anchors.iter().map(in_sequence).collect()
    }

    /// Whether the certificate stands in the file itself, and is signed by itself: nobody else could be asked for it.
    fn is_listed(&self, end: &CertificateDer<'_>, now: UnixTime) -> Result<bool, rustls::Error> {
        if !self.authorities.certificates.iter().any(|known| known == end) {
            return Ok(false);
        }
        let parsed = parse(end)?;
        if parsed.subject() != parsed.issuer() {
            return Ok(false);
        }
        is_valid_at(&parsed, now)?;
        Ok(true)
    }

    /// Whether a certificate of the first version was signed by one in the file.
    fn has_signed_old(&self, end: &CertificateDer<'_>, now: UnixTime) -> Result<bool, rustls::Error> {
        let parsed = parse(end)?;
        if parsed.version() != X509Version::V1 || !self.revoked.lists.is_empty() {
            return Ok(false);
        }
        is_valid_at(&parsed, now)?;
        let signed = |issuer: &CertificateDer<'_>| {
            let Ok((_, issuer)) = X509Certificate::from_der(issuer) else {
                return false;
            };
            issuer.subject().as_raw() == parsed.issuer().as_raw()
                && is_valid_at(&issuer, now).is_ok()
                && signed_by(
                    issuer.public_key().raw,
                    self.algorithms.all.iter().copied(),
                    parsed.tbs_certificate.as_ref(),
                    &parsed.signature_value.data,
                )
        };
        if self.authorities.certificates.iter().any(signed) {
            Ok(true)
        } else {
            Err(CertificateError::UnknownIssuer.into())
        }
    }
}

fn read(path: &Word) -> io::Result<Vec<u8>> {
    fs::read(Path::new(OsStr::from_bytes(path)))
}

fn parse<'a>(certificate: &'a CertificateDer<'_>) -> Result<X509Certificate<'a>, rustls::Error> {
    let parsed = X509Certificate::from_der(certificate);
    parsed
        .map(|(_, parsed)| parsed)
        .map_err(|_| CertificateError::BadEncoding.into())
}

fn is_valid_at(certificate: &X509Certificate<'_>, now: UnixTime) -> Result<(), rustls::Error> {
    let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    let validity = certificate.validity();
    if now < validity.not_before.timestamp() {
        Err(CertificateError::NotValidYet.into())
    } else if now > validity.not_after.timestamp() {
        Err(CertificateError::Expired.into())
    } else {
        Ok(())
    }
}

/// Whether one of the algorithms finds `message` signed with the key.
fn signed_by(
    key: &[u8],
    mut algorithms: impl Iterator<Item = &'static dyn SignatureVerificationAlgorithm>,
    message: &[u8],
    signature: &[u8],
) -> bool {
    let key = SubjectPublicKeyInfoDer::from(key);
    let Ok(key) = RawPublicKeyEntity::try_from(&key) else {
        return false;
    };
    algorithms.any(|algorithm| key.verify_signature(algorithm, message, signature).is_ok())
}

/// Whether a peer has proved in the handshake that the key of its certificate is its own. It does not matter here what else
/// stands in the certificate, nor in what form.
pub(super) fn verify_handshake(
    message: &[u8],
    certificate: &CertificateDer<'_>,
    signed: &DigitallySignedStruct,
    algorithms: &WebPkiSupportedAlgorithms,
    tls13: bool,
) -> Result<HandshakeSignatureValid, rustls::Error> {
    let allowed = if tls13 {
        is_of_tls13(signed.scheme)
    } else {
        signed.scheme != SignatureScheme::ED448
    };
    let found = algorithms
        .mapping
        .iter()
        .find(|(scheme, _)| *scheme == signed.scheme);
    let Some((_, candidates)) = found.filter(|_| allowed) else {
        return Err(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme.into());
    };
    // In TLS 1.3 a scheme names the curve as well, which is that of the first.
    let candidates = if tls13 { &candidates[..1] } else { *candidates };
    let parsed = parse(certificate)?;
    let key = parsed.public_key().raw;
    if signed_by(key, candidates.iter().copied(), message, signed.signature()) {
        Ok(HandshakeSignatureValid::assertion())
    } else {
        Err(CertificateError::BadSignature.into())
    }
}

/// Whether TLS 1.3 has the scheme for handshakes: neither PKCS #1 nor SHA-1 (RFC 8446, section 4.2.3).
fn is_of_tls13(scheme: SignatureScheme) -> bool {
    matches!(
        scheme,
        SignatureScheme::ECDSA_NISTP256_SHA256
            | SignatureScheme::ECDSA_NISTP384_SHA384
            | SignatureScheme::ECDSA_NISTP521_SHA512
            | SignatureScheme::RSA_PSS_SHA256
            | SignatureScheme::RSA_PSS_SHA384
            | SignatureScheme::RSA_PSS_SHA512
            | SignatureScheme::ED25519
    )
}

/// What webpki found wrong, as an alert will tell it.
fn refused(error: webpki::Error) -> rustls::Error {
    use webpki::Error as E;
    match error {
        E::BadDer | E::BadDerTime | E::TrailingData(_) => CertificateError::BadEncoding,
        E::CertExpired { .. } => CertificateError::Expired,
        E::CertNotValidYet { .. } => CertificateError::NotValidYet,
        E::CertRevoked => CertificateError::Revoked,
        E::UnknownRevocationStatus => CertificateError::UnknownRevocationStatus,
        E::CrlExpired { .. } => CertificateError::ExpiredRevocationList,
        E::UnknownIssuer => CertificateError::UnknownIssuer,
        E::RequiredEkuNotFoundContext(_) => CertificateError::InvalidPurpose,
        error => CertificateError::Other(rustls::OtherError(Arc::new(error))),
    }
    .into()
}
