//! What a scripted check expects of an answer, made ready, and what is said when it is not so.

use std::sync::Arc;

use bstr::ByteSlice as _;
use haproxy_cfg::model::{CheckExpect, Expected, TextMatch, Word};

use super::Verdict;
use crate::check::CheckStatus;
use crate::rules::Capturing;

/// One expectation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// As the file has it.
    pub(super) model: CheckExpect,
    what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    Status(Vec<(u16, u16)>),
    StatusLike(Pattern),
    Bytes(Vec<u8>),
    Like(Pattern),
    /// Over hexadecimal digits in upper case.
    DigitsLike(Pattern),
    Header {
        full: bool,
        name: Compare,
        value: Option<Compare>,
    },
}

/// A regular expression, which is as another if its source is.
#[derive(Clone, Debug)]
struct Pattern {
    source: Word,
    /// None for one that the engine refuses, which the file's reader has told of: nothing matches it.
    compiled: Option<Arc<Capturing>>,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl Eq for Pattern {}

impl Pattern {
    fn new(source: &Word) -> Self {
        Self {
            source: source.clone(),
            compiled: Capturing::new(source, false).ok().map(Arc::new),
        }
    }

    fn is_in(&self, text: &[u8]) -> bool {
        let compiled = self.compiled.as_ref();
        compiled.is_some_and(|compiled| compiled.find(text, 0).is_some())
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Compare {
    Equal(Word),
    Beginning(Word),
    Ending(Word),
    With(Word),
    Like(Pattern),
}

impl Compare {
    fn new(text: &TextMatch) -> Self {
        let word = text.text.clone();
        match text.method {
            "beg" => Self::Beginning(word),
            "end" => Self::Ending(word),
            "sub" => Self::With(word),
            "reg" => Self::Like(Pattern::new(&word)),
            _ => Self::Equal(word),
        }
    }

    /// Letters' case counts where `exact`.
    fn holds(&self, text: &[u8], exact: bool) -> bool {
        let same = |a: &[u8], b: &[u8]| if exact { a == b } else { a.eq_ignore_ascii_case(b) };
        match self {
            Self::Equal(word) => same(text, word),
            Self::Beginning(word) => text.get(..word.len()).is_some_and(|begin| same(begin, word)),
            Self::Ending(word) => text
                .len()
                .checked_sub(word.len())
                .is_some_and(|at| same(&text[at..], word)),
            Self::With(word) if exact => text.contains_str(&**word),
            Self::With(word) => text.to_ascii_lowercase().contains_str(word.to_ascii_lowercase()),
            Self::Like(pattern) => pattern.is_in(text),
        }
    }
}

/// An HTTP answer, as far as it has come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answer<'a> {
    pub(super) code: u16,
    pub(super) reason: &'a [u8],
    /// Lines of the head behind the first.
    pub(super) headers: &'a [(&'a [u8], &'a [u8])],
    pub(super) body: &'a [u8],
    /// Nothing more comes of it.
    pub(super) complete: bool,
}

impl Expectation {
    pub(super) fn new(model: &CheckExpect) -> Self {
        let what = match &model.what {
            Expected::Status(codes) => What::Status(codes.clone()),
            Expected::StatusLike(source) => What::StatusLike(Pattern::new(source)),
            Expected::Text(text) => What::Bytes(text.to_vec()),
            Expected::Bytes(bytes) => What::Bytes(bytes.clone()),
            Expected::Like(source) => What::Like(Pattern::new(source)),
            Expected::BytesLike(source) => What::DigitsLike(Pattern::new(source)),
            Expected::Header { full, name, value } => What::Header {
                full: *full,
                name: Compare::new(name),
                value: value.as_ref().map(Compare::new),
            },
        };
        Self {
            model: model.clone(),
            what,
        }
    }

    /// Whether an HTTP answer holds it; none while more of the answer may decide.
    ///
    /// # Errors
    /// What the check finds when it does not.
    pub(super) fn of_answer(&self, answer: Answer<'_>) -> Option<Result<(), Verdict>> {
        let of_body = matches!(self.what, What::Bytes(_) | What::Like(_) | What::DigitsLike(_));
        if of_body {
            if answer.body.is_empty() && answer.complete {
                let words = "HTTP content check could not find a response body";
                return Some(Err(self.failed(CheckStatus::L7Response, None, words.as_bytes())));
            }
            let found = !answer.body.is_empty() && self.is_in(answer.body);
            if !found && !answer.complete {
                return None;
            }
            let words: &[u8] = match (found, self.model.negated) {
                (true, false) | (false, true) => return Some(Ok(())),
                (false, false) => b"HTTP content check did not match",
                (true, true) => b"HTTP check matched unwanted content",
            };
            return Some(Err(self.failed(CheckStatus::L7Response, None, words)));
        }
        let found = match &self.what {
            What::Status(codes) => codes
                .iter()
                .any(|(low, high)| (*low..=*high).contains(&answer.code)),
            What::StatusLike(pattern) => pattern.is_in(answer.code.to_string().as_bytes()),
            What::Header { full, name, value } => answer.headers.iter().any(|(found, text)| {
                name.holds(found, false)
                    && value.as_ref().is_none_or(|value| {
                        if *full {
                            value.holds(text, true)
                        } else {
                            text.split(|byte| *byte == b',')
                                .any(|part| value.holds(part.trim_ascii(), true))
                        }
                    })
            }),
            What::Bytes(_) | What::Like(_) | What::DigitsLike(_) => false,
        };
        Some(if found == self.model.negated {
            Err(self.failed(CheckStatus::L7Status, Some(answer.code), answer.reason))
        } else {
            Ok(())
        })
    }

    /// The same of the bytes that a server sent, in TCP mode.
    ///
    /// # Errors
    /// What the check finds when it does not.
    pub(super) fn of_bytes(&self, bytes: &[u8], complete: bool) -> Option<Result<(), Verdict>> {
        let enough = bytes.len() >= self.model.min_recv;
        let found = enough && self.is_in(bytes);
        // What is not to be there is waited for as long as for what is.
        let is_absent = self.model.negated && enough && !bytes.is_empty();
        if !(found || complete || is_absent) {
            return None;
        }
        let found = found || (complete && self.is_in(bytes));
        if found != self.model.negated {
            return Some(Ok(()));
        }
        let what = match &self.model.what {
            Expected::Text(text) => format!(" '{text}'"),
            Expected::Like(_) => " (regex)".to_owned(),
            Expected::BytesLike(_) => " (binary regex)".to_owned(),
            _ => " (binary)".to_owned(),
        };
        let how = if found {
            "matched unwanted"
        } else {
            "did not match"
        };
        let words = format!("TCPCHK {how} content{what} at step {}", self.model.number);
        Some(Err(self.failed(CheckStatus::L7Response, None, words.as_bytes())))
    }

    fn is_in(&self, bytes: &[u8]) -> bool {
        match &self.what {
            What::Bytes(wanted) => bytes.contains_str(wanted),
            What::Like(pattern) => pattern.is_in(bytes),
            What::DigitsLike(pattern) => {
                let digits: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
                pattern.is_in(digits.as_bytes())
            }
            What::Status(_) | What::StatusLike(_) | What::Header { .. } => false,
        }
    }

    /// What a check finds that ends well with this.
    pub(super) fn passed(&self, code: u16, otherwise: &[u8]) -> Verdict {
        let status = self
            .model
            .ok_status
            .and_then(status_of)
            .unwrap_or(CheckStatus::L7Ok);
        let of_layer_7 = matches!(status, CheckStatus::L7Ok | CheckStatus::L7OkConditional);
        Verdict {
            status,
            code: of_layer_7.then_some(code),
            description: self
                .model
                .on_success
                .as_ref()
                .map_or(otherwise, |said| said)
                .to_vec(),
        }
    }

    fn failed(&self, otherwise: CheckStatus, code: Option<u16>, words: &[u8]) -> Verdict {
        let status = self.model.error_status.and_then(status_of).unwrap_or(otherwise);
        let description = match (&self.model.on_error, &self.model.comment) {
            (Some(said), _) => said.to_vec(),
            (None, Some(comment)) => [words, b" comment: ", comment].concat(),
            (None, None) => words.to_vec(),
        };
        Verdict {
            status,
            code: code.filter(|_| status == CheckStatus::L7Status),
            description,
        }
    }

    /// What a check finds that waited for this in vain.
    pub(super) fn timed_out(&self, tells_step: bool) -> Verdict {
        let status = self.model.timeout_status.and_then(status_of);
        let mut description = Vec::new();
        if tells_step {
            let what = match &self.model.what {
                Expected::Text(text) => format!("string '{text}'"),
                Expected::Like(_) => "regex".to_owned(),
                Expected::BytesLike(_) => "binary regex".to_owned(),
                _ => "binary ''".to_owned(),
            };
            description = format!(" at step {} of tcp-check (expect {what})", self.model.number).into_bytes();
            if let Some(comment) = &self.model.comment {
                description.extend_from_slice(format!(" comment: '{comment}'").as_bytes());
            }
        }
        Verdict {
            status: status.unwrap_or(CheckStatus::L7Timeout),
            code: None,
            description,
        }
    }
}

/// The status of that name in statistics.
fn status_of(name: &str) -> Option<CheckStatus> {
    [
        CheckStatus::L4Ok,
        CheckStatus::L6Ok,
        CheckStatus::L7Ok,
        CheckStatus::L7OkConditional,
        CheckStatus::L4Connection,
        CheckStatus::L6Response,
        CheckStatus::L7Response,
        CheckStatus::L7Status,
        CheckStatus::L4Timeout,
        CheckStatus::L6Timeout,
        CheckStatus::L7Timeout,
    ]
    .into_iter()
    .find(|status| status.name() == name)
}
