//! Document 000: two web servers by `leastconn`, and a backup server on the balancer itself.

use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use anyhow::Result;

use super::http_log::HttpLog;
use super::outage::{Checks, Loss, Outage};
use super::web;
use crate::lab::http;
use crate::lab::load::{self, Sample, Traffic};
use crate::lab::node::Node;
use crate::lab::pacing::until;
use crate::lab::programs::Mortal;
use crate::lab::programs::nginx::{Nginx, SEEN_FORWARDED_FOR, SLOW};
use crate::lab::programs::rsyslog::Rsyslog;
use crate::lab::sheet::Sheet;
use crate::lab::stage::Stage;

const CLIENT: &str = "10.10.1.200";
const CHECKS: Checks = Checks {
    inter: Duration::from_secs(2),
    rise: 2,
    fall: 5,
};

/// Plays the scenario.
pub(super) fn play(stage: &mut Stage<'_>) -> Result<()> {
    let network = stage.network(&[
        ("lb1", &["10.10.1.1/24"]),
        ("web1", &["10.10.1.10/24"]),
        ("web2", &["10.10.1.11/24"]),
        ("client", &["10.10.1.200/24"]),
    ])?;
    let (lb1, client) = (network.node("lb1")?, network.node("client")?);
    let target: SocketAddr = "10.10.1.1:80".parse()?;
    let mut web1 = Nginx::start(network.node("web1")?, "web1", "10.10.1.10:80")?;
    let mut web2 = Nginx::start(network.node("web2")?, "web2", "10.10.1.11:80")?;
    let _backup = Nginx::start(lb1, "backup", "127.0.0.1:8080")?;
    let log = Rsyslog::start(lb1)?;
    let balancer = stage.balancer(lb1, "000-webapp-leastconn.cfg")?;
    let sheet = &mut stage.sheet;

    let mut samples = web::sequence(client, target, "/even/", 100)?;
    web::even_shares(
        sheet,
        "100 requests one after another",
        &samples,
        &["web1", "web2"],
    );
    samples.push(forwarded_for(sheet, client, target)?);
    samples.extend(least_connections(sheet, client, target, &log)?);

    let outage = Outage {
        client,
        server: "web1",
        log: Some((&log, "app_servers/web1")),
        checks: CHECKS,
        may_lose: Loss::InFlight(1),
    };
    samples.extend(outage.play(
        sheet,
        |number| web::sample(target, "/outage/", number, &[]),
        &mut web1,
        || Ok(()),
    )?);
    samples.extend(backup(sheet, client, target, &log, [&mut web1, &mut web2])?);

    let tag = balancer.tag();
    let fields = HttpLog {
        client: CLIENT,
        frontend: "main_webapp",
        facility: "local2",
        tag: &tag,
    };
    fields.close(stage, &log, &samples, balancer)
}

/// The server is told who asks.
fn forwarded_for(sheet: &mut Sheet, client: &Node, target: SocketAddr) -> Result<Sample> {
    let mut seen = String::from("none");
    let sample = client.inside(|| {
        Sample::take(0, "/forwarded".to_owned(), |path| {
            let answer = http::get(target, path, &[])?;
            seen = answer.header(SEEN_FORWARDED_FOR).unwrap_or("none").to_owned();
            Ok(web::reply(&answer))
        })
    })?;
    sheet.equal("X-Forwarded-For at the server", seen.as_str(), CLIENT);
    Ok(sample)
}

/// Connections that last: each server gets as many, and the one that loses its own gets the next.
fn least_connections(
    sheet: &mut Sheet,
    client: &Node,
    target: SocketAddr,
    log: &Rsyslog,
) -> Result<Vec<Sample>> {
    let hold = |numbers: std::ops::Range<usize>| {
        client.inside(|| {
            numbers
                .map(|number| Held::open(target, number))
                .collect::<Result<Vec<_>>>()
        })?
    };
    let mut held = hold(0..20)?;
    web::even_shares(
        sheet,
        "20 connections held at once",
        &samples_of(&held),
        &["web1", "web2"],
    );

    let seen = log.lines()?.len();
    let (first, second): (Vec<Held>, Vec<Held>) =
        held.into_iter().partition(|h| h.sample.server() == Some("web1"));
    let mut samples = samples_of(&first);
    drop(first);
    // The balancer has seen the clients leave when it has logged them.
    until(
        Duration::from_secs(10),
        "the log lines of the closed connections",
        || {
            let gone = log
                .lines()?
                .iter()
                .skip(seen)
                .filter(|line| line.text.contains(SLOW))
                .count();
            Ok((gone >= samples.len()).then_some(()))
        },
    )?;
    held = hold(20..28)?;
    web::only_by(
        sheet,
        "web1's closed, then 8 more opened",
        &samples_of(&held),
        "web1",
    );

    samples.extend(samples_of(&held));
    samples.extend(samples_of(&second));
    for sample in &mut samples {
        // The clients leave before the end, so they cannot say how long the answers were.
        sample.outcome = Err("left by the client".to_owned());
    }
    Ok(samples)
}

/// An answer that is still coming.
struct Held {
    sample: Sample,
    _stream: TcpStream,
}

impl Held {
    fn open(target: SocketAddr, number: usize) -> Result<Self> {
        let path = format!("{SLOW}?{number}");
        let (answer, stream) = http::open(target, &path)?;
        Ok(Self {
            sample: Sample::take(number, path, |_| Ok(web::reply(&answer))),
            _stream: stream,
        })
    }
}

fn samples_of(held: &[Held]) -> Vec<Sample> {
    held.iter().map(|held| held.sample.clone()).collect()
}

/// The backup server is used when all others are down and only then.
fn backup(
    sheet: &mut Sheet,
    client: &Node,
    target: SocketAddr,
    log: &Rsyslog,
    [web1, web2]: [&mut dyn Mortal; 2],
) -> Result<Vec<Sample>> {
    let limit = CHECKS.left_out_within() + Duration::from_secs(10);
    let request = |number| web::sample(target, "/backup/", number, &[]);
    let (samples, (killed, down, restarted, up)) =
        load::during(client, Duration::from_millis(50), request, |traffic: &Traffic| {
            until(limit, "answers from the servers", || {
                Ok((traffic.samples().len() >= 20).then_some(()))
            })?;
            let seen = log.lines()?.len();
            let killed = Instant::now();
            web1.kill()?;
            web2.kill()?;
            for server in ["web1", "web2"] {
                log.wait_for(&[&format!("Server app_servers/{server} is DOWN")], seen, limit)?;
            }
            let down = Instant::now();
            until(limit, "answers from the backup server", || {
                let served = traffic
                    .samples()
                    .iter()
                    .filter(|s| s.start > down && s.server().is_some())
                    .count();
                Ok((served >= 20).then_some(()))
            })?;
            sheet.within(
                "both servers killed: both logged as DOWN after",
                down.duration_since(killed),
                CHECKS.left_out_within(),
            );
            let seen = log.lines()?.len();
            web1.revive()?;
            let restarted = Instant::now();
            log.wait_for(&["Server app_servers/web1 is UP"], seen, limit)?;
            let up = Instant::now();
            until(limit, "answers from web1", || {
                let served = traffic
                    .samples()
                    .iter()
                    .filter(|s| s.start > up && s.server().is_some())
                    .count();
                Ok((served >= 20).then_some(()))
            })?;
            Ok((killed, down, restarted, up))
        })?;
    let margin = Duration::from_millis(100);
    let part = |from: Option<Instant>, to: Option<Instant>| -> Vec<Sample> {
        let within = |s: &&Sample| {
            from.is_none_or(|t| s.start > t + margin) && to.is_none_or(|t| s.start + s.took < t)
        };
        samples.iter().filter(within).cloned().collect()
    };
    web::only_by(
        sheet,
        "all servers down: answers",
        &part(Some(down), Some(restarted)),
        "backup",
    );
    web::only_by(sheet, "web1 up again: answers", &part(Some(up), None), "web1");
    let early = part(None, Some(killed))
        .iter()
        .filter(|s| s.server() == Some("backup"))
        .count();
    sheet.equal("servers not yet killed: answers by the backup", early, 0);

    let seen = log.lines()?.len();
    web2.revive()?;
    log.wait_for(&["Server app_servers/web2 is UP"], seen, limit)?;
    Ok(samples)
}
