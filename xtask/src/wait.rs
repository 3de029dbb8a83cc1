//! Waiting for a condition with a deadline, the only place of xtask that sleeps.

use std::time::{Duration, Instant};

/// Asks `condition` every few milliseconds until it gives a value or `limit` is over; `None` when time ran out.
pub(crate) fn until<T>(limit: Duration, mut condition: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(value) = condition() {
            return Some(value);
        }
        if Instant::now() >= deadline {
            return None;
        }
        pause(Duration::from_millis(5));
    }
}

/// Lets `time` go by: for measuring over a period, never for hoping that something has happened meanwhile.
#[expect(
    clippy::disallowed_methods,
    reason = "the poll interval of `until`, and measuring periods"
)]
pub(crate) fn pause(time: Duration) {
    std::thread::sleep(time);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_the_value_as_soon_as_there_is_one() {
        let mut asked = 0;
        let got = until(Duration::from_secs(5), || {
            asked += 1;
            (asked == 3).then_some(asked)
        });
        assert_eq!(got, Some(3));
    }

    #[test]
    fn ends_when_time_is_over() {
        assert_eq!(until(Duration::ZERO, || None::<()>), None);
    }
}
