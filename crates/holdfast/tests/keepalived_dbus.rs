//! The program on a bus of its own, beside Debian's keepalived where there is one: the same objects, properties, methods and signals;
//! and buses that stand still or go away. Root is needed; without it the tests are left out, and listed so.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::fs;
use std::path::Path;
use std::process::Command;

use nix::sys::signal::Signal;
use test_support::namespace::is_possible;
use test_support::process::{Program, wait_for};

mod node;

use node::{Node, VIRTUAL, count, has_original, instance, pair, wait_until_said};

fn main() {
    let has_bus = Command::new("dbus-daemon").arg("--version").output().is_ok();
    let possible = is_possible() && has_bus;
    let tests: &[(&'static str, fn(), bool)] = &[
        (
            "objects_and_signals_are_those_of_the_original",
            objects_and_signals_are_those_of_the_original,
            possible && has_original(),
        ),
        (
            "methods_do_what_they_are_for",
            methods_do_what_they_are_for,
            possible,
        ),
        (
            "a_bus_that_stands_still_or_dies_delays_no_advert",
            a_bus_that_stands_still_or_dies_delays_no_advert,
            possible,
        ),
    ];
    node::run(tests);
}

/// A bus that lets everybody do everything.
struct Bus {
    daemon: Program,
    address: String,
}

impl Bus {
    fn start(folder: &Path) -> Self {
        let socket = folder.join("bus");
        let config = folder.join("bus.conf");
        fs::write(
            &config,
            format!(
                "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\"\n\
                 \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">\n\
                 <busconfig><type>system</type><listen>unix:path={}</listen><auth>EXTERNAL</auth>\n\
                 <policy context=\"default\"><allow user=\"*\"/><allow own=\"*\"/><allow send_destination=\"*\" eavesdrop=\"true\"/>\n\
                 <allow eavesdrop=\"true\"/></policy></busconfig>\n",
                socket.display()
            ),
        )
        .unwrap();
        let mut command = Command::new("dbus-daemon");
        command
            .arg("--nofork")
            .arg(format!("--config-file={}", config.display()));
        let daemon = Program::start(&mut command).unwrap();
        assert!(
            wait_for(|| socket.exists().then_some(())).is_some(),
            "{}",
            daemon.output().unwrap()
        );
        let address = format!("unix:path={}", socket.display());
        Self { daemon, address }
    }

    /// Calls a method; what it answers, or why it does not.
    fn call(&self, object: &str, method: &str, arguments: &[&str]) -> Result<String, String> {
        let output = Command::new("dbus-send")
            .args(["--print-reply=literal", "--dest=org.keepalived.Vrrp1"])
            .arg(format!("--bus={}", self.address))
            .args([object, method])
            .args(arguments)
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() {
            Ok(text(&output.stdout))
        } else {
            Err(text(&output.stderr))
        }
    }

    /// What an instance says of itself.
    fn properties(&self, object: &str) -> Result<String, String> {
        let method = "org.freedesktop.DBus.Properties.GetAll";
        self.call(object, method, &["string:org.keepalived.Vrrp1.Instance"])
    }

    /// Writes down the signals of the program.
    fn monitor(&self) -> Program {
        let mut command = Command::new("dbus-monitor");
        command.args([
            "--address",
            &self.address,
            "type='signal',path_namespace='/org/keepalived'",
        ]);
        let monitor = Program::start(&mut command).unwrap();
        assert!(wait_for(|| monitor.output().unwrap().contains("NameAcquired").then_some(())).is_some());
        monitor
    }
}

const INSTANCE: &str = "/org/keepalived/Vrrp1/Instance/eth0/51/IPv4";
const PROGRAM: &str = "/org/keepalived/Vrrp1/Vrrp";

fn file(more: &str) -> String {
    format!("global_defs {{\n enable_dbus\n{more}\n}}\n{}", instance(100, ""))
}

/// The signals that were seen: path, name and argument.
fn signals(monitor: &Program) -> Vec<String> {
    let text = monitor.output().unwrap();
    let mut all: Vec<String> = Vec::new();
    for line in text.lines() {
        if let Some((_, rest)) = line.split_once("path=/org/keepalived") {
            all.push(rest.to_owned());
        } else if line.starts_with("   ")
            && let Some(last) = all.last_mut()
        {
            last.push_str(line);
        }
    }
    all
}

/// The members that an object has, in the words of its description, sorted.
fn members(bus: &Bus, object: &str) -> Vec<String> {
    let text = bus
        .call(object, "org.freedesktop.DBus.Introspectable.Introspect", &[])
        .unwrap();
    let names = [
        "<interface name=",
        "<method name=",
        "<signal name=",
        "<property ",
        "<node name=",
    ];
    let mut all: Vec<String> = text
        .lines()
        .map(str::trim)
        .filter(|line| names.iter().any(|name| line.starts_with(name)))
        .filter_map(|line| {
            let kind = line.split(' ').next()?;
            let name = line.split("name=\"").nth(1)?.split('"').next()?;
            Some(format!("{kind} {name}"))
        })
        .collect();
    all.sort();
    all.dedup();
    all
}

/// What is seen of a program on a bus from its start to its end.
fn seen(start: impl Fn(&Node, &Bus) -> Program) -> (Vec<String>, String, Vec<String>) {
    let (node, _other) = pair();
    let bus = Bus::start(node.folder.path());
    let monitor = bus.monitor();
    node.write(&file(""));
    let mut program = start(&node, &bus);
    node.wait_for_address(VIRTUAL, &program);
    let properties = wait_for(|| {
        bus.properties(INSTANCE)
            .ok()
            .filter(|text| text.contains("Master"))
    });
    let properties = properties.unwrap_or_else(|| panic!("{}", program.output().unwrap()));
    let objects = [INSTANCE, PROGRAM].map(|object| members(&bus, object)).concat();
    node.write(&file("").replace("priority 100", "priority 101"));
    bus.call(PROGRAM, "org.keepalived.Vrrp1.Vrrp.ReloadConfig", &[])
        .unwrap();
    let has = |word: &str| signals(&monitor).iter().any(|signal| signal.contains(word));
    assert!(
        wait_for(|| has("VrrpReloaded").then_some(())).is_some(),
        "{:?}",
        signals(&monitor)
    );
    program.signal(Signal::SIGTERM).unwrap();
    assert_eq!(program.wait_code(), Some(0), "{}", program.output().unwrap());
    assert!(
        wait_for(|| has("VrrpStopped").then_some(())).is_some(),
        "{:?}",
        signals(&monitor)
    );
    (objects, properties, signals(&monitor))
}

fn objects_and_signals_are_those_of_the_original() {
    let ours = seen(|node, bus| {
        let mut command = node.command("keepalived.conf");
        command
            .args(["-n", "-l", "-D"])
            .env("DBUS_SYSTEM_BUS_ADDRESS", &bus.address);
        Program::start(&mut command).unwrap()
    });
    let theirs = seen(|node, bus| {
        let mut command = node.network.command("keepalived");
        command
            .args(["-n", "-l", "-D", "-P", "-f"])
            .arg(node.path("keepalived.conf"));
        command
            .arg("-p")
            .arg(node.path("parent.pid"))
            .arg("-r")
            .arg(node.path("vrrp.pid"));
        command.env("DBUS_SYSTEM_BUS_ADDRESS", &bus.address);
        Program::start(&mut command).unwrap()
    });
    assert_eq!(ours.0, theirs.0);
    // They are in no order.
    let entries = |text: &str| -> Vec<String> {
        let words = text.split("dict entry(").skip(1);
        let mut all: Vec<String> = words
            .map(|one| {
                one.split_whitespace()
                    .filter(|word| ![")", "]"].contains(word))
                    .collect()
            })
            .collect();
        all.sort();
        all
    };
    assert_eq!(entries(&ours.1), entries(&theirs.1));
    // The original tells the state that an instance was already in at a reload, or not, as it comes.
    let told = |signals: &[String]| -> Vec<String> {
        let mut all = signals.to_vec();
        all.dedup();
        all.retain(|signal| {
            !signal.contains("VrrpStatusChange")
                || signal.ends_with("uint32 1")
                || signal.ends_with("uint32 2")
        });
        all
    };
    assert_eq!(told(&ours.2), told(&theirs.2), "{:#?} {:#?}", ours.2, theirs.2);
}

fn methods_do_what_they_are_for() {
    let (node, _other) = pair();
    let bus = Bus::start(node.folder.path());
    let folder = node.folder.path().display();
    node.write(&file(&format!(
        " state_dump_file {folder}/\n stats_dump_file {folder}/"
    )));
    let mut command = node.command("keepalived.conf");
    command
        .args(["-n", "-l", "-D"])
        .env("DBUS_SYSTEM_BUS_ADDRESS", &bus.address);
    let program = Program::start(&mut command).unwrap();
    node.wait_for_address(VIRTUAL, &program);
    let call = |method: &str| bus.call(PROGRAM, &format!("org.keepalived.Vrrp1.Vrrp.{method}"), &[]);
    assert!(
        wait_for(|| call("PrintData").ok()).is_some(),
        "{}",
        program.output().unwrap()
    );
    for (method, file) in [
        ("PrintData", "keepalived.data"),
        ("PrintStats", "keepalived.stats"),
        ("PrintStatsClear", "keepalived.stats"),
    ] {
        let path = node.path(file);
        let _ = fs::remove_file(&path);
        call(method).unwrap();
        assert!(wait_for(|| path.exists().then_some(())).is_some(), "{method}");
    }
    let announced = count(&program, "Sending gratuitous ARP on eth0");
    bus.call(INSTANCE, "org.keepalived.Vrrp1.Instance.SendGarp", &[])
        .unwrap();
    wait_until_said(&program, "Sending garps on VI_1 on DBus request");
    assert!(
        wait_for(|| (count(&program, "Sending gratuitous ARP on eth0") > announced).then_some(())).is_some()
    );
    assert!(
        bus.call(INSTANCE, "org.keepalived.Vrrp1.Instance.Nothing", &[])
            .is_err()
    );
    // A reload takes an instance away and brings another.
    node.write(&file("").replace("router_id 51", "router_id 52"));
    call("ReloadConfig").unwrap();
    wait_until_said(&program, "Reload complete");
    let other = INSTANCE.replace("51", "52");
    assert!(
        wait_for(|| bus.properties(&other).ok()).is_some(),
        "{}",
        program.output().unwrap()
    );
    assert!(wait_for(|| bus.properties(INSTANCE).is_err().then_some(())).is_some());
}

fn a_bus_that_stands_still_or_dies_delays_no_advert() {
    let (master, backup) = pair();
    let bus = Bus::start(master.folder.path());
    // Three adverts of 50 ms that do not come make the other one master.
    let fast = |text: String| text.replace("router_id 51", "router_id 51\n version 3\n advert_int 0.05");
    master.write(&fast(file("")).replace("priority 100", "priority 150"));
    backup.write(&fast(instance(100, "")));
    let mut command = master.command("keepalived.conf");
    command
        .args(["-n", "-l", "-D"])
        .env("DBUS_SYSTEM_BUS_ADDRESS", &bus.address);
    let mut first = Program::start(&mut command).unwrap();
    master.wait_for_address(VIRTUAL, &first);
    assert!(
        wait_for(|| bus.properties(INSTANCE).ok()).is_some(),
        "{}",
        first.output().unwrap()
    );
    let second = backup.start();
    wait_until_said(&second, "Entering BACKUP STATE (init)");
    let taken_over = |second: &Program| count(second, "Entering MASTER STATE");
    for signal in [Signal::SIGSTOP, Signal::SIGKILL] {
        bus.daemon.signal(signal).unwrap();
        for _ in 0..5 {
            let before = count(&first, "Reload complete");
            first.signal(Signal::SIGHUP).unwrap();
            assert!(wait_for(|| (count(&first, "Reload complete") > before).then_some(())).is_some());
        }
        assert_eq!(taken_over(&second), 0, "{}", second.output().unwrap());
        assert_eq!(
            count(&first, "Entering MASTER STATE"),
            1,
            "{}",
            first.output().unwrap()
        );
    }
    first.signal(Signal::SIGTERM).unwrap();
    assert_eq!(first.wait_code(), Some(0), "{}", first.output().unwrap());
    backup.wait_for_address(VIRTUAL, &second);
}
