//! Calls, `name(argument,argument,…)`: where they end, what stands between the parentheses, and what each argument is.

use syntax::Span;

use super::argument;
use crate::keywords::ArgType;
use crate::lex::Word;
use crate::model::Arg;

/// What is wrong with the arguments of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ArgumentFault {
    /// Which argument, counted from 1, as the original counts.
    pub(super) number: usize,
    /// The original's words, without a full stop.
    pub(super) message: String,
    /// Where it stands in the word.
    pub(super) at: usize,
}

/// How long the name at the start of `text` is.
pub(in crate::parse) fn name_length(text: &[u8]) -> usize {
    text.iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'+' | b':'))
        .count()
}

/// The place of bytes of a word. A word whose text is not as written gives its own place.
pub(in crate::parse) fn place(word: &Word<'_>, start: usize, end: usize) -> Span {
    if word.span.len() as usize != word.text.len() {
        return word.span;
    }
    let offset = |at: usize| word.span.start + u32::try_from(at).unwrap_or(0);
    Span::new(word.span.file, offset(start), offset(end))
}

/// One argument taken out of its quotes.
struct Raw {
    text: Vec<u8>,
    start: usize,
    end: usize,
}

/// Takes the argument at `at` out of its quotes and escapes. None when a quote is not closed.
fn raw(text: &[u8], start: usize) -> Raw {
    let mut out = Vec::new();
    let mut at = start;
    let mut quote = None;
    while let Some(&byte) = text.get(at) {
        match (byte, quote) {
            (b',' | b')', None) => break,
            (b'"' | b'\'', None) => quote = Some(byte),
            (_, Some(open)) if byte == open => quote = None,
            (b'\\', None | Some(b'"')) => {
                let escaped = match text.get(at + 1) {
                    Some(byte @ (b'\\' | b'"' | b'\'' | b' ' | b'#')) => Some(*byte),
                    Some(b'n') => Some(b'\n'),
                    Some(b'r') => Some(b'\r'),
                    Some(b't') => Some(b'\t'),
                    _ => None,
                };
                at += usize::from(escaped.is_some());
                out.push(escaped.unwrap_or(byte));
            }
            _ => out.push(byte),
        }
        at += 1;
    }
    Raw {
        text: out,
        start,
        end: at,
    }
}

/// Reads the arguments of a call whose name ends at `start` of `word`. Gives them and the offset behind the call.
///
/// # Errors
/// The first fault.
pub(super) fn arguments(
    word: &Word<'_>,
    start: usize,
    types: &[ArgType],
    min: usize,
) -> Result<(Vec<Arg>, usize), ArgumentFault> {
    let text = &*word.text;
    let inside = text.get(start) == Some(&b'(');
    let mut args: Vec<Arg> = Vec::new();
    if !inside && min == 0 {
        return Ok((args, start));
    }
    let mut at = start + usize::from(inside);
    while let Some(kind) = types.get(args.len()) {
        let position = args.len() + 1;
        let fault = |message: String, at: usize| ArgumentFault {
            number: position,
            message,
            at,
        };
        let found = if inside {
            raw(text, at)
        } else {
            Raw {
                text: Vec::new(),
                start: at,
                end: at,
            }
        };
        if found.text.is_empty() && !kind.may_be_empty() {
            if position > min {
                break;
            }
            let message = format!(
                "expected type '{}' at position {position}, but got nothing",
                kind.name()
            );
            return Err(fault(message, at));
        }
        let Some(value) = argument::value(*kind, &found.text) else {
            let shown = String::from_utf8_lossy(&found.text);
            let message = format!(
                "failed to parse '{shown}' as type '{}' at position {position}",
                kind.name()
            );
            return Err(fault(message, at));
        };
        args.push(Arg {
            value,
            span: place(word, found.start, found.end),
        });
        at = found.end;
        if !inside || text.get(at) != Some(&b',') || args.len() == types.len() {
            break;
        }
        at += 1;
    }
    if args.len() < min {
        let expected = types.get(args.len()).map_or("string", |kind| kind.name());
        let message = format!(
            "missing arguments (got {}/{min}), type '{expected}' expected",
            args.len()
        );
        return Err(ArgumentFault {
            number: args.len() + 1,
            message,
            at,
        });
    }
    if !inside {
        return Ok((args, at));
    }
    if text.get(at) == Some(&b')') {
        return Ok((args, at + 1));
    }
    let rest = String::from_utf8_lossy(&text[at.min(text.len())..]);
    let message = if rest.is_empty() {
        "expected ')'".to_owned()
    } else {
        format!("expected ')' before '{rest}'")
    };
    // The original counts an argument that is one too many as the last one, but where there is only one.
    let number = if types.len() == 1 && args.len() == 1 {
        2
    } else {
        (args.len() + 1).min(types.len().max(1))
    };
    Err(ArgumentFault { number, message, at })
}
