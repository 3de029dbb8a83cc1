//! The signatures of RFC 7518, section 3.1, and the keys that verify them.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED,
    RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
    RSA_PKCS1_2048_8192_SHA384, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512,
    UnparsedPublicKey, VerificationAlgorithm,
};
use haproxy_cfg::model::Config;
use rustc_hash::FxHashMap;
use subtle::ConstantTimeEq as _;
use x509_parser::pem::Pem;

use crate::sample::SampleContext;
use crate::sample::convert::digest::Algorithm as Digest;

/// How a token is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    /// Not at all.
    None,
    /// With a secret.
    Secret(Bits),
    /// With a private key.
    Public(Kind, Bits),
}

/// The size of SHA-2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bits {
    Sha256,
    Sha384,
    Sha512,
}

/// Kinds of keys and signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// RSASSA-PKCS1-v1_5.
    Rsa,
    /// RSASSA-PSS.
    Pss,
    /// ECDSA.
    Curve,
}

impl Algorithm {
    /// The algorithm of that name.
    pub(super) fn named(name: &[u8]) -> Option<Self> {
        if name == b"none" {
            return Some(Self::None);
        }
        let (family, bits) = name.split_at_checked(2)?;
        let bits = match bits {
            b"256" => Bits::Sha256,
            b"384" => Bits::Sha384,
            b"512" => Bits::Sha512,
            _ => return None,
        };
        Some(match family {
            b"HS" => Self::Secret(bits),
            b"RS" => Self::Public(Kind::Rsa, bits),
            b"PS" => Self::Public(Kind::Pss, bits),
            b"ES" => Self::Public(Kind::Curve, bits),
            _ => return None,
        })
    }
}

impl Bits {
    /// Whether `signature` is the code of `signed` with the key.
    pub(super) fn verify_secret(
        self,
        context: &SampleContext<'_>,
        key: &[u8],
        signed: &[u8],
        signature: &[u8],
    ) -> bool {
        let digest = Digest::named(match self {
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
        });
        let Some(code) = digest.and_then(|digest| digest.keyed) else {
            return false;
        };
        let mut right = context.arena.bytes(64);
        code(key, signed, &mut right);
        right.ct_eq(signature).into()
    }
}

impl Kind {
    /// Whether a signature is two numbers of one length.
    pub(super) fn needs_halves(self) -> bool {
        self == Self::Curve
    }

    /// Whether `signature` is that of `signed` by the owner of `key`; not for a key of another kind.
    pub(super) fn verify(self, bits: Bits, key: &[u8], signed: &[u8], signature: &[u8]) -> bool {
        let algorithm: &'static dyn VerificationAlgorithm = match (self, bits) {
            (Self::Rsa, Bits::Sha256) => &RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
            (Self::Rsa, Bits::Sha384) => &RSA_PKCS1_2048_8192_SHA384,
            (Self::Rsa, Bits::Sha512) => &RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
            (Self::Pss, Bits::Sha256) => &RSA_PSS_2048_8192_SHA256,
            (Self::Pss, Bits::Sha384) => &RSA_PSS_2048_8192_SHA384,
            (Self::Pss, Bits::Sha512) => &RSA_PSS_2048_8192_SHA512,
            (Self::Curve, Bits::Sha256) => &ECDSA_P256_SHA256_FIXED,
            (Self::Curve, Bits::Sha384) => &ECDSA_P384_SHA384_FIXED,
            (Self::Curve, Bits::Sha512) => &ECDSA_P521_SHA512_FIXED,
        };
        let key = UnparsedPublicKey::new(algorithm, key);
        if self == Self::Curve {
            let size = match bits {
                Bits::Sha256 => 32,
                Bits::Sha384 => 48,
                Bits::Sha512 => 66,
            };
            return halves(signature, size).is_some_and(|signature| key.verify(signed, &signature).is_ok());
        }
        key.verify(signed, signature).is_ok()
    }
}

/// Both halves of a signature as numbers of `size` bytes; none when they are greater.
fn halves(signature: &[u8], size: usize) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(2 * size);
    for half in [
        &signature[..signature.len() / 2],
        &signature[signature.len() / 2..],
    ] {
        let zeros = half.iter().take_while(|byte| **byte == 0).count();
        let digits = &half[zeros..];
        out.resize(out.len() + size.checked_sub(digits.len())?, 0);
        out.extend_from_slice(digits);
    }
    Some(out)
}

/// Public keys by the files that hold them, in DER.
#[derive(Debug, Default)]
pub(super) struct PublicKeys(FxHashMap<Box<[u8]>, Box<[u8]>>);

impl PublicKeys {
    /// Those of files that hold nothing else: a key of any kind, or one of RSA in its own form (PKCS #1).
    pub(super) fn of_files(config: &Config) -> Self {
        Self::of(config, |block| {
            matches!(&*block.label, "PUBLIC KEY" | "RSA PUBLIC KEY").then(|| block.contents.as_slice().into())
        })
    }

    /// Those of certificates.
    pub(super) fn of_certificates(config: &Config) -> Self {
        Self::of(config, |block| {
            let certificate = block.parse_x509().ok()?;
            Some(certificate.tbs_certificate.subject_pki.raw.into())
        })
    }

    fn of(config: &Config, key: impl Fn(&Pem) -> Option<Box<[u8]>>) -> Self {
        let files = config.key_files.iter();
        let keys = files.filter_map(|(path, content)| {
            let key = Pem::iter_from_buffer(content)
                .flatten()
                .find_map(|block| key(&block))?;
            Some((Box::from(&path[..]), key))
        });
        Self(keys.collect())
    }

    /// The key of the file.
    pub(super) fn get(&self, path: &[u8]) -> Option<&[u8]> {
        self.0.get(path).map(AsRef::as_ref)
    }
}
