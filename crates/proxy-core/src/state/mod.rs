//! What threads share while traffic runs: server states and weights, gauges, and counters (a set for each thread, summed when
//! read).

mod agent;
mod captured;
mod counters;
mod fullconn;
mod lookups;
mod pipes;
mod proxy;
mod rates;
mod resolvers;
mod room;
mod saved;
mod server;
mod strength;

pub use agent::{AgentContact, AgentState};
pub use captured::{CapturedError, CapturedErrors, Direction};
pub use counters::{Counter, ProcessCounters, Rate, SideCounters, TIMES_WINDOW, ThreadCounters};
pub(crate) use fullconn::full_connections;
pub use lookups::SessionLookups;
pub use pipes::Pipes;
pub use proxy::{Gauge, ProxyState, Runtime};
pub use rates::{Rated, Rates};
pub use resolvers::{NameserverCounter, NameserverCounters};
pub use room::{Bounds, Ramp, WEIGHT_PARTS};
pub use saved::{Found, take_over};
pub use server::{Admin, CheckedAt, Ending, ErrorsInARow, Health, Place, ServerState};
pub(crate) use strength::Strength;
