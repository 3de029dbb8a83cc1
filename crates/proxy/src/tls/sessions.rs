//! Sessions of clients who get no tickets: remembered here for `tune.ssl.lifetime`, as many as `tune.ssl.cachesize` says, of all
//! listeners together. Settings never see those of others, as what one asks of clients another one may not.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use haproxy_cfg::model::TlsTune;
use proxy_core::state::SessionLookups;
use rustls::server::{NoServerSessionStorage, StoresServerSessions};

/// All of them.
#[derive(Debug)]
pub(super) struct Sessions {
    lifetime: Duration,
    most: usize,
    inner: Mutex<Inner>,
    /// How many settings have asked for a part.
    parts: AtomicU64,
    lookups: Arc<SessionLookups>,
}

#[derive(Debug, Default)]
struct Inner {
    by_key: HashMap<Key, Remembered>,
    /// In the order in which they came; some of them may be gone or replaced since.
    order: VecDeque<(Key, u64)>,
    /// The number of the last one that came.
    last: u64,
}

/// The number of the settings, and the key of the session.
type Key = (u64, Vec<u8>);

#[derive(Debug)]
struct Remembered {
    number: u64,
    until: Instant,
    session: Vec<u8>,
}

impl Sessions {
    pub(super) fn new(tune: TlsTune) -> Self {
        Self {
            lifetime: Duration::from_secs(tune.lifetime.into()),
            most: usize::try_from(tune.cache_size).unwrap_or(usize::MAX),
            inner: Mutex::default(),
            parts: AtomicU64::new(0),
            lookups: Arc::default(),
        }
    }

    /// How often one was looked for.
    pub(super) fn lookups(&self) -> Arc<SessionLookups> {
        Arc::clone(&self.lookups)
    }

    /// Those of the clients of some settings.
    pub(super) fn of_settings(self: &Arc<Self>) -> Arc<dyn StoresServerSessions> {
        if self.most == 0 {
            return Arc::new(NoServerSessionStorage {});
        }
        Arc::new(Part {
            all: Arc::clone(self),
            number: self.parts.fetch_add(1, Ordering::Relaxed),
        })
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Whoever holds it leaves it whole.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, key: Key, session: Vec<u8>, now: Instant) {
        let mut inner = self.lock();
        inner.last += 1;
        let number = inner.last;
        inner.order.push_back((key.clone(), number));
        let until = now + self.lifetime;
        inner.by_key.insert(
            key,
            Remembered {
                number,
                until,
                session,
            },
        );
        // The oldest go: those whose time is over, and those that there is no room for.
        while let Some((key, number)) = inner.order.front() {
            let there = inner.by_key.get(key).filter(|there| there.number == *number);
            if there.is_some_and(|there| there.until > now) && inner.by_key.len() <= self.most {
                break;
            }
            let is_there = there.is_some();
            let gone = inner.order.pop_front();
            if let Some((key, _)) = gone.filter(|_| is_there) {
                inner.by_key.remove(&key);
            }
        }
    }

    fn get(&self, key: &Key, now: Instant) -> Option<Vec<u8>> {
        let inner = self.lock();
        let there = inner.by_key.get(key);
        self.lookups.count(there.is_some());
        let there = there.filter(|there| there.until > now)?;
        Some(there.session.clone())
    }

    fn take(&self, key: &Key, now: Instant) -> Option<Vec<u8>> {
        let there = self.lock().by_key.remove(key);
        self.lookups.count(there.is_some());
        let there = there?;
        (there.until > now).then_some(there.session)
    }
}

/// What clients of some settings have.
#[derive(Debug)]
struct Part {
    all: Arc<Sessions>,
    number: u64,
}

impl StoresServerSessions for Part {
    fn put(&self, key: Vec<u8>, value: Vec<u8>) -> bool {
        self.all.put((self.number, key), value, Instant::now());
        true
    }

    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.all.get(&(self.number, key.to_vec()), Instant::now())
    }

    fn take(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.all.take(&(self.number, key.to_vec()), Instant::now())
    }

    fn can_cache(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sessions(most: u32, lifetime: u32) -> Sessions {
        Sessions::new(TlsTune {
            cache_size: most,
            lifetime,
            ..TlsTune::default()
        })
    }

    #[test]
    fn the_oldest_goes_when_there_is_no_room_and_all_go_with_their_time() {
        let all = sessions(2, 10);
        let start = Instant::now();
        for name in [b"a", b"b", b"c"] {
            all.put((0, name.to_vec()), name.to_vec(), start);
        }
        assert_eq!(all.get(&(0, b"a".to_vec()), start), None);
        assert_eq!(all.get(&(0, b"b".to_vec()), start), Some(b"b".to_vec()));
        assert_eq!(
            all.get(&(1, b"b".to_vec()), start),
            None,
            "other settings have their own"
        );
        let later = start + Duration::from_secs(10);
        assert_eq!(all.get(&(0, b"c".to_vec()), later), None);
        all.put((0, b"d".to_vec()), b"d".to_vec(), later);
        assert_eq!(all.lock().by_key.len(), 1);
        assert_eq!(all.take(&(0, b"d".to_vec()), later), Some(b"d".to_vec()));
        assert_eq!(all.take(&(0, b"d".to_vec()), later), None);
        // The one whose time was over was found.
        assert_eq!((all.lookups().all(), all.lookups().misses()), (6, 3));
    }

    #[test]
    fn one_that_is_replaced_takes_the_place_of_the_old_one() {
        let all = sessions(2, 10);
        let start = Instant::now();
        for (name, session) in [(b"a", b"1"), (b"a", b"2"), (b"b", b"3")] {
            all.put((0, name.to_vec()), session.to_vec(), start);
        }
        assert_eq!(all.get(&(0, b"a".to_vec()), start), Some(b"2".to_vec()));
        all.put((0, b"c".to_vec()), b"4".to_vec(), start);
        assert_eq!(all.get(&(0, b"a".to_vec()), start), None);
        assert_eq!(all.get(&(0, b"b".to_vec()), start), Some(b"3".to_vec()));
    }

    #[test]
    fn with_no_room_at_all_none_is_remembered() {
        let part = Arc::new(sessions(0, 10)).of_settings();
        assert!(!part.can_cache());
    }
}
