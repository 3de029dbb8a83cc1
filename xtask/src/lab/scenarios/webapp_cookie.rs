//! Document 000 with an inserted cookie: clients stay on their server until it dies.

use std::net::SocketAddr;

use anyhow::{Result, bail};

use super::http_log::HttpLog;
use super::outage::{Checks, Loss, Outage};
use super::web;
use crate::lab::http;
use crate::lab::load::Sample;
use crate::lab::node::Node;
use crate::lab::programs::nginx::{Nginx, SEEN_COOKIE};
use crate::lab::programs::rsyslog::Rsyslog;
use crate::lab::sheet::Sheet;
use crate::lab::stage::Stage;

const CLIENT: &str = "10.10.1.200";

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
    let _web2 = Nginx::start(network.node("web2")?, "web2", "10.10.1.11:80")?;
    let log = Rsyslog::start(lb1)?;
    let balancer = stage.balancer(lb1, "000-webapp-sticky-cookie.cfg")?;
    let sheet = &mut stage.sheet;

    let mut samples = web::sequence(client, target, "/new/", 100)?;
    web::even_shares(sheet, "100 new clients", &samples, &["web1", "web2"]);
    let mut visitors = visitors_stay(sheet, client, target)?;
    let Some(position) = visitors
        .iter()
        .position(|visitor| visitor.cookie == "SERVERID=web1")
    else {
        bail!("no visitor was given web1's cookie");
    };
    let mut moving = visitors.remove(position);

    let outage = Outage {
        client,
        server: "web1",
        log: Some((&log, "app_servers/web1")),
        checks: Checks::DEFAULT,
        may_lose: Loss::InFlight(1),
    };
    // All the requests come from clients of web1.
    let cookie = ["Cookie: SERVERID=web1".to_owned()];
    let request = |number| web::sample(target, "/outage/", number, &cookie);
    let (start, mut moved) = (moving.samples.len(), moving.samples.len());
    samples.extend(outage.play(sheet, request, &mut web1, || {
        client.inside(|| (0..5).for_each(|_| moving.visit()))?;
        moved = moving.samples.len();
        Ok(())
    })?);
    web::only_by(
        sheet,
        "a visitor of web1 while web1 is left out",
        &moving.samples[start..moved],
        "web2",
    );
    sheet.equal("its cookie then", moving.cookie.as_str(), "SERVERID=web2");
    client.inside(|| (0..5).for_each(|_| moving.visit()))?;
    web::only_by(
        sheet,
        "the same visitor when web1 is back",
        &moving.samples[moved..],
        "web2",
    );

    samples.extend(
        visitors
            .into_iter()
            .chain([moving])
            .flat_map(|visitor| visitor.samples),
    );
    let tag = balancer.tag();
    let fields = HttpLog {
        client: CLIENT,
        frontend: "main_webapp",
        facility: "local2",
        tag: &tag,
    };
    fields.close(stage, &log, &samples, balancer)
}

/// Visitors that come back stay on their server, and the server does not see the balancer's cookie.
fn visitors_stay(sheet: &mut Sheet, client: &Node, target: SocketAddr) -> Result<Vec<Visitor>> {
    let visitors = client.inside(|| {
        let mut visitors: Vec<Visitor> = (0..20)
            .map(|n| Visitor::new(target, format!("/visitor{n}/")))
            .collect();
        for visitor in &mut visitors {
            (0..6).for_each(|_| visitor.visit());
        }
        visitors
    })?;
    let returns = visitors.iter().flat_map(|v| v.samples.windows(2));
    let stayed = returns
        .filter(|pair| pair[0].server().is_some() && pair[0].server() == pair[1].server())
        .count();
    sheet.equal("20 visitors, 5 returns each, to the same server", stayed, 100);

    let first = |v: &Visitor| v.set_cookies.first().cloned().unwrap_or_default();
    let server = |v: &Visitor| {
        v.samples
            .first()
            .and_then(|s| s.server().map(str::to_owned))
            .unwrap_or_default()
    };
    let right = visitors
        .iter()
        .filter(|v| first(v) == format!("SERVERID={}; path=/", server(v)))
        .count();
    sheet.equal("first answers with `SERVERID=SERVER; path=/`", right, 20);
    let once = visitors.iter().filter(|v| v.set_cookies.len() == 1).count();
    sheet.equal("visitors given a cookie once only", once, 20);
    let private = visitors
        .iter()
        .filter(|v| v.caching.first().is_some_and(|c| c == "private"))
        .count();
    sheet.equal(
        "answers with a cookie that say `Cache-Control: private`",
        private,
        20,
    );
    let hidden = visitors
        .iter()
        .flat_map(|v| &v.seen)
        .filter(|seen| *seen == "app=1")
        .count();
    sheet.equal(
        "requests of which the server sees the application's cookie alone",
        hidden,
        120,
    );
    Ok(visitors)
}

/// A client that keeps the balancer's cookie beside one of the application's.
struct Visitor {
    target: SocketAddr,
    under: String,
    /// The balancer's cookie, as `NAME=VALUE`.
    cookie: String,
    samples: Vec<Sample>,
    set_cookies: Vec<String>,
    /// The last cache-control header of each answer that set a cookie.
    caching: Vec<String>,
    /// The cookies that the servers saw.
    seen: Vec<String>,
}

impl Visitor {
    fn new(target: SocketAddr, under: String) -> Self {
        Self {
            target,
            under,
            cookie: String::new(),
            samples: Vec::new(),
            set_cookies: Vec::new(),
            caching: Vec::new(),
            seen: Vec::new(),
        }
    }

    /// Asks once more, with the cookies.
    fn visit(&mut self) {
        let number = self.samples.len();
        let cookies = match self.cookie.as_str() {
            "" => "Cookie: app=1".to_owned(),
            cookie => format!("Cookie: app=1; {cookie}"),
        };
        let sample = Sample::take(number, format!("{}{number}", self.under), |path| {
            let answer = http::get(self.target, path, &[cookies])?;
            if let Some(set) = answer.header("set-cookie") {
                self.cookie = set.split(';').next().unwrap_or_default().to_owned();
                self.set_cookies.push(set.to_owned());
                self.caching
                    .extend(answer.all("cache-control").last().map(str::to_ascii_lowercase));
            }
            self.seen
                .push(answer.header(SEEN_COOKIE).unwrap_or_default().to_owned());
            Ok(web::reply(&answer))
        });
        self.samples.push(sample);
    }
}
