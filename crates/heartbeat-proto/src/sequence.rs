//! Numbers of messages: which of a sender's are new, doubled or missing; and what was sent, for those who missed it.

use std::collections::{BTreeMap, VecDeque};

use crate::Time;
use crate::wire::Fault;

/// The most messages back that are waited for, and kept.
pub(crate) const KEPT: usize = 500;

/// The most that are missing at a time. A larger gap is not asked for.
const MOST_MISSING: u32 = 200;

/// What a message's number means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Gap {
    /// The last one before it.
    pub(crate) before: u32,
    /// How many are missing between.
    pub(crate) missing: u32,
}

/// Which messages of a sender came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Received {
    highest: Option<u32>,
    /// What is missing, with the time to ask for it.
    missing: BTreeMap<u32, Time>,
}

/// What came of taking a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Taken {
    /// A gap that it shows.
    pub(crate) gap: Option<Gap>,
    /// Whether it was the last one that was missing.
    pub(crate) complete: bool,
}

impl Received {
    /// Takes note of a message. `ask` is when what is missing before it is to be asked for.
    pub(crate) fn take(&mut self, number: u32, ask: impl FnMut() -> Time) -> Result<Taken, Fault> {
        let mut ask = ask;
        let Some(highest) = self.highest else {
            self.highest = Some(number);
            return Ok(Taken::default());
        };
        if number <= highest {
            self.missing.remove(&number).ok_or(Fault::Duplicate)?;
            return Ok(Taken {
                gap: None,
                complete: self.missing.is_empty(),
            });
        }
        self.highest = Some(number);
        let lost = number - highest - 1;
        for one in (highest + 1..number).rev().take(MOST_MISSING as usize) {
            self.missing.insert(one, ask());
        }
        while self.missing.len() > MOST_MISSING as usize {
            self.missing.pop_first();
        }
        // What is too old will not be sent again.
        let oldest = number.saturating_sub(KEPT as u32);
        self.missing.retain(|one, _| *one >= oldest);
        Ok(Taken {
            gap: (lost > 0).then_some(Gap {
                before: highest,
                missing: lost,
            }),
            complete: false,
        })
    }

    /// When something is to be asked for.
    pub(crate) fn poll_timeout(&self) -> Option<Time> {
        self.missing.values().min().copied()
    }

    /// What is to be asked for now; it will be asked for again at `again`.
    pub(crate) fn due(&mut self, now: Time, mut again: impl FnMut() -> Time) -> Vec<u32> {
        let mut due = Vec::new();
        for (number, at) in &mut self.missing {
            if *at <= now {
                due.push(*number);
                *at = again();
            }
        }
        due
    }
}

/// A message that was sent.
#[derive(Clone, Debug)]
struct Sent {
    number: u32,
    packet: Vec<u8>,
    last: Time,
}

/// What was sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct History(VecDeque<Sent>);

impl History {
    /// Keeps a message.
    pub(crate) fn keep(&mut self, now: Time, number: u32, packet: Vec<u8>) {
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back(Sent {
            number,
            packet,
            last: now,
        });
    }

    /// The messages of these numbers that are still there and were not sent within `pause`.
    pub(crate) fn again(&mut self, now: Time, first: u32, last: u32, pause: Time) -> Vec<Vec<u8>> {
        let mut out = Vec::new();
        for sent in &mut self.0 {
            if (first..=last).contains(&sent.number) && now >= sent.last + pause {
                sent.last = now;
                out.push(sent.packet.clone());
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOW: Time = Duration::from_secs(1);

    #[test]
    fn numbers_are_taken_once() {
        let mut received = Received::default();
        assert_eq!(received.take(7, || NOW), Ok(Taken::default()));
        assert_eq!(received.take(7, || NOW), Err(Fault::Duplicate));
        assert_eq!(received.take(3, || NOW), Err(Fault::Duplicate));
        let gap = received.take(10, || NOW).expect("new").gap;
        assert_eq!(
            gap,
            Some(Gap {
                before: 7,
                missing: 2
            })
        );
        assert_eq!(received.due(NOW, || NOW * 2), [8, 9]);
        assert!(received.due(NOW, || NOW * 2).is_empty());
        assert!(!received.take(9, || NOW).expect("missing").complete);
        assert_eq!(received.take(9, || NOW), Err(Fault::Duplicate));
        assert!(received.take(8, || NOW).expect("missing").complete);
        assert_eq!(received.poll_timeout(), None);
    }

    #[test]
    fn a_gap_without_end_is_bounded() {
        let mut received = Received::default();
        received.take(1, || NOW).expect("first");
        received.take(u32::MAX, || NOW).expect("new");
        assert_eq!(received.due(NOW, || NOW).len(), MOST_MISSING as usize);
    }

    #[test]
    fn what_was_sent_is_sent_again_after_a_pause() {
        let mut history = History::default();
        for number in 1..=600 {
            history.keep(Duration::ZERO, number, vec![1]);
        }
        assert!(history.again(NOW, 1, 50, NOW).is_empty());
        assert_eq!(history.again(NOW, 599, u32::MAX, NOW).len(), 2);
        assert!(history.again(NOW, 599, 600, NOW).is_empty());
    }
}
