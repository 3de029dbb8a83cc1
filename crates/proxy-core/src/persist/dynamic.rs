//! Cookies of servers that are made of where they are and of a secret (`cookie … dynamic`), so that several proxies give the same ones
//! without a list. Secret and use may change at run time, and servers may move.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use haproxy_cfg::model::{Proxy, Server, ServerAddr, Word};
use xxhash_rust::xxh64::xxh64;

use crate::state::ProxyState;

/// The cookies of a backend's servers.
#[derive(Debug, Default)]
pub(super) struct CookieValues {
    /// By server: its cookie.
    pub(super) values: Vec<Option<Word>>,
    /// By cookie: the servers that have it, in the file's order.
    pub(super) servers: HashMap<Word, Vec<usize>>,
}

impl CookieValues {
    pub(super) fn new(values: Vec<Option<Word>>) -> Self {
        let mut servers: HashMap<Word, Vec<usize>> = HashMap::new();
        for (at, value) in values.iter().enumerate() {
            if let Some(value) = value {
                servers.entry(value.clone()).or_default().push(at);
            }
        }
        Self { values, servers }
    }
}

/// Whether a backend makes cookies, and of what. Where it does not, looking costs one load.
#[derive(Debug, Default)]
pub struct DynamicCookies {
    active: AtomicBool,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    wanted: bool,
    key: Option<Word>,
    /// Servers that came since the start, by index, each with the cookie that it was given and where it is; none for one that went.
    changed: BTreeMap<usize, Option<(Option<Word>, ServerAddr)>>,
    /// What was made last, and for which version of the servers' states.
    made: Option<(u64, Arc<CookieValues>)>,
}

impl DynamicCookies {
    /// As the file has it.
    #[must_use]
    pub fn new(proxy: &Proxy) -> Self {
        let dynamic = Self::default();
        dynamic.change(|inner| {
            inner.wanted = proxy.cookie.as_ref().is_some_and(|policy| policy.dynamic);
            inner.key.clone_from(&proxy.dynamic_cookie_key);
        });
        dynamic
    }

    /// Begins or ends to make cookies (`enable dynamic-cookie`, `disable dynamic-cookie`).
    pub fn want(&self, wanted: bool) {
        self.change(|inner| inner.wanted = wanted);
    }

    /// Makes cookies of another secret from now on (`set dynamic-cookie-key`).
    pub fn set_key(&self, key: Word) {
        self.change(|inner| inner.key = Some(key));
    }

    /// Takes a server in that came, or (none) out that went.
    pub fn set_server(&self, index: usize, server: Option<&Server>) {
        let server = server.map(|server| (server.cookie.clone(), server.addr.clone()));
        self.change(|inner| {
            inner.changed.insert(index, server);
        });
    }

    fn change(&self, change: impl FnOnce(&mut Inner)) {
        let mut inner = self.lock();
        change(&mut inner);
        inner.made = None;
        let made = inner.wanted && inner.key.is_some();
        self.active.store(made || !inner.changed.is_empty(), Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // What a thread that panicked left behind is whole.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The cookies in force; none where the file's are. `fixed` are those that the file gives, `addresses` where it says that
    /// servers are.
    pub(super) fn values(
        &self,
        fixed: &CookieValues,
        addresses: &[ServerAddr],
        state: &ProxyState,
    ) -> Option<Arc<CookieValues>> {
        if !self.active.load(Relaxed) {
            return None;
        }
        let version = state.servers_version();
        let mut inner = self.lock();
        if let Some((made_for, values)) = &inner.made
            && *made_for == version
        {
            return Some(Arc::clone(values));
        }
        let key = inner.key.as_ref().filter(|_| inner.wanted);
        let last = inner.changed.last_key_value().map_or(0, |(at, _)| at + 1);
        let values = (0..last.max(addresses.len())).map(|at| {
            let (fixed, address) = match inner.changed.get(&at) {
                Some(server) => server.as_ref().map(|(fixed, address)| (fixed, address))?,
                None => (fixed.values.get(at)?, addresses.get(at)?),
            };
            fixed.clone().or_else(|| {
                let moved = state.servers[at].moved_from(address);
                value(key?, moved.as_ref().unwrap_or(address))
            })
        });
        let values = Arc::new(CookieValues::new(values.collect()));
        inner.made = Some((version, Arc::clone(&values)));
        Some(values)
    }
}

/// The cookie of a server at an address; servers on unix sockets have none.
fn value(key: &[u8], address: &ServerAddr) -> Option<Word> {
    let ServerAddr::Inet { ip, port, .. } = address else {
        return None;
    };
    let mut hashed = key.to_vec();
    match ip {
        std::net::IpAddr::V4(ip) => hashed.extend_from_slice(&ip.octets()),
        std::net::IpAddr::V6(ip) => hashed.extend_from_slice(&ip.octets()),
    }
    hashed.extend_from_slice(&u32::from(port.unwrap_or(0)).to_be_bytes());
    Some(format!("{:016x}", xxh64(&hashed, 0)).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The cookies of 127.0.0.1:18095, 127.0.0.2:18095 and [::1]:18095 as haproxy 2.6 gave them.
    #[test]
    fn values_are_those_that_the_original_gives() {
        let given = |key: &str| {
            ["127.0.0.1:18095", "127.0.0.2:18095", "[::1]:18095"].map(|address| {
                let address: std::net::SocketAddr = address.parse().expect("an address");
                value(key.as_bytes(), &address.into())
                    .expect("a cookie")
                    .to_string()
            })
        };
        assert_eq!(
            given("MYKEY"),
            ["26a7accbfde0c412", "781dcf4eea2bdd57", "e614a9b6066c1c29"]
        );
        assert_eq!(
            given("NEW"),
            ["147c3641fb30a951", "d0dc2f53cf370f16", "ac74edb0e645af3f"]
        );
        assert_eq!(value(b"NEW", &ServerAddr::Unix("/run/app".into())), None);
    }
}
