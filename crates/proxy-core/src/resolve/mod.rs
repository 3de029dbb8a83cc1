//! Names that are asked for while the process runs: those of servers, and those that `do-resolve` meets (manual, section 5.3).
//!
//! Neither sockets nor clocks are here. A `Section` has the names of one `resolvers` section: when each is asked for, what an
//! answer or its absence means, and how long records count. A [`Directory`] knows who asked, and what an answer does to servers.

mod directory;
mod message;
mod section;
mod servers;
mod settings;

pub use directory::{Directory, Effects, Question};
pub use message::Kind;
pub use section::Status;
pub use settings::{NAMESERVER_PORT, Settings};

#[cfg(test)]
mod tests;
