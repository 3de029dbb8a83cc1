//! Deadlines of a thread's tasks: one coarse wheel instead of a timer object for each timeout.
//!
//! A task has one [`Timer`] for its whole life and moves its deadline with a store. A deadline that moves back is not filed
//! again: its old place in the wheel finds out when its turn comes. So a keep-alive connection touches the wheel about once in
//! the length of its timeout, however many requests it carries.

use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use pin_project_lite::pin_project;
use proxy_core::cli::LiveStream;
use slab::Slab;
use tokio::sync::Notify;

use crate::clock::Clock;

/// Milliseconds of one turn: deadlines are met up to this much late, never early.
const TICK_MS: u64 = 4;
/// Places of the wheel: deadlines further away than all of them are filed in the last and filed again from there.
const SLOTS: usize = 4096;
/// Not filed, or no deadline.
const NEVER: u64 = u64::MAX;
/// The deadline of a task that somebody ended: it has passed for good.
const ENDED: u64 = 0;
/// No stream.
const NO_STREAM: u32 = u32::MAX;

#[derive(Debug)]
struct Entry {
    deadline_ms: u64,
    /// The tick under which the entry is filed; other places that still name it are stale.
    filed: u64,
    waker: Option<Waker>,
    /// What its task is at: a place in `streams`, or [`NO_STREAM`].
    stream: u32,
}

/// Bytes of a timer.
pub(crate) const TIMER_SIZE: usize = size_of::<Entry>();

#[derive(Debug)]
struct Slots {
    entries: Slab<Entry>,
    /// What is under way, for those who ask; see [`crate::streams`].
    streams: Slab<LiveStream>,
    slots: Vec<Vec<u32>>,
    /// The first tick that has not been looked at.
    next_tick: u64,
    /// Number of keys in the slots, stale ones included.
    filed: usize,
}

/// The wheel of one thread.
#[derive(Debug)]
pub struct Wheel {
    clock: Clock,
    /// The time that holds for the poll under way, ms; 0 outside of one that holds it.
    held_ms: Cell<u64>,
    inner: RefCell<Slots>,
    /// Tick until which the driver sleeps.
    sleeping_until: Cell<u64>,
    earlier: Notify,
}

/// The deadline of one task.
#[derive(Debug)]
pub struct Timer {
    wheel: Rc<Wheel>,
    key: u32,
}

pin_project! {
    /// A future for which time stands still within each of its polls; see [`Wheel::hold_time`].
    #[derive(Debug)]
    pub struct HeldTime<F> {
        wheel: Rc<Wheel>,
        #[pin]
        future: F,
    }
}

impl<F: Future> Future for HeldTime<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        /// Lets time go on, even behind a panic: the runtime catches it and the thread lives on.
        struct Held<'a>(&'a Wheel);
        impl Drop for Held<'_> {
            fn drop(&mut self) {
                self.0.held_ms.set(0);
            }
        }
        let this = self.project();
        this.wheel.held_ms.set(this.wheel.clock.now_ms());
        let _held = Held(this.wheel);
        this.future.poll(cx)
    }
}

impl Wheel {
    /// An empty wheel; [`Wheel::drive`] must run for deadlines to be met.
    #[must_use]
    pub fn new(clock: Clock) -> Rc<Self> {
        Rc::new(Self {
            clock,
            held_ms: Cell::new(0),
            inner: RefCell::new(Slots {
                entries: Slab::new(),
                streams: Slab::new(),
                slots: (0..SLOTS).map(|_| Vec::new()).collect(),
                next_tick: clock.now_ms() / TICK_MS,
                filed: 0,
            }),
            sleeping_until: Cell::new(NEVER),
            earlier: Notify::new(),
        })
    }

    /// Milliseconds of the process's clock; within a poll of [`Wheel::hold_time`], those at which it began.
    #[inline]
    #[must_use]
    pub fn now_ms(&self) -> u64 {
        match self.held_ms.get() {
            0 => self.clock.now_ms(),
            held => held,
        }
    }

    /// `future` with the clock read once for each time it is polled: a session asks for the time about ten times between
    /// one packet and the next, and the clock costs more than most of what it does in between.
    pub fn hold_time<F: Future>(self: &Rc<Self>, future: F) -> HeldTime<F> {
        HeldTime {
            wheel: Rc::clone(self),
            future,
        }
    }

    /// Polls `future` as if it were `now_ms`, whatever the clock says.
    pub(crate) fn poll_at<F: Future + ?Sized>(
        &self,
        now_ms: u64,
        future: Pin<&mut F>,
        cx: &mut Context<'_>,
    ) -> Poll<F::Output> {
        self.held_ms.set(now_ms);
        let polled = future.poll(cx);
        self.held_ms.set(0);
        polled
    }

    /// The first of all deadlines, ms; none where there is none.
    pub(crate) fn earliest_deadline(&self) -> Option<u64> {
        let inner = self.inner.borrow();
        let deadlines = inner.entries.iter().map(|(_, entry)| entry.deadline_ms);
        deadlines.filter(|at| *at != NEVER).min()
    }

    /// A timer without a deadline.
    #[must_use]
    pub fn timer(self: &Rc<Self>) -> Timer {
        let key = self.inner.borrow_mut().entries.insert(Entry {
            deadline_ms: NEVER,
            filed: NEVER,
            waker: None,
            stream: NO_STREAM,
        });
        Timer {
            wheel: Rc::clone(self),
            key: key as u32,
        }
    }

    /// Wakes tasks whose deadline has come, for as long as the thread runs.
    pub async fn drive(self: Rc<Self>) {
        loop {
            match self.turn(self.clock.now_ms()) {
                None => {
                    self.sleeping_until.set(NEVER);
                    self.earlier.notified().await;
                }
                Some(tick) => {
                    self.sleeping_until.set(tick);
                    let until = self.clock.instant_of(tick * TICK_MS);
                    tokio::select! {
                        () = tokio::time::sleep_until(until.into()) => {}
                        () = self.earlier.notified() => {}
                    }
                }
            }
        }
    }

    /// Wakes all tasks, so that they look at more than their deadline.
    pub fn wake_all(&self) {
        for (_, entry) in &mut self.inner.borrow_mut().entries {
            if let Some(waker) = entry.waker.take() {
                waker.wake();
            }
        }
    }

    /// How many timers there are, how many of them have a deadline, and how many streams are under way.
    pub(crate) fn counts(&self) -> (usize, usize, usize) {
        let inner = self.inner.borrow();
        let set = inner
            .entries
            .iter()
            .filter(|(_, entry)| entry.deadline_ms != NEVER);
        (inner.entries.len(), set.count(), inner.streams.len())
    }

    /// What is under way on the thread, each with its deadline.
    pub(crate) fn streams(&self) -> Vec<LiveStream> {
        let inner = self.inner.borrow();
        let with_stream = inner.entries.iter().filter_map(|(_, entry)| {
            let stream = inner.streams.get(entry.stream as usize)?;
            Some(LiveStream {
                deadline_ms: Some(entry.deadline_ms).filter(|at| !matches!(*at, NEVER | ENDED)),
                ..stream.clone()
            })
        });
        with_stream.collect()
    }

    /// Ends a stream: its task sees that it is ended, or that its time is over. Gives whether it is on this thread.
    pub(crate) fn end_stream(&self, number: u32) -> bool {
        let mut inner = self.inner.borrow_mut();
        let inner = &mut *inner;
        let streams = &inner.streams;
        let is_it = |entry: &&mut Entry| {
            streams
                .get(entry.stream as usize)
                .is_some_and(|stream| stream.number == number)
        };
        let Some(entry) = inner.entries.iter_mut().map(|(_, entry)| entry).find(is_it) else {
            return false;
        };
        entry.deadline_ms = ENDED;
        if let Some(waker) = entry.waker.take() {
            waker.wake();
        }
        true
    }

    /// Whether the task with that timer was ended.
    #[inline]
    pub(crate) fn is_ended(&self, key: u32) -> bool {
        let inner = self.inner.borrow();
        let entry = inner.entries.get(key as usize);
        entry.is_some_and(|entry| entry.deadline_ms == ENDED)
    }

    /// Wakes what is due at `now_ms` and gives the next tick at which something is filed.
    fn turn(&self, now_ms: u64) -> Option<u64> {
        let mut inner = self.inner.borrow_mut();
        let inner = &mut *inner;
        let now_tick = now_ms / TICK_MS;
        while inner.next_tick <= now_tick {
            let tick = inner.next_tick;
            inner.next_tick += 1;
            if inner.filed == 0 {
                inner.next_tick = now_tick + 1;
                break;
            }
            let mut keys = std::mem::take(&mut inner.slots[tick as usize % SLOTS]);
            inner.filed -= keys.len();
            for &key in &keys {
                let Some(entry) = inner.entries.get_mut(key as usize) else {
                    continue;
                };
                if entry.filed != tick {
                    continue;
                }
                entry.filed = NEVER;
                if entry.deadline_ms <= now_ms {
                    if let Some(waker) = entry.waker.take() {
                        waker.wake();
                    }
                } else if entry.deadline_ms != NEVER {
                    let at = slot_tick(entry.deadline_ms, inner.next_tick);
                    entry.filed = at;
                    inner.slots[at as usize % SLOTS].push(key);
                    inner.filed += 1;
                }
            }
            // The list keeps its room for the next turn, unless something was filed here meanwhile.
            keys.clear();
            let slot = &mut inner.slots[tick as usize % SLOTS];
            if slot.is_empty() && keys.capacity() <= 64 {
                *slot = keys;
            }
        }
        if inner.filed == 0 {
            return None;
        }
        (inner.next_tick..inner.next_tick + SLOTS as u64)
            .find(|tick| !inner.slots[*tick as usize % SLOTS].is_empty())
    }
}

/// The tick at which a deadline is looked at: the first at which it has passed, no further than the wheel reaches.
fn slot_tick(deadline_ms: u64, next_tick: u64) -> u64 {
    deadline_ms
        .div_ceil(TICK_MS)
        .clamp(next_tick, next_tick + SLOTS as u64 - 1)
}

impl Timer {
    /// Sets the deadline, in milliseconds of the process's clock; `u64::MAX` is none.
    #[inline]
    pub fn set(&self, deadline_ms: u64) {
        let mut inner = self.wheel.inner.borrow_mut();
        let inner = &mut *inner;
        let entry = &mut inner.entries[self.key as usize];
        if entry.deadline_ms == ENDED {
            return;
        }
        entry.deadline_ms = deadline_ms;
        if deadline_ms == NEVER {
            return;
        }
        let at = slot_tick(deadline_ms, inner.next_tick);
        if entry.filed <= at {
            return;
        }
        entry.filed = at;
        inner.slots[at as usize % SLOTS].push(self.key);
        inner.filed += 1;
        if at < self.wheel.sleeping_until.get() {
            self.wheel.sleeping_until.set(at);
            self.wheel.earlier.notify_one();
        }
    }

    /// Ready once the deadline has passed; otherwise the task is woken then.
    #[inline]
    pub fn poll_expired(&self, cx: &Context<'_>, now_ms: u64) -> Poll<()> {
        let mut inner = self.wheel.inner.borrow_mut();
        let entry = &mut inner.entries[self.key as usize];
        if entry.deadline_ms <= now_ms {
            return Poll::Ready(());
        }
        match &mut entry.waker {
            Some(waker) if waker.will_wake(cx.waker()) => {}
            waker => *waker = Some(cx.waker().clone()),
        }
        Poll::Pending
    }

    /// Milliseconds of the process's clock.
    #[inline]
    #[must_use]
    pub fn now_ms(&self) -> u64 {
        self.wheel.now_ms()
    }

    /// Which timer of its thread it is.
    #[inline]
    pub(crate) fn key(&self) -> u32 {
        self.key
    }

    /// Whether somebody ended its task.
    #[inline]
    pub(crate) fn is_ended(&self) -> bool {
        self.wheel.is_ended(self.key)
    }

    /// Its task is at `stream` from now on, and at nothing else.
    #[inline]
    pub(crate) fn begin_stream(&self, stream: LiveStream) {
        let mut inner = self.wheel.inner.borrow_mut();
        let inner = &mut *inner;
        let entry = &mut inner.entries[self.key as usize];
        match inner.streams.get_mut(entry.stream as usize) {
            Some(before) => *before = stream,
            None => entry.stream = inner.streams.insert(stream) as u32,
        }
    }

    /// Writes down how far its task is.
    #[inline]
    pub(crate) fn note(&self, write: impl FnOnce(&mut LiveStream)) {
        let mut inner = self.wheel.inner.borrow_mut();
        let inner = &mut *inner;
        let at = inner.entries[self.key as usize].stream;
        if let Some(stream) = inner.streams.get_mut(at as usize) {
            write(stream);
        }
    }

    /// Its task is at nothing.
    #[inline]
    pub(crate) fn end_stream(&self) {
        let mut inner = self.wheel.inner.borrow_mut();
        let inner = &mut *inner;
        let entry = &mut inner.entries[self.key as usize];
        let at = std::mem::replace(&mut entry.stream, NO_STREAM);
        inner.streams.try_remove(at as usize);
    }

    /// Resolves when the deadline has passed.
    pub async fn expired(&self) {
        std::future::poll_fn(|cx| self.poll_expired(cx, self.now_ms())).await;
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        let mut inner = self.wheel.inner.borrow_mut();
        let entry = inner.entries.remove(self.key as usize);
        if entry.stream != NO_STREAM {
            inner.streams.remove(entry.stream as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;

    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn wheel_at(now: u64) -> Rc<Wheel> {
        let wheel = Wheel::new(Clock::start());
        wheel.inner.borrow_mut().next_tick = now / TICK_MS;
        wheel
    }

    #[test]
    fn deadline_is_met_late_by_less_than_a_tick_and_never_early() {
        let wheel = wheel_at(0);
        let timer = wheel.timer();
        let count = Arc::new(Count(AtomicUsize::new(0)));
        let waker = Waker::from(Arc::clone(&count));
        timer.set(101);
        assert!(timer.poll_expired(&Context::from_waker(&waker), 0).is_pending());
        let due = wheel.turn(100).unwrap() * TICK_MS;
        assert_eq!(count.0.load(Ordering::Relaxed), 0);
        assert!((101..101 + TICK_MS).contains(&due));
        wheel.turn(due);
        assert_eq!(count.0.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn time_stands_still_within_a_poll_and_goes_on_behind_it() {
        let wheel = wheel_at(0);
        let seen = Rc::clone(&wheel);
        let mut held = std::pin::pin!(wheel.hold_time(std::future::poll_fn(move |_| {
            let first = seen.now_ms();
            while seen.clock.now_ms() < first + 2 {
                std::hint::spin_loop();
            }
            assert_eq!(seen.now_ms(), first);
            Poll::Ready(first)
        })));
        let waker = Waker::noop();
        let Poll::Ready(first) = held.as_mut().poll(&mut Context::from_waker(waker)) else {
            unreachable!("it is ready at once");
        };
        assert!(wheel.now_ms() >= first + 2);
    }

    #[test]
    fn a_poll_that_panics_does_not_stop_the_clock() {
        let wheel = wheel_at(0);
        let held = wheel.hold_time(std::future::poll_fn(|_| -> Poll<()> { panic!("as asked for") }));
        let poll = std::panic::AssertUnwindSafe(|| {
            let mut held = std::pin::pin!(held);
            held.as_mut().poll(&mut Context::from_waker(Waker::noop()))
        });
        assert!(std::panic::catch_unwind(poll).is_err());
        assert_eq!(wheel.held_ms.get(), 0);
    }

    #[test]
    fn moving_a_deadline_back_costs_no_new_place() {
        let wheel = wheel_at(0);
        let timer = wheel.timer();
        for deadline in 100..200 {
            timer.set(deadline);
        }
        assert_eq!(wheel.inner.borrow().filed, 1);
        // At the old place it is filed again, under the last deadline.
        wheel.turn(110);
        assert_eq!(wheel.inner.borrow().filed, 1);
        assert_eq!(wheel.turn(120), Some(199u64.div_ceil(TICK_MS)));
    }

    #[test]
    fn deadlines_beyond_the_wheel_are_kept() {
        let wheel = wheel_at(0);
        let timer = wheel.timer();
        let waker = Waker::from(Arc::new(Count(AtomicUsize::new(0))));
        let far = TICK_MS * SLOTS as u64 * 3;
        timer.set(far);
        let mut now = 0;
        while let Some(tick) = wheel.turn(now) {
            now = tick * TICK_MS;
            if timer.poll_expired(&Context::from_waker(&waker), now).is_ready() {
                break;
            }
        }
        assert_eq!(now, far);
    }
}
