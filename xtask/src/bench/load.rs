//! The load: wrk on its core, and what it says.

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
        let scheme = if self.tls { "https" } else { "http" };
        command.arg(format!("{scheme}://{}{}", self.address, self.path));
        command.stdin(Stdio::null());
        let output = cpu::on_core(cpu::LOAD, || command.output())?.context("cannot start wrk")?;
        let said = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() {
            bail!("wrk failed: {said}{}", String::from_utf8_lossy(&output.stderr));
        }
        done_of(&said)
    }
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
    fn errors_and_silence_are_errors() {
        let with = |line: &str| REPORT.replace("Requests/sec", &format!("{line}\nRequests/sec"));
        assert!(done_of(&with("  Socket errors: connect 0, read 3, write 0, timeout 0")).is_err());
        assert!(done_of(&with("  Non-2xx or 3xx responses: 17")).is_err());
        assert!(done_of(&REPORT.replace("31234", "0")).is_err());
        assert!(done_of("").is_err());
    }
}
