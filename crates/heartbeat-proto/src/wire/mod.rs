//! Messages as they stand in a packet: fields, their two forms, and the signatures over them.

mod fault;
mod key;
pub mod local;
mod message;

pub use fault::{Fault, FaultCounts};
pub use key::{Key, Keys, Method};
pub use message::{Field, Kind, LARGEST, Message};
