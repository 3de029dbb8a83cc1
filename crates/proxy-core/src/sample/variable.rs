//! Variables that are set where samples are evaluated: whether their scope is at hand, and has room (manual, section 2.8).

use std::sync::Arc;

use haproxy_cfg::model::{Scope, Variable, VariableSizes};

use super::{Sample, SampleContext};
use crate::stream::Stored;

/// A variable to be set.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    variable: Variable,
    /// The name, as the variables of a scope share it.
    name: Arc<[u8]>,
}

impl Named {
    pub(crate) fn new(variable: &Variable) -> Self {
        Self {
            variable: variable.clone(),
            name: variable.name.as_slice().into(),
        }
    }

    pub(crate) fn variable(&self) -> &Variable {
        &self.variable
    }
}

/// Whether variables of that scope can be read and set.
pub(crate) fn at_hand(context: &SampleContext<'_>, of: Scope) -> bool {
    of == Scope::Process || context.variables(of).is_some()
}

/// Whether the variable is there. Those of the process are from the start, with or without a value.
pub(crate) fn exists(context: &SampleContext<'_>, of: &Named) -> bool {
    match of.variable.scope {
        Scope::Process => true,
        other => context
            .variables(other)
            .is_some_and(|variables| variables.has(&of.name)),
    }
}

/// Bytes that a variable takes beside its contents, as the original counts them.
const OVERHEAD: usize = 80;

/// Sets a variable; false when its scope is not at hand, or has no room for it.
pub(crate) fn set(context: &SampleContext<'_>, to: &Named, sample: Sample<'_>) -> bool {
    if context.config.global.tune.vars != VariableSizes::default() && !has_room(context, to, sample) {
        return false;
    }
    put(context, to, sample)
}

/// Whether what a variable is to hold has room in its scope and in those around it. What had none leaves the variable without
/// contents, which the original reads as 0; a number or an address, which takes no more than the variable, is left.
fn has_room(context: &SampleContext<'_>, to: &Named, sample: Sample<'_>) -> bool {
    let contents = Stored::size_of(sample);
    let (before, new) = match (to.variable.scope, context.variables(to.variable.scope)) {
        (Scope::Process, _) => context.runtime.variables.sizes(&to.name),
        (_, Some(variables)) => variables.sizes(&to.name),
        (_, None) => return false,
    };
    let overhead = if new { OVERHEAD } else { 0 };
    if fits(context, to.variable.scope, overhead + contents, before) {
        return true;
    }
    if before > 0 || (new && fits(context, to.variable.scope, OVERHEAD, 0)) {
        put(context, to, Sample::Int(0));
    }
    false
}

/// Whether so many bytes more, and so many less, are within the limits.
fn fits(context: &SampleContext<'_>, of: Scope, more: usize, less: usize) -> bool {
    let limits = &context.config.global.tune.vars;
    let kept = |scope| context.variables(scope).map_or(0, |all| all.size(OVERHEAD));
    let side = if context.from_server {
        Scope::Response
    } else {
        Scope::Request
    };
    let scopes = [
        (limits.request, kept(side)),
        (limits.transaction, kept(Scope::Transaction)),
        (limits.session, kept(Scope::Session)),
        // Of all connections the one at hand is counted.
        (limits.process, context.runtime.variables.size(OVERHEAD)),
        (limits.global, 0),
    ];
    let first = match of {
        Scope::Request | Scope::Response => 0,
        Scope::Transaction => 1,
        Scope::Session => 2,
        Scope::Process | Scope::Check => 3,
    };
    let mut sum = 0;
    scopes.iter().enumerate().all(|(index, (limit, kept))| {
        sum += kept;
        let would_be = (sum + more).saturating_sub(less) as u64;
        index < first || *limit == 0 || would_be <= *limit
    })
}

fn put(context: &SampleContext<'_>, to: &Named, sample: Sample<'_>) -> bool {
    match to.variable.scope {
        Scope::Process => context.runtime.variables.set(&to.name, Stored::of(sample)),
        other => match context.variables(other) {
            Some(variables) => variables.set(&to.name, Stored::of(sample)),
            None => return false,
        },
    }
    true
}

/// Takes a variable away; false when its scope is not at hand.
pub(crate) fn unset(context: &SampleContext<'_>, name: &Named) -> bool {
    match name.variable.scope {
        Scope::Process => context.runtime.variables.unset(&name.name),
        other => match context.variables(other) {
            Some(variables) => variables.unset(&name.name),
            None => return false,
        },
    }
    true
}

/// When a variable is to be set.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Condition {
    Exists(bool),
    Empty(bool),
    Set(bool),
    Greater,
    Less,
}

impl Condition {
    /// The condition of that word.
    pub(crate) fn new(word: &[u8]) -> Result<Self, String> {
        Ok(match word {
            b"ifexists" => Self::Exists(true),
            b"ifnotexists" => Self::Exists(false),
            b"ifempty" => Self::Empty(true),
            b"ifnotempty" => Self::Empty(false),
            b"ifset" => Self::Set(true),
            b"ifnotset" => Self::Set(false),
            b"ifgt" => Self::Greater,
            b"iflt" => Self::Less,
            _ => return Err(format!("unknown condition \"{}\"", word.escape_ascii())),
        })
    }

    /// Whether the variable `name` may be set to `sample`.
    pub(crate) fn holds(self, context: &SampleContext<'_>, name: &Named, sample: Sample<'_>) -> bool {
        let before = || context.variable(name.variable());
        match self {
            Self::Exists(wanted) => exists(context, name) == wanted,
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
