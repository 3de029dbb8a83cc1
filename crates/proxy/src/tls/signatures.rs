//! Which signatures are made and taken (`sigalgs`, `client-sigalgs`): what of OpenSSL's lists rustls can do.

use std::sync::Arc;

use haproxy_cfg::model::{BindSsl, ServerTls, SslDefaults, Word};
use proxy_core::openssl_signatures;
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::sign::{Signer, SigningKey};
use rustls::{SignatureAlgorithm, SignatureScheme};
use rustls_pki_types::SubjectPublicKeyInfoDer;

use super::Teller;

/// Schemes that are allowed, in order of preference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Signatures(Arc<[SignatureScheme]>);

impl Signatures {
    /// Those of a list; none without a list. The outer option is none when it is refused, which has been told in these words.
    fn read(list: Option<&Word>, words: &str, of_server: bool, teller: &mut Teller) -> Option<Option<Self>> {
        let Some(list) = list.map(ToString::to_string) else {
            return Some(None);
        };
        let Ok(numbers) = openssl_signatures::schemes(&list) else {
            let text = format!("unable to set SSL {words} list to '{list}'");
            if of_server {
                teller.refuse_line(&format!("{text}."));
            } else {
                teller.refuse(&text, ".");
            }
            return None;
        };
        let known = default_provider()
            .signature_verification_algorithms
            .supported_schemes();
        let (ours, others): (Vec<_>, Vec<_>) = numbers
            .into_iter()
            .map(SignatureScheme::from)
            .partition(|scheme| known.contains(scheme));
        if ours.is_empty() {
            teller.refuse(
                &format!("nothing of the SSL {words} list '{list}' can be offered (allow ECDSA+SHA256 or RSA-PSS+SHA256)"),
                ".",
            );
            return None;
        }
        if !others.is_empty() {
            let names: Vec<String> = others.iter().map(|scheme| format!("{scheme:?}")).collect();
            teller.warn(
                &format!(
                    "signatures that are not offered although allowed: {}",
                    names.join(" ")
                ),
                ".",
            );
        }
        Some(Some(Self(ours.into())))
    }

    /// Those of them that a peer offers, in our order.
    pub(super) fn among(&self, offered: &[SignatureScheme]) -> Vec<SignatureScheme> {
        self.0
            .iter()
            .copied()
            .filter(|scheme| offered.contains(scheme))
            .collect()
    }

    /// A key that makes these alone.
    pub(super) fn limit(&self, key: Arc<dyn SigningKey>) -> Arc<dyn SigningKey> {
        Arc::new(Limited {
            key,
            allowed: self.clone(),
        })
    }
}

/// What a listener makes, and what it takes of clients.
pub(super) fn of_bind(
    ssl: &BindSsl,
    defaults: &SslDefaults,
    teller: &mut Teller,
) -> Option<[Option<Signatures>; 2]> {
    let own = ssl.sigalgs.as_ref().or(defaults.sigalgs.as_ref());
    let of_clients = ssl.client_sigalgs.as_ref().or(defaults.client_sigalgs.as_ref());
    let made = Signatures::read(own, "Signature Algorithm", false, teller)?;
    let taken = Signatures::read(of_clients, "Client Signature Algorithm", false, teller)?;
    let taken = taken.or_else(|| made.clone());
    Some([made, taken])
}

/// What is taken of a server, and what is made for it.
pub(super) fn of_server(tls: &ServerTls, teller: &mut Teller) -> Option<[Option<Signatures>; 2]> {
    let taken = Signatures::read(tls.sigalgs.as_ref(), "Signature Algorithm", true, teller)?;
    let own = tls.client_sigalgs.as_ref();
    let made = Signatures::read(own, "Client Signature Algorithm", true, teller)?;
    Some([taken, made])
}

/// The schemes that a peer may use.
pub(super) fn taken(
    signatures: Option<&Signatures>,
    algorithms: &WebPkiSupportedAlgorithms,
) -> Vec<SignatureScheme> {
    let all = algorithms.supported_schemes();
    signatures.map_or_else(|| all.clone(), |signatures| signatures.among(&all))
}

/// A key that makes some signatures only.
#[derive(Debug)]
struct Limited {
    key: Arc<dyn SigningKey>,
    allowed: Signatures,
}

impl SigningKey for Limited {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        let mut offered = self.allowed.among(offered).into_iter();
        offered.find_map(|scheme| self.key.choose_scheme(&[scheme]))
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        self.key.algorithm()
    }

    fn public_key(&self) -> Option<SubjectPublicKeyInfoDer<'_>> {
        self.key.public_key()
    }
}
