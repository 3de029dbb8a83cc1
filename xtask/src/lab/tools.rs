//! What the lab needs from the machine, and what to say when it is not there.

use std::path::Path;

/// A program, and the Debian package that brings it.
const TOOLS: &[(&str, &str)] = &[
    ("chromedriver", "chromium-driver"),
    ("chromium", "chromium"),
    ("curl", "curl"),
    ("ip", "iproute2"),
    ("mount", "mount"),
    ("nginx", "nginx-light"),
    ("nsenter", "util-linux"),
    ("openssl", "openssl"),
    ("postconf", "postfix"),
    ("postfix", "postfix"),
    ("rsyslogd", "rsyslog"),
    ("unshare", "util-linux"),
];

/// Where programs are looked for besides `PATH`, which for many users lacks the sbin folders.
const SBIN: &[&str] = &["/usr/local/sbin", "/usr/sbin", "/sbin"];

/// Why the lab cannot be run on this machine; none when it can.
pub(super) fn why_left_out() -> Option<String> {
    if !nix::unistd::geteuid().is_root() {
        return Some("it needs root to make namespaces".to_owned());
    }
    let missing: Vec<String> = TOOLS
        .iter()
        .filter(|(program, _)| !is_installed(program))
        .map(|(program, package)| format!("{program} (Debian package {package})"))
        .collect();
    (!missing.is_empty()).then(|| format!("missing {}", missing.join(", ")))
}

fn is_installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
        || SBIN.iter().any(|folder| Path::new(folder).join(program).is_file())
}
