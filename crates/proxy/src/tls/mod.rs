//! TLS on listeners: from the `ssl` settings of a bind line to what rustls needs to accept connections. Everything that can be
//! wrong with certificates and settings is found here, before anything is bound.
//!
//! rustls speaks TLS 1.2 with ephemeral keys and authenticated encryption, and TLS 1.3. What a file asks for beyond that is
//! named in a warning; nothing that the file does not allow is ever offered instead.

mod certificate;
mod settings;
mod sni;

use std::sync::Arc;

use haproxy_cfg::model::{Bind, BindSsl, Config, ProxyId, ProxyKind};
use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use syntax::Span;

use crate::TlsConfigs;

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

/// Something to tell about a bind line's TLS, in the original's words.
#[derive(Clone, Debug)]
pub struct TlsMessage {
    /// Whether the configuration is refused.
    pub fatal: bool,
    /// How it is introduced.
    pub place: TlsPlace,
    /// The bind line.
    pub span: Span,
    /// What to say.
    pub text: String,
}

/// Builds them all, and tells all that is wrong with them.
#[must_use]
pub fn server_configs(config: &Config) -> (TlsConfigs, Vec<TlsMessage>) {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut configs = TlsConfigs::new();
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
            let mut teller = Teller {
                proxy: proxy.name.to_string(),
                section,
                bind,
                messages: Vec::new(),
            };
            if let Some(built) = server_config(config, ssl, &provider, &mut teller) {
                configs.insert((proxy_id, at), built);
            }
            messages.append(&mut teller.messages);
        }
    }
    (configs, messages)
}

/// Collects what is to be told about one bind line.
struct Teller<'a> {
    proxy: String,
    section: &'static str,
    bind: &'a Bind,
    messages: Vec<TlsMessage>,
}

impl Teller<'_> {
    /// An error that the original finds while it reads the line.
    fn refuse_line(&mut self, text: &str) {
        let text = format!(
            "'bind {}' in section '{}' : {text}",
            self.bind.written, self.section
        );
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
            "Proxy '{}': {text} for bind '{}' at [{PLACE_MARK}]{end}",
            self.proxy, self.bind.written
        )
    }

    fn tell(&mut self, fatal: bool, place: TlsPlace, text: String) {
        self.messages.push(TlsMessage {
            fatal,
            place,
            span: self.bind.span,
            text,
        });
    }
}

/// None when the line is refused; the reason has been told.
fn server_config(
    config: &Config,
    ssl: &BindSsl,
    provider: &Arc<CryptoProvider>,
    teller: &mut Teller<'_>,
) -> Option<Arc<ServerConfig>> {
    let certificates = certificate::load(ssl, provider, teller)?;
    if certificates.is_empty() {
        if !ssl.strict_sni && !ssl.crt_list {
            teller.refuse("no SSL certificate specified", " (use 'crt').");
            return None;
        }
        let (what, end) = if ssl.crt_list {
            (
                "certificates of 'crt-list' and 'ssl-f-use' are not served yet",
                ", ssl connections will fail (use 'crt').",
            )
        } else {
            (
                "no SSL certificate specified",
                ", ssl connections will fail (use 'crt').",
            )
        };
        teller.warn(what, end);
    }
    let certificate_keys = certificates
        .iter()
        .map(|loaded| loaded.key.key.algorithm())
        .collect::<Vec<_>>();
    let settings = settings::settle(ssl, &config.global.ssl_default_bind, &certificate_keys, teller)?;
    let verifier = certificate::client_verifier(ssl, provider, teller)?;

    let mut limited = CryptoProvider::clone(provider);
    // In the order of the file: without `prefer-client-ciphers` the server's preference counts.
    limited.cipher_suites = settings.suites;
    let builder = ServerConfig::builder_with_provider(Arc::new(limited))
        .with_protocol_versions(&settings.versions)
        .map_err(|error| teller.refuse(&format!("these TLS settings cannot work together ({error})"), "."))
        .ok()?;
    let builder = match verifier {
        Some(verifier) => builder.with_client_cert_verifier(verifier),
        None => builder.with_no_client_auth(),
    };
    let mut built = builder.with_cert_resolver(Arc::new(sni::BySni::new(certificates, ssl.strict_sni)));
    built.alpn_protocols = ssl.alpn.iter().flatten().map(|name| name.to_vec()).collect();
    // Without tickets sessions are resumed from the cache.
    if ssl
        .tickets
        .or(config.global.ssl_default_bind.tickets)
        .unwrap_or(true)
    {
        match rustls::crypto::aws_lc_rs::Ticketer::new() {
            Ok(ticketer) => built.ticketer = ticketer,
            Err(error) => teller.warn(&format!("session tickets are off ({error})"), "."),
        }
    }
    Some(Arc::new(built))
}
