//! Users and their passwords (manual, sections 3.4 and `stats auth`; RFC 7617).

use base64::Engine as _;
use haproxy_cfg::model::sections::{Password, User, Userlist};
use yescrypt::{PasswordVerifier as _, Yescrypt};

/// User and password of a `Basic` header.
pub(crate) fn credentials(header: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let scheme = header.get(..6)?;
    if !scheme.eq_ignore_ascii_case(b"Basic ") {
        return None;
    }
    let text = header[6..].trim_ascii();
    let mut user = base64::engine::general_purpose::STANDARD.decode(text).ok()?;
    let colon = memchr::memchr(b':', &user)?;
    let password = user.split_off(colon + 1);
    user.pop();
    Some((user, password))
}

/// Compares in a time that depends on the length alone.
pub(crate) fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |diff, (x, y)| diff | (x ^ y)) == 0
}

/// The user of that name in `list`, if the password is the right one.
pub(crate) fn find<'l>(list: &'l Userlist, name: &[u8], password: &[u8]) -> Option<&'l User> {
    let user = list.users.iter().find(|user| *user.name == *name)?;
    let right = match user.password.as_ref()? {
        Password::Plain(known) => same(known, password),
        Password::Hashed(hash) => proves(hash, password),
    };
    right.then_some(user)
}

/// Whether `hash`, as `crypt` makes it, is one of the password.
fn proves(hash: &[u8], password: &[u8]) -> bool {
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
    use super::*;

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

    #[test]
    fn the_header_names_user_and_password() {
        assert_eq!(
            credentials(b"Basic YWRtaW46YTpi"),
            Some((b"admin".to_vec(), b"a:b".to_vec()))
        );
        assert_eq!(
            credentials(b"basic YWRtaW46"),
            Some((b"admin".to_vec(), Vec::new()))
        );
        assert_eq!(credentials(b"Bearer YWRtaW46"), None);
        assert_eq!(credentials(b"Basic ???"), None);
        assert_eq!(credentials(b"Basic"), None);
    }
}
