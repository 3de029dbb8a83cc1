//! `$NAME=value` definitions and what takes their place: parameters, the predefined ones, `~SEQ` and `~LST`.

use std::collections::HashMap;

use syntax::Span;

use super::text::Text;
use super::words::is_blank;
use crate::host::Host;

/// A value that names itself would be put in for ever; nobody nests deeper than this.
const MAX_DEPTH: usize = 64;
/// What all lines that come of one may hold: repeated blocks make files large, but not without end.
const MAX_BYTES: usize = 64 << 20;
/// What a single line may grow to.
const MAX_LINE: usize = 1 << 20;
/// What a line counts for besides its bytes, so that repeated empty lines come to an end too.
const LINE_COST: usize = 64;

/// The definitions so far.
#[derive(Debug, Default)]
pub(crate) struct Definitions {
    values: HashMap<Vec<u8>, Vec<u8>>,
    random_count: u32,
    /// `random_seed`.
    pub(crate) random_seed: Option<u32>,
}

/// Why a line could not be worked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// A definition names itself, or repeated lines are too many.
    Endless(Span),
    /// A `~SEQ` or `~LST` that is not as it must be.
    BadRepeat(Span),
}

/// What the names that the program defines stand for.
pub(crate) struct Predefined<'a> {
    pub(crate) host: &'a dyn Host,
    /// The folder of the file at hand.
    pub(crate) folder: &'a str,
    /// The configuration's id.
    pub(crate) id: &'a str,
}

/// The name and the value that `text` defines, when it defines one: `$NAME=VALUE`.
pub(crate) fn definition(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = text.trim_ascii_start().strip_prefix(b"$")?;
    let end = rest.iter().position(|byte| !is_name_byte(*byte))?;
    let name = &rest[..end];
    let starts_well = name.first().is_some_and(|byte| !byte.is_ascii_digit());
    (starts_well && rest[end] == b'=').then(|| (name, rest[end + 1..].trim_ascii()))
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

impl Definitions {
    pub(crate) fn set(&mut self, name: &[u8], value: &[u8]) {
        self.values.insert(name.to_vec(), value.to_vec());
    }

    /// `text` with its parameters replaced, as the lines that come of it.
    pub(crate) fn expand(&mut self, text: &Text, predefined: &Predefined<'_>) -> Result<Vec<Text>, Fault> {
        let mut out = Vec::new();
        let mut bytes = 0;
        self.expand_into(text, predefined, 0, &mut out, &mut bytes)?;
        Ok(out)
    }

    fn expand_into(
        &mut self,
        text: &Text,
        predefined: &Predefined<'_>,
        depth: usize,
        out: &mut Vec<Text>,
        bytes: &mut usize,
    ) -> Result<(), Fault> {
        if depth > MAX_DEPTH {
            return Err(Fault::Endless(text.whole()));
        }
        if let Some((variables, values, rest)) = repeat(text)? {
            for row in values {
                for (variable, value) in variables.iter().zip(row) {
                    self.set(variable, &value);
                }
                self.expand_into(&rest, predefined, depth + 1, out, bytes)?;
            }
            return Ok(());
        }
        let mut line = Text::default();
        let mut at = 0;
        let mut plain = 0;
        while let Some(length) = text.bytes()[at..].iter().position(|byte| *byte == b'$') {
            at += length;
            let Some((name, end)) = reference(text.bytes(), at) else {
                at += 1;
                continue;
            };
            let Some(value) = self.value(name, predefined) else {
                at += 1;
                continue;
            };
            line.push(&text.slice(plain, at));
            let span = text.span(at, end);
            if line.bytes().len() + value.len() > MAX_LINE {
                return Err(Fault::Endless(span));
            }
            line.push(&Text::standing_for(&value, span));
            at = end;
            plain = end;
        }
        if plain == 0 {
            // Nothing was replaced.
            *bytes += text.bytes().len() + LINE_COST;
            if *bytes > MAX_BYTES {
                return Err(Fault::Endless(text.whole()));
            }
            out.push(text.clone());
            return Ok(());
        }
        line.push(&text.slice(plain, text.bytes().len()));
        for line in line.lines() {
            // A line of a definition may itself define.
            if let Some((name, value)) = definition(line.bytes()) {
                let (name, value) = (name.to_vec(), value.to_vec());
                self.set(&name, &value);
                continue;
            }
            self.expand_into(&line, predefined, depth + 1, out, bytes)?;
        }
        Ok(())
    }

    fn value(&mut self, name: &[u8], predefined: &Predefined<'_>) -> Option<Vec<u8>> {
        if let Some(value) = self.values.get(name) {
            return Some(value.clone());
        }
        let mut words = name.split(|byte| is_blank(*byte)).filter(|word| !word.is_empty());
        match words.next()? {
            b"_PWD" => Some(predefined.folder.as_bytes().to_vec()),
            b"_INSTANCE" => Some(predefined.id.as_bytes().to_vec()),
            b"_HASH" => Some(b"#".to_vec()),
            b"_BANG" => Some(b"!".to_vec()),
            b"_ENV" => {
                let name = std::str::from_utf8(words.next()?).ok()?;
                Some(predefined.host.env(name).unwrap_or_default())
            }
            b"_RANDOM" => {
                let mut number = |default| match words.next() {
                    None => Some(default),
                    Some(word) => std::str::from_utf8(word).ok()?.parse().ok(),
                };
                let low = number(0)?;
                let high = number(32767)?;
                self.random_count += 1;
                let drawn = predefined
                    .host
                    .random(self.random_seed, self.random_count, low, high.max(low));
                Some(drawn.to_string().into_bytes())
            }
            _ => None,
        }
    }
}

/// The name that the `$` at `at` refers to, and where the reference ends.
fn reference(bytes: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let rest = &bytes[at + 1..];
    if rest.first() == Some(&b'{') {
        let end = rest.iter().position(|byte| *byte == b'}')?;
        return Some((&rest[1..end], at + 1 + end + 1));
    }
    let end = rest
        .iter()
        .position(|byte| !is_name_byte(*byte))
        .unwrap_or(rest.len());
    let followed_well = rest.get(end).is_none_or(|byte| is_blank(*byte));
    (end > 0 && followed_well).then(|| (&rest[..end], at + 1 + end))
}

/// What a line is repeated with: the names, and a list of values for each turn; then the rest of the line.
type Repeat = (Vec<Vec<u8>>, Vec<Vec<Vec<u8>>>, Text);

/// The repetition that the line begins with, if it does.
fn repeat(text: &Text) -> Result<Option<Repeat>, Fault> {
    let bytes = text.bytes();
    let start = bytes.iter().take_while(|byte| is_blank(**byte)).count();
    let rest = &bytes[start..];
    let (kind, open) = if rest.starts_with(b"~SEQ(") {
        (Kind::Decimal, 5)
    } else if rest.starts_with(b"~SEQx(") {
        (Kind::Hexadecimal, 6)
    } else if rest.starts_with(b"~LST(") {
        (Kind::List, 5)
    } else {
        return Ok(None);
    };
    let Some(length) = rest.iter().position(|byte| *byte == b')') else {
        return Err(Fault::BadRepeat(text.span(start, bytes.len())));
    };
    let inside = &rest[open..length];
    let place = text.span(start, start + length + 1);
    let behind = text.slice(start + length + 1, bytes.len());
    let parts = split(inside);
    let Some((name, parts)) = parts.split_first() else {
        return Err(Fault::BadRepeat(place));
    };
    let names = group(name);
    let values = match kind {
        Kind::List => Some(parts.iter().map(|part| group(part)).collect::<Vec<_>>()),
        Kind::Decimal | Kind::Hexadecimal => sequence(parts, kind == Kind::Hexadecimal),
    };
    let values =
        values.filter(|values| !values.is_empty() && values.iter().all(|row| row.len() == names.len()));
    let values = values.ok_or(Fault::BadRepeat(place))?;
    Ok(Some((names, values, behind)))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Decimal,
    Hexadecimal,
    List,
}

/// Parts between commas that stand outside of braces.
fn split(text: &[u8]) -> Vec<Vec<u8>> {
    let mut out = vec![Vec::new()];
    let mut depth = 0_u32;
    for byte in text {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                out.push(Vec::new());
                continue;
            }
            _ => {}
        }
        if let Some(last) = out.last_mut() {
            last.push(*byte);
        }
    }
    out.iter().map(|part| part.trim_ascii().to_vec()).collect()
}

/// `{a,b}` as its parts, anything else as the one part that it is.
fn group(text: &[u8]) -> Vec<Vec<u8>> {
    match text.strip_prefix(b"{").and_then(|text| text.strip_suffix(b"}")) {
        Some(inside) => split(inside),
        None => vec![text.to_vec()],
    }
}

/// More turns than this are no configuration that anybody runs.
const MAX_TURNS: usize = 1 << 20;

/// The turns of `~SEQ(NAME, [START,] [STEP,] END)`.
fn sequence(parts: &[Vec<u8>], hexadecimal: bool) -> Option<Vec<Vec<Vec<u8>>>> {
    let numbers: Vec<i64> = parts.iter().map(|part| number(part)).collect::<Option<_>>()?;
    let (start, step, end) = match *numbers.as_slice() {
        [end] => (if end > 0 { 1 } else { -1 }, None, end),
        [start, end] => (start, None, end),
        [start, step, end] => (start, Some(step), end),
        _ => return None,
    };
    let step = step.unwrap_or(if end >= start { 1 } else { -1 });
    if step == 0 || (end - start).signum() * step.signum() < 0 {
        return None;
    }
    let mut out = Vec::new();
    let mut at = start;
    while (step > 0 && at <= end) || (step < 0 && at >= end) {
        let shown = if hexadecimal {
            format!("{at:x}")
        } else {
            at.to_string()
        };
        out.push(vec![shown.into_bytes()]);
        if out.len() > MAX_TURNS {
            return None;
        }
        at += step;
    }
    Some(out)
}

fn number(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?;
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let value = match digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        Some(digits) => i64::from(u32::from_str_radix(digits, 16).ok()?),
        None => i64::from(digits.parse::<u32>().ok()?),
    };
    Some(if negative { -value } else { value })
}
