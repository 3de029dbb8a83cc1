//! The typed values that a signature gives.

use syntax::Span;

use crate::model::{Format, Sample, Variable, Word};
use crate::written::WrittenCond;

/// A condition of a line; empty where there is none, or where it uses what is only read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Condition(pub(crate) Option<WrittenCond>);

impl Condition {
    /// Where it stands, if there is one that can be applied.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        self.0.as_ref().map(|cond| cond.span)
    }
}

/// What an argument was read to.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// An integer.
    Int(i64),
    /// A time in milliseconds.
    Millis(u32),
    /// A time in seconds.
    Seconds(u32),
    /// A size in bytes.
    Size(u64),
    /// One of the words that the signature names.
    Word(&'static str),
    /// Any text, or a path.
    Text(Word),
    /// A regular expression.
    Regex(Word),
    /// A variable.
    Variable(Variable),
    /// A sample expression.
    Sample(Box<Sample>),
    /// A condition.
    Condition(Condition),
    /// A format string.
    Format(Box<Format>),
    /// Several values of one word.
    List(Vec<Self>),
    /// A word of the signature with what followed it.
    Option(&'static str, Vec<Argument>),
}

impl Value {
    /// The integer, time or size that it is.
    #[must_use]
    pub fn number(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(*value),
            Self::Millis(value) | Self::Seconds(value) => Some(i64::from(*value)),
            Self::Size(value) => i64::try_from(*value).ok(),
            _ => None,
        }
    }

    /// The bytes of the text that it is; empty for what is none.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) | Self::Regex(text) => text,
            Self::Format(format) => &format.written,
            Self::Word(word) => word.as_bytes(),
            _ => &[],
        }
    }

    /// The text that it is.
    #[must_use]
    pub fn text(&self) -> Option<&Word> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The word of the signature that it is.
    #[must_use]
    pub fn word(&self) -> Option<&'static str> {
        match self {
            Self::Word(word) | Self::Option(word, _) => Some(word),
            _ => None,
        }
    }
}

/// A value with its name in the signature and its place in the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Argument {
    /// The name of the argument in the signature.
    pub name: &'static str,
    /// What it was read to.
    pub value: Value,
    /// Where it stands.
    pub span: Span,
}

/// A keyword with its arguments.
#[derive(Clone, Debug)]
pub struct Given {
    /// The keyword.
    pub name: &'static str,
    /// Its arguments, in the order of the line.
    pub arguments: Vec<Argument>,
    /// The line, from the keyword to its last word.
    pub span: Span,
}

impl Given {
    /// The first argument of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        find(&self.arguments, name)
    }

    /// The choice that a line of rules begins with.
    pub(crate) fn option_of_rule(&self) -> Option<&'static str> {
        match self.get("rule")? {
            Value::Option(rule, _) => Some(rule),
            _ => None,
        }
    }

    /// What followed the option or the choice of that name.
    #[must_use]
    pub fn option(&self, name: &str) -> Option<&[Argument]> {
        self.arguments.iter().find_map(|argument| match &argument.value {
            Value::Option(found, values) if *found == name => Some(&**values),
            _ => None,
        })
    }
}

fn find<'a>(arguments: &'a [Argument], name: &str) -> Option<&'a Value> {
    arguments
        .iter()
        .find(|argument| argument.name == name)
        .map(|argument| &argument.value)
}
