//! Document 004: the web farm of HAProxy 1.3, with a prefixed application cookie, HTTP checks and the statistics page.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result};

use super::http_log::HttpLog;
use super::outage::{Checks, Loss, Outage, SLACK};
use super::{statistics, web};
use crate::lab::http::{self, Answer};
use crate::lab::load::Sample;
use crate::lab::node::Node;
use crate::lab::programs::nginx::{LOGIN, Nginx, SEEN_COOKIE, SESSION};
use crate::lab::programs::rsyslog::Rsyslog;
use crate::lab::sheet::Sheet;
use crate::lab::stage::Stage;

const CLIENT: &str = "192.168.0.200";
const CHECKS: Checks = Checks::DEFAULT;

/// Plays the scenario.
pub(super) fn play(stage: &mut Stage<'_>) -> Result<()> {
    let network = stage.network(&[
        ("lb1", &["192.168.0.100/24", "192.168.0.99/32"]),
        ("web1", &["192.168.0.102/24"]),
        ("client", &["192.168.0.200/24"]),
    ])?;
    let (lb1, client) = (network.node("lb1")?, network.node("client")?);
    let target: SocketAddr = "192.168.0.99:80".parse()?;
    let mut web_a = Nginx::start(network.node("web1")?, "webA", "192.168.0.102:80")?;
    let log = Rsyslog::start(lb1)?;
    let balancer = stage.balancer(lb1, "004-webfarm-1.3.cfg")?;
    let sheet = &mut stage.sheet;

    let mut samples = web::sequence(client, target, "/even/", 50)?;
    web::only_by(sheet, "50 requests", &samples, "webA");
    samples.extend(prefixed_cookie(sheet, client, target)?);
    unwell(sheet, client, target, &web_a, &log, &mut samples)?;

    let outage = Outage {
        client,
        server: "webA",
        log: Some((&log, "webfarm/webA")),
        checks: CHECKS,
        may_lose: Loss::UntilBack,
    };
    let mut left_out = Vec::new();
    let request = |number| web::sample(target, "/outage/", number, &[]);
    samples.extend(outage.play(sheet, request, &mut web_a, || {
        left_out = web::sequence(client, target, "/left-out/", 20)?;
        Ok(())
    })?);
    let refused = left_out
        .iter()
        .filter(|s| s.outcome.as_ref().is_ok_and(|r| r.status == 503))
        .count();
    sheet.equal("webA left out: 20 requests answered with 503", refused, 20);
    samples.extend(left_out);

    let tag = balancer.tag();
    let fields = HttpLog {
        client: CLIENT,
        frontend: "webfarm",
        facility: "local0",
        tag: &tag,
    };
    fields.compare(sheet, &log, &samples)?;
    let lines = log.lines()?;
    let notices: Vec<_> = lines.iter().filter(|line| line.facility == "local1").collect();
    let worthy = notices
        .iter()
        .filter(|l| ["emerg", "alert", "crit", "err", "warning", "notice"].contains(&&*l.severity));
    let worthy = worthy.count();
    let changes = notices
        .iter()
        .filter(|line| line.text.contains("Server webfarm/webA is "))
        .count();
    sheet.check(
        "local1, which takes notices and above",
        format!(
            "{} lines, {worthy} of them notices or above, {changes} state changes",
            notices.len()
        ),
        "4 state changes, nothing below notice",
        changes == 4 && worthy == notices.len(),
    );

    let page = "http://192.168.0.99/haproxy?stats";
    statistics::read(sheet, client, page, "someuser:somepassword", &["webfarm", "webA"])?;
    sheet.within(
        "stopped softly within",
        balancer.stop_softly()?,
        Duration::from_secs(2),
    );
    stage.keep(log.file(), "lb1-syslog.txt")
}

/// The application's cookie comes to the client with the server's name before it, and back to the server without.
fn prefixed_cookie(sheet: &mut Sheet, client: &Node, target: SocketAddr) -> Result<Vec<Sample>> {
    let mut answers: Vec<Answer> = Vec::new();
    let samples = client.inside(|| {
        let mut ask = |path: &str, headers: &[String]| {
            Sample::take(0, path.to_owned(), |path| {
                let answer = http::get(target, path, headers)?;
                let reply = web::reply(&answer);
                answers.push(answer);
                Ok(reply)
            })
        };
        let cookie = format!("Cookie: JSESSIONID=A~{SESSION}");
        [ask(LOGIN, &[]), ask("/session", &[cookie])]
    })?;
    let (login, session) = answers
        .first()
        .zip(answers.get(1))
        .context("the application did not answer")?;
    let expected = format!("JSESSIONID=A~{SESSION}; path=/");
    sheet.equal(
        "cookie of a new session",
        login.header("set-cookie").unwrap_or("none"),
        expected.as_str(),
    );
    let expected = format!("JSESSIONID={SESSION}");
    sheet.equal(
        "cookie at the server",
        session.header(SEEN_COOKIE).unwrap_or("none"),
        expected.as_str(),
    );
    sheet.equal(
        "connection of the answer",
        session.header("connection").unwrap_or("none"),
        "close",
    );
    Ok(samples.into())
}

/// A web server that answers, but whose check page is missing, is left out as well.
fn unwell(
    sheet: &mut Sheet,
    client: &Node,
    target: SocketAddr,
    web_a: &Nginx<'_>,
    log: &Rsyslog,
    samples: &mut Vec<Sample>,
) -> Result<()> {
    let limit = CHECKS.left_out_within() + Duration::from_secs(10);
    let seen = log.lines()?.len();
    web_a.set_well(false)?;
    let (_, took) = log.wait_for(&["Server webfarm/webA is DOWN", "404"], seen, limit)?;
    sheet.within(
        "check page gone: logged as DOWN after",
        took,
        CHECKS.left_out_within(),
    );
    let sample = client.inside(|| web::sample(target, "/unwell/", 0, &[]))?;
    let status = sample.outcome.as_ref().map_or(0, |reply| reply.status);
    sheet.equal("check page gone: a request", status, 503);
    samples.push(sample);

    let seen = log.lines()?.len();
    web_a.set_well(true)?;
    let (_, took) = log.wait_for(&["Server webfarm/webA is UP", "200"], seen, limit)?;
    sheet.within(
        "check page back: logged as UP after",
        took,
        CHECKS.inter * CHECKS.rise + SLACK,
    );
    Ok(())
}
