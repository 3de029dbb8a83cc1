//! Tables of keyword rows: a row with what acts on it, the short notation that tables are written in, and look-up by name.

use rustc_hash::FxHashMap;

use crate::{Arity, KeywordRow, Status, Version};

/// What a grammar's signatures are made of, in words.
pub trait Describe: Sized {
    /// A list of arguments as a user writes it, each behind a blank.
    fn describe(args: &[Self]) -> String;
}

impl Describe for () {
    fn describe(_args: &[Self]) -> String {
        String::new()
    }
}

/// A row and what acts on it. A row that is [`Status::Implemented`] has an `act`; one that is read only may have one that keeps
/// its value, for statistics or for what is to act on it. `A` is what the grammar's signatures are made of.
#[derive(Clone, Copy, Debug)]
pub struct Keyword<P, A: 'static = ()> {
    /// The facts.
    pub row: KeywordRow,
    /// What acts on it.
    pub act: Option<P>,
    /// What checks the arguments of a row that is only read.
    pub check: Option<P>,
    /// What its arguments are; none where a function of its own reads them.
    pub signature: Option<&'static [A]>,
}

/// A row that is read only, until [`Keyword::acts`] binds it.
#[must_use]
pub const fn kw<P: Copy, A>(
    name: &'static str,
    places: u32,
    arity: Arity,
    help: &'static str,
) -> Keyword<P, A> {
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
        signature: None,
    }
}

impl<P: Copy, A> Keyword<P, A> {
    /// Says what its arguments are.
    #[must_use]
    pub const fn takes(mut self, signature: &'static [A]) -> Self {
        self.signature = Some(signature);
        self
    }

    /// Binds what acts on it.
    #[must_use]
    pub const fn acts(mut self, act: P) -> Self {
        self.row.status = Status::Implemented;
        self.act = Some(act);
        self
    }

    /// Binds what keeps its value, though nothing acts on that yet: it stays read only, and a file that uses it is told.
    #[must_use]
    pub const fn keeps(mut self, keep: P) -> Self {
        self.act = Some(keep);
        self
    }

    /// Whether a file that uses it is to be told that nothing acts on it.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.row.status == Status::ReadOnly
    }

    /// Binds what checks the arguments of a row that is only read.
    #[must_use]
    pub const fn checked(mut self, check: P) -> Self {
        self.check = Some(check);
        self
    }

    /// Came with that version, or, for what came after 2.6, not before it.
    #[must_use]
    pub const fn since(mut self, major: u16, minor: u16) -> Self {
        self.row.since = Some(Version::new(major, minor));
        self
    }

    /// Warned of since that version.
    #[must_use]
    pub const fn warned(mut self, major: u16, minor: u16) -> Self {
        self.row.deprecated_since = Some(Version::new(major, minor));
        self
    }

    /// Refused since that version.
    #[must_use]
    pub const fn removed(mut self, major: u16, minor: u16) -> Self {
        self.row.removed_in = Some(Version::new(major, minor));
        self
    }

    /// What to write in its place.
    #[must_use]
    pub const fn instead(mut self, replacement: &'static str) -> Self {
        self.row.replacement = replacement;
        self
    }
}

/// Finds rows by name.
pub struct Index<P: 'static, A: 'static = ()>(FxHashMap<&'static [u8], &'static Keyword<P, A>>);

impl<P, A> Index<P, A> {
    /// An index of all rows of `tables`.
    #[must_use]
    pub fn new(tables: &'static [&'static [Keyword<P, A>]]) -> Self {
        Self(
            tables
                .iter()
                .flat_map(|rows| rows.iter())
                .map(|keyword| (keyword.row.name.as_bytes(), keyword))
                .collect(),
        )
    }

    /// The row of that name.
    #[must_use]
    pub fn find(&self, name: &[u8]) -> Option<&'static Keyword<P, A>> {
        self.0.get(name).copied()
    }

    /// All names, in no order.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.0.values().map(|keyword| keyword.row.name)
    }
}
