//! ACL expressions: a sample expression, flags and patterns (manual, section 7.1).

use syntax::{Diagnostic, Severity, Span, Version};

use super::frame::{Frame, Wrong};
use super::line::shown;
use super::patterns::{self, Column};
use super::reading::Reading;
use super::sample::pattern::{self, Operator, Rules};
use super::sample::{self, Ending, Fault, FaultKind, Names};
use crate::keywords::{DERIVED_INDEX, DerivedRow, FETCH_INDEX};
use crate::lex::Word;
use crate::model::{Acl, MatchKind, Pattern, PatternExpression, PatternPlace, Word as Bytes};
use crate::pattern::{key_and_value, lines};

/// What is told of, and where.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subject<'a> {
    /// The ACL's name; empty for an anonymous one.
    pub(super) name: &'a [u8],
    /// What stands around the original's words.
    pub(super) frame: Frame<'a>,
    /// The whole of it.
    pub(super) span: Span,
    /// The place behind the last word.
    pub(super) behind: Span,
}

/// Reads the words behind an ACL's name or between braces; none when they are wrong, which is told.
pub(super) fn criterion(reading: &mut Reading<'_>, words: &[Word<'_>], subject: Subject<'_>) -> Option<Acl> {
    let known = reading.written.argument_references.len();
    let read = read(reading, words, subject);
    if read.is_none() {
        // What is refused refers to nothing.
        reading.written.argument_references.truncate(known);
    }
    read
}

fn read(reading: &mut Reading<'_>, words: &[Word<'_>], subject: Subject<'_>) -> Option<Acl> {
    let filled = words
        .iter()
        .position(|word| word.text.is_empty())
        .unwrap_or(words.len());
    let words = &words[..filled];
    let Some(first) = words.first() else {
        let help = "write a criterion, such as path_beg";
        return fault(
            reading,
            subject.behind,
            subject,
            "missing fetch method in ACL expression ''",
            help,
        );
    };
    let derived = derived(first);
    let row = derived.and_then(|derived| FETCH_INDEX.get(derived.fetch).copied());
    let names = Names {
        place: None,
        fetch: derived.map(|derived| derived.fetch),
    };
    // Behind keywords of its own the original takes words for patterns, behind other fetches for converters too.
    let ending = if derived.is_some() {
        Ending::Word
    } else {
        Ending::Words
    };
    let parsed = match sample::read(reading, words, 0, ending, row, names) {
        Ok(parsed) => parsed,
        Err(wrong) => {
            let message = match derived {
                Some(derived) => derived_words(&wrong, derived),
                None => format!("{} in ACL expression '{}'", wrong.words(), shown(first)),
            };
            let meant = meant(&wrong);
            let help = match &meant {
                Some(near) => format!("did you mean '{near}'?"),
                None => wrong.help,
            };
            subject.frame.tell(
                reading,
                Wrong {
                    code: "bad-expression",
                    words: message,
                    span: wrong.span,
                    help,
                    meant,
                },
            );
            return None;
        }
    };
    let acl_sample = parsed.sample;
    // With a converter the keyword's own match is forgotten.
    let own = derived.filter(|_| acl_sample.converters.is_empty());
    let mut flags = Flags {
        matcher: own
            .map(|own| own.matcher)
            .or_else(|| MatchKind::of(acl_sample.output)),
        rules: Rules {
            dotted: own.is_some_and(|own| own.dotted),
            no_dns: false,
        },
        acl: Acl {
            name: subject.name.into(),
            matcher: MatchKind::Found,
            named_matcher: false,
            ignore_case: false,
            no_dns: false,
            as_map: false,
            id: None,
            files: Vec::new(),
            patterns: [].into(),
            references: Vec::new(),
            span: subject.span,
            sample: acl_sample,
        },
        end: false,
        patterns: Vec::new(),
        texts: Vec::new(),
        files: Vec::new(),
    };
    let mut at = parsed.words;
    while let Some(word) = words.get(at) {
        if flags.end || !word.text.starts_with(b"-") {
            break;
        }
        at += 1;
        at += flag(reading, &mut flags, word, words.get(at), first, subject)?;
    }
    let matcher = flags.settled(reading, first, subject)?;
    tell_overwritten(reading, &flags, matcher, derived, first);
    let rest = &words[at..];
    read_patterns(reading, &mut flags, matcher, rest, subject)?;
    if let Some(word) = rest
        .first()
        .filter(|word| at == 1 && word.text.starts_with(b"(") && !first.text.contains(&b'('))
    {
        tell_extraneous_blank(reading, word, first, subject);
    }
    if let Some(id) = flags.acl.id
        && reading.written.pattern_ids.contains(&Some(id))
    {
        let help = "write a number that no other ACL has";
        return fault(reading, subject.span, subject, "the id is already used", help);
    }
    let expression = flags.expression(matcher);
    let Flags {
        mut acl,
        end,
        patterns,
        texts,
        files,
        ..
    } = flags;
    acl.patterns = patterns.into();
    acl.references = files;
    acl.references.reserve_exact(1);
    acl.references.push(patterns::of_line(
        reading,
        &first_name(first),
        acl.id,
        texts,
        expression,
    ));
    acl.matcher = matcher;
    // The original takes any flag for a sign that this is meant.
    if rest.is_empty()
        && (words.len() == 1 || !reading.dialect.strict)
        && acl.files.is_empty()
        && !end
        && !matches!(matcher, MatchKind::Bool | MatchKind::Found)
    {
        let message = format!(
            "parsing acl keyword '{}' :\n  no pattern to match against were provided, so this ACL will never match.\n  If this \
             is what you intended, please add '--' to get rid of this warning.\n  If you intended to match only for \
             existence, please use '-m found'.\n  If you wanted to force an int to match as a bool, please use '-m bool'.\n",
            shown(first)
        );
        let told = Diagnostic::warning("no-pattern", message)
            .at(first.span)
            .context(syntax::Context::Whole);
        reading.tell(
            told.help("add a pattern, or '--' when it shall never match, or '-m found' to ask for existence"),
        );
    }
    Some(acl)
}

/// The row of a keyword that only ACLs have.
fn derived(word: &Word<'_>) -> Option<&'static DerivedRow> {
    let name = &word.text[..sample::name_length(&word.text)];
    DERIVED_INDEX.get(std::str::from_utf8(name).ok()?).copied()
}

/// How the original words faults of expressions that begin with one of its own keywords.
fn derived_words(wrong: &Fault, derived: &DerivedRow) -> String {
    let name = derived.name;
    match wrong.kind {
        FaultKind::Arguments => format!("ACL keyword '{name}' : {}", wrong.message),
        FaultKind::Check => format!("in argument to '{name}', {}", wrong.message),
        FaultKind::Comma | FaultKind::Other => format!("ACL keyword '{name}' : {}.", wrong.message),
    }
}

/// What was probably meant by a fetch that is not known; ACL keywords count as well.
fn meant(wrong: &Fault) -> Option<String> {
    if !wrong.message.starts_with("unknown fetch method") {
        return wrong.meant.clone();
    }
    let names = FETCH_INDEX.keys().chain(DERIVED_INDEX.keys()).copied();
    syntax::closest(wrong.name.as_bytes(), names).map(str::to_owned)
}

fn fault<T>(
    reading: &mut Reading<'_>,
    span: Span,
    subject: Subject<'_>,
    message: &str,
    help: &str,
) -> Option<T> {
    let wrong = Wrong {
        code: "bad-expression",
        words: message.to_owned(),
        span,
        help: help.to_owned(),
        meant: None,
    };
    subject.frame.tell(reading, wrong);
    None
}

struct Flags {
    matcher: Option<MatchKind>,
    rules: Rules,
    acl: Acl,
    /// `--` was given.
    end: bool,
    patterns: Vec<Pattern>,
    /// The patterns of the line, as the stats socket shows them.
    texts: Vec<Bytes>,
    /// The files so far.
    files: Vec<PatternPlace>,
}

/// The keyword without its arguments and converters.
fn first_name(first: &Word<'_>) -> Bytes {
    first.text[..sample::name_length(&first.text)].to_vec().into()
}

impl Flags {
    /// How patterns are compared from here on.
    fn expression(&self, matcher: MatchKind) -> PatternExpression {
        PatternExpression {
            matcher,
            ignore_case: self.acl.ignore_case,
            dotted: self.rules.dotted,
            substitutes: false,
            gives: None,
        }
    }

    /// The matcher, which must be known before anything is compared.
    fn settled(
        &self,
        reading: &mut Reading<'_>,
        first: &Word<'_>,
        subject: Subject<'_>,
    ) -> Option<MatchKind> {
        let Some(matcher) = self.matcher else {
            let name = self.acl.sample.fetch.name;
            let message = format!(
                "matching method must be specified first (using '-m') when using a sample fetch of this type ('{name}')"
            );
            let help = "write for example: -m str, or -m found";
            return fault(reading, first.span, subject, &message, help);
        };
        Some(matcher)
    }
}

/// Takes in one flag; gives how many words of `value` it used.
fn flag(
    reading: &mut Reading<'_>,
    flags: &mut Flags,
    word: &Word<'_>,
    value: Option<&Word<'_>>,
    first: &Word<'_>,
    subject: Subject<'_>,
) -> Option<usize> {
    match &*word.text {
        b"-i" => flags.acl.ignore_case = true,
        b"-n" => {
            flags.acl.no_dns = true;
            flags.rules.no_dns = true;
        }
        b"-M" => flags.acl.as_map = true,
        b"--" => flags.end = true,
        b"-u" => {
            let text = value.map(|value| shown(value).into_owned()).unwrap_or_default();
            let Ok(number) = (if text.is_empty() {
                Ok(0)
            } else {
                text.parse::<i64>()
            }) else {
                let span = value.map_or(word.span, |value| value.span);
                let help = "write a number that no other ACL has";
                return fault(
                    reading,
                    span,
                    subject,
                    "the argument of -u must be an integer",
                    help,
                );
            };
            flags.acl.id = u32::try_from(number).ok();
            return Some(usize::from(value.is_some()));
        }
        b"-m" => {
            let text = value.map(|value| shown(value).into_owned()).unwrap_or_default();
            if !flags.acl.files.is_empty() {
                let message =
                    "'-m' must only be specified before patterns and files in parsing ACL expression";
                return fault(reading, word.span, subject, message, "write -m in front of -f");
            }
            let Some(kind) = MatchKind::ALL.into_iter().find(|kind| kind.name() == text) else {
                let span = value.map_or(word.span, |value| value.span);
                let message = format!("unknown matching method '{text}' when parsing ACL expression");
                let near = syntax::closest(text.as_bytes(), MatchKind::ALL.into_iter().map(MatchKind::name));
                let help = match near {
                    Some(near) => format!("did you mean '{near}'?"),
                    None => {
                        "write found, bool, int, ip, bin, len, str, sub, reg, beg, end, dir or dom".to_owned()
                    }
                };
                let wrong = Wrong {
                    code: "bad-expression",
                    words: message,
                    span,
                    help,
                    meant: near.map(str::to_owned),
                };
                subject.frame.tell(reading, wrong);
                return None;
            };
            if flags.acl.named_matcher {
                given_twice(reading, word, subject)?;
            }
            let sample = &flags.acl.sample;
            if !sample.output.casts_to(kind.takes(), reading.dialect) {
                let name = sample.fetch.name;
                let message = format!(
                    "matching method '{}' cannot be used with fetch keyword '{name}'",
                    kind.name()
                );
                let fitting: Vec<&str> = MatchKind::ALL
                    .into_iter()
                    .filter(|kind| sample.output.casts_to(kind.takes(), reading.dialect))
                    .map(MatchKind::name)
                    .collect();
                let help = format!(
                    "'{name}' gives {}: write one of {}",
                    sample.output.name(),
                    fitting.join(", ")
                );
                return fault(reading, word.span, subject, &message, &help);
            }
            flags.matcher = Some(kind);
            flags.acl.named_matcher = true;
            flags.rules.dotted = false;
            return Some(1);
        }
        b"-f" => {
            let matcher = flags.settled(reading, first, subject)?;
            read_file(reading, flags, matcher, word, value, subject)?;
            return Some(1);
        }
        _ => {
            let text = shown(word);
            let message = format!(
                "'{text}' is not a valid ACL option. Please use '--' before any pattern beginning with a '-'"
            );
            return fault(reading, word.span, subject, &message, "put -- in front of it");
        }
    }
    Some(0)
}

/// A second `-m`: up to 3.2 the last one counts.
fn given_twice(reading: &mut Reading<'_>, word: &Word<'_>, subject: Subject<'_>) -> Option<()> {
    let message = "only one explicit matching method can be defined with '-m' parameter. if migrating from an old version, \
                   just keep the last one";
    match reading.dialect.of_old_form(None, Some(Version::new(3, 3))) {
        Some(Severity::Alert) => fault(reading, word.span, subject, message, "keep the last one alone"),
        Some(severity) => {
            let told = Diagnostic::new(severity, "bad-expression", format!("{message}."));
            reading.tell(told.at(word.span).help("keep the last one alone"));
            Some(())
        }
        None => Some(()),
    }
}

/// Warns of a keyword that has its own way to compare, and is told another. The manual's section 7.1.3 has them.
fn tell_overwritten(
    reading: &mut Reading<'_>,
    flags: &Flags,
    matcher: MatchKind,
    derived: Option<&DerivedRow>,
    first: &Word<'_>,
) {
    let acl = &flags.acl;
    let fetch = acl.sample.fetch.name;
    let overwritten = match derived {
        // Those that say in their name how they compare.
        Some(derived) if derived.name.ends_with(derived.matcher.name()) => derived.matcher != matcher,
        _ => {
            matches!(fetch, "method" | "http_auth_group")
                && (acl.named_matcher || !acl.sample.converters.is_empty())
        }
    };
    if overwritten && reading.dialect.does_as(3, 3) {
        let name = String::from_utf8_lossy(&first_name(first)).into_owned();
        let message =
            format!("original matching method '{name}' was overwritten and will not be applied as expected.");
        let told = Diagnostic::warning("matching-overwritten", message).at(first.span);
        reading.tell(told.help(format!("write '{fetch}', which has no way to compare of its own")));
    }
}

/// `-f FILE`.
fn read_file(
    reading: &mut Reading<'_>,
    flags: &mut Flags,
    matcher: MatchKind,
    word: &Word<'_>,
    value: Option<&Word<'_>>,
    subject: Subject<'_>,
) -> Option<()> {
    let span = value.map_or(word.span, |value| value.span);
    let path = value.map(|value| shown(value).into_owned()).unwrap_or_default();
    let column = if flags.acl.as_map {
        Column::Two
    } else {
        Column::One
    };
    let file = match patterns::open(reading, &path, column) {
        Ok(file) => file,
        Err(message) => {
            let help = "check that the file exists and may be read";
            return fault(reading, span, subject, &message, help);
        }
    };
    flags.acl.files.push(path.as_bytes().to_vec().into());
    for line in lines(&file.content) {
        let text = if flags.acl.as_map {
            key_and_value(line.text).0
        } else {
            line.text
        };
        match pattern::read(reading, matcher, flags.rules, text) {
            Ok(read) => flags.patterns.extend(read),
            Err(message) => {
                let message = format!("{message} at line {} of file '{path}'", line.number);
                return fault(reading, span, subject, &message, pattern_help(matcher));
            }
        }
    }
    let expression = flags.expression(matcher);
    let place = patterns::uses(reading, path.as_bytes(), file, expression, true);
    flags.files.push(place);
    Some(())
}

/// Reads the patterns of the line.
fn read_patterns(
    reading: &mut Reading<'_>,
    flags: &mut Flags,
    matcher: MatchKind,
    words: &[Word<'_>],
    subject: Subject<'_>,
) -> Option<()> {
    let mut operator = None;
    let numbers = matches!(matcher, MatchKind::Int | MatchKind::Len);
    // As many as there are words, but for operators.
    flags.texts.reserve_exact(words.len());
    flags.patterns.reserve_exact(words.len());
    for word in words {
        let text = &*word.text;
        if numbers && text == b"--" {
            continue;
        }
        if numbers && let Some(read) = Operator::of(text) {
            operator = Some(read);
            continue;
        }
        match pattern::read(reading, matcher, flags.rules, text) {
            Ok(Some(Pattern::Range(low, high))) => {
                // In front of a range an operator is read over.
                let is_range = text
                    .iter()
                    .any(|byte| *byte == b':' || (*byte == b'-' && !flags.rules.dotted));
                let operator = operator.filter(|_| !is_range).unwrap_or(Operator::Eq);
                let ranges = operator.ranges(low, high);
                if matches!(operator, Operator::Eq | Operator::Ne) {
                    flags.texts.push(text.to_vec().into());
                } else {
                    flags.texts.extend(
                        ranges
                            .iter()
                            .filter_map(|range| shown_range(range, flags.rules.dotted)),
                    );
                }
                flags.patterns.extend(ranges);
            }
            Ok(read) => {
                flags.patterns.extend(read);
                flags.texts.push(text.to_vec().into());
            }
            Err(_) if operator.is_some_and(|_| !text.iter().any(|byte| matches!(byte, b':' | b'-'))) => {
                let message = format!("'{}' is neither a number nor a supported operator", shown(word));
                return fault(reading, word.span, subject, &message, pattern_help(matcher));
            }
            Err(message) => {
                return fault(reading, word.span, subject, &message, pattern_help(matcher));
            }
        }
    }
    Some(())
}

/// The text of the range that an operator makes, in which numbers are `dotted` where they are read so.
fn shown_range(pattern: &Pattern, dotted: bool) -> Option<Bytes> {
    const HIGHEST: i64 = 0xffff_ffff;
    let Pattern::Range(low, high) = *pattern else {
        return None;
    };
    let number = |number: i64| match number {
        number if dotted => {
            let number = number.clamp(0, HIGHEST);
            format!("{}.{}", number >> 16, number & 0xffff)
        }
        number => number.to_string(),
    };
    let text = match (low, high) {
        // Nothing is below the lowest of them, and no version is the highest.
        (i64::MIN, ..0) if dotted => format!("{}:", number(HIGHEST)),
        (i64::MIN, high) => format!(":{}", number(high)),
        (low, i64::MAX) => format!("{}:", number(low)),
        (low, high) => format!("{}:{}", number(low), number(high)),
    };
    Some(text.into_bytes().into())
}

/// Tells a pattern that begins with a parenthesis, as one of the keyword's arguments might behind a blank.
fn tell_extraneous_blank(reading: &mut Reading<'_>, word: &Word<'_>, first: &Word<'_>, subject: Subject<'_>) {
    let message = format!(
        "parsing acl '{}' :\n  matching '{}' for pattern '{}' is likely a mistake and probably\n  not what you want. Maybe you \
         need to remove the extraneous space before '('.\n  If you are really sure this is not an error, please insert '--' \
         between the\n  match and the pattern to make this warning message disappear.",
        String::from_utf8_lossy(subject.name),
        shown(first),
        shown(word),
    );
    let told = Diagnostic::warning("extraneous-blank", message)
        .at(word.span)
        .context(syntax::Context::Whole);
    reading.tell(told.help("write -- in front of the patterns when this is meant"));
}

fn pattern_help(matcher: MatchKind) -> &'static str {
    match matcher {
        MatchKind::Int | MatchKind::Len => {
            "write a number, a range such as 1:10, or one behind eq, ge, gt, le or lt"
        }
        MatchKind::Ip => "write ADDRESS or ADDRESS/BITS",
        MatchKind::Reg => "put a backslash before what shall stand for itself",
        MatchKind::Bin => "write pairs of hexadecimal digits",
        _ => "see the manual, section 7.1",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_of_operators_are_written_as_they_are_read() {
        let shown = |low, high, dotted| {
            let text = shown_range(&Pattern::Range(low, high), dotted).expect("a range");
            String::from_utf8_lossy(&text).into_owned()
        };
        assert_eq!(shown(i64::MIN, 9, false), ":9");
        assert_eq!(shown(11, i64::MAX, false), "11:");
        assert_eq!(shown(i64::MIN, (3 << 16) + 2, true), ":3.2");
        assert_eq!(shown((3 << 16) + 2, i64::MAX, true), "3.2:");
        assert_eq!(shown(i64::MIN, -1, true), "65535.65535:");
    }
}
