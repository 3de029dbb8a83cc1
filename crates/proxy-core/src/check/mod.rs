//! Health checks: when one is due, what its bytes mean, and what its result does to a server. Time and bytes are handed in.

mod report;

pub use report::{CheckReport, CheckStatus};
