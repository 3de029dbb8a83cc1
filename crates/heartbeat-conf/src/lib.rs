//! ha.cf, haresources and authkeys. Pure: files are handed in, and what the machine has comes in through [`Host`].
//!
//! What it must not know: whether a resource's script runs, the links and nodes of a cluster that lives, the clock. A key of
//! authkeys stands in no message.

mod authkeys;
mod haresources;
mod host;
mod keywords;
mod line;
mod load;
pub mod model;
mod parse;
mod placeholder;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use host::{Elsewhere, Host, Terminal};
pub use keywords::{reference, rows};
pub use load::{Input, Inputs, Loaded, Source, load};
