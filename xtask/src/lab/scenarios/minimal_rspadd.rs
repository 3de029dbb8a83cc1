//! Document 002's minimal file: four servers by host name, and a header added to every answer.

use std::io::Write;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Result;

use super::web;
use crate::lab::http;
use crate::lab::pacing::until;
use crate::lab::programs::nginx::{Nginx, SEEN_FORWARDED_FOR};
use crate::lab::programs::rsyslog::Rsyslog;
use crate::lab::stage::Stage;

/// Plays the scenario.
pub(super) fn play(stage: &mut Stage<'_>) -> Result<()> {
    let network = stage.network(&[
        ("lb1", &["192.168.2.1/24"]),
        ("web1", &["192.168.2.2/24"]),
        ("web2", &["192.168.2.3/24"]),
        ("web3", &["192.168.2.4/24"]),
        ("web4", &["192.168.2.5/24"]),
        ("client", &["192.168.2.200/24"]),
    ])?;
    let (lb1, client) = (network.node("lb1")?, network.node("client")?);
    let target: SocketAddr = "192.168.2.1:80".parse()?;
    let mut servers = Vec::new();
    let mut hosts = std::fs::OpenOptions::new()
        .append(true)
        .open(lb1.path("/etc/hosts"))?;
    for number in 1..=4 {
        let address = format!("192.168.2.{}", number + 1);
        writeln!(hosts, "{address} IP_OF_MACHINE_0{number}")?;
        let node = network.node(&format!("web{number}"))?;
        servers.push(Nginx::start(
            node,
            &format!("web{number}"),
            &format!("{address}:8080"),
        )?);
    }
    let log = Rsyslog::start(lb1)?;
    let balancer = stage.balancer(lb1, "002-minimal-rspadd.cfg")?;
    let sheet = &mut stage.sheet;

    let samples = web::sequence(client, target, "/even/", 100)?;
    web::even_shares(sheet, "100 requests", &samples, &["web1", "web2", "web3", "web4"]);
    let answer = client.inside(|| http::get(target, "/", &[]))??;
    sheet.equal(
        "X-Forwarded-Host in the answer",
        answer.header("x-forwarded-host").unwrap_or("none"),
        r"http:\\example.com",
    );
    sheet.equal(
        "X-Forwarded-For at the server",
        answer.header(SEEN_FORWARDED_FOR).unwrap_or("none"),
        "192.168.2.200",
    );

    // `log` stands in `global` alone: the process logs its start and end, the proxies log nothing.
    sheet.within(
        "stopped softly within",
        balancer.stop_softly()?,
        Duration::from_secs(2),
    );
    let requests = log
        .lines()?
        .iter()
        .filter(|line| line.text.contains("192.168.2.200"))
        .count();
    sheet.equal("log lines about requests, without `log global`", requests, 0);
    let (refusal, _) = until(Duration::from_secs(5), "the port to be closed", || {
        Ok(client.inside(|| http::get(target, "/", &[]))?.err())
    })?;
    let refusal = format!("{refusal:#}");
    let refused = refusal.contains("refused");
    sheet.check("stopped: a request", refusal, "refused", refused);
    Ok(())
}
