//! Names that stand for several suites.

use super::suite::{Auth, Enc, Kx, Mac, Since, Suite};

type Matches = fn(&Suite) -> bool;

/// What an alias stands for.
pub(super) fn find(name: &str) -> Option<Matches> {
    ALIASES
        .iter()
        .find(|(alias, _)| *alias == name)
        .map(|(_, matches)| *matches)
}

fn aes(suite: &Suite) -> bool {
    matches!(suite.enc, Enc::AesGcm | Enc::AesCcm | Enc::AesCcm8 | Enc::Aes)
}

fn psk(suite: &Suite) -> bool {
    matches!(suite.kx, Kx::Psk | Kx::RsaPsk | Kx::DhePsk | Kx::EcdhePsk)
}

const NONE: Matches = |_| false;

/// Names of suites that OpenSSL 3.0 no longer has stand for none of them.
const ALIASES: &[(&str, Matches)] = &[
    ("ALL", |s| s.enc != Enc::Null),
    ("COMPLEMENTOFALL", |s| s.enc == Enc::Null),
    ("COMPLEMENTOFDEFAULT", |s| !s.default && s.enc != Enc::Null),
    ("HIGH", |s| s.enc != Enc::Null),
    ("MEDIUM", NONE),
    ("LOW", NONE),
    ("EXP", NONE),
    ("EXPORT", NONE),
    ("EXPORT40", NONE),
    ("EXPORT56", NONE),
    ("FIPS", |s| {
        matches!(s.enc, Enc::Aes | Enc::AesGcm) && s.kx != Kx::Srp
    }),
    ("eNULL", |s| s.enc == Enc::Null),
    ("NULL", |s| s.enc == Enc::Null),
    ("aNULL", |s| s.auth == Auth::Null),
    ("kRSA", |s| s.kx == Kx::Rsa),
    ("aRSA", |s| s.auth == Auth::Rsa),
    ("RSA", |s| s.kx == Kx::Rsa && s.auth == Auth::Rsa),
    ("kDHE", |s| s.kx == Kx::Dhe),
    ("kEDH", |s| s.kx == Kx::Dhe),
    ("DH", |s| s.kx == Kx::Dhe),
    ("DHE", |s| s.kx == Kx::Dhe && s.auth != Auth::Null),
    ("EDH", |s| s.kx == Kx::Dhe && s.auth != Auth::Null),
    ("ADH", |s| s.kx == Kx::Dhe && s.auth == Auth::Null),
    ("kECDHE", |s| s.kx == Kx::Ecdhe),
    ("kEECDH", |s| s.kx == Kx::Ecdhe),
    ("ECDH", |s| s.kx == Kx::Ecdhe),
    ("ECDHE", |s| s.kx == Kx::Ecdhe && s.auth != Auth::Null),
    ("EECDH", |s| s.kx == Kx::Ecdhe && s.auth != Auth::Null),
    ("AECDH", |s| s.kx == Kx::Ecdhe && s.auth == Auth::Null),
    ("aDSS", |s| s.auth == Auth::Dss),
    ("DSS", |s| s.auth == Auth::Dss),
    ("aECDSA", |s| s.auth == Auth::Ecdsa),
    ("ECDSA", |s| s.auth == Auth::Ecdsa),
    ("TLSv1.2", |s| s.since == Since::Tls12),
    ("TLSv1.0", |s| s.since == Since::Tls10),
    ("TLSv1", |s| s.since == Since::Tls10),
    ("SSLv3", |s| s.since == Since::Ssl3),
    ("AES128", |s| aes(s) && s.bits == 128),
    ("AES256", |s| aes(s) && s.bits == 256),
    ("AES", aes),
    ("AESGCM", |s| s.enc == Enc::AesGcm),
    ("AESCCM", |s| matches!(s.enc, Enc::AesCcm | Enc::AesCcm8)),
    ("AESCCM8", |s| s.enc == Enc::AesCcm8),
    ("ARIA128", |s| s.enc == Enc::AriaGcm && s.bits == 128),
    ("ARIA256", |s| s.enc == Enc::AriaGcm && s.bits == 256),
    ("ARIA", |s| s.enc == Enc::AriaGcm),
    ("ARIAGCM", |s| s.enc == Enc::AriaGcm),
    ("CAMELLIA128", |s| s.enc == Enc::Camellia && s.bits == 128),
    ("CAMELLIA256", |s| s.enc == Enc::Camellia && s.bits == 256),
    ("CAMELLIA", |s| s.enc == Enc::Camellia),
    ("CHACHA20", |s| s.enc == Enc::ChaCha20),
    ("CBC", |s| matches!(s.enc, Enc::Aes | Enc::Camellia)),
    ("3DES", NONE),
    ("DES", NONE),
    ("RC4", NONE),
    ("RC2", NONE),
    ("IDEA", NONE),
    ("SEED", NONE),
    ("MD5", |s| s.mac == Mac::Md5),
    ("SHA1", |s| s.mac == Mac::Sha1),
    ("SHA", |s| s.mac == Mac::Sha1),
    ("SHA256", |s| s.mac == Mac::Sha256),
    ("SHA384", |s| s.mac == Mac::Sha384),
    ("aGOST", NONE),
    ("aGOST01", NONE),
    ("aGOST12", NONE),
    ("kGOST", NONE),
    ("kGOST18", NONE),
    ("GOST94", NONE),
    ("GOST12", NONE),
    ("GOST89", NONE),
    ("GOST89MAC", NONE),
    ("GOST89MAC12", NONE),
    ("PSK", psk),
    ("kPSK", |s| s.kx == Kx::Psk),
    ("kECDHEPSK", |s| s.kx == Kx::EcdhePsk),
    ("kDHEPSK", |s| s.kx == Kx::DhePsk),
    ("kRSAPSK", |s| s.kx == Kx::RsaPsk),
    ("aPSK", |s| s.auth == Auth::Psk),
    ("kSRP", |s| s.kx == Kx::Srp),
    ("SRP", |s| s.kx == Kx::Srp),
    ("aSRP", |s| s.auth == Auth::Srp),
];
