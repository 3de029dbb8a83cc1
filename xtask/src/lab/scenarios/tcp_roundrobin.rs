//! Document 001: TCP balancing of two web servers on a virtual address, without timeouts and without a log.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Result;

use super::outage::{Checks, Loss, Outage};
use super::web;
use crate::lab::programs::nginx::Nginx;
use crate::lab::stage::Stage;

/// Plays the scenario.
pub(super) fn play(stage: &mut Stage<'_>) -> Result<()> {
    let network = stage.network(&[
        ("lb1", &["192.168.0.100/24", "192.168.0.99/32"]),
        ("web1", &["192.168.0.102/24"]),
        ("web2", &["192.168.0.103/24"]),
        ("client", &["192.168.0.200/24"]),
    ])?;
    let (lb1, client) = (network.node("lb1")?, network.node("client")?);
    let target: SocketAddr = "192.168.0.99:80".parse()?;
    let mut web1 = Nginx::start(network.node("web1")?, "web1", "192.168.0.102:80")?;
    let mut web2 = Nginx::start(network.node("web2")?, "web2", "192.168.0.103:80")?;
    let balancer = stage.balancer(lb1, "001-tcp-roundrobin.cfg")?;
    let sheet = &mut stage.sheet;

    let samples = web::sequence(client, target, "/even/", 100)?;
    web::even_shares(sheet, "100 connections", &samples, &["web1", "web2"]);

    // Without `option redispatch` a connection stays with the server that it was given to.
    let outage = |server| Outage {
        client,
        server,
        log: None,
        checks: Checks::DEFAULT,
        may_lose: Loss::UntilLeftOut,
    };
    let request = |number| web::sample(target, "/outage/", number, &[]);
    outage("web1").play(sheet, request, &mut web1, || Ok(()))?;
    outage("web2").play(sheet, request, &mut web2, || Ok(()))?;

    let samples = web::sequence(client, target, "/even-again/", 100)?;
    web::even_shares(
        sheet,
        "100 connections with both servers back",
        &samples,
        &["web1", "web2"],
    );
    sheet.within(
        "stopped softly within",
        balancer.stop_softly()?,
        Duration::from_secs(2),
    );
    Ok(())
}
