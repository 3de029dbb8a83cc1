//! The workers of a master: which there are, and how one comes to be.

use std::io;

use nix::unistd::Pid;

use crate::haproxy::background::Waited;
use crate::haproxy::background::{Readiness, fork_and_wait};

/// One worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Worker {
    pid: i32,
    /// Reloads since it came to be.
    reloads: u32,
}

impl Worker {
    /// One that just came to be.
    pub(crate) fn new(pid: i32) -> Self {
        Self { pid, reloads: 0 }
    }

    /// Whether it is the one that listens.
    pub(crate) fn is_current(self) -> bool {
        self.reloads == 0
    }
}

/// All workers of a master.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Workers(Vec<Worker>);

impl Workers {
    /// As [`Workers::written`] has them; what cannot be read is left out.
    pub(crate) fn read(text: &str) -> Self {
        let worker = |part: &str| {
            let (pid, reloads) = part.split_once(',')?;
            Some(Worker {
                pid: pid.parse().ok().filter(|pid| *pid > 0)?,
                reloads: reloads.parse().ok()?,
            })
        };
        Self(text.split(';').filter_map(worker).collect())
    }

    /// `PID,RELOADS;…`
    pub(crate) fn written(&self) -> String {
        let parts: Vec<String> = self
            .0
            .iter()
            .map(|worker| format!("{},{}", worker.pid, worker.reloads))
            .collect();
        parts.join(";")
    }

    /// Adds a new one; all others become former ones. Gives their process numbers.
    pub(crate) fn replace(&mut self, new: Worker) -> Vec<i32> {
        let former = self.pids();
        self.0.iter_mut().for_each(|worker| worker.reloads += 1);
        self.0.push(new);
        former
    }

    /// Forgets one that ended.
    pub(crate) fn remove(&mut self, pid: i32) -> Option<Worker> {
        let at = self.0.iter().position(|worker| worker.pid == pid)?;
        Some(self.0.remove(at))
    }

    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Process numbers.
    pub(crate) fn pids(&self) -> Vec<i32> {
        self.0.iter().map(|worker| worker.pid).collect()
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// In which process [`fork_worker`] returned.
#[derive(Debug)]
pub(crate) enum Forked {
    /// The worker, which is to tell when it runs.
    Worker(Readiness),
    /// The master; it has waited.
    Master {
        /// Number of the worker.
        child: Pid,
        /// Whether it runs.
        runs: bool,
    },
}

/// Makes a worker and waits until it runs, or does not.
///
/// # Errors
/// What the system says.
pub(crate) fn fork_worker() -> io::Result<Forked> {
    Ok(match fork_and_wait()? {
        Waited::Child(readiness) => Forked::Worker(readiness),
        Waited::Parent { child, runs } => Forked::Master { child, runs },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workers_are_remembered_across_a_reload() {
        let mut workers = Workers::default();
        assert!(workers.replace(Worker::new(10)).is_empty());
        assert_eq!(workers.replace(Worker::new(11)), [10]);
        let mut again = Workers::read(&workers.written());
        assert_eq!(again, workers);
        assert!(!again.remove(10).unwrap().is_current());
        assert!(again.remove(11).unwrap().is_current());
        assert!(again.is_empty());
    }

    #[test]
    fn what_is_no_list_of_workers_gives_none() {
        assert!(Workers::read("").is_empty());
        assert!(Workers::read("x,1;-5,0;7").is_empty());
    }
}
