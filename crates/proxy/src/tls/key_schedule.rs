//! The key schedule of TLS 1.3 (RFC 8446, section 7.1), a third of what a handshake computes: HKDF over keys whose blocks are
//! hashed once. The one that comes with rustls for aws-lc begins anew for each label, which is twice the blocks.

use std::marker::PhantomData;
use std::sync::LazyLock;

use hmac::{Hmac, KeyInit, Mac};
use rustls::crypto::aws_lc_rs::ALL_CIPHER_SUITES;
use rustls::crypto::hash::HashAlgorithm;
use rustls::crypto::hmac as tls;
use rustls::crypto::tls13::{Hkdf, HkdfUsingHmac};
use rustls::{CipherSuiteCommon, SupportedCipherSuite, Tls13CipherSuite};
use sha2::{Sha256, Sha384};

/// All suites that can be offered, those of TLS 1.3 with this key schedule.
pub(super) fn suites() -> &'static [SupportedCipherSuite] {
    static SUITES: LazyLock<Vec<SupportedCipherSuite>> =
        LazyLock::new(|| ALL_CIPHER_SUITES.iter().copied().map(with_own_schedule).collect());
    &SUITES
}

fn with_own_schedule(suite: SupportedCipherSuite) -> SupportedCipherSuite {
    let SupportedCipherSuite::Tls13(original) = suite else {
        return suite;
    };
    let hkdf_provider = match original.common.hash_provider.algorithm() {
        HashAlgorithm::SHA256 => OF_SHA256,
        HashAlgorithm::SHA384 => OF_SHA384,
        _ => return suite,
    };
    // Once in a process: a suite is known by its place.
    SupportedCipherSuite::Tls13(Box::leak(Box::new(Tls13CipherSuite {
        common: CipherSuiteCommon {
            suite: original.common.suite,
            hash_provider: original.common.hash_provider,
            confidentiality_limit: original.common.confidentiality_limit,
        },
        hkdf_provider,
        aead_alg: original.aead_alg,
        quic: original.quic,
    })))
}

const OF_SHA256: &dyn Hkdf = &HkdfUsingHmac(&Over::<Hmac<Sha256>>(PhantomData));
const OF_SHA384: &dyn Hkdf = &HkdfUsingHmac(&Over::<Hmac<Sha384>>(PhantomData));

/// HMAC over a hash, for rustls.
struct Over<M>(PhantomData<fn() -> M>);

impl<M: Mac + KeyInit + Clone + Send + Sync + 'static> tls::Hmac for Over<M> {
    fn with_key(&self, key: &[u8]) -> Box<dyn tls::Key> {
        // HMAC takes keys of all lengths (RFC 2104, section 2).
        match <M as KeyInit>::new_from_slice(key) {
            Ok(mac) => Box::new(Key(mac)),
            Err(_) => unreachable!("HMAC takes keys of all lengths"),
        }
    }

    fn hash_output_len(&self) -> usize {
        M::output_size()
    }
}

/// A key whose two blocks have been hashed.
struct Key<M>(M);

impl<M: Mac + Clone + Send + Sync> tls::Key for Key<M> {
    fn sign_concat(&self, first: &[u8], middle: &[&[u8]], last: &[u8]) -> tls::Tag {
        let mut mac = self.0.clone();
        mac.update(first);
        middle.iter().for_each(|part| mac.update(part));
        mac.update(last);
        tls::Tag::new(&mac.finalize().into_bytes())
    }

    fn tag_len(&self) -> usize {
        M::output_size()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What rustls has for aws-lc.
    fn originals() -> impl Iterator<Item = (&'static Tls13CipherSuite, &'static Tls13CipherSuite)> {
        ALL_CIPHER_SUITES
            .iter()
            .zip(suites())
            .filter_map(|(original, own)| match (original, own) {
                (SupportedCipherSuite::Tls13(original), SupportedCipherSuite::Tls13(own)) => {
                    Some((*original, *own))
                }
                _ => None,
            })
    }

    #[test]
    fn suites_stay_what_they_are() {
        assert_eq!(suites(), ALL_CIPHER_SUITES);
        assert_eq!(originals().count(), 3);
    }

    #[test]
    fn secrets_are_those_of_rustls() {
        for (original, own) in originals() {
            let (original, own) = (original.hkdf_provider, own.hkdf_provider);
            for salt in [None, Some(&b"salt"[..]), Some(&[7; 200])] {
                for secret in [&b""[..], b"secret", &[9; 200]] {
                    let expanders = [original, own].map(|hkdf| hkdf.extract_from_secret(salt, secret));
                    let [first, second] = expanders.map(|expander| {
                        let mut out = [0; 100];
                        expander
                            .expand_slice(&[b"label", b"", &[1; 300]], &mut out)
                            .expect("short enough");
                        (out, expander.expand_block(&[b"label"]).as_ref().to_vec())
                    });
                    assert_eq!(first, second);
                }
                let [first, second] = [original, own].map(|hkdf| {
                    let block = hkdf.extract_from_zero_ikm(salt).expand_block(&[b"next"]);
                    let tag = hkdf.hmac_sign(&block, b"message").as_ref().to_vec();
                    (
                        tag,
                        hkdf.expander_for_okm(&block).expand_block(&[]).as_ref().to_vec(),
                    )
                });
                assert_eq!(first, second);
            }
        }
    }
}
