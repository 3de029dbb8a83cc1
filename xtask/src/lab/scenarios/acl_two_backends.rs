//! Document 002: the path chooses between two backends, the second with an active and a passive server.
//!
//! The document shows its `global` and `defaults` sections apart, so the lab puts a file with such sections before the
//! document's own: HTTP mode, timeouts and a log.

use std::fs;
use std::net::SocketAddr;

use anyhow::Result;

use super::http_log::HttpLog;
use super::outage::{Checks, Loss, Outage};
use super::web;
use crate::lab::http;
use crate::lab::load::Sample;
use crate::lab::programs::nginx::Nginx;
use crate::lab::programs::rsyslog::Rsyslog;
use crate::lab::stage::Stage;

const CLIENT: &str = "192.168.2.200";

const BEFORE: &str = "global\n    log 127.0.0.1 local0\n    maxconn 256\n\
    defaults\n    mode http\n    log global\n    option httplog\n    option redispatch\n    retries 3\n\
    timeout connect 5000ms\n    timeout client 50000ms\n    timeout server 50000ms\n";

/// What `rspadd` adds to every answer.
const ADDED: &str = r"http:\\example.com";

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
    let _y1 = Nginx::start(network.node("web1")?, "appY_01", "192.168.2.2:8080")?;
    let _y2 = Nginx::start(network.node("web2")?, "appY_02", "192.168.2.3:8080")?;
    let mut z1 = Nginx::start(network.node("web3")?, "appZ_01", "192.168.2.4:8080")?;
    let _z2 = Nginx::start(network.node("web4")?, "appZ_02", "192.168.2.5:8080")?;
    let log = Rsyslog::start(lb1)?;
    let before = lb1.folder().join("before.cfg");
    fs::write(&before, BEFORE)?;
    let balancer = stage.balancer_after(lb1, &[before], "002-acl-two-backends.cfg")?;
    let sheet = &mut stage.sheet;

    let mut samples = web::sequence(client, target, "/appY/", 50)?;
    web::even_shares(sheet, "50 requests for /appY/", &samples, &["appY_01", "appY_02"]);
    let other_case = web::sequence(client, target, "/APPy/", 50)?;
    web::even_shares(
        sheet,
        "50 requests for /APPy/",
        &other_case,
        &["appY_01", "appY_02"],
    );
    let others = web::sequence(client, target, "/appYard/", 50)?;
    web::only_by(sheet, "50 requests for /appYard/", &others, "appZ_01");
    samples.extend(other_case.into_iter().chain(others));

    let mut added = Vec::new();
    samples.extend(client.inside(|| {
        let mut ask = |path: &str| {
            Sample::take(0, path.to_owned(), |path| {
                let answer = http::get(target, path, &[])?;
                added.push(answer.header("x-forwarded-host").unwrap_or("none").to_owned());
                Ok(web::reply(&answer))
            })
        };
        [ask("/appY/header"), ask("/header")]
    })?);
    sheet.equal(
        "X-Forwarded-Host in the answers of both",
        added.join(" "),
        format!("{ADDED} {ADDED}"),
    );

    let outage = Outage {
        client,
        server: "appZ_01",
        log: Some((&log, "appZ-backend/appZ_01")),
        checks: Checks::DEFAULT,
        // With no other active server left, requests wait for the dead one until their retries are used up.
        may_lose: Loss::UntilLeftOut,
    };
    let mut left_out = Vec::new();
    let request = |number| web::sample(target, "/outage/", number, &[]);
    samples.extend(outage.play(sheet, request, &mut z1, || {
        left_out = web::sequence(client, target, "/left-out/", 20)?;
        Ok(())
    })?);
    web::only_by(sheet, "appZ_01 left out: answers", &left_out, "appZ_02");
    let after = web::sequence(client, target, "/after/", 20)?;
    web::only_by(sheet, "appZ_01 back: answers", &after, "appZ_01");
    samples.extend(left_out.into_iter().chain(after));

    let tag = balancer.tag();
    let fields = HttpLog {
        client: CLIENT,
        frontend: "http-in",
        facility: "local0",
        tag: &tag,
    };
    fields.close(stage, &log, &samples, balancer)
}
