//! What clients see of an address that moves: which requests are answered, and for how long they find nobody.

use std::time::{Duration, Instant, SystemTime};

use anyhow::Result;

use crate::lab::advert::between;
use crate::lab::load::{self, Sample, Traffic};
use crate::lab::pacing::until;
use crate::lab::sheet::Sheet;

/// How much longer than a takeover the clients may find nobody: a connection that asks again after a second.
const RETRY: Duration = Duration::from_millis(1500);

/// So many answers in a row say that the clients are served.
const CALM: usize = 8;

/// How long a takeover is waited for; a longer one is not on its way.
pub(super) const PATIENCE: Duration = Duration::from_secs(15);

/// A time in which the clients may notice something.
struct Outage {
    what: String,
    from: SystemTime,
    to: SystemTime,
    longest: Duration,
}

/// The clients' view.
#[derive(Default)]
pub(super) struct Served {
    /// Their requests, once there are any.
    traffic: Option<Traffic>,
    /// When requests may be lost, and how long the clients may find nobody.
    outages: Vec<Outage>,
}

impl Served {
    /// Has the clients' requests counted from now on, and waits until they are answered.
    pub(super) fn begin(&mut self, traffic: &Traffic) -> Result<()> {
        self.traffic = Some(traffic.clone());
        self.calm()
    }

    /// Waits until several requests in a row, begun from now on, have been answered: what comes next is told apart from
    /// what was before.
    fn calm(&self) -> Result<()> {
        let Some(traffic) = &self.traffic else {
            return Ok(());
        };
        let from = Instant::now();
        let what = "the address to be served calmly";
        until(PATIENCE, what, || {
            let samples = traffic.samples();
            let answered = samples
                .iter()
                .rev()
                .take_while(|sample| sample.start >= from && sample.server().is_some());
            Ok((answered.count() >= CALM).then_some(()))
        })?;
        Ok(())
    }

    /// From then to then requests may have been lost: for `gap`, and as long as it takes to ask again. Waits until they are answered.
    pub(super) fn outage(
        &mut self,
        what: &str,
        (from, to): (SystemTime, SystemTime),
        gap: Duration,
    ) -> Result<()> {
        if self.traffic.is_none() {
            return Ok(());
        }
        self.outages.push(Outage {
            what: what.to_owned(),
            from,
            to,
            longest: gap + RETRY,
        });
        self.calm()
    }

    /// Nothing was lost but where the address had no owner, and nowhere for longer than it may have none.
    pub(super) fn conclude(&mut self, sheet: &mut Sheet, samples: &[Sample], clock: Clock) {
        self.traffic = None;
        let mut ends: Vec<SystemTime> = samples
            .iter()
            .filter(|sample| sample.server().is_some())
            .map(|sample| clock.time(sample.start) + sample.took)
            .collect();
        ends.sort();
        let lost = || samples.iter().filter(|sample| sample.server().is_none());
        // One that was under way when the address moved may be lost as well.
        let within = |sample: &Sample, outage: &Outage| {
            let start = clock.time(sample.start);
            start <= outage.to && start + sample.took >= outage.from
        };
        for outage in &self.outages {
            let gone = lost().filter(|sample| within(sample, outage)).count();
            let gap = ends
                .windows(2)
                .filter(|pair| pair[1] >= outage.from && pair[0] <= outage.to)
                .map(|pair| between(pair[0], pair[1]))
                .max()
                .unwrap_or(PATIENCE);
            sheet.check(
                &format!("{}: traffic", outage.what),
                format!("{gone} lost, longest gap {:.2} s", gap.as_secs_f64()),
                format!("gap at most {:.2} s", outage.longest.as_secs_f64()),
                gap <= outage.longest,
            );
        }
        let besides: Vec<&Sample> = lost()
            .filter(|sample| !self.outages.iter().any(|outage| within(sample, outage)))
            .collect();
        let shown = match besides.first() {
            None => "none".to_owned(),
            Some(first) => {
                let start = clock.time(first.start);
                let last = self.outages.iter().rev().find(|outage| outage.to <= start);
                format!(
                    "{}, {:.2} s after `{}`, in {:.2} s",
                    load::losses(besides.iter().copied()),
                    last.map_or(Duration::ZERO, |outage| between(outage.to, start))
                        .as_secs_f64(),
                    last.map_or("the start", |outage| &outage.what),
                    first.took.as_secs_f64(),
                )
            }
        };
        let what = format!("lost besides, of {}", samples.len());
        sheet.check(&what, shown, "none", besides.is_empty());
    }
}

/// Both clocks at one moment: requests are timed by the one, frames by the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    instant: Instant,
    time: SystemTime,
}

impl Clock {
    pub(super) fn now() -> Self {
        Self {
            instant: Instant::now(),
            time: SystemTime::now(),
        }
    }

    fn time(self, at: Instant) -> SystemTime {
        self.time + at.saturating_duration_since(self.instant)
    }
}
