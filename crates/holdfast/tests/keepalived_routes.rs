//! Addresses with attributes, routes and rules: those that move with an instance and those that stay on the machine, with Debian's
//! keepalived to compare with where it is there. Root is needed; without it the tests are left out, and listed so.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::fs;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use test_support::namespace::is_possible;
use test_support::process::{Program, wait_for};

mod node;

use node::{Node, VIRTUAL, count, has_original, wait_until_said};

fn main() {
    let possible = is_possible();
    let with_original = possible && has_original();
    let tests: &[(&'static str, fn(), bool)] = &[
        (
            "what_is_set_is_what_the_original_sets",
            what_is_set_is_what_the_original_sets,
            with_original,
        ),
        (
            "a_tracked_route_that_somebody_takes_is_put_back",
            a_tracked_route_that_somebody_takes_is_put_back,
            possible,
        ),
        (
            "what_stays_on_the_machine_is_put_back_and_goes_with_the_program",
            what_stays_on_the_machine_is_put_back_and_goes_with_the_program,
            possible,
        ),
        (
            "what_belongs_to_others_is_left_alone",
            what_belongs_to_others_is_left_alone,
            possible,
        ),
        (
            "what_a_dead_program_left_is_gone_with_the_next",
            what_a_dead_program_left_is_gone_with_the_next,
            possible,
        ),
        (
            "a_reload_touches_only_what_changed",
            a_reload_touches_only_what_changed,
            possible,
        ),
        (
            "an_interface_that_a_route_needs_is_tracked",
            an_interface_that_a_route_needs_is_tracked,
            possible,
        ),
    ];
    node::run(tests);
}

/// A machine with two interfaces whose cables end in itself, and addresses of both families on both.
fn machine() -> Node {
    let node = Node::new();
    for (number, name) in ["eth0", "eth1"].iter().enumerate() {
        let far = format!("far{number}");
        node.network
            .ip(&["link", "add", name, "type", "veth", "peer", "name", &far])
            .unwrap();
        for one in [*name, &*far] {
            node.network.ip(&["link", "set", one, "up"]).unwrap();
        }
        let addresses = [
            format!("192.168.{number}.11/24"),
            format!("2001:db8:{number}::11/64"),
        ];
        for address in &addresses {
            node.network
                .ip(&["addr", "add", address, "dev", name, "nodad"])
                .unwrap();
        }
    }
    node
}

/// An instance that is master soon. `more` stands in it.
fn quick(more: &str) -> String {
    format!(
        "vrrp_instance VI_1 {{\n interface eth0\n state MASTER\n virtual_router_id 51\n priority 254\n version 3\n advert_int 0.2\n\
         virtual_ipaddress {{\n {VIRTUAL}\n }}\n{more}\n}}\n"
    )
}

/// All routes, rules and addresses of the machine, but for link-local ones and seconds that run.
fn state(node: &Node) -> String {
    let mut out = String::new();
    for arguments in [
        &["-4", "-d", "route", "show", "table", "all"][..],
        &["-6", "-d", "route", "show", "table", "all"],
        &["-4", "-d", "rule"],
        &["-6", "-d", "rule"],
        &["-o", "-d", "addr"],
    ] {
        let shown = node.network.ip(arguments).unwrap();
        for line in shown.lines().filter(|line| !line.contains("fe80:")) {
            let words: Vec<&str> = line
                .split_whitespace()
                .filter(|word| !word.ends_with("sec"))
                .collect();
            out.push_str(&words.join(" "));
            out.push('\n');
        }
    }
    out
}

fn holds(node: &Node, arguments: &[&str], text: &str) -> bool {
    node.network.ip(arguments).unwrap().contains(text)
}

/// Waits until what `ip` shows holds the text, or holds it no longer.
fn wait_until(node: &Node, program: &Program, arguments: &[&str], text: &str, there: bool) {
    let done = wait_for(|| (holds(node, arguments, text) == there).then_some(()));
    assert!(
        done.is_some(),
        "'{text}' in {arguments:?} is not {there}; it said:\n{}",
        program.output().unwrap()
    );
}

const ROUTES: &[&str] = &["route", "show", "table", "all"];
const ROUTES_V6: &[&str] = &["-6", "route", "show", "table", "all"];
const RULES: &[&str] = &["rule"];

fn what_is_set_is_what_the_original_sets() {
    let text = quick(
        "virtual_ipaddress_excluded {
            192.168.0.53/24 brd + label eth0:1
            192.168.0.55/24 brd -
            192.168.0.61 peer 192.168.0.62
            192.168.0.66/24 noprefixroute
            192.168.1.52/24 dev eth1 scope global home
            2001:db8::50
            2001:db8::52/64 preferred_lft 100 mngtmpaddr
            2001:db8::56 preferred_lft forever
            2001:db8::61/64 -nodad home
            2001:db8::55/64 noprefixroute
        }
        virtual_routes {
            192.168.3.0/24 dev eth0
            192.168.4.0/24 via 192.168.0.100 metric 5
            src 192.168.0.99 to 192.168.109.0/24 via 192.168.0.254 dev eth0
            192.168.5.0/24 dev eth1 table 6909 tos 0x04 scope link priority 12 mtu 1000 hoplimit 100 advmss 101 rtt 302ms rttvar 1s reordering 104 window 105 cwnd 106 ssthresh lock 107 realms 0x14 rto_min 208 initcwnd 109 initrwnd 110 features ecn fastopen_no_cookie 1
            192.168.6.0/24 dev eth0 protocol static no_track
            192.168.100.0/24 table 6909 nexthop via 192.168.0.1 dev eth0 onlink weight 1 nexthop via 192.168.1.2 dev eth1 onlink weight 256 realms 4/5
            blackhole 192.168.114.0/24
            unreachable 192.168.115.0/24 table 5
            prohibit 192.168.116.0/24 metric 7
            throw 192.168.117.0/24 table 5
            local 192.168.118.0/24 dev eth0 scope host table 7
            default via 192.168.0.1 table 100
            192.168.121.0/24 via 192.168.0.1 mtu lock 1400 congctl cubic quickack 1
            192.168.123.0/24 via 192.168.0.1 encap ip id 100 dst 10.0.0.1 src 10.0.0.2 tos 4 ttl 5
            192.168.124.0/24 via 192.168.9.1 dev eth0 onlink append
            2001:db8:2::/48 via 2001:db8::1 dev eth0 pref high expires 300
            2001:db8:3::/48 via 2001:db8::1 dev eth0 pref low metric 5 table 8 mtu 1400
            2001:db8:4::/48 via 2001:db8::1 dev eth0 encap ip6 id 5 dst 2001:db8::9 hoplimit 7 tc 8
            2001:db8:5::/48 nexthop via 2001:db8::1 dev eth0 nexthop via 2001:db8:1::1 dev eth1 weight 3
            default via fe80::1 dev eth0 table 9
        }
        virtual_rules {
            from 192.168.2.0/24 table 1 preference 100
            from 192.168.28.0/24 to 192.168.29.0/26 table 50 iif eth0 oif eth1 tos 16 fwmark 0x24/0xff preference 101 realms 30/20
            not from 192.168.28.0/24 preference 102 goto 5000
            to 1:2:3:4:5:6:7:0/112 from 7:6:5:4:3:2::/96 table 6908 uidrange 10000-19999 preference 103
            to 1:2:3:4:6:6:7:0/112 l3mdev ipproto UDP sport 10-20 dport 20-30 preference 104
            from all table 1 preference 105 suppress_prefixlength 3 suppress_ifgroup 4
            blackhole from 10.0.0.1 preference 106
            from 10.0.0.1 prohibit preference 107
            unreachable from 10.0.0.1 preference 108
            from 10.0.0.1 nop preference 109 protocol 5 no_track
            from 10.0.0.2 table 1
        }",
    ) + "static_ipaddress {
            192.168.0.71/24 dev eth0 brd +
            2001:db8:1::71/64 dev eth1
        }
        static_routes {
            10.11.0.0/24 via 192.168.0.1 dev eth0
            2001:db8:7::/48 dev eth1
        }
        static_rules {
            from 10.11.0.0/24 table 5 preference 200
            from 10.12.0.0/24 table 5
        }\n";
    let run = |ours: bool| {
        let node = machine();
        node.write(&text);
        let before = state(&node);
        let mut program = if ours { node.start() } else { node.start_original() };
        wait_until_said(&program, "Entering MASTER STATE");
        // The last thing that is set.
        wait_until(&node, &program, &["-4", "rule"], "109:", true);
        wait_until(&node, &program, &["-4", "rule"], "from 10.0.0.2 lookup 1", true);
        let during = state(&node);
        program.signal(Signal::SIGTERM).unwrap();
        program.wait_code();
        let after = state(&node);
        (before, during, after, program.output().unwrap())
    };
    let (_, theirs, ..) = run(false);
    let (before, ours, after, said) = run(true);
    assert_eq!(ours, theirs, "it said:\n{said}");
    for count_of in ["proto keepalived", "192.168.0.", "2001:db8"] {
        assert!(ours.matches(count_of).count() >= 10, "{count_of} in:\n{ours}");
    }
    // The kernel keeps a route of its own for a broadcast address that was there.
    let new = after.lines().filter(|line| !line.contains("proto kernel"));
    let new: Vec<&str> = new.filter(|line| !before.contains(line)).collect();
    assert_eq!(new, Vec::<&str>::new(), "what was set is taken away");
}

fn a_tracked_route_that_somebody_takes_is_put_back() {
    let node = machine();
    node.write(&quick(
        "virtual_routes {
            10.1.0.0/24 via 192.168.0.1 dev eth0
            10.2.0.0/24 via 192.168.0.1 dev eth0 no_track
            2001:db8:5::/48 dev eth0
         }
         virtual_rules {
            from 10.1.0.0/24 table 5 preference 100
            from 10.2.0.0/24 table 5 preference 101 no_track
         }",
    ));
    let program = node.start();
    wait_until(&node, &program, RULES, "from 10.1.0.0/24", true);
    let mut times = 1;
    for lost in [
        &["route", "del", "10.1.0.0/24"][..],
        &["-6", "route", "del", "2001:db8:5::/48"],
        &["rule", "del", "preference", "100"],
    ] {
        // One of a network is told by another's going; each is taken by itself.
        node.network.ip(lost).unwrap();
        times += 1;
        let again = wait_for(|| (count(&program, "Entering MASTER STATE") == times).then_some(()));
        assert!(again.is_some(), "{lost:?}: {}", program.output().unwrap());
        wait_until(&node, &program, ROUTES, "10.1.0.0/24", true);
        wait_until(&node, &program, ROUTES_V6, "2001:db8:5::/48", true);
        wait_until(&node, &program, RULES, "from 10.1.0.0/24", true);
    }
    assert_eq!(count(&program, "(VI_1) sent 0 priority"), times - 1);
    // What is not tracked stays away until the next time.
    node.network.ip(&["route", "del", "10.2.0.0/24"]).unwrap();
    node.network.ip(&["rule", "del", "preference", "101"]).unwrap();
    node.network.ip(&["route", "del", "10.1.0.0/24"]).unwrap();
    let again = wait_for(|| (count(&program, "Entering MASTER STATE") == times + 1).then_some(()));
    assert!(again.is_some(), "{}", program.output().unwrap());
    wait_until(&node, &program, ROUTES, "10.2.0.0/24", true);
    wait_until(&node, &program, RULES, "from 10.2.0.0/24", true);
}

fn what_stays_on_the_machine_is_put_back_and_goes_with_the_program() {
    let node = machine();
    node.write(&format!(
        "{}static_ipaddress {{\n 192.168.0.77/24 dev eth0\n 192.168.0.79/24 dev eth0 no_track\n}}\n\
         static_routes {{\n 10.11.0.0/24 via 192.168.0.1 dev eth0\n 10.14.0.0/24 via 192.168.1.1 dev eth1\n}}\n\
         static_rules {{\n from 10.11.0.0/24 table 5 preference 111\n}}\n",
        quick("")
    ));
    let before = state(&node);
    let mut program = node.start();
    node.wait_for_address(VIRTUAL, &program);
    for text in ["10.11.0.0/24", "10.14.0.0/24"] {
        wait_until(&node, &program, ROUTES, text, true);
    }
    assert!(node.has("192.168.0.77") && node.has("192.168.0.79"));
    for (lost, said) in [
        (&["route", "del", "10.11.0.0/24"][..], "static route 10.11.0.0/24"),
        (
            &["rule", "del", "preference", "111"],
            "static rule from 10.11.0.0/24",
        ),
        (
            &["addr", "del", "192.168.0.77/24", "dev", "eth0"],
            "static address 192.168.0.77/24",
        ),
    ] {
        node.network.ip(lost).unwrap();
        wait_until_said(&program, &format!("Restoring deleted {said}"));
    }
    wait_until(&node, &program, ROUTES, "10.11.0.0/24", true);
    wait_until(&node, &program, RULES, "from 10.11.0.0/24", true);
    node.wait_for_address("192.168.0.77", &program);
    node.network
        .ip(&["addr", "del", "192.168.0.79/24", "dev", "eth0"])
        .unwrap();
    // The kernel says nothing of routes that go with their interface.
    node.network.ip(&["link", "set", "eth1", "down"]).unwrap();
    wait_until(&node, &program, ROUTES, "10.14.0.0/24", false);
    node.network.ip(&["link", "set", "eth1", "up"]).unwrap();
    wait_until(&node, &program, ROUTES, "10.14.0.0/24", true);
    assert!(!node.has("192.168.0.79"), "nobody puts back what is not tracked");
    assert_eq!(count(&program, "Entering MASTER STATE"), 1);
    program.signal(Signal::SIGTERM).unwrap();
    assert_eq!(program.wait_code(), Some(0), "{}", program.output().unwrap());
    let own = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| line.contains("keepalived"));
        lines.map(str::to_owned).collect()
    };
    assert_eq!(own(&before), own(&state(&node)));
    assert!(!node.has("192.168.0.77"));
}

fn what_belongs_to_others_is_left_alone() {
    let node = machine();
    for theirs in [
        &["addr", "add", "192.168.0.78/24", "dev", "eth0"][..],
        &["route", "add", "10.6.0.0/24", "via", "192.168.0.1", "dev", "eth0"],
        &["route", "add", "10.7.0.0/24", "via", "192.168.0.1", "dev", "eth0"],
        &[
            "rule",
            "add",
            "from",
            "10.6.0.0/24",
            "table",
            "5",
            "preference",
            "106",
        ],
        &["-6", "route", "add", "2001:db8:6::/48", "dev", "eth0"],
    ] {
        node.network.ip(theirs).unwrap();
    }
    node.write(&format!(
        "{}static_ipaddress {{\n 192.168.0.78/24 dev eth0\n}}\nstatic_routes {{\n 10.7.0.0/24 via 192.168.0.1 dev eth0\n}}\n",
        quick(
            "virtual_routes {\n 10.6.0.0/24 via 192.168.0.1 dev eth0\n 2001:db8:6::/48 dev eth0\n }\n\
             virtual_rules {\n from 10.6.0.0/24 table 5 preference 106\n }"
        )
    ));
    let before = state(&node);
    for _ in 0..2 {
        let mut program = node.start();
        wait_until(
            &node,
            &program,
            ROUTES,
            "10.6.0.0/24 via 192.168.0.1 dev eth0 proto keepalived",
            true,
        );
        wait_until(
            &node,
            &program,
            RULES,
            "from 10.6.0.0/24 lookup 5 proto keepalived",
            true,
        );
        program.signal(Signal::SIGTERM).unwrap();
        assert_eq!(program.wait_code(), Some(0), "{}", program.output().unwrap());
        assert_eq!(state(&node), before);
    }
}

fn what_a_dead_program_left_is_gone_with_the_next() {
    let node = machine();
    let text = format!(
        "{}static_ipaddress {{\n 192.168.0.77/24 dev eth0\n}}\n",
        quick(
            "virtual_routes {\n 10.1.0.0/24 via 192.168.0.1 dev eth0\n }\nvirtual_rules {\n from 10.1.0.0/24 table 5 preference 100\n }"
        )
    );
    node.write(&text);
    let mut program = node.start();
    wait_until(&node, &program, RULES, "from 10.1.0.0/24", true);
    let child = node.child();
    // The child first: it would clean up when its parent dies. Stopped, its parent cannot start another one.
    program.signal(Signal::SIGSTOP).unwrap();
    kill(Pid::from_raw(child), Signal::SIGKILL).unwrap();
    program.signal(Signal::SIGKILL).unwrap();
    program.wait_code();
    assert!(holds(&node, ROUTES, "10.1.0.0/24") && holds(&node, RULES, "from 10.1.0.0/24"));
    assert!(node.has(VIRTUAL) && node.has("192.168.0.77"));
    for file in ["parent.pid", "vrrp.pid"] {
        fs::remove_file(node.path(file)).unwrap();
    }
    // It waits for a master for a long time.
    node.write(&text.replace("advert_int 0.2", "advert_int 30"));
    let mut next = node.start();
    wait_until_said(&next, "(VI_1) Entering BACKUP STATE (init)");
    wait_until(&node, &next, ROUTES, "10.1.0.0/24", false);
    wait_until(&node, &next, RULES, "from 10.1.0.0/24", false);
    node.wait_for_no_address(VIRTUAL, &next);
    assert!(node.has("192.168.0.77"));
    next.signal(Signal::SIGTERM).unwrap();
    assert_eq!(next.wait_code(), Some(0), "{}", next.output().unwrap());
    assert!(!node.has("192.168.0.77"), "it knew it again for its own");
}

fn a_reload_touches_only_what_changed() {
    let node = machine();
    let file = |instance: &str, routes: &str, rules: &str, addresses: &str| {
        format!(
            "{}static_ipaddress {{\n 192.168.0.76/24 dev eth0\n{addresses}\n}}\n\
             static_routes {{\n 10.12.0.0/24 via 192.168.0.1 dev eth0\n{routes}\n}}\n\
             static_rules {{\n from 10.12.0.0/24 table 5 preference 112\n{rules}\n}}\n",
            quick(instance)
        )
    };
    node.write(&file(
        "virtual_routes {\n 10.1.0.0/24 dev eth0\n 10.2.0.0/24 dev eth0\n }\n\
         virtual_rules {\n from 10.1.0.0/24 table 5 preference 201\n }",
        "",
        "",
        "",
    ));
    let program = node.start();
    wait_until(&node, &program, RULES, "from 10.1.0.0/24", true);
    let mut command = node.network.command("ip");
    let monitor = Program::start(command.args(["monitor", "route", "rule", "address"])).unwrap();
    let mark = |number: usize| {
        // It listens once it tells of this one.
        let destination = format!("10.99.{number}.0/24");
        let told = wait_for(|| {
            for act in ["add", "del"] {
                let marked = ["route", act, "blackhole", &destination, "table", "99"];
                node.network.ip(&marked).unwrap();
            }
            monitor.output().unwrap().contains(&destination).then_some(())
        });
        assert!(told.is_some(), "{}", monitor.output().unwrap());
    };
    let told = |from: usize| -> Vec<String> {
        let output = monitor.output().unwrap();
        let lines = output.lines().map(str::trim);
        let mut lines: Vec<String> = lines
            .filter(|line| {
                !["10.99.", "valid_lft", "table local", "fe80:", "ff00:"]
                    .iter()
                    .any(|noise| line.contains(noise))
            })
            .skip(from)
            .map(str::to_owned)
            .collect();
        lines.sort();
        lines
    };
    mark(0);
    let from = told(0).len();
    let reload = |number: usize| {
        program.signal(Signal::SIGHUP).unwrap();
        let done = wait_for(|| (count(&program, "Reload complete") == number).then_some(()));
        assert!(done.is_some(), "{}", program.output().unwrap());
        mark(number);
    };
    // The same again: nothing at all.
    reload(1);
    assert_eq!(told(from), Vec::<String>::new());
    node.write(&file(
        "virtual_routes {\n 10.1.0.0/24 dev eth0\n 10.3.0.0/24 dev eth0\n }\n\
         virtual_rules {\n from 10.1.0.0/24 table 5 preference 201\n from 10.2.0.0/24 table 5 preference 202\n }\n\
         virtual_ipaddress_excluded {\n 192.168.0.95\n }",
        "10.13.0.0/24 via 192.168.0.1 dev eth0",
        "from 10.13.0.0/24 table 5 preference 113",
        "192.168.0.75/24 dev eth0",
    ));
    reload(2);
    let shown = told(from);
    let expected = [
        "10.13.0.0/24 via 192.168.0.1 dev eth0 proto keepalived",
        "10.3.0.0/24 dev eth0 proto keepalived",
        "113:\tfrom 10.13.0.0/24 lookup 5 proto keepalived",
        "202:\tfrom 10.2.0.0/24 lookup 5 proto keepalived",
        "eth0    inet 192.168.0.75/24 scope global secondary eth0",
        "eth0    inet 192.168.0.95/32 scope global eth0",
        "Deleted 10.2.0.0/24 dev eth0 proto keepalived",
    ];
    assert_eq!(shown.len(), expected.len(), "{shown:#?}");
    for line in expected {
        assert!(
            shown.iter().any(|told| told.ends_with(line)),
            "{line}: {shown:#?}"
        );
    }
    let from = from + shown.len();
    node.write(&file(
        "virtual_routes {\n 10.1.0.0/24 dev eth0 metric 5\n 10.3.0.0/24 dev eth0\n }\n\
         virtual_rules {\n from 10.2.0.0/24 table 5 preference 202\n }",
        "",
        "",
        "",
    ));
    reload(3);
    let shown = told(from);
    let expected = [
        "10.1.0.0/24 dev eth0 proto keepalived metric 5",
        "Deleted 10.1.0.0/24 dev eth0 proto keepalived",
        "Deleted 10.13.0.0/24 via 192.168.0.1 dev eth0 proto keepalived",
        "Deleted 113:\tfrom 10.13.0.0/24 lookup 5 proto keepalived",
        "Deleted 201:\tfrom 10.1.0.0/24 lookup 5 proto keepalived",
        "eth0    inet 192.168.0.75/24 scope global secondary eth0",
        "eth0    inet 192.168.0.95/32 scope global eth0",
    ];
    assert_eq!(shown.len(), expected.len(), "{shown:#?}");
    for line in expected {
        assert!(
            shown.iter().any(|told| told.ends_with(line)),
            "{line}: {shown:#?}"
        );
    }
    assert_eq!(count(&program, "Entering MASTER STATE"), 1);
}

fn an_interface_that_a_route_needs_is_tracked() {
    let node = machine();
    node.write(&format!(
        "track_group G1 {{\n group {{\n VI_3\n }}\n}}\n{}{}{}static_routes {{\n 10.14.0.0/24 dev eth1 track_group G1\n}}\n",
        quick("virtual_routes {\n 10.1.0.0/24 dev eth1\n }"),
        quick("virtual_routes {\n 10.2.0.0/24 dev eth1 no_track\n }")
            .replace("VI_1", "VI_2")
            .replace("router_id 51", "router_id 52")
            .replace(VIRTUAL, "192.168.0.98"),
        quick("")
            .replace("VI_1", "VI_3")
            .replace("router_id 51", "router_id 53")
            .replace(VIRTUAL, "192.168.0.97"),
    ));
    let program = node.start();
    let masters = wait_for(|| (count(&program, "Entering MASTER STATE") == 3).then_some(()));
    assert!(masters.is_some(), "{}", program.output().unwrap());
    node.network.ip(&["link", "set", "eth1", "down"]).unwrap();
    wait_until_said(&program, "(VI_1) Entering FAULT STATE");
    wait_until_said(&program, "(VI_3) Entering FAULT STATE");
    assert_eq!(count(&program, "(VI_2) Entering FAULT STATE"), 0);
    node.wait_for_no_address(VIRTUAL, &program);
    assert!(node.has("192.168.0.98"));
    node.network.ip(&["link", "set", "eth1", "up"]).unwrap();
    let masters = wait_for(|| (count(&program, "Entering MASTER STATE") == 5).then_some(()));
    assert!(masters.is_some(), "{}", program.output().unwrap());
    wait_until(&node, &program, ROUTES, "10.1.0.0/24", true);
    wait_until(&node, &program, ROUTES, "10.14.0.0/24", true);
}
