//! `holdfast reload`: a reload as a transaction. A new file is put in the place of the one that a master runs, the master reloads, and the
//! new worker is watched for a while; when it does not come up, loses a backend that the old one had, or answers too many requests
//! with errors, the old file is put back and the master reloads again. It speaks to the master's socket alone, so the master may be
//! haproxy as well.

use std::collections::BTreeMap;
use std::io::{self, Read as _, Write as _};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Exit status when the new configuration runs.
const FINE: u8 = 0;
/// Exit status when the old configuration is back.
const BACK: u8 = 1;
/// Exit status when something could not be done; clap's too for a wrong command line.
const FAILED: u8 = 2;

/// How long a worker may take to come.
const COMES_WITHIN: Duration = Duration::from_secs(30);
/// How often a worker is asked how it is.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Fewer requests than that say nothing about a rate of errors.
const FEWEST: u64 = 20;

/// The command line.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The new configuration, which takes the place of the file that runs.
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// The file that the master was started with.
    #[arg(long, value_name = "FILE", default_value = "/etc/haproxy/haproxy.cfg")]
    file: PathBuf,
    /// The master's socket (`-S`).
    #[arg(long, value_name = "SOCKET", default_value = "/run/haproxy-master.sock")]
    master: PathBuf,
    /// How long the new worker is watched.
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = crate::tools::duration)]
    check_for: Duration,
    /// Answers with a status of 500 and above, failed connections and broken answers, of all requests: more put the old file back.
    #[arg(long, value_name = "PERCENT", default_value = "1%", value_parser = percent)]
    max_error_rate: f64,
}

/// A share: `1%`, `0.5`.
fn percent(text: &str) -> Result<f64, String> {
    let number = text.strip_suffix('%').unwrap_or(text).parse::<f64>().ok();
    number
        .filter(|number| (0.0..=100.0).contains(number))
        .ok_or_else(|| format!("'{text}' is no share, write for example 1%"))
}

/// Runs it; gives the exit status.
pub(crate) fn run(options: &Options) -> u8 {
    // Nobody is left to be told when a stream is closed.
    match transact(options) {
        Ok(None) => {
            let _ = writeln!(io::stdout(), "The new configuration runs.");
            FINE
        }
        Ok(Some(why)) => {
            let _ = writeln!(
                io::stderr(),
                "holdfast reload: {why}: the old configuration is back."
            );
            BACK
        }
        Err(error) => {
            let _ = writeln!(io::stderr(), "holdfast reload: {error}");
            FAILED
        }
    }
}

/// Why the old configuration is back; none when the new one stays.
fn transact(options: &Options) -> io::Result<Option<String>> {
    let master = Master(&options.master);
    let new = read(&options.new)?;
    let old = read(&options.file)?;
    let before = master
        .worker()?
        .ok_or_else(|| io::Error::other("the master has no worker"))?;
    let had = master.report(before)?;
    crate::replace::replace(&options.file, &old, &new)?;
    let judged = master
        .reload(before)
        .and_then(|worker| watch(&master, worker, &had, options));
    let why = match judged {
        Ok(None) => return Ok(None),
        Ok(Some(why)) => why,
        Err(error) => error.to_string(),
    };
    let back = || -> io::Result<()> {
        crate::replace::replace(&options.file, &new, &old)?;
        match master.worker()? {
            // It never left.
            Some(worker) if worker == before => Ok(()),
            Some(worker) => master.reload(worker).map(drop),
            None => Err(io::Error::other("the master has no worker")),
        }
    };
    match back() {
        Ok(()) => Ok(Some(why)),
        Err(error) => Err(io::Error::other(format!(
            "{why}; and the old configuration could not be brought back: {error}"
        ))),
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}

/// Looks at the new worker for as long as asked; what is wrong with it, if something is.
#[allow(
    clippy::disallowed_methods,
    reason = "a master tells nobody of changes: it is asked now and then"
)]
fn watch(master: &Master<'_>, worker: u32, had: &Report, options: &Options) -> io::Result<Option<String>> {
    let end = Instant::now() + options.check_for;
    loop {
        let last = Instant::now() >= end;
        if master.worker()? != Some(worker) {
            return Ok(Some(format!("the new worker {worker} ended")));
        }
        let report = master.report(worker)?;
        let percent = report.errors as f64 * 100.0 / report.requests.max(1) as f64;
        if report.requests >= FEWEST && percent > options.max_error_rate {
            let Report { errors, requests, .. } = report;
            return Ok(Some(format!(
                "{errors} errors in {requests} requests ({percent:.1}%)"
            )));
        }
        if last {
            // Checks had their time until now.
            let lost =
                |name: &&String| had.up.get(*name) == Some(&true) && report.up.get(*name) == Some(&false);
            return Ok((report.up.keys())
                .find(lost)
                .map(|name| format!("backend {name}, which had servers, has none")));
        }
        std::thread::sleep(LOOK_EVERY.min(end.saturating_duration_since(Instant::now())));
    }
}

/// How a worker is.
#[derive(Debug, Default)]
struct Report {
    requests: u64,
    errors: u64,
    /// Which backends have a server.
    up: BTreeMap<String, bool>,
}

impl Report {
    /// Of `show stat`.
    fn read(csv: &str) -> Option<Self> {
        let mut lines = csv.lines().skip_while(|line| !line.starts_with("# pxname"));
        let names: Vec<&str> = lines.next()?.trim_start_matches("# ").split(',').collect();
        let mut report = Self::default();
        for line in lines.take_while(|line| !line.is_empty()) {
            let values: Vec<&str> = line.split(',').collect();
            let text = |name: &str| {
                let at = names.iter().position(|known| *known == name)?;
                values.get(at).copied()
            };
            let number = |name: &str| {
                text(name)
                    .and_then(|value| value.parse::<u64>().ok())
                    .unwrap_or(0)
            };
            match text("svname")? {
                "FRONTEND" => {
                    // Without requests there are sessions.
                    report.requests += match text("mode") {
                        Some("http") => number("req_tot"),
                        _ => number("stot"),
                    };
                    report.errors += number("hrsp_5xx");
                }
                "BACKEND" => {
                    if text("mode") != Some("http") {
                        report.errors += number("econ") + number("eresp");
                    }
                    report
                        .up
                        .insert(text("pxname")?.to_owned(), text("status")? == "UP");
                }
                _ => {}
            }
        }
        Some(report)
    }
}

/// The worker that listens, of `show proc`.
fn worker_of(answer: &str) -> Option<u32> {
    let rows = answer.lines().skip_while(|line| !line.starts_with("# workers"));
    rows.take_while(|line| !line.starts_with("# old"))
        .find_map(|line| {
            let mut words = line.split_whitespace();
            let pid = words.next()?.parse().ok()?;
            (words.next()? == "worker").then_some(pid)
        })
}

/// A master, by its socket.
struct Master<'a>(&'a Path);

impl Master<'_> {
    /// All that is answered to a line.
    fn ask(&self, line: &str) -> io::Result<String> {
        let mut stream = UnixStream::connect(self.0)?;
        stream.set_read_timeout(Some(COMES_WITHIN))?;
        stream.write_all(format!("{line}\n").as_bytes())?;
        stream.shutdown(Shutdown::Write)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }

    /// The number of the worker that listens.
    fn worker(&self) -> io::Result<Option<u32>> {
        Ok(worker_of(&self.ask("show proc")?))
    }

    fn report(&self, worker: u32) -> io::Result<Report> {
        let answer = self.ask(&format!("@!{worker} show stat"))?;
        Report::read(&answer)
            .ok_or_else(|| io::Error::other(format!("worker {worker} shows no statistics: {answer}")))
    }

    /// Reloads; gives the worker that took the place of `old`.
    #[allow(clippy::disallowed_methods, reason = "as above")]
    fn reload(&self, old: u32) -> io::Result<u32> {
        let failed = |answer: &str| -> Option<u64> {
            let rest = answer.split_once("[failed: ")?.1;
            rest.split(']').next()?.parse().ok()
        };
        let before = failed(&self.ask("show proc")?);
        // The master becomes itself anew, and the connection ends somehow.
        let _ = self.ask("reload");
        let end = Instant::now() + COMES_WITHIN;
        while Instant::now() < end {
            // While it becomes itself anew it answers nothing.
            if let Ok(answer) = self.ask("show proc") {
                match worker_of(&answer) {
                    // One that still reads its file answers nothing.
                    Some(worker) if worker != old && self.report(worker).is_ok() => return Ok(worker),
                    Some(_) if failed(&answer) > before => {
                        let message = "the master refused the new configuration, and says why in its log";
                        return Err(io::Error::other(message));
                    }
                    _ => {}
                }
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Err(io::Error::other("no new worker came within 30 seconds"))
    }
}
