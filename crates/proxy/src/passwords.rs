//! Passwords against what `crypt` makes of them. Its methods come with a source of chance, so they have no place among what is pure.

use yescrypt::{PasswordVerifier as _, Yescrypt};

/// Whether `hash`, as `crypt` makes it, is one of the password.
pub(crate) fn proves(hash: &[u8], password: &[u8]) -> bool {
    let Ok(hash) = std::str::from_utf8(hash) else {
        return false;
    };
    if hash.starts_with("$y$") {
        return Yescrypt::default().verify_password(password, hash).is_ok();
    }
    pwhash::unix::verify(password, hash)
}

#[cfg(test)]
mod tests {
    use super::proves;

    #[test]
    fn passwords_are_proven_by_all_methods_of_crypt() {
        for hash in [
            "$1$saltsalt$cIrgcdXxo0mpb22wHphLq1",
            "$5$saltsalt$49/9YFbpUJeeKmhYqhW2979avhxSQ228IAIaALKs.a9",
            "$5$rounds=1000$saltsalt$an7Q7/YZPqbgOZQSjlr9So8zhhW6c2TOoToekYwZQMC",
            "$6$saltsalt$2SX99CLXfgNtck/wz/iTBSo0ZppJqfrO.TVXU.zE5LOVLcjA8ItNsdkimGDe1yNWQ8eQPMdoTvM7hLGy/7Ccc1",
            "$2y$04$abcdefghijklmnopqrstuu1Zbm2zGLePX9VTooeg0fAVe2y9a/dMu",
            "$2b$04$abcdefghijklmnopqrstuu1Zbm2zGLePX9VTooeg0fAVe2y9a/dMu",
            "$2a$04$abcdefghijklmnopqrstuu1Zbm2zGLePX9VTooeg0fAVe2y9a/dMu",
            "$y$j75$saltsaltsalt$Tib6ujh2NtgixqxXy5coYMN.JPapAxIFi8roRzX0Cp1",
            "$sha1$1000$saltsalt$z8Ii9nKpkzHh1x7nOI8KeNBFtuLC",
            "abvOVwEVZZ8hM",
            "_J9..rasmhe.tkAT.PGc",
        ] {
            assert!(proves(hash.as_bytes(), b"secret pass"), "{hash}");
            assert!(!proves(hash.as_bytes(), b"secret"), "{hash}");
        }
        assert!(!proves(b"secret pass", b"secret pass"));
        assert!(!proves(b"$9$x$y", b"secret pass"));
    }
}
