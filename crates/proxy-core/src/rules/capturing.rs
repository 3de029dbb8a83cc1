//! One regular expression that is asked for what its groups match, over bytes.

use super::expression::{BACKTRACK_LIMIT, SIZE_LIMIT, escaped, latin1};

/// An expression, by the engine that does it.
#[derive(Debug)]
pub(crate) enum Capturing {
    Linear(regex::bytes::Regex),
    Backtracking(fancy_regex::Regex),
}

/// Where the groups of a match stand: the whole match first, none for a group that took no part.
#[derive(Debug)]
pub(crate) struct Groups(Vec<Option<(usize, usize)>>);

impl Capturing {
    /// Compiles an expression.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn new(source: &[u8], ignore_case: bool) -> Result<Self, String> {
        let linear = regex::bytes::RegexBuilder::new(&escaped(source))
            .unicode(false)
            .case_insensitive(ignore_case)
            .size_limit(SIZE_LIMIT)
            .build();
        match linear {
            Ok(linear) => Ok(Self::Linear(linear)),
            Err(refused) => fancy_regex::RegexBuilder::new(&latin1(source))
                .case_insensitive(ignore_case)
                .backtrack_limit(BACKTRACK_LIMIT)
                .build()
                .map(Self::Backtracking)
                .map_err(|_| refused.to_string()),
        }
    }

    /// The first match at or behind `at`.
    pub(crate) fn find(&self, text: &[u8], at: usize) -> Option<Groups> {
        match self {
            Self::Linear(expression) => {
                let captures = expression.captures_at(text, at)?;
                let groups = captures.iter().map(|group| Some((group?.start(), group?.end())));
                Some(Groups(groups.collect()))
            }
            Self::Backtracking(expression) => {
                let characters = latin1(text);
                let offset = |at: usize| {
                    text[..at]
                        .iter()
                        .map(|byte| 2 - usize::from(byte.is_ascii()))
                        .sum()
                };
                let index = |offset: usize| characters[..offset].chars().count();
                // An expression that reaches its limit is taken as one that does not match.
                let captures = expression.captures_from_pos(&characters, offset(at)).ok()??;
                let groups = captures
                    .iter()
                    .map(|group| Some((index(group?.start()), index(group?.end()))));
                Some(Groups(groups.collect()))
            }
        }
    }
}

impl Groups {
    /// Where the whole match begins and ends.
    pub(crate) fn whole(&self) -> (usize, usize) {
        self.0.first().copied().flatten().unwrap_or((0, 0))
    }

    /// What group `number` matched of `text`; nothing for one that there is not.
    pub(crate) fn get<'t>(&self, text: &'t [u8], number: usize) -> &'t [u8] {
        match self.0.get(number) {
            Some(Some((start, end))) => &text[*start..*end],
            _ => b"",
        }
    }
}
