//! What a scripted check expects of an answer, made ready, and what is said when it is not so.

use std::sync::Arc;

use bstr::ByteSlice as _;
use haproxy_cfg::keywords::Output;
use haproxy_cfg::model::{CheckExpect, CheckText, Config, Expected, ProxyId, TextMatch, Word};

use super::Verdict;
use super::computing::Computing;
use super::script::from_digits;
use super::step::Text;
use crate::check::CheckStatus;
use crate::format::FormatPlan;
use crate::rules::Capturing;
use crate::sample::Expression;

/// One expectation.
#[derive(Debug)]
pub(super) struct Expectation {
    /// As the file has it.
    model: CheckExpect,
    what: What,
    on_success: Option<Text>,
    on_error: Option<Text>,
    status_code: Option<Expression>,
}

#[derive(Debug)]
enum What {
    Status(Vec<(u16, u16)>),
    StatusLike(Pattern),
    Bytes(Vec<u8>),
    Text(FormatPlan),
    Digits(FormatPlan),
    Like(Pattern),
    /// Over hexadecimal digits in upper case.
    DigitsLike(Pattern),
    Header {
        full: bool,
        name: Compare,
        value: Option<Compare>,
    },
}

/// A regular expression.
#[derive(Debug)]
struct Pattern {
    /// None for one that the engine refuses, which the file's reader has told of: nothing matches it.
    compiled: Option<Arc<Capturing>>,
}

impl Pattern {
    fn new(source: &Word) -> Self {
        Self {
            compiled: Capturing::new(source, false).ok().map(Arc::new),
        }
    }

    fn is_in(&self, text: &[u8]) -> bool {
        let compiled = self.compiled.as_ref();
        compiled.is_some_and(|compiled| compiled.find(text, 0).is_some())
    }
}

/// How a name or a value is compared, and with what.
#[derive(Debug)]
enum Compare {
    Like(Pattern),
    With(&'static str, Text),
}

impl Compare {
    fn compile(config: &Config, own: ProxyId, wanted: &TextMatch) -> Result<Self, String> {
        Ok(match (&wanted.text, wanted.method) {
            (CheckText::Literal(source), "reg") => Self::Like(Pattern::new(source)),
            (text, method) => Self::With(method, Text::compile(config, own, text)?),
        })
    }

    /// Letters' case counts where `exact`.
    fn holds(&self, text: &[u8], exact: bool, computing: &Computing<'_>) -> bool {
        let same = |a: &[u8], b: &[u8]| if exact { a == b } else { a.eq_ignore_ascii_case(b) };
        let (method, word) = match self {
            Self::Like(pattern) => return pattern.is_in(text),
            Self::With(method, word) => (*method, computing.text(word)),
        };
        match method {
            "beg" => text.get(..word.len()).is_some_and(|begin| same(begin, &word)),
            "end" => text
                .len()
                .checked_sub(word.len())
                .is_some_and(|at| same(&text[at..], &word)),
            "sub" if exact => text.contains_str(&*word),
            "sub" => text.to_ascii_lowercase().contains_str(word.to_ascii_lowercase()),
            // An expression that is computed.
            "reg" => Pattern::new(&Word::from(&*word)).is_in(text),
            _ => same(text, &word),
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
    pub(super) fn compile(config: &Config, own: ProxyId, model: &CheckExpect) -> Result<Self, String> {
        let text = |text: &Option<CheckText>| {
            let compiled = text.as_ref().map(|text| Text::compile(config, own, text));
            compiled.transpose()
        };
        let what = match &model.what {
            Expected::Status(codes) => What::Status(codes.clone()),
            Expected::StatusLike(source) => What::StatusLike(Pattern::new(source)),
            Expected::Text(text) => What::Bytes(text.to_vec()),
            Expected::ComputedText(format) => What::Text(FormatPlan::compile(config, own, format)?),
            Expected::ComputedBytes(format) => What::Digits(FormatPlan::compile(config, own, format)?),
            Expected::Bytes(bytes) => What::Bytes(bytes.clone()),
            Expected::Like(source) => What::Like(Pattern::new(source)),
            Expected::BytesLike(source) => What::DigitsLike(Pattern::new(source)),
            Expected::Header { full, name, value } => What::Header {
                full: *full,
                name: Compare::compile(config, own, name)?,
                value: match value {
                    Some(value) => Some(Compare::compile(config, own, value)?),
                    None => None,
                },
            },
        };
        Ok(Self {
            what,
            on_success: text(&model.on_success)?,
            on_error: text(&model.on_error)?,
            status_code: match &model.status_code {
                Some(sample) => Some(Expression::compile(config, own, sample, Output::Sint)?),
                None => None,
            },
            model: model.clone(),
        })
    }

    /// What is looked for, where that is bytes.
    ///
    /// # Errors
    /// What the check finds when it cannot be computed.
    fn wanted(&self, computing: &Computing<'_>) -> Result<Option<Vec<u8>>, Verdict> {
        let fault = |words: &[u8]| Err(self.failed(CheckStatus::L7Response, None, words, computing));
        match &self.what {
            What::Bytes(bytes) => Ok(Some(bytes.clone())),
            What::Text(format) => match computing.format(format) {
                empty if empty.is_empty() => fault(b"log-format string evaluated to an empty string"),
                text => Ok(Some(text)),
            },
            What::Digits(format) => match from_digits(&computing.format(format)) {
                None => fault(b"Failed to parse hexastring resulting of eval of a log-format string"),
                found => Ok(found),
            },
            What::Like(_)
            | What::DigitsLike(_)
            | What::Status(_)
            | What::StatusLike(_)
            | What::Header { .. } => Ok(None),
        }
    }

    /// Whether an HTTP answer holds it; none while more of the answer may decide.
    ///
    /// # Errors
    /// What the check finds when it does not.
    pub(super) fn of_answer(
        &self,
        answer: Answer<'_>,
        computing: &Computing<'_>,
    ) -> Option<Result<(), Verdict>> {
        let of_body = !matches!(
            self.what,
            What::Status(_) | What::StatusLike(_) | What::Header { .. }
        );
        if of_body {
            if answer.body.is_empty() && answer.complete {
                return self.not_found(b"HTTP content check could not find a response body", computing);
            }
            let wanted = match self.wanted(computing) {
                Ok(wanted) => wanted,
                Err(verdict) => return Some(Err(verdict)),
            };
            let found = !answer.body.is_empty() && self.is_in(answer.body, wanted.as_deref());
            if !found && !answer.complete {
                return None;
            }
            let words: &[u8] = match (found, self.model.negated) {
                (true, false) | (false, true) => return Some(Ok(())),
                (false, false) => b"HTTP content check did not match",
                (true, true) => b"HTTP check matched unwanted content",
            };
            return self.not_found(words, computing);
        }
        let found = match &self.what {
            What::Status(codes) => codes
                .iter()
                .any(|(low, high)| (*low..=*high).contains(&answer.code)),
            What::StatusLike(pattern) => pattern.is_in(answer.code.to_string().as_bytes()),
            What::Header { full, name, value } => answer.headers.iter().any(|(found, text)| {
                name.holds(found, false, computing)
                    && value.as_ref().is_none_or(|value| {
                        if *full {
                            value.holds(text, true, computing)
                        } else {
                            text.split(|byte| *byte == b',')
                                .any(|part| value.holds(part.trim_ascii(), true, computing))
                        }
                    })
            }),
            What::Bytes(_) | What::Text(_) | What::Digits(_) | What::Like(_) | What::DigitsLike(_) => false,
        };
        Some(if found == self.model.negated {
            Err(self.failed(CheckStatus::L7Status, Some(answer.code), answer.reason, computing))
        } else {
            Ok(())
        })
    }

    /// The same of the bytes that a server sent, in TCP mode.
    ///
    /// # Errors
    /// What the check finds when it does not.
    pub(super) fn of_bytes(&self, computing: &Computing<'_>, complete: bool) -> Option<Result<(), Verdict>> {
        let bytes = computing.received;
        if bytes.is_empty() {
            if !complete {
                return None;
            }
            let words = format!("TCPCHK got an empty response at step {}", self.model.number);
            return self.not_found(words.as_bytes(), computing);
        }
        let wanted = match self.wanted(computing) {
            Ok(wanted) => wanted,
            Err(verdict) => return Some(Err(verdict)),
        };
        let wanted = wanted.as_deref();
        let enough = bytes.len() >= self.model.min_recv;
        let found = enough && self.is_in(bytes, wanted);
        // What is not to be there is waited for as long as for what is.
        let is_absent = self.model.negated && enough;
        if !(found || complete || is_absent) {
            return None;
        }
        let found = found || (complete && self.is_in(bytes, wanted));
        if found != self.model.negated {
            return Some(Ok(()));
        }
        let what = match &self.model.what {
            Expected::Text(text) => format!(" '{text}'"),
            Expected::ComputedText(_) => " (log-format string)".to_owned(),
            Expected::ComputedBytes(_) => " (log-format binary)".to_owned(),
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
        Some(Err(self.failed(
            CheckStatus::L7Response,
            None,
            words.as_bytes(),
            computing,
        )))
    }

    /// Whether `wanted`, or what the expression asks for, is among the bytes.
    fn is_in(&self, bytes: &[u8], wanted: Option<&[u8]>) -> bool {
        if let Some(wanted) = wanted {
            return bytes.contains_str(wanted);
        }
        match &self.what {
            What::Like(pattern) => pattern.is_in(bytes),
            What::DigitsLike(pattern) => {
                let digits: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
                pattern.is_in(digits.as_bytes())
            }
            _ => false,
        }
    }

    /// What a check finds that ends well with this.
    pub(super) fn passed(&self, code: u16, otherwise: &[u8], computing: &Computing<'_>) -> Verdict {
        let computed = self.status_code.as_ref().and_then(|of| computing.number(of));
        let code = computed.map_or(code, |number| number as u16);
        let status = self
            .model
            .ok_status
            .and_then(status_of)
            .unwrap_or(CheckStatus::L7Ok);
        let of_layer_7 = matches!(status, CheckStatus::L7Ok | CheckStatus::L7OkConditional);
        Verdict {
            status,
            code: of_layer_7.then_some(code.into()),
            description: match &self.on_success {
                Some(said) => computing.text(said).into_owned(),
                None => otherwise.to_vec(),
            },
        }
    }

    /// The answer is not what is expected, in these words.
    fn not_found(&self, words: &[u8], computing: &Computing<'_>) -> Option<Result<(), Verdict>> {
        Some(Err(self.failed(CheckStatus::L7Response, None, words, computing)))
    }

    fn failed(
        &self,
        otherwise: CheckStatus,
        code: Option<u16>,
        words: &[u8],
        computing: &Computing<'_>,
    ) -> Verdict {
        let status = self.model.error_status.and_then(status_of).unwrap_or(otherwise);
        let description = match (&self.on_error, &self.model.comment) {
            (Some(said), _) => computing.text(said).into_owned(),
            (None, Some(comment)) => [words, b" comment: ", comment].concat(),
            (None, None) => words.to_vec(),
        };
        let computed = self.status_code.as_ref().and_then(|of| computing.number(of));
        let code = computed.map(|number| number as u16).or(code);
        Verdict {
            status,
            code: code.filter(|_| status == CheckStatus::L7Status).map(i32::from),
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
                Expected::ComputedText(_) => "log-format string".to_owned(),
                Expected::ComputedBytes(_) => "log-format binary".to_owned(),
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
