//! What is wrong with files that are to work together: what can be seen from them alone, and what their course shows.

use std::collections::BTreeSet;
use std::time::Duration;

use keepalived_conf::model::Authentication;
use vrrp_proto::StateKind;

use super::course::{Course, Tale};
use super::failure::{Failure, Told};
use super::network::{Network, Router};

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Finding {
    /// A name that stays the same.
    pub(super) code: &'static str,
    /// The router's number.
    pub(super) router: usize,
    /// In words.
    pub(super) message: String,
}

/// What files show by themselves.
pub(super) fn of_files(network: &Network) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (number, router) in network.routers.iter().enumerate() {
        let mut tell = |code, message| {
            findings.push(Finding {
                code,
                router: number,
                message,
            });
        };
        for seat in &router.seats {
            if network.seats[*seat].held {
                let instance = network.instance(*seat);
                let why = instance.held.unwrap_or("it has no unicast_peer");
                tell(
                    "held",
                    format!("{} stays in FAULT: {why}", called(network, *seat)),
                );
            }
        }
        if let [seat] = router.seats[..] {
            tell(
                "alone",
                format!("{} is in no other file: nobody takes over", called(network, seat)),
            );
            continue;
        }
        differences(network, router, &mut tell);
        partners(network, router, &mut tell);
        preemption(network, router, &mut tell);
    }
    findings
}

fn called(network: &Network, seat: usize) -> String {
    format!("{} on {}", network.instance(seat).name, network.name(seat))
}

/// What instances of one router must have in common.
fn differences(network: &Network, router: &Router, tell: &mut impl FnMut(&'static str, String)) {
    let mut compare = |code, what: &str, effect: &str, value: &dyn Fn(usize) -> String| {
        let values: Vec<(usize, String)> = router.seats.iter().map(|seat| (*seat, value(*seat))).collect();
        if values.iter().any(|(_, value)| *value != values[0].1) {
            let all: Vec<String> = values
                .iter()
                .map(|(seat, value)| format!("{} has {value}", called(network, *seat)))
                .collect();
            tell(code, format!("the {what} differ: {}; {effect}", all.join(", ")));
        }
    };
    let instance = |seat| network.instance(seat);
    let deaf = "they do not hear each other, and all are masters";
    compare("vrid-differs", "VRIDs", deaf, &|seat| {
        instance(seat).virtual_router_id.to_string()
    });
    compare("version-differs", "versions", deaf, &|seat| {
        format!("version {}", network.seats[seat].machine.version as u8)
    });
    compare(
        "interval-differs",
        "advert intervals",
        "version 2 refuses adverts of another interval, version 3 adopts the master's",
        &|seat| format!("{} s", instance(seat).advert_int.as_secs_f64()),
    );
    // Passwords are compared and never shown.
    let keys: BTreeSet<Option<[u8; 8]>> = router
        .seats
        .iter()
        .map(|seat| password(instance(*seat).authentication))
        .collect();
    compare(
        "authentication-differs",
        "kinds of authentication",
        deaf,
        &|seat| match instance(seat).authentication {
            None => "none".to_owned(),
            Some(Authentication::Pass(_)) => "PASS".to_owned(),
            Some(_) => "another kind".to_owned(),
        },
    );
    compare(
        "addresses-differ",
        "addresses",
        "adverts with other addresses are refused",
        &|seat| {
            let mut all: Vec<_> = instance(seat).addresses.iter().map(|one| one.address).collect();
            all.sort_unstable();
            let all: Vec<String> = all.iter().map(ToString::to_string).collect();
            if all.is_empty() {
                "none".to_owned()
            } else {
                all.join(" ")
            }
        },
    );
    compare("destination-differs", "destinations of adverts", deaf, &|seat| {
        let machine = &network.seats[seat].machine;
        if machine.peers.is_empty() {
            format!("the group {}", machine.destination)
        } else {
            "unicast partners".to_owned()
        }
    });
    if keys.len() > 1 && !keys.contains(&None) {
        tell("authentication-differs", format!("the passwords differ; {deaf}"));
    }
}

fn password(authentication: Option<Authentication>) -> Option<[u8; 8]> {
    match authentication {
        Some(Authentication::Pass(password)) => Some(password),
        _ => None,
    }
}

/// Partners that send to each other must name each other.
fn partners(network: &Network, router: &Router, tell: &mut impl FnMut(&'static str, String)) {
    for seat in &router.seats {
        let machine = &network.seats[*seat].machine;
        for other in router.seats.iter().filter(|other| *other != seat) {
            let source = network.seats[*other].machine.source;
            let names = machine.peers.iter().any(|peer| peer.address == source);
            if !machine.peers.is_empty() && !names {
                let (one, two) = (called(network, *seat), called(network, *other));
                tell(
                    "not-a-peer",
                    format!("{one} does not name {two} ({source}) as unicast_peer: it sends it no adverts"),
                );
            }
        }
    }
}

/// Who is master, and whether weights can change it.
fn preemption(network: &Network, router: &Router, tell: &mut impl FnMut(&'static str, String)) {
    for (number, seat) in router.seats.iter().enumerate() {
        let (instance, machine) = (network.instance(*seat), &network.seats[*seat].machine);
        for other in &router.seats[number + 1..] {
            if network.instance(*other).priority == instance.priority {
                tell(
                    "equal-priorities",
                    format!(
                        "{} and {} both have priority {}: whoever is master stays it, and of two masters the one of the \
                         higher address",
                        called(network, *seat),
                        called(network, *other),
                        instance.priority
                    ),
                );
            }
        }
        let others = router.seats.iter().filter(|other| *other != seat);
        let weighted = |seat: &usize| {
            network.seats[*seat]
                .machine
                .tracked
                .iter()
                .any(|one| one.weight != 0)
        };
        if !instance.preempt && others.copied().any(|other| weighted(&other)) {
            tell(
                "nopreempt-with-weights",
                format!(
                    "{} has nopreempt: it does not take over when a weight lowers the master's priority",
                    called(network, *seat)
                ),
            );
        }
        if machine.is_owner() && weighted(seat) {
            tell(
                "owner-with-weights",
                format!(
                    "{} has priority 255, which no weight changes",
                    called(network, *seat)
                ),
            );
        }
    }
}

/// What is wrong when nothing has failed.
pub(super) fn at_rest(network: &Network, holders: &[Vec<usize>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (router, holders) in holders.iter().enumerate() {
        let (code, message) = match holders.len() {
            0 => (
                "no-master",
                "nobody is master though nothing has failed".to_owned(),
            ),
            1 => continue,
            _ => {
                let names: Vec<&str> = holders
                    .iter()
                    .map(|node| network.nodes[*node].name.as_str())
                    .collect();
                let message = format!(
                    "{} are masters at once though nothing has failed",
                    names.join(" and ")
                );
                ("several-masters", message)
            }
        };
        findings.push(Finding {
            code,
            router,
            message,
        });
    }
    findings
}

/// What a failure's course shows.
pub(super) fn of_course(network: &Network, course: &Course) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (number, tale) in course.tales.iter().enumerate() {
        let router = &network.routers[number];
        // What is wrong from the beginning is told already, and who is alone as well.
        if tale.before.len() != 1 || router.seats.len() < 2 {
            continue;
        }
        let told = Told(&course.failures, network);
        let mut tell = |code, message| {
            findings.push(Finding {
                code,
                router: number,
                message,
            });
        };
        let cut = course
            .failures
            .iter()
            .any(|one| matches!(one, Failure::Link { .. }));
        match tale.failed.end.len() {
            0 => tell("left-without-master", format!("{told}: nobody takes over")),
            1 => {
                if let Some(reason) = stays(network, router, tale, course) {
                    tell("does-not-move", format!("{told}: {reason}"));
                }
            }
            // Who is cut off from the other cannot know better.
            _ if cut => {}
            _ => tell(
                "several-masters",
                format!("{told}: several are masters for as long as it lasts"),
            ),
        }
        match tale.mended.end.len() {
            0 => tell(
                "left-without-master",
                format!("{told}: nobody is master after it is mended"),
            ),
            1 => {}
            _ => tell(
                "several-masters",
                format!("{told}: several are masters after it is mended"),
            ),
        }
    }
    findings
}

/// Why the addresses stay where something that is tracked has failed; none when they need not go.
fn stays(network: &Network, router: &Router, tale: &Tale, course: &Course) -> Option<String> {
    let holder = *tale.before.first()?;
    let failure = course
        .failures
        .iter()
        .find(|failure| failure.node() == Some(holder))?;
    let id = network.track_id(&failure.thing()?)?;
    if tale.moved() {
        return None;
    }
    let of_holder = |seat: &usize| network.seats[*seat].node == holder;
    let place = router.seats.iter().position(of_holder)?;
    let machine = &network.seats[router.seats[place]].machine;
    // A failure that this router does not track is none of its.
    let tracked = machine.tracked.iter().find(|tracked| tracked.id == id)?;
    let name = network.name(router.seats[place]);
    if machine.is_owner() && tracked.weight != 0 {
        return Some(format!(
            "the addresses stay on {name}: priority 255 is not changed by weights"
        ));
    }
    let now = tale.standings[place].priority;
    let others = tale.standings.iter().enumerate().filter(|(at, _)| *at != place);
    let (best, standing) =
        others.max_by_key(|(_, standing)| (standing.state == Some(StateKind::Backup), standing.priority))?;
    let seat = router.seats[best];
    let (instance, other) = (network.instance(seat), network.name(seat));
    let theirs = standing.priority;
    let stays = format!("the addresses stay on {name}");
    Some(match theirs.cmp(&now) {
        _ if standing.state != Some(StateKind::Backup) => format!("{stays}: nobody is there to take over"),
        std::cmp::Ordering::Less => format!(
            "{stays}: the weight is too small, {name} still has priority {now} and {other} only {theirs}"
        ),
        std::cmp::Ordering::Equal => format!(
            "{stays}: the weight is too small, both have priority {now} then, and only a lower master is replaced"
        ),
        std::cmp::Ordering::Greater if !instance.preempt => format!(
            "{stays}: {other} has nopreempt and lets a master of lower priority be ({now} against {theirs})"
        ),
        std::cmp::Ordering::Greater if instance.preempt_delay > Duration::ZERO => format!(
            "{stays} for longer than it was looked at: {other} has preempt_delay {} s",
            instance.preempt_delay.as_secs_f64()
        ),
        std::cmp::Ordering::Greater => {
            format!("{stays}, though {other} has priority {theirs} against {now}: it is found out too late")
        }
    })
}
