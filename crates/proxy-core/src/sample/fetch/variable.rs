//! Fetches of variables.

use haproxy_cfg::model::ArgValue;

use super::{Row, nothing, row, single};
use crate::sample::{Sample, variable};

pub(super) const ROWS: &[Row] = &[
    // The default stands for a variable that is not set, but not for one of a scope that is not at hand.
    row(&["var"], |_, sample| {
        let default = match sample.args.get(1).map(|arg| &arg.value) {
            Some(ArgValue::Text(text)) => Some(text.clone()),
            _ => None,
        };
        match sample.args.first().map(|arg| &arg.value) {
            Some(ArgValue::Variable(name)) => {
                let name = name.clone();
                single(move |context| match context.variable(&name) {
                    Some(sample) => Some(sample),
                    None if variable::at_hand(context, name.scope) => {
                        Some(Sample::Str(context.arena.copy(default.as_ref()?)))
                    }
                    None => None,
                })
            }
            _ => nothing(),
        }
    }),
];
