//! What threads share while traffic runs: server states and weights, gauges, and counters (a set for each thread, summed when
//! read).

mod counters;
mod proxy;
mod resolvers;
mod server;

pub use counters::{Counter, ProcessCounters, Rate, SideCounters, TIMES_WINDOW, ThreadCounters};
pub use proxy::{Gauge, ProxyState, Runtime};
pub use resolvers::{NameserverCounter, NameserverCounters};
pub use server::{Admin, Ending, Health, Place, ServerState};
