//! The files of published articles: they run as they stand, with warnings that say what to write.

use std::net::IpAddr;
use std::time::Duration;

use keepalived_conf::model::{Authentication, InitialState, Version, VrrpInstance, Weight};
use keepalived_conf::testing::{FakeHost, load_on};
use keepalived_conf::{Dialect, Loaded};

fn document(name: &str) -> Loaded {
    let path = format!(
        "{}/../../compat-fixtures/documents/keepalived/{name}",
        env!("CARGO_MANIFEST_DIR")
    );
    let text = std::fs::read_to_string(&path).expect("the fixture is there");
    load_on(&text, Dialect::default(), &FakeHost::new())
}

/// Code and line of each diagnostic.
fn told(loaded: &Loaded) -> Vec<(&'static str, u32)> {
    loaded
        .diagnostics
        .iter()
        .map(|diagnostic| {
            let line = diagnostic
                .span
                .map_or(0, |span| loaded.sources.locate(span).1.line);
            (diagnostic.code, line)
        })
        .collect()
}

fn only(loaded: &Loaded) -> &VrrpInstance {
    assert_eq!(loaded.config.instances.len(), 1);
    &loaded.config.instances[0]
}

#[test]
fn the_first_pair_runs_as_it_stands() {
    for (name, state, priority) in [
        ("001-lb1-master.conf", InitialState::Master, 101),
        ("001-lb2-backup.conf", InitialState::Backup, 100),
    ] {
        let loaded = document(name);
        assert_eq!(loaded.test_status(), 0, "{name}");
        assert_eq!(
            told(&loaded),
            [("path-search", 2), ("script-security", 2)],
            "{name}"
        );
        let instance = only(&loaded);
        assert_eq!(instance.name, "VI_1");
        assert_eq!(instance.interface, "eth0");
        assert_eq!((instance.initial_state, instance.priority), (state, priority));
        assert_eq!(instance.virtual_router_id, 51);
        assert_eq!(instance.advert_int, Duration::from_secs(1));
        assert_eq!(instance.version, Version::V2);
        assert_eq!(instance.authentication, None);
        let [address] = &*instance.addresses else {
            panic!("{name}: one address")
        };
        assert_eq!(
            address.address,
            "192.168.0.99".parse::<IpAddr>().expect("an address")
        );
        assert_eq!((address.prefix, &*address.interface), (32, "eth0"));
        let [entry] = &*instance.track_scripts else {
            panic!("{name}: one script")
        };
        let plain = |value| Weight {
            value,
            reverse: false,
        };
        assert_eq!(entry.weight, plain(2));
        let script = &loaded.config.scripts[entry.script];
        assert_eq!(script.name, "chk_haproxy");
        assert_eq!(script.script.command, ["/usr/bin/killall", "-0", "haproxy"]);
        assert_eq!(script.interval, Duration::from_secs(2));
        assert_eq!((script.rise, script.fall, script.timeout), (1, 1, None));
    }
}

#[test]
fn an_instance_without_its_brace_is_read_as_it_was_meant() {
    for (name, password, address) in [
        ("002-dc1.conf", b"SOMEPASS", "10.0.10.3"),
        ("002-dc2.conf", b"SOMEPASS", "10.0.20.3"),
    ] {
        let loaded = document(name);
        assert_eq!(loaded.test_status(), 0, "{name}");
        let long: &[_] = if name == "002-dc1.conf" {
            &[("long-password", 31)]
        } else {
            &[]
        };
        let mut expected = vec![("missing-brace", 18)];
        expected.extend(long);
        // What only the whole shows comes last.
        expected.extend([
            ("extra-brace", 36),
            ("path-search", 13),
            ("own-interface", 24),
            ("script-security", 13),
        ]);
        assert_eq!(told(&loaded), expected, "{name}");
        let brace = loaded
            .diagnostics
            .iter()
            .find(|diagnostic| diagnostic.code == "missing-brace")
            .expect("it is told");
        let instance = only(&loaded);
        assert_eq!(
            brace.help.as_deref(),
            Some(&*format!("write `vrrp_instance {} {{`", instance.name))
        );
        assert_eq!(instance.priority, 101);
        assert_eq!(instance.initial_state, InitialState::Master);
        assert_eq!(instance.authentication, Some(Authentication::Pass(*password)));
        assert_eq!(instance.track_scripts[0].weight.value, 20);
        assert!(instance.track_interfaces.is_empty());
        assert_eq!(
            instance.addresses[0].address,
            address.parse::<IpAddr>().expect("an address")
        );
        let smtp = &loaded.config.global.smtp;
        assert_eq!(smtp.to, ["support@example.com"]);
        assert_eq!(smtp.connect_timeout, Duration::from_secs(20));
        assert_eq!(smtp.server.map(|server| server.port), Some(25));
    }
}
