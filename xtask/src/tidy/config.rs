//! xtask/tidy.toml: which crates are pure, who may depend on whom, and the exceptions with their reasons.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::Deserialize;

/// The whole file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Config {
    pub(super) purity: Purity,
    /// For each crate of ours the crates of ours that it may depend on.
    pub(super) direction: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub(super) long_file: Vec<FileException>,
    #[serde(default)]
    pub(super) unsafe_file: Vec<FileException>,
}

/// The pure crates and what their dependency trees may not hold.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Purity {
    pub(super) crates: Vec<String>,
    pub(super) banned: Vec<String>,
    #[serde(default)]
    pub(super) exception: Vec<PurityException>,
}

/// A banned package that is in a pure crate's tree through a package that is innocent itself.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PurityException {
    /// The pure crate of ours.
    #[serde(rename = "crate")]
    pub(super) krate: String,
    /// The banned package.
    pub(super) package: String,
    /// The package that depends on it directly.
    pub(super) through: String,
    pub(super) reason: String,
}

/// A file that may break a rule.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileException {
    pub(super) path: PathBuf,
    pub(super) reason: String,
}

impl Config {
    /// Reads the file; an exception without a reason is an error.
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("in {}", path.display()))
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        let config: Self = toml::from_str(text)?;
        let files = config.long_file.iter().chain(&config.unsafe_file);
        let reasons = files
            .map(|file| &file.reason)
            .chain(config.purity.exception.iter().map(|e| &e.reason));
        for reason in reasons {
            anyhow::ensure!(
                reason.trim().len() >= 10,
                "a reason must be a sentence, not '{reason}'"
            );
        }
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exception_needs_a_reason() {
        let head = "[purity]\ncrates = []\nbanned = []\n[direction]\n";
        let with = |reason: &str| {
            Config::parse(&format!(
                "{head}[[long-file]]\npath = \"a.rs\"\nreason = \"{reason}\"\n"
            ))
        };
        assert!(with("a table that is read as one piece").is_ok());
        assert!(with("").is_err());
    }

    #[test]
    fn a_misspelt_field_is_an_error() {
        assert!(Config::parse("[purity]\ncrates = []\nbaned = []\n[direction]\n").is_err());
    }
}
