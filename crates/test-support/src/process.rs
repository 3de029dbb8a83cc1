//! Programs under test: started, watched, and ended whatever becomes of the test.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{self, UnixListener};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// How long a condition is waited for.
pub const PATIENCE: Duration = Duration::from_secs(15);

/// Asks every few milliseconds until there is an answer; `None` when [`PATIENCE`] is over.
pub fn wait_for<T>(mut condition: impl FnMut() -> Option<T>) -> Option<T> {
    let until = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = condition() {
            return Some(answer);
        }
        if Instant::now() >= until {
            return None;
        }
        pause();
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the poll interval of a loop with a deadline"
)]
fn pause() {
    std::thread::sleep(Duration::from_millis(5));
}

/// Ports that are given to tests: below those that the system gives to connections.
const PORTS: std::ops::Range<u16> = 10_000..30_000;

/// An address of loopback on which nobody listens, and that no other test is given while this process lives: tests run side by side,
/// and between finding a port and listening on it there is time.
///
/// # Errors
/// When there is none.
pub fn free_address() -> io::Result<SocketAddr> {
    static HELD: Mutex<Vec<UnixListener>> = Mutex::new(Vec::new());
    static TURN: AtomicU32 = AtomicU32::new(0);
    let count = u32::from(PORTS.end - PORTS.start);
    // Processes begin at different places.
    let start = std::process::id().wrapping_mul(131);
    for _ in 0..count {
        let at = start.wrapping_add(TURN.fetch_add(1, Relaxed)) % count;
        let port = PORTS.start + u16::try_from(at).unwrap_or(0);
        // A name of the abstract namespace vanishes with its process.
        let name = net::SocketAddr::from_abstract_name(format!("holdfast-test-port-{port}"))?;
        let Ok(held) = UnixListener::bind_addr(&name) else {
            continue;
        };
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        if TcpListener::bind(address).is_ok() {
            HELD.lock().unwrap_or_else(PoisonError::into_inner).push(held);
            return Ok(address);
        }
    }
    Err(io::ErrorKind::AddrInUse.into())
}

/// Whether a process with that number exists and is not merely waiting to be collected.
#[must_use]
pub fn is_alive(pid: i32) -> bool {
    let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else {
        return false;
    };
    // The state stands behind the name, which is in brackets.
    stat.rsplit_once(") ")
        .is_some_and(|(_, rest)| !rest.starts_with('Z'))
}

/// The built Holdfast, whose path a test knows, as haproxy, and the original where it stands in Debian's place.
#[must_use]
pub fn both_programs(holdfast: &str) -> Vec<Command> {
    const ORIGINAL: &str = "/usr/sbin/haproxy";
    let mut ours = Command::new(holdfast);
    ours.arg("haproxy");
    let original = Path::new(ORIGINAL).exists().then(|| Command::new(ORIGINAL));
    std::iter::once(ours).chain(original).collect()
}

/// Memory that a process holds, KiB.
///
/// # Errors
/// When there is no such process.
pub fn resident_kib(pid: i32) -> io::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number
        .and_then(|number| number.parse().ok())
        .ok_or_else(|| io::ErrorKind::NotFound.into())
}

/// A program under test. Killed when it goes out of scope.
#[derive(Debug)]
pub struct Program {
    child: Child,
    output: File,
}

impl Program {
    /// Starts it with nothing to read; what it writes is kept.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(command: &mut Command) -> io::Result<Self> {
        let output = tempfile::tempfile()?;
        let child = command
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output.try_clone()?)
            .spawn()?;
        Ok(Self { child, output })
    }

    /// Its process number.
    #[must_use]
    pub fn pid(&self) -> i32 {
        i32::try_from(self.child.id()).unwrap_or(i32::MAX)
    }

    /// Sends it a signal.
    ///
    /// # Errors
    /// When it is gone.
    pub fn signal(&self, signal: Signal) -> io::Result<()> {
        Ok(kill(Pid::from_raw(self.pid()), signal)?)
    }

    /// All that it has written so far, on both outputs.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn output(&self) -> io::Result<String> {
        // A handle of its own would share the position that the program writes at.
        let mut bytes = Vec::new();
        let mut reader = File::open(format!(
            "/proc/self/fd/{}",
            std::os::fd::AsRawFd::as_raw_fd(&self.output)
        ))?;
        reader.rewind()?;
        reader.read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Waits for its end; `None` when it does not come within [`PATIENCE`].
    pub fn wait(&mut self) -> Option<ExitStatus> {
        wait_for(|| self.child.try_wait().ok().flatten())
    }

    /// As a shell gives it: the exit status, or 128 and the signal's number.
    pub fn wait_code(&mut self) -> Option<i32> {
        let status = self.wait()?;
        status
            .code()
            .or_else(|| status.signal().map(|signal| 128 + signal))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A process that is nobody's child here, such as a daemon. Killed when it goes out of scope.
#[derive(Debug)]
pub struct Daemon(pub i32);

impl Drop for Daemon {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = kill(Pid::from_raw(self.0), Signal::SIGKILL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_ended_with_its_guard() {
        let program = Program::start(Command::new("sleep").arg("600")).expect("sleep runs");
        let pid = program.pid();
        assert!(is_alive(pid));
        drop(program);
        assert!(!is_alive(pid));
    }

    #[test]
    fn output_of_both_kinds_and_the_code_are_kept() {
        let mut program =
            Program::start(Command::new("sh").args(["-c", "echo a; echo b >&2; kill -TERM $$"]))
                .expect("sh runs");
        assert_eq!(program.wait_code(), Some(143));
        assert_eq!(program.output().expect("output"), "a\nb\n");
    }
}
