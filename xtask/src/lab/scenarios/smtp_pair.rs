//! Document 002: mail servers behind a balancer in each of two data centres, with `option smtpchk`, logs at a log host and
//! the statistics page over TLS.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result};
use regex::Regex;
use test_support::admin;

use super::outage::{Checks, Loss, Outage};
use super::{statistics, web};
use crate::lab::load::{self, Reply, Sample};
use crate::lab::network::Network;
use crate::lab::node::Node;
use crate::lab::pacing::until;
use crate::lab::programs::browser::Browser;
use crate::lab::programs::certificate;
use crate::lab::programs::postfix::{DOMAIN, Postfix};
use crate::lab::programs::rsyslog::{LogLine, Rsyslog};
use crate::lab::sheet::Sheet;
use crate::lab::smtp::Session;
use crate::lab::stage::Stage;
use crate::lab::subject::Balancer;

pub(super) const USER: &str = "admin:p@ssw0rd";
const PATIENCE: Duration = Duration::from_secs(10);

/// One data centre.
struct Centre {
    balancer: &'static str,
    client: &'static str,
    /// The mail servers, by name and address.
    servers: [(&'static str, &'static str); 2],
    target: &'static str,
    frontend: &'static str,
    file: &'static str,
}

const CENTRES: [Centre; 2] = [
    Centre {
        balancer: "lb1",
        client: "10.0.10.200",
        servers: [("dc1server01", "10.0.10.1:25"), ("dc1server02", "10.0.10.2:25")],
        target: "10.0.10.3:25",
        frontend: "smtpdc1",
        file: "002-smtp-dc1.cfg",
    },
    Centre {
        balancer: "lb2",
        client: "10.0.20.200",
        servers: [("dc2server01", "10.0.20.1:25"), ("dc2server02", "10.0.20.2:25")],
        target: "10.0.20.3:25",
        // The document's second file keeps the first one's name for it.
        frontend: "smtpdc1",
        file: "002-smtp-dc2.cfg",
    },
];

/// Plays the scenario.
pub(super) fn play(stage: &mut Stage<'_>) -> Result<()> {
    let network = stage.network(&[
        ("lb1", &["10.0.10.10/24", "10.0.10.3/32", "172.31.0.11/24"]),
        ("lb2", &["10.0.20.10/24", "10.0.20.3/32", "172.31.0.12/24"]),
        ("dc1server01", &["10.0.10.1/24"]),
        ("dc1server02", &["10.0.10.2/24"]),
        ("dc2server01", &["10.0.20.1/24"]),
        ("dc2server02", &["10.0.20.2/24"]),
        ("loghost", &["172.31.0.254/24"]),
        ("client", &["10.0.10.200/24", "10.0.20.200/24"]),
    ])?;
    let client = network.node("client")?;
    let log = Rsyslog::start(network.node("loghost")?)?;
    for centre in &CENTRES {
        let seen = log.lines()?.len();
        let lb = network.node(centre.balancer)?;
        certificate::install(lb)?;
        let (server1, server2) = (&centre.servers[0], &centre.servers[1]);
        let mut mail1 = Postfix::start(network.node(server1.0)?, server1.1)?;
        let mail2 = Postfix::start(network.node(server2.0)?, server2.1)?;
        let balancer = stage.balancer(lb, centre.file)?;

        let mut samples = greetings(&mut stage.sheet, client, centre)?;
        samples.extend(delivery(&mut stage.sheet, client, centre, &[&mail1, &mail2])?);
        let name = format!("emailservice/{}", server1.0);
        let outage = Outage {
            client,
            server: server1.0,
            log: Some((&log, &name)),
            checks: Checks::DEFAULT,
            may_lose: Loss::InFlight(1),
        };
        let target = centre.target.parse()?;
        let request = |number| greeting(target, number);
        samples.extend(outage.play(&mut stage.sheet, request, &mut mail1, || Ok(()))?);
        samples.extend(administration(stage, &network, centre)?);
        compare_log(&mut stage.sheet, &log, seen, centre, &balancer, &samples)?;
        stage.sheet.within(
            "stopped softly within",
            balancer.stop_softly()?,
            Duration::from_secs(2),
        );
    }
    stage.keep(log.file(), "loghost-syslog.txt")
}

/// One SMTP session that only greets; the server is told by its own greeting.
pub(super) fn greeting(target: SocketAddr, number: usize) -> Sample {
    Sample::take(number, String::new(), |_| {
        let session = Session::open(target)?;
        let server = session.server().to_owned();
        session.quit()?;
        Ok(Reply {
            server: Some(server),
            status: 220,
            size: 0,
            body: 0,
        })
    })
}

fn sessions(client: &Node, centre: &Centre, count: usize) -> Result<Vec<Sample>> {
    let target = centre.target.parse()?;
    client.inside(|| (0..count).map(|number| greeting(target, number)).collect())
}

fn greetings(sheet: &mut Sheet, client: &Node, centre: &Centre) -> Result<Vec<Sample>> {
    let samples = sessions(client, centre, 50)?;
    let what = format!("50 mail sessions at {}", centre.target);
    web::even_shares(sheet, &what, &samples, &centre.servers.map(|(name, _)| name));
    Ok(samples)
}

/// Four mails through the balancer end in the mailboxes, two on each server.
fn delivery(
    sheet: &mut Sheet,
    client: &Node,
    centre: &Centre,
    servers: &[&Postfix<'_>; 2],
) -> Result<Vec<Sample>> {
    let target = centre.target.parse()?;
    let subject = format!("lab mail by {}", centre.balancer);
    let samples: Vec<Sample> = client.inside(|| {
        let deliver = |number| {
            Sample::take(number, String::new(), |_| {
                let mut session = Session::open(target)?;
                session.deliver(&format!("someone@{DOMAIN}"), &subject)?;
                let server = session.server().to_owned();
                session.quit()?;
                Ok(Reply {
                    server: Some(server),
                    status: 220,
                    size: 0,
                    body: 0,
                })
            })
        };
        (0..4).map(deliver).collect()
    })?;
    let count = || -> Result<[usize; 2]> {
        Ok([
            servers[0].delivered(&subject)?.len(),
            servers[1].delivered(&subject)?.len(),
        ])
    };
    // Mails that do not arrive are a finding, not an error.
    let _ = until(PATIENCE, "the mails", || {
        Ok((count()?.iter().sum::<usize>() == 4).then_some(()))
    });
    let found = count()?;
    sheet.check(
        "4 mails sent through the balancer, in the mailboxes",
        format!(
            "{} and {} ({})",
            found[0],
            found[1],
            load::figure(&load::by_server(&samples))
        ),
        "2 and 2",
        found == [2, 2],
    );
    Ok(samples)
}

/// The statistics page, its form by curl and by a browser, and the admin socket.
fn administration(stage: &mut Stage<'_>, network: &Network, centre: &Centre) -> Result<Vec<Sample>> {
    let (client, lb) = (network.node("client")?, network.node(centre.balancer)?);
    let host = centre.target.trim_end_matches(":25");
    let page = format!("https://{host}:9000/");
    let [(server1, _), (server2, _)] = centre.servers;
    let sheet = &mut stage.sheet;
    statistics::read(
        sheet,
        client,
        &page,
        USER,
        &["smtpdc1", "emailservice", server1, server2],
    )?;

    let form = format!("s={server1}&action=maint&b=emailservice");
    let (status, place) = statistics::submit(client, &page, USER, &form)?;
    let right = status == 303 && place.ends_with(";st=DONE");
    sheet.check(
        "form by curl: maintenance",
        format!("{status} to {place}"),
        "303 to …;st=DONE",
        right,
    );
    let state = statistics::state(client, &page, USER, "emailservice", server1)?;
    sheet.equal(&format!("state of {server1} then"), state.as_str(), "MAINT");
    let mut samples = sessions(client, centre, 10)?;
    web::only_by(sheet, "10 mail sessions then", &samples, server2);
    let form = format!("s={server1}&action=ready&b=emailservice");
    let (status, place) = statistics::submit(client, &page, USER, &form)?;
    let right = status == 303 && place.ends_with(";st=DONE");
    sheet.check(
        "form by curl: ready",
        format!("{status} to {place}"),
        "303 to …;st=DONE",
        right,
    );
    wait_until_up(client, &page, server1)?;

    if centre.balancer == "lb1" {
        samples.extend(by_browser(stage, client, centre, &page)?);
    }

    let sheet = &mut stage.sheet;
    let answer = ask_socket(lb, "show stat")?;
    let rows = answer
        .lines()
        .filter(|line| line.starts_with("emailservice,"))
        .count();
    sheet.equal("admin socket: rows of emailservice in `show stat`", rows, 3);
    let version = ask_socket(lb, "show info")?;
    let named = version.lines().any(|line| line.starts_with("Version:"));
    sheet.check(
        "admin socket: `show info`",
        format!("{} lines", version.lines().count()),
        "names its version",
        named,
    );
    Ok(samples)
}

/// The form as a browser shows and sends it: the second server is drained, disabled and enabled.
fn by_browser(stage: &mut Stage<'_>, client: &Node, centre: &Centre, page: &str) -> Result<Vec<Sample>> {
    let [(server1, _), (server2, _)] = centre.servers;
    let browser = Browser::start(client)?;
    let (name, password) = USER.split_once(':').context("a user has a password")?;
    let with_password = format!("https://{name}:{}@", password.replace('@', "%40"));
    browser.go(&page.replace("https://", &with_password))?;

    let mut samples = Vec::new();
    let form = format!("//form[.//input[@name='s' and @value='{server2}']]");
    let row = format!("//tr[.//input[@name='s' and @value='{server2}']]");
    for (action, expected) in [("drain", "DRAIN"), ("maint", "MAINT"), ("ready", "UP")] {
        browser.go(page)?;
        browser.click(&format!("{form}//input[@name='s' and @value='{server2}']"))?;
        browser.click(&format!(
            "{form}//select[@name='action']/option[@value='{action}']"
        ))?;
        browser.click(&format!("{form}//input[@type='submit']"))?;
        let (place, _) = until(PATIENCE, "the page that follows the form", || {
            Ok(Some(browser.place()?).filter(|place| place != page))
        })?;
        if action == "ready" {
            wait_until_up(client, page, server2)?;
            browser.go(page)?;
        }
        // The page that is left may be asked last of all, and then has no such row any more.
        let (shown, _) = until(PATIENCE, &format!("a row of {server2}"), || {
            Ok(browser.text(&row).ok())
        })?;
        std::fs::write(
            stage.out.join(format!("browser-{action}.png")),
            browser.picture()?,
        )?;
        let sheet = &mut stage.sheet;
        sheet.check(
            &format!("form by Chromium: {action}"),
            format!(
                "{} after {}",
                words_of_state(&shown),
                place.trim_start_matches(page)
            ),
            format!("{expected} after ;st=DONE"),
            words_of_state(&shown).contains(expected) && place.ends_with(";st=DONE"),
        );
        let state = statistics::state(client, page, USER, "emailservice", server2)?;
        sheet.check(
            "the state then, by curl",
            &state,
            expected,
            state.starts_with(expected),
        );
        if action != "ready" {
            let then = sessions(client, centre, 10)?;
            web::only_by(sheet, "10 mail sessions then", &then, server1);
            samples.extend(then);
        }
    }
    Ok(samples)
}

/// The status words of a row's text.
fn words_of_state(row: &str) -> String {
    let words = ["UP", "DOWN", "DRAIN", "MAINT", "NOLB"];
    row.split_whitespace()
        .filter(|word| words.contains(word))
        .collect::<Vec<_>>()
        .join(" ")
}

fn wait_until_up(client: &Node, page: &str, server: &str) -> Result<()> {
    until(PATIENCE, &format!("{server} to be up again"), || {
        Ok((statistics::state(client, page, USER, "emailservice", server)? == "UP").then_some(()))
    })?;
    Ok(())
}

/// One command at the balancer's admin socket.
fn ask_socket(lb: &Node, command: &str) -> Result<String> {
    admin::ask(&lb.path("/var/lib/haproxy/stats"), command).context("no admin socket")
}

/// One tcplog line for each mail session, with the right fields and the server that the client saw.
fn compare_log(
    sheet: &mut Sheet,
    log: &Rsyslog,
    seen: usize,
    centre: &Centre,
    balancer: &Balancer,
    samples: &[Sample],
) -> Result<()> {
    let mark = format!(" {} emailservice/", centre.frontend);
    let lines = || -> Result<Vec<LogLine>> {
        Ok(log
            .lines()?
            .into_iter()
            .skip(seen)
            .filter(|line| line.text.contains(&mark))
            .collect())
    };
    // Too few lines are a finding, not an error.
    let _ = until(PATIENCE, "the last log lines", || {
        Ok((lines()?.len() >= samples.len()).then_some(()))
    });
    let lines = lines()?;
    let figure = format!("{} for {}", lines.len(), samples.len());
    sheet.check(
        "log lines received for the sessions made",
        figure,
        "one each",
        lines.len() == samples.len(),
    );

    let client = regex::escape(centre.client);
    let frontend = centre.frontend;
    let shape = Regex::new(&format!(
        r"^{client}:\d+ \[\d\d/[A-Z][a-z]{{2}}/\d{{4}}:\d\d:\d\d:\d\d\.\d{{3}}\] {frontend} emailservice/(?<server>\S+) -?\d+/-?\d+/\+?\d+ \+?\d+ [-A-Za-z]{{2}} \d+/\d+/\d+/\d+/\+?\d+ \d+/\d+$"
    ))?;
    let mut counts = std::collections::BTreeMap::<String, usize>::new();
    let mut strange = Vec::new();
    for line in &lines {
        match shape.captures(&line.text) {
            Some(fields) => *counts.entry(fields["server"].to_owned()).or_default() += 1,
            None => strange.push(format!("not a tcplog line: {}", line.text)),
        }
        if line.facility != "local2" || line.severity != "info" || line.tag != balancer.tag() {
            strange.push(format!(
                "sent as {}.{} by {}",
                line.facility, line.severity, line.tag
            ));
        }
    }
    let first = strange.first().map_or_else(
        || "all right".to_owned(),
        |s| format!("{} wrong: {s}", strange.len()),
    );
    sheet.check(
        "fields of the log lines",
        first,
        "shape, facility, sender",
        strange.is_empty(),
    );
    let met = load::by_server(samples);
    let lost = met.get("lost").copied().unwrap_or_default();
    // Which server a lost session was given to, the log alone knows.
    let fits = met.keys().chain(counts.keys()).all(|server| {
        let (logged, met) = (counts.get(server), met.get(server));
        let (logged, met) = (
            logged.copied().unwrap_or_default(),
            met.copied().unwrap_or_default(),
        );
        server == "lost" || (met..=met + lost).contains(&logged)
    });
    sheet.check(
        "servers in the log, as the clients met them",
        load::figure(&counts),
        load::figure(&met),
        fits,
    );
    Ok(())
}
