//! The way to a server: choosing one, waiting for it, connecting to it, keeping connections for the next request.

mod connect;
mod establish;
mod idle;
mod introduction;
mod outgoing;
mod private;
mod queue;
mod reach;
mod single;
mod through;
mod unstarted;
mod warmup;

pub use connect::ServerConn;
pub(crate) use connect::{Way, probe};
pub(crate) use connect::{begin as begin_connecting, unix_address};
pub use idle::{Asked, IdlePool};
pub(crate) use introduction::{introduce, introduce_session};
pub(crate) use outgoing::begin as begin_outgoing;
pub use private::PrivateConns;
pub use queue::Queues;
pub(crate) use reach::deadline;
pub use reach::{Attempt, ClientWatch, ReachError, Reached, Reuse, Slot, reach_server};
pub(crate) use single::{Wired, reach as reach_single};
pub(crate) use warmup::start as start_warming;
