//! TLS towards servers: from the `ssl` settings of a server line to what rustls needs to connect, and connecting.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use arc_swap::ArcSwap;
use haproxy_cfg::model::{Mode, ServerTls, Word};
use rustls::client::{Resumption, Tls12Resumption};
use rustls::crypto::CryptoProvider;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{CertificateError, ClientConfig};
use rustls_pki_types::{DnsName, ServerName};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::Teller;
use super::server_certificate::ServerCertificate;
use super::settings::{self, Offer};
use super::signatures::{self, taken};
use super::store::Inner;
use super::trust::Trust;
use crate::socket::Socket;

/// Sessions that are remembered for each server, to be resumed.
const SESSIONS: usize = 256;

/// How one server is spoken to over TLS.
#[derive(Debug)]
pub struct ServerSide {
    /// With what new connections begin.
    now: ArcSwap<Spoken>,
    /// The server's certificate is verified.
    verifies: bool,
}

/// With what connections to a server begin.
#[derive(Debug)]
pub(super) struct Spoken {
    /// Traffic.
    traffic: Arc<ClientConfig>,
    /// Health checks.
    checks: Arc<ClientConfig>,
}

/// A handshake that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    /// The server's certificate bears another name than it should.
    pub(crate) other_name: bool,
}

impl ServerSide {
    pub(super) fn new(spoken: Spoken, verifies: bool) -> Self {
        Self {
            now: ArcSwap::from_pointee(spoken),
            verifies,
        }
    }

    /// New connections begin otherwise from now on.
    pub(super) fn replace(&self, spoken: Spoken) {
        self.now.store(Arc::new(spoken));
    }

    /// What a connection for a client begins with. `name` is the one that the server is asked for.
    ///
    /// # Errors
    /// When a name is asked for that no certificate can bear, and the certificate is to be verified.
    pub(crate) fn connect(
        &self,
        socket: Socket,
        name: Option<&[u8]>,
    ) -> Result<tokio_rustls::Connect<Socket>, Refused> {
        self.begin(&self.now.load().traffic, socket, name)
    }

    /// The same for a health check; `alpn` are the protocols that a step offers, where it says so.
    ///
    /// # Errors
    /// As [`Self::connect`].
    pub(crate) fn connect_check(
        &self,
        socket: Socket,
        name: Option<&[u8]>,
        alpn: Option<&[Word]>,
    ) -> Result<tokio_rustls::Connect<Socket>, Refused> {
        let Some(alpn) = alpn else {
            return self.begin(&self.now.load().checks, socket, name);
        };
        let mut config = ClientConfig::clone(&self.now.load().checks);
        config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
        self.begin(&Arc::new(config), socket, name)
    }

    fn begin(
        &self,
        config: &Arc<ClientConfig>,
        socket: Socket,
        name: Option<&[u8]>,
    ) -> Result<tokio_rustls::Connect<Socket>, Refused> {
        let named = name.map(|name| DnsName::try_from(name).map(|name| name.to_owned()));
        let name = match named {
            Some(Ok(name)) => ServerName::DnsName(name),
            // What is no name of a host cannot be asked for (RFC 6066, section 3), and no certificate bears it.
            Some(Err(_)) if self.verifies => return Err(Refused { other_name: true }),
            // An address is never sent.
            Some(Err(_)) | None => ServerName::from(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
        };
        Ok(TlsConnector::from(Arc::clone(config)).connect(name, socket))
    }
}

/// Why a handshake failed.
pub(crate) fn refusal(error: &std::io::Error) -> Refused {
    let inner = error.get_ref().and_then(|error| error.downcast_ref());
    let other_name = matches!(
        inner,
        Some(rustls::Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }
        ))
    );
    Refused { other_name }
}

/// The connection of a handshake that is done.
pub(crate) type Secured = TlsStream<Socket>;

/// None when the line is refused; the reason has been told.
pub(super) fn spoken(inner: &mut Inner, mode: Mode, tls: &ServerTls, teller: &mut Teller) -> Option<Spoken> {
    let provider = Arc::clone(&inner.common.provider);
    let algorithms = provider.signature_verification_algorithms;
    let trust = match (tls.verify, &tls.ca_file) {
        (false, _) => None,
        (true, Some(file)) => match inner.trust(file, tls.crl_file.as_ref()) {
            Ok(trust) => Some(trust),
            Err(text) => {
                teller.refuse_line(&text);
                return None;
            }
        },
        (true, None) if tls.traffic || tls.checks => {
            teller.refuse("verify is enabled by default but no CA file specified", ".");
            return None;
        }
        // Only a step of a script would connect so: it fails then, as nobody is trusted.
        (true, None) => Some(Trust::nobody(algorithms)),
    };
    let offer = Offer {
        ciphers: tls.ciphers.as_ref(),
        ciphersuites: tls.ciphersuites.as_ref(),
        min: tls.versions.map(|(min, _)| min),
        max: tls.versions.map(|(_, max)| max),
        curves: tls.curves.as_ref(),
    };
    let settings = settings::settle(&offer, &[], teller)?;
    let [signatures, of_ours] = signatures::of_server(tls, teller)?;
    let verifier = ServerCertificate {
        trust,
        host: tls.verify_host.as_ref().map(ToString::to_string),
        algorithms,
        schemes: taken(signatures.as_ref(), &algorithms),
    };
    let mut limited = CryptoProvider::clone(&provider);
    limited.cipher_suites = settings.suites;
    limited.kx_groups = settings.groups;
    let builder = ClientConfig::builder_with_provider(Arc::new(limited))
        .with_protocol_versions(&settings.versions)
        .map_err(|error| teller.refuse(&format!("these TLS settings cannot work together ({error})"), "."))
        .ok()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let mut traffic = match &tls.crt {
        None => builder.with_no_client_auth(),
        Some(path) => {
            let shown = inner
                .certificate(&path.to_string())
                .map_err(|text| teller.refuse_line(&text));
            let mut shown = CertifiedKey::clone(&shown.ok()?.key);
            if let Some(signatures) = &of_ours {
                shown.key = signatures.limit(shown.key);
            }
            builder.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(shown)))
        }
    };
    traffic.resumption = if tls.reuse {
        let tickets = if tls.tickets {
            Tls12Resumption::SessionIdOrTickets
        } else {
            Tls12Resumption::SessionIdOnly
        };
        Resumption::in_memory_sessions(SESSIONS).tls12_resumption(tickets)
    } else {
        Resumption::disabled()
    };
    let mut checks = traffic.clone();
    traffic.alpn_protocols = tls.alpn.iter().map(|name| name.to_vec()).collect();
    checks.alpn_protocols = check_protocols(tls, mode, teller);
    Some(Spoken {
        traffic: Arc::new(traffic),
        checks: Arc::new(checks),
    })
}

/// The protocols that checks offer. What they do not speak must not be agreed on.
fn check_protocols(tls: &ServerTls, mode: Mode, teller: &mut Teller) -> Vec<Vec<u8>> {
    let own = !tls.check_alpn.is_empty();
    let given = if own { &tls.check_alpn } else { &tls.alpn };
    let spoken = |name: &&Word| mode != Mode::Http || ***name != *b"h2";
    let left: Vec<Vec<u8>> = given.iter().filter(spoken).map(|name| name.to_vec()).collect();
    if own && left.len() < given.len() {
        teller.warn(
            "checks do not speak HTTP/2 ('h2' of 'check-alpn'), and do not offer it",
            ".",
        );
    }
    left
}
