//! Which certificate a client gets: the one for the name that it asks for, or the first one.

use std::collections::HashMap;
use std::sync::Arc;

use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use super::certificate::Loaded;
use super::connection::choose;

/// Certificates by the names that they are for. Of several for one name (an RSA and an ECDSA one), the first that the client can
/// verify is used.
#[derive(Debug)]
pub(super) struct BySni {
    exact: HashMap<String, Vec<Arc<CertifiedKey>>>,
    /// By the part behind `*.`.
    wildcard: HashMap<String, Vec<Arc<CertifiedKey>>>,
    default: Option<Arc<CertifiedKey>>,
    strict: bool,
}

impl BySni {
    /// The first certificate is the default one, unless `strict` wants every client to name one.
    pub(super) fn new(certificates: Vec<Loaded>, strict: bool) -> Self {
        let default = certificates.first().map(|loaded| Arc::clone(&loaded.key));
        let mut exact: HashMap<String, Vec<Arc<CertifiedKey>>> = HashMap::new();
        let mut wildcard: HashMap<String, Vec<Arc<CertifiedKey>>> = HashMap::new();
        for Loaded { key, names } in certificates {
            for name in names {
                let (map, name) = match name.strip_prefix("*.") {
                    Some(parent) => (&mut wildcard, parent.to_owned()),
                    None => (&mut exact, name),
                };
                map.entry(name).or_default().push(Arc::clone(&key));
            }
        }
        Self {
            exact,
            wildcard,
            default,
            strict,
        }
    }

    fn candidates(&self, name: &str) -> Option<&[Arc<CertifiedKey>]> {
        let name = name.to_ascii_lowercase();
        if let Some(found) = self.exact.get(&name) {
            return Some(found);
        }
        let (_, parent) = name.split_once('.')?;
        self.wildcard.get(parent).map(Vec::as_slice)
    }
}

impl ResolvesServerCert for BySni {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let named = hello.server_name().and_then(|name| self.candidates(name));
        let chosen = match named {
            Some(candidates) => {
                let verifiable = candidates
                    .iter()
                    .find(|key| key.key.choose_scheme(hello.signature_schemes()).is_some());
                verifiable.or(candidates.first()).cloned()
            }
            None if self.strict => None,
            None => self.default.clone(),
        };
        if let Some(key) = &chosen {
            choose(key);
        }
        chosen
    }
}

#[cfg(test)]
mod tests {
    use rustls::pki_types::pem::PemObject as _;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};

    use super::*;

    fn loaded(names: &[&str]) -> Loaded {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../compat-fixtures/verdicts/haproxy/tls/accepted/site.pem"
        );
        let key = PrivateKeyDer::from_pem_file(path).unwrap();
        let key = rustls::crypto::aws_lc_rs::sign::any_supported_type(&key).unwrap();
        let chain = vec![CertificateDer::from_pem_file(path).unwrap()];
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        Loaded {
            key: Arc::new(CertifiedKey::new(chain, key)),
            names,
        }
    }

    #[test]
    fn a_name_is_found_exactly_before_by_wildcard_and_in_any_case() {
        let (wild, exact) = (loaded(&["*.shop.test"]), loaded(&["www.shop.test"]));
        let (wild_key, exact_key) = (Arc::clone(&wild.key), Arc::clone(&exact.key));
        let by_sni = BySni::new(vec![wild, exact], false);
        let found = |name: &str| by_sni.candidates(name).map(|keys| Arc::clone(&keys[0]));
        assert!(Arc::ptr_eq(&found("WWW.shop.test").unwrap(), &exact_key));
        assert!(Arc::ptr_eq(&found("api.shop.test").unwrap(), &wild_key));
        assert!(
            found("a.b.shop.test").is_none(),
            "a wildcard stands for one label"
        );
        assert!(found("shop.test").is_none());
    }
}
