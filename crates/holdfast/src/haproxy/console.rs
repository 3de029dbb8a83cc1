//! Messages on the terminal, in the original's shape: `[ALERT]    (PID) : TEXT`, introduced once by who is speaking.

use std::io::Write as _;

use crate::version::HAPROXY_VERSION;

/// How grave a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grade {
    /// `[NOTICE]`
    Notice,
    /// `[WARNING]`
    Warning,
    /// `[ALERT]`
    Alert,
}

impl Grade {
    /// How it begins.
    pub(crate) fn mark(self) -> &'static str {
        match self {
            Self::Notice => "[NOTICE]   ",
            Self::Warning => "[WARNING]  ",
            Self::Alert => "[ALERT]    ",
        }
    }
}

/// The terminal.
#[derive(Debug, Default)]
pub(crate) struct Console {
    /// Nothing is written.
    pub(crate) quiet: bool,
    /// The name that the program was started under.
    pub(crate) program: String,
    introduced: bool,
    warned: bool,
    log: Vec<u8>,
}

impl Console {
    /// A console for a program started as `program`.
    pub(crate) fn new(program: String) -> Self {
        Self {
            program,
            ..Self::default()
        }
    }

    /// Writes a message.
    pub(crate) fn tell(&mut self, grade: Grade, text: &str) {
        let mut lines = text.lines();
        let first = lines.next().unwrap_or_default();
        let mut out = format!("{}({}) : {first}\n", grade.mark(), std::process::id());
        for line in lines {
            out.push_str("   | ");
            out.push_str(line);
            out.push('\n');
        }
        if grade == Grade::Notice {
            self.put(out.as_bytes());
        } else {
            self.warned |= grade == Grade::Warning;
            self.put_report(out.as_bytes());
        }
    }

    /// Writes an alert that the original introduces with the function that it comes from.
    pub(crate) fn alert_main(&mut self, text: &str) {
        let text = format!("[{}.main()] {text}", self.program);
        self.tell(Grade::Alert, &text);
    }

    /// Writes a warning of the same kind.
    pub(crate) fn warn_main(&mut self, text: &str) {
        let text = format!("[{}.main()] {text}", self.program);
        self.tell(Grade::Warning, &text);
    }

    /// Writes lines that have their shape already.
    pub(crate) fn put_report(&mut self, lines: &[u8]) {
        if lines.is_empty() {
            return;
        }
        if !self.introduced {
            self.introduced = true;
            let pid = std::process::id();
            let mark = Grade::Notice.mark();
            let path = std::env::current_exe()
                .map(|path| path.display().to_string())
                .unwrap_or_default();
            let head = format!(
                "{mark}({pid}) : haproxy version is {HAPROXY_VERSION}\n{mark}({pid}) : path to executable is {path}\n"
            );
            self.put(head.as_bytes());
        }
        self.put(lines);
    }

    /// Writes to standard output.
    pub(crate) fn say(&self, text: &str) {
        if !self.quiet {
            // A reader that went away does not want the rest.
            let _ = std::io::stdout().write_all(text.as_bytes());
        }
    }

    /// Whether a warning was told.
    pub(crate) fn has_warned(&self) -> bool {
        self.warned
    }

    /// All that was told so far.
    pub(crate) fn log(&self) -> &[u8] {
        &self.log
    }

    fn put(&mut self, bytes: &[u8]) {
        self.log.extend_from_slice(bytes);
        if !self.quiet {
            // Nobody is left to be told when standard error is closed.
            let _ = std::io::stderr().write_all(bytes);
        }
    }
}
