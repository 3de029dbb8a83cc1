//! Which version's language is spoken, and whether its verdict or ours is asked for.

use std::str::FromStr;

use syntax::{Severity, Version};

/// The language version that a file is judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// Its version; defaults that changed between versions follow it.
    pub version: Version,
    /// Whether the verdict is exactly that version's. Without it, what any version accepted is read as that version meant
    /// it, with a warning that gives the modern form.
    pub strict: bool,
}

impl Dialect {
    /// The newest version whose whole language is known.
    pub const NEWEST: Version = Version::new(3, 5);

    /// The verdict of that very version.
    #[must_use]
    pub const fn exactly(major: u16, minor: u16) -> Self {
        Self {
            version: Version::new(major, minor),
            strict: true,
        }
    }

    /// What is said of a form that versions warn of since `warned` and refuse since `removed`; none when nothing is.
    ///
    /// A dialect that is not strict always warns, and reads it.
    #[must_use]
    pub(crate) fn of_old_form(self, warned: Option<Version>, removed: Option<Version>) -> Option<Severity> {
        let since = |version: Option<Version>| version.is_some_and(|since| since <= self.version);
        if !self.strict {
            Some(Severity::Warning)
        } else if since(removed) {
            Some(Severity::Alert)
        } else {
            since(warned).then_some(Severity::Warning)
        }
    }

    /// Whether what is done since `major.minor` is done as in it: not where the files are to mean what an older version meant.
    #[must_use]
    pub fn does_as(self, major: u16, minor: u16) -> bool {
        !self.strict || self.at_least(major, minor)
    }

    /// Whether the version is `major.minor` or a later one.
    #[must_use]
    pub fn at_least(self, major: u16, minor: u16) -> bool {
        self.version >= Version::new(major, minor)
    }
}

impl Default for Dialect {
    fn default() -> Self {
        Self {
            version: Self::NEWEST,
            strict: false,
        }
    }
}

/// A dialect that cannot be read, or that is later than [`Dialect::NEWEST`] or earlier than 1.3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownDialect(pub String);

impl std::fmt::Display for UnknownDialect {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            out,
            "unknown dialect '{}': write a version from 1.3 to {}, such as 2.6",
            self.0,
            Dialect::NEWEST
        )
    }
}

impl std::error::Error for UnknownDialect {}

impl FromStr for Dialect {
    type Err = UnknownDialect;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || UnknownDialect(text.to_owned());
        let (major, minor) = text.split_once('.').ok_or_else(unknown)?;
        let minor = minor.split('.').next().unwrap_or(minor);
        let major = major.parse().map_err(|_| unknown())?;
        let minor = minor.parse().map_err(|_| unknown())?;
        let dialect = Self::exactly(major, minor);
        if dialect.version < Version::new(1, 3) || dialect.version > Self::NEWEST {
            return Err(unknown());
        }
        Ok(dialect)
    }
}
