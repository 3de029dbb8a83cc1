//! A client's connection in TCP mode.

use std::rc::Rc;

use haproxy_cfg::model::{Mode, ProxyId};
use proxy_core::rules::Cache;
use proxy_core::stream::{Route, Stream, StreamLog, since};

use crate::context::{AtHand, looking};
use crate::relay::{Ends, Relay, RelayEnd};
use crate::session::{BackendUse, Session};
use crate::stream_log;
use crate::upstream::{Attempt, ClientWatch, ReachError, Reuse, aborts_on_end, reach_server};

/// Serves the connection to its end.
///
/// Not an `async fn`, for the reason that HTTP's is none.
#[allow(clippy::manual_async_fn, reason = "half the size: see above")]
pub(crate) fn serve(mut session: Session) -> impl Future<Output = ()> {
    async move { serve_here(&mut session).await }
}

async fn serve_here(session: &mut Session) {
    // Beside the task, which is not to carry it.
    let mut stream = Box::<Stream>::default();
    stream.number = session.thread.next_number();
    let Stream { log, route, .. } = &mut *stream;
    log.started_ms = session.client.accepted_ms;
    log.request_ms = session.client.accepted_ms;
    run(session, log, route).await;
    let frontend = session.frontend();
    if frontend.options.dontlognull && log.received == 0 && log.bytes == 0 && log.termination[0] != b'S' {
        return;
    }
    stream_log::write(session, &stream);
}

async fn run(session: &mut Session, log: &mut StreamLog, route: &mut Route) {
    let thread = Rc::clone(&session.thread);
    let Some(backend) = choose_backend(session) else {
        log.end_with(b'S', b'C');
        return;
    };
    log.backend = Some(backend);
    let _use = BackendUse::new(&thread, backend);
    let proxy = thread.shared.plan.config.proxy(backend);
    let frontend = thread.shared.plan.config.proxy(session.client.frontend);
    let mut first = thread.buffers.take();
    let mut ended = false;
    let mut attempt = Attempt {
        thread: &thread,
        timer: &session.timer,
        backend,
        wanted: None,
        exclude: None,
        client: ClientWatch {
            io: &mut session.io,
            buffer: &mut first,
            ended: &mut ended,
            abort_on_end: aborts_on_end(proxy, Mode::Tcp, 0),
        },
        src: session.client.src,
        dst: session.client.dst,
        reuse: Reuse::None,
        private: &mut session.private,
        connect_timeout: proxy.timeouts.connect,
        queue_timeout: proxy.timeouts.queue,
        since_ms: session.client.accepted_ms,
    };
    let mut reached = match reach_server(&mut attempt, route).await {
        Ok(reached) => reached,
        Err(error) => {
            thread.buffers.give(first);
            return not_reached(session, log, backend, error);
        }
    };
    let server = reached.slot.server();
    let counters = thread.server_counters(backend, server);
    let first = if first.is_empty() {
        thread.buffers.give(first);
        None
    } else {
        Some(first)
    };
    let mut relay = Relay::new(first, None, ended);
    let mut ends = Ends {
        client: &mut session.io,
        server: &mut reached.conn.io,
        timer: &session.timer,
        buffers: &thread.buffers,
        client_timeouts: &frontend.timeouts,
        server_timeouts: &proxy.timeouts,
        tunnel_timeout: None,
    };
    let end = relay.run(&mut ends, &reached.slot).await;
    relay.give_back(&thread.buffers);
    route.server_left = Some(reached.slot.give_back());
    log.bytes = relay.to_client();
    log.received = relay.to_server();
    let all = [
        thread.fe_counters(session.client.frontend),
        thread.be_counters(backend),
        counters,
    ];
    session.count_bytes(relay.to_server(), relay.to_client());
    for side in &all[1..] {
        side.bin.add(relay.to_server());
        side.bout.add(relay.to_client());
    }
    match end {
        RelayEnd::Done => {}
        RelayEnd::ClientGone => {
            all.iter().for_each(|c| c.cli_abrt.inc());
            log.end_with(b'C', b'D');
        }
        RelayEnd::ServerGone => {
            all.iter().for_each(|c| c.srv_abrt.inc());
            log.end_with(b'S', b'D');
        }
        RelayEnd::ClientTimeout => log.end_with(b'c', b'D'),
        RelayEnd::ServerTimeout => log.end_with(b's', b'D'),
        RelayEnd::Ended(why) => log.end_with(why.letter(), b'-'),
    }
    let now = thread.now_ms();
    let ms = |from: u64, to: u64| u32::try_from(since(from, to)).unwrap_or(0);
    let times = [
        ms(log.request_ms, route.queued_until_ms),
        ms(route.queued_until_ms, route.connected_ms),
        0,
        ms(session.client.accepted_ms, now),
    ];
    thread.be_counters(backend).record_times(times);
    counters.record_times(times);
}

/// The backend by `use_backend` and `default_backend`.
fn choose_backend(session: &Session) -> Option<ProxyId> {
    let (proxy, plan) = session.thread.shared.plan.proxy(session.client.frontend);
    let switched = if proxy.use_backend.is_empty() {
        None
    } else {
        looking(
            &session.thread,
            &session.client,
            session.client.frontend,
            AtHand {
                io: Some(&session.io),
                ..AtHand::default()
            },
            |context| plan.switch.choose(&plan.acls, context, &mut Cache::default()),
        )
    };
    switched
        .or(proxy.default_backend)
        .or_else(|| proxy.kind.is_backend().then_some(session.client.frontend))
}

fn not_reached(session: &Session, log: &mut StreamLog, backend: ProxyId, error: ReachError) {
    let counters = session.thread.be_counters(backend);
    let (cause, phase) = match error {
        ReachError::NoServer => {
            counters.econ.inc();
            (b'S', b'C')
        }
        ReachError::QueueTimeout => {
            counters.econ.inc();
            (b's', b'Q')
        }
        ReachError::ClientLeftQueue => {
            counters.cli_abrt.inc();
            (b'C', b'Q')
        }
        ReachError::ClientLeftConnect => {
            counters.cli_abrt.inc();
            (b'C', b'C')
        }
        ReachError::Ended(why) => (why.letter(), b'-'),
        ReachError::ConnectTimeout => (b's', b'C'),
        ReachError::ConnectFailed => (b'S', b'C'),
    };
    log.end_with(cause, phase);
}
