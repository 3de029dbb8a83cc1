//! What health checks send and expect, step by step (manual, `http-check` and `tcp-check`).

use super::Word;

/// One step of `option tcp-check`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckStep {
    /// `connect`: the connection, which is made in any case.
    Connect,
    /// `send`, `send-binary`.
    Send(Vec<u8>),
    /// `expect`.
    Expect(Box<CheckExpect>),
}

/// What is expected of an answer, and what follows from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckExpect {
    /// What.
    pub what: Expected,
    /// `!`: it is not to be there.
    pub negated: bool,
    /// `min-recv`: bytes that are waited for.
    pub min_recv: usize,
    /// `ok-status`, by its name in statistics.
    pub ok_status: Option<&'static str>,
    /// `error-status`.
    pub error_status: Option<&'static str>,
    /// `tout-status`.
    pub timeout_status: Option<&'static str>,
    /// `on-success`: what is said then.
    pub on_success: Option<Word>,
    /// `on-error`.
    pub on_error: Option<Word>,
    /// `comment`, its own or that of the step before it.
    pub comment: Option<Word>,
    /// Its number among the steps, from 1.
    pub number: u32,
}

/// What an answer is looked at for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// `status`: from and to.
    Status(Vec<(u16, u16)>),
    /// `rstatus`: an expression.
    StatusLike(Word),
    /// `string`.
    Text(Word),
    /// `rstring`.
    Like(Word),
    /// `binary`.
    Bytes(Vec<u8>),
    /// `rbinary`: an expression over hexadecimal digits.
    BytesLike(Word),
    /// `hdr` and `fhdr`.
    Header {
        /// `fhdr`: whole lines, not what stands between commas.
        full: bool,
        /// The name.
        name: TextMatch,
        /// The value, if any is asked for.
        value: Option<TextMatch>,
    },
}

/// How a text is compared, and with what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextMatch {
    /// `str`, `beg`, `end`, `sub` or `reg`.
    pub method: &'static str,
    /// The text or the expression.
    pub text: Word,
}
