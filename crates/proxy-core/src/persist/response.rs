//! The persistence cookie in a response.

use haproxy_cfg::model::CookieRewrite;

use super::{ClientCookie, CookiePlan, CookieState, HeadEdits};
use crate::http1::ResponseRef;

/// What a response's cookie depends on.
#[derive(Clone, Copy, Debug)]
pub struct ResponseInput<'a> {
    /// The response as received.
    pub response: ResponseRef<'a>,
    /// What the request said.
    pub client: &'a ClientCookie,
    /// The request's method is POST.
    pub is_post: bool,
    /// The server that answered.
    pub server: usize,
    /// Seconds since the epoch.
    pub now: u64,
}

impl CookiePlan {
    /// Edits a response; gives the fourth letter of a log's termination state.
    pub fn edit_response(&self, input: &ResponseInput<'_>, edits: &mut HeadEdits) -> u8 {
        if self.policy.rewrite == CookieRewrite::Insert
            && !(input.client.state == CookieState::Valid && input.client.server == Some(input.server))
            && let Some(value) = self.values.get(input.server).and_then(Option::as_ref)
        {
            edits.add(b"set-cookie", &[&self.policy.name, b"=", value, b"; path=/"]);
            return b'I';
        }
        b'N'
    }
}
