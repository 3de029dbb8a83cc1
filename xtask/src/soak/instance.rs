//! The program under the soak: its configuration, and what it tells of itself while it runs.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, bail};
use test_support::admin;
use test_support::process::{Program, free_address, resident_kib};

use crate::wait;

/// The program at work.
pub(super) struct Instance {
    program: Program,
    socket: PathBuf,
    /// HTTP.
    pub(super) web: SocketAddr,
    /// HTTP behind a PROXY header.
    pub(super) behind_proxy: SocketAddr,
    /// TCP, which waits for a ClientHello.
    pub(super) tcp: SocketAddr,
}

/// What the clients do shows here: tables that fill and expire, a table that is always full, queues, servers that come and go.
const FILE: &str = "\
global
    nbthread 2
    stats socket SOCKET level admin
defaults
    mode http
    timeout connect 1s
    timeout client 1s
    timeout server 1s
    timeout queue 200ms
    timeout http-request 500ms
    timeout tarpit 100ms
    retries 1
    option redispatch
    default-server pool-purge-delay 1s
frontend web
    bind WEB
    bind PROXIED accept-proxy
    http-request track-sc0 hdr(x-key) table keys
    http-request track-sc1 hdr(x-key) table small
    http-request sc-inc-gpc0(0)
    http-request deny if { path /deny }
    http-request tarpit if { path /tarpit }
    use_backend tight if { path /tight }
    use_backend sticky if { path /sticky }
    default_backend main
listen tcp
    mode tcp
    bind TCP
    tcp-request inspect-delay 300ms
    tcp-request content track-sc0 src table sources
    tcp-request content reject if { req_ssl_hello_type 1 }
    tcp-request content accept if { req_len ge 4 }
    server answers unix@ANSWERS
frontend answers
    bind unix@ANSWERS
    http-request return status 200 content-type text/plain string \"an answer\"
backend main
    balance leastconn
    cookie S insert indirect nocache
    server a unix@ANSWERS cookie a check inter 200ms
    server b unix@ANSWERS cookie b check inter 200ms maxconn 2 slowstart 1s
    server gone unix@ANSWERS.gone cookie gone
    server spare unix@ANSWERS backup
backend tight
    balance roundrobin
    server a unix@ANSWERS maxconn 1 maxqueue 4 pool-max-conn 0
backend sticky
    balance random
    stick-table type string len 16 size 1k expire 1s
    stick on hdr(x-key)
    server a unix@ANSWERS
    server b unix@ANSWERS
backend keys
    stick-table type string len 32 size 20k expire 1s store gpc0,conn_cur,http_req_rate(5s)
backend small
    stick-table type string len 8 size 50 expire 1s store conn_cur,gpc0
backend sources
    stick-table type ip size 100 expire 1s store conn_cur,conn_rate(5s)
";

impl Instance {
    /// Starts `program` with its files in `place`.
    pub(super) fn start(program: &Path, place: &Path) -> anyhow::Result<Self> {
        let socket = place.join("stats");
        let [web, behind_proxy, tcp] = [free_address()?, free_address()?, free_address()?];
        let file = FILE
            .replace("SOCKET", &socket.display().to_string())
            .replace("WEB", &web.to_string())
            .replace("PROXIED", &behind_proxy.to_string())
            .replace("bind TCP", &format!("bind {tcp}"))
            .replace("ANSWERS", &place.join("answers").display().to_string());
        let path = place.join("haproxy.cfg");
        std::fs::write(&path, file)?;
        // By its name the program knows whose part it plays.
        let named = place.join("haproxy");
        std::os::unix::fs::symlink(program, &named)?;
        let mut command = Command::new(named);
        command.arg("-db").arg("-f").arg(&path);
        let instance = Self {
            program: Program::start(&mut command)?,
            socket,
            web,
            behind_proxy,
            tcp,
        };
        let up = wait::until(Duration::from_secs(10), || instance.command("show info").ok());
        if up.is_none() {
            bail!("it does not come up: {}", instance.program.output()?);
        }
        Ok(instance)
    }

    /// What its stats socket answers.
    pub(super) fn command(&self, text: &str) -> anyhow::Result<String> {
        Ok(admin::ask(&self.socket, text)?)
    }

    /// Memory that it holds, KiB.
    pub(super) fn resident_kib(&self) -> anyhow::Result<u64> {
        resident_kib(self.program.pid())
            .with_context(|| format!("it is gone: {}", self.program.output().unwrap_or_default()))
    }

    /// Files that it has open.
    pub(super) fn open_files(&self) -> anyhow::Result<usize> {
        Ok(std::fs::read_dir(format!("/proc/{}/fd", self.program.pid()))?.count())
    }

    /// What is left once nobody asks for anything: sessions, waiting requests and entries of tables, each by name.
    pub(super) fn left(&self) -> anyhow::Result<Vec<String>> {
        let mut left = Vec::new();
        let stat = self.command("show stat")?;
        for row in stat.lines().skip(1) {
            let field: Vec<&str> = row.split(',').collect();
            // The requests that wait, and the sessions; the stats socket's own is none of these.
            if let [proxy, server, waiting, _, sessions, ..] = field[..] {
                for (what, count) in [("waiting", waiting), ("sessions", sessions)] {
                    if !matches!(count, "" | "0") {
                        left.push(format!("{proxy}/{server}: {count} {what}"));
                    }
                }
            }
        }
        for line in self.command("show table")?.lines() {
            if line.starts_with("# table:") && !line.trim_end().ends_with("used:0") {
                left.push(line.to_owned());
            }
        }
        Ok(left)
    }
}
