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
mod server_certificate;
mod settings;
mod sni;
mod trust;

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use haproxy_cfg::model::{BindSsl, Config, Mode, ProxyId, ProxyKind, Word};
use rustls::crypto::CryptoProvider;
use rustls::server::{Acceptor, ResolvesServerCert};
use rustls::{ServerConfig, SignatureAlgorithm};
use syntax::Span;
use tokio_rustls::server::TlsStream;
use tokio_rustls::{LazyConfigAcceptor, TlsAcceptor};

pub use client::ServerSide;
pub(crate) use connection::Secured;
pub use connection::TlsIo;
use settings::Offer;
use sni::{BySni, Entry};

use crate::socket::Socket;
use certificate::Served;
use client_certificate::ClientCertificate;

/// How a message of this module is introduced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsPlace {
    /// `parsing [FILE:LINE] : MESSAGE`: found while the line was read.
    Line,
    /// The message names the line itself, through `at [FILE:LINE]`; the text holds [`PLACE_MARK`] where that belongs.
    Whole,
}

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
}

/// Builds them all, and tells all that is wrong with them.
#[must_use]
pub fn configs(config: &Config) -> (TlsConfigs, Vec<TlsMessage>) {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut configs = TlsConfigs::default();
    let mut messages = Vec::new();
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
        for (at, bind) in proxy.binds.iter().enumerate() {
            let Some(ssl) = &bind.ssl else { continue };
            let what = format!("bind '{}'", bind.written);
            let mut teller = Teller::new(&proxy.name.to_string(), &what, section, bind.span);
            if let Some(built) = bind_side(config, proxy.mode, ssl, &provider, &mut teller) {
                configs.binds.insert((proxy_id, at), Arc::new(built));
            }
            messages.append(&mut teller.messages);
        }
        for (at, server) in proxy.servers.of_file().iter().enumerate() {
            let Some(tls) = &server.tls else { continue };
            let what = format!("server '{}'", server.name);
            let mut teller = Teller::new(&proxy.name.to_string(), &what, section, server.span);
            if let Some(built) = client::server_side(proxy.mode, tls, &provider, &mut teller) {
                configs.servers.insert((proxy_id, at), Arc::new(built));
            }
            messages.append(&mut teller.messages);
        }
    }
    (configs, messages)
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
    /// By their number, the line's own first.
    settings: Vec<ClientSettings>,
    by_sni: Arc<BySni>,
}

/// Settings for clients who get some of the certificates.
#[derive(Debug)]
struct ClientSettings {
    config: Arc<ServerConfig>,
    /// Who judges certificates of clients, where that passes errors over.
    lenient: Option<Arc<ClientCertificate>>,
}

/// A handshake that is done, with who judged the client's certificate and may have passed errors over.
type Accepted = (TlsStream<Socket>, Option<Arc<ClientCertificate>>);

impl BindSide {
    /// Shakes hands with a client.
    ///
    /// # Errors
    /// When that fails, or the connection does.
    pub(crate) async fn accept(&self, socket: Socket) -> io::Result<Accepted> {
        if let [only] = self.settings.as_slice() {
            let stream = TlsAcceptor::from(Arc::clone(&only.config)).accept(socket).await?;
            return Ok((stream, only.lenient.clone()));
        }
        let begun = LazyConfigAcceptor::new(Acceptor::default(), socket).await?;
        let settings = &self.settings[self.by_sni.settings(begun.client_hello().server_name())];
        let stream = begun.into_stream(Arc::clone(&settings.config)).await?;
        Ok((stream, settings.lenient.clone()))
    }
}

/// None when the line is refused; the reason has been told.
fn bind_side(
    config: &Config,
    mode: Mode,
    ssl: &BindSsl,
    provider: &Arc<CryptoProvider>,
    teller: &mut Teller,
) -> Option<BindSide> {
    let served = certificate::load(ssl, provider, teller)?;
    if served.is_empty() {
        if !ssl.strict_sni && !ssl.may_lack_certificates {
            teller.refuse("no SSL certificate specified", " (use 'crt').");
            return None;
        }
        teller.warn(
            "no SSL certificate specified",
            ", ssl connections will fail (use 'crt').",
        );
    }
    let mut all = vec![ssl];
    let mut entries = Vec::new();
    for Served { certificate, given } in served {
        let settings = match &given.own {
            None => 0,
            Some(own) => {
                all.push(own);
                all.len() - 1
            }
        };
        let lower = |names: &[Word]| names.iter().map(ToString::to_string).collect();
        entries.push(Entry {
            key: certificate.key,
            names: if given.names.is_empty() {
                certificate.names
            } else {
                lower(&given.names)
            },
            not_for: lower(&given.not_for),
            settings,
        });
    }
    let keys_of = |number: usize| -> Vec<SignatureAlgorithm> {
        let own = entries.iter().filter(|entry| entry.settings == number);
        own.map(|entry| entry.key.key.algorithm()).collect()
    };
    let keys: Vec<_> = (0..all.len()).map(keys_of).collect();
    let by_sni = Arc::new(BySni::new(entries, ssl.strict_sni));
    let mut settings = Vec::with_capacity(all.len());
    for (ssl, keys) in all.into_iter().zip(keys) {
        settings.push(server_config(
            config, mode, ssl, &by_sni, &keys, provider, teller,
        )?);
    }
    Some(BindSide { settings, by_sni })
}

/// None when the line is refused; the reason has been told.
fn server_config(
    config: &Config,
    mode: Mode,
    ssl: &BindSsl,
    by_sni: &Arc<BySni>,
    keys: &[SignatureAlgorithm],
    provider: &Arc<CryptoProvider>,
    teller: &mut Teller,
) -> Option<ClientSettings> {
    let defaults = &config.global.ssl_default_bind;
    let offer = Offer {
        ciphers: ssl.ciphers.as_ref().or(defaults.ciphers.as_ref()),
        ciphersuites: ssl.ciphersuites.as_ref().or(defaults.ciphersuites.as_ref()),
        min: ssl.min_ver.or(defaults.min_ver),
        max: ssl.max_ver.or(defaults.max_ver),
    };
    let settings = settings::settle(&offer, keys, teller)?;
    let verifier = certificate::client_verifier(ssl, provider, teller)?;

    let mut limited = CryptoProvider::clone(provider);
    // In the order of the file: without `prefer-client-ciphers` the server's preference counts.
    limited.cipher_suites = settings.suites;
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
    let resolver: Arc<dyn ResolvesServerCert> = Arc::<BySni>::clone(by_sni);
    let mut built = builder.with_cert_resolver(resolver);
    built.alpn_protocols = match &ssl.alpn {
        Some(offered) => offered.iter().map(|name| name.to_vec()).collect(),
        None if mode == Mode::Http && config.dialect.does_as(2, 8) => {
            vec![b"h2".to_vec(), b"http/1.1".to_vec()]
        }
        None => Vec::new(),
    };
    // Without tickets sessions are resumed from the cache.
    if ssl.tickets.or(defaults.tickets).unwrap_or(true) {
        match rustls::crypto::aws_lc_rs::Ticketer::new() {
            Ok(ticketer) => built.ticketer = ticketer,
            Err(error) => teller.warn(&format!("session tickets are off ({error})"), "."),
        }
    }
    Some(ClientSettings {
        config: Arc::new(built),
        lenient,
    })
}
