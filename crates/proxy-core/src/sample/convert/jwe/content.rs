//! Decrypting a token's content (RFC 7518, section 5) and the key that it is encrypted with.

use aes::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, BlockSizeUser, KeyInit, consts::U16};
use aes_kw::AesKw;
use subtle::ConstantTimeEq as _;

use crate::sample::Arena;
use crate::sample::convert::cipher::{Direction, KeySize, cbc, gcm};
use crate::sample::convert::digest::Algorithm as Digest;

/// How a content is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// AES in Galois/counter mode with a key of that many bits.
    Gcm(i64),
    /// AES with chained blocks and a code of SHA-2, each with half of the key; the bits of one half, and the digest.
    CbcHmac(i64, &'static str),
}

impl Content {
    /// The method of that name.
    pub(super) fn named(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"A128GCM" => Self::Gcm(128),
            b"A192GCM" => Self::Gcm(192),
            b"A256GCM" => Self::Gcm(256),
            b"A128CBC-HS256" => Self::CbcHmac(128, "sha256"),
            b"A192CBC-HS384" => Self::CbcHmac(192, "sha384"),
            b"A256CBC-HS512" => Self::CbcHmac(256, "sha512"),
            _ => return None,
        })
    }

    /// The content; none when anything was changed, or for a key of another size.
    pub(super) fn open(
        self,
        key: &[u8],
        iv: &[u8],
        aad: &[u8],
        encrypted: &[u8],
        tag: &[u8],
    ) -> Option<Vec<u8>> {
        match self {
            Self::Gcm(bits) => open_gcm(bits, key, iv, aad, encrypted, tag),
            Self::CbcHmac(bits, digest) => {
                let size = KeySize::of_bits(bits)?;
                if key.len() != 2 * size.bytes() {
                    return None;
                }
                let (code_key, key) = key.split_at(size.bytes());
                let arena = Arena::default();
                let bits = (aad.len() as u64 * 8).to_be_bytes();
                let mut code = arena.bytes(64);
                (Digest::named(digest)?.keyed?)(
                    code_key,
                    arena.join(&[aad, iv, encrypted, &bits]),
                    &mut code,
                );
                if !bool::from(code[..size.bytes()].ct_eq(tag)) {
                    return None;
                }
                let mut data = arena.bytes(encrypted.len());
                data.extend_from_slice(encrypted);
                cbc(size, key, iv, &mut data, Direction::Decrypt)?;
                Some(data.to_vec())
            }
        }
    }
}

/// Decrypts what was encrypted in Galois/counter mode; none when anything was changed, or for a key or tag of another size.
pub(super) fn open_gcm(
    bits: i64,
    key: &[u8],
    iv: &[u8],
    aad: &[u8],
    encrypted: &[u8],
    tag: &[u8],
) -> Option<Vec<u8>> {
    let mut data = encrypted.to_vec();
    let right = gcm(
        KeySize::of_bits(bits)?,
        key,
        iv,
        aad,
        &mut data,
        Direction::Decrypt,
    )?;
    bool::from(right.ct_eq(tag)).then_some(data)
}

/// The key that is wrapped (RFC 3394); none for a secret of another size than the cipher's keys, or when anything was changed.
pub(super) fn unwrap<C>(secret: &[u8], wrapped: &[u8]) -> Option<Vec<u8>>
where
    C: BlockCipherEncrypt + BlockCipherDecrypt + KeyInit + BlockSizeUser<BlockSize = U16>,
{
    let cipher = AesKw::<C>::new_from_slice(secret).ok()?;
    let mut key = vec![0; wrapped.len()];
    let length = cipher.unwrap_key(wrapped, &mut key).ok()?.len();
    key.truncate(length);
    Some(key)
}
