//! Rules of all rule sets. The old `reqadd` and `rspadd` family ends here as well.

use syntax::Span;

use super::{Cond, Format, Sample, Word};
use crate::signature::{Argument, Value};

/// A rule set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RuleSet {
    /// `tcp-request connection`.
    TcpConnection,
    /// `tcp-request session`.
    TcpSession,
    /// `tcp-request content`.
    TcpContent,
    /// `tcp-response content`.
    TcpResponse,
    /// `http-request`.
    HttpRequest,
    /// `http-response`.
    HttpResponse,
    /// `http-after-response`.
    HttpAfterResponse,
    /// The keyword `redirect`, whose rules follow those of `http-request`.
    Redirect,
    /// `stats http-request`.
    Stats,
}

/// One rule, in the order of the file.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its rule set.
    pub set: RuleSet,
    /// The name of its action's row: what belongs to a name that ends in `*` is an argument.
    pub action: &'static str,
    /// The arguments, by the signature of that row.
    pub arguments: Vec<Argument>,
    /// When.
    pub cond: Option<Cond>,
    /// Where it stands.
    pub span: Span,
    /// The number of that line, from 1.
    pub line: u32,
}

impl Rule {
    /// The argument of that name.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.arguments
            .iter()
            .find(|argument| argument.name == name)
            .map(|argument| &argument.value)
    }

    /// The text that an argument is.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&Word> {
        self.value(name)?.text()
    }

    /// The log-format string that an argument is.
    #[must_use]
    pub fn format(&self, name: &str) -> Option<&Format> {
        match self.value(name)? {
            Value::Format(format) => Some(format),
            _ => None,
        }
    }

    /// The sample expression that an argument is.
    #[must_use]
    pub fn sample(&self, name: &str) -> Option<&Sample> {
        match self.value(name)? {
            Value::Sample(sample) => Some(sample),
            _ => None,
        }
    }

    /// What followed the last option of that name; empty for one that stands alone.
    #[must_use]
    pub fn option(&self, name: &str) -> Option<&[Argument]> {
        self.arguments
            .iter()
            .rev()
            .find_map(|argument| match &argument.value {
                Value::Option(found, values) if *found == name => Some(&**values),
                _ => None,
            })
    }
}
