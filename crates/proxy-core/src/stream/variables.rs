//! Variables (manual, section 2.8).

use std::cell::RefCell;
use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};

use crate::sample::{Arena, Sample};

/// A sample that outlives the request's bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stored {
    /// Yes or no.
    Bool(bool),
    /// A number.
    Int(i64),
    /// An address.
    Ip(IpAddr),
    /// Text.
    Str(Box<[u8]>),
    /// Bytes.
    Bin(Box<[u8]>),
    /// A method.
    Method(Box<[u8]>),
}

impl Stored {
    /// Keeps a sample.
    #[must_use]
    pub fn of(sample: Sample<'_>) -> Self {
        match sample {
            Sample::Bool(value) => Self::Bool(value),
            Sample::Int(value) => Self::Int(value),
            Sample::Ip(value) => Self::Ip(value),
            Sample::Str(text) => Self::Str(text.into()),
            Sample::Bin(bytes) => Self::Bin(bytes.into()),
            Sample::Method(name) => Self::Method(name.into()),
        }
    }

    /// The sample again, its bytes in `arena`.
    #[must_use]
    pub fn sample<'a>(&self, arena: &'a Arena) -> Sample<'a> {
        match self {
            Self::Bool(value) => Sample::Bool(*value),
            Self::Int(value) => Sample::Int(*value),
            Self::Ip(value) => Sample::Ip(*value),
            Self::Str(text) => Sample::Str(arena.copy(text)),
            Self::Bin(bytes) => Sample::Bin(arena.copy(bytes)),
            Self::Method(name) => Sample::Method(arena.copy(name)),
        }
    }

    /// Bytes that a sample takes beside what every variable does.
    pub(crate) fn size_of(sample: Sample<'_>) -> usize {
        match sample {
            Sample::Str(bytes) | Sample::Bin(bytes) => bytes.len(),
            // Numbers, addresses and the names of methods stand in the variable itself.
            Sample::Method(_) | Sample::Bool(_) | Sample::Int(_) | Sample::Ip(_) => 0,
        }
    }

    /// Bytes that the original counts for it beside its name.
    fn size(&self) -> usize {
        match self {
            Self::Str(bytes) | Self::Bin(bytes) => bytes.len(),
            Self::Method(_) | Self::Bool(_) | Self::Int(_) | Self::Ip(_) => 0,
        }
    }
}

/// The variables of one scope. They may be set while a sample is evaluated (`set-var` as a converter), so a shared reference
/// is enough to change them; they belong to one thread.
#[derive(Clone, Debug, Default)]
pub struct Variables(RefCell<Vec<(Arc<[u8]>, Stored)>>);

impl Variables {
    /// The value of the variable of that name, its bytes in `arena`.
    #[must_use]
    pub fn get<'a>(&self, name: &[u8], arena: &'a Arena) -> Option<Sample<'a>> {
        let all = self.0.borrow();
        let (_, stored) = all.iter().find(|(known, _)| **known == *name)?;
        Some(stored.sample(arena))
    }

    /// Whether the variable is set.
    #[must_use]
    pub fn has(&self, name: &[u8]) -> bool {
        self.0.borrow().iter().any(|(known, _)| **known == *name)
    }

    /// Sets a variable.
    pub fn set(&self, name: &Arc<[u8]>, value: Stored) {
        let mut all = self.0.borrow_mut();
        match all.iter_mut().find(|(known, _)| *known == *name) {
            Some((_, stored)) => *stored = value,
            None => all.push((Arc::clone(name), value)),
        }
    }

    /// Shows each variable's name and value to `see`, in the order in which they were set first.
    pub(crate) fn each(&self, see: &mut dyn FnMut(&[u8], &Stored)) {
        self.0
            .borrow()
            .iter()
            .for_each(|(name, stored)| see(name, stored));
    }

    /// Takes a variable away.
    pub fn unset(&self, name: &[u8]) {
        self.0.borrow_mut().retain(|(known, _)| **known != *name);
    }

    /// Takes all away.
    pub fn clear(&mut self) {
        self.0.get_mut().clear();
    }

    /// Bytes that `tune.vars.*-max-size` counts: `overhead` for each variable, and its contents.
    #[must_use]
    pub fn size(&self, overhead: usize) -> usize {
        size(&self.0.borrow(), overhead)
    }

    /// Bytes that a variable's contents count, and whether there is no such variable.
    pub(crate) fn sizes(&self, name: &[u8]) -> (usize, bool) {
        sizes(&self.0.borrow(), name)
    }
}

/// The variables of the process (scope `proc`), which all threads share. A writer that panicked left whole values, so its
/// poison is of no account.
#[derive(Debug, Default)]
pub struct ProcessVariables(RwLock<Vec<(Arc<[u8]>, Stored)>>);

impl ProcessVariables {
    /// The value of the variable of that name, its bytes in `arena`.
    #[must_use]
    pub fn get<'a>(&self, name: &[u8], arena: &'a Arena) -> Option<Sample<'a>> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let (_, stored) = all.iter().find(|(known, _)| **known == *name)?;
        Some(stored.sample(arena))
    }

    /// Sets a variable.
    pub fn set(&self, name: &Arc<[u8]>, value: Stored) {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        match all.iter_mut().find(|(known, _)| *known == *name) {
            Some((_, stored)) => *stored = value,
            None => all.push((Arc::clone(name), value)),
        }
    }

    /// Shows each variable's name and value to `see`, in the order in which they were set first.
    pub(crate) fn each(&self, see: &mut dyn FnMut(&[u8], &Stored)) {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        all.iter().for_each(|(name, stored)| see(name, stored));
    }

    /// Takes a variable away.
    pub fn unset(&self, name: &[u8]) {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        all.retain(|(known, _)| **known != *name);
    }

    /// Bytes of all of them, `overhead` for each.
    pub(crate) fn size(&self, overhead: usize) -> usize {
        size(&self.0.read().unwrap_or_else(PoisonError::into_inner), overhead)
    }

    /// Bytes that a variable's contents count, and whether there is no such variable.
    pub(crate) fn sizes(&self, name: &[u8]) -> (usize, bool) {
        sizes(&self.0.read().unwrap_or_else(PoisonError::into_inner), name)
    }
}

fn size(all: &[(Arc<[u8]>, Stored)], overhead: usize) -> usize {
    all.iter().map(|(_, stored)| overhead + stored.size()).sum()
}

fn sizes(all: &[(Arc<[u8]>, Stored)], name: &[u8]) -> (usize, bool) {
    let found = all.iter().find(|(known, _)| **known == *name);
    (found.map_or(0, |(_, stored)| stored.size()), found.is_none())
}
