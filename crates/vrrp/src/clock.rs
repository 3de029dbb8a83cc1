//! The protocol's time on tokio's clock.

use tokio::time::Instant;
use vrrp_proto::Time;

/// A clock that never goes back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock(Instant);

impl Clock {
    /// One that begins now.
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// Time since its beginning.
    pub(crate) fn now(self) -> Time {
        self.0.elapsed()
    }

    /// When that time is.
    pub(crate) fn instant(self, time: Time) -> Instant {
        self.0 + time
    }
}
