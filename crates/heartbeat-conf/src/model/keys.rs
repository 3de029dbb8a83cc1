//! The keys of authkeys.

use std::fmt;

use syntax::Span;

/// How a message is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// A checksum; no key.
    Crc,
    /// HMAC-MD5.
    Md5,
    /// HMAC-SHA1.
    Sha1,
}

impl Method {
    /// As the file and the wire name it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Crc => "crc",
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
        }
    }
}

/// A way of signing, by its number.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    /// Its number, which each signed message bears: 0 to 15.
    pub number: u8,
    /// How.
    pub method: Method,
    /// The secret; empty for [`Method::Crc`].
    pub secret: Vec<u8>,
    /// Its line.
    pub span: Span,
}

/// Without the secret, so that no log has it.
impl fmt::Debug for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Key")
            .field("number", &self.number)
            .field("method", &self.method)
            .field("octets", &self.secret.len())
            .finish_non_exhaustive()
    }
}

/// authkeys as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    /// The number of the key that signs; messages signed by any of the others are taken too.
    pub active: Option<u8>,
    /// All keys in the order of the file.
    pub keys: Vec<Key>,
}

impl Keys {
    /// The key that signs.
    #[must_use]
    pub fn signing(&self) -> Option<&Key> {
        self.active.and_then(|number| self.find(number))
    }

    /// The key of that number.
    #[must_use]
    pub fn find(&self, number: u8) -> Option<&Key> {
        self.keys.iter().find(|key| key.number == number)
    }
}
