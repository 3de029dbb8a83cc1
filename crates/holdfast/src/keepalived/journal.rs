//! Where log lines go: the system log, the terminal (`-l`), a file (`-g`). A line that nobody takes is lost, and the program goes
//! on: it is not to miss an advert for a log that stands still.

use std::cell::RefCell;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use jiff::Zoned;
use vrrp::log::{Level, Sink};

use super::arguments::{Arguments, Facility};
use crate::syslog::Syslog;

/// The log of one process.
#[derive(Debug)]
pub(crate) struct Journal {
    tag: String,
    pid: u32,
    facility: u8,
    console: bool,
    syslog: Option<RefCell<Syslog>>,
    /// Each line is written at once, so that the file has what was said last whatever ends the program.
    file: Option<RefCell<File>>,
}

impl Journal {
    /// The log of this process, which calls itself `tag` there. `part` stands in the names of the files of processes that are not
    /// the first.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub(crate) fn open(arguments: &Arguments, tag: &str, part: &str) -> io::Result<Self> {
        let file = arguments
            .log_file
            .as_ref()
            .map(|path| {
                OpenOptions::new()
                    .append(true)
                    .create(true)
                    .mode(0o600)
                    .open(part_of(Path::new(path), part))
            })
            .transpose()?;
        Ok(Self {
            tag: tag.to_owned(),
            pid: std::process::id(),
            facility: match arguments.log_facility {
                Facility::User => 1,
                Facility::Daemon => 3,
                Facility::Local(number) => 16 + number,
            },
            console: arguments.log_console,
            syslog: (!arguments.no_syslog).then(RefCell::default),
            file: file.map(RefCell::new),
        })
    }
}

impl Sink for Journal {
    fn line(&self, level: Level, text: &str) {
        let now = Zoned::now();
        if let Some(syslog) = &self.syslog {
            let priority = u32::from(self.facility) * 8 + level as u32;
            let stamp = now.strftime("%b %e %H:%M:%S");
            let line = format!("<{priority}>{stamp} {}[{}]: {text}", self.tag, self.pid);
            syslog.borrow_mut().send(line.as_bytes());
        }
        let line = format!("{}: {text}\n", now.strftime("%a %b %e %H:%M:%S %Y"));
        if self.console {
            // Nobody is left to be told when standard error is closed.
            let _ = io::stderr().write_all(line.as_bytes());
        }
        if let Some(file) = &self.file {
            // A full disk loses lines; there is nowhere to say so but here.
            let _ = file.borrow_mut().write_all(line.as_bytes());
        }
    }
}

/// The path with `part` before the last dot of its name, or behind it.
fn part_of(path: &Path, part: &str) -> PathBuf {
    if part.is_empty() {
        return path.to_owned();
    }
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(part);
    if let Some(extension) = path.extension() {
        name.push(".");
        name.push(extension);
    }
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_process_has_a_file_of_its_own() {
        let part = |path: &str| part_of(Path::new(path), "_vrrp");
        assert_eq!(part("/var/log/k.log"), Path::new("/var/log/k_vrrp.log"));
        assert_eq!(part("/var/log.d/k"), Path::new("/var/log.d/k_vrrp"));
        assert_eq!(part_of(Path::new("k.log"), ""), Path::new("k.log"));
    }

    #[test]
    fn a_file_has_each_line_with_its_time() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("k.log");
        let arguments = Arguments {
            log_file: Some(path.clone().into_os_string()),
            no_syslog: true,
            ..Arguments::default()
        };
        let journal = Journal::open(&arguments, "Keepalived", "").expect("a log");
        journal.line(Level::Info, "Stopping");
        let text = std::fs::read_to_string(&path).expect("read");
        assert!(text.ends_with(": Stopping\n"), "{text}");
        assert_eq!(text.split(' ').count(), 6, "{text}");
    }
}
