//! The row that declares a keyword once, for the parser, the checks, the listings and the documentation.

use std::fmt;

/// A version of the original program, `MAJOR.MINOR`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// Before the dot.
    pub major: u16,
    /// Behind it.
    pub minor: u16,
}

impl Version {
    /// `MAJOR.MINOR`.
    #[must_use]
    pub const fn new(major: u16, minor: u16) -> Self {
        Self { major, minor }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}", self.major, self.minor)
    }
}

/// How many arguments a keyword takes, itself not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arity {
    /// At least.
    pub min: u8,
    /// At most; `u8::MAX` is without limit.
    pub max: u8,
}

impl Arity {
    /// Any number of arguments.
    pub const ANY: Self = Self { min: 0, max: u8::MAX };

    /// Exactly `count`.
    #[must_use]
    pub const fn exactly(count: u8) -> Self {
        Self {
            min: count,
            max: count,
        }
    }

    /// `min` or more.
    #[must_use]
    pub const fn at_least(min: u8) -> Self {
        Self { min, max: u8::MAX }
    }

    /// From `min` to `max`.
    #[must_use]
    pub const fn between(min: u8, max: u8) -> Self {
        Self { min, max }
    }
}

/// Whether what a keyword says is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Its meaning is carried out.
    Implemented,
    /// It is read and checked; what it asks for is not done yet, and a file that uses it is told.
    ReadOnly,
}

/// One keyword in one kind of place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeywordRow {
    /// As it is written.
    pub name: &'static str,
    /// Where it may stand: a set of bits that the grammar defines.
    pub places: u32,
    /// How many arguments follow.
    pub arity: Arity,
    /// First version that has it; none when every version that anybody runs has it.
    pub since: Option<Version>,
    /// First version that warns of it.
    pub deprecated_since: Option<Version>,
    /// First version that refuses it.
    pub removed_in: Option<Version>,
    /// What to write instead; empty when nothing is to be written.
    pub replacement: &'static str,
    /// What it is for, in a few words.
    pub help: &'static str,
    /// Whether it is acted on.
    pub status: Status,
}
