//! What a process lets its successor take: one more handle of each socket that it listens on.

use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::sync::{Arc, Mutex, PoisonError};

use haproxy_cfg::model::{Config, ProxyId};

use crate::listen::{BoundListener, ListenOwner, ListenSocket};

/// A listening socket with what cannot be asked of it.
#[derive(Debug)]
pub struct Export {
    pub(super) owner: ListenOwner,
    pub(super) namespace: Vec<u8>,
    pub(super) interface: Vec<u8>,
    pub(super) socket: OwnedFd,
}

/// All of them, until they are withdrawn.
#[derive(Debug, Default)]
pub struct Exports(Mutex<Vec<Arc<Export>>>);

impl Exports {
    /// The sockets of `listeners`.
    ///
    /// # Errors
    /// When the process has no descriptors left.
    pub fn of(listeners: &[BoundListener], config: &Config) -> io::Result<Self> {
        let mut exports = Vec::new();
        for listener in listeners {
            let bind = match listener.owner {
                ListenOwner::Proxy { proxy, bind } => config.proxy(proxy).binds.get(bind),
                ListenOwner::Peers { section, bind } => {
                    let listener = config.sections.peers.get(section);
                    let listener = listener.and_then(|section| section.listener.as_ref());
                    listener.and_then(|listener| listener.binds.get(bind))
                }
                ListenOwner::LogForward { section, bind } => {
                    let section = config.sections.log_forwards.get(section);
                    section.and_then(|section| section.binds.get(bind))
                }
                ListenOwner::Stats(index) => config.global.stats_sockets.get(index),
            };
            let interface = bind.and_then(|bind| bind.interface.as_ref());
            let namespace = bind.and_then(|bind| bind.namespace.as_ref());
            for socket in &listener.sockets {
                exports.push(Arc::new(Export {
                    owner: listener.owner,
                    namespace: namespace.map_or_else(Vec::new, |name| name.to_vec()),
                    interface: interface.map_or_else(Vec::new, |name| name.to_vec()),
                    socket: match socket {
                        ListenSocket::Tcp(socket) => socket.as_fd().try_clone_to_owned()?,
                        ListenSocket::Unix(socket) => socket.as_fd().try_clone_to_owned()?,
                        // Nothing listens there: the new process has inherited it as this one has.
                        ListenSocket::Pair(_) => continue,
                    },
                }));
            }
        }
        Ok(Self(Mutex::new(exports)))
    }

    /// Lets go of a proxy's sockets: it listens no more.
    pub fn withdraw(&self, proxy: ProxyId) {
        self.lock().retain(
            |export| !matches!(export.owner, ListenOwner::Proxy { proxy: owner, .. } if owner == proxy),
        );
    }

    /// Lets go of the sockets of one of a proxy's binds.
    pub fn withdraw_bind(&self, proxy: ProxyId, bind: u16) {
        let owner = ListenOwner::Proxy {
            proxy,
            bind: usize::from(bind),
        };
        self.lock().retain(|export| export.owner != owner);
    }

    /// Lets go of the stats sockets.
    pub fn withdraw_stats(&self) {
        self.lock()
            .retain(|export| !matches!(export.owner, ListenOwner::Stats(_)));
    }

    /// Lets go of all sockets.
    pub fn withdraw_all(&self) {
        self.lock().clear();
    }

    /// Those that there are now.
    #[must_use]
    pub fn current(&self) -> Vec<Arc<Export>> {
        self.lock().clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Arc<Export>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
