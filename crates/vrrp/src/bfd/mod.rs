//! BFD sessions at work, in a thread of their own: what the other thread is busy with is no reason to miss a packet within a few
//! milliseconds. What a session does is vrrp-proto's to decide.

mod data;
mod socket;
mod worker;

use std::io;
use std::thread;
use std::time::Instant;

use keepalived_conf::model::BfdInstance;
use tokio::sync::{mpsc, oneshot};

use self::worker::Worker;
use crate::log::Log;

/// What the thread is told.
#[derive(Debug)]
enum Order {
    /// Have these sessions from now on.
    Renew(Vec<BfdInstance>),
    /// Write down what is known into this file (SIGUSR1).
    WriteData(String),
    /// Tell all neighbours that this is the end, and end.
    Stop(oneshot::Sender<()>),
}

/// What the thread tells.
#[derive(Debug)]
pub(crate) enum News {
    /// A line for the log.
    Line(String),
    /// A session is up, or is no longer.
    State {
        /// The session's name.
        name: String,
        /// Whether it is up.
        up: bool,
        /// The name of its state.
        state: String,
        /// When it was told.
        at: Instant,
    },
}

/// A session as others see it.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// Its part of the configuration.
    pub(crate) session: BfdInstance,
    /// Whether it is up.
    pub(crate) up: bool,
}

/// All sessions, and the thread that has them.
#[derive(Debug)]
pub(crate) struct Sessions {
    orders: mpsc::UnboundedSender<Order>,
    /// The sessions, in the order of the files.
    pub(crate) all: Vec<Seen>,
}

impl Sessions {
    /// Begins them. `news` hears of them.
    ///
    /// # Errors
    /// What the system says when there can be no thread.
    pub(crate) fn start(
        sessions: &[BfdInstance],
        news: mpsc::UnboundedSender<News>,
        log: &Log,
    ) -> io::Result<Self> {
        let (orders, ordered) = mpsc::unbounded_channel();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        thread::Builder::new()
            .name("bfd".to_owned())
            .spawn(move || runtime.block_on(Worker::new(news).run(ordered)))?;
        log.detail("Starting BFD thread");
        let mut this = Self {
            orders,
            all: Vec::new(),
        };
        this.renew(sessions);
        Ok(this)
    }

    /// Takes the sessions of another configuration: those that are in both go on.
    pub(crate) fn renew(&mut self, sessions: &[BfdInstance]) {
        let was_up = |session: &BfdInstance| {
            let mut old = self.all.iter();
            old.any(|old| old.up && is_same(&old.session, session))
        };
        self.all = sessions
            .iter()
            .map(|session| Seen {
                up: was_up(session),
                session: session.clone(),
            })
            .collect();
        self.order(Order::Renew(sessions.to_vec()));
    }

    /// Has all that is known written down into a file.
    pub(crate) fn write_data(&self, path: String) {
        self.order(Order::WriteData(path));
    }

    /// Ends them; done when all neighbours have been told.
    pub(crate) fn stop(self) -> oneshot::Receiver<()> {
        let (ended, end) = oneshot::channel();
        self.order(Order::Stop(ended));
        end
    }

    fn order(&self, order: Order) {
        // It ends with the program only, or when it failed, which was told.
        let _ = self.orders.send(order);
    }
}

/// Whether both are about the same session. What is not compared can change while it is up.
fn is_same(one: &BfdInstance, other: &BfdInstance) -> bool {
    (&one.name, one.neighbor, one.source, one.multihop, one.ttl)
        == (
            &other.name,
            other.neighbor,
            other.source,
            other.multihop,
            other.ttl,
        )
}
