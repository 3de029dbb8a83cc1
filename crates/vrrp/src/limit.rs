//! How many lines of one kind are logged when packets that call for them come in great numbers.

use std::collections::BTreeMap;
use std::time::Duration;

use vrrp_proto::Time;

/// Lines of one kind that are logged in a row.
const AT_ONCE: u32 = 10;

/// For how long lines are counted together.
const WINDOW: Duration = Duration::from_secs(1);

/// Lets through the first lines of each kind in each second, and counts the others.
#[derive(Clone, Debug)]
pub(crate) struct Limit<K> {
    kinds: BTreeMap<K, Count>,
}

#[derive(Clone, Copy, Debug)]
struct Count {
    since: Time,
    told: u32,
    withheld: u64,
}

impl<K> Default for Limit<K> {
    fn default() -> Self {
        Self {
            kinds: BTreeMap::new(),
        }
    }
}

impl<K: Copy + Ord> Limit<K> {
    /// Whether a line of that kind is to be logged.
    pub(crate) fn allows(&mut self, now: Time, kind: K) -> bool {
        let count = self.kinds.entry(kind).or_insert(Count {
            since: now,
            told: 0,
            withheld: 0,
        });
        // One that withholds goes on until it was told what was withheld.
        if count.withheld == 0 && now >= count.since + WINDOW {
            *count = Count {
                since: now,
                told: 0,
                withheld: 0,
            };
        }
        if count.told < AT_ONCE {
            count.told += 1;
            true
        } else {
            count.withheld += 1;
            false
        }
    }

    /// When [`Self::withheld`] has something to tell.
    pub(crate) fn poll_timeout(&self) -> Option<Time> {
        self.kinds
            .values()
            .filter(|count| count.withheld > 0)
            .map(|count| count.since + WINDOW)
            .min()
    }

    /// How many lines of all kinds were not logged in the times that are over; none when there were none.
    pub(crate) fn withheld(&mut self, now: Time) -> Option<u64> {
        let mut sum = 0;
        self.kinds.retain(|_, count| {
            let over = now >= count.since + WINDOW;
            if over {
                sum += count.withheld;
            }
            !over
        });
        (sum > 0).then_some(sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_one_kind_leaves_room_for_another() {
        let mut limit = Limit::default();
        let now = Time::from_secs(5);
        let told = (0..20_000).filter(|_| limit.allows(now, 'a')).count();
        assert_eq!(told, 10);
        assert!(limit.allows(now, 'b'));
        assert_eq!(limit.withheld(now), None);
        assert_eq!(limit.poll_timeout(), Some(Time::from_secs(6)));
        assert_eq!(limit.withheld(Time::from_secs(6)), Some(19_990));
        assert_eq!(limit.poll_timeout(), None);
        assert!(limit.allows(Time::from_secs(6), 'a'));
    }

    #[test]
    fn lines_that_come_now_and_then_are_all_told() {
        let mut limit = Limit::default();
        assert!((0..100).all(|second| limit.allows(Time::from_secs(second), ())));
    }
}
