//! Why a handshake failed, as OpenSSL would number it.

use std::io;

use rustls::{Error, InvalidMessage, PeerIncompatible};

/// The reasons of failures that are no alerts of the peer's.
mod reason {
    pub(super) const NO_SUITABLE_SIGNATURE: u16 = 0x76;
    pub(super) const CERTIFICATE_VERIFY_FAILED: u16 = 0x86;
    pub(super) const HTTP_REQUEST: u16 = 0x9c;
    pub(super) const NO_SHARED_CIPHER: u16 = 0xc1;
    pub(super) const NO_CERTIFICATE: u16 = 0xc7;
    pub(super) const UNEXPECTED_MESSAGE: u16 = 0xf4;
    pub(super) const UNSUPPORTED_PROTOCOL: u16 = 0x102;
    pub(super) const WRONG_VERSION: u16 = 0x10b;
    pub(super) const UNEXPECTED_EOF: u16 = 0x126;
    /// Alerts of the peer's are counted from here.
    pub(super) const ALERTS: u16 = 1000;
}

/// Which side of a handshake we were.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The server's.
    Server,
    /// The client's.
    Client,
}

/// The reason of a failed handshake (`proxy_core::stream::failure::tls_code`); 0 where it broke off without TLS having found anything wrong.
pub(crate) fn reason_of(error: &io::Error, role: Role) -> u16 {
    if error.kind() == io::ErrorKind::UnexpectedEof {
        return reason::UNEXPECTED_EOF;
    }
    let found = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    let Some(found) = found else { return 0 };
    match found {
        Error::AlertReceived(alert) => reason::ALERTS + u16::from(u8::from(*alert)),
        Error::InvalidCertificate(_) => reason::CERTIFICATE_VERIFY_FAILED,
        Error::NoCertificatesPresented => reason::NO_CERTIFICATE,
        // What a client says in clear on a listener is taken for a request.
        Error::InvalidMessage(InvalidMessage::InvalidContentType) if role == Role::Server => {
            reason::HTTP_REQUEST
        }
        Error::InvalidMessage(
            InvalidMessage::InvalidContentType | InvalidMessage::UnknownProtocolVersion,
        ) => reason::WRONG_VERSION,
        Error::PeerIncompatible(
            PeerIncompatible::Tls12NotOffered
            | PeerIncompatible::Tls12NotOfferedOrEnabled
            | PeerIncompatible::Tls13RequiredForQuic
            | PeerIncompatible::SupportedVersionsExtensionRequired
            | PeerIncompatible::ServerDoesNotSupportTls12Or13,
        ) => reason::UNSUPPORTED_PROTOCOL,
        Error::PeerIncompatible(PeerIncompatible::NoSignatureSchemesInCommon) => {
            reason::NO_SUITABLE_SIGNATURE
        }
        Error::PeerIncompatible(_) => reason::NO_SHARED_CIPHER,
        _ => reason::UNEXPECTED_MESSAGE,
    }
}
