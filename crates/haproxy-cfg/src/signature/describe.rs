//! Signatures in words, for listings and documentation.

use super::{Arg, Kind, Need, Opt};

/// The arguments of a line, each behind a blank.
pub(super) fn arguments(args: &[Arg]) -> String {
    args.iter()
        .filter(|arg| !arg.kind.is_silent())
        .map(|arg| format!(" {}", argument(arg)))
        .collect()
}

/// One argument: `<size>`, `[<time>]`, `<word>...`.
pub(super) fn argument(arg: &Arg) -> String {
    if let Kind::Since(versions) = arg.kind {
        return argument(&versions.newer);
    }
    let shown = kind(arg.name, &arg.kind);
    match arg.need {
        Need::One => shown,
        Need::Optional | Need::BeforeCondition => match arg.kind {
            // The brackets stand around each of them already.
            Kind::Options(_) => shown,
            _ => format!("[{shown}]"),
        },
        Need::Many => format!("{shown}..."),
        Need::Any => format!("[{shown}...]"),
    }
}

/// What an argument of the name `name` is.
pub(super) fn kind(name: &str, kind: &Kind) -> String {
    match kind {
        Kind::OneOf(words) => format!("{{{}}}", words.join("|")),
        Kind::List(words) => format!("{{{}}}[,...]", words.join("|")),
        Kind::OrWord(words, other) => format!("{{{}|{}}}", words.join("|"), self::kind(name, other)),
        Kind::Flag(word) => (*word).to_owned(),
        Kind::Options(options) => {
            let shown: Vec<_> = options
                .iter()
                .map(|option| format!("[{}]", with_arguments(option)))
                .collect();
            shown.join(" ")
        }
        Kind::Option(option) => with_arguments(option),
        Kind::Choice(choices) => {
            let shown: Vec<_> = choices.iter().map(with_arguments).collect();
            format!("{{{}}}", shown.join("|"))
        }
        Kind::Ignored => "...".to_owned(),
        Kind::Since(versions) => self::kind(name, &versions.newer.kind),
        Kind::Ahead(_) | Kind::Verify(_) | Kind::Stop | Kind::IgnoredBefore(_) => String::new(),
        Kind::Int { .. }
        | Kind::Loose { .. }
        | Kind::NonZero { .. }
        | Kind::Time { .. }
        | Kind::Size
        | Kind::Bytes { .. }
        | Kind::Measured { .. }
        | Kind::Text
        | Kind::Path
        | Kind::Custom(_)
        | Kind::Rest(_) => format!("<{name}>"),
    }
}

fn with_arguments(option: &Opt) -> String {
    format!("{}{}", option.name, arguments(option.args))
}
