//! What heartbeat says and decides: messages with their signatures, and the state machine of a node of a cluster as haresources has
//! it. Messages and the time go in; messages, work on resources, and what is to be logged come out.
//!
//! What it must not know: configuration files, sockets, processes, addresses, any clock. Chance comes from a seed. What heartbeat 3.0.6
//! does was found by running it, alone, in pairs, and against a partner that says what it should not.

mod fsm;
mod output;
mod random;
mod sequence;
mod settings;
pub mod sim;
pub mod wire;

pub use fsm::{MemberView, Node, PeerView};
pub use output::{Level, Output, Purpose, Work};
pub use settings::{Failback, Group, Hold, Settings, Share};

/// Time since the program's start.
pub type Time = std::time::Duration;
