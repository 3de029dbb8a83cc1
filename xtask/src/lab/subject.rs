//! The program under test, and a running balancer of it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::node::Node;
use super::pacing::until;
use super::programs::Foreground;
use super::sheet::Sheet;

/// Where every one of the documents' balancers leaves its process id.
const PID_FILE: &str = "/run/haproxy.pid";

/// The program under test, under the name by which it is an haproxy.
#[derive(Debug)]
pub(super) struct Subject {
    program: PathBuf,
    version: String,
}

impl Subject {
    /// Puts the program into `folder` as `haproxy` and asks it for its version.
    pub(super) fn install(program: &Path, folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let copy = folder.join("haproxy");
        fs::copy(program, &copy).with_context(|| format!("cannot copy {}", program.display()))?;
        let output = Command::new(&copy).arg("-v").output()?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let version = said.lines().next().unwrap_or_default().to_owned();
        if !output.status.success() || version.is_empty() {
            bail!("{} -v says no version ({})", program.display(), output.status);
        }
        Ok(Self {
            program: copy,
            version,
        })
    }

    /// Where it stands.
    pub(super) fn program(&self) -> &Path {
        &self.program
    }

    pub(super) fn version(&self) -> &str {
        &self.version
    }

    /// Whether this is Holdfast, which has to take every file as it is. Newer versions of the original refuse keywords
    /// that the documents use.
    pub(super) fn takes_every_dialect(&self) -> bool {
        self.version.contains("holdfast")
    }

    fn accepts(&self, node: &Node, file: &Path) -> Result<bool> {
        Ok(node
            .command(&self.program)
            .arg("-c")
            .arg("-f")
            .arg(file)
            .output()?
            .status
            .success())
    }
}

/// A running balancer. It is killed when this is dropped.
#[derive(Debug)]
pub(super) struct Balancer {
    /// Its number for the lab, and for itself on its node.
    pid: Pid,
    own_pid: u32,
    warnings: String,
}

impl Balancer {
    /// Starts the subject as a daemon with the documents' files, unchanged, and waits until it listens.
    ///
    /// `before` are files of the lab's own that are read first, with what the documents leave to other chapters.
    pub(super) fn start(
        node: &Node,
        subject: &Subject,
        before: &[PathBuf],
        document: &Path,
        sheet: &mut Sheet,
    ) -> Result<Self> {
        let name = document
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let text =
            fs::read_to_string(document).with_context(|| format!("cannot read {}", document.display()))?;
        let behind = if before.is_empty() {
            ""
        } else {
            ", behind sections of the lab's own"
        };
        let mut file = node.folder().join(&name);
        fs::write(&file, &text)?;
        if subject.takes_every_dialect() || subject.accepts(node, &file)? {
            sheet.file(format!("{name}: unchanged{behind}"));
        } else {
            file = node.folder().join(format!("modern-{name}"));
            fs::write(&file, modernised(&text))?;
            sheet.file(format!(
                "{name}{behind}: refused by {}; run in its modern form",
                subject.version()
            ));
        }

        let said = node.folder().join("balancer-said");
        let log = File::create(&said)?;
        let mut command = node.command(&subject.program);
        command.args(["-D", "-p", PID_FILE]);
        for path in before.iter().chain([&file]) {
            command.arg("-f").arg(path);
        }
        let mut started = Foreground::start(command.stdout(log.try_clone()?).stderr(log))?;
        let what = format!("the balancer to go into the background with {name}");
        let (status, _) = until(Duration::from_secs(20), &what, || started.ended())?;
        let warnings = fs::read_to_string(&said)?;
        if !status.success() {
            bail!("the balancer refused {name} ({status}): {}", warnings.trim());
        }
        let pid = fs::read_to_string(node.path(PID_FILE)).context("the balancer left no pid file")?;
        let own_pid = pid
            .trim()
            .parse()
            .with_context(|| format!("the pid file holds `{}`", pid.trim()))?;
        let pid = node
            .process(own_pid)?
            .with_context(|| format!("the balancer ended at once: {}", warnings.trim()))?;
        Ok(Self {
            pid,
            own_pid,
            warnings,
        })
    }

    /// The tag of this balancer's log lines.
    pub(super) fn tag(&self) -> String {
        format!("haproxy[{}]:", self.own_pid)
    }

    /// What the program said when it was started.
    pub(super) fn warnings(&self) -> &str {
        &self.warnings
    }

    /// Asks the balancer to end when its sessions have ended, and gives the time that it took.
    pub(super) fn stop_softly(self) -> Result<Duration> {
        kill(self.pid, Signal::SIGUSR1).context("the balancer is not there any more")?;
        let ((), took) = until(Duration::from_secs(10), "the balancer to stop", || {
            Ok(kill(self.pid, None).is_err().then_some(()))
        })?;
        Ok(took)
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        // Fails only when it has ended already.
        let _ = kill(self.pid, Signal::SIGKILL);
    }
}

/// The same file in the words of HAProxy 2.x, for a subject that refuses the old ones.
fn modernised(text: &str) -> String {
    let mut modern = String::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["rspadd", ..] => {
                // `rspadd NAME:\ VALUE`
                let (name, value) = line
                    .split_once("rspadd")
                    .and_then(|(_, a)| a.split_once(":\\ "))
                    .unwrap_or_default();
                modern.push_str(&format!(
                    "    http-response add-header {} {}",
                    name.trim(),
                    value.trim()
                ));
            }
            ["redispatch"] => modern.push_str("    option redispatch"),
            ["timeout", time] => modern.push_str(&format!("    timeout connect {time}")),
            ["clitimeout", time] => modern.push_str(&format!("    timeout client {time}")),
            ["srvtimeout", time] => modern.push_str(&format!("    timeout server {time}")),
            ["listen", name, address] => modern.push_str(&format!("listen {name}\n    bind {address}")),
            _ => modern.push_str(line),
        }
        modern.push('\n');
    }
    modern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_modern_form_keeps_escapes_and_untouched_lines() {
        let old = "frontend http-in\n    rspadd X-Forwarded-Host:\\ http:\\\\\\\\example.com\n    bind *:80";
        let new = "frontend http-in\n    http-response add-header X-Forwarded-Host http:\\\\\\\\example.com\n    bind *:80\n";
        assert_eq!(modernised(old), new);
    }

    #[test]
    fn a_listen_line_with_an_address_becomes_a_bind_line() {
        assert_eq!(
            modernised("listen webfarm 10.0.0.1:80"),
            "listen webfarm\n    bind 10.0.0.1:80\n"
        );
        assert_eq!(modernised("listen stats"), "listen stats\n");
    }
}
