//! heartbeat's messages from the network: nothing panics, a node survives whatever it hears, each packet is counted once at most, and
//! a message that is believed is the one that would be written.
#![no_main]

use std::time::Duration;

use heartbeat_proto::wire::{FaultCounts, Fault, Key, Keys, Message, Method};
use heartbeat_proto::{Failback, Group, Node, Output, Settings, Time};
use libfuzzer_sys::fuzz_target;

fn keys() -> Keys {
    Keys::new(Key::new(2, Method::Crc, b""), vec![Key::new(3, Method::Md5, b"somerandomstring")])
}

fn node(choice: u8) -> Node {
    let failback = [Failback::Legacy, Failback::On, Failback::Off][usize::from(choice % 3)];
    Node::new(Settings {
        name: "lb2".to_owned(),
        uuid: [2; 16],
        generation: 1,
        epoch: 0,
        nodes: vec!["lb1".to_owned(), "lb2".to_owned()],
        autojoin: choice & 4 != 0,
        keepalive: Duration::from_secs(1),
        deadtime: Duration::from_secs(5),
        warntime: Duration::from_secs(2),
        initdead: Duration::from_secs(8),
        max_rexmit_delay: Duration::from_millis(250),
        failback,
        links: vec!["eth0".to_owned()],
        pings: vec!["192.168.0.1".to_owned()],
        deadping: Duration::from_secs(3),
        keys: keys(),
        groups: vec![Group {
            owner: "lb1".to_owned(),
            key: "10.0.0.1".to_owned(),
        }],
        seed: 1,
    })
}

fn total(counts: &FaultCounts) -> u64 {
    Fault::ALL.iter().map(|fault| counts.get(*fault)).sum()
}

fuzz_target!(|data: &[u8]| {
    if let Ok(message) = Message::decode(data, &keys()) {
        assert_eq!(Message::decode(&message.encode(&keys()), &keys()), Ok(message));
    }
    let [choice, rest @ ..] = data else { return };
    let mut node = node(*choice);
    let mut now = Time::from_secs(1);
    // Lines of words become messages of a node that signs rightly; a first octet says how much time has passed.
    for line in rest.split(|octet| *octet == b'\n') {
        let [wait, words @ ..] = line else { continue };
        now += Duration::from_millis(u64::from(*wait) * 40);
        while node.poll_timeout().is_some_and(|at| at <= now) {
            node.handle_timeout(now);
            while let Some(output) = node.poll_output() {
                if let Output::Work(work) = output {
                    node.finished(now, work.id, wait & 1 != 0);
                }
            }
        }
        let before = total(node.faults());
        let taken = if words.starts_with(b"#") {
            node.receive(now, usize::from(*wait), words)
        } else {
            let text = String::from_utf8_lossy(words);
            let mut message = Message::default();
            for word in text.split(' ') {
                let (name, value) = word.split_once('=').unwrap_or(("t", word));
                if !name.is_empty() {
                    message = message.with(name, value);
                }
            }
            node.receive(now, 0, &message.encode(&keys()))
        };
        assert_eq!(before + u64::from(taken.is_err()), total(node.faults()));
    }
});
