//! Split brain: a master that finds others who hold themselves for masters of the same addresses, and does not lose them by the
//! protocol's own election. An election is over within one advert interval; what is still seen after that is none.

use std::net::IpAddr;
use std::time::Duration;

use crate::Time;

/// From one time that addresses are announced again to the next: two machines that both announce must not answer each other
/// without end.
const ANNOUNCE_GAP: Duration = Duration::from_secs(5);

/// Advert intervals without a sign of another master after which there is none any more.
const CALM_AFTER: u32 = 4;

/// The least time after which there is no other master any more: announcements come in bursts, with pauses between them.
const CALM_AT_LEAST: Duration = Duration::from_secs(10);

/// A sign of another master.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sign {
    /// An advert of that address for our virtual router, whether it could be taken or not.
    Advert(IpAddr),
    /// Somebody said that a virtual address is at that hardware address.
    Moved {
        /// The virtual address.
        address: IpAddr,
        /// Where it is said to be.
        hardware: [u8; 6],
    },
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SplitAction {
    /// There is another master: tell of it, and announce the addresses again.
    Began(Sign),
    /// It is still there: announce the addresses again.
    AnnounceAgain,
    /// No sign of it for a while, or it is us who gave way.
    Over,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Calm,
    /// It may be an election.
    Suspected {
        since: Time,
        first: Sign,
        last: Time,
    },
    Certain {
        last: Time,
        announced: Time,
    },
}

/// Watches for other masters while its instance is one.
#[derive(Clone, Debug, Default)]
pub struct SplitWatch {
    state: State,
    interval: Duration,
    begun: u64,
    adverts: u64,
    moves: u64,
}

impl SplitWatch {
    /// Takes a sign that came while the instance was master and still is. `interval` is its advert interval.
    pub fn see(&mut self, now: Time, sign: Sign, interval: Duration) -> Option<SplitAction> {
        self.interval = interval;
        match sign {
            Sign::Advert(_) => self.adverts += 1,
            Sign::Moved { .. } => self.moves += 1,
        }
        match &mut self.state {
            State::Calm => {
                self.state = State::Suspected {
                    since: now,
                    first: sign,
                    last: now,
                };
                None
            }
            State::Suspected { last, .. } => {
                *last = now;
                self.handle_timeout(now)
            }
            State::Certain { last, announced } => {
                *last = now;
                (now >= *announced + ANNOUNCE_GAP).then(|| {
                    *announced = now;
                    SplitAction::AnnounceAgain
                })
            }
        }
    }

    /// The instance is master no longer.
    pub fn leave(&mut self) -> Option<SplitAction> {
        let before = std::mem::take(&mut self.state);
        matches!(before, State::Certain { .. }).then_some(SplitAction::Over)
    }

    /// When [`Self::handle_timeout`] wants to be called.
    pub fn poll_timeout(&self) -> Option<Time> {
        match self.state {
            State::Calm => None,
            State::Suspected { last, .. } | State::Certain { last, .. } => Some(last + self.calm()),
        }
    }

    /// Lets the time go on to `now`.
    pub fn handle_timeout(&mut self, now: Time) -> Option<SplitAction> {
        match self.state {
            State::Calm => None,
            State::Suspected { since, first, last } => {
                // Two signs that far apart are no election.
                if last > since + self.interval {
                    self.state = State::Certain { last, announced: now };
                    self.begun += 1;
                    return Some(SplitAction::Began(first));
                }
                if now >= last + self.calm() {
                    self.state = State::Calm;
                }
                None
            }
            State::Certain { last, .. } if now >= last + self.calm() => {
                self.state = State::Calm;
                Some(SplitAction::Over)
            }
            State::Certain { .. } => None,
        }
    }

    /// Whether there is another master.
    pub const fn is_split(&self) -> bool {
        matches!(self.state, State::Certain { .. })
    }

    /// How often another master was found.
    pub const fn begun(&self) -> u64 {
        self.begun
    }

    /// Adverts of others that came while the instance was master and stayed it, those of an election as well.
    pub const fn adverts(&self) -> u64 {
        self.adverts
    }

    /// How often somebody said that an address of the master is somewhere else.
    pub const fn moves(&self) -> u64 {
        self.moves
    }

    fn calm(&self) -> Duration {
        (self.interval * CALM_AFTER).max(CALM_AT_LEAST)
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const OTHER: Sign = Sign::Advert(IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2)));
    const MOVED: Sign = Sign::Moved {
        address: IpAddr::V4(Ipv4Addr::new(10, 0, 0, 99)),
        hardware: [2, 0, 0, 0, 0, 9],
    };
    const SECOND: Duration = Duration::from_secs(1);

    const fn ms(ms: u64) -> Time {
        Duration::from_millis(ms)
    }

    #[test]
    fn an_election_is_no_split() {
        let mut watch = SplitWatch::default();
        // A lower master that comes back says so, and gives way to our answer.
        assert_eq!(watch.see(ms(0), OTHER, SECOND), None);
        assert_eq!(watch.see(ms(1), MOVED, SECOND), None);
        assert_eq!(watch.see(ms(900), OTHER, SECOND), None);
        let calm = watch.poll_timeout().expect("it waits");
        assert_eq!(watch.handle_timeout(calm), None);
        assert_eq!((watch.poll_timeout(), watch.begun()), (None, 0));
    }

    #[test]
    fn another_master_is_told_once_and_its_end_too() {
        let mut watch = SplitWatch::default();
        let mut actions = Vec::new();
        for second in 0..20 {
            actions.extend(watch.see(ms(second * 1001), OTHER, SECOND));
        }
        assert_eq!(actions[0], SplitAction::Began(OTHER));
        assert!(
            actions[1..]
                .iter()
                .all(|action| *action == SplitAction::AnnounceAgain)
        );
        // After five, ten and fifteen seconds.
        assert_eq!(actions.len(), 4, "{actions:?}");
        assert!(watch.is_split());
        let over = watch.poll_timeout().expect("it waits");
        assert_eq!(watch.handle_timeout(over), Some(SplitAction::Over));
        assert_eq!((watch.is_split(), watch.begun(), watch.adverts()), (false, 1, 20));
    }

    #[test]
    fn an_address_that_is_said_to_be_elsewhere_again_is_split_brain() {
        let mut watch = SplitWatch::default();
        assert_eq!(watch.see(ms(0), MOVED, SECOND), None);
        assert_eq!(
            watch.see(ms(5000), MOVED, SECOND),
            Some(SplitAction::Began(MOVED))
        );
        assert_eq!(watch.moves(), 2);
    }

    #[test]
    fn who_gives_way_ends_it() {
        let mut watch = SplitWatch::default();
        watch.see(ms(0), OTHER, SECOND);
        assert_eq!(watch.leave(), None);
        watch.see(ms(0), OTHER, SECOND);
        watch.see(ms(2000), OTHER, SECOND);
        assert_eq!(watch.leave(), Some(SplitAction::Over));
        assert_eq!(watch.poll_timeout(), None);
    }

    #[test]
    fn a_flood_announces_no_more_than_twelve_times_a_minute() {
        let mut watch = SplitWatch::default();
        let actions = (0..600_000)
            .filter_map(|step| watch.see(ms(step / 10), MOVED, SECOND))
            .count();
        assert!(actions <= 13, "{actions}");
    }
}
