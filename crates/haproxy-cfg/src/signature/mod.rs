//! Signatures: what the arguments of a keyword are. A row carries its signature as data (`kw(…).takes(&[…])`); from it come the
//! typed values, what is said of wrong ones, and what the listings and the documentation show.

mod describe;
mod read;
mod value;

use syntax::Version;

pub(crate) use read::{Cursor, Subject, keep_line, line_given, read, sequence};
pub use value::{Argument, Condition, Given, Value};

use crate::parse::Reading;
use crate::values::Unit;

/// How often an argument may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Once.
    One,
    /// Once or not at all.
    Optional,
    /// Once or not at all, where a condition may follow instead.
    BeforeCondition,
    /// Once or more, up to the end of the line.
    Many,
    /// Any number of times, up to the end of the line.
    Any,
}

/// The original's words for a time that cannot be read. In each, `{kw}` is the keyword, `{got}` the word and `{byte}` the byte
/// that was not expected.
#[derive(Clone, Copy, Debug)]
pub struct TimeWords {
    /// A byte is no digit and no unit.
    pub unexpected: &'static str,
    /// The time is too long.
    pub overflow: &'static str,
    /// The time is not zero, but less than one of its unit; empty when it is read as one.
    pub underflow: &'static str,
}

/// What an argument is.
#[derive(Clone, Copy)]
pub enum Kind {
    /// An integer and nothing else, from `min` to `max`.
    Int {
        /// At least.
        min: i64,
        /// At most.
        max: i64,
    },
    /// An integer as C's `atol` reads it, from `min` to `max`: what stands behind the number is told and read over.
    Loose {
        /// At least.
        min: i64,
        /// At most.
        max: i64,
    },
    /// An integer other than 0, from `-max` to `max`, read loosely.
    NonZero {
        /// At most.
        max: i64,
    },
    /// A time (manual, section 2.5).
    Time {
        /// The unit of a bare number, and of the value.
        unit: TimeUnit,
        /// What is said of wrong ones.
        words: &'static TimeWords,
    },
    /// Bytes, with an optional `k`, `m` or `g`.
    Size,
    /// Bytes from `min` to `max`, read loosely; a `k`, `m` or `g` behind them counts since 3.0.
    Bytes {
        /// At least.
        min: i64,
        /// At most.
        max: i64,
    },
    /// Bytes from `min` to `max`, with an optional `k`, `m` or `g`, read up to the first character that does not belong there
    /// or that would make them more than `most`: `{rest}` of the words is what stands from there on.
    Measured {
        /// At least.
        min: u64,
        /// At most.
        max: u64,
        /// What the original's number holds.
        most: u64,
    },
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// One or more of these words, with commas between them and no blank.
    List(&'static [&'static str]),
    /// One of these words, or what the kind says.
    OrWord(&'static [&'static str], &'static Self),
    /// A word that is read when it is one of these, and otherwise left to what follows. Only where it is optional.
    Flag(&'static str),
    /// Any text.
    Text,
    /// A path of a file or a folder.
    Path,
    /// What a function reads, and what the documentation calls it.
    Custom(ReadArgument),
    /// Words with arguments of their own, in any order, up to one that is not among them.
    Options(&'static [Opt]),
    /// One word, which decides what follows it.
    Choice(&'static [Opt]),
    /// What a function reads from the words that are left; it is called even when there are none.
    Rest(ReadArgument),
    /// A word with arguments of its own, once; it is read when it stands there. Only where it is optional.
    Option(&'static Opt),
    /// No word: so many words must follow, or the argument's words for a missing one are said before any is looked at.
    Ahead(usize),
    /// No word: what was read so far is looked at as a whole.
    Verify(VerifyArguments),
    /// No word: the arguments end here, but for a condition; anything else is wrong.
    Stop,
    /// Whatever stands behind the last argument is told and read over.
    Ignored,
    /// The same, before that version.
    IgnoredBefore(Version),
    /// What one version began to read otherwise.
    Since(&'static Versions),
}

/// An argument that versions read differently. Where no version's verdict is asked for, it may be either.
#[derive(Clone, Copy, Debug)]
pub struct Versions {
    /// The first version that reads it as `newer`.
    pub since: Version,
    /// As it is read since then.
    pub newer: Arg,
    /// As it was read before.
    pub older: Arg,
}

impl Kind {
    /// Whether it stands for no word that a user writes.
    fn is_silent(&self) -> bool {
        matches!(
            self,
            Self::Ahead(_) | Self::Verify(_) | Self::Stop | Self::Ignored | Self::IgnoredBefore(_)
        )
    }
}

impl Versions {
    /// What the version of a dialect reads.
    fn of(&self, dialect: crate::Dialect) -> &Arg {
        if dialect.version >= self.since {
            &self.newer
        } else {
            &self.older
        }
    }
}

/// What becomes of a file when an argument is wrong or missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// An alert: it is refused.
    Alert,
    /// A warning: the line is left out.
    Warning,
    /// A warning for which it is refused all the same.
    RefusingWarning,
}

/// Milliseconds or seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeUnit {
    /// Milliseconds.
    Millis,
    /// Seconds.
    Seconds,
}

impl TimeUnit {
    pub(crate) fn unit(self) -> Unit {
        match self {
            Self::Millis => Unit::Millisecond,
            Self::Seconds => Unit::Second,
        }
    }
}

/// Reads an argument of its own form from the words at hand: as many as it takes. None when they are wrong, which is told.
#[derive(Clone, Copy)]
pub struct ReadArgument(
    pub(crate) for<'h, 'w> fn(&mut Reading<'h>, &mut Cursor<'w>, &Subject<'_>) -> Option<Value>,
);

/// Looks at the arguments that were read so far. None when they are wrong together, which is told.
#[derive(Clone, Copy)]
pub struct VerifyArguments(pub(crate) Verification);

/// What looks at arguments.
pub(crate) type Verification = for<'h> fn(&mut Reading<'h>, &mut [Argument], &Subject<'_>) -> Option<()>;

/// What reads an argument.
pub(crate) type Reader = for<'h, 'w> fn(&mut Reading<'h>, &mut Cursor<'w>, &Subject<'_>) -> Option<Value>;

/// One argument of a keyword.
#[derive(Clone, Copy)]
pub struct Arg {
    /// What the documentation calls it, and what its value is found by.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// How often it may stand.
    pub need: Need,
    /// The original's words when it is missing; `{kw}` is the keyword. Empty: general words.
    pub missing: &'static str,
    /// The original's words when it is wrong; `{kw}` is the keyword, `{of}` what that is part of, `{got}` the word, `{value}`
    /// the number that it begins with, `{byte}` the first byte that is no digit, `{rest}` what could not be read of a size. Empty:
    /// general words.
    pub wrong: &'static str,
    /// The original's words when it is an integer that is too small or too large, where they are others. Empty: as `wrong`.
    pub beyond: &'static str,
    /// What to write instead; empty: general words.
    pub help: &'static str,
    /// What becomes of the file when it is wrong or missing.
    pub fault: Fault,
    /// The original words the place of its messages tightly ([`syntax::Context::ParsingTight`]).
    pub tight: bool,
}

/// A word that has arguments of its own.
#[derive(Clone, Copy)]
pub struct Opt {
    /// As it is written.
    pub name: &'static str,
    /// What follows it.
    pub args: &'static [Arg],
    /// First version that has it; for what came after 2.6, not before.
    pub since: Option<Version>,
}

/// A word that has the arguments `args`.
#[must_use]
pub const fn opt(name: &'static str, args: &'static [Arg]) -> Opt {
    Opt {
        name,
        args,
        since: None,
    }
}

impl Opt {
    /// Came with that version, or, for what came after 2.6, not before it.
    #[must_use]
    pub const fn since(mut self, major: u16, minor: u16) -> Self {
        self.since = Some(Version::new(major, minor));
        self
    }
}

/// An argument of that kind, which must stand there once.
#[must_use]
pub const fn arg(name: &'static str, kind: Kind) -> Arg {
    Arg {
        name,
        kind,
        need: Need::One,
        missing: "",
        wrong: "",
        beyond: "",
        help: "",
        fault: Fault::Alert,
        tight: false,
    }
}

/// An integer from `min` to `max`.
#[must_use]
pub const fn int(name: &'static str, min: i64, max: i64) -> Arg {
    arg(name, Kind::Int { min, max })
}

/// An integer from `min` to `max`, read loosely.
#[must_use]
pub const fn loose(name: &'static str, min: i64, max: i64) -> Arg {
    arg(name, Kind::Loose { min, max })
}

/// What is said of times where the original says nothing of its own.
pub const TIME_WORDS: TimeWords = TimeWords {
    unexpected: "unexpected character '{byte}' in argument to <{kw}>.",
    overflow: "timer overflow in argument '{got}' to '{kw}' (maximum value is 2147483647 ms or ~24.8 days)",
    underflow: "",
};

/// A time in milliseconds.
pub const MILLIS: Kind = Kind::Time {
    unit: TimeUnit::Millis,
    words: &TIME_WORDS,
};

/// A time in milliseconds.
#[must_use]
pub const fn millis(name: &'static str) -> Arg {
    arg(name, MILLIS)
}

/// A time in seconds.
#[must_use]
pub const fn seconds(name: &'static str) -> Arg {
    arg(
        name,
        Kind::Time {
            unit: TimeUnit::Seconds,
            words: &TIME_WORDS,
        },
    )
}

/// Bytes.
#[must_use]
pub const fn size(name: &'static str) -> Arg {
    arg(name, Kind::Size)
}

/// Bytes from `min` to `max`, read loosely.
#[must_use]
pub const fn bytes(name: &'static str, min: i64, max: i64) -> Arg {
    arg(name, Kind::Bytes { min, max })
}

/// Bytes as [`Kind::Measured`] reads them, up to what 32 bits hold.
#[must_use]
pub const fn measured(name: &'static str, min: u64) -> Arg {
    measured_up_to(name, min, u32::MAX as u64)
}

/// The same, up to `max`.
#[must_use]
pub const fn measured_up_to(name: &'static str, min: u64, max: u64) -> Arg {
    let most = u32::MAX as u64;
    arg(name, Kind::Measured { min, max, most })
}

/// What one version began to read otherwise.
#[must_use]
pub const fn since(versions: &'static Versions) -> Arg {
    arg(versions.newer.name, Kind::Since(versions))
}

/// What is read as `newer` since that version, and as `older` before.
#[must_use]
pub const fn versions(major: u16, minor: u16, newer: Arg, older: Arg) -> Versions {
    let since = Version::new(major, minor);
    Versions { since, newer, older }
}

/// Before that version, the original reads over what stands behind the last argument.
#[must_use]
pub const fn ignored_before(major: u16, minor: u16) -> Arg {
    arg("", Kind::IgnoredBefore(Version::new(major, minor))).optional()
}

/// One or more of these words, with commas between them.
#[must_use]
pub const fn list(name: &'static str, words: &'static [&'static str]) -> Arg {
    arg(name, Kind::List(words))
}

/// Any text.
#[must_use]
pub const fn text(name: &'static str) -> Arg {
    arg(name, Kind::Text)
}

/// A path.
#[must_use]
pub const fn path(name: &'static str) -> Arg {
    arg(name, Kind::Path)
}

/// One of `words`.
#[must_use]
pub const fn one_of(name: &'static str, words: &'static [&'static str]) -> Arg {
    arg(name, Kind::OneOf(words))
}

/// The word `name`, or not.
#[must_use]
pub const fn flag(name: &'static str) -> Arg {
    arg(name, Kind::Flag(name)).optional()
}

/// At least `count` words follow; if not, `words` are said.
#[must_use]
pub const fn needs(count: usize, words: &'static str) -> Arg {
    arg("", Kind::Ahead(count)).missing(words)
}

/// Nothing but a condition follows; if not, `words` are said.
#[must_use]
pub const fn stop(words: &'static str) -> Arg {
    arg("", Kind::Stop).wrong(words)
}

/// What was read so far is looked at as a whole.
#[must_use]
pub(crate) const fn verify(function: Verification) -> Arg {
    arg("", Kind::Verify(VerifyArguments(function)))
}

/// What a function reads.
#[must_use]
pub(crate) const fn custom(name: &'static str, function: Reader) -> Arg {
    arg(name, Kind::Custom(ReadArgument(function)))
}

/// What a function reads, which is called even when no word is left.
#[must_use]
pub(crate) const fn rest(name: &'static str, function: Reader) -> Arg {
    arg(name, Kind::Rest(ReadArgument(function)))
}

/// Words with arguments of their own, in any order.
#[must_use]
pub const fn options(options: &'static [Opt]) -> Arg {
    arg("options", Kind::Options(options)).optional()
}

/// A word with arguments of its own, or not.
#[must_use]
pub const fn option(option: &'static Opt) -> Arg {
    arg(option.name, Kind::Option(option)).optional()
}

/// One word of `choices`, which decides what follows it.
#[must_use]
pub const fn choice(name: &'static str, choices: &'static [Opt]) -> Arg {
    arg(name, Kind::Choice(choices))
}

/// Behind the last argument: the original reads over what else stands there.
pub const IGNORED: Arg = arg("", Kind::Ignored).optional();

impl Arg {
    /// May be left out.
    #[must_use]
    pub const fn optional(mut self) -> Self {
        self.need = Need::Optional;
        self
    }

    /// May be left out; `if` or `unless` in its place begins a condition.
    #[must_use]
    pub const fn before_condition(mut self) -> Self {
        self.need = Need::BeforeCondition;
        self
    }

    /// Once or more.
    #[must_use]
    pub const fn many(mut self) -> Self {
        self.need = Need::Many;
        self
    }

    /// Any number of times.
    #[must_use]
    pub const fn any(mut self) -> Self {
        self.need = Need::Any;
        self
    }

    /// What the original says when it is missing.
    #[must_use]
    pub const fn missing(mut self, words: &'static str) -> Self {
        self.missing = words;
        self
    }

    /// What the original says when it is wrong.
    #[must_use]
    pub const fn wrong(mut self, words: &'static str) -> Self {
        self.wrong = words;
        self
    }

    /// What the original says when it is missing or wrong.
    #[must_use]
    pub const fn words(self, words: &'static str) -> Self {
        self.missing(words).wrong(words)
    }

    /// What the original says when it is an integer out of its range.
    #[must_use]
    pub const fn beyond(mut self, words: &'static str) -> Self {
        self.beyond = words;
        self
    }

    /// What is said of a time that cannot be read.
    #[must_use]
    pub const fn time_words(mut self, words: &'static TimeWords) -> Self {
        if let Kind::Time { unit, .. } = self.kind {
            self.kind = Kind::Time { unit, words };
        }
        self
    }

    /// What becomes of the file when it is wrong or missing.
    #[must_use]
    pub const fn fault(mut self, fault: Fault) -> Self {
        self.fault = fault;
        self
    }

    /// The original words the place of its messages tightly.
    #[must_use]
    pub const fn tight(mut self) -> Self {
        self.tight = true;
        self
    }

    /// What to write instead.
    #[must_use]
    pub const fn help(mut self, words: &'static str) -> Self {
        self.help = words;
        self
    }
}

impl std::fmt::Debug for Kind {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&describe::kind("", self))
    }
}

impl std::fmt::Debug for Arg {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&describe::argument(self))
    }
}

impl syntax::table::Describe for Arg {
    fn describe(args: &[Self]) -> String {
        describe::arguments(args)
    }
}
