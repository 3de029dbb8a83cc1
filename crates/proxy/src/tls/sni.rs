//! Which certificate a client gets: the one for the name that it asks for, or the first one.

use std::collections::HashMap;
use std::sync::Arc;

use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{SignatureAlgorithm, SignatureScheme};

use super::connection::choose;
use super::signatures::Signatures;

/// A certificate, the names that clients get it for, and the settings that hold for those who do.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) key: Arc<CertifiedKey>,
    /// In lower case; a wildcard's begins with `*.`.
    pub(super) names: Vec<String>,
    /// Names that it is not for although a wildcard says so.
    pub(super) not_for: Vec<String>,
    /// The number of the settings; 0 is those of the bind line.
    pub(super) settings: usize,
    /// It is for all other names too.
    pub(super) is_default: bool,
}

/// Certificates by the names that they are for. Of several for one name (an RSA and an ECDSA one), the first that the client can
/// verify is used.
#[derive(Debug)]
pub(super) struct BySni {
    exact: HashMap<String, Vec<Arc<Entry>>>,
    /// By the part behind `*.`.
    wildcard: HashMap<String, Vec<Arc<Entry>>>,
    /// Those for all other names, in order of preference.
    defaults: Vec<Arc<Entry>>,
    strict: bool,
}

impl BySni {
    /// The first `defaults` certificates, and those that say so, are for all other names, unless `strict` wants every client to name one.
    pub(super) fn new(entries: Vec<Entry>, strict: bool, defaults: usize) -> Self {
        let entries: Vec<Arc<Entry>> = entries.into_iter().map(Arc::new).collect();
        let mut exact: HashMap<String, Vec<Arc<Entry>>> = HashMap::new();
        let mut wildcard: HashMap<String, Vec<Arc<Entry>>> = HashMap::new();
        for entry in &entries {
            for name in &entry.names {
                let (map, name) = match name.strip_prefix("*.") {
                    Some(parent) => (&mut wildcard, parent.to_owned()),
                    None => (&mut exact, name.clone()),
                };
                map.entry(name).or_default().push(Arc::clone(entry));
            }
        }
        Self {
            exact,
            wildcard,
            defaults: entries
                .into_iter()
                .enumerate()
                .filter(|(at, entry)| *at < defaults || entry.is_default)
                .map(|(_, entry)| entry)
                .collect(),
            strict,
        }
    }

    /// Whether each client must name one of the certificates.
    pub(super) fn is_strict(&self) -> bool {
        self.strict
    }

    /// Whether there is a certificate for a client who asks for a name, or for none.
    pub(super) fn has_any_for(&self, name: Option<&str>) -> bool {
        !self.strict || name.is_some_and(|name| !self.candidates(name).is_empty())
    }

    /// What chooses among them, making these signatures alone.
    pub(super) fn limited(self: &Arc<Self>, signatures: Option<&Signatures>) -> Arc<dyn ResolvesServerCert> {
        let by_sni = Arc::clone(self);
        match signatures.cloned() {
            None => by_sni,
            Some(signatures) => Arc::new(Limited { by_sni, signatures }),
        }
    }

    /// The certificate for a client who asks for a name, or for none, and can verify signatures of some kinds.
    fn best(&self, name: Option<&str>, schemes: &[SignatureScheme]) -> Option<&Arc<CertifiedKey>> {
        let mut fitting = name.map(|name| self.candidates(name)).unwrap_or_default();
        if fitting.is_empty() && !self.strict {
            fitting = self.defaults.iter().collect();
        }
        let verifiable = |entry: &&&Arc<Entry>| entry.key.key.choose_scheme(schemes).is_some();
        // A client that speaks of both kinds gets ECDSA, as the original has it.
        let is_ecdsa = |entry: &&&Arc<Entry>| entry.key.key.algorithm() == SignatureAlgorithm::ECDSA;
        let first = fitting.first()?;
        let best = fitting.iter().filter(verifiable).find(is_ecdsa);
        let entry = *best.or_else(|| fitting.iter().find(verifiable)).unwrap_or(first);
        choose(&entry.key);
        Some(&entry.key)
    }

    /// The number of the settings for a client who asks for a name, or for none.
    pub(super) fn settings(&self, name: Option<&str>) -> usize {
        let found = name.map(|name| self.candidates(name)).unwrap_or_default();
        let entry = found.first().copied().or(self.defaults.first());
        entry.map_or(0, |entry| entry.settings)
    }

    /// The certificates for a name, those that bear it itself in front; with the settings of the first of them.
    fn candidates(&self, name: &str) -> Vec<&Arc<Entry>> {
        let name = name.to_ascii_lowercase();
        let found = self.exact.get(&name).or_else(|| {
            let (_, parent) = name.split_once('.')?;
            self.wildcard.get(parent)
        });
        let mut fitting: Vec<&Arc<Entry>> = found.into_iter().flatten().collect();
        fitting.retain(|entry| !entry.not_for.contains(&name));
        if let Some(settings) = fitting.first().map(|entry| entry.settings) {
            fitting.retain(|entry| entry.settings == settings);
        }
        fitting
    }
}

impl ResolvesServerCert for BySni {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.best(hello.server_name(), hello.signature_schemes()).cloned()
    }
}

/// Certificates by name, with keys that make some signatures only.
#[derive(Debug)]
struct Limited {
    by_sni: Arc<BySni>,
    signatures: Signatures,
}

impl ResolvesServerCert for Limited {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let schemes = self.signatures.among(hello.signature_schemes());
        let chosen = self.by_sni.best(hello.server_name(), &schemes)?;
        let mut limited = CertifiedKey::clone(chosen);
        limited.key = self.signatures.limit(limited.key);
        Some(Arc::new(limited))
    }
}

#[cfg(test)]
mod tests {
    use rustls::pki_types::pem::PemObject as _;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};

    use super::*;

    fn entry(names: &[&str], not_for: &[&str], settings: usize) -> Entry {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../compat-fixtures/verdicts/haproxy/tls/accepted/site.pem"
        );
        let key = PrivateKeyDer::from_pem_file(path).unwrap();
        let key = rustls::crypto::aws_lc_rs::sign::any_supported_type(&key).unwrap();
        let chain = vec![CertificateDer::from_pem_file(path).unwrap()];
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Entry {
            key: Arc::new(CertifiedKey::new(chain, key)),
            names: owned(names),
            not_for: owned(not_for),
            settings,
            is_default: false,
        }
    }

    #[test]
    fn a_name_is_found_exactly_before_by_wildcard_and_in_any_case() {
        let entries = vec![
            entry(&["*.shop.test"], &["no.shop.test"], 1),
            entry(&["www.shop.test"], &[], 2),
        ];
        let by_sni = BySni::new(entries, false, 1);
        let found = |name: &str| by_sni.candidates(name).first().map(|entry| entry.settings);
        assert_eq!(found("WWW.shop.test"), Some(2));
        assert_eq!(found("api.shop.test"), Some(1));
        assert_eq!(found("a.b.shop.test"), None, "a wildcard stands for one label");
        assert_eq!(found("shop.test"), None);
        assert_eq!(found("No.shop.test"), None);
        // The first is for all others.
        assert_eq!(by_sni.settings(Some("elsewhere.test")), 1);
        assert_eq!(by_sni.settings(None), 1);
    }
}
