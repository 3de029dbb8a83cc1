//! The stats sockets of a process together: served, let go of while another process takes the addresses over, ended.

use std::io;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::rc::Rc;

use haproxy_cfg::model::Level;
use tokio::task::JoinHandle;

use super::listener::{AdminContext, AdminListener, spawn};
use crate::listen::ListenSocket;

/// The stats sockets that a process serves.
pub struct AdminSockets {
    context: Rc<AdminContext>,
    tasks: Vec<JoinHandle<()>>,
    abstract_ones: Vec<AbstractSocket>,
}

/// A stats socket in the abstract namespace: another process can have its name only once this one has closed it.
struct AbstractSocket {
    address: SocketAddr,
    level: Level,
    exposes_listeners: bool,
    number: u32,
    /// None while it is let go.
    task: Option<JoinHandle<()>>,
}

impl AdminSockets {
    /// Serves the sockets.
    ///
    /// # Errors
    /// When one cannot be given to the runtime.
    ///
    /// # Panics
    /// Outside of a runtime's `LocalSet`.
    pub fn serve(listeners: Vec<AdminListener>, context: Rc<AdminContext>) -> io::Result<Self> {
        let mut sockets = Self {
            context,
            tasks: Vec::new(),
            abstract_ones: Vec::new(),
        };
        for listener in listeners {
            let address = abstract_address(&listener.socket);
            let (level, exposes_listeners) = (listener.level, listener.exposes_listeners);
            let number = listener.number;
            let task = spawn(listener, Rc::clone(&sockets.context))?;
            match address {
                Some(address) => sockets.abstract_ones.push(AbstractSocket {
                    address,
                    level,
                    exposes_listeners,
                    number,
                    task: Some(task),
                }),
                None => sockets.tasks.push(task),
            }
        }
        Ok(sockets)
    }

    /// Lets go of the names that another process could not have otherwise. Connections go on.
    pub fn pause(&mut self) {
        for socket in &mut self.abstract_ones {
            if let Some(task) = socket.task.take() {
                task.abort();
            }
        }
        if !self.abstract_ones.is_empty() {
            self.context.exports.withdraw_stats();
        }
    }

    /// Takes the names again. Those that another process has now stay its own.
    pub fn resume(&mut self) {
        for socket in self
            .abstract_ones
            .iter_mut()
            .filter(|socket| socket.task.is_none())
        {
            let taken = UnixListener::bind_addr(&socket.address).and_then(|listener| {
                let listener = AdminListener {
                    socket: ListenSocket::Unix(listener),
                    level: socket.level,
                    exposes_listeners: socket.exposes_listeners,
                    number: socket.number,
                };
                spawn(listener, Rc::clone(&self.context))
            });
            match taken {
                Ok(task) => socket.task = Some(task),
                Err(error) => crate::run::alert(&format!("a stats socket cannot be resumed: {error}")),
            }
        }
    }

    /// Accepts no more.
    pub fn stop(&self) {
        let abstract_ones = self
            .abstract_ones
            .iter()
            .filter_map(|socket| socket.task.as_ref());
        self.tasks.iter().chain(abstract_ones).for_each(JoinHandle::abort);
    }
}

fn abstract_address(socket: &ListenSocket) -> Option<SocketAddr> {
    let ListenSocket::Unix(socket) = socket else {
        return None;
    };
    // One without an address has no such name.
    let address = socket.local_addr().ok()?;
    address.as_abstract_name().is_some().then_some(address)
}
