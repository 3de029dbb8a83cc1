//! Log-format strings made ready (manual, section 8.2.6): what rules write into headers, what log lines are made of.

mod alias;
mod captures;
mod encode;
mod structured;

pub(crate) use alias::{idle_time, time_to_request, user_time};
use haproxy_cfg::keywords::Output;
use haproxy_cfg::model::{self, Cast, Config, Encoding, Flags, FormatItem, ProxyId};

use structured::{Value, Writer};

use crate::sample::{Expression, Sample, SampleContext, Sink};

/// A format string made ready.
#[derive(Debug)]
pub struct FormatPlan {
    parts: Box<[Part]>,
    /// Several blanks in a row are written as one, and none at the beginning.
    merges_blanks: bool,
    /// Anything but plain is an object of the parts that have names.
    encoding: Encoding,
    /// It becomes part of a message's head: control characters of samples are written as `%` and two digits.
    in_head: bool,
    /// Something in it is known at the end of a stream only.
    waits_for_end: bool,
}

/// Fetches of what is known at the end of a stream only.
const AT_THE_END: [&str; 10] = [
    "bytes_in",
    "bytes_out",
    "fc.timer.total",
    "req.bytes_in",
    "req.bytes_out",
    "res.bytes_in",
    "res.bytes_out",
    "res.timer.data",
    "txn.timer.total",
    "txn.timer.user",
];

/// Whether a part is known at the end of a stream only.
fn waits_for_end(part: &model::FormatPart) -> bool {
    match &part.item {
        FormatItem::Text(_) => false,
        FormatItem::Sample(sample) => AT_THE_END.contains(&sample.fetch.name),
        FormatItem::Alias(row) => alias::waits_for_end(row),
    }
}

#[derive(Debug)]
struct Part {
    item: Item,
    flags: Flags,
    /// What an encoding calls it.
    name: Option<Box<[u8]>>,
    /// What an alias is cast to.
    cast: Option<Cast>,
    /// An alias is a number.
    is_number: bool,
    /// An alias that the original puts together of pieces, which CBOR shows.
    in_pieces: bool,
}

/// Aliases that the original writes piece by piece.
const IN_PIECES: &[&str] = &["HM", "HP", "HPO", "HQ", "HU", "HV", "ft", "r"];

#[derive(Debug)]
enum Item {
    Text(Box<[u8]>),
    Sample(Expression),
    Alias(alias::Write),
    /// All that is captured of requests, or of responses; each by itself, or together.
    Captures {
        request: bool,
        listed: bool,
    },
}

impl FormatPlan {
    /// Makes `format`, which stands in the proxy `own`, ready.
    ///
    /// # Errors
    /// What is wrong with an expression's argument, as only the whole configuration can show.
    pub fn compile(config: &Config, own: ProxyId, format: &model::Format) -> Result<Self, String> {
        let mut parts = Vec::with_capacity(format.parts.len());
        for part in &format.parts {
            let item = match &part.item {
                FormatItem::Text(text) => Item::Text(text.as_slice().into()),
                FormatItem::Sample(sample) => {
                    let wanted = match part.cast {
                        None => Output::Any,
                        Some(Cast::Text) => Output::Str,
                        Some(Cast::Integer) => Output::Sint,
                        Some(Cast::Bool) => Output::Bool,
                    };
                    Item::Sample(Expression::compile(config, own, sample, wanted)?)
                }
                FormatItem::Alias(row) if matches!(row.name, "hr" | "hrl" | "hs" | "hsl") => Item::Captures {
                    request: row.name.starts_with("hr"),
                    listed: row.name.ends_with('l'),
                },
                FormatItem::Alias(row) => Item::Alias(alias::make(row)),
            };
            let mut flags = part.flags;
            if let FormatItem::Alias(row) = &part.item {
                flags.quoted &= alias::is_text(row);
            }
            let is_number = matches!(&part.item, FormatItem::Alias(row) if row.output == Output::Sint);
            let in_pieces = matches!(&part.item, FormatItem::Alias(row) if IN_PIECES.contains(&row.name));
            parts.push(Part {
                item,
                flags,
                name: part.name.as_ref().map(|name| name.as_slice().into()),
                cast: part.cast,
                is_number,
                in_pieces,
            });
        }
        Ok(Self {
            parts: parts.into(),
            merges_blanks: false,
            encoding: format.encoding,
            in_head: false,
            waits_for_end: format.parts.iter().any(waits_for_end),
        })
    }

    /// The same for the format of a log line: what is missing is a dash, and blanks are merged.
    ///
    /// # Errors
    /// As for [`Self::compile`].
    pub fn compile_line(config: &Config, own: ProxyId, format: &model::Format) -> Result<Self, String> {
        let mut plan = Self::compile(config, own, format)?;
        for part in &mut plan.parts {
            part.flags.mandatory = true;
        }
        plan.merge_blanks();
        Ok(plan)
    }

    /// The same for what stands by itself: blanks are merged, and what is missing is nothing.
    ///
    /// # Errors
    /// As for [`Self::compile`].
    pub fn compile_merged(config: &Config, own: ProxyId, format: &model::Format) -> Result<Self, String> {
        let mut plan = Self::compile(config, own, format)?;
        plan.merge_blanks();
        Ok(plan)
    }

    /// The same for what becomes part of a message's head: what clients or servers sent and samples decode ends no line there.
    #[must_use]
    pub fn in_head(mut self) -> Self {
        self.in_head = true;
        self
    }

    /// Whether a log line of it has to wait for the end of the stream; if not, it is written with the head of the response, or
    /// once a TCP session has its server.
    pub(crate) fn waits_for_end(&self) -> bool {
        self.waits_for_end
    }

    fn merge_blanks(&mut self) {
        self.merges_blanks = true;
        for part in &mut self.parts {
            if let Item::Text(text) = &mut part.item {
                let mut merged = text.to_vec();
                merged.dedup_by(|one, before| *one == b' ' && *before == b' ');
                *text = merged.into();
            }
        }
    }

    /// Appends the string to `out`.
    pub fn write(&self, context: &SampleContext<'_>, out: &mut impl Sink) {
        if self.encoding != Encoding::Plain {
            return self.write_object(context, out);
        }
        let mut behind_blank = self.merges_blanks;
        for part in &self.parts {
            match &part.item {
                Item::Text(text) if self.merges_blanks => {
                    // Inside of it they are merged already.
                    let text = text.strip_prefix(b" ").filter(|_| behind_blank).unwrap_or(text);
                    out.put(text);
                    behind_blank = text.last().map_or(behind_blank, |&last| last == b' ');
                    continue;
                }
                Item::Text(text) => out.put(text),
                _ if part.encoding() != Encoding::Plain => {
                    Writer::new(out, part.encoding()).value(part.value(context));
                }
                Item::Sample(expression) => {
                    let sample = expression.sample(context);
                    let text = sample.map_or(&b""[..], |sample| crate::sample::text(sample, context.arena));
                    let text = if self.in_head {
                        encode::without_controls(text, context.arena)
                    } else {
                        text
                    };
                    encode::part(out, text, part.flags);
                }
                Item::Captures { request, listed } => {
                    if !captures::write(context, (*request, *listed), part.flags, out) {
                        // The blanks around it are one.
                        continue;
                    }
                }
                Item::Alias(write) => {
                    let mut text = context.arena.bytes(32);
                    let known = write(context, part.flags, &mut text);
                    encode::part(out, if known { &text } else { b"" }, part.flags);
                }
            }
            behind_blank = false;
        }
    }

    /// The parts that have names, as an object.
    fn write_object(&self, context: &SampleContext<'_>, out: &mut impl Sink) {
        let mut writer = Writer::new(out, self.encoding);
        writer.open();
        for part in &self.parts {
            if let Some(name) = &part.name {
                writer.member(name, part.value(context));
            }
        }
        writer.close();
    }

    /// The string, where it is the same for all that it may be asked of.
    pub(crate) fn constant(&self) -> Option<&[u8]> {
        match &*self.parts {
            [
                Part {
                    item: Item::Text(text),
                    ..
                },
            ] if self.encoding == Encoding::Plain && !self.merges_blanks => Some(text),
            _ => None,
        }
    }

    /// The string, in the context's arena.
    #[must_use]
    pub fn text<'a>(&self, context: &SampleContext<'a>) -> &'a [u8] {
        let mut out = context.arena.bytes(64);
        self.write(context, &mut out);
        out.into_bump_slice()
    }
}

impl Part {
    /// How it is written where the whole is not encoded.
    fn encoding(&self) -> Encoding {
        match self.flags {
            Flags { json: true, .. } => Encoding::Json,
            Flags {
                cbor: true,
                binary: true,
                ..
            } => Encoding::CborBytes,
            Flags { cbor: true, .. } => Encoding::Cbor,
            _ => Encoding::Plain,
        }
    }

    /// Its value, for an encoding.
    fn value<'a>(&self, context: &SampleContext<'a>) -> Value<'a> {
        match &self.item {
            Item::Text(text) => Value::Text(context.arena.copy(text)),
            Item::Sample(expression) => match expression.sample(context) {
                None => Value::Missing,
                Some(Sample::Bool(value)) => Value::Bool(value),
                Some(Sample::Int(number)) => Value::Int(number),
                Some(Sample::Bin(bytes)) => Value::Bytes(bytes),
                Some(sample) => match crate::sample::text(sample, context.arena) {
                    b"" => Value::Missing,
                    text => Value::Text(text),
                },
            },
            Item::Captures { request, listed } => {
                let mut text = context.arena.bytes(32);
                captures::write(context, (*request, *listed), self.flags, &mut text);
                match text.into_bump_slice() {
                    b"" => Value::Null,
                    text => Value::Text(text),
                }
            }
            Item::Alias(write) => {
                let mut text = context.arena.bytes(32);
                let written = write(context, self.flags, &mut text);
                let text: &'a [u8] = text.into_bump_slice();
                if self.in_pieces && self.cast.is_none() {
                    return Value::Pieces(text);
                }
                if !written || text.is_empty() {
                    return Value::Missing;
                }
                match self.cast {
                    Some(Cast::Text) => Value::Text(text),
                    Some(Cast::Integer) => Value::Int(number(text).unwrap_or(0)),
                    Some(Cast::Bool) => Value::Bool(number(text).unwrap_or(0) != 0),
                    // Digits of another base are none of a number here.
                    None if self.is_number && !self.flags.hexadecimal => {
                        number(text).map_or(Value::Text(text), Value::Int)
                    }
                    None => Value::Text(text),
                }
            }
        }
    }
}

/// The number that an alias wrote; a plus says that it is not final, or that there was a redispatch.
fn number(text: &[u8]) -> Option<i64> {
    let digits = text.strip_prefix(b"+").unwrap_or(text);
    std::str::from_utf8(digits).ok()?.parse().ok()
}
