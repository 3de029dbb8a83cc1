//! What was found out, as text for people and as JSON.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

use super::course::{Course, Setting, Span, Tale};
use super::failure::Told;
use super::finding::Finding;
use super::network::Network;

/// All that is told.
pub(super) struct Report<'a> {
    pub(super) network: &'a Network,
    pub(super) setting: Setting,
    /// Who has the addresses of each router when nothing has failed.
    pub(super) at_rest: Vec<Vec<usize>>,
    /// The priorities then, of all seats.
    pub(super) priorities: Vec<u8>,
    pub(super) courses: Vec<Course>,
    pub(super) findings: Vec<Finding>,
}

impl Report<'_> {
    fn names(&self, nodes: &[usize]) -> Vec<&str> {
        nodes
            .iter()
            .map(|node| self.network.nodes[*node].name.as_str())
            .collect()
    }

    fn holders(&self, nodes: &[usize]) -> String {
        if nodes.is_empty() {
            "nobody".to_owned()
        } else {
            self.names(nodes).join(" and ")
        }
    }

    /// For people.
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        for (number, router) in self.network.routers.iter().enumerate() {
            let first = self.network.instance(router.seats[0]);
            let addresses: Vec<String> = first
                .addresses
                .iter()
                .map(|one| one.address.to_string())
                .collect();
            let _ = writeln!(
                out,
                "Virtual router {} on {}: {}",
                first.virtual_router_id,
                first.interface,
                addresses.join(", ")
            );
            for seat in &router.seats {
                let instance = self.network.instance(*seat);
                let node = self.network.seats[*seat].node;
                let own = instance.priority;
                let priority = match self.priorities[*seat] {
                    now if now == own => format!("priority {own}"),
                    now => format!("priority {own}, {now} with what it tracks"),
                };
                let has = if self.at_rest[number].contains(&node) {
                    ", has the addresses"
                } else {
                    ""
                };
                let name = &self.network.nodes[node].name;
                let _ = writeln!(out, "  {name}: {}, {priority}{has}", instance.name);
            }
            for course in &self.courses {
                let tale = &course.tales[number];
                let told = Told(&course.failures, self.network);
                let _ = writeln!(
                    out,
                    "  {told}\n    {}",
                    told_in_a_line(tale, course.mended_at, &|nodes| self.holders(nodes))
                );
            }
            out.push('\n');
        }
        if self.findings.is_empty() {
            out.push_str("Nothing is wrong.\n");
        } else {
            let _ = writeln!(out, "What is wrong:");
            for finding in &self.findings {
                let first = self
                    .network
                    .instance(self.network.routers[finding.router].seats[0]);
                let (vrid, message) = (first.virtual_router_id, &finding.message);
                let _ = writeln!(out, "  [{}] virtual router {vrid}: {message}", finding.code);
            }
        }
        out
    }

    /// For programs.
    pub(super) fn json(&self) -> String {
        let network = self.network;
        let nodes: Vec<Value> = network
            .nodes
            .iter()
            .map(|node| json!({ "name": node.name, "file": node.file }))
            .collect();
        let routers: Vec<Value> = network.routers.iter().enumerate().map(|(number, router)| {
            let members: Vec<Value> = router.seats.iter().map(|seat| {
                let instance = network.instance(*seat);
                json!({
                    "node": network.name(*seat),
                    "instance": instance.name,
                    "interface": instance.interface,
                    "virtual_router_id": instance.virtual_router_id,
                    "priority": instance.priority,
                    "effective_priority": self.priorities[*seat],
                    "addresses": instance.addresses.iter().map(|one| one.address.to_string()).collect::<Vec<_>>(),
                })
            }).collect();
            json!({ "number": number, "members": members, "holders": self.names(&self.at_rest[number]) })
        }).collect();
        let findings: Vec<Value> = self
            .findings
            .iter()
            .map(|one| json!({ "code": one.code, "router": one.router, "message": one.message }))
            .collect();
        let value = json!({
            "seed": self.setting.seed,
            "limit_ms": millis(self.setting.limit),
            "nodes": nodes,
            "routers": routers,
            "failures": self.courses.iter().map(|course| self.course(course)).collect::<Vec<_>>(),
            "findings": findings,
        });
        format!("{value:#}\n")
    }

    fn course(&self, course: &Course) -> Value {
        let tales: Vec<Value> = course
            .tales
            .iter()
            .enumerate()
            .map(|(number, tale)| tale_in_json("router", number, tale, &|nodes| self.names(nodes)))
            .collect();
        let fail: Vec<String> = course
            .failures
            .iter()
            .map(|one| one.written(self.network))
            .collect();
        json!({ "fail": fail, "mended_at_ms": millis(course.mended_at), "routers": tales })
    }
}

/// A tale in a line; `holders` gives names.
pub(super) fn told_in_a_line(
    tale: &Tale,
    mended_at: Duration,
    holders: &dyn Fn(&[usize]) -> String,
) -> String {
    let part = |changes: &[&(Duration, Vec<usize>)], since: Duration, span: &Span| {
        // What lasts for a moment only is in the sums.
        let kept = changes.iter().enumerate().filter(|(at, (when, nodes))| {
            let next = changes.get(at + 1).map(|(next, _)| *next);
            nodes.len() == 1 || next.is_none_or(|next| next - *when >= Duration::from_millis(10))
        });
        let mut told: Vec<String> = kept
            .map(|(_, (at, nodes))| format!("{} at {:.2} s", holders(nodes), (*at - since).as_secs_f64()))
            .collect();
        if told.is_empty() {
            told.push(format!("{} as before", holders(&span.end)));
        }
        let mut text = told.join(", ");
        for (time, who) in [(span.nobody, "nobody"), (span.several, "several")] {
            if time >= Duration::from_millis(1) {
                let _ = write!(text, "; {who} for {:.3} s", time.as_secs_f64());
            }
        }
        text
    };
    let (failed, mended): (Vec<_>, Vec<_>) = tale.changes.iter().partition(|(at, _)| *at < mended_at);
    format!(
        "{} | mended: {}",
        part(&failed, Duration::ZERO, &tale.failed),
        part(&mended, mended_at, &tale.mended)
    )
}

/// A tale for programs, of what is called `what` and numbered so; `names` gives names.
pub(super) fn tale_in_json<'a>(
    what: &str,
    number: usize,
    tale: &Tale,
    names: &dyn Fn(&[usize]) -> Vec<&'a str>,
) -> Value {
    let span = |span: &Span| {
        json!({
            "nobody_ms": millis(span.nobody),
            "several_ms": millis(span.several),
            "holders": names(&span.end),
        })
    };
    let changes: Vec<Value> = tale
        .changes
        .iter()
        .map(|(at, nodes)| json!({ "at_ms": millis(*at), "holders": names(nodes) }))
        .collect();
    json!({
        what: number,
        "before": names(&tale.before),
        "changes": changes,
        "failed": span(&tale.failed),
        "mended": span(&tale.mended),
        "moved": tale.moved(),
    })
}

/// Milliseconds, to the microsecond.
pub(super) fn millis(time: Duration) -> f64 {
    // Far below what a float holds exactly.
    time.as_micros() as f64 / 1000.0
}
