//! Values that few sections have. There may be many sections: each takes room for a value only once it is written to.

use std::ops::{Deref, DerefMut};
use std::sync::LazyLock;

use super::{EmailAlert, MoreOfSection, MoreServerParams, MoreSettings, ServerParams, StatsWritten};

/// A type with one value that stands for all that were never written to.
pub(crate) trait Blank: Default + 'static {
    fn blank() -> &'static Self;
}

impl Blank for ServerParams {
    fn blank() -> &'static Self {
        static BLANK: LazyLock<ServerParams> = LazyLock::new(ServerParams::default);
        &BLANK
    }
}

impl Blank for EmailAlert {
    fn blank() -> &'static Self {
        static BLANK: LazyLock<EmailAlert> = LazyLock::new(EmailAlert::default);
        &BLANK
    }
}

impl Blank for MoreOfSection {
    fn blank() -> &'static Self {
        static BLANK: LazyLock<MoreOfSection> = LazyLock::new(MoreOfSection::default);
        &BLANK
    }
}

impl Blank for MoreSettings {
    fn blank() -> &'static Self {
        static BLANK: LazyLock<MoreSettings> = LazyLock::new(MoreSettings::default);
        &BLANK
    }
}

impl Blank for MoreServerParams {
    fn blank() -> &'static Self {
        static BLANK: LazyLock<MoreServerParams> = LazyLock::new(MoreServerParams::default);
        &BLANK
    }
}

impl Blank for StatsWritten {
    fn blank() -> &'static Self {
        static BLANK: LazyLock<StatsWritten> = LazyLock::new(StatsWritten::default);
        &BLANK
    }
}

/// A value that is its type's default, at no cost, until something is written to it.
#[derive(Clone, Debug)]
pub(crate) struct Rare<T>(Option<Box<T>>);

impl<T> Rare<T> {
    /// One that is written to.
    pub(crate) fn new(value: T) -> Self {
        Self(Some(Box::new(value)))
    }

    /// The value, where something has been written to it.
    pub(crate) fn written(&self) -> Option<&T> {
        self.0.as_deref()
    }

    /// The same, for good.
    pub(crate) fn into_written(self) -> Option<T> {
        self.0.map(|value| *value)
    }

    /// The same, to change it.
    pub(crate) fn written_mut(&mut self) -> Option<&mut T> {
        self.0.as_deref_mut()
    }
}

impl<T> Default for Rare<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Blank> Deref for Rare<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.as_deref().unwrap_or_else(|| T::blank())
    }
}

impl<T: Blank> DerefMut for Rare<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.0.get_or_insert_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_written_to_takes_no_room() {
        let mut stats = Rare::<StatsWritten>::default();
        assert!(!stats.show_legends && stats.written().is_none());
        stats.show_legends = true;
        assert!(stats.show_legends && stats.written().is_some());
        assert!(!Rare::<StatsWritten>::default().show_legends);
    }
}
