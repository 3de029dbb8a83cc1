//! What the running program tells: its lines and how grave they are. Where they go (system log, terminal, file) is for whoever
//! starts it.

use std::fmt;
use std::rc::Rc;

/// How grave a line is: the system log's levels that are used here, as their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Something must be done at once.
    Alert = 1,
    /// Something does not work.
    Error = 3,
    /// Something may not work.
    Warning = 4,
    /// Worth to be seen.
    Notice = 5,
    /// What happens.
    Info = 6,
}

/// Where lines go.
pub trait Sink: fmt::Debug {
    /// Takes one line, without its end.
    fn line(&self, level: Level, text: &str);
}

/// A handle to tell lines with.
#[derive(Clone, Debug)]
pub struct Log {
    sink: Rc<dyn Sink>,
    detailed: bool,
}

impl Log {
    /// Lines go to `sink`; details only when `detailed` (`-D`).
    pub fn new(sink: Rc<dyn Sink>, detailed: bool) -> Self {
        Self { sink, detailed }
    }

    /// Tells what happens.
    pub fn info(&self, text: impl AsRef<str>) {
        self.sink.line(Level::Info, text.as_ref());
    }

    /// Tells at a level.
    pub fn at(&self, level: Level, text: impl AsRef<str>) {
        self.sink.line(level, text.as_ref());
    }

    /// Tells what only those want to know who asked for details.
    pub fn detail(&self, text: impl AsRef<str>) {
        if self.detailed {
            self.info(text);
        }
    }

    /// Whether details are asked for.
    #[must_use]
    pub fn is_detailed(&self) -> bool {
        self.detailed
    }
}
