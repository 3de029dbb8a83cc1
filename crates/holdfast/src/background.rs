//! Going into the background: the first process stays until the second one runs, so that a start that fails fails where it can be
//! seen, and pid files are complete when the command ends.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::path::PathBuf;

use nix::fcntl::OFlag;
use nix::unistd::{Pid, dup2_stderr, dup2_stdin, dup2_stdout, pipe2, setsid};

use crate::kernel::{Split, split};

/// A pid file, open since before privileges were given up.
#[derive(Debug)]
pub(crate) struct PidFile {
    path: PathBuf,
    file: File,
}

impl PidFile {
    /// Makes it anew.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn create(path: OsString) -> io::Result<Self> {
        let path = PathBuf::from(path);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .open(&path)?;
        Ok(Self { path, file })
    }

    /// Writes a line with a process's number.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn add(&mut self, pid: u32) -> io::Result<()> {
        self.file.write_all(format!("{pid}\n").as_bytes())
    }

    /// Takes the file away, when no process came to be.
    pub(crate) fn remove(self) {
        // It may be gone already.
        let _ = std::fs::remove_file(self.path);
    }
}

/// What tells the first process that the second one runs.
#[derive(Debug)]
pub(crate) struct Readiness(Option<File>);

impl Readiness {
    /// Nobody waits.
    pub(crate) fn nobody() -> Self {
        Self(None)
    }

    /// Tells, once. Dropped without, the first process knows that the second one failed.
    pub(crate) fn tell(mut self) {
        if let Some(mut pipe) = self.0.take() {
            // A first process that was killed does not wait.
            let _ = pipe.write_all(b"1");
        }
    }
}

/// In which process [`fork_and_wait`] returned.
#[derive(Debug)]
pub(crate) enum Waited {
    /// The first one; it has waited until the second one ran or ended.
    Parent {
        /// Number of the second one.
        child: Pid,
        /// Whether it runs.
        runs: bool,
    },
    /// The second one.
    Child(Readiness),
}

/// Makes a second process; the first one waits for it.
///
/// # Errors
/// What the system says.
pub(crate) fn fork_and_wait() -> io::Result<Waited> {
    let (reader, writer) = pipe2(OFlag::O_CLOEXEC)?;
    match split()? {
        Split::Parent(child) => {
            drop(writer);
            let runs = waits_for_word(reader);
            Ok(Waited::Parent { child, runs })
        }
        Split::Child => {
            drop(reader);
            Ok(Waited::Child(Readiness(Some(File::from(writer)))))
        }
    }
}

/// Leaves the terminal's session in a second process; the first one waits for it.
///
/// # Errors
/// What the system says.
pub(crate) fn detach() -> io::Result<Waited> {
    let waited = fork_and_wait()?;
    if matches!(waited, Waited::Child(_)) {
        setsid()?;
    }
    Ok(waited)
}

fn waits_for_word(reader: OwnedFd) -> bool {
    let mut word = Vec::new();
    File::from(reader).read_to_end(&mut word).is_ok() && !word.is_empty()
}

/// Points standard input, output and error at nothing.
///
/// # Errors
/// What the system says.
pub(crate) fn silence(null: &File) -> io::Result<()> {
    dup2_stdin(null)?;
    dup2_stdout(null)?;
    dup2_stderr(null)?;
    Ok(())
}
