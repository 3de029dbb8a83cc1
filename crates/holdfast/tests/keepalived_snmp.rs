//! What an SNMP agent shows of the program: Debian's snmpd, asked with snmpwalk, shows the same tables for Debian's keepalived and for
//! this one. Root is needed; without it the tests are left out, and listed so.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::fs;
use std::process::Command;

use nix::sys::signal::Signal;
use test_support::namespace::is_possible;
use test_support::process::{Program, wait_for};

mod node;

use node::{Node, VIRTUAL, has_original, pair, wait_until_said};

fn main() {
    let has = |program: &str, argument: &str| {
        Command::new(program)
            .arg(argument)
            .output()
            .is_ok_and(|output| output.status.success())
    };
    let possible = is_possible() && has("snmpd", "-v") && has("snmpwalk", "-V");
    node::run(&[
        (
            "the_tables_of_the_rfcs_are_those_of_the_original",
            the_tables_of_the_rfcs_are_those_of_the_original,
            possible && has_original(),
        ),
        (
            "an_agent_that_goes_away_is_found_again_and_none_holds_up_a_master",
            an_agent_that_goes_away_is_found_again_and_none_holds_up_a_master,
            possible,
        ),
    ]);
}

const TREES: [&str; 2] = [".1.3.6.1.2.1.68", ".1.3.6.1.2.1.207"];

/// A file with instances of both versions and families.
const FILE: &str = "global_defs {\n enable_snmp_rfc\n}\n\
    vrrp_instance VI_1 {\n interface eth0\n virtual_router_id 51\n priority 100\n advert_int 1\n\
    authentication {\n auth_type PASS\n auth_pass secret\n }\n\
    virtual_ipaddress {\n 192.168.0.99\n 192.168.0.98\n }\n}\n\
    vrrp_instance VI_2 {\n interface eth0\n version 3\n nopreempt\n virtual_router_id 52\n priority 110\n advert_int 0.5\n\
    virtual_ipaddress {\n 192.168.0.97\n }\n}\n\
    vrrp_instance VI_3 {\n interface eth0\n virtual_router_id 53\n priority 120\n virtual_ipaddress {\n fe80::99\n }\n}\n";

/// An agent of its own, with its socket in the node's folder.
fn agent(node: &Node) -> Program {
    let socket = node.path("agentx");
    let text = format!(
        "agentaddress udp:127.0.0.1:161\nrocommunity public\nmaster agentx\nagentXSocket {}\n",
        socket.display()
    );
    fs::write(node.path("snmpd.conf"), text).unwrap();
    let program = Program::start(
        node.network
            .command("snmpd")
            .args(["-f", "-Lo", "-C", "-c"])
            .arg(node.path("snmpd.conf"))
            .arg("-p")
            .arg(node.path("snmpd.pid"))
            .env("SNMP_PERSISTENT_DIR", node.folder.path()),
    )
    .unwrap();
    assert!(wait_for(|| socket.exists().then_some(())).is_some(), "no agent");
    program
}

fn walk(node: &Node, tree: &str) -> Vec<String> {
    let output = node
        .network
        .command("snmpwalk")
        .args(["-v2c", "-c", "public", "-t", "5", "-On", "127.0.0.1", tree])
        .output()
        .unwrap();
    // Times go on.
    let line = |line: &str| match line.split_once("Timeticks") {
        Some((name, _)) => format!("{name}Timeticks"),
        None => line.to_owned(),
    };
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(line)
        .collect()
}

/// All tables, once the last instance is master.
fn tables(node: &Node) -> Vec<String> {
    let is_master = |line: &String| line.starts_with(".1.3.6.1.2.1.207.1.1.1.1.6.") && line.ends_with(": 3");
    let masters =
        wait_for(|| (walk(node, TREES[1]).iter().filter(|line| is_master(line)).count() == 3).then_some(()));
    assert!(masters.is_some(), "{:#?}", walk(node, TREES[1]));
    TREES.iter().flat_map(|tree| walk(node, tree)).collect()
}

fn the_tables_of_the_rfcs_are_those_of_the_original() {
    let (node, _other) = pair();
    let _agent = agent(&node);
    // The usual place is the machine's; theirs is a keyword.
    let socket = format!(" snmp_socket unix:{}\n", node.path("agentx").display());
    node.write(&FILE.replace("enable_snmp_rfc\n", &format!("enable_snmp_rfc\n{socket}")));
    let mut original = node.start_original();
    let theirs = tables(&node);
    original.signal(Signal::SIGTERM).unwrap();
    assert_eq!(original.wait_code(), Some(0));
    let gone = wait_for(|| (walk(&node, TREES[0]).len() <= 1).then_some(()));
    assert!(gone.is_some(), "the original's tables stay");
    let program = node.start();
    let ours = tables(&node);
    assert!(theirs.len() > 60, "{theirs:#?}");
    assert_eq!(ours, theirs);
    wait_until_said(&program, "AgentX subagent connected");
}

fn an_agent_that_goes_away_is_found_again_and_none_holds_up_a_master() {
    let (node, _other) = pair();
    node.write(&FILE.replace(" enable_snmp_rfc\n", ""));
    let mut command = node.command("keepalived.conf");
    command
        .args(["-n", "-l", "-D", "-x", "-A"])
        .arg(node.path("agentx"));
    let mut program = Program::start(&mut command).unwrap();
    wait_until_said(&program, "cannot be reached");
    node.wait_for_address(VIRTUAL, &program);
    // It is tried again now and then.
    let mut first = agent(&node);
    assert!(tables(&node).len() > 60);
    first.signal(Signal::SIGKILL).unwrap();
    first.wait_code();
    wait_until_said(&program, "AgentX master disconnected us");
    assert!(node.has(VIRTUAL));
    program.signal(Signal::SIGTERM).unwrap();
    assert_eq!(program.wait_code(), Some(0), "{}", program.output().unwrap());
}
