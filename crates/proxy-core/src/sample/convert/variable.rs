//! Converters that set and forget variables and captures on the way.

use haproxy_cfg::model::{ArgValue, Converter};

use super::{Row, row, with};
use crate::sample::variable::{self, Named};
use crate::sample::{Sample, SampleContext};

pub(super) const ROWS: &[Row] = &[
    row(&["set-var"], |_, converter| {
        let Some(name) = converter.variable(0).map(Named::new) else {
            return with(|_, _| None);
        };
        let conditions = conditions(converter)?;
        with(move |context, sample| {
            let holds = conditions
                .iter()
                .all(|condition| condition.holds(context, &name, sample));
            (holds && variable::set(context, &name, sample)).then_some(sample)
        })
    }),
    row(&["unset-var"], |_, converter| {
        let name = converter.variable(0).map(Named::new);
        with(move |context, sample| variable::unset(context, name.as_ref()?).then_some(sample))
    }),
];

/// When a variable is to be set.
#[derive(Clone, Copy)]
enum Condition {
    Exists(bool),
    Empty(bool),
    Set(bool),
    Greater,
    Less,
}

fn conditions(converter: &Converter) -> Result<Vec<Condition>, String> {
    let words = converter.args.iter().skip(1).filter_map(|arg| match &arg.value {
        ArgValue::Text(word) if !word.is_empty() => Some(word),
        _ => None,
    });
    words
        .map(|word| match word.as_slice() {
            b"ifexists" => Ok(Condition::Exists(true)),
            b"ifnotexists" => Ok(Condition::Exists(false)),
            b"ifempty" => Ok(Condition::Empty(true)),
            b"ifnotempty" => Ok(Condition::Empty(false)),
            b"ifset" => Ok(Condition::Set(true)),
            b"ifnotset" => Ok(Condition::Set(false)),
            b"ifgt" => Ok(Condition::Greater),
            b"iflt" => Ok(Condition::Less),
            _ => Err(format!("unknown condition \"{word}\"")),
        })
        .collect()
}

impl Condition {
    fn holds(self, context: &SampleContext<'_>, name: &Named, sample: Sample<'_>) -> bool {
        let before = || context.variable(name.variable());
        match self {
            Self::Exists(wanted) => variable::exists(context, name) == wanted,
            Self::Set(wanted) => before().is_some() == wanted,
            // Numbers and addresses are never empty.
            Self::Empty(wanted) => {
                let empty = match sample {
                    Sample::Str(bytes) | Sample::Bin(bytes) => bytes.is_empty(),
                    Sample::Bool(_) | Sample::Int(_) | Sample::Ip(_) | Sample::Method(_) => false,
                };
                empty == wanted
            }
            Self::Greater | Self::Less => match (before(), sample) {
                (Some(Sample::Int(before)), Sample::Int(now)) => match self {
                    Self::Greater => before > now,
                    _ => before < now,
                },
                // What cannot be compared is as it should be.
                _ => true,
            },
        }
    }
}
