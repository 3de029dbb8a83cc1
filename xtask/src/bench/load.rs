//! The load: wrk, or h2load for HTTP/2, on its core, and what it says.

use std::net::SocketAddr;
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

use super::cpu;
use crate::workspace;

/// A load to put on an address.
pub(super) struct Load {
    pub(super) address: SocketAddr,
    pub(super) path: &'static str,
    /// Whether each request has a connection of its own.
    pub(super) close: bool,
    /// Whether it comes over TLS.
    pub(super) tls: bool,
    /// Requests at once on each connection of HTTP/2; none for HTTP/1.
    pub(super) streams: Option<usize>,
    pub(super) clients: usize,
    pub(super) seconds: u64,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Done {
    /// Requests that were answered.
    pub(super) requests: u64,
    pub(super) per_second: f64,
}

impl Load {
    /// Runs it to its end. An answer that is an error, or none, is an error.
    pub(super) fn run(&self) -> anyhow::Result<Done> {
        if let Some(streams) = self.streams {
            return self.run_http2(streams);
        }
        let mut command = Command::new(workspace::program("wrk").context("no wrk")?);
        command.args([
            "-t",
            "1",
            "-c",
            &self.clients.to_string(),
            "-d",
            &format!("{}s", self.seconds),
        ]);
        command.args(["--timeout", "10s"]);
        if self.close {
            command.args(["-H", "Connection: close"]);
        }
        done_of(&self.said_by("wrk", command)?)
    }

    fn run_http2(&self, streams: usize) -> anyhow::Result<Done> {
        let mut command = Command::new(workspace::program("h2load").context("no h2load")?);
        command.args(["-c", &self.clients.to_string(), "-m", &streams.to_string()]);
        command.args(["-D", &self.seconds.to_string()]);
        let said = self.said_by("h2load", command)?;
        anyhow::ensure!(
            said.contains("Application protocol: h2"),
            "no HTTP/2 was agreed on: {said}"
        );
        done_of_http2(&said)
    }

    /// Runs it on its core and gives what it says.
    fn said_by(&self, name: &str, mut command: Command) -> anyhow::Result<String> {
        let scheme = if self.tls { "https" } else { "http" };
        command.arg(format!("{scheme}://{}{}", self.address, self.path));
        command.stdin(Stdio::null());
        let output =
            cpu::on_core(cpu::LOAD, || command.output())?.with_context(|| format!("cannot start {name}"))?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() {
            bail!("{name} failed: {said}{}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(said)
    }
}

/// Reads h2load's report. Requests that its end cut off are no errors.
fn done_of_http2(said: &str) -> anyhow::Result<Done> {
    let lines = || said.lines().map(str::trim);
    let counts = lines()
        .find_map(|line| line.strip_prefix("requests: "))
        .with_context(|| format!("h2load does not say how many requests it made: {said}"))?;
    let count = |what: &str| {
        counts
            .split(", ")
            .find_map(|count| count.strip_suffix(what)?.trim().parse::<u64>().ok())
            .with_context(|| format!("h2load does not say how many were {what}: {counts}"))
    };
    let (requests, failed) = (count("succeeded")?, count("failed")? + count("errored")?);
    let refused = lines()
        .find_map(|line| line.strip_prefix("status codes: "))
        .is_none_or(|codes| !codes.ends_with(" 0 3xx, 0 4xx, 0 5xx"));
    if failed > 0 || refused || requests == 0 {
        bail!("the load met errors: {said}");
    }
    let per_second = lines()
        .find_map(|line| {
            line.strip_prefix("finished in ")?
                .split(", ")
                .nth(1)?
                .strip_suffix(" req/s")
        })
        .and_then(|number| number.parse().ok())
        .with_context(|| format!("h2load states no rate: {said}"))?;
    Ok(Done { requests, per_second })
}

/// Reads wrk's report.
fn done_of(said: &str) -> anyhow::Result<Done> {
    let lines = || said.lines().map(str::trim);
    if let Some(errors) =
        lines().find(|line| line.starts_with("Socket errors:") || line.starts_with("Non-2xx"))
    {
        bail!("the load met errors: {errors}");
    }
    let requests = lines()
        .find_map(|line| line.split_once(" requests in "))
        .and_then(|(number, _)| number.parse().ok())
        .with_context(|| format!("wrk does not say how many requests it made: {said}"))?;
    let per_second = lines()
        .find_map(|line| line.strip_prefix("Requests/sec:"))
        .and_then(|number| number.trim().parse().ok())
        .with_context(|| format!("wrk states no rate: {said}"))?;
    if requests == 0 {
        bail!("no request was answered");
    }
    Ok(Done { requests, per_second })
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = "Running 1s test @ http://127.0.0.1:1/small\n  1 threads and 64 connections\n  \
        Thread Stats   Avg      Stdev     Max   +/- Stdev\n  31234 requests in 1.10s, 5.66MB read\n\
        Requests/sec:  28394.55\nTransfer/sec:      5.15MB\n";

    #[test]
    fn the_report_is_read() {
        assert_eq!(
            done_of(REPORT).expect("a report"),
            Done {
                requests: 31234,
                per_second: 28394.55
            }
        );
    }

    #[test]
    fn the_report_of_http2_is_read() {
        let report = "Application protocol: h2\n\nfinished in 1.00s, 33990.00 req/s, 996.04KB/s\n\
            requests: 33990 total, 33996 started, 33990 done, 33990 succeeded, 0 failed, 0 errored, 0 timeout\n\
            status codes: 33990 2xx, 0 3xx, 0 4xx, 0 5xx\n";
        let done = Done {
            requests: 33990,
            per_second: 33990.0,
        };
        assert_eq!(done_of_http2(report).expect("a report"), done);
        assert!(done_of_http2(&report.replace("0 failed", "1 failed")).is_err());
        assert!(done_of_http2(&report.replace("0 5xx", "3 5xx")).is_err());
        assert!(done_of_http2("").is_err());
    }

    #[test]
    fn errors_and_silence_are_errors() {
        let with = |line: &str| REPORT.replace("Requests/sec", &format!("{line}\nRequests/sec"));
        assert!(done_of(&with("  Socket errors: connect 0, read 3, write 0, timeout 0")).is_err());
        assert!(done_of(&with("  Non-2xx or 3xx responses: 17")).is_err());
        assert!(done_of(&REPORT.replace("31234", "0")).is_err());
        assert!(done_of("").is_err());
    }
}
