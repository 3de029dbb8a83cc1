//! Runs the health checks of a configuration: connects, waits and closes as proxy-core's machines ask for. What a result does
//! to a server is decided there and said through the context's callbacks.

mod connect;
mod converse;
mod program;
mod schedule;
mod target;
mod through;

use std::rc::Rc;

use haproxy_cfg::model::ProxyId;
use proxy_core::check::Event;
use tokio::task::JoinHandle;

use crate::thread::Thread;
use schedule::Schedule;

/// What checks need to know, and whom they tell.
#[derive(Clone)]
pub struct CheckContext {
    /// The thread that they run on.
    pub thread: Rc<Thread>,
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
