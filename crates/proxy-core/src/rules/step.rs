//! What the rules say comes next.

use haproxy_cfg::model::Millis;

use super::{Done, Lookup};
use crate::answer::Reply;

/// How far a body is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AwaitBody {
    /// The longest time.
    pub time: Millis,
    /// So many bytes of it are enough; all of them, or a full buffer, in any case.
    pub enough: Option<u64>,
}

/// What comes after an action.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub enum Step<'p> {
    /// The next rule.
    Next,
    /// The next rule, which sees another message.
    Edited,
    /// The next rule, which sees other addresses.
    Readdressed,
    /// No further rule of the set.
    Stop,
    /// The same rule again, once more bytes are there.
    Wait,
    /// The message is refused.
    Deny(&'p Reply),
    /// The request is refused after `timeout tarpit`.
    Tarpit(&'p Reply),
    /// The request is answered here.
    Return(&'p Reply),
    /// The client is sent elsewhere, with this status: the answer is put together.
    Redirect(u16),
    /// The client is asked for a password, for this realm.
    Authenticate(&'p [u8]),
    /// The early answer that stands in [`super::Exec::hints`] is to be ended and sent; then the next rule.
    Hint,
    /// The page for Prometheus answers.
    Metrics,
    /// The next rule, that many milliseconds later.
    Pause(Millis),
    /// The next rule, once the name is looked up and its address kept.
    Resolve(&'p Lookup),
    /// The next rule, once the message's body has come as far as that.
    AwaitBody(AwaitBody),
    /// The request is refused as one that is malformed.
    Malformed,
    /// The client's connection is closed without a word.
    Reject,
    /// The client's connection is left without its peer being told; a reset that cannot be helped goes this many hops.
    Vanish(Option<u8>),
    /// The server's connection is closed.
    Close,
    /// The connection goes on as one of HTTP.
    SwitchMode,
    /// A header could not be changed, in strict mode.
    Failed,
    /// What an action was given makes no sense at all, whatever the mode: an internal error.
    Broken,
}

impl Step<'_> {
    /// Whether the request is answered here, or refused.
    #[must_use]
    pub fn answers(&self) -> bool {
        self.is_final() && !matches!(self, Step::Stop)
    }

    /// What it is, in words.
    pub(super) fn told(&self) -> Done {
        let (what, status) = match self {
            Step::Next | Step::Edited | Step::Readdressed => ("applied", None),
            Step::Stop => ("no further rule of the set", None),
            Step::Wait => ("waits for more of the message", None),
            Step::Deny(reply) => ("refused", Some(reply.status)),
            Step::Tarpit(reply) => ("held back, then refused", Some(reply.status)),
            Step::Return(reply) => ("answered", Some(reply.status)),
            Step::Redirect(status) => ("sent elsewhere", Some(*status)),
            Step::Authenticate(_) => ("asked for a password", Some(401)),
            Step::Hint => ("an early answer is sent", Some(103)),
            Step::Metrics => ("answered with the page for Prometheus", Some(200)),
            Step::Pause(_) => ("held back for a while", None),
            Step::Resolve(_) => ("asks the name servers", None),
            Step::AwaitBody(_) => ("waits for the body", None),
            Step::Malformed => ("refused as malformed", Some(400)),
            Step::Reject => ("closed without an answer", None),
            Step::Vanish(_) => ("dropped silently", None),
            Step::Close => ("the server's connection is closed", None),
            Step::SwitchMode => ("goes on in HTTP", None),
            Step::Failed | Step::Broken => ("failed", Some(500)),
        };
        Done {
            what,
            status,
            is_final: self.is_final(),
        }
    }

    /// Whether the set is done with.
    pub(super) fn is_final(&self) -> bool {
        match self {
            Step::Next
            | Step::Edited
            | Step::Readdressed
            | Step::Wait
            | Step::Hint
            | Step::Pause(_)
            | Step::Resolve(_)
            | Step::AwaitBody(_) => false,
            Step::Stop
            | Step::Deny(_)
            | Step::Tarpit(_)
            | Step::Return(_)
            | Step::Redirect(_)
            | Step::Authenticate(_)
            | Step::Metrics
            | Step::Malformed
            | Step::Reject
            | Step::Vanish(_)
            | Step::Close
            | Step::SwitchMode
            | Step::Failed
            | Step::Broken => true,
        }
    }
}
