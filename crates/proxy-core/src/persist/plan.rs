//! A backend's cookie policy with its servers' cookies.

use std::collections::HashMap;

use haproxy_cfg::model::{CookiePolicy, Proxy, Word};

/// Cookie persistence of one backend.
#[derive(Clone, Debug)]
pub struct CookiePlan {
    pub(super) policy: CookiePolicy,
    /// By server: its cookie.
    pub(super) values: Vec<Option<Word>>,
    /// By cookie: the servers that have it, in the file's order.
    pub(super) servers: HashMap<Word, Vec<usize>>,
    /// `option persist`: a server that is down is used all the same.
    pub(super) even_if_down: bool,
}

impl CookiePlan {
    /// The plan of a backend; none when it has no `cookie` line.
    #[must_use]
    pub fn new(proxy: &Proxy) -> Option<Self> {
        let policy = proxy.cookie.clone()?;
        let values: Vec<_> = proxy.servers.iter().map(|s| s.cookie.clone()).collect();
        let mut servers: HashMap<Word, Vec<usize>> = HashMap::new();
        for (at, value) in values.iter().enumerate() {
            if let Some(value) = value {
                servers.entry(value.clone()).or_default().push(at);
            }
        }
        Some(Self {
            policy,
            values,
            servers,
            even_if_down: proxy.options.persist,
        })
    }
}
