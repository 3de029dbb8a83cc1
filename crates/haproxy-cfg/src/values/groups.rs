//! OpenSSL's names of the groups (curves) that keys are agreed on with.

/// Groups by their names in OpenSSL 3.0: those of its objects, and those of NIST.
const GROUPS: &[&str] = &[
    "P-192",
    "P-224",
    "P-256",
    "P-384",
    "P-521",
    "X25519",
    "X448",
    "brainpoolP256r1",
    "brainpoolP384r1",
    "brainpoolP512r1",
    "ffdhe2048",
    "ffdhe3072",
    "ffdhe4096",
    "ffdhe6144",
    "ffdhe8192",
    "prime192v1",
    "prime256v1",
    "secp160k1",
    "secp160r1",
    "secp160r2",
    "secp192k1",
    "secp192r1",
    "secp224k1",
    "secp224r1",
    "secp256k1",
    "secp256r1",
    "secp384r1",
    "secp521r1",
    "sect163k1",
    "sect163r1",
    "sect163r2",
    "sect193r1",
    "sect193r2",
    "sect233k1",
    "sect233r1",
    "sect239k1",
    "sect283k1",
    "sect283r1",
    "sect409k1",
    "sect409r1",
    "sect571k1",
    "sect571r1",
    "x25519",
    "x448",
];

/// The first word of a list that OpenSSL 3.0 takes for no group, or names for the second time.
pub(crate) fn unknown_group(list: &[u8]) -> Option<&[u8]> {
    let mut seen: Vec<&[u8]> = Vec::new();
    for word in list.split(|byte| *byte == b':') {
        if seen.contains(&word) || !GROUPS.iter().any(|group| group.as_bytes() == word) {
            return Some(word);
        }
        seen.push(word);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_hold_known_groups_once() {
        assert_eq!(unknown_group(b"X25519:P-256:secp384r1"), None);
        assert_eq!(unknown_group(b"P-256:kyber768"), Some(&b"kyber768"[..]));
        assert_eq!(unknown_group(b"P-256:P-256"), Some(&b"P-256"[..]));
        assert_eq!(unknown_group(b"P-256:"), Some(&b""[..]));
        assert_eq!(unknown_group(b"p-256"), Some(&b"p-256"[..]));
    }
}
