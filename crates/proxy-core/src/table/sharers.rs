//! Who shares a limit by an entry of a table: how many they are is all that counts.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use rustc_hash::FxHashMap;

use super::Key;

/// Streams that share a limit, by what they share.
#[derive(Debug, Default)]
pub(super) struct Sharers(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    by_key: FxHashMap<Key, Weak<()>>,
    /// Keys with which those that nobody has any more are cleared away.
    sweep_at: usize,
}

impl Sharers {
    /// One more of them, for as long as it is held.
    pub(super) fn join(&self, key: &Key) -> Arc<()> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(others) = known.by_key.get(key).and_then(Weak::upgrade) {
            return others;
        }
        if known.by_key.len() >= known.sweep_at {
            known.by_key.retain(|_, others| others.strong_count() > 0);
            known.sweep_at = 2 * known.by_key.len() + 64;
        }
        let own = Arc::new(());
        known.by_key.insert(key.clone(), Arc::downgrade(&own));
        own
    }
}
