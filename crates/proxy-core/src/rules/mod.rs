//! ACLs and conditions compiled for the data path (manual, section 7): lines that look at the same thing are looked up together,
//! once for each request, and a condition is then a test of bits.

mod acls;
mod cond;
mod expression;
mod group;
mod pattern;
mod switch;
#[cfg(test)]
mod tests;

pub use acls::{AclError, Acls, Cache};
pub use cond::{CondPlan, Truth};
pub use switch::SwitchPlan;
