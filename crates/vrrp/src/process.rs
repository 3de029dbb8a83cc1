//! One program that was started: directly and not by a shell, as its user, in a process group of its own, with nothing to read and
//! nobody to read it. It is ended with its group, so that what it started ends as well.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use keepalived_conf::model::Script;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::{Pid, getegid, geteuid};
use tokio::process::{Child, Command};
use tokio::task::spawn_local;
use tokio::time::timeout;

/// How long a program may take to end once it was asked to.
const FAREWELL: Duration = Duration::from_secs(2);

/// A running program. Dropped, it is ended.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    group: Option<Pid>,
}

impl Running {
    /// Starts it with more arguments behind its own.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn start(script: &Script, more: &[&str]) -> io::Result<Self> {
        let child = command(script, more)?.spawn()?;
        let group = child
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .map(Pid::from_raw);
        Ok(Self { child, group })
    }

    /// Waits for its end. May be asked again after it was interrupted.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) async fn wait(&mut self) -> io::Result<ExitStatus> {
        let status = self.child.wait().await?;
        // The group's number may belong to others from now on.
        self.group = None;
        Ok(status)
    }

    /// Asks it to end, and ends it when it does not.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) async fn end(&mut self) -> io::Result<ExitStatus> {
        self.signal(Signal::SIGTERM);
        if let Ok(ended) = timeout(FAREWELL, self.wait()).await {
            return ended;
        }
        self.signal(Signal::SIGKILL);
        self.wait().await
    }

    /// Lets it run on by itself; its end is taken note of.
    pub(crate) fn let_go(mut self) {
        self.group = None;
        spawn_local(async move {
            // Whatever it ended with: nobody asked for it.
            let _ = self.child.wait().await;
        });
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = self.group {
            // It may have ended meanwhile.
            let _ = killpg(group, signal);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Whoever has time asks it first, with `end`.
        self.signal(Signal::SIGKILL);
    }
}

fn command(script: &Script, more: &[&str]) -> io::Result<Command> {
    let (program, arguments) = script
        .command
        .split_first()
        .ok_or_else(|| io::Error::other("the script has no words"))?;
    let mut command = Command::new(program);
    command
        .args(arguments)
        .args(more)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0);
    if !script.groups.is_empty() {
        crate::kernel::become_user(command.as_std_mut(), script.uid, script.gid, &script.groups);
        return Ok(command);
    }
    // Only who is root can become somebody else, and who is that user already need not.
    if script.gid != getegid().as_raw() {
        command.gid(script.gid);
    }
    if script.uid != geteuid().as_raw() {
        command.uid(script.uid);
    }
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::task::LocalSet;

    fn script(words: &[&str]) -> Script {
        Script {
            command: words.iter().map(|word| (*word).to_owned()).collect(),
            uid: geteuid().as_raw(),
            gid: getegid().as_raw(),
            groups: Vec::new(),
        }
    }

    fn in_runtime<T>(work: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        LocalSet::new().block_on(&runtime, work)
    }

    #[test]
    fn what_a_program_started_ends_with_it() {
        in_runtime(async {
            let folder = tempfile::tempdir().expect("a folder");
            let file = folder.path().join("pid");
            let text = format!("sleep 600 & echo $! > {}; wait", file.display());
            let mut running = Running::start(&script(&["/bin/sh", "-c", &text]), &[]).expect("it starts");
            let started = test_support::process::wait_for(|| {
                std::fs::read_to_string(&file).ok()?.trim().parse::<i32>().ok()
            })
            .expect("it has started something");
            let status = running.end().await.expect("an end");
            assert!(!status.success());
            assert!(
                test_support::process::wait_for(|| (!test_support::process::is_alive(started)).then_some(()))
                    .is_some()
            );
        });
    }

    #[test]
    fn words_reach_the_program_as_they_are() {
        in_runtime(async {
            let mut running = Running::start(
                &script(&[
                    "/bin/sh",
                    "-c",
                    "test \"$1\" = 'a  $b;' && test \"$2\" = more",
                    "sh",
                    "a  $b;",
                ]),
                &["more"],
            )
            .expect("it starts");
            assert!(running.wait().await.expect("an end").success());
        });
    }

    #[test]
    fn a_program_that_is_not_there_is_an_error() {
        in_runtime(async {
            assert!(Running::start(&script(&["/nowhere/at-all"]), &[]).is_err());
            assert!(Running::start(&script(&[]), &[]).is_err());
        });
    }
}
