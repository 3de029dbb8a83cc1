//! Variables that are set where samples are evaluated: whether their scope is at hand, and has room (manual, section 2.8).

use std::sync::Arc;

use haproxy_cfg::model::{Scope, Variable};

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

/// Sets a variable; false when its scope is not at hand, or has no room for it.
pub(crate) fn set(context: &SampleContext<'_>, to: &Named, sample: Sample<'_>) -> bool {
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
