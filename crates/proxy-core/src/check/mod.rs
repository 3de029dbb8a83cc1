//! Health checks: when one is due, what its bytes mean, and what its result does to a server. Time and bytes are handed in.

mod agent;
mod change;
mod event;
mod farm;
mod machine;
mod message;
mod observe;
pub mod order;
mod probe;
mod report;

pub use change::{
    AdminChange, Origin, PlaceChange, apply_agent, apply_outcome, change_admin, change_place, set_weight,
};
pub use event::{Event, Notice, proxies_of};
pub use farm::Farm;
pub use machine::{CheckMachine, CheckTiming, FirstCheck, first_checks};
pub use observe::{Seen, observe};
pub use probe::{
    CheckPlan, ConnectTo, Introduction, Next, Probe, ProgramPlan, Scene, Script, Security, Through, Verdict,
};
pub use report::{CheckOutcome, CheckReport, CheckStatus, DESCRIPTION_MAX};

#[cfg(test)]
mod tests;
