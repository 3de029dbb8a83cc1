//! The persistence cookie in a request.

use haproxy_cfg::model::CookieRewrite;

use super::crumbs::{Crumb, Crumbs, is_blank};
use super::plan::Named;
use super::{CookiePlan, HeadEdits, dates};
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

impl ClientCookie {
    /// Something else chose the server, if one was chosen. `ignored` is whether the response's cookies are left alone as well.
    pub fn overrule(&mut self, server: Option<usize>, ignored: bool) {
        if !matches!(self.state, CookieState::Off | CookieState::None) {
            self.state = CookieState::Unused;
        }
        self.server = server;
        self.overruled = true;
        self.ignored |= ignored;
    }
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
    pub first_date: Option<i64>,
    /// When the cookie was last given, seconds since the epoch, if it says.
    pub last_date: Option<i64>,
    /// Something else chose the server.
    pub overruled: bool,
    /// A rule has persistence ignored: nothing is done about the response's cookies.
    pub ignored: bool,
}

/// What becomes of a `Cookie` line.
enum Line {
    AsItIs,
    Changed,
    Gone,
}

impl CookiePlan {
    /// Looks for the cookie in a request. `edits` gets what must change before the server sees the request (`insert
    /// indirect`, `prefix`); `now` is in seconds since the epoch.
    pub fn read_request(
        &self,
        request: RequestRef<'_>,
        state: &ProxyState,
        (now, forced): (u64, bool),
        edits: &mut HeadEdits,
    ) -> ClientCookie {
        let mut found = ClientCookie {
            state: CookieState::None,
            ..ClientCookie::default()
        };
        for (header, (name, line)) in request.headers().iter().enumerate() {
            if !name.eq_ignore_ascii_case(b"cookie") {
                continue;
            }
            for crumb in Crumbs::of(line) {
                if let Some(value) = self.value_of(line, &crumb) {
                    self.judge(value, (state, forced), now.cast_signed(), &mut found);
                }
            }
            edits.replace_with(header, |out| match self.rewritten(line, out) {
                Line::AsItIs => None,
                Line::Changed => Some(true),
                Line::Gone => Some(false),
            });
        }
        found
    }

    /// The value, if the crumb is this policy's cookie.
    fn value_of<'a>(&self, line: &'a [u8], crumb: &Crumb) -> Option<&'a [u8]> {
        let value = crumb.value.clone()?;
        (line[crumb.name.clone()] == *self.policy.name).then(|| &line[value])
    }

    /// Takes one cookie into account: the first that names a server to use counts.
    fn judge(&self, value: &[u8], (state, forced): (&ProxyState, bool), now: i64, found: &mut ClientCookie) {
        if found.server.is_some() {
            return;
        }
        let prefixed = self.policy.rewrite == CookieRewrite::Prefix;
        let (value, last, first) = if prefixed {
            let tilde = memchr::memchr(b'~', value).unwrap_or(value.len());
            (&value[..tilde], None, None)
        } else {
            dates::split(value)
        };
        let over = |date: Option<i64>, longest: Option<u32>| matches!((date, longest), (Some(date), Some(longest)) if dates::is_over(date, now, longest));
        if over(first, self.policy.maxlife) {
            found.state = CookieState::Old;
            return;
        }
        if over(last, self.policy.maxidle) {
            found.state = CookieState::Expired;
            return;
        }
        match self.named(value, state, forced) {
            Named::Server(server) => {
                *found = ClientCookie {
                    state: CookieState::Valid,
                    server: Some(server),
                    first_date: first,
                    last_date: last,
                    ..ClientCookie::default()
                };
            }
            Named::DownYetUsed(server) => {
                *found = ClientCookie {
                    state: CookieState::Down,
                    server: Some(server),
                    first_date: first,
                    last_date: last,
                    ..ClientCookie::default()
                };
            }
            Named::Down => found.state = CookieState::Down,
            Named::Nobody if found.state == CookieState::None => found.state = CookieState::Invalid,
            Named::Nobody => {}
        }
    }

    /// Writes the line as the server is to see it: without the cookie (and the `$` attributes that follow it), or with the
    /// cookie's prefix taken off; and without white space around `=`.
    fn rewritten(&self, line: &[u8], out: &mut Vec<u8>) -> Line {
        let start = out.len();
        let prefixed = self.policy.rewrite == CookieRewrite::Prefix;
        let mut changed = false;
        let mut kept_any = false;
        let mut kept_cookie = false;
        let mut dropping = false;
        let mut end = 0;
        for crumb in Crumbs::of(line) {
            end = crumb.end;
            let ours = self.value_of(line, &crumb);
            let attribute = line.get(crumb.name.start) == Some(&b'$') && !crumb.name.is_empty();
            if ours.is_some() && self.hides() || dropping && attribute {
                dropping = true;
                changed = true;
                continue;
            }
            kept_cookie |= !attribute && !crumb.is_empty();
            let mut begin = crumb.begin;
            if dropping {
                while begin < crumb.end && is_blank(line[begin]) {
                    begin += 1;
                }
                if kept_any {
                    trim_end(out, start);
                    out.extend_from_slice(&[line[crumb.begin - 1], b' ']);
                }
                dropping = false;
            } else if kept_any {
                out.push(line[crumb.begin - 1]);
            }
            kept_any = true;
            let Some(value) = &crumb.value else {
                out.extend_from_slice(&line[begin..crumb.end]);
                continue;
            };
            changed |= crumb.is_spaced();
            out.extend_from_slice(&line[begin..crumb.name.end]);
            out.push(b'=');
            let tilde = ours
                .filter(|_| prefixed)
                .and_then(|value| memchr::memchr(b'~', value));
            let skipped = tilde.map_or(0, |tilde| tilde + 1);
            changed |= skipped > 0;
            out.extend_from_slice(&line[value.start + skipped..crumb.end]);
        }
        if !changed {
            return Line::AsItIs;
        }
        if dropping && !kept_cookie {
            return Line::Gone;
        }
        if let Some(&delimiter) = line.get(end) {
            if dropping {
                trim_end(out, start);
                out.extend_from_slice(&[delimiter, b' ']);
            } else {
                out.push(delimiter);
            }
        }
        Line::Changed
    }
}

/// Takes white space off the end of what was written since `start`.
fn trim_end(out: &mut Vec<u8>, start: usize) {
    while out.len() > start && out.last().is_some_and(|&b| is_blank(b)) {
        out.pop();
    }
}
