//! Waiting for a condition with an error that says what was waited for.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

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
    let found = crate::wait::until(limit, || look().transpose())
        .with_context(|| format!("waited {:.1} s in vain for {what}", limit.as_secs_f64()))?;
    Ok((found?, start.elapsed()))
}
