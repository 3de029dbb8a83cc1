//! The programs that layers need, the Debian packages they come in, and installing what is missing where that is
//! possible: as root on a system with apt-get.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

use crate::workspace;

/// A program that a layer needs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Needed {
    pub(super) name: &'static str,
    /// The Debian package that brings it; none when there is no such package.
    pub(super) package: Option<&'static str>,
}

impl Needed {
    const fn debian(name: &'static str, package: &'static str) -> Self {
        Self {
            name,
            package: Some(package),
        }
    }

    /// Where a user gets it.
    pub(super) fn source(&self) -> String {
        match self.package {
            Some(package) => format!("Debian package {package}"),
            None => format!("cargo install {}", self.name),
        }
    }
}

/// The programs that are compared with.
pub(super) const ORIGINALS: &[Needed] = &[Needed::debian("haproxy", "haproxy")];

/// What varnishtest needs.
pub(super) const VTC: &[Needed] = &[
    Needed::debian("varnishtest", "varnish"),
    Needed::debian("haproxy", "haproxy"),
    Needed::debian("openssl", "openssl"),
];

/// What the lab needs.
pub(crate) const LAB: &[Needed] = &[
    Needed::debian("ip", "iproute2"),
    Needed::debian("unshare", "util-linux"),
    Needed::debian("nsenter", "util-linux"),
    Needed::debian("setpriv", "util-linux"),
    Needed::debian("mount", "mount"),
    Needed::debian("nginx", "nginx-light"),
    Needed::debian("postfix", "postfix"),
    Needed::debian("keepalived", "keepalived"),
    Needed::debian("killall", "psmisc"),
    // Its program stands in no folder of programs; this one comes with it.
    Needed::debian("cl_status", "heartbeat"),
    Needed::debian("curl", "curl"),
    // Of the tests of the program on D-Bus, which are left out without them.
    Needed::debian("dbus-daemon", "dbus-daemon"),
    Needed::debian("dbus-send", "dbus-bin"),
    // Of the tests of the program beside an SNMP agent, likewise.
    Needed::debian("snmpd", "snmpd"),
    Needed::debian("snmpwalk", "snmp"),
    Needed::debian("snmptrapd", "snmptrapd"),
    Needed::debian("tcpdump", "tcpdump"),
    Needed::debian("nft", "nftables"),
    Needed::debian("openssl", "openssl"),
    Needed::debian("rsyslogd", "rsyslog"),
    Needed::debian("chromium", "chromium"),
    Needed::debian("chromedriver", "chromium-driver"),
];

/// The programs that people use beside haproxy, and what drives them.
pub(super) const PROGRAMS: &[Needed] = &[
    Needed::debian("haproxy", "haproxy"),
    Needed::debian("hatop", "hatop"),
    Needed::debian("tmux", "tmux"),
    Needed::debian("prometheus-haproxy-exporter", "prometheus-haproxy-exporter"),
    Needed::debian("haproxy_log_analysis", "haproxy-log-analysis"),
    Needed::debian("socat", "socat"),
];

/// What the bench needs.
pub(crate) const BENCH: &[Needed] = &[
    Needed::debian("haproxy", "haproxy"),
    Needed::debian("nginx", "nginx-light"),
    Needed::debian("wrk", "wrk"),
    Needed::debian("h2load", "nghttp2-client"),
    Needed::debian("openssl", "openssl"),
];

/// What the fuzz targets need: libFuzzer is C++.
pub(crate) const FUZZ: &[Needed] = &[Needed::debian("c++", "g++")];

/// What the check of the dependencies needs.
pub(super) const DENY: &[Needed] = &[Needed {
    name: "cargo-deny",
    package: None,
}];

/// Those of the programs that are not there, each with its source.
pub(crate) fn lacking(needed: &[Needed]) -> Vec<String> {
    needed
        .iter()
        .filter(|needed| workspace::program(needed.name).is_none())
        .map(|needed| format!("{} ({})", needed.name, needed.source()))
        .collect()
}

/// Installs the packages of those programs that are not there, where this may be done. Gives back why something could
/// not be installed, in a form to append to a reason; empty when nothing hindered it.
pub(super) fn make_available(needed: impl Iterator<Item = &'static Needed>, may_install: bool) -> String {
    let packages: BTreeSet<&str> = needed
        .filter(|needed| workspace::program(needed.name).is_none())
        .filter_map(|needed| needed.package)
        .collect();
    if packages.is_empty() {
        return String::new();
    }
    if !may_install {
        return "; --no-install was given".to_owned();
    }
    if !nix::unistd::geteuid().is_root() {
        return "; not root, so it was not installed".to_owned();
    }
    let Some(apt) = workspace::program("apt-get") else {
        return "; no apt-get, so it was not installed".to_owned();
    };
    println!(
        "== packages: {}",
        packages.iter().copied().collect::<Vec<_>>().join(" ")
    );
    match install(&apt, &packages) {
        Ok(()) => String::new(),
        Err(error) => {
            println!("   {error:#}");
            format!("; installing failed: {error:#}")
        }
    }
}

fn install(apt: &Path, packages: &BTreeSet<&str>) -> anyhow::Result<()> {
    let _no_services = NoServices::begin()?;
    apt_get(apt, &["update"])?;
    let all: Vec<&str> = packages.iter().copied().collect();
    let Err(together) = apt_get(
        apt,
        &[&["install", "--yes", "--no-install-recommends"], all.as_slice()].concat(),
    ) else {
        return Ok(());
    };
    // One that cannot be had must not keep the others away.
    println!("   {together:#}; one by one:");
    let mut failed = Vec::new();
    for package in all {
        if apt_get(apt, &["install", "--yes", "--no-install-recommends", package]).is_err() {
            failed.push(package);
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    bail!("apt-get install {} failed", failed.join(" "))
}

fn apt_get(apt: &Path, arguments: &[&str]) -> anyhow::Result<()> {
    let output = Command::new(apt)
        .args(["--quiet", "--option", "DPkg::Lock::Timeout=300"])
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null())
        .output()
        .context("cannot start apt-get")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let last: Vec<_> = said.lines().filter(|line| line.starts_with("E:")).collect();
        bail!("apt-get {} failed: {}", arguments.join(" "), last.join(" "));
    }
    Ok(())
}

/// Where Debian's packages ask whether they may start their services.
const POLICY: &str = "/usr/sbin/policy-rc.d";

/// While this lives, installing a package starts no service: the tests start what they need themselves, and a service
/// would hold their ports. A policy that is there already is left as it is.
struct NoServices {
    ours: bool,
}

impl NoServices {
    fn begin() -> anyhow::Result<Self> {
        if Path::new(POLICY).exists() {
            return Ok(Self { ours: false });
        }
        fs::write(POLICY, "#!/bin/sh\nexit 101\n").with_context(|| format!("cannot write {POLICY}"))?;
        let policy = Self { ours: true };
        fs::set_permissions(POLICY, fs::Permissions::from_mode(0o755))
            .with_context(|| format!("cannot make {POLICY} executable"))?;
        Ok(policy)
    }
}

impl Drop for NoServices {
    fn drop(&mut self) {
        if self.ours
            && let Err(error) = fs::remove_file(POLICY)
        {
            eprintln!("warning: {POLICY} stays behind and keeps services from starting: {error}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_not_installed() {
        static SHELL: Needed = Needed::debian("sh", "dash");
        assert_eq!(make_available([&SHELL].into_iter(), true), "");
    }

    #[test]
    fn what_may_not_be_installed_says_so() {
        static NOWHERE: Needed = Needed::debian("no-such-program", "no-such-package");
        assert_eq!(
            make_available([&NOWHERE].into_iter(), false),
            "; --no-install was given"
        );
    }

    #[test]
    fn a_program_without_a_package_comes_from_cargo() {
        assert_eq!(DENY[0].source(), "cargo install cargo-deny");
        assert_eq!(ORIGINALS[0].source(), "Debian package haproxy");
    }
}
