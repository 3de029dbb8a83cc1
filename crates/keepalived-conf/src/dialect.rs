//! Versions of the language.

use std::fmt;
use std::str::FromStr;

use syntax::Version;

/// A version of keepalived, and whether its verdict is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// The version.
    pub version: Version,
    /// Whether that version's verdict on the file is given, instead of ours.
    pub strict: bool,
}

/// A text that names no version of keepalived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownDialect(String);

impl Default for Dialect {
    /// The newest language, with all that older versions read.
    fn default() -> Self {
        Self {
            version: Version::new(2, 4),
            strict: false,
        }
    }
}

impl Dialect {
    /// That version's verdict.
    #[must_use]
    pub const fn strict(major: u16, minor: u16) -> Self {
        Self {
            version: Version::new(major, minor),
            strict: true,
        }
    }
}

impl FromStr for Dialect {
    type Err = UnknownDialect;

    /// `MAJOR.MINOR`, from 1.2 to 2.4; what follows a second dot is not looked at.
    fn from_str(text: &str) -> Result<Self, UnknownDialect> {
        let unknown = || UnknownDialect(text.to_owned());
        let mut parts = text.splitn(3, '.');
        let mut number = || parts.next().and_then(|part| part.parse().ok());
        let (Some(major), Some(minor)) = (number(), number()) else {
            return Err(unknown());
        };
        let version = Version::new(major, minor);
        let known = version >= Version::new(1, 2) && version <= Version::new(2, 4);
        if known {
            Ok(Self {
                version,
                strict: true,
            })
        } else {
            Err(unknown())
        }
    }
}

impl fmt::Display for UnknownDialect {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "'{}' is no version of keepalived that is known: write one from 1.2 to 2.4",
            self.0
        )
    }
}

impl std::error::Error for UnknownDialect {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_and_others_refused() {
        assert_eq!("2.2".parse(), Ok(Dialect::strict(2, 2)));
        assert_eq!("2.2.7".parse(), Ok(Dialect::strict(2, 2)));
        for bad in ["", "2", "1.1", "2.5", "x.y"] {
            assert!(bad.parse::<Dialect>().is_err(), "{bad}");
        }
    }
}
