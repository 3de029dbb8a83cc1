//! ACLs, conditions and the sample fetches they look at (manual, section 7).

use std::net::IpAddr;
use std::sync::Arc;

use syntax::Span;

use super::{PatternPlace, Sample, Word};
use crate::keywords::Output;

/// One `acl` line, or an anonymous `{ … }`. Lines that share a name are alternatives of one ACL.
#[derive(Clone, Debug)]
pub struct Acl {
    /// The name; empty for an anonymous one.
    pub name: Word,
    /// What is looked at.
    pub sample: Sample,
    /// How it is compared.
    pub matcher: MatchKind,
    /// `-m` says so, and not the keyword alone.
    pub named_matcher: bool,
    /// `-i`: letters' case does not count.
    pub ignore_case: bool,
    /// `-n`: names are not resolved.
    pub no_dns: bool,
    /// `-M`: files hold keys and values, as maps do.
    pub as_map: bool,
    /// `-u`: the number that the stats socket knows its patterns by.
    pub id: Option<u32>,
    /// `-f`: the files, whose patterns stand before those of the line.
    pub files: Vec<Word>,
    /// The patterns, from the line and from `-f` files, in order.
    pub patterns: Arc<[Pattern]>,
    /// Where these can be changed at run time: those of each file, then those of the line.
    pub references: Vec<PatternPlace>,
    /// Where it stands.
    pub span: Span,
}

impl Acl {
    /// Whether the data path can tell whether it holds.
    #[must_use]
    pub fn is_evaluated(&self) -> bool {
        self.sample.is_evaluated()
    }
}

/// How samples and patterns are compared (manual, section 7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MatchKind {
    /// `-m bool`: an integer that is not zero.
    Bool,
    /// `-m found`.
    Found,
    /// `-m int`: equal to, or inside a range.
    Int,
    /// `-m ip`: inside a network.
    Ip,
    /// `-m str`: equal.
    Str,
    /// `-m beg`: prefix.
    Beg,
    /// `-m end`: suffix.
    End,
    /// `-m sub`: anywhere inside.
    Sub,
    /// `-m dir`: a whole component between slashes.
    Dir,
    /// `-m dom`: a whole component between dots.
    Dom,
    /// `-m reg`: regular expression.
    Reg,
    /// `-m len`: length in bytes.
    Len,
    /// `-m bin`: equal bytes.
    Bin,
}

impl MatchKind {
    /// All of them, in the manual's order.
    pub const ALL: [Self; 13] = [
        Self::Found,
        Self::Bool,
        Self::Int,
        Self::Ip,
        Self::Bin,
        Self::Len,
        Self::Str,
        Self::Sub,
        Self::Reg,
        Self::Beg,
        Self::End,
        Self::Dir,
        Self::Dom,
    ];

    /// Its name behind `-m`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Found => "found",
            Self::Int => "int",
            Self::Ip => "ip",
            Self::Str => "str",
            Self::Beg => "beg",
            Self::End => "end",
            Self::Sub => "sub",
            Self::Dir => "dir",
            Self::Dom => "dom",
            Self::Reg => "reg",
            Self::Len => "len",
            Self::Bin => "bin",
        }
    }

    /// The type of samples that it compares; others are cast to it.
    #[must_use]
    pub fn takes(self) -> Output {
        match self {
            Self::Found => Output::Any,
            // A number that is not 0 holds, and so an address does, which is taken for no yes elsewhere.
            Self::Bool | Self::Int => Output::Sint,
            Self::Ip => Output::Addr,
            Self::Bin | Self::Len => Output::Bin,
            _ => Output::Str,
        }
    }

    /// The one that is used for samples of a type where none is asked for.
    #[must_use]
    pub fn of(output: Output) -> Option<Self> {
        match output {
            Output::Bool => Some(Self::Bool),
            Output::Sint => Some(Self::Int),
            Output::Addr | Output::Ipv4 | Output::Ipv6 => Some(Self::Ip),
            Output::Str => Some(Self::Str),
            Output::Bin | Output::Meth | Output::Any | Output::Same => None,
        }
    }
}

/// One pattern, parsed for its match kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// For the string matches (`str`, `beg`, `end`, `sub`, `dir`, `dom`), the source of a regular expression, and the bytes
    /// of `bin`.
    Text(Word),
    /// For `int` and `len`: inclusive bounds; an open side is `i64::MIN` or `i64::MAX`.
    Range(i64, i64),
    /// For `ip`: address and prefix length in bits.
    Net(IpAddr, u8),
}

/// `if` or `unless`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Polarity {
    /// `if`.
    If,
    /// `unless`.
    Unless,
}

/// A condition: a disjunction of conjunctions.
#[derive(Clone, Debug)]
pub struct Cond {
    /// `if` or `unless`.
    pub polarity: Polarity,
    /// Alternatives (`or`, `||`); each one's terms must all hold.
    pub any_of: Vec<Vec<CondTerm>>,
    /// Where it stands.
    pub span: Span,
}

/// One ACL in a condition.
#[derive(Clone, Debug)]
pub struct CondTerm {
    /// Preceded by `!`.
    pub negated: bool,
    /// The lines of that ACL as indexes into [`super::Proxy::acls`]: one of them must match.
    pub acls: Arc<[u32]>,
}
