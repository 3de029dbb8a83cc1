//! The scenarios: the configuration both programs get, and what is measured.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

use super::load::Load;
use super::sink::Sink;
use super::subject::{Running, Subject};
use super::upstream::Upstream;
use super::{check, cpu, idle, map, startup, table};
use crate::workspace;
use test_support::process::free_address;

/// What every scenario is given.
#[derive(Clone, Copy)]
pub(super) struct Setting<'a> {
    /// The scenario's name.
    pub(super) scenario: &'static str,
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
        goals: &[(CPU_PER_REQUEST, Goal::Ratio(0.80))],
    },
    Scenario {
        name: "http-rules",
        about: "the same with eight ordinary rules",
        measure: http_rules,
        goals: &[(CPU_PER_REQUEST, Goal::Ratio(0.80))],
    },
    Scenario {
        name: "http-acls-500",
        about: "the same with 500 path_beg ACLs and use_backend lines, of which the last one holds",
        measure: http_acls,
        goals: &[(CPU_PER_REQUEST, Goal::Ratio(0.25))],
    },
    Scenario {
        name: "http-httplog",
        about: "the same with option httplog to a UDP receiver",
        measure: http_httplog,
        goals: &[(CPU_PER_REQUEST, Goal::Ratio(0.80))],
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
        goals: &[(CPU_PER_REQUEST, Goal::Ratio(0.75))],
    },
    Scenario {
        name: "bodies-1m-splice",
        about: "the same with option splice-auto",
        measure: bodies_splice,
        goals: &[(CPU_PER_REQUEST, Goal::Ratio(0.75))],
    },
    Scenario {
        name: "tcp-1m",
        about: "mode tcp with option splice-auto: answers of 1 MiB on lasting connections",
        measure: tcp_bodies,
        goals: &[(CPU_PER_REQUEST, Goal::Ratio(0.95))],
    },
    Scenario {
        name: "tls-keep-alive",
        about: "small requests on lasting connections over TLS",
        measure: tls_keep_alive,
        goals: &[(CPU_PER_REQUEST, Goal::Ratio(0.75))],
    },
    Scenario {
        name: "tls-handshake",
        about: "small requests, each behind a full handshake of TLS 1.3 with an ECDSA P-256 certificate",
        measure: tls_handshake,
        goals: &[(CPU_PER_REQUEST, Goal::Ratio(0.55))],
    },
    Scenario {
        name: "tls-resumed",
        about: "small requests, each behind a handshake of TLS 1.3 that takes up a session again",
        measure: tls_resumed,
        goals: &[(CPU_PER_REQUEST, Goal::Ratio(0.8))],
    },
    Scenario {
        name: "tls-1m",
        about: "answers of 1 MiB on lasting connections over TLS",
        measure: tls_bodies,
        goals: &[(CPU_PER_REQUEST, Goal::Ratio(0.9))],
    },
    Scenario {
        name: "http2",
        about: "small requests over HTTP/2 and TLS, ten at once on each of lasting connections",
        measure: http2,
        goals: &[(CPU_PER_REQUEST, Goal::Ratio(0.85))],
    },
    Scenario {
        name: "tls-to-servers",
        about: "small requests on lasting connections, in clear to the proxy and over TLS from it to itself and on",
        measure: tls_to_servers,
        goals: &[(CPU_PER_REQUEST, Goal::None)],
    },
    Scenario {
        name: "idle",
        about: "memory of connections that have had an answer and are kept open",
        measure: idle::measure,
        goals: &[(idle::BYTES_PER_CONNECTION, Goal::AtMost(1228.8))],
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
        name: "track-million",
        about: "requests that are counted in a stick table of a million entries, against the same without it",
        measure: table::measure,
        goals: &[
            (table::COST, Goal::AtMost(1.15)),
            (table::MEMORY, Goal::Ratio(1.0)),
            (CPU_PER_REQUEST, Goal::None),
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
    config_of(
        setting,
        &Work {
            lines,
            ..Work::default()
        },
    )
}

/// What a proxy is to do under load.
#[derive(Clone, Copy, Default)]
struct Work<'a> {
    /// The lines of its section.
    lines: &'a [&'a str],
    /// The sections behind it.
    backends: &'a str,
    /// The path that is asked for.
    path: &'static str,
    /// Each request has a connection of its own.
    close: bool,
    /// The file with the certificate, where clients come over TLS.
    certificate: Option<&'a Path>,
    /// Requests at once on each connection of HTTP/2.
    streams: Option<usize>,
    /// What the load's handshakes are, where each request has one.
    handshakes: Option<Handshakes>,
}

/// What handshakes are. The load takes up sessions again where it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Handshakes {
    /// All agree on keys anew: there are no tickets, and no session is remembered.
    Full,
    /// Nearly all take up a session again.
    Resumed,
}

impl Handshakes {
    /// Whether they were what they are meant to be, by the most keys that the proxy agreed on in a second and what it answered in one.
    fn were(self, keys: f64, requests: f64) -> bool {
        match self {
            Self::Full => keys > requests / 2.0,
            Self::Resumed => keys < requests / 2.0,
        }
    }
}

/// The configuration for some work.
fn config_of(setting: &Setting, work: &Work<'_>) -> anyhow::Result<(PathBuf, SocketAddr)> {
    let Work { lines, backends, .. } = work;
    let address = free_address()?;
    let tls = work
        .certificate
        .map(|path| format!(" ssl crt {} alpn h2,http/1.1", path.display()))
        .unwrap_or_default();
    let (cache, tickets) = match work.handshakes {
        Some(Handshakes::Full) => ("    tune.ssl.cachesize 0\n", " no-tls-tickets"),
        Some(Handshakes::Resumed) | None => ("", ""),
    };
    let admin = admin_socket(setting);
    let maxconn = setting.maxconn;
    let text = format!(
        "global\n    nbthread 1\n    maxconn {maxconn}\n    maxpipes 64\n    stats socket {}\n{cache}\ndefaults\n    timeout connect 10s\n    timeout client 10m\n    \
         timeout server 10m\n    maxconn {maxconn}\n\nlisten web\n    bind {address}{tls}{tickets}\n    {}\n    server nginx {}\n\n{backends}",
        admin.display(),
        lines.join("\n    "),
        setting.upstream.address
    );
    let path = setting.place.join("haproxy.cfg");
    fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    Ok((path, address))
}

/// Where the proxy answers what it counted.
fn admin_socket(setting: &Setting) -> PathBuf {
    setting.place.join("admin.sock")
}

fn http_keep_alive(setting: &Setting, subject: &Subject) -> anyhow::Result<Figures> {
    under_load(setting, subject, &["mode http"], "/small", false)
}

/// What many files have: conditions on paths and hosts, headers set from samples, a refusal, forwardfor.
const RULES: &[&str] = &[
    "mode http",
    "option forwardfor",
    "acl is_api path_beg /api/",
    "acl is_static path_end .css .js .png",
    "acl is_admin hdr(host) -i admin.example.com",
    "http-request deny if is_admin !{ src 10.0.0.0/8 }",
    "http-request set-header X-Forwarded-Proto http",
    "http-request set-header X-Client-Port %[src_port]",
    "http-request set-header X-Host %[req.hdr(host),lower]",
    "http-request del-header X-Internal",
    "http-request set-var(txn.path) path",
    "http-request set-header X-Kind api if is_api or is_static",
    "http-response set-header X-Path %[var(txn.path)]",
];

fn http_rules(setting: &Setting, subject: &Subject) -> anyhow::Result<Figures> {
    under_load(setting, subject, RULES, "/small", false)
}

fn http_acls(setting: &Setting, subject: &Subject) -> anyhow::Result<Figures> {
    const NUMBER: usize = 500;
    let path = |at: usize| {
        if at + 1 == NUMBER {
            "/small".to_owned()
        } else {
            format!("/application-{at}/")
        }
    };
    let mut lines = vec!["mode http".to_owned()];
    lines.extend((0..NUMBER).map(|at| format!("acl is_{at} path_beg {}", path(at))));
    lines.extend((0..NUMBER).map(|at| format!("use_backend app_{at} if is_{at}")));
    let backends: String = (0..NUMBER)
        .map(|at| {
            format!(
                "backend app_{at}\n    mode http\n    server nginx {}\n",
                setting.upstream.address
            )
        })
        .collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let work = Work {
        lines: &lines,
        backends: &backends,
        path: "/small",
        ..Work::default()
    };
    under_load_of(setting, subject, &work)
}

/// A certificate with its key, made for one measurement.
fn certificate(place: &Path) -> anyhow::Result<PathBuf> {
    let (key, crt, both) = (
        place.join("site.key"),
        place.join("site.crt"),
        place.join("site.pem"),
    );
    let mut command = Command::new(workspace::program("openssl").context("no openssl")?);
    command
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
        ])
        .args(["-days", "2", "-subj", "/CN=bench.example", "-keyout"])
        .arg(&key)
        .arg("-out")
        .arg(&crt)
        .stdin(Stdio::null());
    let made = command.output().context("cannot start openssl")?;
    if !made.status.success() {
        bail!(
            "openssl makes no certificate: {}",
            String::from_utf8_lossy(&made.stderr)
        );
    }
    fs::write(&both, [fs::read(&crt)?, fs::read(&key)?].concat())?;
    Ok(both)
}

fn over_tls(
    setting: &Setting,
    subject: &Subject,
    path: &'static str,
    handshakes: Option<Handshakes>,
) -> anyhow::Result<Figures> {
    let certificate = certificate(setting.place)?;
    let work = Work {
        lines: &["mode http"],
        path,
        close: handshakes.is_some(),
        handshakes,
        certificate: Some(&certificate),
        ..Work::default()
    };
    under_load_of(setting, subject, &work)
}

fn tls_keep_alive(setting: &Setting, subject: &Subject) -> anyhow::Result<Figures> {
    over_tls(setting, subject, "/small", None)
}

fn tls_handshake(setting: &Setting, subject: &Subject) -> anyhow::Result<Figures> {
    over_tls(setting, subject, "/small", Some(Handshakes::Full))
}

fn tls_resumed(setting: &Setting, subject: &Subject) -> anyhow::Result<Figures> {
    over_tls(setting, subject, "/small", Some(Handshakes::Resumed))
}

fn tls_bodies(setting: &Setting, subject: &Subject) -> anyhow::Result<Figures> {
    over_tls(setting, subject, "/1m", None)
}

fn http2(setting: &Setting, subject: &Subject) -> anyhow::Result<Figures> {
    let certificate = certificate(setting.place)?;
    let work = Work {
        lines: &["mode http"],
        path: "/small",
        certificate: Some(&certificate),
        streams: Some(10),
        ..Work::default()
    };
    under_load_of(setting, subject, &work)
}

fn tls_to_servers(setting: &Setting, subject: &Subject) -> anyhow::Result<Figures> {
    let certificate = certificate(setting.place)?;
    let inner = free_address()?;
    let backends = format!(
        "frontend inner\n    mode http\n    bind {inner} ssl crt {}\n    default_backend nginx\nbackend nginx\n    mode http\n    \
         server nginx {}\nbackend secured\n    mode http\n    server inner {inner} ssl verify none\n",
        certificate.display(),
        setting.upstream.address
    );
    let work = Work {
        lines: &["mode http", "use_backend secured"],
        backends: &backends,
        path: "/small",
        ..Work::default()
    };
    under_load_of(setting, subject, &work)
}

fn http_httplog(setting: &Setting, subject: &Subject) -> anyhow::Result<Figures> {
    let sink = Sink::start()?;
    let log = format!("log {} local0", sink.address);
    let figures = under_load(
        setting,
        subject,
        &["mode http", &log, "option httplog"],
        "/small",
        false,
    )?;
    if sink.received() == 0 {
        bail!("no line was logged");
    }
    Ok(figures)
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

fn bodies_splice(setting: &Setting, subject: &Subject) -> anyhow::Result<Figures> {
    under_load(
        setting,
        subject,
        &["mode http", "option splice-auto"],
        "/1m",
        false,
    )
}

fn tcp_bodies(setting: &Setting, subject: &Subject) -> anyhow::Result<Figures> {
    under_load(
        setting,
        subject,
        &["mode tcp", "option splice-auto"],
        "/1m",
        false,
    )
}

/// Measures a load on a configuration of one section.
fn under_load(
    setting: &Setting,
    subject: &Subject,
    lines: &[&str],
    path: &'static str,
    close: bool,
) -> anyhow::Result<Figures> {
    let work = Work {
        lines,
        path,
        close,
        ..Work::default()
    };
    under_load_of(setting, subject, &work)
}

/// Starts the subject, warms it up, and measures its CPU time over a load.
fn under_load_of(setting: &Setting, subject: &Subject, work: &Work<'_>) -> anyhow::Result<Figures> {
    let (config, address) = config_of(setting, work)?;
    let running = subject.start(&config, address)?;
    let load = |seconds| Load {
        address,
        path: work.path,
        close: work.close,
        tls: work.certificate.is_some(),
        streams: work.streams,
        clients: setting.clients,
        seconds,
    };
    load(1).run().context("warming up")?;

    let recording = setting
        .profile
        .map(|out| record(out, setting.scenario, subject, &running))
        .transpose()?;
    let before = cpu::time_of(running.pid())?;
    let done = load(setting.seconds).run()?;
    let used = (cpu::time_of(running.pid())? - before).as_secs_f64();
    if let Some(handshakes) = work.handshakes {
        let keys = most_keys_in_a_second(setting)?;
        anyhow::ensure!(
            handshakes.were(keys, done.per_second),
            "{handshakes:?} handshakes are meant, but at most {keys} of {} in a second agreed on keys",
            done.per_second
        );
    }
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

fn most_keys_in_a_second(setting: &Setting) -> anyhow::Result<f64> {
    let said =
        test_support::admin::ask(&admin_socket(setting), "show info").context("no answer to show info")?;
    let most = said
        .lines()
        .find_map(|line| line.strip_prefix("SslFrontendMaxKeyRate: "))
        .context("no SslFrontendMaxKeyRate in show info")?;
    most.trim().parse().context("no number of keys")
}

/// Has perf record the running proxy while the load lasts.
fn record(
    out: &Path,
    scenario: &str,
    subject: &Subject,
    running: &Running,
) -> anyhow::Result<std::process::Child> {
    let program = workspace::program("perf").context("--profile needs perf (Debian package linux-perf)")?;
    let name = format!("perf-{scenario}-{}.data", subject.label.replace(':', "-"));
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
