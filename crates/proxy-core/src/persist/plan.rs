//! A backend's cookie policy with its servers' cookies.

use std::ops::Deref;
use std::sync::Arc;

use haproxy_cfg::model::{CookiePolicy, CookieRewrite, Proxy, ServerAddr};

use super::dynamic::CookieValues;
use crate::state::ProxyState;

/// Cookie persistence of one backend.
#[derive(Clone, Debug)]
pub struct CookiePlan {
    pub(super) policy: CookiePolicy,
    /// The cookies that the file gives.
    fixed: Arc<CookieValues>,
    /// By server: where the file says that it is.
    addresses: Box<[ServerAddr]>,
    /// `option persist`: a server that is down is used all the same.
    even_if_down: bool,
}

/// The cookies in force.
pub(super) enum Values<'a> {
    /// Those of the file.
    Fixed(&'a CookieValues),
    /// Those that were made.
    Made(Arc<CookieValues>),
}

impl Deref for Values<'_> {
    type Target = CookieValues;

    fn deref(&self) -> &CookieValues {
        match self {
            Self::Fixed(values) => values,
            Self::Made(values) => values,
        }
    }
}

/// What a cookie's value names.
pub(super) enum Named {
    /// No server.
    Nobody,
    /// A server that is down.
    Down,
    /// A server that is down and is to be used all the same.
    DownYetUsed(usize),
    /// A server that may be used.
    Server(usize),
}

impl CookiePlan {
    /// The plan of a backend; none when it has no `cookie` line.
    #[must_use]
    pub fn new(proxy: &Proxy) -> Option<Self> {
        let policy = proxy.cookie.clone()?;
        let fixed = CookieValues::new(proxy.servers.iter().map(|s| s.cookie.clone()).collect());
        Some(Self {
            policy: *policy,
            fixed: Arc::new(fixed),
            addresses: proxy.servers.iter().map(|s| s.addr.clone()).collect(),
            even_if_down: proxy.options.persist,
        })
    }

    /// The cookies of the servers now.
    pub(super) fn values(&self, state: &ProxyState) -> Values<'_> {
        match state.cookies.values(&self.fixed, &self.addresses, state) {
            None => Values::Fixed(&self.fixed),
            Some(made) => Values::Made(made),
        }
    }

    pub(super) fn named(&self, value: &[u8], state: &ProxyState, forced: bool) -> Named {
        let values = self.values(state);
        let Some(servers) = values.servers.get(value) else {
            return Named::Nobody;
        };
        let usable = |&&server: &&usize| state.servers[server].is_usable();
        if let Some(&server) = servers.iter().find(usable) {
            return Named::Server(server);
        }
        match servers.first() {
            Some(&server) if self.even_if_down || forced => Named::DownYetUsed(server),
            _ => Named::Down,
        }
    }

    /// The cookie is the application's own and nothing of it is changed: it leads requests to servers, and logs do not tell of it.
    #[must_use]
    pub fn only_reads(&self) -> bool {
        self.policy.rewrite == CookieRewrite::Passive && !self.policy.indirect
    }

    /// A request's cookie is taken out before the server sees it.
    pub(super) fn hides(&self) -> bool {
        self.policy.indirect
            && matches!(
                self.policy.rewrite,
                CookieRewrite::Insert | CookieRewrite::Passive
            )
    }
}
