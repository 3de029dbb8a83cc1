//! `stats auth`: the `Authorization` header of a request (RFC 7617) against the users.

use haproxy_cfg::model::StatsSettings;

use crate::users::{credentials, same};

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
