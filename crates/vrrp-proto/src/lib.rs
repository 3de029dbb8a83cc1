//! VRRP: packets of versions 2 and 3, the announcements that move an address (GARP, NDP), and the state machine of an
//! instance with what it tracks. Pure.
//!
//! What it must not know: anything of ours, the types of diagnostics and configuration files included; sockets, interfaces,
//! scripts; and the time, which is handed in. Its machines take an input or the end of a timer with the time of it, and are
//! asked what to send, what to do and when to be woken. So whole clusters can be run through faults without waiting, and a
//! packet that is malformed costs nothing but itself.

pub mod agentx;
pub mod bfd;
mod config;
mod counters;
pub mod fsm;
pub mod group;
pub mod process;
pub mod sim;
pub mod split;
pub mod timers;
pub mod track;
pub mod wire;

pub use config::{GarpTiming, InitialState, InstanceConfig};
pub use counters::Counters;
pub use fsm::{AnnounceCause, Event, Input, Instance, Output, StateKind, Transition};

/// A point in time: how long it is after a beginning that the caller chose, on a clock that never goes back.
pub type Time = std::time::Duration;
