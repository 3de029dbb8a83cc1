//! authkeys: which key signs, and all that are taken. No message holds a key.

use syntax::{Diagnostic, FileId, Span};

use crate::line::{Form, lines};
use crate::load::Input;
use crate::model::{Key, Keys, Method};
use crate::parse::Word;
use crate::placeholder;

const FORM: &str = "`auth NUMBER` first, then `NUMBER METHOD KEY` for each key, such as `1 sha1 SECRET`";

/// Reads authkeys.
pub(crate) fn keys(input: &Input, file: FileId, diagnostics: &mut Vec<Diagnostic>) -> Keys {
    let bytes = &input.bytes;
    let name = &input.name;
    if let Some(mode) = input.mode.filter(|mode| mode & 0o077 != 0) {
        diagnostics.push(
            Diagnostic::alert(
                "open-keys",
                format!("Bad permissions on keyfile [{name}], 600 recommended."),
            )
            .at(Span::new(file, 0, 0))
            .help(format!("it has mode {:03o}; `chmod 600 {name}`", mode & 0o777)),
        );
    }
    let mut reader = Reader {
        keys: Keys::default(),
        auth: None,
        early: Vec::new(),
        diagnostics,
        name,
    };
    for line in lines(bytes, file, Form::AuthKeys) {
        let words: Vec<Word> = line
            .words
            .iter()
            .map(|span| Word {
                text: String::from_utf8_lossy(
                    bytes.get(span.start as usize..span.end as usize).unwrap_or(b""),
                )
                .into_owned(),
                span: *span,
            })
            .collect();
        reader.line(&words);
    }
    reader.end(file)
}

/// The text with a star for each octet of a key, so that whoever shows a line shows no key. Places stay what they are.
pub(crate) fn masked(bytes: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for line in lines(bytes, FileId(0), Form::AuthKeys) {
        let text = |span: &Span| bytes.get(span.start as usize..span.end as usize).unwrap_or(b"");
        let first = line.words.first().map_or(&b""[..], text);
        if first == b"auth" {
            continue;
        }
        // Where the method is not a word of its own, the key comes sooner.
        let is_number = !first.is_empty() && first.iter().all(u8::is_ascii_digit);
        let shown = if is_number { 2 } else { 1 };
        for word in line.words.iter().skip(shown) {
            if let Some(key) = out.get_mut(word.start as usize..word.end as usize) {
                key.fill(b'*');
            }
        }
    }
    out
}

struct Reader<'a> {
    keys: Keys,
    /// Place of the last `auth`.
    auth: Option<Span>,
    /// Numbers of keys in front of the first `auth`, which the original does not find.
    early: Vec<(u8, Span)>,
    diagnostics: &'a mut Vec<Diagnostic>,
    name: &'a str,
}

impl Reader<'_> {
    fn refuse(&mut self, code: &'static str, span: Span, message: String, help: &str) {
        self.diagnostics
            .push(Diagnostic::alert(code, message).at(span).help(help));
    }

    fn line(&mut self, words: &[Word]) {
        let Some((first, rest)) = words.split_first() else {
            return;
        };
        let span = words.last().map_or(first.span, |last| first.span.to(last.span));
        if first.text == "auth" {
            self.auth(rest, span);
        } else {
            self.key(first, rest, span);
        }
    }

    fn auth(&mut self, rest: &[Word], span: Span) {
        let Some(number) = rest.first().and_then(|word| number(&word.text)) else {
            let shown: Vec<&str> = rest.iter().map(|word| word.text.as_str()).collect();
            let message = format!(
                "Invalid auth line [{}] in {}",
                format!("auth {}", shown.join(" ")).trim_end(),
                self.name
            );
            self.refuse("bad-auth", span, message, FORM);
            return;
        };
        let Ok(active) = u8::try_from(number) else {
            let message = format!("Invalid authnum [{number}] in {}", self.name);
            self.refuse("bad-auth", rest[0].span, message, "a number is from 0 to 15");
            return;
        };
        if let Some(extra) = rest.get(1) {
            self.diagnostics.push(
                Diagnostic::warning("extra-argument", "what follows the number is not looked at")
                    .at(extra.span),
            );
        }
        if let Some(before) = self.auth.replace(span) {
            self.diagnostics.push(
                Diagnostic::warning("overwritten", "'auth' is set again; this number holds")
                    .at(span)
                    .label(before, "the number before"),
            );
        }
        self.keys.active = Some(active);
    }

    fn key(&mut self, first: &Word, rest: &[Word], span: Span) {
        // What stands right behind the number is the method.
        let digits = first
            .text
            .trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == '-');
        if number(&first.text).is_some() && !digits.is_empty() {
            let message = format!("Invalid authtype [{digits}]");
            self.refuse("bad-key", first.span, message, FORM);
            return;
        }
        let (Some(number), Some(method)) = (number(&first.text), rest.first()) else {
            // The line itself is not shown: it may hold a key.
            let message = if number(&first.text).is_some() {
                format!("Auth line [{}] is invalid.", first.text)
            } else {
                "Auth line is invalid.".to_owned()
            };
            self.refuse("bad-key", span, message, FORM);
            return;
        };
        let Some(number) = u8::try_from(number).ok().filter(|number| *number <= 15) else {
            let message = format!("Invalid authnum [{number}] in {}", self.name);
            self.refuse("bad-key", first.span, message, "a number is from 0 to 15");
            return;
        };
        let secret = rest.get(1);
        let kind = match (method.text.as_str(), secret) {
            ("crc", None) => Method::Crc,
            ("crc", Some(key)) => {
                let message = "Auth method [crc] doesn't use a key".to_owned();
                self.refuse(
                    "bad-key",
                    key.span,
                    message,
                    "take the key out, or write `sha1` for `crc`",
                );
                return;
            }
            ("md5", Some(_)) => Method::Md5,
            ("sha1", Some(_)) => Method::Sha1,
            ("md5" | "sha1", None) => {
                let message = format!("Auth method [{}] requires a key", method.text);
                self.refuse("bad-key", method.span, message, FORM);
                return;
            }
            _ => {
                let message = format!("Invalid authtype [{}]", method.text);
                let help = "methods are `crc` (no protection), `md5` and `sha1`, in small letters";
                self.refuse("bad-key", method.span, message, help);
                return;
            }
        };
        if let Some(extra) = rest.get(2) {
            self.diagnostics.push(
                Diagnostic::warning("extra-argument", "a key is one word; this is not part of it")
                    .at(extra.span),
            );
        }
        if let Some(word) = secret.filter(|word| placeholder::find(&word.text).is_some()) {
            self.diagnostics.push(
                Diagnostic::warning(
                    "placeholder",
                    "the key looks like a placeholder, whose value was not put in",
                )
                .at(word.span)
                .help("anybody who knows the template knows this key"),
            );
        }
        if let Some(at) = self.keys.keys.iter().position(|key| key.number == number) {
            let before = self.keys.keys.remove(at);
            self.diagnostics.push(
                Diagnostic::warning(
                    "overwritten",
                    format!("key {number} is given again; this one holds"),
                )
                .at(span)
                .label(before.span, "the key before"),
            );
        }
        if self.keys.active.is_none() {
            self.early.push((number, span));
        }
        self.keys.keys.push(Key {
            number,
            method: kind,
            secret: secret
                .map(|word| word.text.clone().into_bytes())
                .unwrap_or_default(),
            span,
        });
    }

    fn end(self, file: FileId) -> Keys {
        let mut say = |span: Span, message: String, help: &str| {
            self.diagnostics
                .push(Diagnostic::alert("no-signing-key", message).at(span).help(help));
        };
        match self.keys.active {
            None => say(
                Span::new(file, 0, 0),
                format!("Missing auth directive in keyfile [{}]", self.name),
                FORM,
            ),
            Some(active) => {
                let span = self.auth.unwrap_or_default();
                let message = format!("Auth Key [{active}] not found in keyfile [{}]", self.name);
                let early = self.early.iter().any(|(number, _)| *number == active);
                if early {
                    say(span, message, "`auth` must stand above the keys");
                } else if self.keys.find(active).is_none() {
                    say(span, message, "`auth` names the number of a key below it");
                }
            }
        }
        self.keys
    }
}

/// A number, as the original takes it: what the word begins with.
fn number(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits
        .starts_with(|letter: char| letter.is_ascii_digit())
        .then(|| crate::parse::leading_number(text))
}
