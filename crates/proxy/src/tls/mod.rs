//! TLS on listeners and towards servers: from the `ssl` settings of a line to what rustls needs to accept or make connections.
//! Everything that can be wrong with certificates and settings is found here, before anything is bound.
//!
//! rustls speaks TLS 1.2 with ephemeral keys and authenticated encryption, and TLS 1.3. What a file asks for beyond that is
//! named in a warning; nothing that the file does not allow is ever offered instead.

mod certificate;
pub(crate) mod client;
mod client_certificate;
pub(crate) mod connection;
pub(crate) mod failure;
mod key_schedule;
mod newcomers;
mod server_certificate;
mod sessions;
mod settings;
mod signatures;
mod sni;
mod store;
mod tickets;
mod trust;
mod witness;

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use arc_swap::ArcSwap;
use haproxy_cfg::model::{Bind, BindSsl, Config, Mode, OwnSsl, ProxyId, ProxyKind, Server, Word};
use proxy_core::sample::ClientHandshake;
use proxy_core::state::SessionLookups;
use rustls::crypto::CryptoProvider;
use rustls::server::{Acceptor, ProducesTickets};
use rustls::{ServerConfig, SignatureAlgorithm};
use syntax::Span;
use tokio::io::AsyncWriteExt as _;
use tokio_rustls::server::TlsStream;
use tokio_rustls::{LazyConfigAcceptor, StartHandshake, TlsAcceptor};

pub use client::ServerSide;
pub(crate) use connection::Secured;
pub use connection::TlsIo;
pub use newcomers::Newcomers;
use sessions::Sessions;
use settings::Offer;
use signatures::Signatures;
use sni::BySni;
pub use store::Store;
use store::{BindUser, Common, Inner, ServerUser};
use tickets::OwnTickets;

use crate::socket::Socket;
use client_certificate::ClientCertificate;

/// How a message of this module is introduced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsPlace {
    /// `parsing [FILE:LINE] : MESSAGE`: found while the line was read.
    Line,
    /// The message names the line itself, through `at [FILE:LINE]`; the text holds [`PLACE_MARK`] where that belongs.
    Whole,
}

/// Bytes of a record in front of what it carries.
const RECORD_HEAD: usize = 5;

/// Stands in a message where `FILE:LINE` belongs.
pub const PLACE_MARK: &str = "\u{1}";

/// Something to tell about the TLS of a bind or server line, in the original's words.
#[derive(Clone, Debug)]
pub struct TlsMessage {
    /// Whether the configuration is refused.
    pub fatal: bool,
    /// How it is introduced.
    pub place: TlsPlace,
    /// The line.
    pub span: Span,
    /// What to say.
    pub text: String,
}

/// What TLS needs of all lines that have it.
#[derive(Clone, Debug, Default)]
pub struct TlsConfigs {
    /// By frontend, and the number of the line among its binds.
    pub binds: HashMap<(ProxyId, usize), Arc<BindSide>>,
    /// By backend, and the number of the server.
    pub servers: HashMap<(ProxyId, usize), Arc<ServerSide>>,
    /// By section of peers, and the number of its listener.
    pub peer_binds: HashMap<(usize, usize), Arc<BindSide>>,
    /// By section of peers, and the number of the peer.
    pub peer_servers: HashMap<(usize, usize), Arc<ServerSide>>,
    /// By section that passes log lines on, and the number of its listener.
    pub log_binds: HashMap<(usize, usize), Arc<BindSide>>,
    /// By ring, and the number of its server.
    pub ring_servers: HashMap<(usize, usize), Arc<ServerSide>>,
    /// How often a client's session was looked for.
    pub lookups: Arc<SessionLookups>,
    /// What they are made of, to be changed while the process runs; none before there is a configuration.
    pub store: Option<Arc<Store>>,
}

/// Builds them all, and tells all that is wrong with them. `place` gives the `FILE:LINE` of a line.
#[must_use]
pub fn configs(config: &Config, place: &dyn Fn(Span) -> String) -> (TlsConfigs, Vec<TlsMessage>) {
    let mut inner = Inner::new(Common {
        provider: Arc::new(rustls::crypto::aws_lc_rs::default_provider()),
        dialect: config.dialect,
        defaults: config.global.ssl_default_bind.clone(),
        extra: config.global.ssl_extra,
        issuers: Vec::new(),
        stored: config.global.stored_certificates.clone().into(),
        tune: config.global.tune.tls,
        sessions: Arc::new(Sessions::new(config.global.tune.tls)),
    });
    let mut configs = TlsConfigs {
        lookups: inner.common.sessions.lookups(),
        ..TlsConfigs::default()
    };
    let mut messages = Vec::new();
    if let Some(folder) = &config.global.issuers {
        inner.common.issuers = certificate::issuers(folder);
    }
    for (index, proxy) in config
        .proxies
        .iter()
        .enumerate()
        .filter(|(_, proxy)| !proxy.disabled)
    {
        let proxy_id = ProxyId(u32::try_from(index).unwrap_or(u32::MAX));
        let section = match proxy.kind {
            ProxyKind::Frontend => "frontend",
            ProxyKind::Backend => "backend",
            ProxyKind::Listen => "listen",
        };
        let owner = Owner {
            name: &proxy.name,
            mode: proxy.mode,
            section,
        };
        for (at, bind) in proxy.binds.iter().enumerate() {
            if let Some(side) = owner.bind_side(&mut inner, bind, place, &mut messages) {
                configs.binds.insert((proxy_id, at), side);
            }
        }
        for (at, server) in proxy.servers.of_file().iter().enumerate() {
            if let Some(side) = owner.server_side(&mut inner, server, &mut messages) {
                configs.servers.insert((proxy_id, at), side);
            }
        }
    }
    for (index, peers) in config.sections.peers.iter().enumerate() {
        if !peers.is_at_work() {
            continue;
        }
        let owner = Owner {
            name: &peers.name,
            mode: Mode::Tcp,
            section: "peers",
        };
        for (at, bind) in peers
            .listener
            .iter()
            .flat_map(|listener| &listener.binds)
            .enumerate()
        {
            if let Some(side) = owner.bind_side(&mut inner, bind, place, &mut messages) {
                configs.peer_binds.insert((index, at), side);
            }
        }
        for (at, peer) in peers.peers.iter().enumerate() {
            let Some(server) = &peer.server else { continue };
            if let Some(side) = owner.server_side(&mut inner, server, &mut messages) {
                configs.peer_servers.insert((index, at), side);
            }
        }
    }
    for (index, section) in config.sections.log_forwards.iter().enumerate() {
        let owner = Owner {
            name: &section.name,
            mode: Mode::Tcp,
            section: "log-forward",
        };
        for (at, bind) in section.binds.iter().enumerate() {
            if let Some(side) = owner.bind_side(&mut inner, bind, place, &mut messages) {
                configs.log_binds.insert((index, at), side);
            }
        }
    }
    for (index, ring) in config.sections.rings.iter().enumerate() {
        let owner = Owner {
            name: &ring.name,
            mode: Mode::Tcp,
            section: "ring",
        };
        for (at, server) in ring.servers.iter().enumerate() {
            if let Some(side) = owner.server_side(&mut inner, server, &mut messages) {
                configs.ring_servers.insert((index, at), side);
            }
        }
    }
    configs.store = Some(Arc::new(Store::new(inner)));
    (configs, messages)
}

/// The section whose lines these are.
struct Owner<'a> {
    name: &'a Word,
    mode: Mode,
    section: &'static str,
}

impl Owner<'_> {
    /// What TLS needs of a bind line; none where it has none, or is refused.
    fn bind_side(
        &self,
        inner: &mut Inner,
        bind: &Bind,
        place: &dyn Fn(Span) -> String,
        messages: &mut Vec<TlsMessage>,
    ) -> Option<Arc<BindSide>> {
        let ssl = bind.ssl.as_ref()?;
        let what = format!("bind '{}'", bind.written);
        let mut teller = Teller::new(&self.name.to_string(), &what, self.section, bind.span);
        let sources = inner.sources(ssl, &mut teller);
        let built = sources.and_then(|sources| {
            let serving = inner.serving(self.mode, ssl, &sources, None, &mut teller)?;
            Some((sources, serving))
        });
        messages.append(&mut teller.messages);
        let (sources, serving) = built?;
        let side = Arc::new(BindSide {
            now: ArcSwap::from_pointee(serving),
        });
        inner.binds.push(BindUser {
            proxy: self.name.clone(),
            mode: self.mode,
            ssl: BindSsl {
                certificates: Vec::new(),
                ..ssl.clone()
            },
            sources,
            what,
            section: self.section,
            span: bind.span,
            place: place(bind.span),
            side: Arc::clone(&side),
        });
        Some(side)
    }

    /// What TLS needs of a server line; none where it has none, or is refused.
    fn server_side(
        &self,
        inner: &mut Inner,
        server: &Server,
        messages: &mut Vec<TlsMessage>,
    ) -> Option<Arc<ServerSide>> {
        let tls = server.tls.as_ref()?;
        let what = format!("server '{}'", server.name);
        let mut teller = Teller::new(&self.name.to_string(), &what, self.section, server.span);
        let spoken = client::spoken(inner, self.mode, tls, &mut teller);
        messages.append(&mut teller.messages);
        let side = Arc::new(ServerSide::new(spoken?, tls.verify));
        inner.servers.push(ServerUser {
            proxy: self.name.to_string(),
            mode: self.mode,
            tls: tls.clone(),
            what,
            section: self.section,
            span: server.span,
            side: Arc::clone(&side),
        });
        Some(side)
    }
}

/// Collects what is to be told about one line.
struct Teller {
    proxy: String,
    /// The line, as it is named behind what is wrong: `bind 'ADDRESS'`, `server 'NAME'`.
    what: String,
    section: &'static str,
    span: Span,
    messages: Vec<TlsMessage>,
}

impl Teller {
    fn new(proxy: &str, what: &str, section: &'static str, span: Span) -> Self {
        Self {
            proxy: proxy.to_owned(),
            what: what.to_owned(),
            section,
            span,
            messages: Vec::new(),
        }
    }

    /// An error that the original finds while it reads the line.
    fn refuse_line(&mut self, text: &str) {
        let what = self.what.replace('\'', "");
        let text = match what.strip_prefix("server ") {
            Some(name) => format!("'server {}/{name}' : {text}", self.proxy),
            None => format!("'{what}' in section '{}' : {text}", self.section),
        };
        self.tell(true, TlsPlace::Line, text);
    }

    /// An error that the original finds once all is read: `Proxy 'NAME': TEXT for bind 'ADDRESS' at [FILE:LINE]END`.
    fn refuse(&mut self, text: &str, end: &str) {
        let text = self.in_whole(text, end);
        self.tell(true, TlsPlace::Whole, text);
    }

    fn warn(&mut self, text: &str, end: &str) {
        let text = self.in_whole(text, end);
        self.tell(false, TlsPlace::Whole, text);
    }

    fn in_whole(&self, text: &str, end: &str) -> String {
        format!(
            "Proxy '{}': {text} for {} at [{PLACE_MARK}]{end}",
            self.proxy, self.what
        )
    }

    fn tell(&mut self, fatal: bool, place: TlsPlace, text: String) {
        self.messages.push(TlsMessage {
            fatal,
            place,
            span: self.span,
            text,
        });
    }
}

/// How the clients of a bind line are spoken to over TLS.
#[derive(Debug)]
pub struct BindSide {
    /// What new clients get.
    now: ArcSwap<Serving>,
}

/// What clients get: settings and certificates that belong together.
#[derive(Debug)]
struct Serving {
    /// By their number, the line's own first.
    settings: Vec<ClientSettings>,
    by_sni: Arc<BySni>,
    /// Bytes of what clients offer that are kept.
    capture: usize,
    /// Secrets are kept.
    keylog: bool,
}

impl Serving {
    /// Whether anything is kept of handshakes.
    fn is_witnessed(&self) -> bool {
        self.capture > 0 || self.keylog
    }
}

/// Settings for clients who get some of the certificates.
#[derive(Debug)]
struct ClientSettings {
    config: Arc<ServerConfig>,
    /// Who judges certificates of clients, where that passes errors over.
    lenient: Option<Arc<ClientCertificate>>,
    /// The signatures that are made for them, where not all are.
    signatures: Option<Signatures>,
    /// What the line of a list says that they are made of; none for those of the bind line.
    own: Option<Arc<OwnSsl>>,
}

/// A handshake that is done, with who judged the client's certificate and may have passed errors over, and what was kept of it.
type Accepted = (
    TlsStream<Socket>,
    Option<Arc<ClientCertificate>>,
    Option<Box<ClientHandshake>>,
);

impl BindSide {
    /// Shakes hands with a client.
    ///
    /// # Errors
    /// When that fails, or the connection does.
    pub(crate) async fn accept(&self, socket: Socket) -> io::Result<Accepted> {
        let now = self.now.load_full();
        if let [only] = now.settings.as_slice()
            && !now.by_sni.is_strict()
            && !now.is_witnessed()
        {
            let stream = TlsAcceptor::from(Arc::clone(&only.config)).accept(socket).await?;
            return Ok((stream, only.lenient.clone(), None));
        }
        let mut kept = None;
        let begun = if now.capture > 0 {
            let (accepted, socket, hello) = Box::pin(witness::first_message(socket, now.capture)).await?;
            kept = Some(hello);
            StartHandshake::from_parts(accepted, socket)
        } else {
            LazyConfigAcceptor::new(Acceptor::default(), socket).await?
        };
        let name = begun.client_hello().server_name().map(str::to_owned);
        if !now.by_sni.has_any_for(name.as_deref()) {
            return Err(refuse_name(begun.io).await);
        }
        let settings = &now.settings[now.by_sni.settings(name.as_deref())];
        // The client's first message is acted on within the future.
        let handshake = async { begun.into_stream(Arc::clone(&settings.config)).await };
        let stream = if now.keylog {
            let kept = kept.get_or_insert_default();
            Box::pin(witness::with_secrets(handshake, kept)).await?
        } else {
            handshake.await?
        };
        Ok((stream, settings.lenient.clone(), kept))
    }
}

/// Tells a client that there is nothing for the name that it asks for, or that it asks for none (`strict-sni`).
async fn refuse_name(mut socket: Socket) -> io::Error {
    /// `unrecognized_name`, a fatal alert in a record of its own (RFC 8446, sections 5.1 and 6.2).
    const ALERT: [u8; 7] = [21, 3, 3, 0, 2, 2, 112];
    // A client that has gone is not to be told.
    let _ = socket.write_all(&ALERT).await;
    io::Error::new(
        io::ErrorKind::InvalidData,
        rustls::Error::General("no certificate for the name that the client asks for".to_owned()),
    )
}

/// Who may be a client, where the settings ask clients for certificates. The outer option is none when the line is refused.
fn client_verifier(
    inner: &mut Inner,
    ssl: &BindSsl,
    signatures: Option<&Signatures>,
    teller: &mut Teller,
) -> Option<Option<Arc<ClientCertificate>>> {
    let (asked, _) = ssl.verify;
    if !asked {
        return Some(None);
    }
    let Some(trust) = inner.trust_of_clients(ssl) else {
        teller.refuse("verify is enabled but no CA file specified", ".");
        return None;
    };
    let algorithms = inner.common.provider.signature_verification_algorithms;
    match trust {
        Ok(trust) => Some(Some(Arc::new(ClientCertificate::new(
            trust, ssl, algorithms, signatures,
        )))),
        Err(text) => {
            teller.refuse_line(&text);
            None
        }
    }
}

/// None when the line is refused; the reason has been told.
fn server_config(
    inner: &mut Inner,
    mode: Mode,
    (ssl, own): (&BindSsl, Option<Arc<OwnSsl>>),
    by_sni: &Arc<BySni>,
    keys: &[SignatureAlgorithm],
    teller: &mut Teller,
) -> Option<ClientSettings> {
    let [signatures, of_clients] = signatures::of_bind(ssl, &inner.common.defaults, teller)?;
    let verifier = client_verifier(inner, ssl, of_clients.as_ref(), teller);
    let Common {
        provider,
        dialect,
        defaults,
        ..
    } = inner.common.clone();
    let offer = Offer {
        ciphers: ssl.ciphers.as_ref().or(defaults.ciphers.as_ref()),
        ciphersuites: ssl.ciphersuites.as_ref().or(defaults.ciphersuites.as_ref()),
        min: ssl.min_ver.or(defaults.min_ver),
        max: ssl.max_ver.or(defaults.max_ver),
        curves: ssl.curves.as_ref().or(defaults.curves.as_ref()),
    };
    let settings = settings::settle(&offer, keys, teller)?;
    let verifier = verifier?;

    let mut limited = CryptoProvider::clone(&provider);
    limited.cipher_suites = settings.suites;
    limited.kx_groups = settings.groups;
    let builder = ServerConfig::builder_with_provider(Arc::new(limited))
        .with_protocol_versions(&settings.versions)
        .map_err(|error| teller.refuse(&format!("these TLS settings cannot work together ({error})"), "."))
        .ok()?;
    let lenient = verifier
        .as_ref()
        .filter(|verifier| verifier.is_lenient())
        .cloned();
    let builder = match verifier {
        Some(verifier) => builder.with_client_cert_verifier(verifier),
        None => builder.with_no_client_auth(),
    };
    let mut built = builder.with_cert_resolver(by_sni.limited(signatures.as_ref()));
    // In the order of the file, unless the client's is to count.
    built.ignore_client_order = !(ssl.prefer_client_ciphers || defaults.prefer_client_ciphers);
    let tune = inner.common.tune;
    if tune.keylog {
        built.key_log = Arc::new(witness::Secrets);
    }
    built.session_storage = inner.common.sessions.of_settings();
    built.max_fragment_size = match tune.hard_max_record {
        0 => None,
        most => Some((usize::try_from(most).unwrap_or(usize::MAX)).clamp(1, 16_384) + RECORD_HEAD),
    };
    built.alpn_protocols = match &ssl.alpn {
        Some(offered) => offered.iter().map(|name| name.to_vec()).collect(),
        None if mode == Mode::Http && dialect.does_as(2, 8) => {
            vec![b"h2".to_vec(), b"http/1.1".to_vec()]
        }
        None => Vec::new(),
    };
    // Without tickets sessions are resumed from the cache.
    if ssl.tickets.or(defaults.tickets).unwrap_or(true) {
        let ticketer = match &ssl.ticket_keys {
            Some(file) => inner.tickets(file, ssl),
            None => OwnTickets::new(tune.lifetime)
                .map(|tickets| Arc::new(tickets) as Arc<dyn ProducesTickets>)
                .ok_or_else(|| "session tickets are off (no key could be made)".to_owned()),
        };
        match ticketer {
            Ok(ticketer) => built.ticketer = ticketer,
            Err(text) => {
                teller.refuse_line(&text);
                return None;
            }
        }
    }
    Some(ClientSettings {
        config: Arc::new(built),
        lenient,
        signatures,
        own,
    })
}
