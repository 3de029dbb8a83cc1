//! ha.cf, haresources and authkeys. Pure: files are handed in, and what the machine has comes in through [`Host`].
//!
//! What it must not know: whether a resource's script runs, the links and nodes of a cluster that lives, the clock. A key of
//! authkeys stands in no message.

mod host;
pub mod line;
pub mod model;
pub mod resource;

pub use host::{Elsewhere, Host, Terminal};
