//! What an agent on a server says (manual, `agent-check`): its line is cut into words here. What they do to the server is
//! `change`'s.

use super::order::{self, Fault};
use super::{CheckStatus, Verdict};

/// What an agent asks of the administrator's part of a server's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// `ready`: neither in maintenance nor draining.
    Ready,
    /// `drain`.
    Drain,
    /// `maint`.
    Maint,
}

/// A line of an agent. Of words of one kind the last counts.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Answer<'a> {
    pub(super) admin: Option<Wanted>,
    /// `75%`, or what follows `weight:`.
    pub(super) weight: Option<&'a [u8]>,
    /// What follows `maxconn:`.
    pub(super) maxconn: Option<&'a [u8]>,
    /// The word for up or down as it stands there, and whether it is up.
    pub(super) health: Option<(&'a [u8], bool)>,
    /// The first word that means nothing.
    pub(super) unknown: Option<&'a [u8]>,
    /// What stands behind a `#` that begins a word.
    pub(super) comment: &'a [u8],
}

fn is_separator(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b',')
}

/// What follows `name` at the beginning of `word`, whatever the case of its letters.
fn behind<'a>(word: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let (start, rest) = word.split_at_checked(name.len())?;
    start.eq_ignore_ascii_case(name).then_some(rest)
}

impl<'a> Answer<'a> {
    /// Reads a line, without its end.
    pub(super) fn read(line: &'a [u8]) -> Self {
        let mut answer = Self::default();
        let mut rest = line;
        loop {
            let blanks = rest.iter().take_while(|byte| is_separator(**byte)).count();
            rest = &rest[blanks..];
            if let Some(comment) = rest.strip_prefix(b"#") {
                answer.comment = comment.trim_ascii_start();
                return answer;
            }
            if rest.is_empty() {
                return answer;
            }
            let end = rest.iter().position(|byte| is_separator(*byte));
            let (word, behind) = rest.split_at(end.unwrap_or(rest.len()));
            answer.take(word);
            rest = behind;
        }
    }

    fn take(&mut self, word: &'a [u8]) {
        let is = |name: &str| word.eq_ignore_ascii_case(name.as_bytes());
        if is("up") {
            self.health = Some((word, true));
        } else if is("down") || is("fail") || is("stopped") {
            self.health = Some((word, false));
        } else if is("ready") {
            self.admin = Some(Wanted::Ready);
        } else if is("drain") {
            self.admin = Some(Wanted::Drain);
        } else if is("maint") {
            self.admin = Some(Wanted::Maint);
        } else if let Some(limit) = behind(word, b"maxconn:") {
            self.maxconn = Some(limit);
        } else if let Some(weight) = behind(word, b"weight:") {
            self.weight = Some(weight);
        } else if word[0].is_ascii_digit() && word.contains(&b'%') {
            self.weight = Some(word);
        } else {
            self.unknown.get_or_insert(word);
        }
    }

    /// How the check ended, with what is shown of the line. `fault` is what was wrong with a weight or a limit.
    pub(super) fn verdict(&self, fault: Option<Fault>) -> Verdict {
        let fault = fault.map_or(&b""[..], |fault| fault.whole().as_bytes());
        let unknown = self.unknown.unwrap_or_default();
        let Some((word, up)) = self.health else {
            let (words, what) = match (unknown, fault) {
                (b"", b"") => (&b""[..], &b""[..]),
                (b"", fault) => (&b"agent warns : "[..], fault),
                (unknown, _) => (&b"agent reports an error : "[..], unknown),
            };
            return Verdict::said(CheckStatus::Checked, [words, what].concat());
        };
        let remark = [unknown, fault, self.comment]
            .into_iter()
            .find(|remark| !remark.is_empty());
        let mut description = [b"via agent : ", word].concat();
        if let Some(remark) = remark {
            description.extend_from_slice(&[b" (", remark, b")"].concat());
        }
        Verdict {
            status: if up {
                CheckStatus::L7Ok
            } else {
                CheckStatus::L7Status
            },
            code: Some(0),
            description,
        }
    }
}

/// What the words about weight and limit come to: what is to be set, and what is wrong.
pub(super) struct Settings {
    pub(super) weight: Option<u32>,
    pub(super) maxconn: Option<u32>,
    pub(super) fault: Option<Fault>,
}

impl Settings {
    /// Those of `answer` for a server of `proxy` that the file gives the weight `initial`.
    pub(super) fn of(answer: &Answer<'_>, proxy: &haproxy_cfg::model::Proxy, initial: u32) -> Self {
        let mut fault = None;
        // Of two faults the first is told, and the weight is looked at first.
        let mut sound = |read: Result<u32, Fault>| match read {
            Ok(number) => Some(number),
            Err(wrong) => {
                fault.get_or_insert(wrong);
                None
            }
        };
        let weight = answer
            .weight
            .and_then(|text| sound(order::weight(proxy, initial, text)));
        let maxconn = answer.maxconn.and_then(|text| sound(order::maxconn(text)));
        Self {
            weight,
            maxconn,
            fault,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_cut_at_blanks_and_commas_and_the_last_of_a_kind_counts() {
        let answer = Answer::read(b" ,up\tDown,weight:5 50% MAXCONN:7 ready Drain foo bar #  why, so ");
        assert_eq!(
            answer,
            Answer {
                admin: Some(Wanted::Drain),
                weight: Some(b"50%"),
                maxconn: Some(b"7"),
                health: Some((b"Down", false)),
                unknown: Some(b"foo"),
                comment: b"why, so ",
            }
        );
    }

    #[test]
    fn numbers_without_a_percent_sign_and_words_that_go_on_mean_nothing() {
        for word in ["5", "-5%", "+60%", "%", "down#why", "upward", "stop", "ready#x"] {
            let answer = Answer::read(word.as_bytes());
            let unknown = Answer {
                unknown: Some(word.as_bytes()),
                ..Answer::default()
            };
            assert_eq!(answer, unknown);
        }
    }

    proptest! {
        #[test]
        fn any_line_is_read_to_its_end(line in prop::collection::vec(any::<u8>(), 0..80)) {
            let answer = Answer::read(&line);
            let verdict = answer.verdict(None);
            prop_assert_eq!(verdict.status == CheckStatus::Checked, answer.health.is_none());
        }
    }
}
