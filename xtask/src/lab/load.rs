//! Load on a balancer: requests one after another, or begun at a steady pace while something else happens.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use super::node::Node;

/// What came back for a request.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    /// The server that answered, if it was one of ours.
    pub(super) server: Option<String>,
    pub(super) status: u16,
    /// Every byte received, and those of them that were the body.
    pub(super) size: usize,
    pub(super) body: usize,
}

/// One request and how it went.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    /// Its place among the requests that were made together.
    pub(super) number: usize,
    /// The request's path, by which it is found in the log.
    pub(super) path: String,
    pub(super) start: Instant,
    pub(super) took: Duration,
    pub(super) outcome: Result<Reply, String>,
}

impl Sample {
    /// Makes a request and takes its time.
    pub(super) fn take(number: usize, path: String, request: impl FnOnce(&str) -> Result<Reply>) -> Self {
        let start = Instant::now();
        let outcome = request(&path).map_err(|error| format!("{error:#}"));
        Self {
            number,
            path,
            start,
            took: start.elapsed(),
            outcome,
        }
    }

    /// The server that answered.
    pub(super) fn server(&self) -> Option<&str> {
        self.outcome
            .as_ref()
            .ok()
            .and_then(|reply| reply.server.as_deref())
    }
}

/// Requests that have ended, while others are still being made.
#[derive(Clone, Debug, Default)]
pub(super) struct Traffic {
    ended: Arc<Mutex<Vec<Sample>>>,
}

impl Traffic {
    /// The samples so far, by their start.
    pub(super) fn samples(&self) -> Vec<Sample> {
        let mut samples = self.ended.lock().unwrap_or_else(PoisonError::into_inner).clone();
        samples.sort_by_key(|sample| sample.start);
        samples
    }

    fn add(&self, sample: Sample) {
        self.ended
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(sample);
    }
}

/// Begins a request every `every` from the node's network, each on a thread of its own, as long as `meanwhile` runs.
/// `request` is given the request's number.
pub(super) fn during<T>(
    node: &Node,
    every: Duration,
    request: impl Fn(usize) -> Sample + Sync,
    meanwhile: impl FnOnce(&Traffic) -> Result<T>,
) -> Result<(Vec<Sample>, T)> {
    let traffic = Traffic::default();
    let (stop, stopped) = channel::<()>();
    let (generated, done) = std::thread::scope(|scope| {
        // Owned here, so that a panic in `meanwhile` stops the load as well.
        let stop = stop;
        let (request, ended) = (&request, &traffic);
        let generate = move || generate(every, request, ended, &stopped);
        let generator = scope.spawn(move || node.inside(generate));
        let done = meanwhile(&traffic);
        drop(stop);
        (generator.join(), done)
    });
    match generated {
        Ok(result) => result?,
        Err(_) => bail!("the load generator panicked"),
    }
    Ok((traffic.samples(), done?))
}

fn generate(
    every: Duration,
    request: &(impl Fn(usize) -> Sample + Sync),
    traffic: &Traffic,
    stopped: &Receiver<()>,
) {
    let first = Instant::now();
    std::thread::scope(|scope| {
        for number in 0.. {
            scope.spawn(move || traffic.add(request(number)));
            let next =
                first + every.saturating_mul(u32::try_from(number).unwrap_or(u32::MAX).saturating_add(1));
            if stopped.recv_timeout(next.saturating_duration_since(Instant::now()))
                != Err(RecvTimeoutError::Timeout)
            {
                break;
            }
        }
    });
}

/// How many answers came from each server; requests that none answered count as `lost`.
pub(super) fn by_server<'a>(samples: impl IntoIterator<Item = &'a Sample>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for sample in samples {
        *counts
            .entry(sample.server().unwrap_or("lost").to_owned())
            .or_default() += 1;
    }
    counts
}

/// Such counts as a figure.
pub(super) fn figure(counts: &BTreeMap<String, usize>) -> String {
    counts
        .iter()
        .map(|(server, count)| format!("{server} {count}"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// The answers without a server, and errors, with how often each came.
pub(super) fn losses<'a>(samples: impl IntoIterator<Item = &'a Sample>) -> String {
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for sample in samples.into_iter().filter(|sample| sample.server().is_none()) {
        let kind = match &sample.outcome {
            Ok(reply) => reply.status.to_string(),
            Err(error) => error.clone(),
        };
        *kinds.entry(kind).or_default() += 1;
    }
    kinds
        .iter()
        .map(|(kind, count)| format!("{count} × {kind}"))
        .collect::<Vec<_>>()
        .join(", ")
}
