//! A node with a thousand instances, all masters: whether adverts are on time, and what that costs.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use anyhow::{Result, bail};

use super::Args;
use super::node::{GLOBAL, Node, Recording, Subject, instance, milliseconds};
use crate::wait::pause;

/// A number names this many routers of one interface.
const PER_INTERFACE: usize = 250;

/// The time between two adverts.
const INTERVAL: Duration = Duration::from_secs(1);

/// How far from its schedule an advert counts as on time.
const ON_TIME: Duration = Duration::from_millis(5);

pub(super) fn measure(args: &Args, subject: &Subject) -> Result<Vec<String>> {
    let (node, listener) = (Node::new()?, Node::new()?);
    let interfaces = args.instances.div_ceil(PER_INTERFACE);
    for number in 0..interfaces {
        let name = format!("eth{number}");
        node.network.connect(&name, &listener.network, &name)?;
        let address = format!("10.{number}.0.1/16");
        node.network.ip(&["addr", "add", &address, "dev", &name])?;
    }
    let mut text = GLOBAL.to_owned();
    for number in 0..args.instances {
        let (on, vrid) = (number / PER_INTERFACE, number % PER_INTERFACE + 1);
        let (name, interface) = (format!("VI_{number}"), format!("eth{on}"));
        text += &instance(&name, &interface, vrid, 150, "1", &format!("10.{on}.9.{vrid}"));
    }
    node.write(&text)?;
    let start = SystemTime::now();
    let running = node.start(subject)?;
    node.wait_for(args.instances, &running)?;
    let all_masters = start.elapsed()?;
    // What the start needs is no part of the rest.
    pause(INTERVAL * 3);
    let recording = Recording::start(&listener.network)?;
    let before = running.cpu()?;
    pause(Duration::from_secs(args.seconds));
    let used = running.cpu()?.saturating_sub(before);
    let memory = running.memory()?;
    let adverts = recording.end()?;
    running.stop()?;

    let mut of_each: BTreeMap<([u8; 4], u8), Vec<SystemTime>> = BTreeMap::new();
    for advert in &adverts {
        of_each
            .entry((advert.source, advert.vrid))
            .or_default()
            .push(advert.at);
    }
    if of_each.len() != args.instances {
        bail!("{} of {} instances sent adverts", of_each.len(), args.instances);
    }
    let mut late: Vec<Duration> = Vec::new();
    let mut apart: Vec<Duration> = Vec::new();
    for times in of_each.values() {
        late.extend(behind_schedule(times));
        apart.extend(times.windows(2).map(|two| gap(two[0], two[1]).abs_diff(INTERVAL)));
    }
    Ok(vec![
        format!(
            "{} instances, all masters after {:.1} s; {} adverts in {} s; CPU {:.2} %, {:.1} MiB",
            args.instances,
            all_masters.as_secs_f64(),
            adverts.len(),
            args.seconds,
            used.as_secs_f64() * 100.0 / Duration::from_secs(args.seconds).as_secs_f64(),
            f64::from(u32::try_from(memory)?) / 1024.0
        ),
        format!("behind schedule:            {}", spread(&mut late)),
        format!("off an interval from the last: {}", spread(&mut apart)),
    ])
}

/// How far each advert came behind the schedule that the most punctual of them shows.
fn behind_schedule(times: &[SystemTime]) -> Vec<Duration> {
    let begin = times.first().copied().unwrap_or(SystemTime::UNIX_EPOCH);
    let offsets: Vec<i128> = (0_i128..)
        .zip(times)
        .map(|(number, at)| {
            let since = gap(begin, *at).as_nanos() as i128;
            since - number * INTERVAL.as_nanos() as i128
        })
        .collect();
    let first = offsets.iter().min().copied().unwrap_or_default();
    let nanoseconds = offsets
        .iter()
        .map(|offset| u64::try_from(offset - first).unwrap_or(u64::MAX));
    nanoseconds.map(Duration::from_nanos).collect()
}

fn gap(from: SystemTime, to: SystemTime) -> Duration {
    to.duration_since(from).unwrap_or_default()
}

/// Percentiles, and the share that is on time.
fn spread(all: &mut [Duration]) -> String {
    all.sort_unstable();
    let at = |share: f64| {
        let place = (all.len() as f64 * share) as usize;
        all.get(place.min(all.len().saturating_sub(1)))
            .copied()
            .unwrap_or_default()
    };
    let on_time = all.partition_point(|one| *one <= ON_TIME);
    format!(
        "p50 {:.2} ms, p99 {:.2} ms, p99.9 {:.2} ms, at most {:.2} ms; {:.2} % within 5 ms",
        milliseconds(at(0.5)),
        milliseconds(at(0.99)),
        milliseconds(at(0.999)),
        milliseconds(at(1.0)),
        on_time as f64 * 100.0 / all.len().max(1) as f64
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lateness_is_that_behind_the_most_punctual_advert() {
        let at = |millis: u64| SystemTime::UNIX_EPOCH + Duration::from_millis(millis);
        let late = behind_schedule(&[at(7), at(1000), at(2003)]);
        assert_eq!(late, [7, 0, 3].map(Duration::from_millis));
        assert!(behind_schedule(&[]).is_empty());
    }

    #[test]
    fn a_spread_says_how_many_are_on_time() {
        let mut all: Vec<Duration> = [1, 2, 3, 50].map(Duration::from_millis).to_vec();
        assert!(spread(&mut all).ends_with("at most 50.00 ms; 75.00 % within 5 ms"));
    }
}
