//! The frame that a place puts around the original's words about what stands in it: what is in front, and the full stop.

use syntax::{Applicability, Context, Diagnostic, Span};

use super::reading::Reading;

/// How a place words what is wrong in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame<'a> {
    /// What stands in front of the words.
    pub(crate) lead: &'a str,
    /// What stands behind them: a full stop, or nothing.
    pub(crate) tail: &'a str,
    /// How the place in the file is worded.
    pub(crate) context: Context,
}

impl<'a> Frame<'a> {
    /// `lead` in front, a full stop behind.
    pub(crate) fn new(lead: &'a str) -> Self {
        Self {
            lead,
            tail: ".",
            context: Context::Parsing,
        }
    }

    /// Without the full stop.
    pub(crate) fn open(mut self) -> Self {
        self.tail = "";
        self
    }

    /// Tells what is wrong.
    pub(crate) fn tell(self, reading: &mut Reading<'_>, wrong: Wrong) {
        let Self { lead, tail, context } = self;
        let message = format!("{lead}{}{tail}", wrong.words);
        let told = Diagnostic::alert(wrong.code, message)
            .at(wrong.span)
            .context(context);
        let mut told = told.help(wrong.help);
        if let Some(meant) = wrong.meant.filter(|_| !wrong.span.is_empty()) {
            told = told.fix(
                format!("write {meant}"),
                wrong.span,
                meant,
                Applicability::MaybeIncorrect,
            );
        }
        reading.tell(told);
    }
}

/// What is wrong, for a place to put into its frame.
#[derive(Clone, Debug)]
pub(crate) struct Wrong {
    /// The code of the finding.
    pub(crate) code: &'static str,
    /// The original's words, without a full stop.
    pub(crate) words: String,
    /// Where.
    pub(crate) span: Span,
    /// What to do.
    pub(crate) help: String,
    /// What was probably meant by what stands at `span`.
    pub(crate) meant: Option<String>,
}
