//! What belongs to a cluster beside its nodes: hosts that are pinged, and programs that are signed on.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::time::Duration;

use heartbeat_proto::wire::{Key, Keys, Message, Method};
use heartbeat_proto::{Failback, Node, Output, Settings, Time};

const SECOND: Duration = Duration::from_secs(1);

fn keys() -> Keys {
    Keys::new(Key::new(2, Method::Crc, b""), Vec::new())
}

fn node(name: &str) -> Node {
    Node::new(Settings {
        name: name.to_owned(),
        uuid: [u8::try_from(name.len()).unwrap(); 16],
        generation: 1,
        epoch: 0,
        nodes: vec!["one".to_owned(), "other".to_owned()],
        autojoin: false,
        keepalive: SECOND,
        deadtime: SECOND * 5,
        warntime: SECOND * 3,
        initdead: SECOND * 8,
        max_rexmit_delay: Duration::from_millis(250),
        failback: Failback::Off,
        links: vec!["eth0".to_owned()],
        pings: vec!["gateway".to_owned()],
        deadping: SECOND * 3,
        keys: keys(),
        groups: Vec::new(),
        seed: 1,
    })
}

/// Lets time pass, answering pings as told, and gives what came of it.
fn pass(node: &mut Node, from: Time, until: Time, answers: bool) -> Vec<Output> {
    let mut out = Vec::new();
    let mut now = from;
    while now <= until {
        node.handle_timeout(now);
        while let Some(output) = node.poll_output() {
            match &output {
                Output::Ping if answers => node.answered(now, 0),
                Output::Work(work) => node.finished(now, work.id, false),
                _ => {}
            }
            out.push(output);
        }
        now = node.poll_timeout().unwrap().max(now + Duration::from_millis(1));
    }
    out
}

fn lines(outputs: &[Output]) -> Vec<&str> {
    outputs
        .iter()
        .filter_map(|output| match output {
            Output::Log(_, text) => Some(text.as_str()),
            _ => None,
        })
        .collect()
}

#[test]
fn a_host_that_answers_is_there_until_it_has_been_silent_for_deadping() {
    let mut node = node("one");
    let out = pass(&mut node, Time::ZERO, SECOND * 9, true);
    let said = lines(&out);
    assert!(said.contains(&"Link gateway:gateway up."), "{said:?}");
    assert!(said.contains(&"Status update for node gateway: status ping"));
    assert!(out.contains(&Output::Active));
    assert_eq!(node.members().next().unwrap().status, "ping");
    // Answered at nine seconds last.
    let out = pass(&mut node, SECOND * 10, Duration::from_millis(11_999), false);
    assert!(!lines(&out).iter().any(|line| line.contains("dead")));
    let out = pass(&mut node, SECOND * 12, SECOND * 13, false);
    assert!(lines(&out).contains(&"node gateway: is dead"));
    assert!(out.iter().any(|output| matches!(
        output,
        Output::Event(message)
            if message.kind() == "status" && message.text("src") == Some("gateway") && message.text("st") == Some("dead")
    )));
    assert_eq!(node.members().next().unwrap().status, "dead");
    let out = pass(&mut node, SECOND * 14, SECOND * 15, false);
    assert!(lines(&out).contains(&"Link gateway:gateway dead."));
    node.answered(SECOND * 16, 0);
    let out = pass(&mut node, SECOND * 16, SECOND * 16, true);
    let said = lines(&out);
    assert!(
        said.contains(&"Late heartbeat: Node gateway: interval 7000 ms (> deadtime)"),
        "{said:?}"
    );
    assert!(said.contains(&"Status update for node gateway: status ping"));
}

#[test]
fn a_host_that_never_answers_is_waited_for_until_initdead() {
    let mut node = node("one");
    let out = pass(&mut node, Time::ZERO, Duration::from_millis(7_999), false);
    assert!(!out.contains(&Output::Active));
    let out = pass(&mut node, SECOND * 8, SECOND * 8, false);
    assert!(lines(&out).contains(&"node gateway: is dead"));
    assert!(out.contains(&Output::Active));
}

/// Messages of a kind among packets that were sent.
fn sent(outputs: &[Output], kind: &str) -> Vec<Message> {
    outputs
        .iter()
        .filter_map(|output| match output {
            Output::Packet(packet) => Message::decode(packet, &keys()).ok(),
            _ => None,
        })
        .filter(|message| message.kind() == kind)
        .collect()
}

fn events(node: &mut Node) -> Vec<Message> {
    std::iter::from_fn(|| node.poll_output())
        .filter_map(|output| match output {
            Output::Event(message) => Some(message),
            _ => None,
        })
        .collect()
}

#[test]
fn a_program_speaks_with_those_of_its_name_on_other_nodes() {
    let (mut one, mut other) = (node("one"), node("other"));
    pass(&mut other, Time::ZERO, SECOND, true);
    one.client_joined(SECOND, "ipfail");
    assert!(one.has_client("ipfail"));
    let said = Message::new("num_ping_nodes")
        .with("src", "somebody else")
        .with("num_ping", "2")
        .with("dest", "other");
    one.client_says(SECOND, "ipfail", &said);
    let out: Vec<Output> = std::iter::from_fn(|| one.poll_output()).collect();
    let message = sent(&out, "num_ping_nodes").remove(0);
    for (name, value) in [
        ("src", "one"),
        ("dest", "other"),
        ("from_id", "ipfail"),
        ("to_id", "ipfail"),
        ("num_ping", "2"),
    ] {
        assert_eq!(message.text(name), Some(value), "{name}");
    }
    for output in &out {
        if let Output::Packet(packet) = output {
            other.receive(SECOND * 2, 0, packet).unwrap();
        }
    }
    let told = events(&mut other);
    let kinds: Vec<&str> = told.iter().map(Message::kind).collect();
    assert!(
        kinds.contains(&"hbapi-clstat") && kinds.contains(&"num_ping_nodes"),
        "{kinds:?}"
    );
    // Another node is asked whether one is there.
    other.ask_for_client(SECOND * 2, "4711", "one", "ipfail");
    let question: Vec<Output> = std::iter::from_fn(|| other.poll_output()).collect();
    for output in &question {
        if let Output::Packet(packet) = output {
            one.receive(SECOND * 2, 0, packet).unwrap();
        }
    }
    let out: Vec<Output> = std::iter::from_fn(|| one.poll_output()).collect();
    let answer = sent(&out, "respond-cstatus").remove(0);
    assert_eq!(
        (answer.text("cs"), answer.text("to_id")),
        (Some("online"), Some("4711"))
    );
    one.client_left(SECOND * 3, "ipfail");
    assert!(!one.has_client("ipfail"));
}

#[test]
fn what_nodes_say_of_themselves_is_not_a_programs_to_say() {
    let mut one = node("one");
    pass(&mut one, Time::ZERO, SECOND, true);
    one.client_joined(SECOND, "evil");
    while one.poll_output().is_some() {}
    for kind in [
        "shutdone",
        "status",
        "resource",
        "stonith",
        "NS_rexmit",
        "ip-request-resp",
        "",
    ] {
        one.client_says(SECOND, "evil", &Message::new(kind).with("st", "dead"));
        assert_eq!(one.poll_output(), None, "{kind}");
    }
}
