//! The processes that this one takes over from (`-sf`, `-st`): they are asked to let go of their ports when those are in use, and
//! to leave once this process listens.

use std::time::{Duration, Instant};

use nix::poll::{PollTimeout, poll};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::arguments::Farewell;

/// How long ports are waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// Between two attempts, ms.
const PAUSE_MS: u16 = 10;

/// Sends a signal to all; how many it reached.
pub(crate) fn signal(pids: &[i32], signal: Signal) -> usize {
    pids.iter()
        .filter(|pid| kill(Pid::from_raw(**pid), signal).is_ok())
        .count()
}

/// Says goodbye.
pub(crate) fn dismiss(pids: &[i32], farewell: Farewell) {
    let farewell = match farewell {
        Farewell::Finish => Signal::SIGUSR1,
        Farewell::Terminate => Signal::SIGTERM,
    };
    signal(pids, farewell);
}

/// Tries until `attempt` says that it is done or that trying again is of no use, or until patience ends. The old processes
/// pause meanwhile, and go on when it was in vain. True when it was done.
pub(crate) fn attempt_with_ports(pids: &[i32], mut attempt: impl FnMut() -> Attempt) -> bool {
    let mut last = attempt();
    if last == Attempt::InUse && !pids.is_empty() && signal(pids, Signal::SIGTTOU) > 0 {
        let until = Instant::now() + PATIENCE;
        while last == Attempt::InUse && Instant::now() < until {
            // Nothing tells when another process lets go of a port.
            let _ = poll(&mut [], PollTimeout::from(PAUSE_MS));
            last = attempt();
        }
        if last != Attempt::Done {
            signal(pids, Signal::SIGTTIN);
        }
    }
    last == Attempt::Done
}

/// How an attempt went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attempt {
    /// All is bound.
    Done,
    /// Only addresses in use are missing.
    InUse,
    /// Trying again would not help.
    Failed,
}
