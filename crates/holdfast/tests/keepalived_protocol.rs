//! What options of the protocol do on the wire and to a machine, with Debian's keepalived as the partner where there is one to
//! compare with. Root is needed; without it the tests are left out, and listed so.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use test_support::namespace::is_possible;
use test_support::process::wait_for;

mod node;

use node::{Node, VIRTUAL, count, has_original, instance, pair, wait_until_said};

fn main() {
    let possible = is_possible();
    let with_original = possible && has_original();
    let with_nft = with_original && Command::new("nft").arg("-v").output().is_ok();
    let tests: &[(&'static str, fn(), bool)] = &[
        (
            "adverts_with_a_header_are_proven_to_the_original_and_by_it",
            adverts_with_a_header_are_proven_to_the_original_and_by_it,
            with_original,
        ),
        (
            "adverts_with_another_key_prove_nothing",
            adverts_with_another_key_prove_nothing,
            with_original,
        ),
        (
            "packets_for_addresses_that_are_not_accepted_are_dropped_by_the_originals_rules",
            packets_for_addresses_that_are_not_accepted_are_dropped_by_the_originals_rules,
            with_nft,
        ),
        (
            "nobody_reaches_an_address_that_is_not_accepted",
            nobody_reaches_an_address_that_is_not_accepted,
            possible,
        ),
        (
            "what_a_run_left_in_the_table_is_gone_with_the_next",
            what_a_run_left_in_the_table_is_gone_with_the_next,
            with_nft,
        ),
        (
            "an_interface_with_the_virtual_routers_address_is_as_the_originals",
            an_interface_with_the_virtual_routers_address_is_as_the_originals,
            with_nft,
        ),
        (
            "settings_are_what_they_were_when_the_program_ends_even_if_it_died_meanwhile",
            settings_are_what_they_were_when_the_program_ends_even_if_it_died_meanwhile,
            possible,
        ),
        (
            "a_reload_takes_an_interface_away_and_a_lost_one_comes_back",
            a_reload_takes_an_interface_away_and_a_lost_one_comes_back,
            possible,
        ),
        (
            "the_processes_have_the_names_and_priorities_of_the_originals",
            the_processes_have_the_names_and_priorities_of_the_originals,
            with_original,
        ),
        (
            "changes_of_the_priority_and_a_deleted_instance_are_told",
            changes_of_the_priority_and_a_deleted_instance_are_told,
            possible,
        ),
        (
            "an_instance_without_its_source_address_is_in_fault",
            an_instance_without_its_source_address_is_in_fault,
            possible,
        ),
        (
            "neighbours_on_other_interfaces_are_told_now_and_then",
            neighbours_on_other_interfaces_are_told_now_and_then,
            possible,
        ),
        (
            "nothing_of_local_groups_is_reported_while_that_is_unwanted",
            nothing_of_local_groups_is_reported_while_that_is_unwanted,
            possible,
        ),
    ];
    node::run(tests);
}

/// `authentication` with a header.
fn header(key: &str) -> String {
    format!(" authentication {{\n auth_type AH\n auth_pass {key}\n }}")
}

fn adverts_with_a_header_are_proven_to_the_original_and_by_it() {
    let (ours, theirs) = pair();
    ours.write(&instance(101, &header("SOMEPASSWORD")));
    theirs.write(&instance(100, &header("SOMEPASS")));
    let second = theirs.start_original();
    theirs.wait_for_address(VIRTUAL, &second);
    // The greater priority is heard, and makes the original give way.
    let mut first = ours.start();
    ours.wait_for_address(VIRTUAL, &first);
    theirs.wait_for_no_address(VIRTUAL, &second);
    // Its goodbye is taken too: no master-down interval is waited for.
    first.signal(Signal::SIGTERM).unwrap();
    assert_eq!(first.wait_code(), Some(0), "{}", first.output().unwrap());
    wait_until_said(&second, "(VI_1) Backup received priority 0 advertisement");
    theirs.wait_for_address(VIRTUAL, &second);
    // And adverts of the original count here.
    ours.write(&instance(99, &header("SOMEPASS")));
    let third = ours.start();
    wait_until_said(&third, "(VI_1) Entering BACKUP STATE (init)");
    second.signal(Signal::SIGTERM).unwrap();
    wait_until_said(&third, "(VI_1) Backup received priority 0 advertisement");
    ours.wait_for_address(VIRTUAL, &third);
    for program in [&first, &second, &third] {
        assert_eq!(count(program, "invalid"), 0, "{}", program.output().unwrap());
    }
}

fn adverts_with_another_key_prove_nothing() {
    let (ours, theirs) = pair();
    ours.write(&instance(101, &header("ONE")));
    theirs.write(&instance(100, &header("OTHER")));
    let (first, second) = (ours.start(), theirs.start_original());
    ours.wait_for_address(VIRTUAL, &first);
    theirs.wait_for_address(VIRTUAL, &second);
    let line = "(VI_1) IPSEC-AH : invalid IPSEC HMAC-MD5 value. Due to fields mutation or bad password !";
    wait_until_said(&first, line);
    wait_until_said(&second, line);
}

/// The tables of a machine: the blocks that `nft` lists, in an order of their own, without what was counted.
fn tables(node: &Node) -> Vec<String> {
    let output = node
        .network
        .command("nft")
        .args(["list", "ruleset"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let mut blocks: Vec<String> = Vec::new();
    let mut table = String::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        if line.starts_with("table") {
            line.clone_into(&mut table);
            continue;
        }
        let begins = line.starts_with('\t') && !line.starts_with("\t\t") && line.ends_with('{');
        if begins {
            blocks.push(table.clone());
        }
        let words = line.split_whitespace().map(|word| {
            let counted = word.bytes().all(|byte| byte.is_ascii_digit());
            if counted { "N" } else { word }
        });
        let line = words.collect::<Vec<_>>().join(" ");
        if let Some(block) = blocks.last_mut().filter(|_| !line.is_empty() && line != "}") {
            *block += "\n";
            *block += &line;
        }
    }
    blocks.sort();
    blocks
}

fn packets_for_addresses_that_are_not_accepted_are_dropped_by_the_originals_rules() {
    let excluded = " virtual_ipaddress_excluded {\n 10.1.1.1/24\n fe80::77\n 2001:db8::77\n }";
    let counters = "global_defs {\n nftables kk\n nftables_counters\n nftables_priority -20\n}\n";
    for (global, more) in [
        ("", "no_accept"),
        (counters, "no_accept\n dont_track_primary"),
        (
            "global_defs {\n nftables\n nftables_ifindex\n}\n",
            "no_accept\n dont_track_primary",
        ),
        ("global_defs {\n vrrp_strict\n}\n", ""),
    ] {
        let (ours, theirs) = (pair(), pair());
        let text = format!("{global}{}", instance(100, &format!("{more}\n{excluded}")));
        ours.0.write(&text);
        theirs.0.write(&text);
        let (mut first, mut second) = (ours.0.start(), theirs.0.start_original());
        for (node, program) in [(&ours.0, &first), (&theirs.0, &second)] {
            node.wait_for_address(VIRTUAL, program);
            node.wait_for_address("10.1.1.1", program);
            wait_until_said(program, "(VI_1) setting firewall drop rule");
        }
        let (of_ours, of_theirs) = (tables(&ours.0), tables(&theirs.0));
        assert!(of_theirs.len() > 6, "{of_theirs:#?}");
        assert_eq!(of_ours, of_theirs, "{text}\n{}", first.output().unwrap());
        for program in [&mut first, &mut second] {
            program.signal(Signal::SIGTERM).unwrap();
            assert_eq!(program.wait_code(), Some(0));
            wait_until_said(program, "(VI_1) removing firewall drop rule");
        }
        // The original says so, and leaves it where it is.
        assert_eq!(tables(&ours.0), [""; 0], "{text}");
    }
}

/// What becomes of a connection from a machine to a closed port: the answer that nobody listens, or none.
fn answers(from: &Node, address: &str) -> bool {
    let to = SocketAddr::new(address.parse().unwrap(), 9);
    let connected = from
        .network
        .inside(|| TcpStream::connect_timeout(&to, Duration::from_millis(1500)));
    match connected.map_err(|error| error.kind()) {
        Err(ErrorKind::ConnectionRefused) => true,
        Err(ErrorKind::TimedOut) => false,
        other => panic!("{address}: {other:?}"),
    }
}

fn nobody_reaches_an_address_that_is_not_accepted() {
    let (ours, other) = pair();
    ours.write(&instance(100, "no_accept"));
    let mut program = ours.start();
    ours.wait_for_address(VIRTUAL, &program);
    assert!(answers(&other, "192.168.0.11"));
    assert!(!answers(&other, VIRTUAL));
    // Without the word it is reached at once, and the instance stays master.
    ours.write(&instance(100, "accept"));
    program.signal(Signal::SIGHUP).unwrap();
    assert!(wait_for(|| answers(&other, VIRTUAL).then_some(())).is_some());
    ours.write(&instance(100, "no_accept"));
    program.signal(Signal::SIGHUP).unwrap();
    assert!(wait_for(|| (!answers(&other, VIRTUAL)).then_some(())).is_some());
    assert_eq!(count(&program, "Entering MASTER STATE"), 1);
    // The owner of an address accepts what is for it.
    program.signal(Signal::SIGTERM).unwrap();
    assert_eq!(program.wait_code(), Some(0));
    ours.write(&instance(255, "no_accept"));
    let owner = ours.start();
    ours.wait_for_address(VIRTUAL, &owner);
    assert!(answers(&other, VIRTUAL));
}

fn what_a_run_left_in_the_table_is_gone_with_the_next() {
    let (ours, other) = pair();
    ours.write(&instance(100, "no_accept"));
    let program = ours.start();
    ours.wait_for_address(VIRTUAL, &program);
    kill(Pid::from_raw(ours.child()), Signal::SIGKILL).unwrap();
    // The next child begins as backup: it has neither the address nor a table.
    wait_until_said(&program, "Respawning");
    assert!(wait_for(|| tables(&ours).is_empty().then_some(())).is_some());
    ours.wait_for_address(VIRTUAL, &program);
    assert!(!answers(&other, VIRTUAL));
    assert_eq!(tables(&ours).len(), 3, "{:#?}", tables(&ours));
}

/// What a machine has of interfaces, addresses and settings, but for what differs from one machine to the next.
fn picture(node: &Node, interfaces: &[&str]) -> Vec<String> {
    let mut out = Vec::new();
    for interface in interfaces {
        let link = node
            .network
            .ip(&["-d", "-o", "link", "show", interface])
            .unwrap_or_default();
        let mut words = link.split_whitespace();
        let mut kind = Vec::new();
        while let Some(word) = words.next() {
            match word {
                "link/ether" if interface.starts_with("eth") => {}
                "link/ether" | "mode" | "addrgenmode" => {
                    kind.push(format!("{word} {}", words.next().unwrap_or_default()));
                }
                "macvlan" => kind.push(word.to_owned()),
                _ => {}
            }
        }
        out.push(format!("{interface}: {}", kind.join(" ")));
        let addresses = node
            .network
            .ip(&["-o", "addr", "show", interface])
            .unwrap_or_default();
        let mut addresses: Vec<String> = addresses
            .lines()
            .filter(|line| !(interface.starts_with("eth") && line.contains("fe80")))
            .map(|line| line.split_whitespace().skip(1).collect::<Vec<_>>().join(" "))
            .collect();
        addresses.sort();
        out.extend(addresses);
        for setting in [
            "ipv4/conf/IF/rp_filter",
            "ipv4/conf/IF/arp_ignore",
            "ipv4/conf/IF/arp_filter",
            "ipv4/conf/IF/accept_local",
            "ipv4/conf/IF/promote_secondaries",
            "ipv6/conf/IF/disable_ipv6",
            "ipv6/conf/IF/addr_gen_mode",
        ] {
            let path = format!("/proc/sys/net/{}", setting.replace("IF", interface));
            out.push(format!("{setting} {:?}", setting_of(node, &path)));
        }
    }
    out
}

fn setting_of(node: &Node, path: &str) -> Option<String> {
    // The settings that are seen are those of the network of whoever looks.
    let output = node.network.command("cat").arg(path).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    output.status.success().then(|| text.trim().to_owned())
}

fn set(node: &Node, name: &str, value: &str) {
    let mut command = node.network.command("sh");
    let script = format!("echo {value} > /proc/sys/net/{name}");
    assert!(
        command.args(["-c", &script]).status().unwrap().success(),
        "{name}"
    );
}

fn an_interface_with_the_virtual_routers_address_is_as_the_originals() {
    let plain = "vrrp.51";
    for (more, address, interfaces) in [
        ("use_vmac", VIRTUAL, ["eth0", plain, plain]),
        ("use_vmac\n no_accept", VIRTUAL, ["eth0", plain, plain]),
        (
            "use_vmac vmac0 02:aa:bb:cc:dd\n vmac_xmit_base",
            VIRTUAL,
            ["eth0", "vmac0", "vmac0"],
        ),
        (
            "use_vmac vmac0\n use_vmac_addr\n virtual_ipaddress_excluded {\n 10.1.1.1/24 dev eth9\n }",
            VIRTUAL,
            ["eth0", "vmac0", plain],
        ),
        ("use_vmac", "fe80::99", ["eth0", plain, plain]),
    ] {
        let text = instance(100, more).replace(VIRTUAL, address);
        let (ours, theirs) = (pair(), pair());
        let [mut first, mut second] = [(&ours.0, true), (&theirs.0, false)].map(|(node, is_ours)| {
            node.network
                .ip(&["link", "add", "eth9", "type", "veth", "peer", "name", "far9"])
                .unwrap();
            for link in ["eth9", "far9"] {
                node.network.ip(&["link", "set", link, "up"]).unwrap();
            }
            // Adverts of IPv6 come from an address that every machine has another one of.
            node.network
                .ip(&["link", "set", "eth0", "address", "02:00:00:00:00:01"])
                .unwrap();
            node.network
                .ip(&["addr", "add", "fe80::1/64", "dev", "eth0", "nodad"])
                .unwrap();
            node.network
                .ip(&["addr", "flush", "dev", "eth0", "scope", "link"])
                .unwrap();
            node.network
                .ip(&["addr", "add", "fe80::1/64", "dev", "eth0", "nodad"])
                .unwrap();
            node.write(&text);
            let program = if is_ours {
                node.start()
            } else {
                node.start_original()
            };
            wait_until_said(&program, "(VI_1) setting VIPs.");
            program
        });
        let settled = wait_for(|| {
            let same = picture(&ours.0, &interfaces) == picture(&theirs.0, &interfaces);
            (same && tables(&ours.0) == tables(&theirs.0)).then_some(())
        });
        if settled.is_none() {
            let said = first.output().unwrap();
            assert_eq!(
                picture(&ours.0, &interfaces),
                picture(&theirs.0, &interfaces),
                "{text}\n{said}"
            );
            assert_eq!(tables(&ours.0), tables(&theirs.0), "{text}\n{said}");
        }
        for program in [&mut first, &mut second] {
            program.signal(Signal::SIGTERM).unwrap();
            assert_eq!(program.wait_code(), Some(0));
            wait_until_said(program, "(VI_1) Success removing VMAC interface");
        }
        assert!(ours.0.network.ip(&["link", "show", interfaces[1]]).is_err());
    }
}

fn settings_are_what_they_were_when_the_program_ends_even_if_it_died_meanwhile() {
    let (ours, other) = pair();
    for (name, value) in [
        ("ipv4/conf/all/rp_filter", "1"),
        ("ipv4/conf/eth0/arp_ignore", "2"),
        ("ipv4/conf/eth0/rp_filter", "0"),
    ] {
        set(&ours, name, value);
    }
    let places = ["all", "default", "eth0", "lo"];
    let before = picture(&ours, &places);
    ours.write(&instance(100, "use_vmac"));
    let mut program = ours.start();
    wait_until_said(&program, "(VI_1) Entering MASTER STATE");
    assert!(wait_for(|| answers(&other, VIRTUAL).then_some(())).is_some());
    let changed = picture(&ours, &places);
    assert_ne!(before, changed);
    assert_eq!(
        setting_of(&ours, "/proc/sys/net/ipv4/conf/eth0/rp_filter").as_deref(),
        Some("1")
    );
    kill(Pid::from_raw(ours.child()), Signal::SIGKILL).unwrap();
    wait_until_said(&program, "(VI_1) Found matching interface vrrp.51");
    assert!(wait_for(|| (count(&program, "Entering MASTER STATE") == 2).then_some(())).is_some());
    assert!(wait_for(|| answers(&other, VIRTUAL).then_some(())).is_some());
    program.signal(Signal::SIGTERM).unwrap();
    assert_eq!(program.wait_code(), Some(0));
    assert_eq!(picture(&ours, &places), before, "{}", program.output().unwrap());
}

fn a_reload_takes_an_interface_away_and_a_lost_one_comes_back() {
    let (ours, other) = pair();
    ours.write(&instance(100, "use_vmac"));
    let program = ours.start();
    wait_until_said(&program, "(VI_1) Entering MASTER STATE");
    assert_eq!(count(&program, "FAULT"), 0, "{}", program.output().unwrap());
    assert!(wait_for(|| answers(&other, VIRTUAL).then_some(())).is_some());
    // A reload that changes nothing keeps it.
    let index = |node: &Node| {
        node.network
            .ip(&["-o", "link", "show", "vrrp.51"])
            .map(|text| text.split(':').next().map(str::to_owned))
    };
    let first = index(&ours).unwrap();
    program.signal(Signal::SIGHUP).unwrap();
    wait_until_said(&program, "Reload complete");
    assert_eq!(index(&ours).unwrap(), first);
    assert_eq!(count(&program, "Entering"), 2, "{}", program.output().unwrap());
    // Somebody takes it away, and it is made again.
    ours.network.ip(&["link", "del", "vrrp.51"]).unwrap();
    assert!(wait_for(|| index(&ours).ok().filter(|now| *now != first)).is_some());
    assert!(wait_for(|| answers(&other, VIRTUAL).then_some(())).is_some());
    // Without the word it goes, and the address is on the interface below.
    ours.write(&instance(100, ""));
    program.signal(Signal::SIGHUP).unwrap();
    ours.wait_for_address(VIRTUAL, &program);
    assert!(index(&ours).is_err());
}

/// What the system says of a process: name, priorities, processors, limits in real time.
fn process_of(pid: i32) -> Vec<String> {
    let read = |file: &str| std::fs::read_to_string(format!("/proc/{pid}/{file}")).unwrap_or_default();
    let stat = read("stat");
    // Behind the name: priority and nice value, later priority in real time and policy.
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let mut out = vec![read("comm").trim().to_owned()];
    out.extend([15, 16, 37, 38].map(|at| fields.get(at).unwrap_or(&"").to_string()));
    let line = |text: String, what: &str| {
        text.lines()
            .find(|line| line.starts_with(what))
            .unwrap_or_default()
            .to_owned()
    };
    out.push(line(read("status"), "Cpus_allowed_list"));
    out.push((line(read("status"), "VmLck") != "VmLck:\t       0 kB").to_string());
    out.push(line(read("limits"), "Max realtime timeout"));
    out
}

fn the_processes_have_the_names_and_priorities_of_the_originals() {
    for global in [
        "process_names\n vrrp_priority -5\n vrrp_no_swap\n vrrp_cpu_affinity 0",
        "vrrp_process_name one\n process_name other\n vrrp_rt_priority 20\n vrrp_rlimit_rttime 5000",
        "vrrp_rt_priority 1",
    ] {
        let text = format!("global_defs {{\n {global}\n}}\n{}", instance(100, ""));
        let (ours, theirs) = pair();
        let programs = [(&ours, true), (&theirs, false)].map(|(node, is_ours)| {
            node.write(&text);
            let program = if is_ours {
                node.start()
            } else {
                node.start_original()
            };
            wait_until_said(&program, "Entering BACKUP STATE");
            program
        });
        let seen = [(&ours, &programs[0]), (&theirs, &programs[1])].map(|(node, program)| {
            let parent = std::fs::read_to_string(node.path("parent.pid")).unwrap();
            let parent = process_of(parent.trim().parse().unwrap()).remove(0);
            let mut child = process_of(node.child());
            child.push(parent);
            (child, program.output().unwrap())
        });
        assert_eq!(seen[0].0, seen[1].0, "{global}\n{}", seen[0].1);
    }
}

fn changes_of_the_priority_and_a_deleted_instance_are_told() {
    let (ours, _other) = pair();
    let fifo = ours.path("fifo");
    let told = ours.path("told");
    let reader = ours.script("reader", &format!("cat \"$1\" >> {}", told.display()));
    ours.network
        .ip(&["link", "add", "eth9", "type", "veth", "peer", "name", "far9"])
        .unwrap();
    for link in ["eth9", "far9"] {
        ours.network.ip(&["link", "set", link, "up"]).unwrap();
    }
    let global = format!(
        "global_defs {{\n script_user root\n vrrp_notify_fifo {}\n vrrp_notify_fifo_script {reader}\n}}\n",
        fifo.display()
    );
    let more = "notify_priority_changes\n notify_deleted\n track_interface {\n eth9 weight 10\n }";
    ours.write(&format!("{global}{}", instance(100, more)));
    let program = ours.start();
    ours.wait_for_address(VIRTUAL, &program);
    let wait_for_line = |line: &str| {
        let came = wait_for(|| {
            let text = std::fs::read_to_string(&told).unwrap_or_default();
            text.lines().any(|one| one == line).then_some(())
        });
        assert!(
            came.is_some(),
            "never {line}: {:?}",
            std::fs::read_to_string(&told)
        );
    };
    wait_for_line("INSTANCE \"VI_1\" BACKUP_PRIORITY 110");
    ours.network.ip(&["link", "set", "eth9", "down"]).unwrap();
    wait_for_line("INSTANCE \"VI_1\" MASTER_PRIORITY 100");
    ours.write(&format!(
        "{global}{}",
        instance(100, "").replace("VI_1", "VI_2").replace(" 51", " 52")
    ));
    program.signal(Signal::SIGHUP).unwrap();
    wait_for_line("INSTANCE \"VI_1\" DELETED 100");
}

fn an_instance_without_its_source_address_is_in_fault() {
    let (ours, _other) = pair();
    ours.give("192.168.0.31/24");
    ours.write(&instance(100, "mcast_src_ip 192.168.0.31\n track_src_ip"));
    let program = ours.start();
    ours.wait_for_address(VIRTUAL, &program);
    ours.network
        .ip(&["addr", "del", "192.168.0.31/24", "dev", "eth0"])
        .unwrap();
    wait_until_said(&program, "(VI_1) Entering FAULT STATE");
    ours.wait_for_no_address(VIRTUAL, &program);
    ours.give("192.168.0.31/24");
    ours.wait_for_address(VIRTUAL, &program);
}

fn neighbours_on_other_interfaces_are_told_now_and_then() {
    let (ours, _other) = pair();
    ours.network
        .ip(&["link", "add", "eth9", "type", "veth", "peer", "name", "far9"])
        .unwrap();
    for link in ["eth9", "far9"] {
        ours.network.ip(&["link", "set", link, "up"]).unwrap();
    }
    let more =
        "garp_extra_if all 1\n garp_master_delay 0\n virtual_ipaddress_excluded {\n 10.1.1.1/24 dev eth9\n }";
    ours.write(&instance(100, more));
    let program = ours.start();
    ours.wait_for_address(VIRTUAL, &program);
    let again = "Sending gratuitous ARP on eth9 for 10.1.1.1";
    // Five when it became master, and then one each second.
    assert!(wait_for(|| (count(&program, again) >= 7).then_some(())).is_some());
    assert_eq!(
        count(&program, "Sending gratuitous ARP on eth0 for 192.168.0.99"),
        5
    );
}

fn nothing_of_local_groups_is_reported_while_that_is_unwanted() {
    let (ours, _other) = pair();
    let path = "/proc/sys/net/ipv4/igmp_link_local_mcast_reports";
    assert_eq!(setting_of(&ours, path).as_deref(), Some("1"));
    ours.write(&format!(
        "global_defs {{\n disable_local_igmp\n}}\n{}",
        instance(100, "use_vmac")
    ));
    let mut program = ours.start();
    wait_until_said(&program, "(VI_1) Entering BACKUP STATE");
    assert_eq!(setting_of(&ours, path).as_deref(), Some("0"));
    program.signal(Signal::SIGTERM).unwrap();
    assert_eq!(program.wait_code(), Some(0));
    assert_eq!(setting_of(&ours, path).as_deref(), Some("1"));
}
