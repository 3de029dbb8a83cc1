//! `do-resolve`: a name that is looked up while the request waits.

use std::net::IpAddr;

use haproxy_cfg::keywords::Output;
use haproxy_cfg::signature::Value;

use super::{Action, Compile, Make};
use crate::resolve::Kind;
use crate::rules::{Exec, Step};
use crate::sample::{Expression, Named, Sample, SampleContext, set_variable, text};

pub(super) const ROWS: &[(&str, Make)] = &[("do-resolve*", make)];

fn make(at: Compile<'_>) -> Result<Box<dyn Action>, String> {
    let Some(Value::List(values)) = at.rule.value("name") else {
        return Err(at.missing("name"));
    };
    let [variable, Value::Text(resolvers), Value::Sample(name), rest @ ..] = values.as_slice() else {
        return Err(at.missing("name"));
    };
    let section = at.config.sections.resolvers.iter();
    let section = section
        .into_iter()
        .position(|section| section.name == *resolvers)
        .ok_or_else(|| format!("there is no section 'resolvers {resolvers}'"))?;
    let kind = match rest.first().and_then(Value::word) {
        Some("ipv4") => Kind::V4,
        _ => Kind::V6,
    };
    Ok(Box::new(Resolve(Lookup {
        section,
        kind,
        variable: match variable {
            Value::Variable(variable) => Some(Named::new(variable)),
            _ => None,
        },
        name: at.sample_of(name, Output::Str)?,
    })))
}

/// A name to be looked up, and where the address goes.
#[derive(Debug)]
pub struct Lookup {
    /// The index of the `resolvers` section that is asked.
    pub section: usize,
    /// What is asked for first.
    pub kind: Kind,
    /// None for one with a name that no variable can have.
    variable: Option<Named>,
    name: Expression,
}

impl Lookup {
    /// The name, if there is one that can be asked for.
    #[must_use]
    pub fn name(&self, context: &SampleContext<'_>) -> Option<String> {
        let bytes = text(self.name.sample(context)?, context.arena);
        Some(std::str::from_utf8(bytes).ok()?.to_owned())
    }

    /// Keeps the address that was found.
    pub fn keep(&self, context: &SampleContext<'_>, ip: IpAddr) {
        if let Some(variable) = &self.variable {
            // One that finds no room is not set, as with the original.
            let _ = set_variable(context, variable, Sample::Ip(ip));
        }
    }
}

/// `do-resolve`. The shell asks, and keeps the answer.
#[derive(Debug)]
struct Resolve(Lookup);

impl Action for Resolve {
    fn apply<'p>(&'p self, _exec: &mut Exec<'_>) -> Step<'p> {
        Step::Resolve(&self.0)
    }
}
