//! The shell around heartbeat-proto, what heartbeat does to a machine: sockets, resources' scripts, addresses, processes.
//!
//! What it must not know: the proxy's half, which must go on when this one fails; how VRRP decides, though it sets addresses through
//! its shell; and what a node does next, which heartbeat-proto decides.

mod answers;
mod clients;
mod control;
mod driver;
mod identity;
pub mod log;
mod medium;
mod ping;
mod programs;
mod resource;
mod settings;
mod worker;

pub use control::{Asked, Request, ask};
pub use driver::{Command, Ending, Paths, Told, run};
pub use settings::{Identity, settings};
