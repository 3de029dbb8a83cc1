//! The real programs around the balancer, one file each.

pub(super) mod browser;
pub(super) mod certificate;
pub(super) mod nginx;
pub(super) mod postfix;
pub(super) mod rsyslog;

use std::process::{Child, Command, ExitStatus};

use anyhow::{Context, Result};

/// A program in the foreground that is killed when this is dropped.
#[derive(Debug)]
pub(super) struct Foreground {
    child: Child,
}

impl Foreground {
    /// Starts the command.
    pub(super) fn start(command: &mut Command) -> Result<Self> {
        let child = command
            .spawn()
            .with_context(|| format!("cannot start {command:?}"))?;
        Ok(Self { child })
    }

    /// How the program has ended by itself; none while it runs.
    pub(super) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }
}

impl Drop for Foreground {
    fn drop(&mut self) {
        // Both fail only for a process that has ended already, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server that a scenario may kill and bring back.
pub(super) trait Mortal {
    /// Ends it at once: its port refuses connections from now on.
    fn kill(&mut self) -> Result<()>;

    /// Starts it again and waits until it answers.
    fn revive(&mut self) -> Result<()>;
}
