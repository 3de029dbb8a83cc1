//! A receiver of log lines: takes datagrams on the load's core and throws them away.

use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::Context;

use super::cpu;

/// A running receiver, ended when this is dropped.
pub(super) struct Sink {
    pub(super) address: SocketAddr,
    over: Arc<AtomicBool>,
    received: Arc<AtomicU64>,
    thread: Option<JoinHandle<()>>,
}

impl Sink {
    pub(super) fn start() -> anyhow::Result<Self> {
        let socket = UdpSocket::bind(("127.0.0.1", 0)).context("no port for log lines")?;
        // Only how often it looks whether it is over.
        socket
            .set_read_timeout(Some(Duration::from_millis(100)))
            .context("cannot set a timeout")?;
        let address = socket.local_addr().context("a socket without an address")?;
        let over = Arc::new(AtomicBool::new(false));
        let received = Arc::new(AtomicU64::new(0));
        let thread = cpu::on_core(cpu::LOAD, || {
            let (over, received) = (Arc::clone(&over), Arc::clone(&received));
            thread::spawn(move || {
                let mut line = [0; 2048];
                while !over.load(Ordering::Relaxed) {
                    if socket.recv(&mut line).is_ok() {
                        received.fetch_add(1, Ordering::Relaxed);
                    }
                }
            })
        })?;
        Ok(Self {
            address,
            over,
            received,
            thread: Some(thread),
        })
    }

    /// How many datagrams came.
    pub(super) fn received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // It does nothing that could fail.
            let _ = thread.join();
        }
    }
}
