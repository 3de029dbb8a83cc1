//! An agent's answer: one line, which ends at the first end of line of either kind.

use super::{ANSWER_MAX, Next, Verdict};
use crate::check::CheckStatus;

/// One question to an agent.
#[derive(Debug)]
pub(super) struct AgentProbe<'a> {
    send: &'a [u8],
    answer: Vec<u8>,
}

impl<'a> AgentProbe<'a> {
    pub(super) fn new(send: &'a [u8]) -> Self {
        Self {
            send,
            answer: Vec::new(),
        }
    }

    /// Nothing is said before the agent speaks.
    pub(super) fn is_silent(&self) -> bool {
        self.send.is_empty()
    }

    pub(super) fn connected(&self) -> Next<'a> {
        if self.is_silent() {
            Next::Read
        } else {
            Next::Write(self.send.into())
        }
    }

    pub(super) fn received(&mut self, bytes: &[u8]) -> Next<'a> {
        self.answer.extend_from_slice(bytes);
        match self.answer.iter().find(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
            Some(0) | None if self.answer.len() < ANSWER_MAX => Next::Read,
            Some(0) | None => Next::Done(incomplete()),
            Some(_) => {
                let end = self.answer.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
                self.answer.truncate(end.unwrap_or(0));
                Next::Done(Verdict::said(
                    CheckStatus::Checked,
                    std::mem::take(&mut self.answer),
                ))
            }
        }
    }

    pub(super) fn closed(&self) -> Verdict {
        if self.answer.is_empty() {
            return Verdict::said(CheckStatus::L7Response, "TCPCHK got an empty response at step 2");
        }
        incomplete()
    }
}

/// What is told of a line that does not end. How the check before it ended still stands.
fn incomplete() -> Verdict {
    Verdict::said(CheckStatus::Unknown, "Ignoring incomplete line from agent")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_counts_once_its_end_is_there_and_nothing_behind_it_counts() {
        let mut probe = AgentProbe::new(b"hello");
        assert_eq!(probe.connected(), Next::Write(b"hello"[..].into()));
        assert_eq!(probe.received(b"up"), Next::Read);
        assert_eq!(
            probe.received(b" 5%\r\ndown"),
            Next::Done(Verdict::said(CheckStatus::Checked, "up 5%"))
        );
    }

    #[test]
    fn a_line_without_an_end_is_none() {
        assert_eq!(AgentProbe::new(b"").connected(), Next::Read);
        for line in [&b"up"[..], b"up\0down\n"] {
            let mut probe = AgentProbe::new(b"");
            assert_eq!(probe.received(line), Next::Read);
            assert_eq!(probe.closed(), incomplete());
        }
        let mut probe = AgentProbe::new(b"");
        assert_eq!(probe.received(&vec![b'x'; ANSWER_MAX]), Next::Done(incomplete()));
    }

    #[test]
    fn an_agent_that_closes_without_a_word_gave_no_answer() {
        for send in [&b""[..], b"x"] {
            let verdict = AgentProbe::new(send).closed();
            assert_eq!(verdict.status, CheckStatus::L7Response);
        }
    }
}
