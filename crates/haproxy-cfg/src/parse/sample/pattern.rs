//! What lines of a configuration say of patterns besides the patterns themselves: operators in front of numbers, and the
//! files that hold patterns.

use std::net::IpAddr;
use std::sync::Arc;

use crate::model::{MatchKind, Pattern};
use crate::parse::Reading;

pub(in crate::parse) use crate::pattern::{Rules, hexadecimal};

/// Reads one pattern, with the machine's names.
///
/// # Errors
/// The original's words for what is wrong, without a full stop.
pub(in crate::parse) fn read(
    reading: &Reading<'_>,
    matcher: MatchKind,
    rules: Rules,
    text: &[u8],
) -> Result<Option<Pattern>, String> {
    let resolve = |name: &str| -> Option<IpAddr> {
        let address = reading.host.resolve(name)?;
        reading
            .written
            .pattern_names
            .borrow_mut()
            .insert(name.to_owned(), address);
        Some(address)
    };
    crate::pattern::read(matcher, rules, text, &resolve)
}

/// The same, of which only the fault is wanted: texts that stand for themselves are not copied.
///
/// # Errors
/// The original's words for what is wrong, without a full stop.
pub(in crate::parse) fn check(
    reading: &Reading<'_>,
    matcher: MatchKind,
    rules: Rules,
    text: &[u8],
) -> Result<(), String> {
    match matcher {
        MatchKind::Int | MatchKind::Len | MatchKind::Ip | MatchKind::Reg | MatchKind::Bin => {
            read(reading, matcher, rules, text).map(|_| ())
        }
        _ => Ok(()),
    }
}

/// A comparison in front of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::parse) enum Operator {
    Eq,
    Ne,
    Ge,
    Gt,
    Le,
    Lt,
}

impl Operator {
    /// The operator of that name.
    pub(in crate::parse) fn of(text: &[u8]) -> Option<Self> {
        Some(match text {
            b"eq" => Self::Eq,
            b"ne" => Self::Ne,
            b"ge" => Self::Ge,
            b"gt" => Self::Gt,
            b"le" => Self::Le,
            b"lt" => Self::Lt,
            _ => return None,
        })
    }

    /// The ranges that it makes of one.
    pub(in crate::parse) fn ranges(self, low: i64, high: i64) -> Vec<Pattern> {
        match self {
            // The manual does not have `ne`; the original takes the word, and compares as if it were not there.
            Self::Eq | Self::Ne => vec![Pattern::Range(low, high)],
            Self::Ge => vec![Pattern::Range(low, i64::MAX)],
            Self::Gt => vec![Pattern::Range(low.saturating_add(1), i64::MAX)],
            Self::Le => vec![Pattern::Range(i64::MIN, high)],
            Self::Lt => vec![Pattern::Range(i64::MIN, high.saturating_sub(1))],
        }
    }
}

/// Reads the file of that path. From 3.0 on a path may say that there is no file (`virt@`), or that it may be missing (`opt@`).
///
/// # Errors
/// The original's words for what is wrong.
pub(in crate::parse) fn file(reading: &Reading<'_>, path: &str) -> Result<Arc<[u8]>, String> {
    let prefixes = !reading.dialect.strict || reading.dialect.at_least(3, 0);
    if prefixes && path.starts_with("virt@") {
        return Ok(Arc::default());
    }
    let optional = path.strip_prefix("opt@").filter(|_| prefixes);
    let plain = optional
        .or(path.strip_prefix("file@").filter(|_| prefixes))
        .unwrap_or(path);
    match reading.host.read_file(plain) {
        Ok(content) => Ok(content.into()),
        Err(error) if error.kind() == std::io::ErrorKind::IsADirectory => Err(format!(
            "error encountered while reading  <{path}> : Is a directory"
        )),
        Err(_) if optional.is_some() => Ok(Arc::default()),
        Err(_) => Err(format!("failed to open pattern file <{path}>")),
    }
}
