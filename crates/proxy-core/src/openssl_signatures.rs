//! OpenSSL's lists of signature algorithms (`sigalgs`, `client-sigalgs`): names joined by colons, each that of a scheme of TLS 1.3
//! (`ecdsa_secp256r1_sha256`) or a kind of key with a digest (`ECDSA+SHA256`). Case does not matter.

/// Names that stand for one scheme, with the numbers of RFC 8446, section 4.2.3.
const SCHEMES: &[(&str, u16)] = &[
    ("rsa_pkcs1_sha1", 0x0201),
    ("ecdsa_sha1", 0x0203),
    ("rsa_pkcs1_sha224", 0x0301),
    ("ecdsa_sha224", 0x0303),
    ("rsa_pkcs1_sha256", 0x0401),
    ("ecdsa_secp256r1_sha256", 0x0403),
    ("rsa_pkcs1_sha384", 0x0501),
    ("ecdsa_secp384r1_sha384", 0x0503),
    ("rsa_pkcs1_sha512", 0x0601),
    ("ecdsa_secp521r1_sha512", 0x0603),
    ("rsa_pss_rsae_sha256", 0x0804),
    ("rsa_pss_rsae_sha384", 0x0805),
    ("rsa_pss_rsae_sha512", 0x0806),
    ("ed25519", 0x0807),
    ("ed448", 0x0808),
    ("rsa_pss_pss_sha256", 0x0809),
    ("rsa_pss_pss_sha384", 0x080a),
    ("rsa_pss_pss_sha512", 0x080b),
    ("ecdsa_brainpoolP256r1tls13_sha256", 0x081a),
    ("ecdsa_brainpoolP384r1tls13_sha384", 0x081b),
    ("ecdsa_brainpoolP512r1tls13_sha512", 0x081c),
    ("mldsa44", 0x0904),
    ("mldsa65", 0x0905),
    ("mldsa87", 0x0906),
];

/// Kinds of keys, with the last octet of their schemes in TLS 1.2; none for RSA-PSS, whose schemes are numbered otherwise.
const KINDS: &[(&str, Option<u16>)] = &[
    ("RSA", Some(1)),
    ("DSA", Some(2)),
    ("ECDSA", Some(3)),
    ("RSA-PSS", None),
    ("PSS", None),
];

/// Digests, with their numbers in TLS 1.2.
const DIGESTS: &[(&str, u16)] = &[
    ("SHA1", 2),
    ("SHA224", 3),
    ("SHA256", 4),
    ("SHA384", 5),
    ("SHA512", 6),
];

/// The schemes of a list, in its order.
///
/// # Errors
/// The first name that is none. One with a question mark in front of it may be unknown.
pub fn schemes(list: &str) -> Result<Vec<u16>, &str> {
    let mut found = Vec::new();
    for name in list.split(':') {
        match (scheme(name.trim_start_matches('?')), name.starts_with('?')) {
            (Some(scheme), _) if !found.contains(&scheme) => found.push(scheme),
            (Some(_), _) | (None, true) => {}
            (None, false) => return Err(name),
        }
    }
    Ok(found)
}

fn scheme(name: &str) -> Option<u16> {
    let Some((kind, digest)) = name.split_once('+') else {
        let known = SCHEMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        return known.map(|(_, scheme)| *scheme);
    };
    let (_, kind) = KINDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(kind))?;
    let digest = digest.replace('-', "");
    let (_, digest) = DIGESTS
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(&digest))?;
    match kind {
        Some(kind) => Some(digest << 8 | kind),
        None if *digest >= 4 => Some(0x0800 + digest),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::schemes;

    #[test]
    fn both_forms_of_names_give_schemes_in_the_order_of_the_list() {
        assert_eq!(
            schemes("RSA-PSS+SHA256:ecdsa+sha384:rsa_pkcs1_sha512:ED25519"),
            Ok(vec![0x0804, 0x0503, 0x0601, 0x0807])
        );
        assert_eq!(
            schemes("PSS+SHA512:rsa_pss_rsae_sha512"),
            Ok(vec![0x0806]),
            "once each"
        );
    }

    #[test]
    fn a_name_that_is_none_is_told_unless_a_question_mark_lets_it_pass() {
        assert_eq!(schemes("RSA+SHA256:foo"), Err("foo"));
        assert_eq!(schemes("RSA+SHA256:?foo"), Ok(vec![0x0401]));
        assert_eq!(schemes("RSA+MD4"), Err("RSA+MD4"));
        assert_eq!(schemes(""), Err(""));
        assert_eq!(schemes("PSS+SHA1"), Err("PSS+SHA1"));
    }
}
