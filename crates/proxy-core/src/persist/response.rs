//! The persistence cookie in a response.

use haproxy_cfg::model::CookieRewrite;

use super::cacheable::is_cacheable;
use super::crumbs::{Crumb, Crumbs};
use super::{ClientCookie, CookiePlan, HeadEdits, dates};
use crate::http1::ResponseRef;
use crate::state::ProxyState;

/// What a response's cookie depends on.
#[derive(Clone, Copy, Debug)]
pub struct ResponseInput<'a> {
    /// The response as received.
    pub response: ResponseRef<'a>,
    /// What the request said.
    pub client: &'a ClientCookie,
    /// The request's method.
    pub method: &'a [u8],
    /// The backend's state.
    pub state: &'a ProxyState,
    /// The server that answered.
    pub server: usize,
    /// Seconds since the epoch.
    pub now: u64,
}

impl CookiePlan {
    /// Edits a response; gives the fourth letter of a log's termination state.
    pub fn edit_response(&self, input: &ResponseInput<'_>, edits: &mut HeadEdits) -> u8 {
        let policy = &self.policy;
        if self.only_reads() {
            return b'-';
        }
        if input.client.ignored {
            return b'N';
        }
        let mut letter = self.edit_servers_cookies(input, edits);
        if policy.rewrite != CookieRewrite::Insert
            || letter == b'P'
            || policy.postonly && input.method != b"POST"
        {
            return letter;
        }
        let same = input.client.server == Some(input.server);
        if !same {
            letter = b'I';
        } else if self.is_outdated(input) {
            letter = b'U';
        } else {
            return letter;
        }
        edits.add_with(b"set-cookie", |out| self.write_cookie(out, input, same));
        if policy.nocache && is_cacheable(input.method, input.response) {
            edits.add(b"cache-control", &[b"private"]);
        }
        letter
    }

    /// Removes, keeps or rewrites what the server set itself.
    fn edit_servers_cookies(&self, input: &ResponseInput<'_>, edits: &mut HeadEdits) -> u8 {
        let policy = &self.policy;
        let values = self.values(input.state);
        let own = values.values.get(input.server).and_then(Option::as_deref);
        let mut letter = b'N';
        for (header, (name, line)) in input.response.headers().iter().enumerate() {
            if !name.eq_ignore_ascii_case(b"set-cookie") && !name.eq_ignore_ascii_case(b"set-cookie2") {
                continue;
            }
            let Some((crumb, value)) = first_pair(line) else {
                continue;
            };
            let rest = &line[value.end..];
            let before = &line[..crumb.name.end];
            if line[crumb.name.clone()] != *policy.name {
                if crumb.is_spaced() {
                    edits.replace(header, &[before, b"=", &line[value.start..]]);
                }
                continue;
            }
            let already = input.client.server == Some(input.server);
            match (policy.rewrite, own) {
                (CookieRewrite::Insert, _) if !policy.preserve => {
                    edits.remove(header);
                    letter = b'D';
                }
                (CookieRewrite::Passive, _) if !policy.preserve && already => {
                    edits.remove(header);
                    letter = b'D';
                }
                (CookieRewrite::Rewrite, Some(own)) => {
                    edits.replace(header, &[before, b"=", own, rest]);
                    letter = b'R';
                }
                (CookieRewrite::Prefix, Some(own)) => {
                    edits.replace(header, &[before, b"=", own, b"~", &line[value.start..]]);
                    letter = b'R';
                }
                _ => {
                    if crumb.is_spaced() {
                        edits.replace(header, &[before, b"=", &line[value.start..]]);
                    }
                    letter = b'P';
                }
            }
        }
        letter
    }

    /// Whether the dates in a cookie that leads to the server that answered must be brought up to date.
    fn is_outdated(&self, input: &ResponseInput<'_>) -> bool {
        let ClientCookie {
            first_date,
            last_date,
            ..
        } = *input.client;
        let policy = &self.policy;
        last_date.map_or(policy.maxidle.is_some(), |last| last < input.now.cast_signed())
            || first_date.is_some() != policy.maxlife.is_some()
    }

    /// `NAME=VALUE; path=/` with dates and attributes. A server without a cookie makes the client forget the one it has.
    fn write_cookie(&self, out: &mut Vec<u8>, input: &ResponseInput<'_>, same: bool) {
        let policy = &self.policy;
        out.extend_from_slice(&policy.name);
        out.push(b'=');
        if let Some(own) = self
            .values(input.state)
            .values
            .get(input.server)
            .and_then(Option::as_ref)
        {
            out.extend_from_slice(own);
            if policy.maxidle.is_some() || policy.maxlife.is_some() {
                out.push(b'|');
                dates::write(out, input.now);
            }
            if policy.maxlife.is_some() {
                out.push(b'|');
                let first = input.client.first_date.filter(|_| same);
                dates::write(out, first.map_or(input.now, i64::cast_unsigned));
            }
            out.extend_from_slice(b"; path=/");
        } else {
            out.extend_from_slice(b"; Expires=Thu, 01-Jan-1970 00:00:01 GMT; path=/");
        }
        for domain in &policy.domains {
            out.extend_from_slice(b"; domain=");
            out.extend_from_slice(domain);
        }
        if policy.httponly {
            out.extend_from_slice(b"; HttpOnly");
        }
        if policy.secure {
            out.extend_from_slice(b"; Secure");
        }
        for attr in &policy.attrs {
            out.extend_from_slice(b"; ");
            out.extend_from_slice(attr);
        }
    }
}

/// The cookie that a `Set-Cookie` line sets, if it sets one.
fn first_pair(line: &[u8]) -> Option<(Crumb, std::ops::Range<usize>)> {
    let crumb = Crumbs::of(line).next()?;
    let value = crumb.value.clone()?;
    Some((crumb, value))
}
