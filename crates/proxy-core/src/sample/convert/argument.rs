//! Arguments of converters as they are wanted while samples are taken.

use haproxy_cfg::keywords::Output;
use haproxy_cfg::model::{ArgValue, Converter, Variable};

use super::base64::decode_padded;
use crate::sample::{Sample, SampleContext, cast};

/// The number that argument `index` is.
pub(super) fn integer(converter: &Converter, index: usize) -> Option<i64> {
    match converter.args.get(index)?.value {
        ArgValue::Integer(value) => Some(value),
        _ => None,
    }
}

/// The text of argument `index`, unless it is missing, empty or no text.
pub(super) fn text(converter: &Converter, index: usize) -> Option<&[u8]> {
    match &converter.args.get(index)?.value {
        ArgValue::Text(text) => Some(&text[..]).filter(|text| !text.is_empty()),
        _ => None,
    }
}

/// A secret: bytes that the file has in base 64, or a variable that holds such a text when it is wanted.
#[derive(Clone, Debug)]
pub(super) enum Secret {
    Bytes(Box<[u8]>),
    Variable(Variable),
}

impl Secret {
    /// Argument `index`; none when it is missing.
    pub(super) fn of(converter: &Converter, index: usize) -> Option<Self> {
        match &converter.args.get(index)?.value {
            ArgValue::Bytes(bytes) => Some(Self::Bytes(bytes.as_slice().into())),
            ArgValue::Variable(variable) => Some(Self::Variable(variable.clone())),
            _ => None,
        }
    }

    /// Its bytes; none for a variable that is not set or holds something else.
    pub(super) fn bytes<'a, 's: 'a>(&'s self, context: &SampleContext<'a>) -> Option<&'a [u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            Self::Variable(variable) => {
                let text = text_of(context, context.variable(variable)?)?;
                decode_padded(context, text)
            }
        }
    }
}

/// A sample as text.
pub(super) fn text_of<'a>(context: &SampleContext<'a>, sample: Sample<'a>) -> Option<&'a [u8]> {
    match cast(sample, Output::Str, context.arena)? {
        Sample::Str(text) => Some(text),
        _ => None,
    }
}

/// A sample as the bytes that it is kept in.
pub(super) fn bytes_of<'a>(context: &SampleContext<'a>, sample: Sample<'a>) -> Option<&'a [u8]> {
    match cast(sample, Output::Bin, context.arena)? {
        Sample::Bin(bytes) => Some(bytes),
        _ => None,
    }
}

/// A text that stands in the file, or in a variable when it is wanted.
#[derive(Clone, Debug)]
pub(super) enum Text {
    Bytes(Box<[u8]>),
    Variable(Variable),
}

impl Text {
    /// Argument `index`; empty when it is missing.
    pub(super) fn of(converter: &Converter, index: usize) -> Self {
        match converter.args.get(index).map(|arg| &arg.value) {
            Some(ArgValue::Variable(variable)) => Self::Variable(variable.clone()),
            Some(ArgValue::Text(text) | ArgValue::File(text)) => Self::Bytes(text[..].into()),
            _ => Self::Bytes(Box::default()),
        }
    }

    /// The text; none for a variable that is not set.
    pub(super) fn bytes<'a, 's: 'a>(&'s self, context: &SampleContext<'a>) -> Option<&'a [u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            Self::Variable(variable) => text_of(context, context.variable(variable)?),
        }
    }
}
