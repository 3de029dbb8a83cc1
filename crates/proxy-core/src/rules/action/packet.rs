//! Actions on what the kernel writes on packets: the type of service, and the mark that routing and firewalls look at.

use haproxy_cfg::keywords::Output;
use haproxy_cfg::signature::Value;

use super::{Action, Compile, Make};
use crate::rules::{Exec, Step};
use crate::sample::{Expression, PacketField, Sample};

pub(super) const ROWS: &[(&str, Make)] = &[
    ("set-tos", |at| to_client(at, "tos", PacketField::Tos)),
    ("set-fc-tos", |at| to_client(at, "tos", PacketField::Tos)),
    ("set-mark", |at| to_client(at, "mark", PacketField::Mark)),
    ("set-fc-mark", |at| to_client(at, "mark", PacketField::Mark)),
    ("set-bc-tos", |at| to_server(at, "tos", PacketField::Tos)),
    ("set-bc-mark", |at| to_server(at, "mark", PacketField::Mark)),
];

fn to_client(at: Compile<'_>, name: &str, field: PacketField) -> Result<Box<dyn Action>, String> {
    let value = Number::of(at, name)?;
    Ok(Box::new(ToClient { field, value }))
}

fn to_server(at: Compile<'_>, name: &str, field: PacketField) -> Result<Box<dyn Action>, String> {
    let value = Number::of(at, name)?;
    Ok(Box::new(ToServer { field, value }))
}

/// A number that is written, or one that an expression gives.
#[derive(Debug)]
pub(super) enum Number {
    Fixed(i64),
    Computed(Expression),
}

impl Number {
    /// The argument of that name.
    pub(super) fn of(at: Compile<'_>, name: &str) -> Result<Self, String> {
        match at.rule.value(name) {
            Some(Value::Sample(sample)) => Ok(Self::Computed(at.sample_of(sample, Output::Sint)?)),
            Some(value) => Ok(Self::Fixed(value.number().ok_or_else(|| at.missing(name))?)),
            None => Err(at.missing(name)),
        }
    }

    /// Its value; none where the expression gives none.
    pub(super) fn value(&self, exec: &Exec<'_>) -> Option<i64> {
        match self {
            Self::Fixed(value) => Some(*value),
            Self::Computed(expression) => exec
                .sample(expression, |sample| match sample {
                    Sample::Int(value) => Some(value),
                    _ => None,
                })
                .flatten(),
        }
    }
}

/// `set-fc-tos`, `set-fc-mark` and their older names.
#[derive(Debug)]
struct ToClient {
    field: PacketField,
    value: Number,
}

impl Action for ToClient {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        if let Some(value) = self.value.value(exec) {
            // As C makes 32 bits of a number.
            exec.world.set_on_packets(self.field, value as u32);
        }
        Step::Next
    }
}

/// `set-bc-tos`, `set-bc-mark`: for the connection that will be made.
#[derive(Debug)]
struct ToServer {
    field: PacketField,
    value: Number,
}

impl Action for ToServer {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        let value = self.value.value(exec);
        if let (Some(value), Some(stream)) = (value, &mut exec.stream) {
            let settings = &mut stream.settings;
            match self.field {
                PacketField::Tos => settings.server_tos = Some(value as u32),
                PacketField::Mark => settings.server_mark = Some(value as u32),
            }
        }
        Step::Next
    }
}
