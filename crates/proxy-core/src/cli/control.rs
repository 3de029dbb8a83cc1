//! What an administrator may do to a running proxy, as the form and the stats socket ask for it.

use haproxy_cfg::model::{ProxyId, Server, ServerAt, Word};

use crate::presets::Preset;
use crate::state::{Health, Place, Rated};

/// A server of a backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerId {
    /// The backend.
    pub proxy: ProxyId,
    /// The server's index among its servers.
    pub index: usize,
}

impl From<ServerId> for ServerAt {
    fn from(id: ServerId) -> Self {
        Self {
            proxy: id.proxy,
            index: id.index,
        }
    }
}

/// `set server … state`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdminState {
    /// Neither in maintenance nor draining.
    Ready,
    /// No new sessions but those that are bound to it.
    Drain,
    /// No traffic and no checks.
    Maint,
}

/// What forms of the statistics page asked for before version 1.5: one flag changes, the other stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OldAction {
    /// Drain begins.
    Stop,
    /// Drain ends.
    Start,
    /// Maintenance begins.
    Disable,
    /// Maintenance ends.
    Enable,
}

/// What becomes of a frontend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrontendChange {
    /// `disable frontend`: its listeners accept no more for now.
    Pause,
    /// `enable frontend`: they accept again.
    Resume,
    /// `shutdown frontend`: they are closed for good.
    Stop,
}

/// A change that was not possible; the text is the answer's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub String);

/// Effects on the running proxy. The implementation changes the shared state, tells balancers and logs.
pub trait Control {
    /// Changes what the administrator says of a server.
    fn set_state(&mut self, server: ServerId, state: AdminState);
    /// Adds a server to a backend, behind the others and in maintenance.
    ///
    /// # Errors
    /// When there are too many.
    fn add_server(&mut self, backend: ProxyId, server: &Server) -> Result<(), Refused>;
    /// Deletes a server, which nobody uses.
    fn delete_server(&mut self, server: ServerId);
    /// Changes one flag of a server.
    fn set_flag(&mut self, server: ServerId, action: OldAction);
    /// Sets a server's weight, 0–256.
    fn set_weight(&mut self, server: ServerId, weight: u32);
    /// Forces the health of a server.
    fn set_health(&mut self, server: ServerId, health: Health);
    /// Pauses or resumes a server's checks.
    fn set_checks(&mut self, server: ServerId, enabled: bool);
    /// Forces what the agent of a server says, up or down.
    fn set_agent(&mut self, server: ServerId, health: Health);
    /// Pauses or resumes asking a server's agent.
    fn set_agent_checks(&mut self, server: ServerId, enabled: bool);
    /// Says where a server is from now on.
    fn set_place(&mut self, server: ServerId, place: Place);
    /// Says which name is asked for to know where a server is.
    fn rename(&mut self, server: ServerId, host: &Word);
    /// Sets a server's `maxconn`.
    fn set_server_maxconn(&mut self, server: ServerId, maxconn: u32);
    /// Begins or ends to give a backend's servers cookies that are made of where they are.
    fn want_dynamic_cookies(&mut self, backend: ProxyId, wanted: bool);
    /// Sets the secret of such cookies.
    fn set_dynamic_cookie_key(&mut self, backend: ProxyId, key: &[u8]);
    /// Lets rules choose a backend, or pass it by.
    fn publish(&mut self, backend: ProxyId, published: bool);
    /// Sets a frontend's `maxconn`.
    fn set_frontend_maxconn(&mut self, frontend: ProxyId, maxconn: u32);
    /// Sets the process's `maxconn`.
    fn set_process_maxconn(&mut self, maxconn: u32);
    /// Sets a limit of how fast the process takes connections, in one second; 0 is none.
    fn set_rate_limit(&mut self, of: Rated, limit: u32);
    /// Pauses, resumes or stops a frontend.
    ///
    /// # Errors
    /// When a listener cannot be paused or resumed.
    fn change_frontend(&mut self, frontend: ProxyId, change: FrontendChange) -> Result<(), Refused>;
    /// Ends all sessions of a server.
    fn shutdown_sessions(&mut self, server: ServerId);
    /// A number by chance.
    fn chance(&mut self) -> u32;
    /// Sets a variable of the process.
    fn set_variable(&mut self, preset: &Preset);
    /// Forgets the counters' maxima, or with `all` the counts as well.
    fn clear_counters(&mut self, all: bool);
}
