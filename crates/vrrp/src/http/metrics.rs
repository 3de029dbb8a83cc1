//! `/metrics`: a snapshot in Prometheus' text form. Names are never given another meaning; new ones may come.

use std::fmt::Write as _;

use jiff::Timestamp;
use vrrp_proto::track::Health;
use vrrp_proto::wire::FaultKind;

use super::{Requests, fault_name, state_word};
use crate::snapshot::{RouterView, STATES, Snapshot};

/// The media type.
pub(super) const TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The text.
pub(super) fn text(snapshot: &Snapshot, requests: &Requests) -> String {
    let mut page = Page::default();
    page.family("holdfast_info", "gauge", "The program's version.");
    page.sample(&[("version", env!("CARGO_PKG_VERSION"))], 1);
    page.family(
        "holdfast_vrrp_start_time_seconds",
        "gauge",
        "When the process began.",
    );
    page.sample(&[], seconds(snapshot.started));
    page.family(
        "holdfast_vrrp_reloads_total",
        "counter",
        "Configurations taken since then.",
    );
    page.sample(&[], snapshot.reloads);
    instances(&mut page, snapshot);
    others(&mut page, snapshot);
    page.family(
        "holdfast_http_requests_total",
        "counter",
        "Requests that were answered, by status.",
    );
    for (status, count) in &requests.answered {
        page.sample(&[("code", &status.to_string())], *count);
    }
    page.family(
        "holdfast_http_refused_total",
        "counter",
        "Connections that were closed because too many were open.",
    );
    page.sample(&[], requests.refused);
    page.0
}

/// Of the instances.
fn instances(page: &mut Page, snapshot: &Snapshot) {
    let all = &snapshot.routers;
    page.family(
        "holdfast_vrrp_instance_info",
        "gauge",
        "An instance, and what it is about.",
    );
    for one in all {
        let (vrid, version) = (one.vrid.to_string(), one.version.to_string());
        let family = if one.ipv6 { "ipv6" } else { "ipv4" };
        page.sample(
            &[
                ("instance", &one.name),
                ("interface", &one.interface),
                ("vrid", &vrid),
                ("family", family),
                ("version", &version),
            ],
            1,
        );
    }
    page.family(
        "holdfast_vrrp_state",
        "gauge",
        "1 for the state that the instance is in.",
    );
    for one in all {
        for state in STATES {
            let labels = [("instance", one.name.as_str()), ("state", state_word(state))];
            page.sample(&labels, u8::from(one.state == state));
        }
    }
    page.family(
        "holdfast_vrrp_transitions_total",
        "counter",
        "How often it came into a state.",
    );
    for one in all {
        for (state, count) in one.entered.all() {
            page.sample(&[("instance", &one.name), ("to", state_word(state))], count);
        }
    }
    type Value = fn(&RouterView) -> f64;
    // Counts below 2^53 are exact.
    let families: [(&str, &str, &str, Value); 17] = [
        (
            "holdfast_vrrp_priority",
            "gauge",
            "The priority of the file.",
            |one| one.priority.into(),
        ),
        (
            "holdfast_vrrp_effective_priority",
            "gauge",
            "The priority with what is tracked.",
            |one| one.effective_priority.into(),
        ),
        (
            "holdfast_vrrp_last_transition_time_seconds",
            "gauge",
            "When the state last changed.",
            |one| seconds(one.since),
        ),
        (
            "holdfast_vrrp_adverts_received_total",
            "counter",
            "Adverts that passed all checks.",
            |one| one.counters.adverts_received as f64,
        ),
        (
            "holdfast_vrrp_adverts_sent_total",
            "counter",
            "Adverts that were sent.",
            |one| one.counters.adverts_sent as f64,
        ),
        (
            "holdfast_vrrp_adverts_unsent_total",
            "counter",
            "Adverts that the system did not send.",
            |one| one.unsent as f64,
        ),
        (
            "holdfast_vrrp_answers_withheld_total",
            "counter",
            "Adverts of lower masters left without an answer.",
            |one| one.counters.answers_withheld as f64,
        ),
        (
            "holdfast_vrrp_priority_zero_received_total",
            "counter",
            "Goodbyes of other masters.",
            |one| one.counters.zero_received as f64,
        ),
        (
            "holdfast_vrrp_priority_zero_sent_total",
            "counter",
            "Goodbyes that were sent.",
            |one| one.counters.zero_sent as f64,
        ),
        (
            "holdfast_vrrp_became_master_total",
            "counter",
            "Times that it became master.",
            |one| one.counters.became_master as f64,
        ),
        (
            "holdfast_vrrp_released_master_total",
            "counter",
            "Times that it was master no longer.",
            |one| one.counters.released_master as f64,
        ),
        (
            "holdfast_vrrp_addresses",
            "gauge",
            "Addresses of the file.",
            |one| one.addresses.len() as f64,
        ),
        (
            "holdfast_vrrp_addresses_set",
            "gauge",
            "Those of them that are set here.",
            |one| one.addresses.iter().filter(|(_, set)| *set).count() as f64,
        ),
        (
            "holdfast_vrrp_split_brain",
            "gauge",
            "1 while another master is seen.",
            |one| u8::from(one.split).into(),
        ),
        (
            "holdfast_vrrp_split_brains_total",
            "counter",
            "How often another master was found.",
            |one| one.splits as f64,
        ),
        (
            "holdfast_vrrp_foreign_adverts_total",
            "counter",
            "Adverts of others that came to a master which stayed one.",
            |one| one.foreign_adverts as f64,
        ),
        (
            "holdfast_vrrp_foreign_announcements_total",
            "counter",
            "How often others said that an address of a master is with them.",
            |one| one.foreign_announcements as f64,
        ),
    ];
    for (name, kind, help, value) in families {
        page.family(name, kind, help);
        for one in all {
            page.sample(&[("instance", &one.name)], value(one));
        }
    }
    page.family(
        "holdfast_vrrp_packets_refused_total",
        "counter",
        "Packets that were refused, by reason.",
    );
    for one in all {
        for kind in FaultKind::ALL {
            let labels = [("instance", one.name.as_str()), ("kind", &fault_name(kind))];
            page.sample(&labels, one.counters.fault(kind));
        }
    }
}

/// Of everything else.
fn others(page: &mut Page, snapshot: &Snapshot) {
    page.family(
        "holdfast_vrrp_group_state",
        "gauge",
        "1 for the state that all of a group are in.",
    );
    for one in &snapshot.groups {
        for state in STATES {
            let labels = [("group", one.name.as_str()), ("state", state_word(state))];
            page.sample(&labels, u8::from(one.state == state));
        }
    }
    page.family(
        "holdfast_vrrp_script_up",
        "gauge",
        "1 when it is good, 0 when it is bad, -1 when it is not known.",
    );
    for one in &snapshot.scripts {
        let value = match one.health {
            Health::Up => 1,
            Health::Down => 0,
            Health::Unknown | Health::Level(_) => -1,
        };
        page.sample(&[("script", &one.name)], value);
    }
    page.family(
        "holdfast_vrrp_script_runs_total",
        "counter",
        "Runs that ended, by how.",
    );
    for one in &snapshot.scripts {
        let tally = one.tally;
        let all = [
            ("success", tally.succeeded),
            ("failure", tally.failed),
            ("timeout", tally.timed_out),
        ];
        for (result, count) in all {
            page.sample(&[("script", &one.name), ("result", result)], count);
        }
    }
    page.family(
        "holdfast_vrrp_script_last_status",
        "gauge",
        "Exit status of the last run that had one.",
    );
    for one in &snapshot.scripts {
        if let Some(status) = one.tally.last_status {
            page.sample(&[("script", &one.name)], status);
        }
    }
    page.family(
        "holdfast_vrrp_script_last_run_seconds",
        "gauge",
        "How long the last run took.",
    );
    for one in &snapshot.scripts {
        if let Some(took) = one.tally.last_run {
            page.sample(&[("script", &one.name)], took.as_secs_f64());
        }
    }
    page.family(
        "holdfast_vrrp_interface_up",
        "gauge",
        "1 while the interface can be used.",
    );
    for one in &snapshot.interfaces {
        page.sample(&[("interface", &one.name)], u8::from(one.up));
    }
    page.family(
        "holdfast_vrrp_fifo_lines_total",
        "counter",
        "Lines for a FIFO, by what became of them.",
    );
    for one in &snapshot.fifos {
        page.sample(&[("fifo", &one.path), ("result", "written")], one.written);
        page.sample(&[("fifo", &one.path), ("result", "left_out")], one.left_out);
    }
    page.family(
        "holdfast_vrrp_mails_total",
        "counter",
        "Mails, by what became of them.",
    );
    page.sample(&[("result", "sent")], snapshot.mails.sent);
    page.sample(&[("result", "failed")], snapshot.mails.failed);
}

/// Seconds since 1970.
fn seconds(at: Timestamp) -> f64 {
    at.as_microsecond() as f64 / 1e6
}

#[derive(Default)]
struct Page(String, &'static str);

impl Page {
    fn family(&mut self, name: &'static str, kind: &str, help: &str) {
        self.1 = name;
        // A string takes whatever is written to it; here and below.
        let _ = write!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
    }

    fn sample(&mut self, labels: &[(&str, &str)], value: impl std::fmt::Display) {
        self.0.push_str(self.1);
        for (at, (name, text)) in labels.iter().enumerate() {
            let _ = write!(self.0, "{}{name}=\"", if at == 0 { '{' } else { ',' });
            for c in text.chars() {
                match c {
                    '\\' => self.0.push_str("\\\\"),
                    '"' => self.0.push_str("\\\""),
                    '\n' => self.0.push_str("\\n"),
                    c => self.0.push(c),
                }
            }
            self.0.push('"');
        }
        let end = if labels.is_empty() { "" } else { "}" };
        let _ = writeln!(self.0, "{end} {value}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_quoted() {
        let mut page = Page::default();
        page.family("a_total", "counter", "Help.");
        page.sample(&[("name", "a\"b\\c\nd")], 3);
        page.sample(&[], 1.5);
        assert_eq!(
            page.0,
            "# HELP a_total Help.\n# TYPE a_total counter\na_total{name=\"a\\\"b\\\\c\\nd\"} 3\na_total 1.5\n"
        );
    }
}
