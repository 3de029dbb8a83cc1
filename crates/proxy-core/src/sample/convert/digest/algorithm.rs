//! The message digests that OpenSSL's default provider has, by its names.

use blake2::{Blake2b512, Blake2s256};
use hmac::{KeyInit, Mac, SimpleHmac};
use md5::Md5;
use ripemd::Ripemd160;
use sha1::Sha1;
use sha2::digest::block_api::BlockSizeUser;
use sha2::digest::typenum::{U36, U64};
use sha2::digest::{
    Digest, ExtendableOutput, FixedOutput, HashMarker, Output, OutputSizeUser, Update, XofReader,
};
use sha2::{Sha224, Sha256, Sha384, Sha512, Sha512_224, Sha512_256};
use sha3::{Sha3_224, Sha3_256, Sha3_384, Sha3_512, Shake128, Shake256};
use sm3::Sm3;

use crate::sample::arena::Bytes;

/// Appends what it makes of bytes.
type Plain = fn(&[u8], &mut Bytes<'_>);
/// Appends what it makes of a key and bytes.
type Keyed = fn(&[u8], &[u8], &mut Bytes<'_>);

/// A digest.
#[derive(Clone, Copy)]
pub(in crate::sample::convert) struct Algorithm {
    /// The digest of bytes.
    pub(in crate::sample::convert) plain: Plain,
    /// The code of a key and bytes (RFC 2104); none for functions whose output has no length of its own.
    pub(in crate::sample::convert) keyed: Option<Keyed>,
}

impl Algorithm {
    /// The digest that OpenSSL knows by that name, whatever its letters' case and its dashes.
    pub(in crate::sample::convert) fn named(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase().replace('-', "");
        Some(match &*name {
            "md5" | "ssl3md5" => fixed::<Md5>(),
            "md5sha1" => fixed::<Md5Sha1>(),
            "sha1" | "ssl3sha1" => fixed::<Sha1>(),
            "sha224" | "sha2224" => fixed::<Sha224>(),
            "sha256" | "sha2256" => fixed::<Sha256>(),
            "sha384" | "sha2384" => fixed::<Sha384>(),
            "sha512" | "sha2512" => fixed::<Sha512>(),
            "sha512224" | "sha2512/224" => fixed::<Sha512_224>(),
            "sha512256" | "sha2512/256" => fixed::<Sha512_256>(),
            "sha3224" => fixed::<Sha3_224>(),
            "sha3256" => fixed::<Sha3_256>(),
            "sha3384" => fixed::<Sha3_384>(),
            "sha3512" => fixed::<Sha3_512>(),
            "shake128" => extendable::<Shake128, 16>(),
            "shake256" => extendable::<Shake256, 32>(),
            "blake2b512" => fixed::<Blake2b512>(),
            "blake2s256" => fixed::<Blake2s256>(),
            "ripemd160" | "ripemd" | "rmd160" => fixed::<Ripemd160>(),
            "sm3" => fixed::<Sm3>(),
            _ => return None,
        })
    }
}

fn fixed<D: Digest + BlockSizeUser>() -> Algorithm {
    Algorithm {
        plain: |bytes, out| out.extend_from_slice(&D::digest(bytes)),
        keyed: Some(|key, bytes, out| {
            // Keys of any length will do.
            if let Ok(mut code) = <SimpleHmac<D> as KeyInit>::new_from_slice(key) {
                Mac::update(&mut code, bytes);
                out.extend_from_slice(&code.finalize().into_bytes());
            }
        }),
    }
}

/// Of functions whose output has any length OpenSSL takes `N` bytes unless it is told otherwise.
fn extendable<D: Default + Update + ExtendableOutput, const N: usize>() -> Algorithm {
    Algorithm {
        plain: |bytes, out| {
            let mut digest = D::default();
            digest.update(bytes);
            let mut taken = [0; N];
            digest.finalize_xof().read(&mut taken);
            out.extend_from_slice(&taken);
        },
        keyed: None,
    }
}

/// MD5 and SHA-1 one behind the other, as TLS 1.1 signs them.
#[derive(Clone, Default)]
struct Md5Sha1(Md5, Sha1);

impl HashMarker for Md5Sha1 {}

impl BlockSizeUser for Md5Sha1 {
    type BlockSize = U64;
}

impl OutputSizeUser for Md5Sha1 {
    type OutputSize = U36;
}

impl Update for Md5Sha1 {
    fn update(&mut self, data: &[u8]) {
        Update::update(&mut self.0, data);
        Update::update(&mut self.1, data);
    }
}

impl FixedOutput for Md5Sha1 {
    fn finalize_into(self, out: &mut Output<Self>) {
        let (md5, sha1) = out.split_at_mut(16);
        md5.copy_from_slice(&self.0.finalize_fixed());
        sha1.copy_from_slice(&self.1.finalize_fixed());
    }
}
