//! Why a handshake failed, as OpenSSL would number it.

use std::io;

use proxy_core::stream::failure::tls_code;
use rustls::{Error, InvalidMessage, PeerIncompatible};

/// The reasons of failures that are no alerts of the peer's.
mod reason {
    pub(super) const NO_SUITABLE_SIGNATURE: u32 = 0x76;
    pub(super) const CERTIFICATE_VERIFY_FAILED: u32 = 0x86;
    pub(super) const HTTP_REQUEST: u32 = 0x9c;
    pub(super) const NO_SHARED_CIPHER: u32 = 0xc1;
    pub(super) const NO_CERTIFICATE: u32 = 0xc7;
    pub(super) const UNEXPECTED_MESSAGE: u32 = 0xf4;
    pub(super) const UNSUPPORTED_PROTOCOL: u32 = 0x102;
    pub(super) const WRONG_VERSION: u32 = 0x10b;
    pub(super) const UNEXPECTED_EOF: u32 = 0x126;
    /// Alerts of the peer's are counted from here.
    pub(super) const ALERTS: u32 = 1000;
}

/// Which side of a handshake we were.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The server's.
    Server,
    /// The client's.
    Client,
}

/// The error code of a failed handshake; 0 where it broke off without TLS having found anything wrong.
pub(crate) fn code(error: &io::Error, role: Role) -> u32 {
    if error.kind() == io::ErrorKind::UnexpectedEof {
        return tls_code(reason::UNEXPECTED_EOF);
    }
    let found = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    let Some(found) = found else { return 0 };
    tls_code(match found {
        Error::AlertReceived(alert) => reason::ALERTS + u32::from(u8::from(*alert)),
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
    })
}
