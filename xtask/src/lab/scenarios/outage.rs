//! A server's death and return under steady requests: when it was left out, when it was back, and what was lost.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::lab::load::{self, Sample, Traffic};
use crate::lab::node::Node;
use crate::lab::pacing::until;
use crate::lab::programs::Mortal;
use crate::lab::programs::rsyslog::Rsyslog;
use crate::lab::sheet::Sheet;

/// What the time limits allow for besides the checks' own intervals: the check itself, and a busy machine.
pub(super) const SLACK: Duration = Duration::from_millis(1000);

/// The pace of the requests.
const EVERY: Duration = Duration::from_millis(50);

/// The documents' three retries on one server, one second apart.
const RETRIES: Duration = Duration::from_secs(3);

/// A request that took longer than this has met a server that was not there.
const PROMPT: Duration = Duration::from_millis(500);

/// So many prompt answers in a row say that the dead server is left out.
/// They take longer than a balancer's retries do.
const CALM: usize = 70;

/// How the health checks of a server are set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Checks {
    pub(super) inter: Duration,
    pub(super) rise: u32,
    pub(super) fall: u32,
}

impl Checks {
    /// What a server has without a word about it.
    pub(super) const DEFAULT: Self = Self {
        inter: Duration::from_secs(2),
        rise: 2,
        fall: 3,
    };

    pub(super) fn left_out_within(self) -> Duration {
        self.inter * self.fall + SLACK
    }

    pub(super) fn back_within(self) -> Duration {
        self.inter * self.rise + SLACK
    }
}

/// An outage to be played.
pub(super) struct Outage<'a> {
    /// Where the requests come from.
    pub(super) client: &'a Node,
    /// The server's name in its answers.
    pub(super) server: &'a str,
    /// The receiver of the balancer's log, with `BACKEND/SERVER` as the log names it.
    pub(super) log: Option<(&'a Rsyslog, &'a str)>,
    pub(super) checks: Checks,
    /// How many requests may be lost.
    pub(super) may_lose: Loss,
}

/// How many requests an outage may cost.
#[derive(Clone, Copy, Debug)]
pub(super) enum Loss {
    /// Only those that the server was busy with when it died, at most this many.
    InFlight(usize),
    /// All that were sent to the server until it was left out.
    UntilLeftOut,
    /// All until it is back: there is no other server.
    UntilBack,
}

/// When things happened.
struct Times {
    /// The kill was begun; some servers take a moment to end.
    killed: Instant,
    /// The server's port refuses connections.
    dead: Instant,
    down: Option<Instant>,
    restarted: Instant,
    up: Option<Instant>,
}

impl Outage<'_> {
    /// Plays the outage under requests made by `request` and writes its figures; gives the requests.
    /// `while_left_out` is done when the balancer has left the server out.
    pub(super) fn play(
        &self,
        sheet: &mut Sheet,
        request: impl Fn(usize) -> Sample + Sync,
        victim: &mut dyn Mortal,
        while_left_out: impl FnOnce() -> Result<()>,
    ) -> Result<Vec<Sample>> {
        let act = |traffic: &Traffic| self.act(traffic, victim, while_left_out);
        let (samples, times) = load::during(self.client, EVERY, request, act)?;
        self.judge(sheet, &samples, &times);
        Ok(samples)
    }

    fn act(
        &self,
        traffic: &Traffic,
        victim: &mut dyn Mortal,
        while_left_out: impl FnOnce() -> Result<()>,
    ) -> Result<Times> {
        let long = self.checks.left_out_within() + Duration::from_secs(10);
        // By then the server has been checked at least once, which it has to be before it may fail more than once.
        self.wait_for_answer(traffic, Instant::now() + self.checks.inter + SLACK, long)?;

        let seen = self
            .log
            .map_or(Ok(0), |(log, _)| log.lines().map(|lines| lines.len()))?;
        let killed = Instant::now();
        victim.kill()?;
        let dead = Instant::now();
        let down = self.wait_for_line("DOWN", seen, long)?;
        until(long, &format!("{} to be left out", self.server), || {
            let since = down.unwrap_or(killed);
            Ok(is_calm_since(&traffic.samples(), since, self.may_lose).then_some(()))
        })?;
        while_left_out()?;

        let seen = self
            .log
            .map_or(Ok(0), |(log, _)| log.lines().map(|lines| lines.len()))?;
        victim.revive()?;
        let restarted = Instant::now();
        let up = self.wait_for_line("UP", seen, long)?;
        self.wait_for_answer(traffic, up.unwrap_or(restarted), long)?;
        Ok(Times {
            killed,
            dead,
            down,
            restarted,
            up,
        })
    }

    fn wait_for_line(&self, state: &str, after: usize, limit: Duration) -> Result<Option<Instant>> {
        let Some((log, server)) = self.log else {
            return Ok(None);
        };
        log.wait_for(&[&format!("Server {server} is {state}")], after, limit)?;
        Ok(Some(Instant::now()))
    }

    fn wait_for_answer(&self, traffic: &Traffic, since: Instant, limit: Duration) -> Result<()> {
        until(limit, &format!("an answer from {}", self.server), || {
            let samples = traffic.samples();
            Ok(samples
                .iter()
                .any(|s| s.start >= since && s.server() == Some(self.server))
                .then_some(()))
        })?;
        Ok(())
    }

    fn judge(&self, sheet: &mut Sheet, samples: &[Sample], times: &Times) {
        let (server, limits) = (self.server, self.checks);
        let troubled = |s: &&Sample| {
            s.start >= times.killed && s.start < times.restarted && !is_prompt(s, self.may_lose)
        };
        let last_trouble = samples
            .iter()
            .filter(troubled)
            .map(|s| s.start.duration_since(times.killed))
            .max();

        if let Some(down) = times.down {
            let what = format!("{server} killed: logged as DOWN after");
            sheet.within(&what, down.duration_since(times.killed), limits.left_out_within());
        }
        let what = format!("{server} killed: last request that met it began after");
        let limit = limits.left_out_within();
        sheet.check(
            &what,
            last_trouble.map_or("none met it".to_owned(), |last| {
                format!("{:.2} s", last.as_secs_f64())
            }),
            format!("at most {:.1} s", limit.as_secs_f64()),
            last_trouble.is_none_or(|last| last <= limit),
        );

        let meanwhile: Vec<&Sample> = samples
            .iter()
            .filter(|s| s.start >= times.killed && s.start < times.restarted)
            .collect();
        let lost = meanwhile.iter().filter(|s| s.server().is_none()).count();
        let figure = format!(
            "{lost} of {} ({})",
            meanwhile.len(),
            none_if_empty(load::losses(meanwhile.iter().copied()))
        );
        let (must_be, passed) = match self.may_lose {
            Loss::InFlight(most) => (format!("at most {most}, in flight"), lost <= most),
            Loss::UntilLeftOut => ("only until it is left out".to_owned(), lost < meanwhile.len()),
            Loss::UntilBack => ("all, until it is back".to_owned(), lost == meanwhile.len()),
        };
        sheet.check(&format!("{server} dead: requests lost"), figure, must_be, passed);

        let longest = meanwhile.iter().map(|s| s.took).max().unwrap_or_default();
        sheet.within(
            &format!("{server} dead: longest request"),
            longest,
            RETRIES + SLACK,
        );

        if let Some(down) = times.down {
            let late = samples
                .iter()
                .filter(troubled)
                .filter(|s| s.start > down + EVERY)
                .count();
            sheet.equal(&format!("{server} left out: requests that still met it"), late, 0);
        }
        let counts = load::by_server(meanwhile.into_iter().filter(|s| s.start >= times.dead));
        sheet.check(
            &format!("{server} dead: answers"),
            load::figure(&counts),
            format!("none by {server}"),
            !counts.contains_key(server),
        );

        if let Some(up) = times.up {
            let what = format!("{server} restarted: logged as UP after");
            sheet.within(
                &what,
                up.saturating_duration_since(times.restarted),
                limits.back_within(),
            );
        }
        let back = samples
            .iter()
            .filter(|s| s.start >= times.restarted && s.server() == Some(server));
        let back = back
            .map(|s| (s.start + s.took).duration_since(times.restarted))
            .min();
        let what = format!("{server} restarted: first answer after");
        sheet.within(
            &what,
            back.unwrap_or(Duration::MAX),
            limits.back_within() + 2 * EVERY,
        );
    }
}

/// Whether a request met no dead server: it was answered without delay, by a server where there is another one.
fn is_prompt(sample: &Sample, may_lose: Loss) -> bool {
    let answered = match may_lose {
        Loss::UntilBack => sample.outcome.is_ok(),
        Loss::InFlight(_) | Loss::UntilLeftOut => sample.server().is_some(),
    };
    answered && sample.took < PROMPT
}

/// Whether enough requests in a row, none missing between them, have been answered promptly since then.
fn is_calm_since(samples: &[Sample], since: Instant, may_lose: Loss) -> bool {
    let mut run = 0;
    let mut next = None;
    for sample in samples.iter().filter(|s| s.start >= since) {
        let follows = next.is_none_or(|n| n == sample.number);
        run = match (is_prompt(sample, may_lose), follows) {
            (true, true) => run + 1,
            (true, false) => 1,
            (false, _) => 0,
        };
        if run >= CALM {
            return true;
        }
        next = Some(sample.number + 1);
    }
    false
}

fn none_if_empty(text: String) -> String {
    if text.is_empty() { "none".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::load::Reply;

    fn samples(missing: usize) -> Vec<Sample> {
        let answer = |number| {
            let reply = Reply {
                server: Some("web2".to_owned()),
                status: 200,
                size: 0,
                body: 0,
            };
            Sample::take(number, String::new(), |_| Ok(reply))
        };
        (0..=CALM)
            .filter(|number| *number != missing)
            .map(answer)
            .collect()
    }

    #[test]
    fn it_is_calm_after_enough_prompt_answers_without_a_gap() {
        let start = Instant::now();
        assert!(is_calm_since(&samples(0), start, Loss::InFlight(0)));
        // A request that has not ended yet may still be waiting for the dead server.
        assert!(!is_calm_since(&samples(CALM / 2), start, Loss::InFlight(0)));
    }

    #[test]
    fn a_refusal_is_prompt_only_where_no_other_server_is_left() {
        let reply = Reply {
            server: None,
            status: 503,
            size: 0,
            body: 0,
        };
        let refused = Sample::take(0, String::new(), |_| Ok(reply));
        assert!(is_prompt(&refused, Loss::UntilBack));
        assert!(!is_prompt(&refused, Loss::UntilLeftOut));
    }
}
