//! A machine of its own for the program as keepalived: a network namespace with an interface `eth0`, and a folder for its files.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]
#![allow(dead_code, reason = "each of the tests uses a part of it")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;

use libtest_mimic::{Arguments, Failed, Trial};
use test_support::namespace::Namespace;
use test_support::process::{Program, wait_for};

/// Runs tests, each with its name and whether it is possible here; one that is not is listed as left out. Ends the program.
pub(crate) fn run(tests: &[(&'static str, fn(), bool)]) -> ! {
    let trials = tests
        .iter()
        .map(|&(name, test, possible)| {
            Trial::test(name, move || {
                test();
                Ok::<(), Failed>(())
            })
            .with_ignored_flag(!possible)
        })
        .collect();
    let mut arguments = Arguments::from_args();
    // They wait for the protocol's seconds most of the time.
    arguments.test_threads.get_or_insert(8);
    libtest_mimic::run(&arguments, trials).exit()
}

/// Whether Debian's keepalived is there to be compared with.
pub(crate) fn has_original() -> bool {
    Command::new("keepalived").arg("-v").output().is_ok()
}

/// The address that the instances move.
pub(crate) const VIRTUAL: &str = "192.168.0.99";

/// A machine with an interface `eth0`, and a folder for its files.
pub(crate) struct Node {
    pub(crate) network: Namespace,
    pub(crate) folder: tempfile::TempDir,
}

impl Node {
    pub(crate) fn new() -> Self {
        let network = Namespace::new().unwrap();
        let folder = tempfile::tempdir().unwrap();
        // Scripts must be reachable for everybody.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        Self { network, folder }
    }

    pub(crate) fn give(&self, address: &str) {
        self.network.ip(&["addr", "add", address, "dev", "eth0"]).unwrap();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, text: &str) {
        fs::write(self.path("keepalived.conf"), text).unwrap();
    }

    /// Writes a script; gives its path.
    pub(crate) fn script(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path.display().to_string()
    }

    pub(crate) fn command(&self, file: &str) -> Command {
        let mut command = self.network.command(env!("CARGO_BIN_EXE_holdfast"));
        command.args(["keepalived", "-G"]);
        self.with_files(command, file)
    }

    fn with_files(&self, mut command: Command, file: &str) -> Command {
        command
            .args(["-P", "-f"])
            .arg(self.path(file))
            .arg("-p")
            .arg(self.path("parent.pid"))
            .arg("-r")
            .arg(self.path("vrrp.pid"));
        command
    }

    /// Starts Debian's keepalived on the same file.
    pub(crate) fn start_original(&self) -> Program {
        let command = self.network.command("keepalived");
        Program::start(
            self.with_files(command, "keepalived.conf")
                .args(["-n", "-l", "-D"]),
        )
        .unwrap()
    }

    /// Starts the program in the foreground, with all that it says kept.
    pub(crate) fn start(&self) -> Program {
        Program::start(self.command("keepalived.conf").args(["-n", "-l", "-D"])).unwrap()
    }

    pub(crate) fn has(&self, address: &str) -> bool {
        let shown = self
            .network
            .ip(&["-o", "-4", "addr", "show", "dev", "eth0"])
            .unwrap();
        shown.contains(&format!(" {address}/"))
    }

    pub(crate) fn wait_for_address(&self, address: &str, program: &Program) {
        let came = wait_for(|| self.has(address).then_some(()));
        assert!(
            came.is_some(),
            "no {address}; it said:\n{}",
            program.output().unwrap()
        );
    }

    pub(crate) fn wait_for_no_address(&self, address: &str, program: &Program) {
        let went = wait_for(|| (!self.has(address)).then_some(()));
        assert!(
            went.is_some(),
            "{address} stays; it said:\n{}",
            program.output().unwrap()
        );
    }

    /// The process that speaks VRRP.
    pub(crate) fn child(&self) -> i32 {
        wait_for(|| {
            fs::read_to_string(self.path("vrrp.pid"))
                .ok()?
                .trim()
                .parse()
                .ok()
        })
        .expect("a pid file")
    }
}

/// Two machines on one cable.
pub(crate) fn pair() -> (Node, Node) {
    let (one, other) = (Node::new(), Node::new());
    one.network.connect("eth0", &other.network, "eth0").unwrap();
    one.give("192.168.0.11/24");
    other.give("192.168.0.12/24");
    (one, other)
}

/// A configuration with one instance. `more` stands in it.
pub(crate) fn instance(priority: u8, more: &str) -> String {
    format!(
        "vrrp_instance VI_1 {{\n interface eth0\n state BACKUP\n virtual_router_id 51\n priority {priority}\n\
         virtual_ipaddress {{\n {VIRTUAL}\n }}\n{more}\n}}\n"
    )
}

/// Waits until the program has said it.
pub(crate) fn wait_until_said(program: &Program, text: &str) {
    let said = wait_for(|| program.output().unwrap().contains(text).then_some(()));
    assert!(
        said.is_some(),
        "never '{text}'; it said:\n{}",
        program.output().unwrap()
    );
}

pub(crate) fn count(program: &Program, text: &str) -> usize {
    program.output().unwrap().matches(text).count()
}
