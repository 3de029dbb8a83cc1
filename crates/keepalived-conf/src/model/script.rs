//! Scripts and the user that they are run as.

use std::time::Duration;

use super::Weight;

/// A program with its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// The program's path, found along the path when the file gives a name only, then its arguments. Never empty.
    pub command: Vec<String>,
    /// User number that it runs as.
    pub uid: u32,
    /// Group number that it runs as.
    pub gid: u32,
    /// All groups of its user, where `set_supplementary_groups` asks for them; otherwise none.
    pub groups: Vec<u32>,
}

/// A `vrrp_script`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VrrpScript {
    /// Its name.
    pub name: String,
    /// What is run.
    pub script: Script,
    /// From one run to the next. Default one second.
    pub interval: Duration,
    /// A run that takes longer has failed. When the file gives none it is none, and a run that is still under way when the
    /// next is due has failed.
    pub timeout: Option<Duration>,
    /// The weight of instances that track it without naming one; 0 is none: a failure makes them FAULT.
    pub weight: Weight,
    /// Successes in a row that make it good. At least 1.
    pub rise: u32,
    /// Failures in a row that make it bad. At least 1.
    pub fall: u32,
    /// It counts as failed until it has succeeded `rise` times.
    pub init_fail: bool,
}
