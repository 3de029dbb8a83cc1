//! What a request asks of a cache: its key, and whether it may be answered from there and its response be kept.

use sha2::{Digest as _, Sha256};

use super::vary::Wishes;
use crate::http1::{RequestRef, Version, list_tokens};

/// What stands for host and target of a request.
pub(super) type Key = [u8; 20];

/// A request, as caches see it.
#[derive(Clone, Debug)]
pub struct Asked {
    pub(super) key: Key,
    pub(super) wishes: Wishes,
    pub(super) store: Storing,
    /// It may be answered from a cache.
    pub(super) looks: bool,
    /// Its method changes what is there (RFC 9110, section 9.2.1), so what is kept of it goes.
    pub(super) is_unsafe: bool,
}

/// Whether the response to a request may be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Storing {
    /// It may.
    Yes,
    /// It may where it says that it is for all (`public`): the request is for one client.
    Public,
    /// It may not.
    No,
}

/// What the request says of caches.
#[derive(Clone, Copy, Debug, Default)]
struct Says {
    /// It is not to be answered from one.
    fresh: bool,
    /// Its response is not to be kept.
    no_store: bool,
}

impl Says {
    fn of(request: RequestRef<'_>) -> Self {
        let mut says = Self::default();
        let headers = request.headers();
        says.fresh = headers.get(b"pragma").any(|value| begins(value, b"no-cache"));
        for token in headers.get(b"cache-control").flat_map(list_tokens) {
            says.no_store |= begins(token, b"no-store");
            // What asks for a certain age is not weighed: the server is asked.
            let asks = [&b"no-cache"[..], b"max-age", b"max-stale", b"min-fresh"];
            says.fresh |= asks.iter().any(|name| begins(token, name));
        }
        says
    }
}

/// Whether a token is that word, perhaps with a value.
pub(super) fn begins(token: &[u8], word: &[u8]) -> bool {
    let Some((begin, rest)) = token.split_at_checked(word.len()) else {
        return false;
    };
    begin.eq_ignore_ascii_case(word) && matches!(rest.first(), None | Some(b'=' | b' ' | b'\t'))
}

impl Asked {
    /// What a request asks for.
    #[must_use]
    pub fn new(request: RequestRef<'_>) -> Self {
        let method = request.method();
        let says = Says::of(request);
        let is_new = request.version() != Version::Http10;
        let has_password = request.headers().get(b"authorization").next().is_some();
        let gets = matches!(method, b"GET" | b"HEAD");
        Self {
            key: key(request),
            wishes: Wishes::of(request.headers()),
            store: match method {
                b"GET" if is_new && !says.no_store && has_password => Storing::Public,
                b"GET" if is_new && !says.no_store => Storing::Yes,
                _ => Storing::No,
            },
            looks: gets && is_new && !says.fresh && !has_password,
            is_unsafe: !matches!(method, b"GET" | b"HEAD" | b"OPTIONS" | b"TRACE" | b"CONNECT"),
        }
    }
}

/// The key: the target as a URI. Where a request names a path alone, the host is the first `Host` as it stands.
fn key(request: RequestRef<'_>) -> Key {
    let uri = request.uri();
    let mut digest = Sha256::new();
    if uri.first() == Some(&b'/') {
        digest.update(b"https://");
        digest.update(request.headers().get(b"host").next().unwrap_or_default());
    }
    digest.update(uri);
    let mut key = Key::default();
    key.copy_from_slice(&digest.finalize()[..20]);
    key
}
