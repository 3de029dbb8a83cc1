//! What a process remembers of the agent of a server: what it said last, and how it is asked.

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

use haproxy_cfg::model::{AgentSettings, Word};

use crate::check::CheckReport;

/// How an agent is asked, which administrators may change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentContact {
    /// Where it is; none for where the server is.
    pub ip: Option<IpAddr>,
    /// Its port.
    pub port: u16,
    /// What it is told first.
    pub send: Word,
}

/// The agent of a server.
#[derive(Debug)]
pub struct AgentState {
    report: Mutex<CheckReport>,
    contact: Mutex<AgentContact>,
    /// It is not asked for now (`disable agent`).
    pub paused: AtomicBool,
}

impl AgentState {
    /// An agent that was not asked yet.
    pub(super) fn new(settings: &AgentSettings) -> Self {
        Self {
            report: Mutex::new(CheckReport::of_agent()),
            contact: Mutex::new(AgentContact {
                ip: settings.addr,
                port: settings.port,
                send: settings.send.clone(),
            }),
            paused: AtomicBool::new(false),
        }
    }

    /// Becomes the agent of another server, which is not asked until an administrator says so.
    pub(super) fn renew(&self, settings: &AgentSettings) {
        let fresh = Self::new(settings).contact();
        *self.report() = CheckReport::of_agent();
        self.change_contact(|contact| *contact = fresh);
        self.paused.store(true, Relaxed);
    }

    /// What it said last, locked. A writer that panicked left whole values, so its poison is of no account.
    pub fn report(&self) -> MutexGuard<'_, CheckReport> {
        self.report.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How it is asked.
    #[must_use]
    pub fn contact(&self) -> AgentContact {
        self.contact
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Changes how it is asked.
    pub fn change_contact(&self, change: impl FnOnce(&mut AgentContact)) {
        change(&mut self.contact.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
