//! ha.cf, haresources and authkeys. Pure: files come in through traits.
//!
//! What it must not know: whether a resource's script is there or runs, the links and nodes of a cluster that lives, the clock. A
//! key of authkeys stands in no message.
//!
//! So far: lines cut into words, comments taken off, and the resources of haresources taken apart.

mod line;
mod resource;

pub use line::{Line, lines};
pub use resource::{Resource, resource};
