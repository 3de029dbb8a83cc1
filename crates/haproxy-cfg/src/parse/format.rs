//! Log-format strings: `%alias`, `%{flags}alias`, `%(name:type)alias`, `%[expression]` (manual, section 8.2.6).

use syntax::{Diagnostic, Severity, Span, closest};

use super::frame::{Frame, Wrong};
use super::line::shown;
use super::reading::Reading;
use super::sample::{self, Ending, Names, Usage};
use crate::keywords::{ALIASES, alias};
use crate::lex::Word;
use crate::model::{self, Cast, Encoding, Flags, Format, FormatItem, FormatPart};

/// What is wrong with a string.
#[derive(Debug)]
struct Fault {
    /// The original's words, without a full stop.
    message: String,
    help: String,
    /// From where to where in the word.
    at: (usize, usize),
    /// The place of an expression that is wrong.
    span: Option<Span>,
    /// What was probably meant.
    meant: Option<String>,
}

/// Reads the string of `word`, which stands where `usage` says; none when it is wrong, which is told.
pub(crate) fn parse(
    reading: &mut Reading<'_>,
    word: &Word<'_>,
    usage: Usage,
    frame: Frame<'_>,
) -> Option<Format> {
    match read(reading, word, usage) {
        Ok(format) => Some(format),
        Err(wrong) => {
            frame.tell(reading, wrong);
            None
        }
    }
}

/// The same, but leaves it to the caller to tell what is wrong.
pub(crate) fn read(reading: &mut Reading<'_>, word: &Word<'_>, usage: Usage) -> Result<Format, Wrong> {
    let mut reader = Reader {
        word,
        usage,
        parts: Vec::new(),
        text: Vec::new(),
        text_start: 0,
        standing: Flags::default(),
        pending: Pending::default(),
    };
    let known = reading.written.argument_references.len();
    match reader.read(reading) {
        Ok(()) => {
            let standing = reader.standing;
            let encoding = match (standing.json, standing.cbor, standing.binary) {
                (true, _, _) => Encoding::Json,
                (false, true, true) => Encoding::CborBytes,
                (false, true, false) => Encoding::Cbor,
                (false, false, _) => Encoding::Plain,
            };
            Ok(Format {
                written: word.text.to_vec().into(),
                parts: reader.parts,
                encoding,
                span: word.span,
            })
        }
        Err(fault) => {
            if !usage.late {
                reading.written.argument_references.truncate(known);
            }
            let span = fault
                .span
                .unwrap_or_else(|| sample::place(word, fault.at.0, fault.at.1));
            Err(Wrong {
                code: "bad-format",
                words: fault.message,
                span,
                help: fault.help,
                meant: fault.meant,
            })
        }
    }
}

const PERCENT: &str = "write %% for a percent sign";

/// Flags and a name that wait for the alias or the expression behind them.
#[derive(Debug, Default)]
struct Pending {
    flags: Option<Flags>,
    name: Option<model::Word>,
    cast: Option<Cast>,
}

struct Reader<'w, 'l> {
    word: &'w Word<'l>,
    usage: Usage,
    parts: Vec<FormatPart>,
    /// Text that is not yet a part.
    text: Vec<u8>,
    text_start: usize,
    /// Flags that hold from here on.
    standing: Flags,
    pending: Pending,
}

impl Reader<'_, '_> {
    fn read(&mut self, reading: &mut Reading<'_>) -> Result<(), Fault> {
        let word = self.word;
        let text = &*word.text;
        let mut at = 0;
        while at < text.len() {
            if text[at] != b'%' {
                if self.text.is_empty() {
                    self.text_start = at;
                }
                self.text.push(text[at]);
                at += 1;
                continue;
            }
            at = self.percent(reading, at)?;
        }
        self.end_text(at);
        Ok(())
    }

    /// Reads what the percent sign at `start` begins; gives the offset behind it.
    fn percent(&mut self, reading: &mut Reading<'_>, start: usize) -> Result<usize, Fault> {
        let word = self.word;
        let text = &*word.text;
        let mut at = start + 1;
        let named = !reading.dialect.strict || reading.dialect.at_least(2, 9);
        if named && text.get(at) == Some(&b'(') {
            // Before 2.9 it stood for itself, and so it does where no name can be meant.
            if reading.dialect.strict || text[at..].contains(&b')') {
                at = self.name(reading, at)?;
            } else {
                let span = sample::place(self.word, start, text.len());
                let message =
                    "'%(' begins a name since HAProxy 2.9, and this one has no end; it is taken for text.";
                let told = Diagnostic::warning("unclosed-name", message).at(span);
                reading.tell(told.help("write ( alone for a parenthesis"));
            }
        }
        if text.get(at) == Some(&b'{') {
            at = self.flags(reading, at)?;
            let next = text.get(at).copied();
            if !next.is_some_and(|byte| byte == b'[' || byte.is_ascii_alphabetic()) {
                let shown = String::from_utf8_lossy(&text[start..at]);
                let message = format!("parse argument modifier without variable name near '{shown}'");
                return Err(fault(
                    message,
                    "write an alias or [expression] behind the brace",
                    start,
                    at,
                ));
            }
        }
        match text.get(at) {
            None => Err(fault("truncated line after '%'".to_owned(), PERCENT, start, at)),
            Some(b'[') => self.expression(reading, start, at),
            Some(byte) if byte.is_ascii_alphabetic() => self.alias(reading, start, at),
            Some(byte) if byte.is_ascii_digit() || byte.is_ascii_whitespace() => {
                let near = char::from(*byte);
                let whole = shown(word);
                let message = format!(
                    "unexpected variable name near '{near}' at position {} line : '{whole}'. Maybe you want to write a \
                     single '%', use the syntax '%%'",
                    start + 1
                );
                Err(fault(message, PERCENT, start, at + 1))
            }
            // Whatever else follows stands for itself.
            Some(byte) => {
                if self.text.is_empty() {
                    self.text_start = start;
                }
                self.text.push(*byte);
                Ok(at + 1)
            }
        }
    }

    /// `(name:type)` at `start`.
    fn name(&mut self, reading: &mut Reading<'_>, start: usize) -> Result<usize, Fault> {
        let text = &*self.word.text;
        let Some(length) = text[start..].iter().position(|byte| *byte == b')') else {
            let rest = String::from_utf8_lossy(&text[start + 1..]);
            let message = format!("truncated line after '{rest}'");
            return Err(fault(message, "close the parenthesis", start, text.len()));
        };
        let end = start + length;
        let inside = &text[start + 1..end];
        let colon = inside.iter().position(|byte| *byte == b':');
        let (name, cast) = match colon {
            Some(at) => (&inside[..at], Some(&inside[at + 1..])),
            None => (inside, None),
        };
        self.pending.name = Some(model::Word::from(name.to_vec())).filter(|name| !name.is_empty());
        self.pending.cast = match cast {
            None => None,
            Some(b"str") => Some(Cast::Text),
            Some(b"sint") => Some(Cast::Integer),
            Some(b"bool") => Some(Cast::Bool),
            Some(other) => {
                let shown = String::from_utf8_lossy(other);
                let message = format!("unexpected output type '{shown}' requested");
                if reading.dialect.strict {
                    return Err(fault(message, "write str, sint or bool", start, end + 1));
                }
                let span = sample::place(self.word, start, end + 1);
                reading.tell(
                    Diagnostic::warning("bad-format-type", message)
                        .at(span)
                        .help("write str, sint or bool"),
                );
                None
            }
        };
        Ok(end + 1)
    }

    /// `{flags}` at `start`.
    fn flags(&mut self, reading: &mut Reading<'_>, start: usize) -> Result<usize, Fault> {
        let text = &*self.word.text;
        let Some(length) = text[start..].iter().position(|byte| *byte == b'}') else {
            let rest = String::from_utf8_lossy(&text[start + 1..]);
            let message = format!("truncated line after '{rest}'");
            return Err(fault(message, "close the brace", start, text.len()));
        };
        let end = start + length;
        let mut flags = self.standing;
        for flag in text[start + 1..end].split(|byte| *byte == b',') {
            let (on, name) = match flag {
                [b'+', name @ ..] => (true, name),
                [b'-', name @ ..] => (false, name),
                name => (true, name),
            };
            match name {
                b"Q" => flags.quoted = on,
                b"X" => flags.hexadecimal = on,
                b"E" => flags.escaped = on,
                b"M" => flags.mandatory = on,
                b"json" => flags.json = on,
                b"cbor" => flags.cbor = on,
                b"bin" => flags.binary = on,
                b"" => {}
                unknown if !reading.dialect.strict => {
                    let shown = String::from_utf8_lossy(unknown);
                    let message = format!("the flag '{shown}' is not known and does nothing.");
                    let span = sample::place(self.word, start, end + 1);
                    let told = Diagnostic::warning("unknown-flag", message).at(span);
                    reading.tell(told.help("write Q, X, E, M, json, cbor or bin behind + or -"));
                }
                _ => {}
            }
        }
        self.pending.flags = Some(flags);
        Ok(end + 1)
    }

    /// The alias at `at`, whose percent sign is at `start`.
    fn alias(&mut self, reading: &mut Reading<'_>, start: usize, at: usize) -> Result<usize, Fault> {
        let text = &*self.word.text;
        let length = text[at..]
            .iter()
            .take_while(|byte| byte.is_ascii_alphabetic())
            .count();
        let end = at + length;
        let name = &text[at..end];
        let strict = reading.dialect.strict.then_some(reading.dialect.version);
        let known = alias::find(name).filter(|row| {
            row.since
                .zip(strict)
                .is_none_or(|(since, spoken)| since <= spoken)
        });
        let Some(row) = known else {
            let shown = String::from_utf8_lossy(name);
            let near = closest(name, ALIASES.iter().map(|row| row.name));
            let help = near.map_or(PERCENT.to_owned(), |near| {
                format!("did you mean '%{near}'? or {PERCENT}")
            });
            let message = format!(
                "no such format variable '{shown}'. If you wanted to emit the '%' character verbatim, you need to use '%%'"
            );
            let mut wrong = fault(message, &help, at, end);
            wrong.meant = near.map(str::to_owned);
            return Err(wrong);
        };
        if row.name == "o" {
            let pending = std::mem::take(&mut self.pending);
            self.standing = pending.flags.unwrap_or(self.standing);
            self.end_text(start);
            return Ok(end);
        }
        if !row.acts {
            let span = sample::place(self.word, start, end);
            reading.tell_read_only(&format!("the alias '%{}'", row.name), span);
        }
        if matches!(row.name, "bi" | "bp" | "si" | "sp") {
            reading.written.global.names_server_addresses = true;
        }
        self.push(FormatItem::Alias(row), start, end);
        Ok(end)
    }

    /// The expression whose bracket is at `at` and whose percent sign is at `start`.
    fn expression(&mut self, reading: &mut Reading<'_>, start: usize, at: usize) -> Result<usize, Fault> {
        let word = self.word;
        let text = &*word.text;
        let inside = at + 1;
        let rest = String::from_utf8_lossy(&text[inside..]).into_owned();
        let names = Names {
            place: self.usage.place,
            fetch: None,
        };
        let known = reading.written.argument_references.len();
        let read = sample::read(
            reading,
            std::slice::from_ref(word),
            inside,
            Ending::Inside,
            None,
            names,
        );
        let parsed = read.map_err(|wrong| Fault {
            message: format!("failed to parse sample expression <{rest}> : {}", wrong.words()),
            help: wrong.help,
            at: (inside, text.len()),
            span: Some(wrong.span),
            meant: wrong.meant,
        })?;
        let end = parsed.end;
        let expression = &rest.as_bytes()[..(end - inside).min(rest.len())];
        let expression = String::from_utf8_lossy(expression).into_owned();
        let row = parsed.sample.fetch;
        if !self.usage.has(reading, row) {
            reading.written.argument_references.truncate(known);
            let needs = sample::source(reading, row).name();
            let message = format!(
                "sample fetch <{rest}> may not be reliably used here because it needs '{needs}' which is not available here"
            );
            return Err(fault(message, sample::NOT_AT_HAND, inside, end));
        }
        if let Some(byte) = text.get(end).filter(|byte| **byte != b']') {
            let message = format!(
                "expected ']' after '{expression}', but found '{}'",
                char::from(*byte)
            );
            return Err(fault(
                message,
                "close the bracket behind the expression",
                inside,
                end + 1,
            ));
        }
        if text.get(end).is_none() {
            let message = format!("missing ']' after '{expression}'");
            return Err(fault(message, "close the bracket", inside, end));
        }
        if self.usage.tells_layer6 && sample::source(reading, row).is_layer6() {
            let message = format!("L6 sample fetch <{rest}> ignored in HTTP log-format string.");
            let told = Diagnostic::warning("ignored-in-http", message).at(parsed.sample.span);
            reading.tell_in(
                model::Mode::Http,
                told.help("look at what HTTP has of it, such as req.body"),
            );
        }
        sample::note(reading, &parsed.sample);
        self.push(FormatItem::Sample(parsed.sample), start, end + 1);
        Ok(end + 1)
    }

    fn push(&mut self, item: FormatItem, start: usize, end: usize) {
        self.end_text(start);
        let pending = std::mem::take(&mut self.pending);
        self.parts.push(FormatPart {
            item,
            name: pending.name,
            cast: pending.cast,
            flags: pending.flags.unwrap_or(self.standing),
            span: sample::place(self.word, start, end),
        });
    }

    /// Makes the text that was read a part, which ends at `end`.
    fn end_text(&mut self, end: usize) {
        if self.text.is_empty() {
            return;
        }
        let text = std::mem::take(&mut self.text);
        self.parts.push(FormatPart {
            item: FormatItem::Text(text.into()),
            name: None,
            cast: None,
            flags: self.standing,
            span: sample::place(self.word, self.text_start, end),
        });
    }
}

fn fault(message: String, help: &str, start: usize, end: usize) -> Fault {
    Fault {
        message,
        help: help.to_owned(),
        at: (start, end),
        span: None,
        meant: None,
    }
}

/// The first alias of a format that is kept for HTTP.
fn reserved_for_http(format: &Format) -> Option<(&'static str, Span)> {
    format.parts.iter().find_map(|part| match part.item {
        FormatItem::Alias(row) if row.need == alias::Need::Http => Some((row.name, part.span)),
        _ => None,
    })
}

/// Tells aliases which are kept for HTTP where there is no HTTP. Since 3.0 they may stand there, and give nothing.
pub(crate) fn refuse_http(reading: &mut Reading<'_>, format: &Format, frame: Frame<'_>) -> Option<()> {
    let Some((name, span)) = reserved_for_http(format).filter(|_| reading.spoken_before(3, 0)) else {
        return Some(());
    };
    let wrong = Wrong {
        code: "http-only",
        words: format!("format variable '{name}' is reserved for HTTP mode"),
        span,
        help: "remove it".to_owned(),
        meant: None,
    };
    frame.tell(reading, wrong);
    None
}

/// What is to be said of a format with aliases that are kept for HTTP, in a proxy of TCP mode: it is refused before 3.0, and
/// warned of where no version's verdict is asked for.
pub(crate) fn kept_for_http(reading: &Reading<'_>, format: &Format, frame: Frame<'_>) -> Option<Diagnostic> {
    let (name, span) = reserved_for_http(format)?;
    let refused = reading.spoken_before(3, 0);
    if reading.dialect.strict && !refused {
        return None;
    }
    let Frame { lead, tail, context } = frame;
    let message = format!("{lead}format variable '{name}' is reserved for HTTP mode{tail}");
    let severity = if refused {
        Severity::Alert
    } else {
        Severity::Warning
    };
    let told = Diagnostic::new(severity, "http-only", message)
        .at(span)
        .context(context);
    Some(told.help("remove it, or write: mode http"))
}
