//! Findings about configurations, for `holdfast lint` and for whoever else wants them sorted. Pure.
//!
//! What it must not know: how a configuration is run. It sees what the grammars give, files only through their host, the rest of
//! the machine through [`Facts`], and neither the proxy's plan nor a process: a file can be judged on a machine that could not run
//! it.
//!
//! [`haproxy`] has the rules for haproxy.cfg, [`keepalived`] those for keepalived.conf, [`heartbeat`] those for ha.cf and its companions, [`migrate`] what a file has to become for another version; a file each.

mod allow;
pub mod diff;
pub mod edit;
mod facts;
mod fixes;
pub mod fmt;
pub mod haproxy;
pub mod heartbeat;
pub mod keepalived;
mod levels;
pub mod migrate;
pub mod migrate_heartbeat;
pub mod render;
mod report;
pub mod rule;
mod rule_pages;

#[cfg(any(test, feature = "testing"))]
pub use facts::FakeFacts;
pub use facts::{Facts, NoFacts};
pub use fixes::{Edited, apply_safe};
pub use levels::{Level, Levels, LevelsError};
pub use report::Report;
