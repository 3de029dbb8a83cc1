//! The workers of a master: which there are, and how one comes to be.

use std::io;

use nix::unistd::Pid;

use super::line::Line;
use crate::background::Waited;
use crate::background::{Readiness, fork_and_wait};

/// One worker.
#[derive(Clone, Debug)]
pub(crate) struct Worker {
    pid: i32,
    /// Reloads since it came to be.
    reloads: u32,
    /// When that was, seconds since the epoch.
    since: u64,
    line: Option<Line>,
}

impl Worker {
    /// One that came to be at `since`, in seconds since the epoch.
    pub(crate) fn new(pid: i32, since: u64, line: Option<Line>) -> Self {
        Self {
            pid,
            reloads: 0,
            since,
            line,
        }
    }

    /// Where its commands are reached.
    pub(crate) fn line(&self) -> Option<&Line> {
        self.line.as_ref()
    }

    /// Whether it is the one that listens.
    pub(crate) fn is_current(&self) -> bool {
        self.reloads == 0
    }

    /// Its process number.
    pub(crate) fn pid(&self) -> i32 {
        self.pid
    }

    /// Reloads since it came to be.
    pub(crate) fn reloads(&self) -> u32 {
        self.reloads
    }

    /// When it came to be, seconds since the epoch.
    pub(crate) fn since(&self) -> u64 {
        self.since
    }
}

/// A master and all of its workers.
#[derive(Clone, Debug)]
pub(crate) struct Workers {
    list: Vec<Worker>,
    reloads: u32,
    failed: u32,
    since: u64,
}

impl Workers {
    /// Those of a master that came to be at `since`, in seconds since the epoch.
    pub(crate) fn new(since: u64) -> Self {
        Self {
            list: Vec::new(),
            reloads: 0,
            failed: 0,
            since,
        }
    }

    /// As [`Workers::written`] has them; what cannot be read is left out.
    pub(crate) fn read(text: &str) -> Self {
        let mut out = Self::new(0);
        let mut parts = text.split(';').map(|part| {
            part.split(',')
                .map(str::parse::<u64>)
                .collect::<Result<Vec<_>, _>>()
        });
        if let Some(Ok(master)) = parts.next()
            && let [reloads, failed, since] = master[..]
        {
            let small = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
            (out.reloads, out.failed, out.since) = (small(reloads), small(failed), since);
        }
        let mut lines = Vec::new();
        for part in parts.flatten() {
            let Ok([pid, reloads, since, line]) = <[u64; 4]>::try_from(part) else {
                continue;
            };
            let (Ok(pid @ 1..), Ok(reloads), Ok(number)) =
                (i32::try_from(pid), u32::try_from(reloads), i32::try_from(line))
            else {
                continue;
            };
            // Standard streams are no lines, and no line is anybody else's.
            let line = if number > 2 && !lines.contains(&number) {
                lines.push(number);
                Line::adopt(number).ok()
            } else {
                None
            };
            out.list.push(Worker {
                pid,
                reloads,
                since,
                line,
            });
        }
        out
    }

    /// The master's `RELOADS,FAILED,SINCE`, then `PID,RELOADS,SINCE,LINE` of each worker, parted by semicolons. The lines are
    /// kept open from here on, so that they can be taken up under their numbers; 0 is none.
    pub(crate) fn written(&self) -> String {
        let mut out = format!("{},{},{}", self.reloads, self.failed, self.since);
        for worker in &self.list {
            let line = worker.line.as_ref().and_then(|line| line.keep().ok());
            let Worker {
                pid, reloads, since, ..
            } = worker;
            out.push_str(&format!(";{pid},{reloads},{since},{}", line.unwrap_or(0)));
        }
        out
    }

    /// Undoes what [`Workers::written`] did to the lines: this process goes on.
    pub(crate) fn stay(&self) {
        for line in self.list.iter().filter_map(Worker::line) {
            // At worst a program that this process becomes has one more descriptor.
            let _ = line.keep_no_more();
        }
    }

    /// The worker that listens.
    pub(crate) fn current(&self) -> Option<&Worker> {
        self.list.iter().rev().find(|worker| worker.is_current())
    }

    /// Adds a new one; all others become former ones. Gives their process numbers.
    pub(crate) fn replace(&mut self, new: Worker) -> Vec<i32> {
        let former = self.pids();
        if !former.is_empty() {
            self.reloads += 1;
        }
        self.failed = 0;
        self.list.iter_mut().for_each(|worker| worker.reloads += 1);
        self.list.push(new);
        former
    }

    /// Counts a reload that came to nothing.
    pub(crate) fn count_failure(&mut self) {
        self.failed += 1;
    }

    /// Forgets one that ended.
    pub(crate) fn remove(&mut self, pid: i32) -> Option<Worker> {
        let at = self.list.iter().position(|worker| worker.pid == pid)?;
        Some(self.list.remove(at))
    }

    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        self.list.clear();
    }

    /// Process numbers.
    pub(crate) fn pids(&self) -> Vec<i32> {
        self.list.iter().map(|worker| worker.pid).collect()
    }

    /// Process numbers of those that came to be more than `most` reloads ago.
    pub(crate) fn outlived(&self, most: u32) -> Vec<i32> {
        let old = self.list.iter().filter(|worker| worker.reloads > most);
        old.map(|worker| worker.pid).collect()
    }

    /// All of them, the oldest first.
    pub(crate) fn list(&self) -> &[Worker] {
        &self.list
    }

    /// The master's reloads, those of them in a row that failed last, and when it came to be, in seconds since the epoch.
    pub(crate) fn master(&self) -> (u32, u32, u64) {
        (self.reloads, self.failed, self.since)
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
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
        let mut workers = Workers::new(5);
        assert!(workers.replace(Worker::new(10, 5, None)).is_empty());
        assert_eq!(workers.replace(Worker::new(11, 9, None)), [10]);
        workers.count_failure();
        assert_eq!((workers.outlived(0), workers.outlived(1)), (vec![10], Vec::new()));
        let mut again = Workers::read(&workers.written());
        assert_eq!(again.written(), "1,1,5;10,1,5,0;11,0,9,0");
        assert_eq!(again.current().unwrap().pid(), 11);
        assert!(!again.remove(10).unwrap().is_current());
        assert!(again.remove(11).unwrap().is_current());
        assert!(again.is_empty());
    }

    #[test]
    fn what_is_no_list_of_workers_gives_none() {
        assert!(Workers::read("").is_empty());
        assert!(Workers::read("x,1;-5,0,1,0;7").is_empty());
    }
}
