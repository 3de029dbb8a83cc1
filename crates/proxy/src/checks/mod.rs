//! Runs the health checks of a configuration: connects, waits and closes as proxy-core's machines ask for. What a result does
//! to a server is decided there and said through the context's callbacks.

mod connect;
mod converse;
mod schedule;
mod target;

use std::rc::Rc;
use std::sync::Arc;

use haproxy_cfg::model::{Config, ProxyId};
use proxy_core::check::Event;
use proxy_core::state::Runtime;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::clock::Clock;
use schedule::Schedule;

/// What checks need to know, and whom they tell.
#[derive(Clone)]
pub struct CheckContext {
    /// The configuration.
    pub config: Arc<Config>,
    /// Its shared state.
    pub runtime: Arc<Runtime>,
    /// The process's clock.
    pub clock: Clock,
    /// Is told when a server is to be checked soon.
    pub soon: Arc<Notify>,
    /// Is given each line that is to be logged, and written to standard error by a process in the foreground.
    pub say: Rc<dyn Fn(&Event)>,
    /// Is called after a server of that proxy went up or down, so that queues and idle connections can follow.
    pub on_change: Rc<dyn Fn(ProxyId)>,
}

/// Starts the checks of all servers that have any. They run on the calling thread until the handle is aborted; there is to be
/// one set for a process, and a process that stops softly has none: like the servers of a stopped proxy, those of such a process
/// are not checked any more.
///
/// # Panics
/// Outside a [`tokio::task::LocalSet`].
pub fn spawn(context: CheckContext) -> JoinHandle<()> {
    tokio::task::spawn_local(Schedule::new(context).run())
}
