//! The persistence cookie in a request.

use haproxy_cfg::model::CookieRewrite;

use super::attributes::Crumbs;
use super::{CookiePlan, HeadEdits};
use crate::http1::RequestRef;
use crate::state::ProxyState;

/// What a client's cookie was worth: the third letter of a log's termination state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CookieState {
    /// No policy, or none that applies.
    #[default]
    Off,
    /// The client sent none.
    None,
    /// It names no server.
    Invalid,
    /// It names a server that is down.
    Down,
    /// It names a server that may be used.
    Valid,
    /// Its last date is older than `maxidle`.
    Expired,
    /// Its first date is older than `maxlife`.
    Old,
    /// It was there but something else chose the server.
    Unused,
}

impl CookieState {
    /// The letter in a log line.
    #[must_use]
    pub fn letter(self) -> u8 {
        match self {
            Self::Off => b'-',
            Self::None => b'N',
            Self::Invalid => b'I',
            Self::Down => b'D',
            Self::Valid => b'V',
            Self::Expired => b'E',
            Self::Old => b'O',
            Self::Unused => b'U',
        }
    }
}

/// What a request said about persistence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClientCookie {
    /// What it was worth.
    pub state: CookieState,
    /// The server to use, as an index into the backend's.
    pub server: Option<usize>,
    /// When the cookie was first given, seconds since the epoch, if it says.
    pub first_date: Option<u64>,
    /// When the cookie was last given, seconds since the epoch, if it says.
    pub last_date: Option<u64>,
}

impl CookiePlan {
    /// Looks for the cookie in a request. `edits` gets what must change before the server sees the request (`insert
    /// indirect`, `prefix`); `now` is in seconds since the epoch.
    pub fn read_request(
        &self,
        request: RequestRef<'_>,
        state: &ProxyState,
        now: u64,
        edits: &mut HeadEdits,
    ) -> ClientCookie {
        let _ = (now, edits);
        let mut found = ClientCookie {
            state: CookieState::None,
            ..ClientCookie::default()
        };
        for (_, value) in request
            .headers()
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case(b"cookie"))
        {
            for crumb in Crumbs::of(value) {
                if crumb.name != self.policy.name.as_slice() {
                    continue;
                }
                let mut wanted = crumb.value;
                if self.policy.rewrite == CookieRewrite::Prefix {
                    let Some(tilde) = wanted.iter().position(|&b| b == b'~') else {
                        continue;
                    };
                    wanted = &wanted[..tilde];
                }
                let Some(servers) = self.servers.get(bstr::BStr::new(wanted)) else {
                    found.state = CookieState::Invalid;
                    continue;
                };
                found.server = servers
                    .iter()
                    .copied()
                    .find(|&s| self.even_if_down || state.servers[s].is_usable());
                found.state = if found.server.is_some() {
                    CookieState::Valid
                } else {
                    CookieState::Down
                };
                return found;
            }
        }
        found
    }
}
