//! `normalize-uri`: targets that mean the same brought into one form (RFC 3986, section 6.2.2), one kind of difference at a time.

use std::cmp::Ordering;

use super::{Action, Compile, Make, edited};
use crate::rules::{Exec, Step};
use crate::sample::{Sink, path_start};

pub(super) const ROWS: &[(&str, Make)] =
    &[("normalize-uri", |at| Ok(Box::new(Normalize(Normalizer::of(at)?))))];

/// What is brought into a normal form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Normalizer {
    FragmentEncode,
    FragmentStrip,
    MergeSlashes,
    StripDot,
    /// With those that lead above the root.
    StripDotDot {
        full: bool,
    },
    /// Or refused, where a sequence is none.
    DecodeUnreserved {
        strict: bool,
    },
    PercentToUppercase {
        strict: bool,
    },
    SortQuery,
}

/// A percent sign without two digits behind it, in strict mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Malformed;

impl Normalizer {
    fn of(at: Compile<'_>) -> Result<Self, String> {
        let has = |name: &str| at.rule.option(name).is_some();
        let with = |name: &str| at.rule.option(name).is_some_and(|values| !values.is_empty());
        Ok(if has("fragment-encode") {
            Self::FragmentEncode
        } else if has("fragment-strip") {
            Self::FragmentStrip
        } else if has("path-merge-slashes") {
            Self::MergeSlashes
        } else if has("path-strip-dot") {
            Self::StripDot
        } else if has("path-strip-dotdot") {
            Self::StripDotDot {
                full: with("path-strip-dotdot"),
            }
        } else if has("percent-decode-unreserved") {
            Self::DecodeUnreserved {
                strict: with("percent-decode-unreserved"),
            }
        } else if has("percent-to-uppercase") {
            Self::PercentToUppercase {
                strict: with("percent-to-uppercase"),
            }
        } else if has("query-sort-by-name") {
            Self::SortQuery
        } else {
            return Err("a normalizer that is none".into());
        })
    }

    /// Appends the normal form of a target from its path on.
    fn write(self, target: &[u8], out: &mut impl Sink) -> Result<(), Malformed> {
        let path_len = memchr::memchr(b'?', target).unwrap_or(target.len());
        let (path, behind) = target.split_at(path_len);
        match self {
            Self::FragmentEncode => {
                for octet in target {
                    match octet {
                        b'#' => out.put(b"%23"),
                        other => out.put(&[*other]),
                    }
                }
            }
            Self::FragmentStrip => {
                let end = memchr::memchr(b'#', target).unwrap_or(target.len());
                out.put(&target[..end]);
            }
            Self::MergeSlashes => {
                let mut last = 0;
                for octet in path {
                    if (*octet, last) != (b'/', b'/') {
                        out.put(&[*octet]);
                    }
                    last = *octet;
                }
                out.put(behind);
            }
            Self::StripDot => {
                strip_dots(path, out);
                out.put(behind);
            }
            Self::StripDotDot { full } => {
                strip_dot_dots(path, full, out);
                out.put(behind);
            }
            Self::DecodeUnreserved { strict } => {
                sequences(target, strict, |part| match part {
                    Part::Plain(octet) => out.put(&[octet]),
                    Part::Encoded(_, octet) if is_unreserved(octet) => out.put(&[octet]),
                    Part::Encoded(digits, _) => out.put(&[b'%', digits[0], digits[1]]),
                })?;
            }
            Self::PercentToUppercase { strict } => {
                sequences(target, strict, |part| match part {
                    Part::Plain(octet) => out.put(&[octet]),
                    Part::Encoded(digits, _) => {
                        out.put(&[
                            b'%',
                            digits[0].to_ascii_uppercase(),
                            digits[1].to_ascii_uppercase(),
                        ]);
                    }
                })?;
            }
            Self::SortQuery => match memchr::memchr(b'?', target) {
                Some(question) => {
                    out.put(&target[..=question]);
                    sort(&target[question + 1..], out);
                }
                None => out.put(target),
            },
        }
        Ok(())
    }
}

/// Leaves out segments that are `.`; behind the last one the slash in front of it stays.
fn strip_dots(path: &[u8], out: &mut impl Sink) {
    let Some(relative) = path.strip_prefix(b"/") else {
        return out.put(path);
    };
    let mut segments = relative.split(|octet| *octet == b'/').peekable();
    while let Some(segment) = segments.next() {
        if segment != b"." {
            out.put(b"/");
            out.put(segment);
        } else if segments.peek().is_none() {
            out.put(b"/");
        }
    }
}

/// Leaves out segments that are `..` with the ones in front of them. Those that lead above the root stay in front, unless `full`
/// is asked for.
fn strip_dot_dots(path: &[u8], full: bool, out: &mut impl Sink) {
    let Some(relative) = path.strip_prefix(b"/") else {
        return out.put(path);
    };
    let is_up = |segment: &&[u8]| *segment == b"..";
    let segments = || relative.rsplit(|octet| *octet == b'/');
    let ends_upwards = segments().next().is_some_and(|last| is_up(&last));
    // From the end on it is known which segments are taken back; a segment is kept where none is owed.
    let mut owed = 0_usize;
    let mut kept = Vec::new();
    for segment in segments() {
        if is_up(&segment) {
            owed += 1;
        } else if owed > 0 {
            owed -= 1;
        } else {
            kept.push(segment);
        }
    }
    let ups = if full { 0 } else { owed };
    for _ in 0..ups {
        out.put(b"/..");
    }
    for segment in kept.iter().rev() {
        out.put(b"/");
        out.put(segment);
    }
    if ends_upwards {
        out.put(b"/");
    }
}

/// A part of a text with percent encoding.
enum Part {
    Plain(u8),
    /// The digits, and the octet that they stand for.
    Encoded([u8; 2], u8),
}

/// Gives the parts one after the other.
fn sequences(text: &[u8], strict: bool, mut see: impl FnMut(Part)) -> Result<(), Malformed> {
    let mut rest = text;
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        if *first != b'%' {
            see(Part::Plain(*first));
            continue;
        }
        let digit = |at: usize| char::from(*behind.get(at)?).to_digit(16);
        match (digit(0), digit(1)) {
            (Some(high), Some(low)) => {
                see(Part::Encoded([behind[0], behind[1]], (high * 16 + low) as u8));
                rest = &behind[2..];
            }
            _ if strict => return Err(Malformed),
            _ => see(Part::Plain(b'%')),
        }
    }
    Ok(())
}

/// RFC 3986, section 2.3.
fn is_unreserved(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'_' | b'~')
}

/// Sorts the parameters of a query by their names; those of one name keep their order. An empty one at the end is none.
fn sort(query: &[u8], out: &mut impl Sink) {
    let mut parameters: Vec<&[u8]> = query.split(|octet| *octet == b'&').collect();
    if parameters.last().is_some_and(|last| last.is_empty()) {
        parameters.pop();
    }
    let name = |parameter: &[u8]| memchr::memchr(b'=', parameter).unwrap_or(parameter.len());
    parameters.sort_by(|a, b| -> Ordering { a[..name(a)].cmp(&b[..name(b)]) });
    for (at, parameter) in parameters.iter().enumerate() {
        if at > 0 {
            out.put(b"&");
        }
        out.put(parameter);
    }
}

/// The action.
#[derive(Debug)]
struct Normalize(Normalizer);

impl Action for Normalize {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        let Some((buf, head)) = &mut exec.request else {
            return Step::Next;
        };
        let uri = exec.arena.copy(crate::http1::RequestRef { buf, head }.uri());
        // A target without a path, such as `*`, has nothing to be changed.
        let Some(start) = path_start(uri) else {
            return Step::Next;
        };
        let mut new = exec.arena.bytes(uri.len() + 8);
        if self.0.write(&uri[start..], &mut new) == Err(Malformed) {
            return Step::Malformed;
        }
        if new[..] == uri[start..] {
            return Step::Next;
        }
        let stored = head.edit(buf, exec.room).store(&[&uri[..start], &new]);
        let result = stored.map(|slice| head.uri = slice);
        edited(result, exec)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// By normalizer and target: what comes out, or the status of a refusal.
    type Recorded = BTreeMap<String, BTreeMap<String, serde_json::Value>>;

    fn named(words: &str) -> Normalizer {
        let (name, argument) = words.split_once(' ').unwrap_or((words, ""));
        let given = !argument.is_empty();
        match name {
            "fragment-encode" => Normalizer::FragmentEncode,
            "fragment-strip" => Normalizer::FragmentStrip,
            "path-merge-slashes" => Normalizer::MergeSlashes,
            "path-strip-dot" => Normalizer::StripDot,
            "path-strip-dotdot" => Normalizer::StripDotDot { full: given },
            "percent-decode-unreserved" => Normalizer::DecodeUnreserved { strict: given },
            "percent-to-uppercase" => Normalizer::PercentToUppercase { strict: given },
            "query-sort-by-name" => Normalizer::SortQuery,
            other => panic!("no normalizer {other}"),
        }
    }

    #[test]
    fn targets_become_what_the_original_makes_of_them() {
        let text = include_str!("../../../../../compat-fixtures/targets/normalize.json");
        let recorded: Recorded = serde_json::from_str(text).unwrap();
        let mut wrong = Vec::new();
        for (words, targets) in &recorded {
            for (target, expected) in targets {
                let bytes = target.as_bytes();
                let mut out = Vec::new();
                let ours = match path_start(bytes) {
                    None => serde_json::json!(target),
                    Some(start) => match named(words).write(&bytes[start..], &mut out) {
                        Err(Malformed) => serde_json::json!(400),
                        Ok(()) => serde_json::json!(format!(
                            "{}{}",
                            &target[..start],
                            String::from_utf8_lossy(&out)
                        )),
                    },
                };
                if ours != *expected {
                    wrong.push(format!("{words} {target}: {ours}, recorded {expected}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
        assert_eq!(recorded.len(), 11);
    }
}
