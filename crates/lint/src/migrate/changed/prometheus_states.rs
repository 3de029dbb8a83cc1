//! Prometheus since 2.4.

use syntax::Version;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "prometheus-states",
    about: "states of proxies and servers are labels for Prometheus",
    when: When::Since(Version::new(2, 4)),
    docs: "Each state is a time series of its own, with the label `state`, and the value 1 or 0; the number of the state is gone.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    let lines: Vec<_> = task
        .file
        .proxy_lines()
        .filter(|line| line.has(1, "prometheus-exporter"))
        .collect();
    if !lines.is_empty() {
        let told = Found::new(
            lines,
            "Prometheus sees states as labels since 2.4, where it saw numbers",
        );
        found.push(
            told.advice("change dashboards and alerts that look at haproxy_*_status")
                .decide(),
        );
    }
}
