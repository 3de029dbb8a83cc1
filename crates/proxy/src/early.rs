//! Rules on a connection and on its session, before anything of it is looked at; and how rules outside of HTTP are run.

use std::cell::Cell;
use std::rc::Rc;

use haproxy_cfg::model::ProxyId;
use proxy_core::answer::Answer;
use proxy_core::rules::{Acls, Cache, Exec, RuleSetPlan, Step};
use proxy_core::sample::Body;
use proxy_core::stream::Stream;
use proxy_core::table::Data;

use crate::context::Here;
use crate::session::Session;

/// What rules outside of HTTP may look at besides the session.
#[derive(Debug, Default)]
pub(crate) struct Contents<'a> {
    /// The stream, once there is one.
    pub(crate) stream: Option<&'a mut Stream>,
    /// Bytes of the side at hand that wait to be sent on.
    pub(crate) payload: Body<'a>,
    /// That side is the server's.
    pub(crate) from_server: bool,
}

/// Runs rules of `proxy` from number `at` on.
pub(crate) fn run<'p>(
    session: &mut Session,
    proxy: ProxyId,
    (acls, rules): (&Acls, &'p RuleSetPlan),
    contents: Contents<'_>,
    cache: &mut Cache,
    at: &mut usize,
) -> Step<'p> {
    let thread = Rc::clone(&session.thread);
    let mut arena = thread.arena.borrow_mut();
    arena.reset();
    let mut exec = Exec {
        arena: &arena,
        config: thread.config(),
        runtime: &thread.shared.runtime,
        world: &Here {
            thread: &thread,
            io: Some(&session.io),
        },
        proxy,
        client: &mut session.client,
        stream: contents.stream,
        request: None,
        response: None,
        body: Body::default(),
        payload: contents.payload,
        from_server: contents.from_server,
        room: 0,
        cache,
        strict: true,
        answer: &mut Answer::default(),
        has_answer: false,
        hints: &mut Vec::new(),
        undecided: &Cell::new(false),
    };
    match &thread.rehearsal {
        None => rules.run(acls, &mut exec, at),
        Some(rehearsal) => rules.run_watched(acls, &mut exec, at, &**rehearsal),
    }
}

/// Applies `tcp-request connection`. Gives whether the connection goes on.
pub(crate) fn admits_connection(session: &mut Session) -> bool {
    let thread = Rc::clone(&session.thread);
    let plan = &thread.shared.plan.proxies[session.client.frontend.0 as usize];
    if plan.connection_rules.is_empty() {
        return true;
    }
    match apply(session, (&plan.acls, &plan.connection_rules)) {
        Step::Reject => {
            session.count(|side| side.dcon.inc());
            false
        }
        Step::Vanish(hops) => {
            vanish(session, hops);
            false
        }
        _ => true,
    }
}

/// Applies `tcp-request session` and counts the session. Gives whether it goes on.
pub(crate) fn admits_session(session: &mut Session) -> bool {
    let thread = Rc::clone(&session.thread);
    let plan = &thread.shared.plan.proxies[session.client.frontend.0 as usize];
    if !plan.session_rules.is_empty() {
        match apply(session, (&plan.acls, &plan.session_rules)) {
            Step::Reject => {
                session.count(|side| side.dses.inc());
                return false;
            }
            Step::Vanish(hops) => {
                vanish(session, hops);
                return false;
            }
            _ => {}
        }
    }
    let now = thread.now_ms();
    if !session.client.tracked.is_empty() {
        let tick = thread.tick();
        session
            .client
            .tracked
            .count(Data::SessCnt, Data::SessRate, 1, tick);
    }
    thread.counters().process.sess_rate.hit(now);
    let counters = thread.fe_counters(session.client.frontend);
    counters.stot.inc();
    counters.sess_rate.hit(now);
    true
}

fn apply<'p>(session: &mut Session, set: (&Acls, &'p RuleSetPlan)) -> Step<'p> {
    let contents = Contents {
        payload: Body {
            complete: true,
            ..Body::default()
        },
        ..Contents::default()
    };
    let proxy = session.client.frontend;
    run(session, proxy, set, contents, &mut Cache::default(), &mut 0)
}

/// `silent-drop`, which the original counts as a request that was refused.
fn vanish(session: &Session, hops: Option<u8>) {
    session.count(|side| side.dreq.inc());
    session.io.vanish(hops);
}
