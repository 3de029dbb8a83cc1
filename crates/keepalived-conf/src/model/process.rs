//! The process that speaks VRRP, as the system sees it.

use std::time::Duration;

/// What is asked of the system for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Process {
    /// `vrrp_priority`: from -20, the most urgent, to 19.
    pub priority: Option<i32>,
    /// `vrrp_rt_priority`: runs in real time, at this priority from 1 to 99.
    pub real_time_priority: Option<u8>,
    /// `vrrp_rlimit_rttime`: how long it may compute in real time without a wait; 10 ms when the file gives nothing.
    pub real_time_limit: Option<Duration>,
    /// `vrrp_no_swap`: it stays in memory.
    pub no_swap: bool,
    /// `vrrp_cpu_affinity`: the processors that it runs on; none for all.
    pub processors: Vec<u32>,
    /// `max_auto_priority`: up to which priority in real time it raises itself when it is late; 0 for never.
    pub max_auto_priority: u8,
    /// `min_auto_priority_delay`: how late that is; a second when the file gives nothing.
    pub min_auto_delay: Option<Duration>,
}
