//! What instances stand on: an ipvlan of their own, a VRF, or no interface at all. Root is needed; without it the tests are left
//! out, and listed so.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use nix::sys::signal::Signal;
use test_support::namespace::is_possible;

mod node;

use node::{VIRTUAL, has_original, instance, pair, wait_until_said};

fn main() {
    let possible = is_possible();
    let with_original = possible && has_original();
    node::run(&[
        (
            "an_ipvlan_is_made_or_its_instance_stays_in_fault",
            an_ipvlan_is_made_or_its_instance_stays_in_fault,
            possible,
        ),
        (
            "partners_are_spoken_to_without_an_interface",
            partners_are_spoken_to_without_an_interface,
            with_original,
        ),
        (
            "without_an_interface_the_sockets_are_those_of_the_vrf",
            without_an_interface_the_sockets_are_those_of_the_vrf,
            with_original,
        ),
        (
            "an_instance_that_wants_keyed_proofs_sends_nothing_without",
            an_instance_that_wants_keyed_proofs_sends_nothing_without,
            possible,
        ),
    ]);
}

/// Many kernels have no ipvlan: there nobody may believe that the address is served.
fn an_ipvlan_is_made_or_its_instance_stays_in_fault() {
    let (ours, _other) = pair();
    let has_ipvlan = ours
        .network
        .ip(&["link", "add", "try0", "link", "eth0", "type", "ipvlan"])
        .is_ok();
    if has_ipvlan {
        ours.network.ip(&["link", "del", "try0"]).unwrap();
    }
    ours.write(&instance(100, "use_ipvlan ipv1 192.168.0.31/24 private"));
    let mut program = ours.start();
    if has_ipvlan {
        wait_until_said(&program, "(VI_1): Success creating IPVLAN interface ipv1");
        wait_until_said(&program, "(VI_1) Entering MASTER STATE");
        let shown = ours.network.ip(&["-o", "addr", "show", "dev", "ipv1"]).unwrap();
        assert!(
            shown.contains("192.168.0.31/24") && shown.contains(VIRTUAL),
            "{shown}"
        );
    } else {
        wait_until_said(&program, "(VI_1): Unable to create ipvlan interface ipv1");
        wait_until_said(&program, "(VI_1) entering FAULT state");
    }
    program.signal(Signal::SIGTERM).unwrap();
    assert_eq!(program.wait_code(), Some(0), "{}", program.output().unwrap());
    assert!(ours.network.ip(&["link", "show", "ipv1"]).is_err());
    assert!(!ours.has(VIRTUAL));
}

/// A file of one instance without an interface, and what stands in the place of one.
fn without_interface(priority: u8, ground: &str, own: &str, partner: &str) -> String {
    instance(
        priority,
        &format!("{ground}\n unicast_src_ip {own}\n unicast_peer {{\n {partner}\n }}"),
    )
    .replacen(" interface eth0\n", "", 1)
    .replace(VIRTUAL, &format!("{VIRTUAL} dev eth0"))
}

fn takes_over_from_the_original(ground: &str) {
    let (ours, theirs) = pair();
    ours.write(&without_interface(101, ground, "192.168.0.11", "192.168.0.12"));
    // The one that Debian 12 has cannot do without.
    theirs.write(&instance(
        100,
        "unicast_src_ip 192.168.0.12\n unicast_peer {\n 192.168.0.11\n }",
    ));
    let second = theirs.start_original();
    theirs.wait_for_address(VIRTUAL, &second);
    let mut first = ours.start();
    ours.wait_for_address(VIRTUAL, &first);
    theirs.wait_for_no_address(VIRTUAL, &second);
    first.signal(Signal::SIGTERM).unwrap();
    assert_eq!(first.wait_code(), Some(0), "{}", first.output().unwrap());
    wait_until_said(&second, "(VI_1) Backup received priority 0 advertisement");
    theirs.wait_for_address(VIRTUAL, &second);
    // And its adverts count here.
    let third = ours.start();
    ours.wait_for_address(VIRTUAL, &third);
    wait_until_said(&third, "unicast, address(192.168.0.11)]");
}

fn partners_are_spoken_to_without_an_interface() {
    takes_over_from_the_original("");
}

/// Any interface does: what a VRF adds is the kernel's, which looks at the interface that a socket is bound to.
fn without_an_interface_the_sockets_are_those_of_the_vrf() {
    takes_over_from_the_original("vrf eth0");
    // Through another one nobody is heard.
    let (ours, theirs) = pair();
    ours.network
        .ip(&["link", "add", "eth9", "type", "veth", "peer", "name", "far9"])
        .unwrap();
    for link in ["eth9", "far9"] {
        ours.network.ip(&["link", "set", link, "up"]).unwrap();
    }
    theirs.write(&instance(
        200,
        "unicast_src_ip 192.168.0.12\n unicast_peer {\n 192.168.0.11\n }",
    ));
    let second = theirs.start_original();
    theirs.wait_for_address(VIRTUAL, &second);
    ours.write(&without_interface(
        100,
        "vrf eth9",
        "192.168.0.11",
        "192.168.0.12",
    ));
    let first = ours.start();
    ours.wait_for_address(VIRTUAL, &first);
}

/// Its partners would refuse adverts that prove nothing, and it would be master beside them.
fn an_instance_that_wants_keyed_proofs_sends_nothing_without() {
    let (ours, _other) = pair();
    let key = "0a".repeat(32);
    ours.write(&instance(
        100,
        &format!("auth_hmac {{\n key 1 hex:{key}\n active_key 1\n time_window 5\n }}"),
    ));
    let program = ours.start();
    wait_until_said(&program, "(VI_1) is kept in FAULT state: auth_hmac");
    wait_until_said(&program, "Startup complete");
    assert!(!ours.has(VIRTUAL));
    assert!(!program.output().unwrap().contains(&key), "a key is a secret");
}
