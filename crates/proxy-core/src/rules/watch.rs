//! Telling what rules do, one by one, to someone who wants to know why a request went where it went.

use haproxy_cfg::model::{ProxyId, RuleSet};

use super::Truth;

/// Is told of rules at work.
pub trait Watch: std::fmt::Debug {
    /// A rule was looked at, in the order of the file.
    fn looked(&self, told: Told);
}

/// Which rule of a proxy it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleNumber {
    /// Of a rule set, counted from 0.
    Set(RuleSet, usize),
    /// Of `use_backend`, counted from 0.
    Switch(usize),
    /// Of `use-server`, counted from 0.
    Server(usize),
    /// Of `force-persist` and `ignore-persist`, counted from 0.
    Persistence(usize),
}

/// What became of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Whose it is.
    pub proxy: ProxyId,
    /// Which one.
    pub rule: RuleNumber,
    /// Whether it applies.
    pub truth: Truth,
    /// The ACLs of its condition that were looked at, in their order; what stands behind the deciding one was not.
    pub terms: Vec<TermTold>,
    /// What it did, where it applies and does something at once.
    pub done: Option<Done>,
}

/// An ACL of a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TermTold {
    /// Preceded by `!`.
    pub negated: bool,
    /// Whether it holds, `!` taken into account.
    pub truth: Truth,
    /// Its lines.
    pub lines: Vec<LineTold>,
}

/// A line of an ACL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineTold {
    /// Its number among those of the proxy, from 0.
    pub line: u32,
    /// Whether it matches.
    pub truth: Truth,
    /// What was compared; none where looking once more would count once more.
    pub values: Option<Vec<Vec<u8>>>,
}

/// What an action did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// What comes next, in words.
    pub what: &'static str,
    /// The status that the client gets, where it is answered by that.
    pub status: Option<u16>,
    /// No further rule of the set is looked at.
    pub is_final: bool,
}
