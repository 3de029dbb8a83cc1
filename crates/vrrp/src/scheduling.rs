//! The process as the system schedules it: its priorities, processors and memory.

use std::io;
use std::time::Duration;

use keepalived_conf::model::Process;
use nix::sched::{CpuSet, sched_setaffinity};
use nix::sys::mman::{MlockAllFlags, mlockall};
use nix::sys::resource::{Resource, setrlimit};
use nix::unistd::Pid;

use crate::kernel::{set_nice, set_real_time};
use crate::log::Log;

/// How long a process in real time may compute without a wait, where the file does not say: the original's 10 ms.
const REAL_TIME_LIMIT: Duration = Duration::from_millis(10);

/// How late a timer must be for the process to raise itself, where the file does not say.
const LATE: Duration = Duration::from_secs(1);

/// The process, with the priority in real time that it has by now.
#[derive(Debug)]
pub(crate) struct Scheduling {
    process: Process,
    real_time: u8,
    log: Log,
}

impl Scheduling {
    /// Asks the system for all that the file wants. What it refuses is told.
    pub(crate) fn begin(process: &Process, log: Log) -> Self {
        let mut this = Self {
            process: process.clone(),
            real_time: 0,
            log,
        };
        if !process.processors.is_empty() {
            let mut set = CpuSet::new();
            let chosen = process
                .processors
                .iter()
                .try_for_each(|number| set.set(usize::try_from(*number).unwrap_or(usize::MAX)));
            let done = chosen.and_then(|()| sched_setaffinity(Pid::from_raw(0), &set));
            this.tell("processors", done.map_err(io::Error::from));
        }
        if let Some(priority) = process.priority {
            this.tell("priority", set_nice(priority));
        }
        if let Some(priority) = process.real_time_priority {
            this.raise(priority);
        }
        if process.no_swap {
            let all = MlockAllFlags::MCL_CURRENT | MlockAllFlags::MCL_FUTURE;
            this.tell("memory", mlockall(all).map_err(io::Error::from));
        }
        this
    }

    /// Whether it may have to raise its priority later.
    pub(crate) const fn may_raise(&self) -> bool {
        self.process.max_auto_priority > 0
    }

    /// A timer was looked at so late.
    pub(crate) fn was_late(&mut self, late: Duration) {
        let limit = self.process.min_auto_delay.unwrap_or(LATE);
        if !self.may_raise() || late < limit || self.real_time >= self.process.max_auto_priority {
            return;
        }
        let (seconds, micros) = (late.as_secs(), late.subsec_micros());
        self.log.info(format!(
            "A thread timer expired {seconds}.{micros:06} seconds ago"
        ));
        let next = self.real_time + 1;
        if self.raise(next) {
            self.log.info(format!("Set realtime priority {next}"));
        }
    }

    fn raise(&mut self, priority: u8) -> bool {
        if self.real_time == 0 {
            let limit = self.process.real_time_limit.unwrap_or(REAL_TIME_LIMIT);
            // The first limit is told by a signal, the second one ends the process.
            let micros = u64::try_from(limit.as_micros()).unwrap_or(u64::MAX);
            let limited = setrlimit(Resource::RLIMIT_RTTIME, micros / 2, micros);
            self.tell("limit in real time", limited.map_err(io::Error::from));
        }
        let done = set_real_time(priority);
        let raised = done.is_ok();
        if raised {
            self.real_time = priority;
        }
        self.tell("priority in real time", done);
        raised
    }

    fn tell(&self, what: &str, done: io::Result<()>) {
        if let Err(error) = done {
            self.log
                .info(format!("The process cannot be given its {what}: {error}"));
        }
    }
}
