//! ACL expressions: a fetch with its arguments, flags and patterns (manual, section 7.1).

use syntax::{Diagnostic, Span, closest};

use super::line::shown;
use super::reading::Reading;
use crate::keywords::{CONVERTER_INDEX, DERIVED_INDEX, FETCH_INDEX, Output};
use crate::lex::Word;
use crate::model::{self, Fetch, MatchKind, Pattern};
use crate::values::network;
use crate::written::ReferenceKind;

/// An ACL expression.
pub(crate) enum Expression {
    /// One that can be evaluated.
    Known {
        fetch: Fetch,
        matcher: MatchKind,
        ignore_case: bool,
        patterns: Vec<Pattern>,
    },
    /// One that is right but uses what is only read, which was told.
    ReadOnly,
}

/// A fetch or a derived keyword with arguments and converters.
struct Sample {
    fetch: Option<Fetch>,
    output: Output,
    derived: Option<MatchKind>,
}

/// Reads the words behind an ACL's name or between braces; none when they are wrong, which is told as a fault of `what`.
pub(crate) fn expression(
    reading: &mut Reading<'_>,
    words: &[Word<'_>],
    behind: Span,
    what: &str,
) -> Option<Expression> {
    let Some(first) = words.first().filter(|word| !word.text.is_empty()) else {
        return fault(
            reading,
            behind,
            what,
            "missing fetch method in ACL expression ''.",
            "write a criterion, such as path_beg",
        );
    };
    let sample = sample(reading, first, what)?;
    // Known before the flags are read: patterns of a file are of the fetch's own kind unless -m says otherwise.
    let own = match sample.output {
        Output::Bool => Some(MatchKind::Bool),
        Output::Sint => Some(MatchKind::Int),
        Output::Addr => Some(MatchKind::Ip),
        Output::Str | Output::Meth => Some(MatchKind::Str),
        Output::Bin | Output::Any => None,
    };
    let mut flags = Flags {
        matcher: sample.derived.or(own),
        ignore_case: false,
        read_only: false,
        end: false,
        from_file: false,
        patterns: Vec::new(),
    };
    let mut at = 1;
    while let Some(word) = words.get(at).filter(|word| !word.text.is_empty()) {
        let is_flag = !flags.end && word.text.starts_with(b"-") && word.text.len() > 1;
        if !is_flag || word.text[1].is_ascii_digit() {
            break;
        }
        at += 1;
        at += flag(reading, &mut flags, word, words.get(at), what)?;
    }
    let rest: Vec<&Word<'_>> = words[at.min(words.len())..]
        .iter()
        .filter(|word| !word.text.is_empty())
        .collect();
    let (Some(fetch), Some(matcher)) = (sample.fetch, flags.matcher) else {
        return Some(Expression::ReadOnly);
    };
    let mut patterns = flags.patterns;
    read_patterns(reading, matcher, &rest, &mut patterns, what, "")?;
    if patterns.is_empty()
        && !flags.from_file
        && !flags.end
        && !matches!(matcher, MatchKind::Bool | MatchKind::Found)
    {
        let name = shown(first).into_owned();
        let message =
            format!("ACL keyword '{name}' has no pattern to match against, so it will never match.");
        let help = "add a pattern, or '--' when it shall never match, or '-m found' to ask for existence";
        reading.tell(
            Diagnostic::warning("no-pattern", message)
                .at(first.span)
                .help(help),
        );
    }
    if flags.read_only {
        return Some(Expression::ReadOnly);
    }
    Some(Expression::Known {
        fetch,
        matcher,
        ignore_case: flags.ignore_case,
        patterns,
    })
}

fn fault<T>(reading: &mut Reading<'_>, span: Span, what: &str, message: &str, help: &str) -> Option<T> {
    let message = format!("error detected while parsing {what} : {message}");
    reading.tell(Diagnostic::alert("bad-expression", message).at(span).help(help));
    None
}

/// Takes `name(args),converter(args),…` apart.
fn sample(reading: &mut Reading<'_>, word: &Word<'_>, what: &str) -> Option<Sample> {
    let text = shown(word).into_owned();
    let (name, args, mut rest) = match call(&text) {
        Ok(parts) => parts,
        Err(name) => {
            let message = format!("ACL keyword '{name}' : expected ')'.");
            return fault(
                reading,
                word.span,
                what,
                &message,
                "close the parenthesis, and put blanks inside it into quotes",
            );
        }
    };
    let derived = DERIVED_INDEX.get(name).copied();
    let row = FETCH_INDEX
        .get(derived.map_or(name, |derived| derived.fetch))
        .copied();
    let new = |row: &crate::keywords::FetchRow| {
        reading.dialect.strict && row.since.is_some_and(|since| since > reading.dialect.version)
    };
    let Some(row) = row.filter(|row| !new(row)) else {
        let names = FETCH_INDEX.keys().chain(DERIVED_INDEX.keys()).copied();
        let help = closest(name.as_bytes(), names).map_or("see the manual, section 7.3".to_owned(), |near| {
            format!("did you mean '{near}'?")
        });
        let message = format!("unknown fetch method '{name}' in ACL expression '{text}'.");
        return fault(reading, word.span, what, &message, &help);
    };
    let args: Vec<model::Word> = match args {
        None | Some("") => Vec::new(),
        Some(args) => args.split(',').map(|arg| model::Word::from(arg.trim())).collect(),
    };
    if args.len() > usize::from(row.arity.max) {
        let message = format!("fetch method '{name}' : too many arguments in '{text}'.");
        return fault(reading, word.span, what, &message, "remove what is too much");
    }
    let mut output = row.output;
    if matches!(row.name, "http_auth" | "http_auth_group")
        && let Some(list) = args.first()
    {
        reading.refer(ReferenceKind::Userlist(row.name), list, word.span);
    }
    let mut fetch = row.act.map(|kind| Fetch { kind, args });
    if fetch.is_none() {
        reading.tell_read_only(&format!("the sample fetch '{}'", row.name), word.span);
    }
    while let Some(chain) = rest.strip_prefix(',') {
        let Ok((name, _, behind)) = call(chain) else {
            let message = format!("unknown conv method in ACL expression '{text}'.");
            return fault(reading, word.span, what, &message, "close the parenthesis");
        };
        let Some(converter) = CONVERTER_INDEX.get(name).copied() else {
            let near = closest(name.as_bytes(), CONVERTER_INDEX.keys().copied());
            let help = near.map_or("see the manual, section 7.3.1".to_owned(), |near| {
                format!("did you mean '{near}'?")
            });
            let message = format!("unknown converter '{name}' in ACL expression '{text}'.");
            return fault(reading, word.span, what, &message, &help);
        };
        reading.tell_read_only(&format!("the converter '{}'", converter.name), word.span);
        output = converter.output;
        fetch = None;
        rest = behind;
    }
    let derived_matcher = derived.and_then(|derived| derived.matcher);
    if derived.is_some_and(|derived| derived.matcher.is_none()) {
        fetch = None;
    }
    Some(Sample {
        fetch,
        output,
        derived: derived_matcher,
    })
}

/// Name, arguments and what follows of `name(args)…`; the name alone when the parenthesis is not closed.
fn call(text: &str) -> Result<(&str, Option<&str>, &str), &str> {
    let end = text.find(['(', ',']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let Some(inside) = rest.strip_prefix('(') else {
        return Ok((name, None, rest));
    };
    let mut depth = 0;
    for (at, byte) in inside.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' if depth == 0 => return Ok((name, Some(&inside[..at]), &inside[at + 1..])),
            b')' => depth -= 1,
            _ => {}
        }
    }
    Err(name)
}

struct Flags {
    matcher: Option<MatchKind>,
    ignore_case: bool,
    read_only: bool,
    end: bool,
    /// `-f` was given; the file may be empty, and be filled at run time.
    from_file: bool,
    patterns: Vec<Pattern>,
}

/// Takes in one flag; gives how many words of `value` it used.
fn flag(
    reading: &mut Reading<'_>,
    flags: &mut Flags,
    word: &Word<'_>,
    value: Option<&Word<'_>>,
    what: &str,
) -> Option<usize> {
    match &*word.text {
        b"-i" => flags.ignore_case = true,
        b"-n" => {}
        b"-M" => {
            flags.read_only = true;
            reading.tell_read_only("the ACL flag '-M'", word.span);
        }
        b"--" => flags.end = true,
        b"-u" => return Some(1),
        b"-m" => {
            let text = value.map(|value| shown(value).into_owned()).unwrap_or_default();
            flags.matcher = Some(match text.as_str() {
                "bool" => MatchKind::Bool,
                "found" => MatchKind::Found,
                "int" => MatchKind::Int,
                "ip" => MatchKind::Ip,
                "str" => MatchKind::Str,
                "beg" => MatchKind::Beg,
                "end" => MatchKind::End,
                "sub" => MatchKind::Sub,
                "dir" => MatchKind::Dir,
                "dom" => MatchKind::Dom,
                "reg" => MatchKind::Reg,
                "len" => MatchKind::Len,
                "bin" => {
                    flags.read_only = true;
                    reading.tell_read_only("the match method 'bin'", word.span);
                    MatchKind::Str
                }
                _ => {
                    let span = value.map_or(word.span, |value| value.span);
                    let message = format!("unknown matching method '{text}' when parsing ACL expression.");
                    let help = "write found, bool, int, ip, bin, len, str, sub, reg, beg, end, dir or dom";
                    return fault(reading, span, what, &message, help);
                }
            });
            return Some(1);
        }
        b"-f" => {
            let Some(path) = value else {
                return fault(
                    reading,
                    word.span,
                    what,
                    "missing file name behind '-f'.",
                    "write: -f PATH",
                );
            };
            let path_text = shown(path).into_owned();
            let Ok(content) = reading.host.read_file(&path_text) else {
                let message = format!("failed to open pattern file <{path_text}>.");
                return fault(
                    reading,
                    path.span,
                    what,
                    &message,
                    "check that the file exists and may be read",
                );
            };
            flags.from_file = true;
            let matcher = flags.matcher.unwrap_or(MatchKind::Str);
            for (number, line) in content.split(|byte| *byte == b'\n').enumerate() {
                let Some(text) = pattern_of(line) else { continue };
                let pattern = Word {
                    text: text.into(),
                    span: path.span,
                };
                let place = format!(" at line {} of file '{path_text}'", number + 1);
                read_patterns(reading, matcher, &[&pattern], &mut flags.patterns, what, &place)?;
            }
            return Some(1);
        }
        _ => {
            let text = shown(word).into_owned();
            let message = format!(
                "'{text}' is not a valid ACL option. Please use '--' before any pattern beginning with a '-'."
            );
            return fault(reading, word.span, what, &message, "put -- in front of it");
        }
    }
    Some(0)
}

/// The pattern on a line of a file; none on an empty line and in a comment. Blanks before it do not count, those behind it do.
fn pattern_of(line: &[u8]) -> Option<&[u8]> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.starts_with(b"#") {
        return None;
    }
    let blanks = line
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count();
    Some(&line[blanks..]).filter(|text| !text.is_empty())
}

/// Reads patterns; `place` is what a message says of where they stand, besides the line of the configuration.
fn read_patterns(
    reading: &mut Reading<'_>,
    matcher: MatchKind,
    words: &[&Word<'_>],
    out: &mut Vec<Pattern>,
    what: &str,
    place: &str,
) -> Option<()> {
    let mut operator: Option<&[u8]> = None;
    for word in words {
        let text = &*word.text;
        match matcher {
            MatchKind::Int | MatchKind::Len => {
                if matches!(text, b"eq" | b"ge" | b"gt" | b"le" | b"lt") {
                    operator = Some(text);
                    continue;
                }
                let Some((low, high)) = range(text, operator) else {
                    let shown = shown(word).into_owned();
                    let message = format!("'{shown}' is not a number{place}.");
                    return fault(
                        reading,
                        word.span,
                        what,
                        &message,
                        "write a number, or a range such as 1:10",
                    );
                };
                out.push(Pattern::Range(low, high));
            }
            MatchKind::Ip => match ip_pattern(reading, text) {
                Some((ip, prefix)) => out.push(Pattern::Net(ip, prefix)),
                None => {
                    let message = format!("'{}' is not a valid IPv4 or IPv6 address{place}.", shown(word));
                    return fault(
                        reading,
                        word.span,
                        what,
                        &message,
                        "write ADDRESS or ADDRESS/BITS",
                    );
                }
            },
            MatchKind::Reg => {
                check_regex(reading, word, what, place)?;
                out.push(Pattern::Text(text.to_vec().into()));
            }
            MatchKind::Bool => {
                if let Some((low, high)) = range(text, None) {
                    out.push(Pattern::Range(low, high));
                }
            }
            MatchKind::Found => {}
            _ => out.push(Pattern::Text(text.to_vec().into())),
        }
    }
    Some(())
}

fn ip_pattern(reading: &Reading<'_>, text: &[u8]) -> Option<(std::net::IpAddr, u8)> {
    if let Some(net) = network(text) {
        return Some(net);
    }
    // A name is resolved once, when the file is read.
    let name = std::str::from_utf8(text).ok()?;
    let ip = reading.host.resolve(name)?;
    Some((ip, if ip.is_ipv4() { 32 } else { 128 }))
}

/// Inclusive bounds of `N`, `LOW:HIGH` (or `LOW-HIGH`), `:HIGH`, `LOW:`, or of a number behind an operator.
fn range(text: &[u8], operator: Option<&[u8]>) -> Option<(i64, i64)> {
    let text = std::str::from_utf8(text).ok()?;
    // A dash separates as well, but not the sign of a negative number.
    let dash = text
        .find('-')
        .filter(|at| *at > 0)
        .map(|at| (&text[..at], &text[at + 1..]));
    if let Some((low, high)) = text
        .split_once(':')
        .or(dash)
        .filter(|_| operator.is_none_or(|operator| operator == b"eq"))
    {
        let low = if low.is_empty() {
            Some(i64::MIN)
        } else {
            decimal(low)
        }?;
        let high = if high.is_empty() {
            Some(i64::MAX)
        } else {
            decimal(high)
        }?;
        return Some((low, high));
    }
    let value = decimal(text)?;
    Some(match operator {
        Some(b"ge") => (value, i64::MAX),
        Some(b"gt") => (value.saturating_add(1), i64::MAX),
        Some(b"le") => (i64::MIN, value),
        Some(b"lt") => (i64::MIN, value.saturating_sub(1)),
        _ => (value, value),
    })
}

/// An integer, or a version such as `1.1`, whose parts are kept in 16 bits each.
fn decimal(text: &str) -> Option<i64> {
    match text.split_once('.') {
        Some((major, minor)) => Some((major.parse::<i64>().ok()? << 16) + minor.parse::<i64>().ok()?),
        None => text.parse().ok(),
    }
}

/// Regular expressions of the original are PCRE2's; what ours cannot do is told, not refused.
fn check_regex(reading: &mut Reading<'_>, word: &Word<'_>, what: &str, place: &str) -> Option<()> {
    let text = shown(word).into_owned();
    let Err(error) = regex::bytes::Regex::new(&text) else {
        return Some(());
    };
    let reason = error.to_string();
    if reason.contains("look-around")
        || reason.contains("backreferences")
        || reason.contains("unrecognized escape")
    {
        reading.tell_read_only(
            &format!("the regular expression '{text}' (PCRE syntax)"),
            word.span,
        );
        return Some(());
    }
    let reason = reason
        .lines()
        .last()
        .unwrap_or("")
        .trim_start_matches("error: ")
        .to_owned();
    let message = format!("regex '{text}' is invalid (error={reason}){place}.");
    fault(
        reading,
        word.span,
        what,
        &message,
        "put a backslash before what shall stand for itself",
    )
}

#[cfg(test)]
mod tests {
    use super::pattern_of;

    #[test]
    fn blanks_behind_a_pattern_of_a_file_belong_to_it() {
        assert_eq!(pattern_of(b"/one"), Some(b"/one".as_slice()));
        assert_eq!(pattern_of(b" \t/two \t"), Some(b"/two \t".as_slice()));
        assert_eq!(pattern_of(b"/three\r"), Some(b"/three".as_slice()));
        assert_eq!(pattern_of(b" # no comment"), Some(b"# no comment".as_slice()));
        assert_eq!(pattern_of(b"# a comment"), None);
        assert_eq!(pattern_of(b"  "), None);
        assert_eq!(pattern_of(b""), None);
    }
}
