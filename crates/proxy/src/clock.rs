//! The process's clock: milliseconds since start, monotonic. Everything in proxy-core that asks for "milliseconds of the
//! process's clock" is given this.

use std::time::{Duration, Instant};

/// A monotonic clock that starts at 1 ms, so that 0 can mean "never". Copies agree with each other.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    start: Instant,
}

impl Clock {
    /// A clock that starts now. A process makes one and copies it.
    #[must_use]
    pub fn start() -> Self {
        Self {
            start: Instant::now(),
        }
    }

    /// Milliseconds since the start, plus one.
    #[inline]
    #[must_use]
    pub fn now_ms(self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX - 1) + 1
    }

    /// The instant at which [`Clock::now_ms`] becomes `ms`, for timers of the runtime.
    #[must_use]
    pub fn instant_of(self, ms: u64) -> Instant {
        self.start + Duration::from_millis(ms.saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_agree_and_zero_is_never_shown() {
        let clock = Clock::start();
        let copy = clock;
        let a = clock.now_ms();
        assert!(a >= 1);
        assert!(copy.now_ms() >= a);
    }

    #[test]
    fn an_instant_is_that_of_its_millisecond() {
        let clock = Clock::start();
        assert_eq!(clock.instant_of(1), clock.start);
        assert_eq!(clock.instant_of(0), clock.start);
        assert_eq!(clock.instant_of(1001), clock.start + Duration::from_secs(1));
    }
}
