//! `stats …` in a proxy (manual, section 4.2).

use super::{Cond, Word};

/// The statistics page of a proxy.
#[derive(Clone, Debug)]
pub struct StatsSettings {
    /// `stats uri`, `/haproxy?stats` unless given.
    pub uri: Word,
    /// `stats realm`, `HAProxy Statistics` unless given.
    pub realm: Word,
    /// `stats auth` users; none means that everybody may look.
    pub auth: Vec<StatsAuth>,
    /// `stats hide-version` (the default since 3.4), `stats show-version`.
    pub hide_version: bool,
    /// `stats refresh`, seconds.
    pub refresh: Option<u32>,
    /// `stats show-node`: the outer option is the keyword, the inner one its argument.
    pub show_node: Option<Option<Word>>,
    /// `stats show-desc`: the outer option is the keyword, the inner one its argument.
    pub show_desc: Option<Option<Word>>,
    /// `stats live-page`: where the live page is.
    pub live: Option<Word>,
    /// `stats show-legends`.
    pub show_legends: bool,
    /// `stats scope` names; `.` is the proxy itself; empty means all.
    pub scope: Vec<Word>,
    /// `stats admin` rules: the first one whose condition holds allows the form.
    pub admin: Vec<StatsAdmin>,
}

/// One `stats auth`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatsAuth {
    /// User name.
    pub user: Word,
    /// Password in clear.
    pub password: Word,
}

/// One `stats admin`.
#[derive(Clone, Debug)]
pub struct StatsAdmin {
    /// When the form may be used.
    pub cond: Cond,
}
