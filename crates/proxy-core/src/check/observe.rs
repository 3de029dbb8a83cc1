//! What traffic shows of a server's health (manual, `observe`, `error-limit`, `on-error`): errors in a row count as a check that failed.

use haproxy_cfg::model::{Config, Observe, ObservedLayer, OnError, ProxyId};

use super::Event;
use super::change::count_observed;
use crate::state::Runtime;

/// What was seen of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// A connection stands.
    Connected,
    /// None came to stand.
    NotConnected,
    /// A response, with this status.
    Status(u16),
    /// What came is no response.
    NoResponse,
    /// The server closed before it answered.
    Closed,
    /// No answer came in time.
    Silent,
    /// The connection broke before an answer came.
    Broke,
}

impl Seen {
    /// Whether this is an error; none where it tells nothing at that layer.
    fn is_error(self, layer: ObservedLayer) -> Option<bool> {
        match (self, layer) {
            (Self::NotConnected, _) => Some(true),
            (Self::Connected, ObservedLayer::Connections) => Some(false),
            (Self::Connected, ObservedLayer::Responses) | (_, ObservedLayer::Connections) => None,
            (Self::Status(status), _) => Some(!matches!(status, 100..=499 | 501 | 505)),
            (Self::NoResponse | Self::Closed | Self::Silent | Self::Broke, _) => Some(true),
        }
    }

    /// The words for it.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Connected => "L4 successful connection",
            Self::NotConnected => "L4 unsuccessful connection",
            Self::Status(_) => "Wrong http response",
            Self::NoResponse => "Invalid http response (headers)",
            Self::Closed => "Close from server (http)",
            Self::Silent => "Read timeout (http)",
            Self::Broke => "Read error (http)",
        }
    }
}

/// Takes into account what was seen of server `server` (by index) of `proxy`, and gives the lines to be logged. The server is to be
/// checked soon when its state says so afterwards.
///
/// # Panics
/// When `proxy` or `server` is not of `config`.
pub fn observe(
    runtime: &Runtime,
    config: &Config,
    proxy: ProxyId,
    server: usize,
    seen: Seen,
    now_ms: u64,
) -> Vec<Event> {
    let Some(Observe {
        layer,
        limit,
        on_error,
    }) = config.proxy(proxy).servers[server].observe.as_deref().copied()
    else {
        return Vec::new();
    };
    let state = &runtime.proxies[proxy.0 as usize].servers[server];
    match seen.is_error(layer) {
        None => Vec::new(),
        Some(false) => {
            state.errors.forget();
            Vec::new()
        }
        Some(true) => match state.errors.add(limit) {
            None => Vec::new(),
            Some(errors) => {
                count_observed(runtime, config, (proxy, server), (errors, seen), on_error, now_ms)
            }
        },
    }
}

/// What becomes of a check's health before the errors count as one more failure.
pub(super) fn health_before(on_error: OnError, health: u32, rise: u32) -> u32 {
    match on_error {
        OnError::CheckSoon | OnError::FailCheck => health,
        OnError::SuddenDeath => health.min(rise + 1),
        OnError::MarkDown => health.min(rise),
    }
}
