//! A request's way, gone without a network: the very code that serves requests runs on a client and servers that are only imagined,
//! and everything that rules look at is written down. Time does not pass but jumps to the next deadline.

mod io;

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Waker};

use haproxy_cfg::model::{Mode, ProxyId};
use proxy_core::logline::Zone;
use proxy_core::plan::Plan;
use proxy_core::rules::{Told, Watch};
use proxy_core::state::Runtime;
use proxy_core::stats::Process;
use proxy_core::stream::Stream;

pub use self::io::PretendedTls;
pub(crate) use self::io::{Heard, Rehearsed};

use crate::accept::admit;
use crate::clock::Clock;
use crate::handover::Exports;
use crate::io::Io;
use crate::log::Files;
use crate::run::{new_thread, set_variables};
use crate::thread::{Shared, Thread};
use crate::{early, http, tcp};

/// Times that time may jump before a request counts as one that never ends.
const MOST_JUMPS: u32 = 10_000;

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question {
    /// The frontend that the client connects to.
    pub frontend: ProxyId,
    /// Its bind, counted from 0.
    pub bind: u16,
    /// The client's address; none over a unix socket.
    pub src: Option<SocketAddr>,
    /// Where it connects to.
    pub dst: Option<SocketAddr>,
    /// What TLS agreed on; none in clear.
    pub tls: Option<PretendedTls>,
    /// What the client sends.
    pub says: Vec<u8>,
    /// What a server answers.
    pub answer: Vec<u8>,
}

/// What happened, in its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A rule was looked at.
    Rule(Told),
    /// A server was chosen and connected to.
    Server {
        /// The backend.
        backend: ProxyId,
        /// The server in it.
        server: usize,
        /// Where it is.
        address: Option<SocketAddr>,
    },
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What happened on the way.
    pub events: Vec<Event>,
    /// The backend, where one was chosen.
    pub backend: Option<ProxyId>,
    /// The server, where one was chosen.
    pub server: Option<usize>,
    /// The status that the client got; none where it got no answer.
    pub status: Option<u16>,
    /// The termination state, as log lines have it; none where the connection was refused before there was a request.
    pub termination: Option<[u8; 4]>,
    /// All that the client was told.
    pub to_client: Vec<u8>,
    /// All that the server was told.
    pub to_server: Vec<u8>,
    /// How long it took of the time that jumps, ms.
    pub took_ms: u64,
    /// The request was still waiting for something that does not come here, such as a name server's answer.
    pub unsettled: bool,
}

/// What is written down meanwhile.
#[derive(Debug)]
pub(crate) struct Rehearsal {
    answer: Vec<u8>,
    events: RefCell<Vec<Event>>,
    server: RefCell<Option<Rc<Heard>>>,
    ended: Cell<Option<Ended>>,
}

/// What is known at the end of a stream.
#[derive(Clone, Copy, Debug)]
struct Ended {
    backend: Option<ProxyId>,
    server: Option<usize>,
    status: i32,
    termination: [u8; 4],
}

impl Watch for Rehearsal {
    fn looked(&self, told: Told) {
        self.events.borrow_mut().push(Event::Rule(told));
    }
}

impl Rehearsal {
    /// The connection to a server.
    pub(crate) fn connect(&self, backend: ProxyId, server: usize, address: Option<SocketAddr>) -> Io {
        self.events.borrow_mut().push(Event::Server {
            backend,
            server,
            address,
        });
        let (io, heard) = Rehearsed::server(self.answer.clone());
        *self.server.borrow_mut() = Some(heard);
        Io::Rehearsed(Box::new(io))
    }

    /// A stream is over.
    pub(crate) fn ended(&self, stream: &Stream) {
        self.ended.set(Some(Ended {
            backend: stream.log.backend,
            server: stream.route.server,
            status: stream.log.status,
            termination: stream.log.termination,
        }));
    }

    fn moves(&self) -> u64 {
        self.server.borrow().as_ref().map_or(0, |heard| heard.moves())
    }
}

/// Goes the way of a request. Logs, checks and listeners of the plan are not used; nothing leaves the process.
#[must_use]
pub fn rehearse(
    plan: Plan,
    runtime: Arc<Runtime>,
    process: Arc<Process>,
    zone: fn() -> Zone,
    question: &Question,
) -> Outcome {
    let rehearsal = Rc::new(Rehearsal {
        answer: question.answer.clone(),
        events: RefCell::default(),
        server: RefCell::default(),
        ended: Cell::default(),
    });
    let hostname = String::from_utf8_lossy(&process.hostname).into_owned();
    let (clock, exports) = (Clock::start(), Arc::new(Exports::default()));
    let shared = Shared::new(plan, runtime, clock, process, exports, false, Files::default());
    let thread = new_thread(0, &Arc::new(shared), &hostname, zone, Some(Rc::clone(&rehearsal)));
    set_variables(&thread);
    let (client, heard) = Rehearsed::client(question.says.clone(), question.dst, question.tls.clone());
    let io = Io::Rehearsed(Box::new(client));
    let mut session = admit(
        &thread,
        question.frontend,
        question.bind,
        io,
        question.src,
        question.dst,
    );
    if question.tls.is_some() {
        session.thread.shared.runtime.tls_connections.inc();
        session.client.tls = true;
    }
    let began = thread.now_ms();
    let mut ran = Ran::default();
    if early::admits_connection(&mut session) && early::admits_session(&mut session) {
        let is_http = thread.config().proxy(question.frontend).mode == Mode::Http;
        let serving: Pin<Box<dyn Future<Output = ()>>> = if is_http {
            Box::pin(http::serve(session))
        } else {
            Box::pin(tcp::serve(session))
        };
        ran = run(&thread, &rehearsal, &heard, began, serving);
    }
    let ended = rehearsal.ended.get();
    let to_server = rehearsal.server.borrow().as_ref().map(|heard| heard.bytes());
    let events = rehearsal.events.take();
    let chosen = events.iter().rev().find_map(|event| match event {
        Event::Server { backend, server, .. } => Some((*backend, *server)),
        Event::Rule(_) => None,
    });
    Outcome {
        backend: ended
            .and_then(|ended| ended.backend)
            .or(chosen.map(|(backend, _)| backend)),
        server: ended
            .and_then(|ended| ended.server)
            .or(chosen.map(|(_, server)| server)),
        status: ended
            .and_then(|ended| u16::try_from(ended.status).ok())
            .filter(|status| *status > 0),
        termination: ended.map(|ended| ended.termination),
        to_client: heard.bytes(),
        to_server: to_server.unwrap_or_default(),
        took_ms: ran.took_ms,
        unsettled: ran.unsettled,
        events,
    }
}

/// How far a session came.
#[derive(Clone, Copy, Debug, Default)]
struct Ran {
    took_ms: u64,
    unsettled: bool,
}

/// Lets a session run until its request is over, or, below HTTP, until nothing moves any more.
fn run(
    thread: &Thread,
    rehearsal: &Rehearsal,
    client: &Heard,
    began: u64,
    mut serving: Pin<Box<dyn Future<Output = ()>>>,
) -> Ran {
    let mut cx = Context::from_waker(Waker::noop());
    let (mut now, mut moves) = (began, 0);
    for _ in 0..MOST_JUMPS {
        let is_over = thread.wheel.poll_at(now, serving.as_mut(), &mut cx).is_ready();
        let moved = client.moves() + rehearsal.moves();
        if is_over || rehearsal.ended.get().is_some() {
            return Ran {
                took_ms: now - began,
                unsettled: false,
            };
        }
        if std::mem::replace(&mut moves, moved) != moved {
            continue;
        }
        if rehearsal.server.borrow().is_some() {
            // What is passed on unread has no end of its own.
            return Ran {
                took_ms: now - began,
                unsettled: false,
            };
        }
        match thread.wheel.earliest_deadline() {
            Some(deadline) => now = deadline.max(now + 1),
            None => break,
        }
    }
    Ran {
        took_ms: now - began,
        unsettled: true,
    }
}
