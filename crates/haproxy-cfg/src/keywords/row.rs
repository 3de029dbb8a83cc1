//! A keyword row with what acts on it, and the short notation that the tables are written in.

use syntax::{Arity, KeywordRow, Status, Version};

use crate::parse::{Line, Reading};

/// Where a keyword may stand, as bits of [`KeywordRow::places`].
pub mod place {
    /// `global`.
    pub const GLOBAL: u32 = 1;
    /// `defaults` without a name.
    pub const ANONYMOUS_DEFAULTS: u32 = 1 << 1;
    /// `defaults` with a name.
    pub const NAMED_DEFAULTS: u32 = 1 << 2;
    /// Any `defaults`.
    pub const DEFAULTS: u32 = ANONYMOUS_DEFAULTS | NAMED_DEFAULTS;
    /// `frontend`.
    pub const FRONTEND: u32 = 1 << 3;
    /// `backend`.
    pub const BACKEND: u32 = 1 << 4;
    /// `listen`.
    pub const LISTEN: u32 = 1 << 5;
    /// The section line itself.
    pub const TOP: u32 = 1 << 6;
    /// `bind` lines.
    pub const BIND: u32 = 1 << 7;
    /// `server` and `default-server` lines.
    pub const SERVER: u32 = 1 << 8;
    /// Sections that are only read.
    pub const OTHER: u32 = 1 << 9;

    /// What takes connections.
    pub const FE: u32 = FRONTEND | LISTEN;
    /// What has servers.
    pub const BE: u32 = BACKEND | LISTEN;
    /// Every proxy.
    pub const PX: u32 = FRONTEND | LISTEN | BACKEND;
}

/// Rule sets that an action may stand in, as bits of [`KeywordRow::places`].
pub mod rule_set {
    /// `tcp-request connection`.
    pub const TCP_CONN: u32 = 1;
    /// `tcp-request session`.
    pub const TCP_SESS: u32 = 1 << 1;
    /// `tcp-request content`.
    pub const TCP_REQ: u32 = 1 << 2;
    /// `tcp-response content`.
    pub const TCP_RES: u32 = 1 << 3;
    /// `http-request`.
    pub const HTTP_REQ: u32 = 1 << 4;
    /// `http-response`.
    pub const HTTP_RES: u32 = 1 << 5;
    /// `http-after-response`.
    pub const HTTP_AFTER: u32 = 1 << 6;
}

/// What carries a line out.
pub(crate) type Parse = for<'h> fn(&mut Reading<'h>, &Line<'_>);

/// A row and what acts on it. A row that is [`Status::Implemented`] has an `act`; one that is read only may have one that keeps
/// its value, for statistics or for what is to act on it.
#[derive(Clone, Copy, Debug)]
pub struct Keyword<P> {
    /// The facts.
    pub row: KeywordRow,
    /// What acts on it.
    pub(crate) act: Option<P>,
    /// What checks the arguments of a row that is only read.
    pub(crate) check: Option<P>,
}

/// A row that is read only, until [`Keyword::acts`] binds it.
pub(crate) const fn kw<P: Copy>(
    name: &'static str,
    places: u32,
    arity: Arity,
    help: &'static str,
) -> Keyword<P> {
    Keyword {
        row: KeywordRow {
            name,
            places,
            arity,
            since: None,
            deprecated_since: None,
            removed_in: None,
            replacement: "",
            help,
            status: Status::ReadOnly,
        },
        act: None,
        check: None,
    }
}

impl<P: Copy> Keyword<P> {
    /// Binds what acts on it.
    pub(crate) const fn acts(mut self, act: P) -> Self {
        self.row.status = Status::Implemented;
        self.act = Some(act);
        self
    }

    /// Binds what keeps its value, though nothing acts on that yet: it stays read only, and a file that uses it is told.
    pub(crate) const fn keeps(mut self, keep: P) -> Self {
        self.act = Some(keep);
        self
    }

    /// Whether a file that uses it is to be told that nothing acts on it.
    pub(crate) fn is_read_only(&self) -> bool {
        self.row.status == Status::ReadOnly
    }

    /// Binds what checks the arguments of a row that is only read.
    pub(crate) const fn checked(mut self, check: P) -> Self {
        self.check = Some(check);
        self
    }

    /// Came with that version, or, for what came after 2.6, not before it.
    pub(crate) const fn since(mut self, major: u16, minor: u16) -> Self {
        self.row.since = Some(Version::new(major, minor));
        self
    }

    /// Warned of since that version.
    pub(crate) const fn warned(mut self, major: u16, minor: u16) -> Self {
        self.row.deprecated_since = Some(Version::new(major, minor));
        self
    }

    /// Refused since that version.
    pub(crate) const fn removed(mut self, major: u16, minor: u16) -> Self {
        self.row.removed_in = Some(Version::new(major, minor));
        self
    }

    /// What to write in its place.
    pub(crate) const fn instead(mut self, replacement: &'static str) -> Self {
        self.row.replacement = replacement;
        self
    }
}
