//! JSON web tokens that are encrypted (RFC 7516, compact form): what is inside, with the secret or the private key. The converters
//! are of version 3.3 and later. What cannot be decrypted gives an empty result.

mod content;
mod rsa_key;

use std::sync::Arc;

use haproxy_cfg::model::Config;
use rustc_hash::FxHashMap;

use super::argument::{Secret, Text, text_of};
use super::base64::decode_url;
use super::json::string;
use super::{Convert, Row, row, with};
use crate::sample::{Sample, SampleContext};
use content::Content;
use rsa_key::RsaKey;

pub(super) const ROWS: &[Row] = &[
    row(&["jwt_decrypt_secret"], |_, converter| {
        let secret = Secret::of(converter, 0);
        decrypt(move |context, token| {
            let secret = secret.as_ref()?.bytes(context)?;
            token.key_of_secret(context, secret)
        })
    }),
    row(&["jwt_decrypt_cert"], |at, converter| {
        let path = Text::of(converter, 0);
        let keys = Arc::new(private_keys(at.config));
        decrypt(move |context, token| {
            let key = keys.get(path.bytes(context)?)?;
            key.decrypt(context, token.algorithm, token.key)
        })
    }),
    row(&["jwt_decrypt_jwk"], |_, converter| {
        let jwk = Text::of(converter, 0);
        decrypt(move |context, token| {
            let jwk = context.arena.copy(jwk.bytes(context)?);
            match string(context, jwk, b"$.kty")? {
                b"oct" => {
                    let secret = decode_url(context, string(context, jwk, b"$.k")?)?;
                    token.key_of_secret(context, secret)
                }
                b"RSA" => RsaKey::of_jwk(context, jwk)?.decrypt(context, token.algorithm, token.key),
                _ => None,
            }
        })
    }),
];

/// A token, its parts decoded.
struct Token<'a> {
    /// The header as it is written, which is authenticated, and decoded.
    written: &'a [u8],
    header: &'a [u8],
    /// How the content's key is encrypted.
    algorithm: &'a [u8],
    /// The content's key, encrypted.
    key: &'a [u8],
    iv: &'a [u8],
    encrypted: &'a [u8],
    tag: &'a [u8],
}

impl<'a> Token<'a> {
    fn of(context: &SampleContext<'a>, token: &'a [u8]) -> Option<Self> {
        let mut parts = token.split(|byte| *byte == b'.');
        let written = parts.next()?;
        let header = decode_url(context, written)?;
        let mut decoded = || decode_url(context, parts.next()?);
        let token = Self {
            written,
            header,
            algorithm: string(context, header, b"$.alg")?,
            key: decoded()?,
            iv: decoded()?,
            encrypted: decoded()?,
            tag: decoded()?,
        };
        parts.next().is_none().then_some(token)
    }

    /// The content's key, by a secret that both sides have (RFC 7518, sections 4.4, 4.5 and 4.7).
    fn key_of_secret(&self, context: &SampleContext<'a>, secret: &[u8]) -> Option<Vec<u8>> {
        match self.algorithm {
            b"dir" => self.key.is_empty().then(|| secret.to_vec()),
            b"A128KW" => content::unwrap::<aes::Aes128>(secret, self.key),
            b"A192KW" => content::unwrap::<aes::Aes192>(secret, self.key),
            b"A256KW" => content::unwrap::<aes::Aes256>(secret, self.key),
            b"A128GCMKW" | b"A192GCMKW" | b"A256GCMKW" => {
                let bits = std::str::from_utf8(&self.algorithm[1..4]).ok()?.parse().ok()?;
                let iv = decode_url(context, string(context, self.header, b"$.iv")?)?;
                let tag = decode_url(context, string(context, self.header, b"$.tag")?)?;
                content::open_gcm(bits, secret, iv, &[], self.key, tag)
            }
            _ => None,
        }
    }
}

/// A converter that decrypts with the content's key that `key` finds.
fn decrypt<F>(key: F) -> Result<Box<dyn Convert>, String>
where
    F: for<'a> Fn(&SampleContext<'a>, &Token<'a>) -> Option<Vec<u8>> + Send + Sync + 'static,
{
    with(move |context, sample| {
        let token = text_of(context, sample)?;
        let plain = Token::of(context, token).and_then(|token| {
            // Contents that are compressed are not read.
            if string(context, token.header, b"$.zip").is_some() {
                return None;
            }
            let content = Content::named(string(context, token.header, b"$.enc")?)?;
            let key = key(context, &token)?;
            content.open(&key, token.iv, token.written, token.encrypted, token.tag)
        });
        Some(Sample::Bin(context.arena.copy(&plain.unwrap_or_default())))
    })
}

/// The private keys of the files that expressions name.
fn private_keys(config: &Config) -> FxHashMap<Box<[u8]>, RsaKey> {
    let files = config.key_files.iter();
    files
        .filter_map(|(path, content)| Some((Box::from(&path[..]), RsaKey::of_pem(content)?)))
        .collect()
}

#[cfg(test)]
mod tests;
