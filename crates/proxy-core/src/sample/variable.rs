//! Variables where samples are evaluated: which scope is at hand, what keeps it, and whether there is room (manual,
//! section 2.8).

use std::sync::Arc;

use haproxy_cfg::model::{Scope, Variable};

use super::{Sample, SampleContext};
use crate::stream::{Stored, Variables};

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

/// The variables of a scope, unless it is that of the process.
fn scope<'a>(context: &SampleContext<'a>, scope: Scope) -> Option<&'a Variables> {
    match scope {
        Scope::Session => Some(&context.client.variables),
        Scope::Transaction => context.stream.map(|stream| &stream.txn_variables),
        // One place holds both: a response takes the place of its request.
        Scope::Request if !context.from_server => context.stream.map(|stream| &stream.side_variables),
        Scope::Response if context.from_server => context.stream.map(|stream| &stream.side_variables),
        Scope::Request | Scope::Response | Scope::Process | Scope::Check => None,
    }
}

/// Whether variables of that scope can be read and set.
pub(crate) fn at_hand(context: &SampleContext<'_>, of: Scope) -> bool {
    of == Scope::Process || scope(context, of).is_some()
}

/// The value of a variable.
pub(crate) fn get<'a>(context: &SampleContext<'a>, variable: &Variable) -> Option<Sample<'a>> {
    match variable.scope {
        Scope::Process => context.runtime.variables.get(&variable.name, context.arena),
        other => scope(context, other)?.get(&variable.name, context.arena),
    }
}

/// Whether the variable is there. Those of the process are from the start, with or without a value.
pub(crate) fn exists(context: &SampleContext<'_>, of: &Named) -> bool {
    match of.variable.scope {
        Scope::Process => true,
        other => scope(context, other).is_some_and(|variables| variables.has(&of.name)),
    }
}

/// Sets a variable; false when its scope is not at hand, or has no room for it.
pub(crate) fn set(context: &SampleContext<'_>, to: &Named, sample: Sample<'_>) -> bool {
    match to.variable.scope {
        Scope::Process => context.runtime.variables.set(&to.name, Stored::of(sample)),
        other => match scope(context, other) {
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
        other => match scope(context, other) {
            Some(variables) => variables.unset(&name.name),
            None => return false,
        },
    }
    true
}
