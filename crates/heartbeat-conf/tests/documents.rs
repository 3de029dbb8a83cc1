//! The documents' files, unchanged: what they mean, and what is said of them.

use std::fs;
use std::path::Path;

use heartbeat_conf::model::{AutoFailback, MediumKind, Method, ResourceKind};
use heartbeat_conf::testing::FakeHost;
use heartbeat_conf::{Input, Inputs, Loaded, Source, load};
use syntax::Severity;

fn read(folder: &str, host: &str) -> Loaded {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../compat-fixtures/documents/heartbeat")
        .join(folder);
    let source = |name: &str| match fs::read(folder.join(name)) {
        Ok(bytes) => Source::File(Input::new(name, bytes).mode(0o600)),
        Err(_) => Source::Left,
    };
    let inputs = Inputs {
        ha_cf: source("ha.cf"),
        haresources: source("haresources"),
        authkeys: source("authkeys"),
    };
    load(&inputs, &FakeHost::new(host))
}

/// File, line, column and first line of each finding.
fn told(loaded: &Loaded) -> Vec<String> {
    let shown = |found: &syntax::Diagnostic| {
        let place = found.span.map_or(String::from("-"), |span| {
            let (file, at) = loaded.sources.locate(span);
            format!("{file}:{}:{}", at.line, at.column)
        });
        format!("{place}: {}", found.message.lines().next().unwrap_or_default())
    };
    loaded.diagnostics.iter().map(shown).collect()
}

#[test]
fn both_nodes_of_the_web_farm_are_read_as_they_are() {
    for (folder, host, peer) in [
        ("004-lb1", "lb1.example.com", "192.168.0.101"),
        ("004-lb2", "lb2.example.com", "192.168.0.100"),
    ] {
        let loaded = read(folder, host);
        assert!(!loaded.has_errors(), "{:?}", told(&loaded));
        assert_eq!(
            told(&loaded),
            [
                "ha.cf:17:1: WARNING: directive 'udp' replaced by 'bcast'",
                "-: Deprecated 'legacy' auto_failback option selected."
            ]
        );
        let configuration = &loaded.configuration;
        let settings = &configuration.settings;
        let times = &settings.times;
        let of = [
            &times.keepalive,
            &times.deadtime,
            &times.warntime,
            &times.initdead,
        ]
        .map(|time| time.value);
        assert_eq!(of, [2000, 10_000, 5000, 20_000]);
        let kinds: Vec<&str> = settings
            .media
            .iter()
            .map(|medium| medium.kind.directive())
            .collect();
        assert_eq!(kinds, ["bcast", "mcast", "ucast", "bcast"]);
        let unicast = settings.media.iter().find_map(|medium| match &medium.kind {
            MediumKind::Unicast {
                peer, address, port, ..
            } => Some((peer.as_str(), *address, *port)),
            _ => None,
        });
        assert_eq!(unicast, Some((peer, peer.parse().ok(), 694)));
        let nodes: Vec<&str> = settings.nodes.iter().map(|node| node.value.as_str()).collect();
        assert_eq!(nodes, ["lb1.example.com", "lb2.example.com"]);
        assert_eq!(settings.auto_failback.value, AutoFailback::Legacy);
        let key = configuration.keys.signing().expect("a key that signs");
        assert_eq!(
            (key.number, key.method, key.secret.as_slice()),
            (3, Method::Md5, &b"somerandomstring"[..])
        );
        let [group] = configuration.groups.as_slice() else {
            panic!("one group: {:?}", configuration.groups);
        };
        assert_eq!(group.owner, "lb1.example.com");
        let [resource] = group.resources.as_slice() else {
            panic!("one resource: {group:?}");
        };
        assert_eq!(resource.full(), "IPaddr::192.168.0.99");
        let ResourceKind::Address(address) = &resource.kind else {
            panic!("an address: {resource:?}");
        };
        assert_eq!(
            (address.address.to_string().as_str(), address.prefix),
            ("192.168.0.99", None)
        );
    }
}

#[test]
fn placeholders_are_named_where_they_stand() {
    let loaded = read("003", "lb1");
    assert!(loaded.has_errors());
    assert_eq!(
        told(&loaded),
        [
            "authkeys:2:7: the key looks like a placeholder, whose value was not put in",
            "haresources:1:1: '$primaryLoadBalancerNodeName' is a placeholder: its value was not put in",
            "haresources:1:30: '$VIP' is a placeholder: its value was not put in",
            "haresources:1:35: '$subnetType' is a placeholder: its value was not put in",
            "haresources:1:52: '$VIPBroadcastAddress' is a placeholder: its value was not put in",
        ]
    );
    let alerts = loaded
        .diagnostics
        .iter()
        .filter(|found| found.severity == Severity::Alert);
    assert_eq!(alerts.count(), 4);
}
