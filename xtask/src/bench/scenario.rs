//! The scenarios: the configuration both programs get, and what is measured.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

use super::load::Load;
use super::subject::{Running, Subject};
use super::upstream::{Upstream, free_address};
use super::{check, cpu, idle, map, startup};
use crate::workspace;

/// What every scenario is given.
pub(super) struct Setting<'a> {
    /// A folder for its files.
    pub(super) place: &'a Path,
    pub(super) upstream: &'a Upstream,
    /// How long a load lasts.
    pub(super) seconds: u64,
    /// How many clients a load has.
    pub(super) clients: usize,
    /// How many idle connections are held.
    pub(super) idle: usize,
    /// How many connections the programs may have.
    pub(super) maxconn: usize,
    /// The folder for recordings of perf, when they are asked for.
    pub(super) profile: Option<&'a Path>,
}

/// One scenario.
pub(super) struct Scenario {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) measure: fn(&Setting, &Subject) -> anyhow::Result<Figures>,
    /// The figures that are compared, the most telling one first, and what is to be reached with each.
    pub(super) goals: &'static [(&'static str, Goal)],
}

/// What is to be reached.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Goal {
    /// At most this part of the other program's figure.
    Ratio(f64),
    /// At most this figure.
    AtMost(f64),
    /// It is only looked at.
    None,
}

/// All scenarios.
pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "http-keep-alive",
        about: "small requests on lasting connections",
        measure: http_keep_alive,
        goals: &[(CPU_PER_REQUEST, Goal::Ratio(0.85))],
    },
    Scenario {
        name: "http-close",
        about: "small requests, each on a connection of its own that the client asks to close",
        measure: http_close,
        goals: &[(CPU_PER_REQUEST, Goal::Ratio(1.1))],
    },
    Scenario {
        name: "tcp-small",
        about: "mode tcp: connect, a small request, its answer, close",
        measure: tcp_small,
        goals: &[(CPU_PER_REQUEST, Goal::Ratio(1.05))],
    },
    Scenario {
        name: "bodies-1m",
        about: "answers of 1 MiB on lasting connections",
        measure: bodies,
        goals: &[(CPU_PER_REQUEST, Goal::None)],
    },
    Scenario {
        name: "idle",
        about: "memory of connections that have had an answer and are kept open",
        measure: idle::measure,
        goals: &[(idle::BYTES_PER_CONNECTION, Goal::AtMost(2048.0))],
    },
    Scenario {
        name: "start-20000-servers",
        about: "reading and starting a configuration with 20,000 servers",
        measure: startup::measure,
        goals: &[(startup::UNTIL_FIRST_ANSWER, Goal::None)],
    },
    Scenario {
        name: "check",
        about: "-c of 20,000 servers in 10,000 backends, and of many ACLs",
        measure: check::measure,
        goals: &[
            (check::SERVERS_TIME, Goal::Ratio(0.3)),
            (check::SERVERS_MEMORY, Goal::Ratio(1.0)),
            (check::ACLS_GROWTH, Goal::AtMost(1.3)),
        ],
    },
    Scenario {
        name: "map",
        about: "a map of a million entries: loading, memory, and look-ups through the stats socket",
        measure: map::measure,
        goals: &[
            (map::LOAD, Goal::Ratio(1.0)),
            (map::MEMORY, Goal::Ratio(1.0)),
            (map::LOOKUP, Goal::Ratio(1.0)),
        ],
    },
];

/// Named figures of one measurement.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Figures(pub(super) BTreeMap<&'static str, f64>);

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (name, value)) in self.0.iter().enumerate() {
            write!(f, "{}{name} {value:.2}", if index > 0 { ", " } else { "" })?;
        }
        Ok(())
    }
}

/// Microseconds of the proxy's CPU time for each request.
pub(super) const CPU_PER_REQUEST: &str = "cpu us/request";
/// How busy the proxy's core was, in percent: far below 100, the load was the bottleneck.
const BUSY: &str = "proxy busy %";
const RATE: &str = "requests/s";

/// The names of the scenarios to run: these, or all.
pub(super) fn chosen(only: &[String]) -> anyhow::Result<Vec<&'static str>> {
    let known = || SCENARIOS.iter().map(|scenario| scenario.name);
    if let Some(unknown) = only
        .iter()
        .find(|name| !known().any(|known| known == name.as_str()))
    {
        bail!(
            "no scenario '{unknown}'; there are: {}",
            known().collect::<Vec<_>>().join(", ")
        );
    }
    Ok(known()
        .filter(|known| only.is_empty() || only.iter().any(|name| name == known))
        .collect())
}

/// How many connections a proxy may have when this many files may be open: each has two sides, and some are needed for
/// other things.
pub(super) fn maxconn(open_files: u64) -> anyhow::Result<usize> {
    let files = usize::try_from(open_files).context("a limit of open files beyond all memory")?;
    let connections = (files.saturating_sub(500) / 2).min(20_000);
    if connections < 500 {
        bail!("{files} open files are too few to measure anything: raise the limit (ulimit -n)");
    }
    Ok(connections)
}

/// A configuration with one listener before nginx, written to a file: its path and the listener's address.
pub(super) fn config(setting: &Setting, lines: &[&str]) -> anyhow::Result<(PathBuf, SocketAddr)> {
    let address = free_address()?;
    let maxconn = setting.maxconn;
    let text = format!(
        "global\n    nbthread 1\n    maxconn {maxconn}\n\ndefaults\n    timeout connect 10s\n    timeout client 10m\n    \
         timeout server 10m\n    maxconn {maxconn}\n\nlisten web\n    bind {address}\n    {}\n    server nginx {}\n",
        lines.join("\n    "),
        setting.upstream.address
    );
    let path = setting.place.join("haproxy.cfg");
    fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    Ok((path, address))
}

fn http_keep_alive(setting: &Setting, subject: &Subject) -> anyhow::Result<Figures> {
    under_load(setting, subject, &["mode http"], "/small", false)
}

fn http_close(setting: &Setting, subject: &Subject) -> anyhow::Result<Figures> {
    under_load(setting, subject, &["mode http"], "/small", true)
}

fn tcp_small(setting: &Setting, subject: &Subject) -> anyhow::Result<Figures> {
    under_load(setting, subject, &["mode tcp"], "/small", true)
}

fn bodies(setting: &Setting, subject: &Subject) -> anyhow::Result<Figures> {
    under_load(setting, subject, &["mode http"], "/1m", false)
}

/// Starts the subject, warms it up, and measures its CPU time over a load.
fn under_load(
    setting: &Setting,
    subject: &Subject,
    lines: &[&str],
    path: &'static str,
    close: bool,
) -> anyhow::Result<Figures> {
    let (config, address) = config(setting, lines)?;
    let running = subject.start(&config, address)?;
    let load = |seconds| Load {
        address,
        path,
        close,
        clients: setting.clients,
        seconds,
    };
    load(1).run().context("warming up")?;

    let recording = setting
        .profile
        .map(|out| record(out, subject, lines, path, close, &running))
        .transpose()?;
    let before = cpu::time_of(running.pid())?;
    let done = load(setting.seconds).run()?;
    let used = (cpu::time_of(running.pid())? - before).as_secs_f64();
    if let Some(mut recording) = recording {
        // It ends with its own time limit.
        recording.wait().context("cannot wait for perf")?;
    }
    #[expect(
        clippy::cast_precision_loss,
        reason = "far fewer requests than a double counts"
    )]
    let requests = done.requests as f64;
    Ok(Figures(BTreeMap::from([
        (CPU_PER_REQUEST, used * 1e6 / requests),
        (BUSY, used * 100.0 * done.per_second / requests),
        (RATE, done.per_second),
    ])))
}

/// Has perf record the running proxy while the load lasts.
fn record(
    out: &Path,
    subject: &Subject,
    lines: &[&str],
    path: &str,
    close: bool,
    running: &Running,
) -> anyhow::Result<std::process::Child> {
    let program = workspace::program("perf").context("--profile needs perf (Debian package linux-perf)")?;
    let name = format!(
        "perf-{}{}{}-{}.data",
        lines.join("-").replace(' ', "-"),
        path.replace('/', "-"),
        if close { "-close" } else { "" },
        subject.label.replace(':', "-")
    );
    Command::new(program)
        .args([
            "record",
            "--quiet",
            "-g",
            "-F",
            "2000",
            "-p",
            &running.pid().to_string(),
            "-o",
        ])
        .arg(out.join(name))
        .args(["--", "sleep", "1"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .context("cannot start perf")
}
