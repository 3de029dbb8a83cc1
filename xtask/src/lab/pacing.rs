//! Waiting: for a condition, never for a time alone.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// How often a condition is looked at.
const LOOK: Duration = Duration::from_millis(10);

/// Waits until `look` gives something, and gives it with the time that it took.
///
/// # Errors
/// When `limit` has passed, naming `what` was waited for; or the first error of `look`.
pub(super) fn until<T>(
    limit: Duration,
    what: &str,
    mut look: impl FnMut() -> Result<Option<T>>,
) -> Result<(T, Duration)> {
    let start = Instant::now();
    loop {
        if let Some(found) = look()? {
            return Ok((found, start.elapsed()));
        }
        if start.elapsed() > limit {
            bail!("waited {:.1} s in vain for {what}", limit.as_secs_f64());
        }
        std::thread::park_timeout(LOOK);
    }
}
