//! OpenSSL cipher strings, as far as it takes to tell one that selects nothing.

/// Words of cipher strings that are no names of suites.
const GROUPS: &[&str] = &[
    "ALL",
    "COMPLEMENTOFALL",
    "COMPLEMENTOFDEFAULT",
    "DEFAULT",
    "HIGH",
    "MEDIUM",
    "LOW",
    "EXP",
    "EXPORT",
    "FIPS",
    "SUITEB128",
    "SUITEB128ONLY",
    "SUITEB192",
    "PROFILE",
    "CBC",
    "TLSv1",
    "TLSv1.0",
    "TLSv1.2",
    "SSLv3",
];

/// What the names of suites and the words for their parts are made of.
const PARTS: &[&str] = &[
    "AES", "CHACHA", "CAMELLIA", "ARIA", "DES", "RC4", "SEED", "IDEA", "GOST", "NULL", "RSA", "DSS", "ECDSA",
    "ECDH", "DH", "PSK", "SRP", "SHA", "MD5", "GCM", "CCM", "POLY1305", "kRSA", "EECDH", "EDH", "aNULL",
    "eNULL",
];

/// Whether a string may select a suite: one of its words that adds suites is known. `@` commands add none.
pub(crate) fn may_select(ciphers: &[u8]) -> bool {
    let text = String::from_utf8_lossy(ciphers);
    text.split([':', ',', ' ']).any(|word| {
        if word.is_empty() || word.starts_with(['!', '-', '@']) {
            return false;
        }
        word.trim_start_matches('+').split('+').all(|part| {
            GROUPS.iter().any(|group| group.eq_ignore_ascii_case(part))
                || PARTS
                    .iter()
                    .any(|known| part.to_ascii_uppercase().contains(&known.to_ascii_uppercase()))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_without_a_known_suite_select_nothing() {
        assert!(may_select(
            b"kEECDH+aRSA+AES:kRSA+AES:+AES256:RC4-SHA:!kEDH:!LOW:!EXP:!MD5:!aNULL:!eNULL"
        ));
        assert!(may_select(b"ECDHE-RSA-AES128-GCM-SHA256"));
        assert!(!may_select(b"NOSUCH"));
        assert!(!may_select(b"!aNULL"));
    }
}
