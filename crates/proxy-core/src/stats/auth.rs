//! `stats auth`: the `Authorization` header of a request (RFC 7617) against the users.

use base64::Engine as _;
use haproxy_cfg::model::StatsSettings;

/// The request may see the page: there are no users, or the header names one with its password.
#[must_use]
pub(super) fn allows(settings: &StatsSettings, authorization: Option<&[u8]>) -> bool {
    if settings.auth.is_empty() {
        return true;
    }
    let Some((user, password)) = authorization.and_then(credentials) else {
        return false;
    };
    settings
        .auth
        .iter()
        .any(|a| a.user == user.as_slice() && same(&a.password, &password))
}

/// User and password of a `Basic` header.
fn credentials(header: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
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
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |diff, (x, y)| diff | (x ^ y)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

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
