//! `option tcp-check`: bytes are sent and expected, one step after the other, on one connection.

use haproxy_cfg::model::CheckStep;

use super::expect::Expectation;
use super::{ANSWER_MAX, Next, Verdict};
use crate::check::CheckStatus;

/// What is said of a script that came to its end and has nothing of its own to say.
const DONE: &[u8] = b"(tcp-check)";

/// One step, made ready. What stands between two expectations is sent at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Bytes to be sent.
    Send(Vec<u8>),
    /// What is to come.
    Expect(Box<Expectation>),
}

/// The steps of a script.
pub(super) fn ready(steps: &[CheckStep]) -> Vec<Step> {
    let mut out: Vec<Step> = Vec::new();
    for step in steps {
        match (step, out.last_mut()) {
            (CheckStep::Connect, _) => {}
            (CheckStep::Send(bytes), Some(Step::Send(before))) => before.extend_from_slice(bytes),
            (CheckStep::Send(bytes), _) => out.push(Step::Send(bytes.clone())),
            (CheckStep::Expect(expect), _) => out.push(Step::Expect(Box::new(Expectation::new(expect)))),
        }
    }
    out
}

/// One check.
#[derive(Debug)]
pub(super) struct StepsProbe<'a> {
    steps: &'a [Step],
    at: usize,
    /// What came since something was sent last.
    received: Vec<u8>,
}

impl<'a> StepsProbe<'a> {
    pub(super) fn new(steps: &'a [Step]) -> Self {
        Self {
            steps,
            at: 0,
            received: Vec::new(),
        }
    }

    pub(super) fn connected(&mut self) -> Next<'a> {
        self.go_on(false)
    }

    pub(super) fn received(&mut self, bytes: &[u8]) -> Next<'a> {
        self.received.extend_from_slice(bytes);
        self.go_on(self.received.len() >= ANSWER_MAX)
    }

    pub(super) fn closed(&mut self) -> Verdict {
        match self.go_on(true) {
            Next::Done(verdict) => verdict,
            Next::Read | Next::Write(_) | Next::WriteLast(..) => Verdict::plain(CheckStatus::L7Response),
        }
    }

    pub(super) fn timed_out(&self) -> Verdict {
        match self.steps.get(self.at) {
            Some(Step::Expect(expect)) => expect.timed_out(true),
            _ => Verdict::plain(CheckStatus::L7Timeout),
        }
    }

    /// Goes as far as what has come lets it; `complete` says that no more comes.
    fn go_on(&mut self, complete: bool) -> Next<'a> {
        while let Some(step) = self.steps.get(self.at) {
            match step {
                Step::Send(bytes) => {
                    self.at += 1;
                    self.received.clear();
                    return if self.at == self.steps.len() {
                        Next::WriteLast(bytes, self.end())
                    } else {
                        Next::Write(bytes)
                    };
                }
                Step::Expect(expect) => match expect.of_bytes(&self.received, complete) {
                    None => return Next::Read,
                    Some(Err(verdict)) => return Next::Done(verdict),
                    Some(Ok(())) => self.at += 1,
                },
            }
        }
        Next::Done(self.end())
    }

    fn end(&self) -> Verdict {
        match self.steps.last() {
            Some(Step::Expect(expect)) => expect.passed(0, DONE),
            Some(Step::Send(_)) => Verdict {
                status: CheckStatus::L7Ok,
                code: Some(0),
                description: DONE.to_vec(),
            },
            None => Verdict::said(CheckStatus::L4Ok, DONE),
        }
    }
}
