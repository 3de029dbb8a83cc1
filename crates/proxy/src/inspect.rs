//! Rules on the contents of a connection in TCP mode: bytes are waited for as long as a rule depends on what may still come, and
//! `inspect-delay` allows.

use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

use haproxy_cfg::model::ProxyId;
use proxy_core::rules::{Cache, Step};
use proxy_core::sample::Body;
use proxy_core::stream::Stream;

use crate::buffer::Buffer;
use crate::context::AtHand;
use crate::early::{Contents, run};
use crate::relay::Relay;
use crate::resolve;
use crate::session::Session;
use crate::upstream::deadline;

/// What the rules on what a client sent come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The connection goes on.
    Pass,
    /// It goes on as one of HTTP.
    Http,
    /// It is closed.
    Reject,
    /// It is closed without the client being told; a reset that cannot be helped goes this many hops.
    Vanish(Option<u8>),
    /// The client was silent for too long while the rules waited.
    Expired,
    /// The client's connection broke.
    Gone,
    /// There is no backend for it.
    Nowhere,
}

/// What the client has sent so far.
#[derive(Debug)]
pub(crate) struct Received<'a> {
    /// What was received and not passed on.
    pub(crate) buffer: &'a mut Buffer,
    /// The client has ended its direction.
    pub(crate) ended: &'a mut bool,
}

/// Why the wait for more is over.
enum Woken {
    /// There is more, or the end.
    More,
    /// The time for looking is over.
    Over,
    Expired,
    Gone,
}

/// Applies `tcp-request content` of `proxy`.
pub(crate) async fn request(
    session: &mut Session,
    stream: &mut Stream,
    proxy: ProxyId,
    received: &mut Received<'_>,
) -> Verdict {
    let thread = Rc::clone(&session.thread);
    let (model, plan) = thread.shared.plan.proxy(proxy);
    let until = deadline(thread.now_ms(), model.timeouts.inspect_request.or(Some(0)));
    let mut cache = Cache::default();
    let mut at = 0;
    // What came with the connection is looked at in any case.
    let mut over = model.timeouts.inspect_request.is_none();
    if let Err(verdict) = receive(session, received) {
        return verdict;
    }
    loop {
        let complete = over || *received.ended || received.buffer.is_full();
        let contents = Contents {
            stream: Some(stream),
            payload: Body {
                bytes: received.buffer.data(),
                complete,
                ..Body::default()
            },
            from_server: false,
        };
        let set = (&plan.acls, &plan.content_rules);
        match run(session, proxy, set, contents, &mut cache, &mut at) {
            Step::Reject => return Verdict::Reject,
            Step::Vanish(hops) => return Verdict::Vanish(hops),
            Step::SwitchMode => return Verdict::Http,
            Step::Resolve(lookup) => {
                let at_hand = || AtHand {
                    stream: Some(&*stream),
                    payload: received.buffer.data(),
                    io: Some(&session.io),
                    ..AtHand::default()
                };
                let looked_up = resolve::obey(&thread, &session.client, proxy, lookup, at_hand);
                // Rare, and an idle connection is not to carry it.
                Box::pin(looked_up).await;
                cache.message_changed(&plan.acls);
                continue;
            }
            Step::Wait if !complete => {}
            _ => return Verdict::Pass,
        }
        match more(session, received, until).await {
            Woken::More => cache.message_changed(&plan.acls),
            Woken::Over => over = true,
            Woken::Expired => return Verdict::Expired,
            Woken::Gone => return Verdict::Gone,
        }
    }
}

/// Takes what is there already.
pub(crate) fn receive(session: &mut Session, received: &mut Received<'_>) -> Result<(), Verdict> {
    if received.buffer.room().is_empty() || *received.ended {
        return Ok(());
    }
    match session.io.read_now(received.buffer.room()) {
        Ok(None) => Ok(()),
        Ok(Some(0)) => {
            *received.ended = true;
            Ok(())
        }
        Ok(Some(n)) => {
            received.buffer.filled(n);
            Ok(())
        }
        Err(_) => Err(Verdict::Gone),
    }
}

/// Waits for more bytes, until the time for looking or the client's is over.
async fn more(session: &mut Session, received: &mut Received<'_>, until: u64) -> Woken {
    let silent = deadline(session.thread.now_ms(), session.frontend().timeouts.client);
    session.timer.set(until.min(silent));
    poll_fn(|cx| match session.io.poll_read(cx, received.buffer.room()) {
        Poll::Ready(Ok(0)) => {
            *received.ended = true;
            Poll::Ready(Woken::More)
        }
        Poll::Ready(Ok(n)) => {
            received.buffer.filled(n);
            Poll::Ready(Woken::More)
        }
        Poll::Ready(Err(_)) => Poll::Ready(Woken::Gone),
        Poll::Pending => {
            let now = session.timer.now_ms();
            session.timer.poll_expired(cx, now).map(
                |()| {
                    if until <= now { Woken::Over } else { Woken::Expired }
                },
            )
        }
    })
    .await
}

/// `tcp-response content` at work.
#[derive(Debug)]
pub(crate) struct ResponseRules {
    proxy: ProxyId,
    cache: Cache,
    at: usize,
}

/// What the rules on what a server sent come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It goes on.
    Pass,
    /// More is waited for.
    Wait,
    /// Both connections are closed.
    Reject,
    /// The same, and the client is not told; its last packet may make so many hops.
    Vanish(Option<u8>),
    /// The server's connection is closed.
    Close,
}

impl ResponseRules {
    /// The rules of `proxy`, if it has any: what the server sends is then kept back by `relay`.
    pub(crate) fn begin(session: &Session, proxy: ProxyId, relay: &mut Relay) -> Option<Box<Self>> {
        let (model, plan) = session.thread.shared.plan.proxy(proxy);
        if plan.response_content_rules.is_empty() {
            return None;
        }
        let delay = model.timeouts.inspect_response.or(Some(0));
        relay.hold(deadline(session.thread.now_ms(), delay));
        Some(Box::new(Self {
            proxy,
            cache: Cache::default(),
            at: 0,
        }))
    }

    /// Looks at what has come.
    pub(crate) fn look(&mut self, session: &mut Session, stream: &mut Stream, relay: &Relay) -> Answer {
        let thread = Rc::clone(&session.thread);
        let Some((bytes, may_wait)) = relay.held(thread.now_ms()) else {
            return Answer::Pass;
        };
        let plan = &thread.shared.plan.proxies[self.proxy.0 as usize];
        self.cache.message_changed(&plan.acls);
        let contents = Contents {
            stream: Some(stream),
            payload: Body {
                bytes,
                complete: !may_wait,
                ..Body::default()
            },
            from_server: true,
        };
        let set = (&plan.acls, &plan.response_content_rules);
        match run(session, self.proxy, set, contents, &mut self.cache, &mut self.at) {
            Step::Reject => Answer::Reject,
            Step::Vanish(hops) => Answer::Vanish(hops),
            Step::Close => Answer::Close,
            Step::Wait if may_wait => Answer::Wait,
            _ => Answer::Pass,
        }
    }
}
