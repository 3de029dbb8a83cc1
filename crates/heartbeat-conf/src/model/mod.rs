//! What the three files mean, with defaults in place. Whoever runs a node or judges its files works on this; how the words were
//! written does not matter any more, but their places are kept, for those who point at them.

mod keys;
mod medium;
mod resources;
mod settings;

pub use keys::{Key, Keys, Method};
pub use medium::{Baud, Medium, MediumKind};
pub use resources::{Address, Family, Group, Resource, ResourceKind};
pub use settings::{
    ApiAuth, AutoFailback, Autojoin, Compression, Generation, LogFacility, Logging, MessageFormat, Pacemaker,
    PingKind, PingNode, Respawn, Settings, Stonith, Times, UuidFrom,
};

use syntax::Span;

/// A value with its place; without a place it is the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// The words that gave it.
    pub span: Option<Span>,
}

impl<T> Setting<T> {
    /// A default.
    pub const fn implied(value: T) -> Self {
        Self { value, span: None }
    }

    /// A value that stands in a file.
    pub const fn written(value: T, span: Span) -> Self {
        Self {
            value,
            span: Some(span),
        }
    }

    /// Whether a file gave it.
    pub const fn is_written(&self) -> bool {
        self.span.is_some()
    }
}

/// All that one node's files say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Configuration {
    /// ha.cf.
    pub settings: Settings,
    /// haresources: groups in the order of the file.
    pub groups: Vec<Group>,
    /// authkeys.
    pub keys: Keys,
}
