//! `capture`: a sample goes into a slot for the log.

use haproxy_cfg::keywords::Output;
use haproxy_cfg::model::RuleSet;
use haproxy_cfg::signature::Value;

use super::{Action, Compile, Make};
use crate::rules::{Exec, Step};
use crate::sample::{Expression, Sample, text};

pub(super) const ROWS: &[(&str, Make)] = &[("capture", capture)];

fn capture(at: Compile<'_>) -> Result<Box<dyn Action>, String> {
    let Some(Value::List(values)) = at.rule.value("sample") else {
        return Err(at.missing("sample"));
    };
    let number = |at: usize| values.get(at).and_then(Value::number);
    let (Some(Value::Sample(sample)), Some(word)) = (values.first(), values.get(1).and_then(Value::word))
    else {
        return Err(at.missing("sample"));
    };
    // A slot of its own stands behind its length; one that belongs to no frontend is kept nowhere.
    let slot = if word == "len" { number(3) } else { number(2) };
    Ok(Box::new(Capture {
        value: at.sample_of(sample, Output::Str)?,
        request: matches!(at.rule.set, RuleSet::HttpRequest | RuleSet::TcpContent),
        slot: slot.and_then(|slot| usize::try_from(slot).ok()),
    }))
}

/// `capture`: the slots are those of the frontend that took the connection.
#[derive(Debug)]
struct Capture {
    value: Expression,
    request: bool,
    slot: Option<usize>,
}

impl Action for Capture {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        let frontend = exec.config.proxy(exec.client.frontend);
        let slots = frontend.capture_slots(self.request);
        if let (Some(at), Some(stream)) = (self.slot, &exec.stream)
            && let Some(slot) = slots.get(at)
        {
            let arena = exec.arena;
            exec.sample(&self.value, |sample: Sample<'_>| {
                stream
                    .captures
                    .set(self.request, at, text(sample, arena), slot.len);
            });
        }
        Step::Next
    }

    fn waits_for_sample(&self) -> bool {
        true
    }
}
