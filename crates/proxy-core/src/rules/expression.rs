//! Regular expressions over bytes. What the linear engine does not do (look-around, back references), a backtracking one does.

use regex::bytes::{RegexSet, RegexSetBuilder};

use super::pattern::Line;

/// Steps after which a backtracking expression gives up and does not match.
pub(crate) const BACKTRACK_LIMIT: usize = 100_000;

/// Bytes that the compiled expressions of a line may take.
pub(crate) const SIZE_LIMIT: usize = 1 << 30;

/// The expressions of one ACL line.
#[derive(Debug)]
pub(super) struct Expressions {
    linear: RegexSet,
    backtracking: Vec<fancy_regex::Regex>,
}

impl Expressions {
    /// Compiles the patterns of a line.
    pub(super) fn new(patterns: &[(Vec<u8>, Line)], ignore_case: bool) -> Result<Self, String> {
        let sources: Vec<String> = patterns.iter().map(|(pattern, _)| escaped(pattern)).collect();
        // Nearly always one engine does them all.
        if let Ok(linear) = set(&sources, ignore_case) {
            return Ok(Self {
                linear,
                backtracking: Vec::new(),
            });
        }
        let mut linear = Vec::new();
        let mut backtracking = Vec::new();
        for ((pattern, _), source) in patterns.iter().zip(sources) {
            match set(std::slice::from_ref(&source), ignore_case) {
                Ok(_) => linear.push(source),
                Err(refused) => {
                    let compiled = fancy_regex::RegexBuilder::new(&latin1(pattern))
                        .case_insensitive(ignore_case)
                        .backtrack_limit(BACKTRACK_LIMIT)
                        .build()
                        .map_err(|_| refused.to_string())?;
                    backtracking.push(compiled);
                }
            }
        }
        Ok(Self {
            linear: set(&linear, ignore_case).map_err(|error| error.to_string())?,
            backtracking,
        })
    }

    /// Whether one of them matches.
    pub(super) fn matches(&self, value: &[u8]) -> bool {
        if self.linear.is_match(value) {
            return true;
        }
        if self.backtracking.is_empty() {
            return false;
        }
        let text = latin1(value);
        // An expression that reaches its limit is taken as one that does not match.
        self.backtracking
            .iter()
            .any(|expression| expression.is_match(&text).unwrap_or(false))
    }
}

fn set(sources: &[String], ignore_case: bool) -> Result<RegexSet, regex::Error> {
    RegexSetBuilder::new(sources)
        .unicode(false)
        .case_insensitive(ignore_case)
        .size_limit(SIZE_LIMIT)
        .build()
}

/// The pattern with bytes outside of ASCII as escapes.
pub(crate) fn escaped(pattern: &[u8]) -> String {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut source = String::with_capacity(pattern.len());
    for &byte in pattern {
        if byte.is_ascii() {
            source.push(byte.into());
        } else {
            source.push_str("\\x");
            source.push(HEX[usize::from(byte >> 4)].into());
            source.push(HEX[usize::from(byte & 15)].into());
        }
    }
    source
}

/// One character for each byte, so that an engine for text sees bytes.
pub(crate) fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}
