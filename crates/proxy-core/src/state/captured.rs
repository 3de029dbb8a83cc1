//! The last bad request and the last bad response of each proxy, kept for `show errors`.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

use haproxy_cfg::model::ProxyId;

use crate::http1::Fault;

/// A message that was refused.
#[derive(Clone, Debug)]
pub struct CapturedError {
    /// When, as a date.
    pub date: Vec<u8>,
    /// The frontend.
    pub frontend: ProxyId,
    /// The backend, if one was chosen.
    pub backend: Option<ProxyId>,
    /// The server, if one was.
    pub server: Option<usize>,
    /// The client; none over a unix socket.
    pub src: Option<SocketAddr>,
    /// What had come of the message and was not passed on.
    pub bytes: Vec<u8>,
    /// How many bytes a buffer holds.
    pub size: usize,
    /// Where it is wrong.
    pub fault: Fault,
}

/// Whose message it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The client's.
    Request,
    /// The server's.
    Response,
}

/// The last bad messages, by proxy and direction.
#[derive(Debug, Default)]
pub struct CapturedErrors {
    count: AtomicU32,
    latest: Box<[Mutex<Latest>]>,
}

/// Of one proxy, by direction, each with its number.
type Latest = [Option<Box<(u32, CapturedError)>>; 2];

impl CapturedErrors {
    /// None yet.
    #[must_use]
    pub fn new(proxies: usize) -> Self {
        Self {
            count: AtomicU32::new(0),
            latest: (0..proxies).map(|_| Mutex::default()).collect(),
        }
    }

    /// How many messages were refused; wraps.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.count.load(Relaxed)
    }

    /// Keeps a message in the place of the last one: a request with the frontend, a response with the backend.
    pub fn keep(&self, direction: Direction, error: CapturedError) {
        let number = self.count.fetch_add(1, Relaxed);
        let proxy = match direction {
            Direction::Request => error.frontend,
            Direction::Response => error.backend.unwrap_or(error.frontend),
        };
        if let Some(latest) = self.latest.get(proxy.0 as usize) {
            // Whoever panicked left whole values.
            let mut latest = latest.lock().unwrap_or_else(PoisonError::into_inner);
            latest[direction as usize] = Some(Box::new((number, error)));
        }
    }

    /// The last one of a proxy, with its number among all, from 0.
    #[must_use]
    pub fn latest(&self, proxy: ProxyId, direction: Direction) -> Option<(u32, CapturedError)> {
        let latest = self.latest.get(proxy.0 as usize)?;
        let latest = latest.lock().unwrap_or_else(PoisonError::into_inner);
        latest[direction as usize].as_deref().cloned()
    }
}
