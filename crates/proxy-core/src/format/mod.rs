//! Log-format strings made ready (manual, section 8.2.6): what rules write into headers, what log lines are made of.

mod alias;
mod encode;

use haproxy_cfg::keywords::Output;
use haproxy_cfg::model::{self, Cast, Config, Flags, FormatItem, ProxyId};

use crate::sample::{Expression, SampleContext, cast};

/// A format string made ready.
#[derive(Debug)]
pub struct FormatPlan {
    parts: Box<[Part]>,
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
                FormatItem::Alias(row) => Item::Alias(alias::make(row)?),
            };
            parts.push(Part {
                item,
                flags: part.flags,
            });
        }
        Ok(Self { parts: parts.into() })
    }

    /// Appends the string to `out`.
    pub fn write(&self, context: &SampleContext<'_>, out: &mut impl Extend<u8>) {
        for part in &self.parts {
            match &part.item {
                Item::Text(text) => out.extend(text.iter().copied()),
                Item::Sample(expression) => {
                    let sample = expression
                        .sample(context)
                        .and_then(|sample| cast(sample, Output::Str, context.arena));
                    let text = match sample {
                        Some(crate::sample::Sample::Str(text)) => Some(text),
                        _ => None,
                    };
                    encode::text(out, text, part.flags);
                }
                Item::Alias(write) => {
                    let mut text = context.arena.bytes(32);
                    let known = write(context, part.flags, &mut text);
                    encode::alias(out, known.then_some(&text[..]), part.flags);
                }
            }
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
