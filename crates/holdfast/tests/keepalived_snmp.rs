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
            "the_own_tables_are_those_of_the_original",
            the_own_tables_are_those_of_the_original,
            possible && has_original(),
        ),
        (
            "what_is_set_is_set_as_by_the_original",
            what_is_set_is_set_as_by_the_original,
            possible && has_original(),
        ),
        (
            "managers_are_notified_as_by_the_original",
            managers_are_notified_as_by_the_original,
            possible && has("snmptrapd", "-v") && has_original(),
        ),
        (
            "an_agent_that_takes_nothing_holds_up_nothing",
            an_agent_that_takes_nothing_holds_up_nothing,
            possible,
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

/// The program's own MIB.
const OWN: &str = ".1.3.6.1.4.1.9586.100.5";

/// A file with something in most tables of that.
const FULL: &str = "global_defs {\n router_id lab1\n enable_snmp_vrrp\n script_user root\n dynamic_interfaces\n\
    smtp_server 127.0.0.1 1025\n smtp_connect_timeout 20\n smtp_alert_vrrp false\n\
    notification_email {\n a@example.com\n b@example.com\n }\n notification_email_from k@example.com\n}\n\
    static_ipaddress {\n 192.168.7.1/24 dev eth0 scope link\n}\n\
    static_routes {\n 10.8.0.0/16 via 192.168.0.9 dev eth0 metric 7 tos 4 table 50\n unreachable 10.21.0.0/16\n\
    blackhole 10.22.0.0/16\n prohibit 10.23.0.0/16\n throw 10.31.0.0/16\n\
    10.24.0.0/16 dev eth0 mtu lock 1300 hoplimit 9 advmss lock 1200 reordering 4 window 5000 cwnd lock 7 initcwnd 6 initrwnd 5 \
    quickack 1 features ecn congctl reno\n 10.26.0.0/16 dev eth0 no_track\n}\n\
    static_rules {\n from 10.1.0.0/16 to 10.2.0.0/16 table 7 priority 100 iif eth0 fwmark 3/7 suppress_prefixlength 3\n\
    not from 10.3.0.0/16 goto 300 priority 101 oif eth0\n from 10.5.0.0/16 blackhole priority 103\n\
    from 10.6.0.0/16 prohibit priority 104\n from 10.8.0.0/16 lookup main priority 300 uidrange 5-9\n}\n\
    vrrp_script good {\n script \"/bin/true x\"\n interval 2\n rise 2\n fall 3\n}\n\
    vrrp_script bad {\n script /bin/false\n weight -6\n}\n\
    track_file tf {\n file FOLDER/tf\n weight 3\n}\n\
    vrrp_track_process tp {\n process /no/such one\n param_match initial\n weight 3\n quorum 2\n quorum_max 9\n delay 3\n}\n\
    vrrp_sync_group G1 {\n group {\n VI_1\n VI_2\n }\n notify_master /bin/true\n notify_backup /bin/echo\n notify_stop /bin/true\n\
    sync_group_tracking_weight\n}\n\
    vrrp_instance VI_1 {\n interface eth0\n virtual_router_id 51\n priority 100\n\
    authentication {\n auth_type PASS\n auth_pass secret\n }\n\
    track_script {\n good\n bad weight -7\n }\n track_file {\n tf weight 3\n }\n\
    virtual_ipaddress {\n 192.168.0.99\n 192.168.0.98/24 label eth0:1\n }\n virtual_ipaddress_excluded {\n fd00::9\n }\n\
    virtual_routes {\n 10.9.0.0/16 via 192.168.0.9 dev eth0\n\
    10.10.0.0/16 nexthop via 192.168.0.8 dev eth0 weight 2 nexthop via 192.168.0.7 dev eth0\n\
    10.11.0.0/16 src 192.168.0.99 dev eth0 table 33 mtu 1400\n }\n\
    virtual_rules {\n from 10.9.0.0/16 lookup 109 priority 77\n }\n\
    notify /bin/true\n notify_backup \"/bin/echo hi\"\n notify_stop /bin/true\n promote_secondaries\n}\n\
    vrrp_instance VI_2 {\n interface eth0\n version 3\n state MASTER\n virtual_router_id 52\n priority 110\n advert_int 0.5\n\
    no_accept\n track_process {\n tp\n }\n virtual_ipaddress {\n 192.168.0.97 scope host\n }\n smtp_alert\n}\n\
    vrrp_instance VI_3 {\n interface eth0\n virtual_router_id 53\n priority 120\n nopreempt\n garp_master_delay 2\n\
    virtual_ipaddress {\n fe80::99\n fd00::99/64\n }\n}\n\
    vrrp_instance VI_4 {\n interface eth0\n virtual_router_id 54\n priority 130\n preempt_delay 7\n\
    unicast_peer {\n 192.168.0.2\n }\n notify_master_rx_lower_pri /bin/true\n virtual_ipaddress {\n 192.168.0.94\n }\n}\n";

/// An agent of its own, with its socket in the node's folder.
fn agent(node: &Node) -> Program {
    let socket = node.path("agentx");
    let text = format!(
        "agentaddress udp:127.0.0.1:161\nrocommunity public\nrwcommunity private\nmaster agentx\nagentXSocket {}\n\
         trap2sink 127.0.0.1:1162 public\n",
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
            .env("MIBS", "")
            // It keeps a file of the configuration's name there.
            .env("SNMP_PERSISTENT_DIR", node.path("persistent")),
    )
    .unwrap();
    // One that answers listens for others as well: whoever finds nobody there comes again much later.
    let answers = || asked(node, "snmpget", "public", &[".1.3.6.1.2.1.1.3.0"]).contains("Timeticks");
    let is_there = wait_for(|| (socket.exists() && answers()).then_some(()));
    assert!(is_there.is_some(), "no agent");
    program
}

/// What a manager is answered, in numbers.
fn asked(node: &Node, program: &str, community: &str, words: &[&str]) -> String {
    let output = node
        .network
        .command(program)
        .env("MIBS", "")
        .args(["-v2c", "-c", community, "-t", "5", "-On", "127.0.0.1"])
        .args(words)
        .output()
        .unwrap();
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

fn walk(node: &Node, tree: &str) -> Vec<String> {
    walk_by(node, "snmpwalk", tree)
}

fn walk_by(node: &Node, program: &str, tree: &str) -> Vec<String> {
    // Times go on.
    let line = |line: &str| match line.split_once("Timeticks") {
        Some((name, _)) => format!("{name}Timeticks"),
        None => line.to_owned(),
    };
    asked(node, program, "public", &[tree])
        .lines()
        .map(line)
        .collect()
}

/// Writes a file with the agent's place in it.
fn write(node: &Node, file: &str) {
    let folder = node.folder.path().display().to_string();
    // The usual place is the machine's; this one is a keyword's.
    let place = format!("global_defs {{\n snmp_socket unix:{folder}/agentx\n");
    node.write(&file.replace("global_defs {\n", &place).replace("FOLDER", &folder));
}

/// Runs the original and this program on the same file, each by itself beside one agent. Gives what `look` sees of each.
fn of_both<T>(node: &Node, file: &str, look: impl Fn(&Program) -> T) -> (T, T) {
    write(node, file);
    let mut seen = Vec::new();
    for start in [Node::start_original as fn(&Node) -> Program, Node::start] {
        let mut program = start(node);
        seen.push(look(&program));
        program.signal(Signal::SIGTERM).unwrap();
        assert_eq!(program.wait_code(), Some(0), "{}", program.output().unwrap());
        let is_gone = || walk(node, OWN).len() <= 1 && walk(node, TREES[0]).len() <= 1;
        assert!(wait_for(|| is_gone().then_some(())).is_some(), "the tables stay");
    }
    let ours = seen.pop().unwrap();
    (seen.pop().unwrap(), ours)
}

/// Waits until so many instances are masters, by the program's own MIB.
fn wait_for_masters(node: &Node, wanted: usize, program: &Program) {
    let is_master = |line: &String| line.starts_with(&format!("{OWN}.2.3.1.4.")) && line.ends_with(": 2");
    let masters = || walk(node, OWN).iter().filter(|line| is_master(line)).count() == wanted;
    assert!(
        wait_for(|| masters().then_some(())).is_some(),
        "{:#?}\n{}",
        walk(node, OWN),
        program.output().unwrap()
    );
}

fn the_own_tables_are_those_of_the_original() {
    let (node, _other) = pair();
    node.give("192.168.0.1/24");
    fs::write(node.path("tf"), "3\n").unwrap();
    let _agent = agent(&node);
    let (theirs, ours) = of_both(&node, FULL, |program| {
        wait_for_masters(&node, 4, program);
        let all = walk(&node, OWN);
        assert_eq!(all, walk_by(&node, "snmpbulkwalk", OWN));
        all
    });
    // The version is each program's own. Whether adverts name an address is shown by the original of the first instance alone.
    let differs = |line: &&String| {
        let line = line.strip_prefix(OWN).unwrap();
        line.starts_with(".1.1.0 ") || line.starts_with(".2.6.1.11.") && !line.starts_with(".2.6.1.11.1.")
    };
    let same =
        |lines: &[String]| -> Vec<String> { lines.iter().filter(|line| !differs(line)).cloned().collect() };
    let (theirs, ours) = (same(&theirs), same(&ours));
    assert!(theirs.len() > 400, "{theirs:#?}");
    let only = |some: &[String], others: &[String]| -> Vec<String> {
        some.iter()
            .filter(|line| !others.contains(line))
            .cloned()
            .collect()
    };
    assert_eq!(
        (only(&theirs, &ours), only(&ours, &theirs)),
        (Vec::new(), Vec::new())
    );
    assert_eq!(ours, theirs);
}

fn what_is_set_is_set_as_by_the_original() {
    let (node, _other) = pair();
    node.give("192.168.0.1/24");
    let _agent = agent(&node);
    let file = FILE.replace("enable_snmp_rfc\n", "enable_snmp_vrrp\n enable_snmp_rfc\n");
    let (theirs, ours) = of_both(&node, &file, |program| {
        wait_for_masters(&node, 3, program);
        let set = |values: &[(&str, &str, &str)]| {
            let names: Vec<String> = values
                .iter()
                .map(|(name, ..)| format!("{OWN}.2.3.1.{name}"))
                .collect();
            let words: Vec<&str> = values
                .iter()
                .zip(&names)
                .flat_map(|((_, kind, value), name)| [&**name, *kind, *value])
                .collect();
            asked(&node, "snmpset", "private", &words)
        };
        let said = vec![
            set(&[("7.1", "i", "77")]),
            set(&[("7.1", "i", "0")]),
            set(&[("7.1", "u", "55")]),
            set(&[("13.2", "i", "1")]),
            set(&[("13.2", "i", "3")]),
            set(&[("8.1", "i", "3")]),
            set(&[("13.1", "i", "2"), ("7.2", "i", "9")]),
            set(&[("13.1", "i", "1"), ("7.2", "i", "0")]),
            asked(&node, "snmpset", "private", &[".1.3.6.1.2.1.68.1.2.0", "i", "1"]),
            walk(&node, &format!("{OWN}.2.3.1.7")).join("\n"),
            walk(&node, &format!("{OWN}.2.3.1.8")).join("\n"),
            walk(&node, &format!("{OWN}.2.3.1.13")).join("\n"),
        ];
        wait_until_said(program, "(VI_1) base priority changed from 100 to 77 via SNMP.");
        wait_until_said(program, "(VI_2) preemption enabled with SNMP");
        said
    });
    assert!(theirs[0].contains("INTEGER: 77"), "{theirs:#?}");
    assert_eq!(ours, theirs);
}

fn managers_are_notified_as_by_the_original() {
    let (node, _other) = pair();
    node.give("192.168.0.1/24");
    let file = FILE.replace(
        "enable_snmp_rfc\n",
        "router_id lab1\n enable_snmp_vrrp\n enable_snmp_rfc\n enable_traps\n",
    );
    let file = format!("{file}vrrp_sync_group G1 {{\n group {{\n VI_1\n VI_2\n }}\n}}\n");
    let (theirs, ours) = of_both_with_manager(&node, &file);
    assert!(theirs.len() > 15, "{theirs:#?}");
    assert_eq!(ours, theirs);
}

/// The notifications of both until all instances are masters and the program has ended, sorted: between instances the order is
/// that of their timers.
fn of_both_with_manager(node: &Node, file: &str) -> (Vec<String>, Vec<String>) {
    write(node, file);
    let mut seen = Vec::new();
    for (name, start) in [
        ("theirs", Node::start_original as fn(&Node) -> Program),
        ("ours", Node::start),
    ] {
        let log = node.path(name);
        let mut manager = Program::start(
            node.network
                .command("snmptrapd")
                .env("MIBS", "")
                .env("SNMP_PERSISTENT_DIR", node.path("persistent"))
                .args([
                    "-f",
                    "-On",
                    "-Oq",
                    "-C",
                    "--disableAuthorization=yes",
                    "-F",
                    "%v\n",
                    "-Lf",
                ])
                .arg(&log)
                .arg("127.0.0.1:1162"),
        )
        .unwrap();
        assert!(wait_for(|| fs::read_to_string(&log).ok().filter(|text| !text.is_empty())).is_some());
        let mut agent = agent(node);
        let mut program = start(node);
        wait_for_masters(node, 3, &program);
        program.signal(Signal::SIGTERM).unwrap();
        assert_eq!(program.wait_code(), Some(0));
        let lines = || -> Vec<String> {
            let text = fs::read_to_string(&log).unwrap();
            let ours = text.lines().filter(|line| {
                line.contains(OWN) || line.contains(".1.3.6.1.2.1.68.") || line.contains(".1.3.6.1.2.1.207.")
            });
            let line = |line: &str| match line.split_once(".1.3.6.1.6.3.1.1.4.1.0") {
                Some((_, rest)) => rest.to_owned(),
                None => line.to_owned(),
            };
            let mut lines: Vec<String> = ours.map(line).collect();
            lines.sort();
            lines
        };
        let ends = |line: &&String| line.contains("lab1") && line.contains(" 5");
        assert!(
            wait_for(|| (lines().iter().filter(ends).count() >= 4).then_some(())).is_some(),
            "{:#?}",
            lines()
        );
        seen.push(lines());
        agent.signal(Signal::SIGKILL).unwrap();
        agent.wait_code();
        manager.signal(Signal::SIGKILL).unwrap();
        manager.wait_code();
        fs::remove_file(node.path("agentx")).unwrap();
    }
    let ours = seen.pop().unwrap();
    (seen.pop().unwrap(), ours)
}

fn an_agent_that_takes_nothing_holds_up_nothing() {
    let (node, _other) = pair();
    node.give("192.168.0.1/24");
    let agent = agent(&node);
    write(
        &node,
        &FILE.replace(
            "enable_snmp_rfc\n",
            "enable_snmp_vrrp\n enable_snmp_rfc\n enable_traps\n",
        ),
    );
    let mut program = node.start();
    wait_for_masters(&node, 3, &program);
    agent.signal(Signal::SIGSTOP).unwrap();
    for _ in 0..3 {
        node.network.ip(&["link", "set", "eth0", "down"]).unwrap();
        node.wait_for_no_address(VIRTUAL, &program);
        node.network.ip(&["link", "set", "eth0", "up"]).unwrap();
        node.wait_for_address(VIRTUAL, &program);
    }
    program.signal(Signal::SIGTERM).unwrap();
    assert_eq!(program.wait_code(), Some(0), "{}", program.output().unwrap());
    assert!(!node.has(VIRTUAL));
    agent.signal(Signal::SIGCONT).unwrap();
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
    let (theirs, ours) = of_both(&node, FILE, |program| {
        let all = tables(&node);
        wait_until_said(program, "AgentX subagent connected");
        all
    });
    assert!(theirs.len() > 60, "{theirs:#?}");
    assert_eq!(ours, theirs);
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
