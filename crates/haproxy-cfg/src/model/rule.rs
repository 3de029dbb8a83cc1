//! Rules that edit headers. The old `reqadd` and `rspadd` family ends here as well.

use syntax::Span;

use super::{Cond, Word};

/// One rule of a request's or a response's rule set, in the order of the file.
#[derive(Clone, Debug)]
pub struct HeaderRule {
    /// What it does.
    pub action: HeaderRuleAction,
    /// When.
    pub cond: Option<Cond>,
    /// Where it stands.
    pub span: Span,
}

/// What a header rule does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderRuleAction {
    /// `reqadd LINE`, `rspadd LINE`: the line is added as it is, colon and all.
    AddLine(Word),
    /// `http-request add-header NAME VALUE`, `http-response …`, with a value that holds no `%` expression.
    Add {
        /// Header name.
        name: Word,
        /// Header value.
        value: Word,
    },
    /// `… set-header NAME VALUE`, likewise.
    Set {
        /// Header name.
        name: Word,
        /// Header value.
        value: Word,
    },
    /// `… del-header NAME`.
    Del {
        /// Header name.
        name: Word,
    },
    /// `http-request deny [deny_status CODE]`.
    Deny {
        /// The status answered.
        status: u16,
    },
    /// `http-request allow`: ends the rule set.
    Allow,
    /// `http-request tarpit [deny_status CODE]`.
    Tarpit {
        /// The status answered once `timeout tarpit` has passed.
        status: u16,
    },
}
