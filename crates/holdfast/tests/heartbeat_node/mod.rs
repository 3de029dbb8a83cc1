//! A machine of its own for heartbeat: a network namespace with an interface `eth0`, its own host name, /run and /var/lib/heartbeat, and
//! a folder for its files. Debian's heartbeat runs in it as well as Holdfast.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]
#![allow(dead_code, reason = "each of the tests uses a part of it")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use test_support::namespace::Namespace;
use test_support::process::{Program, wait_for};

/// The original.
pub(crate) const ORIGINAL: &str = "/usr/libexec/heartbeat/heartbeat";

/// The address that moves.
pub(crate) const VIRTUAL: &str = "192.168.0.99";

/// Names of the nodes, and their addresses.
pub(crate) const NODES: [(&str, &str); 2] = [
    ("lb1.example.com", "192.168.0.100/24"),
    ("lb2.example.com", "192.168.0.101/24"),
];

/// What mounts a machine's own folders, then waits to be ended.
const SETUP: &str = r#"
set -e
mount --make-rprivate /
hostname "$1"
[ ! -d /etc/ha.d ] || mount --bind "$2" /etc/ha.d
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /dev/shm
if [ -d /var/lib/heartbeat ]; then
    mount -t tmpfs tmpfs /var/lib/heartbeat
    mkdir -p /var/lib/heartbeat/cores/root /var/lib/heartbeat/api /run/heartbeat/ccm /run/heartbeat/dopd /run/heartbeat/rsctmp /run/resource-agents
    chown hacluster:haclient /run/heartbeat/ccm /run/heartbeat/dopd
else
    mount -t tmpfs tmpfs /var/lib
fi
echo ready
exec sleep 1000
"#;

/// Whether Debian's heartbeat is there to be compared with.
pub(crate) fn has_original() -> bool {
    Path::new(ORIGINAL).is_file()
}

/// Which program runs on a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    Holdfast,
    Original,
}

/// A machine.
pub(crate) struct Machine {
    pub(crate) network: Namespace,
    folder: tempfile::TempDir,
    holder: Program,
    which: Which,
}

impl Machine {
    fn new(which: Which, network: Namespace, number: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let etc = folder.path().join("etc");
        fs::create_dir(&etc).unwrap();
        if Path::new("/etc/ha.d").is_dir() {
            let copied = Command::new("cp").args(["-a", "/etc/ha.d/."]).arg(&etc).status();
            assert!(copied.unwrap().success());
        }
        fs::create_dir_all(etc.join("resource.d")).unwrap();
        let mut command = network.command("unshare");
        command
            .args(["-m", "-u", "--ipc", "sh", "-c", SETUP, "setup", NODES[number].0])
            .arg(&etc);
        let holder = Program::start(&mut command).unwrap();
        let ready = wait_for(|| holder.output().unwrap().contains("ready").then_some(()));
        assert!(ready.is_some(), "{}", holder.output().unwrap());
        Self {
            network,
            folder,
            holder,
            which,
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes one of its files in /etc/ha.d.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path("etc").join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }

    /// Writes a script of resource.d.
    pub(crate) fn script(&self, name: &str, text: &str) {
        let path = self.path("etc/resource.d").join(name);
        fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// A command that runs on it.
    pub(crate) fn inside(&self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        command
            .arg("-t")
            .arg(self.holder.pid().to_string())
            .args(["-m", "-u", "-i", "-n", program])
            .stdin(Stdio::null());
        command
    }

    /// A command line of its heartbeat.
    pub(crate) fn heartbeat(&self, arguments: &[&str]) -> Command {
        let mut command = match self.which {
            Which::Holdfast => {
                let mut command = self.inside(env!("CARGO_BIN_EXE_holdfast"));
                command.arg("heartbeat").env("HA_DIR", self.path("etc"));
                command
            }
            Which::Original => self.inside(ORIGINAL),
        };
        command.args(arguments);
        command
    }

    /// What its heartbeat answers to an argument: the exit status, and standard output.
    pub(crate) fn asked(&self, argument: &str) -> (Option<i32>, String) {
        let output = self.heartbeat(&[argument]).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.code(), text)
    }

    /// Runs another of Holdfast's programs on it.
    pub(crate) fn run(&self, arguments: &[&str]) -> Option<i32> {
        let mut command = self.inside(env!("CARGO_BIN_EXE_holdfast"));
        command.args(arguments).status().unwrap().code()
    }

    /// Starts its heartbeat.
    pub(crate) fn start(&self) {
        let output = fs::File::create(self.path("start")).unwrap();
        let status = self
            .heartbeat(&[])
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .status()
            .unwrap();
        assert!(
            status.success(),
            "{}",
            fs::read_to_string(self.path("start")).unwrap()
        );
    }

    /// Ends its heartbeat as an administrator does.
    pub(crate) fn stop(&self) {
        let status = self
            .heartbeat(&["-k"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        assert!(status.unwrap().success(), "{}", self.log());
    }

    /// Ends all its processes at once, and takes away what they have set: the machine is as if it had no power.
    pub(crate) fn kill(&self) {
        self.network.ip(&["link", "set", "eth0", "down"]).unwrap();
        for signal in [Signal::SIGSTOP, Signal::SIGKILL] {
            for pid in self.pids() {
                // It may have ended with another one.
                let _ = kill(Pid::from_raw(pid), signal);
            }
        }
        let gone = wait_for(|| self.pids().is_empty().then_some(()));
        assert!(gone.is_some());
        self.network.ip(&["addr", "flush", "dev", "eth0"]).unwrap();
    }

    /// Gives it power again.
    pub(crate) fn revive(&self, number: usize) {
        self.give(number);
        self.network.ip(&["link", "set", "eth0", "up"]).unwrap();
    }

    fn give(&self, number: usize) {
        self.network
            .ip(&["addr", "add", NODES[number].1, "brd", "+", "dev", "eth0"])
            .unwrap();
    }

    /// Its processes but the one that keeps it.
    fn pids(&self) -> Vec<i32> {
        let output = Command::new("ip")
            .args(["netns", "pids", self.network.name()])
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.lines()
            .filter_map(|line| line.trim().parse().ok())
            .filter(|pid| *pid != self.holder.pid())
            .collect()
    }

    pub(crate) fn has(&self, address: &str) -> bool {
        let shown = self
            .network
            .ip(&["-o", "-4", "addr", "show", "dev", "eth0"])
            .unwrap();
        shown.contains(&format!(" {address}/"))
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    /// Waits until it has said something.
    pub(crate) fn wait_until_said(&self, text: &str) {
        let said = wait_for(|| self.log().contains(text).then_some(()));
        assert!(said.is_some(), "never '{text}'; it said:\n{}", self.log());
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // Before its namespace goes: a daemon is nobody's child here.
        for pid in self.pids() {
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
        }
    }
}

/// Two machines on one cable, with ha.cf of these further lines.
pub(crate) struct Pair(pub(crate) [Machine; 2]);

impl Pair {
    pub(crate) fn bare(which: [Which; 2]) -> Self {
        let networks = [Namespace::new().unwrap(), Namespace::new().unwrap()];
        networks[0].connect("eth0", &networks[1], "eth0").unwrap();
        let mut number = 0;
        let machines = networks.map(|network| {
            let machine = Machine::new(which[number], network, number);
            machine.give(number);
            number += 1;
            machine
        });
        Self(machines)
    }

    pub(crate) fn new(which: [Which; 2], more: &str) -> Self {
        let pair = Self::bare(which);
        for machine in &pair.0 {
            let log = machine.path("log").display().to_string();
            machine.write(
                "ha.cf",
                &format!(
                    "keepalive 500ms\ndeadtime 3\nwarntime 2\ninitdead 5\nlogfile {log}\n{more}\nbcast eth0\n\
                     node lb1.example.com lb2.example.com\n"
                ),
            );
            machine.write("haresources", "lb1.example.com 192.168.0.99\n");
            machine.write("authkeys", "auth 1\n1 sha1 somerandomstring\n");
        }
        pair
    }

    pub(crate) fn start(&self) {
        for machine in &self.0 {
            machine.start();
        }
    }

    /// Waits until one of them has the address and the other one does not; how long it took.
    pub(crate) fn wait_for_holder(&self, number: usize, most: Duration) -> Duration {
        self.wait_until(most, || {
            self.0[number].has(VIRTUAL) && !self.0[1 - number].has(VIRTUAL)
        })
    }

    /// Waits for a condition of its own patience; how long it took.
    pub(crate) fn wait_until(&self, most: Duration, mut condition: impl FnMut() -> bool) -> Duration {
        let begin = Instant::now();
        loop {
            if wait_for_briefly(&mut condition) {
                return begin.elapsed();
            }
            assert!(
                begin.elapsed() < most,
                "not within {most:?}\n--- lb1:\n{}\n--- lb2:\n{}",
                self.0[0].log(),
                self.0[1].log()
            );
        }
    }

    /// That the address stays where it is for a while.
    pub(crate) fn stays(&self, number: usize, time: Duration) {
        let end = Instant::now() + time;
        while Instant::now() < end {
            assert!(
                self.0[number].has(VIRTUAL) && !self.0[1 - number].has(VIRTUAL),
                "--- lb1:\n{}\n--- lb2:\n{}",
                self.0[0].log(),
                self.0[1].log()
            );
        }
    }
}

/// Looks once; asking takes some milliseconds by itself.
fn wait_for_briefly(condition: &mut impl FnMut() -> bool) -> bool {
    condition()
}
