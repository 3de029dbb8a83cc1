//! A connection over TLS, and what its handshake agreed on.

use std::cell::RefCell;
use std::sync::Arc;

use proxy_core::openssl_ciphers;
use proxy_core::sample::{CertificateVerdict, ClientHandshake, Tls};
use proxy_core::stream::ServerHandshake;
use rustls::sign::CertifiedKey;
use rustls::{CommonState, HandshakeKind, NamedGroup, ProtocolVersion};
use tokio_rustls::TlsStream;

use super::Accepted;
use super::client_certificate::ClientCertificate;
use crate::socket::Socket;

/// A connection over TLS.
#[derive(Debug)]
pub struct TlsIo {
    pub(crate) stream: TlsStream<Socket>,
    /// The certificate that the client was shown.
    shown: Option<Arc<CertifiedKey>>,
    /// Who judged the client's certificate, where that passes errors over.
    lenient: Option<Arc<ClientCertificate>>,
    /// What was kept of the handshake.
    handshake: Option<Box<ClientHandshake>>,
}

thread_local! {
    /// The certificate that the handshake which is being polled has chosen: handshakes are polled one at a time, and choose within
    /// a poll.
    static CHOSEN: RefCell<Option<Arc<CertifiedKey>>> = const { RefCell::new(None) };
}

/// Notes what certificate is chosen for the client whose handshake is being polled.
pub(super) fn choose(key: &Arc<CertifiedKey>) {
    CHOSEN.with_borrow_mut(|chosen| *chosen = Some(Arc::clone(key)));
}

/// The certificate that the last poll of a handshake chose, if it chose one.
pub(crate) fn chosen() -> Option<Arc<CertifiedKey>> {
    CHOSEN.with_borrow_mut(Option::take)
}

impl TlsIo {
    /// One whose client was shown a certificate.
    pub(crate) fn of_client(
        (stream, lenient, handshake): Accepted,
        shown: Option<Arc<CertifiedKey>>,
    ) -> Self {
        Self {
            stream: stream.into(),
            shown,
            lenient,
            handshake,
        }
    }

    /// What was kept of the client's handshake.
    pub(crate) fn handshake(&self) -> Option<&ClientHandshake> {
        self.handshake.as_deref()
    }

    /// One to a server.
    pub(crate) fn to_server(stream: tokio_rustls::client::TlsStream<Socket>) -> Self {
        Self {
            stream: stream.into(),
            shown: None,
            lenient: None,
            handshake: None,
        }
    }

    /// What it runs over.
    pub(crate) fn socket(&self) -> &Socket {
        self.stream.get_ref().0
    }

    /// A certificate that the peer showed: its own is the first, behind it stand those that it sent with it.
    pub(crate) fn certificate(&self, at: usize) -> Option<&[u8]> {
        let chain = self.stream.get_ref().1.peer_certificates()?;
        chain.get(at).map(|der| &**der)
    }

    /// The certificate that the client was shown.
    pub(crate) fn shown(&self) -> Option<&[u8]> {
        self.shown.as_ref()?.cert.first().map(|der| &**der)
    }

    /// What was found wrong with the client's certificate, and passed over.
    pub(crate) fn verdict(&self) -> CertificateVerdict {
        let chain = self.stream.get_ref().1.peer_certificates();
        let judged = self.lenient.as_ref().zip(chain);
        judged.map_or_else(CertificateVerdict::default, |(judge, chain)| judge.verdict(chain))
    }

    /// What the handshake agreed on.
    pub(crate) fn agreed(&self) -> Option<Tls<'_>> {
        let (state, server_name): (&CommonState, _) = match &self.stream {
            TlsStream::Server(stream) => {
                let connection = stream.get_ref().1;
                (connection, connection.server_name())
            }
            TlsStream::Client(stream) => (stream.get_ref().1, None),
        };
        let suite = state.negotiated_cipher_suite()?.suite();
        Some(Tls {
            version: match state.protocol_version()? {
                ProtocolVersion::TLSv1_3 => "TLSv1.3",
                ProtocolVersion::TLSv1_2 => "TLSv1.2",
                other => other.as_str().unwrap_or_default(),
            },
            cipher: openssl_ciphers::name_of(u16::from(suite)).or_else(|| suite.as_str())?,
            server_name: server_name.map(str::as_bytes),
            alpn: state.alpn_protocol(),
            curve: state
                .negotiated_key_exchange_group()
                .and_then(|group| curve(group.name())),
            resumed: self.is_resumed(),
        })
    }

    /// Whether it took up a session again, so that no keys were agreed anew.
    pub(crate) fn is_resumed(&self) -> bool {
        let kind = self.stream.get_ref().1.handshake_kind();
        kind == Some(HandshakeKind::Resumed)
    }

    /// What stays known of it to those who do not hold it.
    pub(crate) fn remember(&self) -> Option<Secured> {
        let agreed = self.agreed()?;
        let chain = self.stream.get_ref().1.peer_certificates().unwrap_or_default();
        Some(Secured {
            version: agreed.version,
            cipher: agreed.cipher,
            curve: agreed.curve,
            resumed: agreed.resumed,
            server_name: agreed.server_name.map(Into::into),
            alpn: agreed.alpn.map(Into::into),
            chain: chain.iter().map(|der| der.to_vec().into()).collect(),
            shown: self.shown.clone(),
            verdict: self.verdict(),
            handshake: self.handshake.clone(),
        })
    }

    /// What is remembered of the handshake with a server that was asked for by `name`.
    pub(crate) fn of_server(&self, name: Option<&[u8]>) -> Option<ServerHandshake> {
        let agreed = self.agreed()?;
        let chain = self.stream.get_ref().1.peer_certificates().unwrap_or_default();
        Some(ServerHandshake {
            version: agreed.version,
            cipher: agreed.cipher,
            curve: agreed.curve,
            alpn: agreed.alpn.map(<[u8]>::to_vec),
            name: name.map(<[u8]>::to_vec),
            resumed: agreed.resumed,
            chain: chain.iter().map(|der| der.to_vec().into()).collect(),
            failure: 0,
        })
    }
}

/// What a handshake with a client agreed on.
#[derive(Debug)]
pub(crate) struct Secured {
    version: &'static str,
    cipher: &'static str,
    curve: Option<&'static str>,
    resumed: bool,
    server_name: Option<Box<[u8]>>,
    alpn: Option<Box<[u8]>>,
    /// The client's certificate, and those that it sent with it, in DER.
    chain: Vec<Box<[u8]>>,
    shown: Option<Arc<CertifiedKey>>,
    verdict: CertificateVerdict,
    handshake: Option<Box<ClientHandshake>>,
}

impl Secured {
    /// What was kept of the handshake beside that.
    pub(crate) fn handshake(&self) -> Option<&ClientHandshake> {
        self.handshake.as_deref()
    }

    /// What the handshake agreed on.
    pub(crate) fn agreed(&self) -> Tls<'_> {
        Tls {
            version: self.version,
            cipher: self.cipher,
            server_name: self.server_name.as_deref(),
            alpn: self.alpn.as_deref(),
            curve: self.curve,
            resumed: self.resumed,
        }
    }

    /// A certificate that the client showed, its own being the first.
    pub(crate) fn certificate(&self, at: usize) -> Option<&[u8]> {
        self.chain.get(at).map(|der| &**der)
    }

    /// The certificate that the client was shown.
    pub(crate) fn shown(&self) -> Option<&[u8]> {
        self.shown.as_ref()?.cert.first().map(|der| &**der)
    }

    /// What was found wrong with the client's certificate, and passed over.
    pub(crate) fn verdict(&self) -> CertificateVerdict {
        self.verdict
    }
}

/// OpenSSL's name of a group.
fn curve(group: NamedGroup) -> Option<&'static str> {
    match group {
        NamedGroup::secp256r1 => Some("SECP256R1"),
        NamedGroup::secp384r1 => Some("SECP384R1"),
        NamedGroup::secp521r1 => Some("SECP521R1"),
        other => other.as_str(),
    }
}
