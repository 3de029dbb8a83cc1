//! The stats sockets: connections, timeouts and limits around the commands of [`proxy_core::cli`]. They are served on the first
//! thread.

mod connection;
mod descriptors;
mod line;
mod listener;
mod machine;
mod sockets;
#[cfg(test)]
mod tests;
mod threads;

pub use line::{level_mark, spawn_line};
pub use listener::{AdminContext, AdminListener, spawn};
pub use sockets::AdminSockets;
pub use threads::{AllThreads, Answers};
