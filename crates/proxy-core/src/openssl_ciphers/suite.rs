//! What a cipher suite consists of.

/// How keys are agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kx {
    /// Ephemeral Diffie-Hellman over elliptic curves.
    Ecdhe,
    /// Ephemeral Diffie-Hellman.
    Dhe,
    /// The client encrypts a secret to the server's RSA key; no forward secrecy.
    Rsa,
    /// A shared key.
    Psk,
    /// A shared key and RSA.
    RsaPsk,
    /// A shared key and ephemeral Diffie-Hellman.
    DhePsk,
    /// A shared key and ephemeral Diffie-Hellman over elliptic curves.
    EcdhePsk,
    /// A password.
    Srp,
}

/// How the server proves who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// An RSA certificate.
    Rsa,
    /// An ECDSA certificate.
    Ecdsa,
    /// A DSS certificate.
    Dss,
    /// A shared key.
    Psk,
    /// A password.
    Srp,
    /// Not at all.
    Null,
}

/// How data is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enc {
    /// AES in Galois counter mode.
    AesGcm,
    /// AES in CCM with a tag of 16 bytes.
    AesCcm,
    /// AES in CCM with a tag of 8 bytes.
    AesCcm8,
    /// AES in cipher block chaining mode.
    Aes,
    /// ARIA in Galois counter mode.
    AriaGcm,
    /// Camellia in cipher block chaining mode.
    Camellia,
    /// ChaCha20 with Poly1305.
    ChaCha20,
    /// Not at all.
    Null,
}

/// How data is protected against change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mac {
    /// By the encryption itself.
    Aead,
    /// HMAC with SHA-384.
    Sha384,
    /// HMAC with SHA-256.
    Sha256,
    /// HMAC with SHA-1.
    Sha1,
    /// HMAC with MD5.
    Md5,
}

/// The first protocol version that has the suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// SSL 3.0.
    Ssl3,
    /// TLS 1.0.
    Tls10,
    /// TLS 1.2.
    Tls12,
}

/// One cipher suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suite {
    /// Its number in the protocol.
    pub id: u16,
    /// OpenSSL's name.
    pub name: &'static str,
    /// Key exchange.
    pub kx: Kx,
    /// Authentication.
    pub auth: Auth,
    /// Encryption.
    pub enc: Enc,
    /// Length of the encryption's key in bits.
    pub bits: u16,
    /// Integrity.
    pub mac: Mac,
    /// First version.
    pub since: Since,
    /// Whether `DEFAULT` holds it.
    pub default: bool,
}

/// A row of the table.
#[allow(clippy::too_many_arguments, reason = "a table's row")]
pub(super) const fn suite(
    id: u16,
    name: &'static str,
    kx: Kx,
    auth: Auth,
    enc: Enc,
    bits: u16,
    mac: Mac,
    since: Since,
    default: bool,
) -> Suite {
    Suite {
        id,
        name,
        kx,
        auth,
        enc,
        bits,
        mac,
        since,
        default,
    }
}
