//! Events over a sliding period, in three words: the period at hand is counted, and the one before it fades out as time goes on.

/// Words that a rate takes: when the period at hand began (milliseconds, wrapping), events in it, events in the one before.
pub(super) const WORDS: usize = 3;

/// What is in force at `now`: when the period at hand began, its events, and those of the one before.
fn current(words: &[u32], period: u32, now: u32) -> (u32, u32, u32) {
    let &[began, events, before] = words else {
        return (now, 0, 0);
    };
    let age = now.wrapping_sub(began);
    if age < period {
        (began, events, before)
    } else if age - period < period {
        (began.wrapping_add(period), 0, events)
    } else {
        (now, 0, 0)
    }
}

/// Counts `n` events at `now`, milliseconds.
pub(super) fn add(words: &mut [u32], period: u32, now: u32, n: u32) {
    let (began, events, before) = current(words, period, now);
    words.copy_from_slice(&[began, events.saturating_add(n), before]);
}

/// Begins anew with `n` events at `now`, milliseconds.
pub(super) fn set(words: &mut [u32], now: u32, n: u32) {
    words.copy_from_slice(&[now, n, 0]);
}

/// Events over the period that ends at `now`, milliseconds.
pub(super) fn read(words: &[u32], period: u32, now: u32) -> u32 {
    let (began, events, before) = current(words, period, now);
    // A single event of the period before counts until that is over: a low rate does not flicker.
    if events == 0 && before <= 1 {
        return before;
    }
    let left = period - now.wrapping_sub(began).min(period);
    let faded = u64::from(before) * u64::from(left) / u64::from(period.max(1));
    u32::try_from(faded).unwrap_or(u32::MAX).saturating_add(events)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A time in milliseconds, and a number of events.
    type At = (u32, u32);

    /// Hits at times, and what haproxy 2.6 then shows of a rate over a second: the time from which it shows each value. The clock
    /// of the original was read from outside, so times are good to some milliseconds.
    const RECORDED: &[(&[At], &[At])] = &[
        (
            &[(0, 10)],
            &[
                (0, 10),
                (1000, 9),
                (1100, 8),
                (1200, 7),
                (1300, 6),
                (1400, 5),
                (1500, 4),
                (1602, 3),
                (1700, 2),
                (1800, 1),
                (1907, 0),
            ],
        ),
        (&[(0, 1)], &[(0, 1), (2001, 0)]),
        (&[(0, 2)], &[(0, 2), (1001, 1), (1501, 0)]),
        (
            &[(0, 10), (1501, 5)],
            &[
                (1501, 9),
                (1601, 8),
                (1701, 7),
                (1807, 6),
                (1902, 5),
                (2001, 4),
                (2206, 3),
                (2405, 2),
                (2601, 1),
                (2804, 0),
            ],
        ),
        (
            &[(0, 10), (2500, 5)],
            &[(2500, 5), (3500, 4), (3700, 3), (3900, 2), (4100, 1), (4305, 0)],
        ),
        (
            &[(0, 10), (900, 1)],
            &[
                (900, 11),
                (1001, 10),
                (1091, 9),
                (1182, 8),
                (1273, 7),
                (1364, 6),
                (1455, 5),
                (1546, 4),
                (1637, 3),
                (1729, 2),
                (1819, 1),
                (1910, 0),
            ],
        ),
        (&[(0, 1), (1200, 1)], &[(1200, 1), (3005, 0)]),
    ];

    #[test]
    fn a_rate_is_that_of_the_original() {
        for (hits, shown) in RECORDED {
            let mut words = [0; WORDS];
            // Any start of the clock, near its end as well.
            let start = u32::MAX - 1500;
            set(&mut words, start, 0);
            let last = shown[shown.len() - 1].0;
            let at = |words: &[u32], time: u32| read(words, 1000, start.wrapping_add(time));
            for time in 0..=last {
                for (_, n) in hits.iter().filter(|(hit, _)| *hit == time) {
                    add(&mut words, 1000, start.wrapping_add(time), *n);
                }
                let Some((since, value)) = shown.iter().rev().find(|(since, _)| *since <= time) else {
                    continue;
                };
                let next = shown.iter().find(|(next, _)| *next > time);
                let fits = at(&words, time) == *value
                    // Within the error of the record.
                    || time - since < 10
                    || next.is_some_and(|(next, value)| next - time < 10 && at(&words, time) == *value);
                assert!(fits, "{hits:?} at {time}: {} and not {value}", at(&words, time));
            }
        }
    }
}
