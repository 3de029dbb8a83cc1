//! Requests to the lab's web servers through a balancer.

use std::net::SocketAddr;

use anyhow::Result;

use crate::lab::http::{self, Answer};
use crate::lab::load::{self, Reply, Sample};
use crate::lab::node::Node;
use crate::lab::programs::nginx::SERVED_BY;
use crate::lab::sheet::Sheet;

/// One request, as a sample. The path is made unique by the request's number, so that it is found in the log.
pub(super) fn sample(target: SocketAddr, under: &str, number: usize, headers: &[String]) -> Sample {
    Sample::take(number, format!("{under}{number}"), |path| {
        Ok(reply(&http::get(target, path, headers)?))
    })
}

/// Requests one after another from the node, each with the answer as well.
pub(super) fn sequence(node: &Node, target: SocketAddr, under: &str, count: usize) -> Result<Vec<Sample>> {
    node.inside(|| {
        (0..count)
            .map(|number| sample(target, under, number, &[]))
            .collect()
    })
}

/// What a sample keeps of an answer.
pub(super) fn reply(answer: &Answer) -> Reply {
    Reply {
        server: answer.header(SERVED_BY).map(str::to_owned),
        status: answer.status,
        size: answer.size,
        body: answer.body.len(),
    }
}

/// Finds that each of the servers has answered the same number of requests, give or take one, and no other any.
pub(super) fn even_shares(sheet: &mut Sheet, what: &str, samples: &[Sample], servers: &[&str]) {
    let counts = load::by_server(samples);
    let share = samples.len() / servers.len();
    let fair = servers
        .iter()
        .all(|s| counts.get(*s).is_some_and(|count| count.abs_diff(share) <= 1));
    let must_be = format!("{share} each, ±1");
    sheet.check(
        what,
        load::figure(&counts),
        must_be,
        fair && counts.len() == servers.len(),
    );
}

/// Finds that one server alone has answered.
pub(super) fn only_by(sheet: &mut Sheet, what: &str, samples: &[Sample], server: &str) {
    let counts = load::by_server(samples);
    let alone = !samples.is_empty() && counts.get(server) == Some(&samples.len());
    sheet.check(what, load::figure(&counts), format!("{server} only"), alone);
}
