//! Asks name servers for what [`proxy_core::resolve`] wants to know, and passes on what it finds: to servers, to logs, and to
//! requests that wait. All of it runs on the first thread.

mod driver;
mod nameserver;

use std::net::IpAddr;
use std::rc::Rc;
use std::sync::{Mutex, PoisonError};

use haproxy_cfg::model::ProxyId;
use proxy_core::cli::ServerId;
use proxy_core::resolve::Kind;
use proxy_core::rules::Lookup;
use proxy_core::stream::Client;
use tokio::sync::{mpsc, oneshot};

use crate::context::{AtHand, looking};
use crate::thread::Thread;

/// A request that waits for an address.
#[derive(Debug)]
struct Asking {
    section: usize,
    kind: Kind,
    name: String,
    reply: oneshot::Sender<Option<IpAddr>>,
}

/// What the one that asks is told.
#[derive(Debug)]
enum Told {
    /// A request waits for an address.
    Asking(Asking),
    /// A server has another name than the one that it had.
    Renamed(ServerId, String),
}

/// The way from all threads to the one that asks.
#[derive(Debug)]
pub(crate) struct Resolvers {
    ask: mpsc::UnboundedSender<Told>,
    /// Taken by the one that asks.
    asked: Mutex<Option<mpsc::UnboundedReceiver<Told>>>,
}

impl Default for Resolvers {
    fn default() -> Self {
        let (ask, asked) = mpsc::unbounded_channel();
        Self {
            ask,
            asked: Mutex::new(Some(asked)),
        }
    }
}

impl Resolvers {
    /// A server has another name than `from`.
    pub(crate) fn rename(&self, server: ServerId, from: String) {
        // Where nobody asks, no name is asked for.
        let _ = self.ask.send(Told::Renamed(server, from));
    }

    /// The address of a name; none where there is none, or nobody asks.
    async fn address(&self, section: usize, kind: Kind, name: String) -> Option<IpAddr> {
        let (reply, answer) = oneshot::channel();
        let asking = Asking {
            section,
            kind,
            name,
            reply,
        };
        self.ask.send(Told::Asking(asking)).ok()?;
        answer.await.ok().flatten()
    }
}

/// Looks up what a rule of `proxy` asks for, and keeps what is found. `at_hand` gives what the rule may look at, before and
/// after the wait.
pub(crate) async fn obey<'a>(
    thread: &Thread,
    client: &Client,
    proxy: ProxyId,
    lookup: &Lookup,
    at_hand: impl Fn() -> AtHand<'a>,
) {
    let name = looking(thread, client, proxy, at_hand(), |context| lookup.name(context));
    let Some(name) = name else { return };
    let found = thread
        .shared
        .resolvers
        .address(lookup.section, lookup.kind, name)
        .await;
    if let Some(ip) = found {
        looking(thread, client, proxy, at_hand(), |context| {
            lookup.keep(context, ip);
        });
    }
}

/// Starts to ask, where there is anybody to be asked.
pub(crate) fn start(thread: &Rc<Thread>) {
    let shared = &thread.shared;
    if shared.plan.config.sections.resolvers.is_empty() {
        return;
    }
    let asked = shared
        .resolvers
        .asked
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    if let Some(asked) = asked {
        tokio::task::spawn_local(driver::drive(Rc::clone(thread), asked));
    }
}
