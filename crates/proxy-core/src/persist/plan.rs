//! A backend's cookie policy with its servers' cookies.

use std::collections::HashMap;

use haproxy_cfg::model::{CookiePolicy, CookieRewrite, Proxy, Word};

use crate::state::ProxyState;

/// Cookie persistence of one backend.
#[derive(Clone, Debug)]
pub struct CookiePlan {
    pub(super) policy: CookiePolicy,
    /// By server: its cookie.
    pub(super) values: Vec<Option<Word>>,
    /// By cookie: the servers that have it, in the file's order.
    servers: HashMap<Word, Vec<usize>>,
    /// `option persist`: a server that is down is used all the same.
    even_if_down: bool,
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
    /// The plan of a backend; none when it has no `cookie` line, or one that neither learns nor changes anything.
    #[must_use]
    pub fn new(proxy: &Proxy) -> Option<Self> {
        let policy = proxy.cookie.clone()?;
        if policy.rewrite == CookieRewrite::Passive && !policy.indirect {
            return None;
        }
        let values: Vec<_> = proxy.servers.iter().map(|s| s.cookie.clone()).collect();
        let mut servers: HashMap<Word, Vec<usize>> = HashMap::new();
        for (at, value) in values.iter().enumerate() {
            if let Some(value) = value {
                servers.entry(value.clone()).or_default().push(at);
            }
        }
        Some(Self {
            policy: *policy,
            values,
            servers,
            even_if_down: proxy.options.persist,
        })
    }

    pub(super) fn named(&self, value: &[u8], state: &ProxyState, forced: bool) -> Named {
        let Some(servers) = self.servers.get(value) else {
            return Named::Nobody;
        };
        let usable = |&&server: &&usize| state.servers.get(server).is_some_and(|s| s.is_usable());
        if let Some(&server) = servers.iter().find(usable) {
            return Named::Server(server);
        }
        match servers.first() {
            Some(&server) if self.even_if_down || forced => Named::DownYetUsed(server),
            _ => Named::Down,
        }
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
