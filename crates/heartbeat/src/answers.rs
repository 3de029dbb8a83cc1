//! What a program of this machine is told when it asks: the answers of the original, by what was asked for.

use heartbeat_proto::Node;
use heartbeat_proto::wire::Message;

/// What answers need besides the node.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    /// In milliseconds.
    pub(crate) keepalive: u64,
    /// In milliseconds.
    pub(crate) deadtime: u64,
    /// The version that is told.
    pub(crate) version: String,
    /// The settings by their names, as they are written.
    pub(crate) parameters: Vec<(String, String)>,
}

/// What stands at the end of a good answer.
const GOOD: &str = "OK";

/// A node or what is pinged.
struct Known {
    name: String,
    kind: &'static str,
    status: &'static str,
    /// Its ways, and whether they are open.
    ways: Vec<(String, bool)>,
}

/// All nodes, what is pinged first.
fn nodes(node: &Node) -> Vec<Known> {
    let members = node.members().map(|member| Known {
        ways: vec![(member.name.clone(), member.link)],
        name: member.name,
        kind: "ping",
        status: member.status,
    });
    let own = Known {
        name: node.name().to_owned(),
        kind: "normal",
        status: node.status(),
        ways: node.own_links(),
    };
    let peers = node.peers().map(|peer| Known {
        name: peer.name,
        kind: "normal",
        status: peer.status,
        ways: peer.links,
    });
    members.chain(std::iter::once(own)).chain(peers).collect()
}

fn reply(kind: &str) -> Message {
    Message::new("hbapi-resp").with("reqtype", kind)
}

/// What cannot be answered.
fn bad(kind: &str, why: &str) -> Vec<Message> {
    vec![reply(kind).with("result", "badreq").with("info", why)]
}

fn state(up: bool) -> &'static str {
    if up { "up" } else { "dead" }
}

/// What whoever signs on is told.
pub(crate) fn welcome(node: &Node, facts: &Facts, refused: Option<&str>) -> Message {
    let answer = match refused {
        Some(why) => reply("signon").with("info", why).with("result", "badreq"),
        None => reply("signon").with("result", GOOD),
    };
    answer
        .with("deadtime", &format!("{:x}", facts.deadtime))
        .with("keepalive", &format!("{:x}", facts.keepalive))
        .with("node", node.name())
        .with("hbversion", &facts.version)
        .with("pacemaker", "false")
        .with("logfacility", "-1")
}

/// The answers to a question of the type `kind`.
pub(crate) fn answer(node: &Node, facts: &Facts, kind: &str, asked: &Message) -> Vec<Message> {
    let all = nodes(node);
    let named = |field| {
        let name: &str = asked.text(field).unwrap_or_default();
        all.iter().find(|known| known.name.eq_ignore_ascii_case(name))
    };
    match kind {
        "nodelist" => {
            let last = all.len().saturating_sub(1);
            all.iter()
                .enumerate()
                .map(|(place, known)| {
                    reply(kind)
                        .with("node", &known.name)
                        .with("nodetype", known.kind)
                        .with("st", known.status)
                        .with("result", if place == last { GOOD } else { "ok/more" })
                })
                .collect()
        }
        "nodestatus" => match named("node") {
            Some(known) => vec![reply(kind).with("st", known.status).with("result", GOOD)],
            None => bad(kind, "EINVAL"),
        },
        "nodetype" => match named("node") {
            Some(known) => vec![reply(kind).with("nodetype", known.kind).with("result", GOOD)],
            None => bad(kind, "EINVAL"),
        },
        "nodeweight" => match named("node") {
            Some(_) => vec![reply(kind).with("weight", "100").with("result", GOOD)],
            None => bad(kind, "EINVAL"),
        },
        "nodesite" => match named("node") {
            Some(_) => vec![reply(kind).with("site", "").with("result", GOOD)],
            None => bad(kind, "EINVAL"),
        },
        "iflist" => match named("node") {
            Some(known) if !known.ways.is_empty() => {
                let last = known.ways.len() - 1;
                known
                    .ways
                    .iter()
                    .enumerate()
                    .map(|(place, (way, up))| {
                        reply(kind)
                            .with("ifname", way)
                            .with("st", state(*up))
                            .with("result", if place == last { GOOD } else { "ok/more" })
                    })
                    .collect()
            }
            _ => bad(kind, "EINVAL"),
        },
        "ifstatus" => {
            let name = asked.text("ifname").unwrap_or_default();
            let way = named("node").and_then(|known| known.ways.iter().find(|(way, _)| way == name));
            match way {
                Some((_, up)) => vec![reply(kind).with("st", state(*up)).with("result", GOOD)],
                None => bad(kind, "EINVAL"),
            }
        }
        "getrsc" => vec![
            reply(kind)
                .with("rsc_hold", node.told_hold())
                .with("result", GOOD),
        ],
        "getparm" => {
            let name = asked.text("pname").unwrap_or_default();
            let found = facts.parameters.iter().find(|(known, _)| known == name);
            let answer = match found {
                Some((_, value)) => reply(kind).with("pvalue", value),
                None => reply(kind),
            };
            vec![answer.with("result", GOOD)]
        }
        // What is told and by which signal is not chosen here: everybody is told of everything, and reads when something is there.
        "setfilter" | "setsignal" => vec![reply(kind).with("result", GOOD)],
        "clientstatus" => {
            let client = asked.text("cn").unwrap_or_default();
            let cs = if node.has_client(client) {
                "online"
            } else {
                "offline"
            };
            vec![
                reply(kind)
                    .with("subt", "respond-cstatus")
                    .with("cs", cs)
                    .with("result", GOOD),
            ]
        }
        _ => bad(kind, "EINVAL"),
    }
}
