//! What the running program tells. Where lines go (system log, files, terminal) is for whoever starts it.

use std::fmt;
use std::rc::Rc;

pub use heartbeat_proto::Level;

/// Where lines go.
pub trait Sink: fmt::Debug {
    /// Takes one line, without its end. `tag` is the part of the program that says it.
    fn line(&self, tag: &str, level: Level, text: &str);
}

/// A handle to tell lines with.
#[derive(Clone, Debug)]
pub struct Log(Rc<dyn Sink>);

/// The program itself.
const PROGRAM: &str = "heartbeat";

/// What starts and stops resources.
const RESOURCES: &str = "ResourceManager";

impl Log {
    /// Lines go to `sink`.
    pub fn new(sink: Rc<dyn Sink>) -> Self {
        Self(sink)
    }

    /// Tells at a level.
    pub fn at(&self, level: Level, text: impl AsRef<str>) {
        self.0.line(PROGRAM, level, text.as_ref());
    }

    /// Tells what happens.
    pub fn info(&self, text: impl AsRef<str>) {
        self.at(Level::Info, text);
    }

    /// Tells of resources.
    pub(crate) fn resources(&self, level: Level, text: impl AsRef<str>) {
        self.0.line(RESOURCES, level, text.as_ref());
    }
}
