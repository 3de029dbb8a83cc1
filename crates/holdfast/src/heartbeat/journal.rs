//! Where heartbeat's log lines go, in the original's forms: the system log, `logfile`, `debugfile`, and standard error until the program
//! is in the background. A line that nobody takes is lost, and the program goes on.

use std::cell::{Cell, RefCell};
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};

use heartbeat::log::{Level, Sink};
use heartbeat_conf::model::{LogFacility, Logging};
use jiff::Zoned;

use crate::syslog::Syslog;

/// The facility without a word of it in the file: `daemon`.
const DAEMON: u8 = 3;

/// The log of the program.
#[derive(Debug)]
pub(super) struct Journal {
    node: String,
    facility: Option<u8>,
    debug: bool,
    console: Cell<bool>,
    syslog: RefCell<Syslog>,
    files: Vec<RefCell<File>>,
    debug_file: Option<RefCell<File>>,
}

impl Journal {
    /// The log that a file asks for. What cannot be opened is told of on the others.
    pub(super) fn open(logging: &Logging, node: &str, debug: u8) -> Self {
        let mut failed = Vec::new();
        let mut open = |path: &str| {
            let file = OpenOptions::new().append(true).create(true).open(path);
            file.map_err(|error| failed.push(format!("Cannot open {path}: {error}")))
                .ok()
                .map(RefCell::new)
        };
        let files = logging
            .file
            .as_ref()
            .and_then(|file| open(&file.value))
            .into_iter()
            .collect();
        let debug_file = logging.debug_file.as_ref().and_then(|file| open(&file.value));
        let has_file = logging.file.is_some() || logging.debug_file.is_some();
        let facility = match logging.facility.map(|facility| facility.value) {
            Some(LogFacility::Syslog(number)) => Some(number),
            Some(LogFacility::None) => None,
            None => (!has_file).then_some(DAEMON),
        };
        let journal = Self {
            node: node.to_owned(),
            facility,
            debug: debug > 0 || logging.debug.value > 0,
            console: Cell::new(true),
            syslog: RefCell::default(),
            files,
            debug_file,
        };
        for text in failed {
            journal.line("heartbeat", Level::Error, &text);
        }
        journal
    }

    /// Standard error is nobody's any more.
    pub(super) fn leave_console(&self) {
        self.console.set(false);
    }
}

/// The system log's number for a level.
const fn priority(level: Level) -> u8 {
    match level {
        Level::Critical => 2,
        Level::Error => 3,
        Level::Warning => 4,
        Level::Info => 6,
        Level::Debug => 7,
    }
}

impl Sink for Journal {
    fn line(&self, tag: &str, level: Level, text: &str) {
        if level == Level::Debug && !self.debug {
            return;
        }
        let now = Zoned::now();
        let pid = std::process::id();
        let name = level.name();
        let said = if tag == "heartbeat" {
            format!("heartbeat: [{pid}]: {name}: {text}")
        } else {
            format!("{tag}(default)[{pid}]:    {name}: {text}")
        };
        if let Some(facility) = self.facility {
            let number = u32::from(facility) * 8 + u32::from(priority(level));
            let stamp = now.strftime("%b %e %H:%M:%S");
            self.syslog
                .borrow_mut()
                .send(format!("<{number}>{stamp} {said}").as_bytes());
        }
        let line = if tag == "heartbeat" {
            format!("{} {} {said}\n", now.strftime("%b %d %H:%M:%S"), self.node)
        } else {
            format!("{}  {said}\n", now.strftime("%Y/%m/%d_%H:%M:%S"))
        };
        let files = self.files.iter().filter(|_| level != Level::Debug);
        for file in files.chain(&self.debug_file) {
            // A full disk loses lines; there is nowhere to say so but here.
            let _ = file.borrow_mut().write_all(line.as_bytes());
        }
        if self.console.get() {
            // Nobody is left to be told when standard error is closed.
            let _ = io::stderr().write_all(line.as_bytes());
        }
    }
}
