//! Log-format strings made ready (manual, section 8.2.6): what rules write into headers, what log lines are made of.

mod alias;
mod encode;

use haproxy_cfg::keywords::Output;
use haproxy_cfg::model::{self, Cast, Config, Flags, FormatItem, ProxyId};

use crate::sample::{Expression, SampleContext};

/// A format string made ready.
#[derive(Debug)]
pub struct FormatPlan {
    parts: Box<[Part]>,
    /// Several blanks in a row are written as one, and none at the beginning.
    merges_blanks: bool,
}

#[derive(Debug)]
struct Part {
    item: Item,
    flags: Flags,
}

#[derive(Debug)]
enum Item {
    Text(Box<[u8]>),
    Sample(Expression),
    Alias(alias::Write),
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
                // Where nothing is captured they are not even a dash.
                FormatItem::Alias(row) if matches!(row.name, "hr" | "hrl" | "hs" | "hsl") => continue,
                FormatItem::Alias(row) => Item::Alias(alias::make(row)),
            };
            let mut flags = part.flags;
            if let FormatItem::Alias(row) = &part.item {
                flags.quoted &= alias::is_text(row);
            }
            parts.push(Part { item, flags });
        }
        Ok(Self {
            parts: parts.into(),
            merges_blanks: false,
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
        plan.merges_blanks = true;
        Ok(plan)
    }

    /// Appends the string to `out`.
    pub fn write(&self, context: &SampleContext<'_>, out: &mut impl Extend<u8>) {
        let mut behind_blank = self.merges_blanks;
        for part in &self.parts {
            match &part.item {
                Item::Text(text) if self.merges_blanks => {
                    for &byte in text {
                        if byte != b' ' || !behind_blank {
                            out.extend([byte]);
                        }
                        behind_blank = byte == b' ';
                    }
                    continue;
                }
                Item::Text(text) => out.extend(text.iter().copied()),
                Item::Sample(expression) => {
                    let sample = expression.sample(context);
                    let text = sample.map_or(&b""[..], |sample| crate::sample::text(sample, context.arena));
                    encode::part(out, text, part.flags);
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

    /// The string, in the context's arena.
    #[must_use]
    pub fn text<'a>(&self, context: &SampleContext<'a>) -> &'a [u8] {
        if let [
            Part {
                item: Item::Text(text),
                ..
            },
        ] = &*self.parts
        {
            return context.arena.copy(text);
        }
        let mut out = context.arena.bytes(64);
        self.write(context, &mut out);
        out.into_bump_slice()
    }
}
