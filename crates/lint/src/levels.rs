//! How grave the user wants findings to be: what a `holdfast-lint.toml` says.

use std::collections::BTreeMap;

use serde::Deserialize;
use syntax::{Diagnostic, Severity};

use crate::{haproxy, heartbeat, keepalived};

/// The level that a code is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// It is not told.
    Off,
    /// It is worth knowing.
    Note,
    /// It is a warning.
    Warning,
    /// It is an error.
    Error,
}

/// What is wrong with a file of levels.
#[derive(Debug, thiserror::Error)]
pub enum LevelsError {
    /// It is no such file.
    #[error("{0}")]
    Syntax(#[from] toml::de::Error),
    /// No finding has that code.
    #[error("there is no finding '{code}'{}", closest.as_ref().map(|code| format!(": '{code}'?")).unwrap_or_default())]
    UnknownCode {
        /// As written.
        code: String,
        /// What was probably meant.
        closest: Option<&'static str>,
    },
}

/// The levels that codes are given; the others keep their own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Levels {
    #[serde(default)]
    levels: BTreeMap<String, Level>,
}

impl Levels {
    /// Reads the text of a `holdfast-lint.toml`.
    ///
    /// # Errors
    /// When it is no TOML, has other keys than `levels`, or names a code that there is none of.
    pub fn read(text: &str) -> Result<Self, LevelsError> {
        let levels: Self = toml::from_str(text)?;
        for code in levels.levels.keys() {
            known(code)?;
        }
        Ok(levels)
    }

    /// Gives a code a level.
    ///
    /// # Errors
    /// When there is no such code.
    pub fn set(&mut self, code: &str, level: Level) -> Result<(), LevelsError> {
        known(code)?;
        self.levels.insert(code.to_owned(), level);
        Ok(())
    }

    /// The finding at its level; none when it is not to be told.
    pub(crate) fn apply(&self, mut finding: Diagnostic) -> Option<Diagnostic> {
        let Some(level) = self.levels.get(finding.code) else {
            return Some(finding);
        };
        finding.severity = match level {
            Level::Off => return None,
            Level::Note => Severity::Note,
            Level::Warning => Severity::Warning,
            Level::Error => Severity::Alert,
        };
        Some(finding)
    }
}

/// The codes of all languages.
pub(crate) fn all_codes() -> impl Iterator<Item = &'static str> {
    haproxy::codes()
        .chain(keepalived::codes())
        .chain(heartbeat::codes())
}

/// Whether a finding has that code.
pub(crate) fn known(code: &str) -> Result<(), LevelsError> {
    if all_codes().any(|known| known == code) {
        return Ok(());
    }
    let closest = syntax::closest(code.as_bytes(), all_codes());
    Err(LevelsError::UnknownCode {
        code: code.to_owned(),
        closest,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_given_to_codes_that_there_are() {
        let levels = Levels::read("[levels]\nunused-acl = \"off\"\nunused-backend = \"error\"\n")
            .expect("it is right");
        let finding = |code| Diagnostic::warning(code, "m");
        assert!(levels.apply(finding("unused-acl")).is_none());
        let raised = levels.apply(finding("unused-backend")).expect("it is told");
        assert_eq!(raised.severity, Severity::Alert);
        assert_eq!(levels.apply(finding("verify-none")), Some(finding("verify-none")));
        assert!(Levels::read("[levels]\nunused-acl = \"loud\"\n").is_err());
        assert!(Levels::read("[level]\n").is_err());
        let error = Levels::read("[levels]\nunused-acls = \"off\"\n").expect_err("there is no such code");
        assert!(error.to_string().contains("'unused-acl'?"), "{error}");
    }
}
