//! ACLs and conditions compiled for the data path (manual, section 7): lines that look at the same thing are looked up together,
//! once for each request, and a condition is then a test of bits.

mod acls;
mod action;
mod capturing;
mod cond;
mod exec;
pub(crate) mod expression;
mod group;
mod pattern;
mod set;
mod steering;
mod step;
mod sticking;
mod substitution;
mod switch;
#[cfg(test)]
mod tests;
mod watch;

pub use acls::{Acls, Cache, RuleError};
pub use action::Lookup;
pub(crate) use capturing::Capturing;
pub(crate) use cond::Named;
pub use cond::{CondPlan, Truth};
pub use exec::Exec;
pub use set::RuleSetPlan;
pub use steering::{Persistence, SteeringPlan};
pub use step::{AwaitBody, Step};
pub use sticking::{Remembering, StickPlan, remember};
pub(crate) use substitution::substitute;
pub use switch::SwitchPlan;
pub use watch::{Done, LineTold, RuleNumber, TermTold, Told, Watch};
