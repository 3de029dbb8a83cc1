//! Private keys of RSA, from files and from JSON (RFC 7517, RFC 7518 section 6.3), and decrypting with them.

use aws_lc_rs::rsa::{
    OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey, Pkcs1PrivateDecryptingKey,
    PrivateDecryptingKey,
};
use x509_parser::pem::Pem;

use crate::sample::SampleContext;
use crate::sample::convert::base64::decode_url;
use crate::sample::convert::digest::Algorithm as Digest;
use crate::sample::convert::json::string;

/// A private key, in the form of PKCS #8.
pub(super) struct RsaKey(Box<[u8]>);

impl RsaKey {
    /// The first private key of a file.
    pub(super) fn of_pem(content: &[u8]) -> Option<Self> {
        let mut blocks = Pem::iter_from_buffer(content).flatten();
        let key = blocks.find_map(|block| match &*block.label {
            "PRIVATE KEY" => Some(block.contents),
            "RSA PRIVATE KEY" => Some(pkcs8(&block.contents)),
            _ => None,
        })?;
        Some(Self(key.into()))
    }

    /// The key that a JSON text has, with all its numbers.
    pub(super) fn of_jwk<'a>(context: &SampleContext<'a>, jwk: &'a [u8]) -> Option<Self> {
        let mut numbers = vec![2, 1, 0];
        for path in ["$.n", "$.e", "$.d", "$.p", "$.q", "$.dp", "$.dq", "$.qi"] {
            let number = decode_url(context, string(context, jwk, path.as_bytes())?)?;
            numbers.extend(integer(number));
        }
        Some(Self(pkcs8(&tagged(0x30, &numbers)).into()))
    }

    /// The key that is encrypted for this one; none for other algorithms, and when something is wrong.
    pub(super) fn decrypt(
        &self,
        context: &SampleContext<'_>,
        algorithm: &[u8],
        encrypted: &[u8],
    ) -> Option<Vec<u8>> {
        let key = PrivateDecryptingKey::from_pkcs8(&self.0).ok()?;
        let mut out = vec![0; encrypted.len().max(key.key_size_bytes())];
        let oaep = match algorithm {
            b"RSA-OAEP" => &OAEP_SHA1_MGF1SHA1,
            b"RSA-OAEP-256" => &OAEP_SHA256_MGF1SHA256,
            b"RSA1_5" => {
                let key = Pkcs1PrivateDecryptingKey::new(key).ok()?;
                let plain = key.decrypt(encrypted, &mut out).map(|plain| plain.to_vec());
                // Whether the padding was right must not be seen: a wrong key takes the way of a right one, and the content's
                // tag is what fails (RFC 7516, section 11.5).
                return plain.ok().or_else(|| self.instead(context, encrypted));
            }
            _ => return None,
        };
        let key = OaepPrivateDecryptingKey::new(key).ok()?;
        key.decrypt(oaep, encrypted, &mut out, None)
            .ok()
            .map(|plain| plain.to_vec())
    }

    /// A key that nobody else can know, and that is the same each time.
    fn instead(&self, context: &SampleContext<'_>, encrypted: &[u8]) -> Option<Vec<u8>> {
        let mut out = context.arena.bytes(64);
        (Digest::named("sha256")?.keyed?)(&self.0, encrypted, &mut out);
        Some(out.to_vec())
    }
}

/// A value of DER behind its tag and length.
fn tagged(tag: u8, value: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    let length = value.len().to_be_bytes();
    let zeros = length.iter().take_while(|byte| **byte == 0).count();
    match value.len() {
        short @ 0..=127 => out.push(short as u8),
        _ => {
            out.push(0x80 | (length.len() - zeros) as u8);
            out.extend_from_slice(&length[zeros..]);
        }
    }
    out.extend_from_slice(value);
    out
}

/// A number of DER that is not negative.
fn integer(number: &[u8]) -> Vec<u8> {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let digits = &number[zeros..];
    let sign: &[u8] = if digits.first().is_none_or(|first| *first > 127) {
        &[0]
    } else {
        &[]
    };
    tagged(2, &[sign, digits].concat())
}

/// A key in RSA's own form (PKCS #1) as one of PKCS #8: version 0, the algorithm rsaEncryption, and the key.
fn pkcs8(key: &[u8]) -> Vec<u8> {
    const HEAD: &[u8] = &[
        2, 1, 0, 0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0,
    ];
    tagged(0x30, &[HEAD, &tagged(4, key)].concat())
}
