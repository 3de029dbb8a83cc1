//! Every document's file is judged as the issue of its time would have it.

use haproxy_cfg::testing::{FakeHost, load_on};
use haproxy_cfg::{Dialect, Loaded};

fn read(name: &str) -> String {
    let path = format!(
        "{}/../../compat-fixtures/documents/haproxy/{name}.cfg",
        env!("CARGO_MANIFEST_DIR")
    );
    std::fs::read_to_string(path).expect("the fixture is part of the repository")
}

fn host() -> FakeHost {
    let pem = "-----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\n";
    (1..=4).fold(
        FakeHost::new().with_file("/etc/pki/tls/private/a.pem", pem),
        |host, number| host.with_name(&format!("IP_OF_MACHINE_0{number}"), [10, 0, 0, number].into()),
    )
}

fn load(name: &str) -> Loaded {
    load_on(&read(name), Dialect::default(), &host())
}

#[test]
fn files_that_worked_are_accepted() {
    for name in [
        "000-webapp-leastconn",
        "000-webapp-sticky-cookie",
        "001-tcp-roundrobin",
        "002-minimal-rspadd",
        "002-smtp-dc1",
        "002-smtp-dc2",
        "002-acl-two-backends",
        "004-webfarm-1.3",
    ] {
        let loaded = load(name);
        assert!(!loaded.has_errors(), "{name}: {:#?}", loaded.diagnostics);
        assert!(loaded.has_listener(), "{name}");
    }
}

#[test]
fn backends_that_stand_elsewhere_are_missed() {
    for name in ["002-frontend-example", "002-acl-example"] {
        assert!(load(name).has_errors(), "{name}");
    }
}

#[test]
fn a_backend_alone_is_valid_but_has_nothing_to_start() {
    let loaded = load("002-active-passive");
    assert!(!loaded.has_errors());
    assert!(!loaded.has_listener());
}
