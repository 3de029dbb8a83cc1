//! The keys of authkeys and what they make of a message's octets: HMAC by MD5 or SHA-1, or a checksum, which proves nothing.

use std::fmt;

use hmac::Hmac;
use md5::Md5;
use sha1::Sha1;
use subtle::ConstantTimeEq as _;

use super::Fault;

/// The most digits that the number of a key may have on the wire.
const LONGEST_NUMBER: usize = 10;

/// How a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// A checksum: no protection against anybody.
    Crc,
    /// HMAC-MD5.
    Md5,
    /// HMAC-SHA1.
    Sha1,
}

/// A key. It is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    /// The number it has in authkeys.
    pub number: u32,
    /// How it signs.
    pub method: Method,
    secret: Vec<u8>,
}

impl fmt::Debug for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Key")
            .field("number", &self.number)
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

impl Key {
    /// A key of that number. A checksum needs no `secret`.
    #[must_use]
    pub fn new(number: u32, method: Method, secret: &[u8]) -> Self {
        Self {
            number,
            method,
            secret: secret.to_vec(),
        }
    }

    /// The signature of `bytes`: hexadecimal digits.
    #[must_use]
    pub fn sign(&self, bytes: &[u8]) -> String {
        match self.method {
            Method::Crc => format!("{:x}", CHECKSUM.checksum(bytes)),
            Method::Md5 => hex(&authenticate::<Hmac<Md5>>(&self.secret, bytes)),
            Method::Sha1 => hex(&authenticate::<Hmac<Sha1>>(&self.secret, bytes)),
        }
    }
}

/// That of POSIX's `cksum`, without the length that it counts in.
const CHECKSUM: crc::Crc<u32> = crc::Crc::<u32>::new(&crc::CRC_32_CKSUM);

fn authenticate<M: hmac::Mac + hmac::KeyInit>(secret: &[u8], bytes: &[u8]) -> Vec<u8> {
    // A key of HMAC may have any length.
    let Ok(mut mac) = <M as hmac::KeyInit>::new_from_slice(secret) else {
        return Vec::new();
    };
    mac.update(bytes);
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// All keys that are known, with the one that signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys {
    signing: Key,
    others: Vec<Key>,
}

impl Keys {
    /// `signing` signs what is sent. What any of `others` signed is taken as well.
    #[must_use]
    pub fn new(signing: Key, others: Vec<Key>) -> Self {
        Self { signing, others }
    }

    /// The key that signs.
    #[must_use]
    pub fn signing(&self) -> &Key {
        &self.signing
    }

    /// A signature as it is sent: the key's number and what it gives for `bytes`.
    #[must_use]
    pub fn seal(&self, bytes: &[u8]) -> String {
        format!("{} {}", self.signing.number, self.signing.sign(bytes))
    }

    /// Whether `seal` is the signature of `bytes` by one of the keys.
    ///
    /// # Errors
    /// A fault, when it is not.
    pub fn check(&self, bytes: &[u8], seal: &[u8]) -> Result<(), Fault> {
        let mut words = seal.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
        let (Some(number), Some(signature)) = (words.next(), words.next()) else {
            return Err(Fault::Unsigned);
        };
        if number.len() > LONGEST_NUMBER {
            return Err(Fault::UnknownKey);
        }
        let number: u32 = std::str::from_utf8(number)
            .ok()
            .and_then(|text| text.parse().ok())
            .ok_or(Fault::UnknownKey)?;
        let key = std::iter::once(&self.signing)
            .chain(&self.others)
            .find(|key| key.number == number)
            .ok_or(Fault::UnknownKey)?;
        let right = key.sign(bytes);
        if bool::from(right.as_bytes().ct_eq(signature)) {
            Ok(())
        } else {
            Err(Fault::BadSignature)
        }
    }
}
