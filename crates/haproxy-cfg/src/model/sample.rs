//! Sample expressions: a fetch with its arguments and the converters behind it (manual, section 7.3).

use std::net::{Ipv4Addr, Ipv6Addr};

use syntax::Span;

use super::Word;
use crate::keywords::{ConverterRow, FetchRow, Output};

/// A sample expression, `fetch(arguments),converter(arguments),…`.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The name that it was written with: that of the fetch, or of an ACL keyword that stands for it.
    pub name: Word,
    /// The fetch.
    pub fetch: &'static FetchRow,
    /// Its arguments. Those left out at the end are not here.
    pub args: Vec<Arg>,
    /// The converters, in the order in which they are applied.
    pub converters: Vec<Converter>,
    /// What the last of them gives, or the fetch where there is none.
    pub output: Output,
    /// Where it stands.
    pub span: Span,
}

impl Sample {
    /// Whether the data path can take samples by it: it knows the fetch and all converters.
    #[must_use]
    pub fn is_evaluated(&self) -> bool {
        self.fetch.acts && self.converters.iter().all(|converter| converter.row.acts)
    }

    /// The text of argument `index`, counted from 0, unless it is missing, empty or no text.
    #[must_use]
    pub fn text(&self, index: usize) -> Option<&Word> {
        self.args.get(index)?.text()
    }

    /// The number that argument `index` is.
    #[must_use]
    pub fn integer(&self, index: usize) -> Option<i64> {
        self.args.get(index)?.integer()
    }

    /// The proxy that argument `index` names; none for the proxy that the expression stands in.
    #[must_use]
    pub fn proxy(&self, index: usize) -> Option<&Word> {
        match &self.args.get(index)?.value {
            ArgValue::Frontend(name) | ArgValue::Backend(name) | ArgValue::Table(name) => name.as_ref(),
            _ => None,
        }
    }
}

/// A converter with its arguments.
#[derive(Clone, Debug, PartialEq)]
pub struct Converter {
    /// Which one.
    pub row: &'static ConverterRow,
    /// Its arguments. Those left out at the end are not here.
    pub args: Vec<Arg>,
    /// Where it stands.
    pub span: Span,
}

impl Converter {
    /// The text of argument `index`, counted from 0, unless it is missing, empty or no text.
    #[must_use]
    pub fn text(&self, index: usize) -> Option<&Word> {
        self.args.get(index)?.text()
    }

    /// The number that argument `index` is.
    #[must_use]
    pub fn integer(&self, index: usize) -> Option<i64> {
        self.args.get(index)?.integer()
    }

    /// The variable that argument `index` is.
    #[must_use]
    pub fn variable(&self, index: usize) -> Option<&Variable> {
        match &self.args.get(index)?.value {
            ArgValue::Variable(variable) => Some(variable),
            _ => None,
        }
    }
}

/// An argument of a fetch or a converter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arg {
    /// What it is.
    pub value: ArgValue,
    /// Where it stands.
    pub span: Span,
}

impl Arg {
    fn text(&self) -> Option<&Word> {
        match &self.value {
            ArgValue::Text(text) => Some(text).filter(|text| !text.is_empty()),
            _ => None,
        }
    }

    fn integer(&self) -> Option<i64> {
        match self.value {
            ArgValue::Integer(value) => Some(value),
            _ => None,
        }
    }
}

/// What an argument is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArgValue {
    /// Text, or one of the words that the argument's type knows.
    Text(Word),
    /// A number.
    Integer(i64),
    /// Bytes, of hexadecimal digits or of base 64.
    Bytes(Vec<u8>),
    /// Yes or no.
    Bool(bool),
    /// An address.
    Ipv4(Ipv4Addr),
    /// An address.
    Ipv6(Ipv6Addr),
    /// A mask, its bits set where they count.
    Mask4(Ipv4Addr),
    /// A mask, its bits set where they count.
    Mask6(Ipv6Addr),
    /// A frontend; none for the proxy itself.
    Frontend(Option<Word>),
    /// A backend; none for the proxy itself.
    Backend(Option<Word>),
    /// The proxy whose stick table it is; none for the proxy itself.
    Table(Option<Word>),
    /// A server.
    Server {
        /// Its backend; none for the proxy itself.
        backend: Option<Word>,
        /// Its name.
        server: Word,
    },
    /// A userlist.
    Userlist(Word),
    /// A regular expression.
    Regex(Word),
    /// A path of field numbers.
    Field(Vec<u32>),
    /// A variable.
    Variable(Variable),
    /// A file.
    File(Word),
}

/// A variable.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Variable {
    /// How long it lives.
    pub scope: Scope,
    /// Its name behind the scope's.
    pub name: Word,
}

/// How long a variable lives (manual, section 2.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// `proc`: as long as the process.
    Process,
    /// `sess`: as long as the client's connection.
    Session,
    /// `txn`: as long as the request and its response.
    Transaction,
    /// `req`: as long as the request is processed.
    Request,
    /// `res`: as long as the response is processed.
    Response,
    /// `check`: as long as a health check.
    Check,
}

impl Scope {
    /// All scopes.
    pub const ALL: [Self; 6] = [
        Self::Process,
        Self::Session,
        Self::Transaction,
        Self::Request,
        Self::Response,
        Self::Check,
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Process => "proc",
            Self::Session => "sess",
            Self::Transaction => "txn",
            Self::Request => "req",
            Self::Response => "res",
            Self::Check => "check",
        }
    }
}
