//! Users and their passwords (manual, sections 3.4 and `stats auth`; RFC 7617).

use base64::Engine as _;
use haproxy_cfg::model::sections::{Password, User, Userlist};

use crate::sample::World;

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
pub(crate) fn find<'l>(
    list: &'l Userlist,
    world: &dyn World,
    name: &[u8],
    password: &[u8],
) -> Option<&'l User> {
    let user = list.users.iter().find(|user| *user.name == *name)?;
    let right = match user.password.as_ref()? {
        Password::Plain(known) => same(known, password),
        Password::Hashed(hash) => world.proves_password(hash, password),
    };
    right.then_some(user)
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
