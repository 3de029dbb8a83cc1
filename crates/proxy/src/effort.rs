//! What sessions cost: how often each is taken up, how long it works and how long it waits for its turn. Only where a sample asks
//! for it (`cpu_calls` and its kin), and the times only with `profiling.tasks on`.

use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Instant;

use pin_project_lite::pin_project;
use proxy_core::sample::Effort;

use crate::nice::Polite;
use crate::thread::Thread;

/// Starts a session on its thread, with the clock read once each time it is taken up. `nice` is what its listener says.
pub(crate) fn spawn(thread: &Rc<Thread>, nice: i16, session: impl Future<Output = ()> + 'static) {
    let session = thread.wheel.hold_time(session);
    let global = &thread.config().global;
    if global.counts_calls {
        let clock = global.measures_tasks.then(Instant::now);
        let measured = Measured {
            thread: Rc::clone(thread),
            effort: Effort::default(),
            clock,
            bell: None,
            session,
        };
        spawn_politely(thread, nice, measured);
    } else {
        spawn_politely(thread, nice, session);
    }
}

fn spawn_politely(thread: &Thread, nice: i16, session: impl Future<Output = ()> + 'static) {
    match thread.shared.least_nice {
        None => tokio::task::spawn_local(session),
        Some(least) => tokio::task::spawn_local(Polite::new(&thread.turn, nice, least, session)),
    };
}

/// A request begins: what was before it does not count.
pub(crate) fn begin(thread: &Thread) {
    thread.turn.forget_nice();
    if thread.effort.get().is_some() {
        thread.effort.set(Some(Effort {
            calls: 1,
            ..Effort::default()
        }));
    }
}

pin_project! {
    /// A session whose effort is measured.
    struct Measured<F> {
        thread: Rc<Thread>,
        effort: Effort,
        // Where times are taken: since when they count.
        clock: Option<Instant>,
        bell: Option<Arc<Bell>>,
        #[pin]
        session: F,
    }
}

/// A waker that remembers when it was called first.
struct Bell {
    /// Nanoseconds since the session's start; 0 is not yet.
    rung: AtomicU64,
    since: Instant,
    waker: Waker,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let now = nanoseconds(self.since).max(1);
        // Only the first call counts, whoever it is by.
        let _earlier = self
            .rung
            .compare_exchange(0, now, Ordering::Relaxed, Ordering::Relaxed);
        self.waker.wake_by_ref();
    }
}

fn nanoseconds(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

impl<F: Future> Future for Measured<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        this.effort.calls += 1;
        let Some(since) = *this.clock else {
            this.thread.effort.set(Some(*this.effort));
            let polled = this.session.poll(cx);
            *this.effort = this.thread.effort.take().unwrap_or_default();
            return polled;
        };
        let began = nanoseconds(since);
        if let Some(bell) = this.bell.as_ref() {
            let rung = bell.rung.swap(0, Ordering::Relaxed);
            this.effort.late_ns += if rung > 0 { began.saturating_sub(rung) } else { 0 };
        }
        let bell = match this.bell {
            Some(bell) if bell.waker.will_wake(cx.waker()) => Arc::clone(bell),
            bell => {
                let rung = AtomicU64::new(0);
                let waker = cx.waker().clone();
                Arc::clone(bell.insert(Arc::new(Bell { rung, since, waker })))
            }
        };
        this.thread.effort.set(Some(*this.effort));
        let polled = this.session.poll(&mut Context::from_waker(&Waker::from(bell)));
        *this.effort = this.thread.effort.take().unwrap_or_default();
        this.effort.busy_ns += nanoseconds(since).saturating_sub(began);
        polled
    }
}
