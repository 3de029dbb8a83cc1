//! Whose lines are read: some keywords stand in an instance as well as in a sync group.

use super::{instance, sync};
use crate::reading::Reading;
use crate::written::{WrittenNotify, WrittenThings, WrittenTrackInterface, WrittenTrackScript};

/// The kind of block that a line stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// The `vrrp_instance` that is being read.
    Instance,
    /// The `vrrp_sync_group` that is being read.
    Group,
}

impl Owner {
    /// Its name.
    pub(super) fn name(self, reading: &Reading<'_>) -> String {
        match self {
            Self::Instance => instance::current_name(reading),
            Self::Group => sync::current_name(reading),
        }
    }

    /// Its scripts that are told of changes.
    pub(super) fn notify<'r>(self, reading: &'r mut Reading<'_>) -> Option<&'r mut WrittenNotify> {
        match self {
            Self::Instance => instance::current(reading).map(|instance| &mut instance.notify),
            Self::Group => sync::current(reading).map(|group| &mut group.notify),
        }
    }

    /// The scripts that it tracks.
    pub(super) fn scripts<'r>(self, reading: &'r mut Reading<'_>) -> Option<&'r mut Vec<WrittenTrackScript>> {
        match self {
            Self::Instance => instance::current(reading).map(|instance| &mut instance.track_scripts),
            Self::Group => sync::current(reading).map(|group| &mut group.track_scripts),
        }
    }

    /// The files, processes and BFD sessions that it tracks.
    pub(super) fn things<'r>(self, reading: &'r mut Reading<'_>) -> Option<&'r mut WrittenThings> {
        match self {
            Self::Instance => instance::current(reading).map(|instance| &mut instance.track_things),
            Self::Group => sync::current(reading).map(|group| &mut group.track_things),
        }
    }

    /// The interfaces that it tracks.
    pub(super) fn interfaces<'r>(
        self,
        reading: &'r mut Reading<'_>,
    ) -> Option<&'r mut Vec<WrittenTrackInterface>> {
        match self {
            Self::Instance => instance::current(reading).map(|instance| &mut instance.track_interfaces),
            Self::Group => sync::current(reading).map(|group| &mut group.track_interfaces),
        }
    }
}
