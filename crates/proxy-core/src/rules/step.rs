//! What the rules say comes next.

use super::action::reply::Reply;

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
    /// A header could not be changed, in strict mode.
    Failed,
}
