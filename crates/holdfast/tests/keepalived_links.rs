//! Links that go and come: how long they must, who is asked, and what neighbours are told afterwards. Root is needed; without it
//! the tests are left out, and listed so.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use test_support::namespace::is_possible;
use test_support::process::wait_for;

mod node;

use node::{Node, count, instance, pair, wait_until_said};

/// What is said of each gratuitous ARP.
const SENT: &str = "Sending gratuitous ARP on";

fn main() {
    let possible = is_possible();
    let with_ss = possible && Command::new("ss").arg("-V").output().is_ok();
    let tests: &[(&'static str, fn(), bool)] = &[
        (
            "an_outage_that_is_over_in_time_changes_nothing",
            an_outage_that_is_over_in_time_changes_nothing,
            possible,
        ),
        (
            "an_outage_that_lasts_is_a_fault",
            an_outage_that_lasts_is_a_fault,
            possible,
        ),
        (
            "a_link_that_is_asked_for_is_believed",
            a_link_that_is_asked_for_is_believed,
            possible,
        ),
        (
            "interfaces_of_a_group_share_their_time",
            interfaces_of_a_group_share_their_time,
            possible,
        ),
        (
            "neighbours_are_told_again_when_a_bridge_has_its_port_back",
            neighbours_are_told_again_when_a_bridge_has_its_port_back,
            possible,
        ),
        (
            "secondary_addresses_are_promoted_while_the_program_runs",
            secondary_addresses_are_promoted_while_the_program_runs,
            possible,
        ),
        (
            "netlink_sockets_have_the_buffers_that_are_asked_for",
            netlink_sockets_have_the_buffers_that_are_asked_for,
            with_ss,
        ),
    ];
    node::run(tests);
}

/// Cuts the link of `eth0` at its other end, or puts it back.
fn plug(far: &Node, state: &str) {
    far.network.ip(&["link", "set", "eth0", state]).unwrap();
}

fn an_outage_that_is_over_in_time_changes_nothing() {
    let (node, far) = pair();
    node.write(&format!(
        "interface_up_down_delays {{\n eth0 1.9\n}}\n{}",
        instance(200, " garp_master_delay 0")
    ));
    let program = node.start();
    wait_until_said(&program, "Entering MASTER STATE");
    let burst = wait_for(|| (count(&program, SENT) == 5).then_some(()));
    assert!(burst.is_some(), "{}", program.output().unwrap());
    plug(&far, "down");
    wait_until_said(
        &program,
        "eth0: Adding flags change from 0x11043 to 0x1003 delay by 1900000",
    );
    plug(&far, "up");
    // What is behind the link may have forgotten it.
    let again = wait_for(|| (count(&program, SENT) == 10).then_some(()));
    assert!(again.is_some(), "{}", program.output().unwrap());
    assert_eq!(
        count(&program, "Netlink reports"),
        0,
        "{}",
        program.output().unwrap()
    );
    assert_eq!(count(&program, "FAULT"), 0);
}

fn an_outage_that_lasts_is_a_fault() {
    let (node, far) = pair();
    node.write(&format!(
        "interface_up_down_delays {{\n eth0 0.4 0.3\n}}\n{}",
        instance(200, "")
    ));
    let program = node.start();
    wait_until_said(&program, "Entering MASTER STATE");
    plug(&far, "down");
    wait_until_said(&program, "to 0x1003 delay by 400000");
    wait_until_said(&program, "Netlink reports eth0 down");
    wait_until_said(&program, "(VI_1) Entering FAULT STATE");
    plug(&far, "up");
    wait_until_said(&program, "to 0x11043 delay by 300000");
    wait_until_said(&program, "Netlink reports eth0 up");
    let again = wait_for(|| (count(&program, "Entering MASTER STATE") == 2).then_some(()));
    assert!(again.is_some(), "{}", program.output().unwrap());
}

fn a_link_that_is_asked_for_is_believed() {
    let (node, far) = pair();
    let polled = |question: &str| {
        format!(
            "linkbeat_interfaces {{\n eth0 {question}\n}}\n{}",
            instance(200, "")
        )
    };
    node.write(&polled(""));
    let program = node.start();
    wait_until_said(&program, "Entering MASTER STATE");
    for (round, question) in ["", "ETHTOOL", "IOCTL"].iter().enumerate() {
        node.write(&polled(question));
        program.signal(Signal::SIGHUP).unwrap();
        let done = wait_for(|| (count(&program, "Reload complete") == round + 1).then_some(()));
        assert!(done.is_some(), "{}", program.output().unwrap());
        plug(&far, "down");
        let said = |text: &str| wait_for(|| (count(&program, text) == round + 1).then_some(()));
        assert!(
            said("Linkbeat reports eth0 down").is_some(),
            "{}",
            program.output().unwrap()
        );
        assert!(
            said("Entering FAULT STATE").is_some(),
            "{}",
            program.output().unwrap()
        );
        plug(&far, "up");
        assert!(
            said("Linkbeat reports eth0 up").is_some(),
            "{}",
            program.output().unwrap()
        );
    }
    assert_eq!(count(&program, "Netlink reports"), 0);
    // Nobody asks any more: netlink is believed again.
    node.write(&instance(200, ""));
    program.signal(Signal::SIGHUP).unwrap();
    let done = wait_for(|| (count(&program, "Reload complete") == 4).then_some(()));
    assert!(done.is_some(), "{}", program.output().unwrap());
    plug(&far, "down");
    wait_until_said(&program, "Netlink reports eth0 down");
}

fn interfaces_of_a_group_share_their_time() {
    let (node, far) = pair();
    node.network.connect("eth1", &far.network, "eth1").unwrap();
    node.write(&format!(
        "garp_group {{\n garp_interval 0.2\n interfaces {{\n eth0\n eth1\n }}\n}}\n{}",
        instance(
            200,
            " garp_master_delay 0\n virtual_ipaddress_excluded {\n 192.168.1.98/24 dev eth1\n }"
        )
    ));
    let program = node.start();
    wait_until_said(&program, "Entering MASTER STATE");
    let begin = Instant::now();
    let all = wait_for(|| (count(&program, SENT) == 10).then_some(()));
    assert!(all.is_some(), "{}", program.output().unwrap());
    // Nine times between ten messages, and some for the first line to be seen.
    assert!(
        begin.elapsed() > Duration::from_millis(1500),
        "{:?}",
        begin.elapsed()
    );
    assert_eq!(count(&program, "Sending gratuitous ARP on eth1"), 5);
}

fn neighbours_are_told_again_when_a_bridge_has_its_port_back() {
    let (node, far) = pair();
    node.network.connect("eth1", &far.network, "eth1").unwrap();
    for arguments in [
        &["link", "add", "br0", "type", "bridge"][..],
        &["link", "set", "eth0", "master", "br0"],
        &["link", "set", "eth1", "master", "br0"],
        &["link", "set", "br0", "up"],
        &["addr", "add", "192.168.0.21/24", "dev", "br0"],
    ] {
        node.network.ip(arguments).unwrap();
    }
    node.write(&instance(200, " garp_master_delay 0").replace("interface eth0", "interface br0"));
    let program = node.start();
    wait_until_said(&program, "Entering MASTER STATE");
    let burst = wait_for(|| (count(&program, SENT) == 5).then_some(()));
    assert!(burst.is_some(), "{}", program.output().unwrap());
    plug(&far, "down");
    let lost = wait_for(|| {
        let shown = node.network.ip(&["link", "show", "eth0"]).unwrap();
        shown.contains("NO-CARRIER").then_some(())
    });
    assert!(lost.is_some());
    plug(&far, "up");
    let again = wait_for(|| (count(&program, SENT) == 10).then_some(()));
    assert!(again.is_some(), "{}", program.output().unwrap());
    // A port that is plugged into another bridge, and back.
    node.network.ip(&["link", "set", "eth0", "nomaster"]).unwrap();
    node.network
        .ip(&["link", "set", "eth0", "master", "br0"])
        .unwrap();
    let again = wait_for(|| (count(&program, SENT) >= 15).then_some(()));
    assert!(again.is_some(), "{}", program.output().unwrap());
    assert_eq!(count(&program, "FAULT"), 0, "{}", program.output().unwrap());
}

fn secondary_addresses_are_promoted_while_the_program_runs() {
    let (node, _far) = pair();
    let switch = || {
        let mut command = node.network.command("cat");
        let path = "/proc/sys/net/ipv4/conf/eth0/promote_secondaries";
        let output = command.arg(path).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    let before = switch();
    node.write(&instance(200, " promote_secondaries"));
    let mut program = node.start();
    wait_until_said(&program, "Entering MASTER STATE");
    assert_eq!(switch(), "1");
    node.write(&instance(200, ""));
    program.signal(Signal::SIGHUP).unwrap();
    wait_until_said(&program, "Reload complete");
    assert_eq!(switch(), before);
    node.write(&instance(200, " promote_secondaries"));
    program.signal(Signal::SIGHUP).unwrap();
    let done = wait_for(|| (switch() == "1").then_some(()));
    assert!(done.is_some(), "{}", program.output().unwrap());
    program.signal(Signal::SIGTERM).unwrap();
    assert_eq!(program.wait_code(), Some(0), "{}", program.output().unwrap());
    assert_eq!(switch(), before);
}

fn netlink_sockets_have_the_buffers_that_are_asked_for() {
    let (node, _far) = pair();
    let most = fs::read_to_string("/proc/sys/net/core/rmem_max").unwrap();
    let beyond = most.trim().parse::<usize>().unwrap() * 2;
    node.write(&format!(
        "global_defs {{\n vrrp_netlink_cmd_rcv_bufs {beyond}\n vrrp_netlink_cmd_rcv_bufs_force true\n \
         vrrp_netlink_monitor_rcv_bufs 100000\n}}\n{}",
        instance(200, "")
    ));
    let program = node.start();
    wait_until_said(&program, "Entering MASTER STATE");
    let mut command = node.network.command("ss");
    let shown = command.args(["-f", "netlink", "-m"]).output().unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    // The kernel doubles what is asked for.
    for size in [beyond * 2, 200_000] {
        assert!(shown.contains(&format!("rb{size},")), "{size}: {shown}");
    }
}
