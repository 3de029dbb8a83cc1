//! Turns: sessions that leave theirs to others (`nice` of `bind`, `set-nice`). Only in processes whose file has either.
//!
//! A session that becomes ready goes to the end of the line of those that are, as all do; one that is nicer than the least nice
//! that the file knows lets those who came behind it pass, once or several times, before it takes its turn. While nobody else is
//! ready that costs next to no time.

use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use haproxy_cfg::model::Config;
use haproxy_cfg::signature::Value;
use pin_project_lite::pin_project;

/// So many steps of niceness are one time that others pass.
const STEPS: i32 = 256;

/// The least nice that a file makes any session; none where it does not speak of it.
pub(crate) fn least(config: &Config) -> Option<i16> {
    let of_binds = config.proxies.iter().flat_map(|proxy| &proxy.binds);
    let of_binds = of_binds.map(|bind| bind.nice).filter(|nice| *nice != 0);
    let rules = config.proxies.iter().flat_map(|proxy| &proxy.rules);
    let of_rules = rules
        .filter(|rule| rule.action == "set-nice")
        .map(|rule| bounded(rule.value("nice").and_then(Value::number).unwrap_or(0)));
    // Whoever says nothing has 0.
    of_binds.chain(of_rules).min().map(|least| least.min(0))
}

/// Niceness as far as it goes.
fn bounded(nice: i64) -> i16 {
    nice.clamp(-1024, 1024) as i16
}

/// How nice the session is whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Nice {
    /// By its listener.
    own: i16,
    /// By what rules said of the request at hand.
    now: i16,
}

/// Who has the turn on a thread; nobody where no session is at work, or the file speaks of no niceness.
#[derive(Debug, Default)]
pub(crate) struct Turn(Cell<Option<Nice>>);

impl Turn {
    /// A rule settles how nice the session at hand is for the rest of its request.
    pub(crate) fn set_nice(&self, nice: i64) {
        if let Some(known) = self.0.get() {
            let now = bounded(nice);
            self.0.set(Some(Nice { now, ..known }));
        }
    }

    /// A request begins: what rules said of the one before does not hold.
    pub(crate) fn forget_nice(&self) {
        if let Some(known) = self.0.get() {
            let now = known.own;
            self.0.set(Some(Nice { now, ..known }));
        }
    }
}

pin_project! {
    /// A session that takes its turn when its niceness says.
    pub(crate) struct Polite<F> {
        turn: Rc<Turn>,
        nice: Nice,
        // The least nice of all.
        least: i16,
        // How often others still pass; none between two turns.
        passes: Option<i32>,
        #[pin]
        session: F,
    }
}

impl<F> Polite<F> {
    /// A session of a listener whose sessions are as nice as `own`, among others of which the least nice has `least`.
    pub(crate) fn new(turn: &Rc<Turn>, own: i16, least: i16, session: F) -> Self {
        Self {
            turn: Rc::clone(turn),
            nice: Nice { own, now: own },
            least,
            passes: None,
            session,
        }
    }
}

impl<F: Future> Future for Polite<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let above = i32::from(this.nice.now) - i32::from(*this.least);
        let passes = this.passes.get_or_insert((above + STEPS - 1) / STEPS);
        if *passes > 0 {
            *passes -= 1;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        *this.passes = None;
        this.turn.0.set(Some(*this.nice));
        let polled = this.session.poll(cx);
        if let Some(nice) = this.turn.0.take() {
            *this.nice = nice;
        }
        polled
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::future::poll_fn;

    use tokio::runtime::{Builder, LocalOptions};

    use super::*;

    #[test]
    fn the_nicer_a_session_is_the_more_pass_it() {
        let turn = Rc::<Turn>::default();
        let order = Rc::new(RefCell::new(Vec::new()));
        let runtime = Builder::new_current_thread()
            .build_local(LocalOptions::default())
            .expect("a runtime");
        runtime.block_on(async {
            let sessions = [("nice", 512), ("usual", 0), ("first", -600), ("nicest", 1024)];
            let tasks = sessions.map(|(name, own)| {
                let (order, turn_of_task) = (Rc::clone(&order), Rc::clone(&turn));
                let session = poll_fn(move |_| {
                    assert_eq!(turn_of_task.0.get(), Some(Nice { own, now: own }));
                    order.borrow_mut().push(name);
                    Poll::Ready(())
                });
                tokio::task::spawn_local(Polite::new(&turn, own, -600, session))
            });
            for task in tasks {
                task.await.expect("no panic");
            }
        });
        assert_eq!(*order.borrow(), ["first", "usual", "nice", "nicest"]);
    }

    #[test]
    fn what_a_rule_says_holds_for_its_request() {
        let turn = Rc::<Turn>::default();
        let mut first = true;
        let seen = Rc::new(RefCell::new(Vec::new()));
        let (told, of_session) = (Rc::clone(&seen), Rc::clone(&turn));
        let session = poll_fn(move |_| {
            let now = || of_session.0.get().map(|nice| nice.now);
            told.borrow_mut().push(now());
            if std::mem::take(&mut first) {
                of_session.set_nice(300);
                return Poll::Pending;
            }
            of_session.forget_nice();
            told.borrow_mut().push(now());
            of_session.set_nice(i64::MIN);
            told.borrow_mut().push(now());
            Poll::Ready(())
        });
        let mut polite = std::pin::pin!(Polite::new(&turn, 5, 0, session));
        let mut cx = Context::from_waker(std::task::Waker::noop());
        let mut polls = 0;
        while polite.as_mut().poll(&mut cx).is_pending() {
            polls += 1;
        }
        // Others pass once in front of the first turn, and twice in front of the second.
        assert_eq!(polls, 4);
        assert_eq!(*seen.borrow(), [Some(5), Some(300), Some(5), Some(-1024)]);
        // Outside of a turn nobody is.
        turn.set_nice(7);
        assert_eq!(turn.0.get(), None);
    }
}
