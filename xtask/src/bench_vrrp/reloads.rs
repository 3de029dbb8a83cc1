//! A master whose file is read again and again: whether an advert is late or left out.

use std::time::{Duration, SystemTime};

use anyhow::{Result, bail};
use nix::sys::signal::Signal;

use super::Args;
use super::node::{GLOBAL, Node, Recording, Subject, instance, milliseconds};
use crate::wait::pause;

/// The time between two adverts, and between two reloads: they fall on all parts of an interval.
const INTERVAL: Duration = Duration::from_millis(200);
const EVERY: Duration = Duration::from_millis(170);

pub(super) fn measure(args: &Args, subject: &Subject) -> Result<Vec<String>> {
    let (node, listener) = (Node::new()?, Node::new()?);
    node.network.connect("eth0", &listener.network, "eth0")?;
    node.network.ip(&["addr", "add", "10.0.0.1/24", "dev", "eth0"])?;
    let text = |addresses: &str| {
        let text = instance("VI_1", "eth0", 51, 150, "0.2", "10.0.0.99");
        format!("{GLOBAL}{}", text.replace("10.0.0.99/32\n", addresses))
    };
    let files = [text("10.0.0.99/32\n"), text("10.0.0.99/32\n 10.0.0.98/32\n")];
    node.write(&files[0])?;
    let running = node.start(subject)?;
    node.wait_for(1, &running)?;
    let recording = Recording::start(&listener.network)?;
    let from = SystemTime::now();
    for number in 0..args.reloads {
        // Each second one changes what there is to do.
        node.write(&files[(number + 1) % 2])?;
        running.signal(Signal::SIGHUP)?;
        pause(EVERY);
    }
    node.wait_for(1 + args.reloads % 2, &running)?;
    let to = SystemTime::now();
    let adverts = recording.end()?;
    running.stop()?;
    if adverts.len() < 2 {
        bail!("{} adverts in all", adverts.len());
    }
    // Before the first and behind the last there may be no more silence than between two.
    let times = adverts.iter().map(|advert| advert.at);
    let times: Vec<SystemTime> = std::iter::once(from).chain(times).chain([to]).collect();
    let gaps: Vec<Duration> = times
        .windows(2)
        .map(|two| two[1].duration_since(two[0]).unwrap_or_default())
        .collect();
    let longest = gaps.iter().max().copied().unwrap_or_default();
    let missed = gaps.iter().filter(|gap| **gap >= INTERVAL * 2).count();
    let resigned = adverts.iter().filter(|advert| advert.priority == 0).count();
    Ok(vec![format!(
        "{} reloads, advert_int 0.2: {} adverts, longest gap {:.1} ms, {missed} intervals without one, {resigned} goodbyes",
        args.reloads,
        adverts.len(),
        milliseconds(longest),
    )])
}
