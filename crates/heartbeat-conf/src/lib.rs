//! ha.cf, haresources and authkeys. Pure: files come in through traits.
//!
//! So far: lines cut into words, comments taken off, and the resources of haresources taken apart.

mod line;
mod resource;

pub use line::{Line, lines};
pub use resource::{Resource, resource};
