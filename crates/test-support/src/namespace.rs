//! Networks for tests: namespaces of the kernel with virtual cables between them. Root and the program `ip` are needed.

use std::fs::File;
use std::io;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

use nix::sched::{CloneFlags, setns};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, geteuid};

/// Whether this process may make namespaces.
#[must_use]
pub fn is_possible() -> bool {
    geteuid().is_root()
        && Command::new("ip")
            .arg("-V")
            .output()
            .is_ok_and(|output| output.status.success())
}

/// A network namespace. What runs in it is ended, and it is taken away, when this goes out of scope.
#[derive(Debug)]
pub struct Namespace {
    name: String,
}

impl Namespace {
    /// A new one, with its loopback up.
    ///
    /// # Errors
    /// What `ip` says.
    pub fn new() -> io::Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "hf-t{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        ip(&["netns", "add", &name])?;
        let namespace = Self { name };
        namespace.ip(&["link", "set", "lo", "up"])?;
        Ok(namespace)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Runs `ip` for it; gives what it prints.
    ///
    /// # Errors
    /// What `ip` says.
    pub fn ip(&self, arguments: &[&str]) -> io::Result<String> {
        let mut all = vec!["-n", &self.name];
        all.extend(arguments);
        ip(&all)
    }

    /// A command that will run `program` in it.
    #[must_use]
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.name, program]);
        command
    }

    /// Lays a cable: `interface` here is plugged into `their_interface` of `other`. Both are set up.
    ///
    /// # Errors
    /// What `ip` says.
    pub fn connect(&self, interface: &str, other: &Self, their_interface: &str) -> io::Result<()> {
        self.ip(&[
            "link",
            "add",
            interface,
            "type",
            "veth",
            "peer",
            "name",
            their_interface,
            "netns",
            &other.name,
        ])?;
        self.ip(&["link", "set", interface, "up"])?;
        other.ip(&["link", "set", their_interface, "up"])?;
        Ok(())
    }

    /// Does `work` in it, in a thread of its own: sockets that it opens belong to the namespace.
    ///
    /// # Errors
    /// What the system says, or `work`.
    pub fn inside<T: Send>(&self, work: impl FnOnce() -> io::Result<T> + Send) -> io::Result<T> {
        let file = File::open(format!("/run/netns/{}", self.name))?;
        std::thread::scope(|scope| {
            let thread = scope.spawn(move || {
                setns(file, CloneFlags::CLONE_NEWNET)?;
                work()
            });
            thread
                .join()
                .unwrap_or_else(|_| Err(io::Error::other("the thread in the namespace panicked")))
        })
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        let inside = ip(&["netns", "pids", &self.name]).unwrap_or_default();
        for pid in inside.lines().filter_map(|line| line.trim().parse().ok()) {
            // It may have ended already.
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
        }
        // Nobody is left to be told.
        let _ = ip(&["netns", "del", &self.name]);
    }
}

fn ip(arguments: &[&str]) -> io::Result<String> {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new("ip").args(arguments).output()?;
    if status.success() {
        Ok(String::from_utf8_lossy(&stdout).into_owned())
    } else {
        let words = String::from_utf8_lossy(&stderr);
        Err(io::Error::other(format!(
            "ip {}: {}",
            arguments.join(" "),
            words.trim()
        )))
    }
}
