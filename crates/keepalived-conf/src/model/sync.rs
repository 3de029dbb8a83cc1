//! Instances that change their state together.

use super::Notify;

/// A `vrrp_sync_group`. What it tracks, its members track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncGroup {
    /// Its name.
    pub name: String,
    /// Indices of its members in [`Config::instances`](super::Config::instances), in the order of the file; each instance is in
    /// one group at most.
    pub members: Vec<usize>,
    /// `notify_*`.
    pub notify: Notify,
    /// Whether mail is sent of changes: its own `smtp_alert`, or else a global one.
    pub smtp_alert: bool,
    /// `sync_group_tracking_weight`: what members track may have weights.
    pub weights: bool,
}
