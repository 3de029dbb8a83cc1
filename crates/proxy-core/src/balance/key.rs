//! What a request's server is chosen by: the key of `balance source`, `uri`, `url_param`, `hdr`, `rdp-cookie` and `hash`, and
//! its hash (manual, `balance` and `hash-type`).

use std::net::IpAddr;

use haproxy_cfg::keywords::Output;
use haproxy_cfg::model::{Balance, Config, HashKey, HashType, ProxyId, UriKey, Word};

use crate::hash::{avalanche, hash_of};
use crate::http1::Headers;
use crate::sample::{Expression, Parts, Sample, SampleContext, path_start, rdp_cookie};

/// A backend's key made ready.
#[derive(Debug)]
pub struct KeyPlan {
    key: Key,
    hash: HashType,
}

#[derive(Debug)]
enum Key {
    Source,
    Uri(UriKey),
    Parameter { name: Word, in_body: bool },
    Header { name: Word, domain_only: bool },
    RdpCookie(Word),
    Sample(Expression),
    LogLine(Expression),
}

impl KeyPlan {
    /// The key of the backend `id`; none where servers are chosen without one.
    ///
    /// # Errors
    /// What is wrong with an expression's argument, as only the whole configuration can show.
    pub fn compile(config: &Config, id: ProxyId) -> Result<Option<Box<Self>>, String> {
        let proxy = config.proxy(id);
        let Balance::Hash(key) = &proxy.balance else {
            return Ok(None);
        };
        let key = match key {
            HashKey::Source => Key::Source,
            HashKey::Uri(key) => Key::Uri(*key),
            HashKey::Parameter { name, in_body } => Key::Parameter {
                name: name.clone(),
                in_body: *in_body,
            },
            HashKey::Header { name, domain_only } => Key::Header {
                name: name.clone(),
                domain_only: *domain_only,
            },
            HashKey::RdpCookie(name) => Key::RdpCookie(name.clone()),
            HashKey::LogLine(line) => Key::LogLine(Expression::compile(config, id, line, Output::Str)?),
            HashKey::Sample(sample) => Key::Sample(Expression::compile(config, id, sample, Output::Bin)?),
        };
        Ok(Some(Box::new(Self {
            key,
            hash: proxy.hash_type,
        })))
    }

    /// Whether the body of a request is to be waited for.
    #[must_use]
    pub fn looks_at_body(&self) -> bool {
        matches!(self.key, Key::Parameter { in_body: true, .. })
    }

    /// The hash of a request's key; none for a request without one, which is balanced in turns.
    #[must_use]
    pub fn hash(&self, context: &SampleContext<'_>) -> Option<u32> {
        let key = match &self.key {
            // An address is a number already: no function is asked.
            Key::Source => return Some(self.mixed(address_number(context.client.src?.ip()))),
            Key::Uri(key) => uri(*key, context.request?.uri()),
            Key::Parameter { name, in_body } => {
                let request = context.request?;
                let target = request.uri();
                let query = memchr::memchr(b'?', target).map_or(&b""[..], |at| &target[at + 1..]);
                let in_body = *in_body && request.method() == b"POST";
                match parameter(query, name) {
                    None if in_body => parameter(context.body.data(context.arena), name)?,
                    found => found?,
                }
            }
            Key::Header { name, domain_only } => {
                let value = first_value(context.request?.headers(), name)?;
                if *domain_only { domain(value) } else { value }
            }
            // An empty one is as good as none.
            Key::RdpCookie(name) => rdp_cookie(context, name).filter(|cookie| !cookie.is_empty())?,
            Key::Sample(expression) => match expression.sample(context)? {
                Sample::Bin(bytes) => bytes,
                // It was cast to bytes.
                _ => return None,
            },
            // There is none of a request.
            Key::LogLine(_) => return None,
        };
        Some(self.mixed(hash_of(self.hash.function, key)))
    }

    /// The hash of what the converters of `balance log-hash` make of a line; none where they make nothing of it, and of other
    /// keys.
    #[must_use]
    pub fn hash_of_line<'a>(&self, context: &SampleContext<'a>, line: &'a [u8]) -> Option<u32> {
        let Key::LogLine(converters) = &self.key else {
            return None;
        };
        match converters.converted(context, Sample::Str(line))? {
            Sample::Str(key) => Some(self.mixed(hash_of(self.hash.function, key))),
            // It was cast to a text.
            _ => None,
        }
    }

    fn mixed(&self, hash: u32) -> u32 {
        if self.hash.avalanche {
            avalanche(hash)
        } else {
            hash
        }
    }
}

/// The number that an address is: that of IPv4, or the four parts of IPv6 laid over each other.
fn address_number(address: IpAddr) -> u32 {
    match address {
        IpAddr::V4(v4) => u32::from(v4),
        IpAddr::V6(v6) => {
            let all = u128::from(v6);
            (0..4).fold(0, |number, part| number ^ (all >> (32 * part)) as u32)
        }
    }
}

/// The part of a target that counts: nothing where it has no path and that is what is asked for.
fn uri(key: UriKey, target: &[u8]) -> &[u8] {
    let target = if key.path_only {
        path_start(target).map_or(&[][..], |at| &target[at..])
    } else {
        target
    };
    let most = key.len.map_or(target.len(), |len| target.len().min(len as usize));
    let mut slashes = 0;
    let ends = |byte: &u8| {
        if *byte == b'/' {
            slashes += 1;
            return key.depth.is_some_and(|depth| slashes > depth);
        }
        *byte == b'?' && !key.whole
    };
    let end = target[..most].iter().position(ends).unwrap_or(most);
    &target[..end]
}

/// The value of the first parameter of that name that has a `=`.
fn parameter<'a>(query: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let mut parts = query.split(|byte| *byte == b'&');
    parts.find_map(|part| part.strip_prefix(name)?.strip_prefix(b"="))
}

/// What the first header of a name says up to its first comma; none where that is nothing.
fn first_value<'a>(headers: Headers<'a>, name: &[u8]) -> Option<&'a [u8]> {
    let value = Parts::of(headers.get(name).next()?).next()?;
    (!value.is_empty()).then_some(value)
}

/// The label in front of the last one; the whole of a name that has but one, with what stands behind it.
fn domain(name: &[u8]) -> &[u8] {
    let Some(dot) = memchr::memrchr(b'.', name).filter(|dot| *dot > 0) else {
        return name;
    };
    // The byte in front of the dot belongs to it, whatever it is.
    let start = memchr::memrchr(b'.', &name[..dot - 1]).map_or(0, |before| before + 1);
    &name[start..dot]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_as_the_original_takes_them() {
        for (name, wanted) in [
            ("www.example.com:8080", "example"),
            ("example.com", "example"),
            ("localhost", "localhost"),
            ("foo:80", "foo:80"),
            ("a.b.c.d", "c"),
            (".x.y", "x"),
            ("x.y.", "y"),
            ("a..b", "a."),
            (".com", ".com"),
            ("com.", "com"),
            (".", "."),
            ("foo.bar baz.qux", "bar baz"),
        ] {
            assert_eq!(domain(name.as_bytes()), wanted.as_bytes(), "{name}");
        }
    }

    #[test]
    fn targets_are_cut_where_the_original_cuts_them() {
        let target = b"/aaa/bbb/ccc/ddd?x=1&y=/2/3";
        let key = UriKey::default();
        let cut = |key| String::from_utf8_lossy(uri(key, target)).into_owned();
        for (key, wanted) in [
            (key, "/aaa/bbb/ccc/ddd"),
            (UriKey { len: Some(4), ..key }, "/aaa"),
            (
                UriKey {
                    depth: Some(1),
                    ..key
                },
                "/aaa",
            ),
            (
                UriKey {
                    depth: Some(2),
                    ..key
                },
                "/aaa/bbb",
            ),
            (
                UriKey {
                    len: Some(6),
                    depth: Some(3),
                    ..key
                },
                "/aaa/b",
            ),
            (UriKey { whole: true, ..key }, "/aaa/bbb/ccc/ddd?x=1&y=/2/3"),
            (
                UriKey {
                    whole: true,
                    len: Some(20),
                    ..key
                },
                "/aaa/bbb/ccc/ddd?x=1",
            ),
        ] {
            assert_eq!(cut(key), wanted, "{key:?}");
        }
        let absolute = b"http://h/aaa/bbb?x";
        let depth = UriKey {
            depth: Some(1),
            ..key
        };
        assert_eq!(uri(depth, absolute), b"http:/");
        let path = UriKey {
            path_only: true,
            ..key
        };
        assert_eq!(uri(path, absolute), b"/aaa/bbb");
        assert_eq!(uri(depth, b"///a"), b"/");
        assert_eq!(uri(path, b"*"), b"");
    }
}
