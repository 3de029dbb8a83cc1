//! How long an address has no master when a node is killed, its cable cut, or its program stopped.

use std::time::{Duration, SystemTime};

use anyhow::Result;
use nix::sys::signal::Signal;

use super::Args;
use super::node::{GLOBAL, Node, Recording, Subject, instance, milliseconds};

/// Adverts of each node, in seconds.
const INTERVALS: [&str; 2] = ["1", "0.05"];

/// What befalls the master.
#[derive(Clone, Copy)]
enum Blow {
    Killed,
    Cut,
    Stopped,
}

const BLOWS: [(Blow, &str); 3] = [
    (Blow::Killed, "killed"),
    (Blow::Cut, "cable cut"),
    (Blow::Stopped, "SIGTERM"),
];

pub(super) fn measure(args: &Args, subject: &Subject) -> Result<Vec<String>> {
    let mut out = Vec::new();
    for interval in INTERVALS {
        for (blow, name) in BLOWS {
            let mut times = Vec::new();
            for _ in 0..args.rounds {
                times.push(once(subject, interval, blow)?);
            }
            times.sort_unstable();
            let all: Vec<String> = times
                .iter()
                .map(|time| format!("{:.0}", milliseconds(*time)))
                .collect();
            out.push(format!(
                "advert_int {interval:4} {name:9}: {} ms until the other's first advert (allowed {:.0} ms)",
                all.join(", "),
                milliseconds(allowed(interval, blow))
            ));
        }
    }
    Ok(out)
}

/// By RFC 9568, sections 6.1 and 6.4.2, with 50 ms for the programs: three intervals and the skew time, or after a goodbye the skew
/// time alone.
fn allowed(interval: &str, blow: Blow) -> Duration {
    let interval = Duration::from_secs_f64(interval.parse().unwrap_or(1.0));
    let skew = interval * (256 - u32::from(BACKUP)) / 256;
    let wait = match blow {
        Blow::Killed | Blow::Cut => interval * 3,
        Blow::Stopped => Duration::ZERO,
    };
    wait + skew + Duration::from_millis(50)
}

const MASTER: u8 = 150;
const BACKUP: u8 = 100;
const ADDRESSES: [[u8; 4]; 2] = [[10, 0, 0, 1], [10, 0, 0, 2]];

fn once(subject: &Subject, interval: &str, blow: Blow) -> Result<Duration> {
    let (one, other, switch) = (Node::new()?, Node::new()?, Node::new()?);
    switch.network.ip(&["link", "add", "br0", "type", "bridge"])?;
    switch.network.ip(&["link", "set", "br0", "up"])?;
    for (node, port, priority, address) in [
        (&one, "p1", MASTER, "10.0.0.1/24"),
        (&other, "p2", BACKUP, "10.0.0.2/24"),
    ] {
        node.network.connect("eth0", &switch.network, port)?;
        switch.network.ip(&["link", "set", port, "master", "br0"])?;
        node.network.ip(&["addr", "add", address, "dev", "eth0"])?;
        let text = instance("VI_1", "eth0", 51, priority, interval, "10.0.0.99");
        node.write(&format!("{GLOBAL}{text}"))?;
    }
    let recording = Recording::start(&switch.network)?;
    let first = one.start(subject)?;
    one.wait_for(1, &first)?;
    let second = other.start(subject)?;
    recording.wait_for("advert of the master", |advert| advert.source == ADDRESSES[0])?;
    // The other has heard some before it counts.
    crate::wait::pause(
        Duration::from_secs_f64(interval.parse::<f64>()? * 3.5).max(Duration::from_millis(500)),
    );
    let mut from = SystemTime::now();
    match blow {
        Blow::Killed => first.kill()?,
        Blow::Cut => {
            switch.network.ip(&["link", "set", "p1", "down"])?;
            from = SystemTime::now();
        }
        Blow::Stopped => first.signal(Signal::SIGTERM)?,
    }
    let took = recording.wait_for("advert of the other", |advert| {
        advert.source == ADDRESSES[1] && advert.priority > 0 && advert.at >= from
    })?;
    other.wait_for(1, &second)?;
    second.stop()?;
    Ok(took.at.duration_since(from).unwrap_or_default())
}
