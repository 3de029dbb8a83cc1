//! The instances, and which of them want to be looked at next. Whoever changes one goes through here, so that what is known of
//! its timers cannot be stale: with a thousand instances nothing may be asked of all of them for each advert of one.

use std::collections::BTreeSet;
use std::ops::{Deref, Index, IndexMut};

use vrrp_proto::{StateKind, Time};

use crate::router::Router;

/// The instances in the order of the file.
#[derive(Debug, Default)]
pub(crate) struct Routers {
    all: Vec<Router>,
    /// What the queue has of each.
    known: Vec<Option<Time>>,
    /// Those that want something, by time.
    queue: BTreeSet<(Time, usize)>,
    /// Those that may have changed since they were last asked.
    touched: Vec<usize>,
    is_touched: Vec<bool>,
}

impl Routers {
    /// Puts one behind the others.
    pub(crate) fn push(&mut self, router: Router) {
        self.insert(self.all.len(), router);
    }

    /// Puts one at a place, and those from there on one further.
    pub(crate) fn insert(&mut self, at: usize, router: Router) {
        self.all.insert(at, router);
        self.forget();
    }

    /// Takes one out.
    pub(crate) fn remove(&mut self, at: usize) -> Router {
        let router = self.all.remove(at);
        self.forget();
        router
    }

    /// When the next of them wants something.
    pub(crate) fn next_due(&mut self) -> Option<Time> {
        self.settle();
        self.queue.first().map(|(due, _)| *due)
    }

    /// Those that want something now, in the order of the file.
    pub(crate) fn due(&mut self, now: Time) -> Vec<usize> {
        self.settle();
        let mut due: Vec<usize> = self
            .queue
            .range(..=(now, usize::MAX))
            .map(|(_, at)| *at)
            .collect();
        due.sort_unstable();
        due
    }

    /// Places are others than before: all are asked anew.
    fn forget(&mut self) {
        self.queue.clear();
        self.known = vec![None; self.all.len()];
        self.is_touched = vec![true; self.all.len()];
        self.touched = (0..self.all.len()).collect();
    }

    fn settle(&mut self) {
        for at in std::mem::take(&mut self.touched) {
            self.is_touched[at] = false;
            let due = due(&self.all[at]);
            let before = std::mem::replace(&mut self.known[at], due);
            if before == due {
                continue;
            }
            if let Some(before) = before {
                self.queue.remove(&(before, at));
            }
            if let Some(due) = due {
                self.queue.insert((due, at));
            }
        }
    }
}

/// When an instance wants something.
fn due(router: &Router) -> Option<Time> {
    let elsewhere = router
        .extra_due
        .filter(|_| router.machine.state() == StateKind::Master);
    [
        router.machine.poll_timeout(),
        router.lines.poll_timeout(),
        router.split.poll_timeout(),
        elsewhere,
    ]
    .into_iter()
    .flatten()
    .min()
}

impl Deref for Routers {
    type Target = [Router];

    fn deref(&self) -> &[Router] {
        &self.all
    }
}

impl Index<usize> for Routers {
    type Output = Router;

    fn index(&self, at: usize) -> &Router {
        &self.all[at]
    }
}

impl IndexMut<usize> for Routers {
    fn index_mut(&mut self, at: usize) -> &mut Router {
        if !std::mem::replace(&mut self.is_touched[at], true) {
            self.touched.push(at);
        }
        &mut self.all[at]
    }
}

impl<'r> IntoIterator for &'r Routers {
    type Item = &'r Router;
    type IntoIter = std::slice::Iter<'r, Router>;

    fn into_iter(self) -> Self::IntoIter {
        self.all.iter()
    }
}

impl<'r> IntoIterator for &'r mut Routers {
    type Item = &'r mut Router;
    type IntoIter = std::slice::IterMut<'r, Router>;

    fn into_iter(self) -> Self::IntoIter {
        self.forget();
        self.all.iter_mut()
    }
}
