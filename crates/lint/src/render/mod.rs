//! Findings of a whole report, in shapes that other programs read: a module each. `syntax::render` has those of single findings.

mod github;
mod sarif;

pub use github::github;
pub use sarif::{SarifRule, sarif};
