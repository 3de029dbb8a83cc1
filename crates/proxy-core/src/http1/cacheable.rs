//! Responses whose cookies a cache on the way might keep (`option checkcache`).
//!
//! What counts is what the original does, which is less than its manual says: only `200` is looked at, and only where the server says
//! something of how fresh or how old the response is.

use super::{ResponseRef, list_tokens};

/// Whether a cache might keep a cookie of this response to a request with `method`, and give it to others.
#[must_use]
pub fn has_cacheable_cookie(method: &[u8], response: ResponseRef<'_>) -> bool {
    if response.status() != 200 {
        return false;
    }
    let headers = response.headers();
    let has = |name: &[u8]| headers.get(name).next().is_some();
    if !has(b"set-cookie") && !has(b"set-cookie2") {
        return false;
    }
    if headers
        .get(b"pragma")
        .any(|value| value.eq_ignore_ascii_case(b"no-cache"))
    {
        return false;
    }
    let mut cacheable = matches!(method, b"GET" | b"HEAD" | b"OPTIONS" | b"TRACE");
    let mut tells_age = has(b"etag") || has(b"last-modified") || has(b"expires");
    for directive in headers.get(b"cache-control").flat_map(list_tokens) {
        let is = |name: &[u8]| directive.eq_ignore_ascii_case(name);
        let begins = |name: &[u8]| {
            directive
                .get(..name.len())
                .is_some_and(|begin| begin.eq_ignore_ascii_case(name))
        };
        // The last word counts.
        if is(b"public") {
            cacheable = true;
        } else if is(b"private")
            || is(b"no-store")
            || is(b"no-cache")
            || is(b"max-age=0")
            || is(b"s-maxage=0")
            || begins(b"no-cache=\"set-cookie")
        {
            cacheable = false;
        } else if begins(b"max-age") || begins(b"s-maxage") {
            tells_age = true;
        }
    }
    cacheable && tells_age
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::response;

    fn blocked(method: &str, headers: &str) -> bool {
        let text = format!("HTTP/1.1 200 OK\r\nset-cookie: a=b\r\n{headers}\r\n\r\n");
        let head = response(text.as_bytes());
        let response = ResponseRef {
            buf: text.as_bytes(),
            head: &head,
        };
        has_cacheable_cookie(method.as_bytes(), response)
    }

    /// As Debian's haproxy 2.6 has it.
    #[test]
    fn the_last_word_on_caching_counts_where_there_is_an_age() {
        let tag = "etag: \"a\"";
        for (control, expected) in [
            ("public", true),
            ("private", false),
            ("private, public", true),
            ("public, private", false),
            ("no-store", false),
            ("max-age=0, public", true),
            ("public, max-age=0", false),
            ("no-cache=\"set-cookie\"", false),
            ("no-cache=\"Set-Cookie2, x\"", false),
            ("no-cache=\"x, set-cookie\"", true),
            ("no-cache=\"x\"", true),
            ("x", true),
        ] {
            let headers = format!("{tag}\r\ncache-control: {control}");
            assert_eq!(blocked("GET", &headers), expected, "{control}");
        }
    }

    #[test]
    fn without_an_age_nothing_is_kept_by_caches() {
        for headers in ["x: y", "cache-control: public", "cache-control: must-revalidate"] {
            assert!(!blocked("GET", headers), "{headers}");
        }
        for headers in [
            "last-modified: x",
            "expires: x",
            "cache-control: Max-Age=10",
            "cache-control: max-age",
            "cache-control: s-maxage=1",
        ] {
            assert!(blocked("GET", headers), "{headers}");
        }
    }

    #[test]
    fn pragma_and_methods_count() {
        assert!(!blocked("GET", "etag: x\r\npragma: No-Cache"));
        assert!(!blocked(
            "GET",
            "etag: x\r\npragma: no-cache\r\ncache-control: public"
        ));
        assert!(blocked("GET", "etag: x\r\npragma: no-cache, public"));
        assert!(!blocked("POST", "etag: x"));
        assert!(blocked("POST", "etag: x\r\ncache-control: public"));
        assert!(blocked("HEAD", "etag: x"));
    }

    #[test]
    fn what_sets_no_cookie_passes() {
        let text = b"HTTP/1.1 200 OK\r\netag: a\r\n\r\n";
        let head = response(text);
        assert!(!has_cacheable_cookie(
            b"GET",
            ResponseRef {
                buf: text,
                head: &head
            }
        ));
    }
}
