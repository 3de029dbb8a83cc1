//! `option smtpchk`: greeting, `HELO` or `EHLO`, `QUIT`. How much of an answer is waited for before it is judged differs from
//! step to step, as in the original: a refused greeting is seen at once, a refused hello only when the server closes.

use super::{ANSWER_MAX, Next, Verdict};
use crate::check::CheckStatus;

/// Nothing is judged before that many bytes are there: a code and what follows it.
const CODE: usize = 4;

/// One SMTP check.
#[derive(Debug)]
pub(super) struct SmtpProbe<'a> {
    hello: &'a [u8],
    step: Step,
    answer: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Banner,
    Hello,
    Quit,
}

impl Step {
    /// The number that the original gives the step in its list of sends and expects.
    fn number(self) -> u8 {
        match self {
            Self::Banner => 2,
            Self::Hello => 5,
            Self::Quit => 7,
        }
    }
}

impl<'a> SmtpProbe<'a> {
    pub(super) fn new(hello: &'a [u8]) -> Self {
        Self {
            hello,
            step: Step::Banner,
            answer: Vec::new(),
        }
    }

    pub(super) fn received(&mut self, bytes: &[u8]) -> Next<'a> {
        self.answer.extend_from_slice(bytes);
        if self.answer.len() < CODE {
            return Next::Read;
        }
        match self.step {
            Step::Banner if !is_banner(&self.answer) => {
                Next::Done(Verdict::said(CheckStatus::L7Response, first_line(&self.answer)))
            }
            Step::Banner if self.answer[0] != b'2' => Next::Done(self.refused()),
            Step::Banner => self.go_on(Step::Hello, self.hello),
            Step::Hello if accepts_hello(&self.answer) => self.go_on(Step::Quit, b"QUIT\r\n"),
            // Another line may still come.
            Step::Hello if self.answer.len() < ANSWER_MAX => Next::Read,
            Step::Hello => Next::Done(self.refused()),
            Step::Quit => Next::Done(self.bye()),
        }
    }

    pub(super) fn closed(&mut self) -> Verdict {
        if self.answer.is_empty() {
            let description = format!("TCPCHK got an empty response at step {}", self.step.number());
            return match self.step {
                Step::Banner => Verdict::said(CheckStatus::L7Response, description),
                Step::Hello | Step::Quit => Verdict {
                    status: CheckStatus::L7Status,
                    code: Some(0),
                    description: description.into_bytes(),
                },
            };
        }
        match self.step {
            Step::Banner => Verdict::said(CheckStatus::L7Response, first_line(&self.answer)),
            Step::Hello | Step::Quit => self.refused(),
        }
    }

    /// The next step starts with what the server says from now on: it was not to speak ahead.
    fn go_on(&mut self, step: Step, bytes: &'a [u8]) -> Next<'a> {
        self.step = step;
        self.answer.clear();
        Next::Write(bytes.into())
    }

    fn bye(&self) -> Verdict {
        let good = matches!(self.answer[..CODE], [b'2', b, c, b'-' | b' ' | b'\r']
            if b.is_ascii_digit() && c.is_ascii_digit());
        Verdict {
            status: if good {
                CheckStatus::L7Ok
            } else {
                CheckStatus::L7Status
            },
            ..self.refused()
        }
    }

    fn refused(&self) -> Verdict {
        let code = match self.answer[..] {
            [a, b, c, ..] if [a, b, c].iter().all(u8::is_ascii_digit) => {
                [a, b, c].iter().fold(0, |n, d| n * 10 + i32::from(d - b'0'))
            }
            _ => 0,
        };
        Verdict {
            status: CheckStatus::L7Status,
            code: Some(code),
            description: self
                .answer
                .get(CODE..)
                .map(first_line)
                .unwrap_or_default()
                .to_vec(),
        }
    }
}

/// A code and its text on one line: a greeting of several lines is none to the original.
fn is_banner(answer: &[u8]) -> bool {
    matches!(answer, [a, b, c, b' ' | b'\r', ..] if [a, b, c].iter().all(|d| d.is_ascii_digit()))
}

/// Lines `2NN-…` and then one `2NN …`; the last one's end need not be there.
fn accepts_hello(answer: &[u8]) -> bool {
    let mut rest = answer;
    while let [b'2', b, c, then, more @ ..] = rest {
        if !b.is_ascii_digit() || !c.is_ascii_digit() {
            return false;
        }
        match then {
            b' ' | b'\r' => return true,
            b'-' => {}
            _ => return false,
        }
        let Some(end) = more.iter().position(|b| *b == b'\r') else {
            return false;
        };
        let Some(next) = more[end..].strip_prefix(b"\r\n") else {
            return false;
        };
        rest = next;
    }
    false
}

fn first_line(bytes: &[u8]) -> &[u8] {
    let end = bytes
        .iter()
        .position(|b| matches!(b, b'\r' | b'\n'))
        .unwrap_or(bytes.len());
    &bytes[..end]
}
