//! Attempts at request smuggling, through Holdfast to nginx: it sees what it saw behind the original (recorded in
//! `compat-fixtures/http1/smuggling.json`), or the attempt is refused and it sees nothing. One test for each attempt, left out
//! where there is no nginx.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::{Arc, Mutex};

use anyhow::Context as _;
use libtest_mimic::{Arguments, Failed, Trial};
use serde::Deserialize;
use test_support::process::{PATIENCE, Program, free_address, wait_for};

/// One recorded attempt.
#[derive(Deserialize)]
struct Attempt {
    name: String,
    sent: String,
    /// What nginx logged: status, method, target.
    nginx: Vec<String>,
    /// The statuses that the client got.
    client: Vec<u16>,
}

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::from_args();
    let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../compat-fixtures/http1/smuggling.json");
    let attempts: Vec<Attempt> = serde_json::from_str(&std::fs::read_to_string(recorded)?)?;
    let has_nginx = Command::new("nginx").arg("-v").output().is_ok();
    let hops = if has_nginx && !arguments.list {
        Some(Arc::new(Mutex::new(Hops::start()?)))
    } else {
        None
    };
    let trials = attempts.into_iter().map(|attempt| {
        let name = attempt.name.clone();
        let hops = hops.clone();
        let test = move || match hops {
            Some(hops) => {
                let mut hops = hops.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                judge(&mut hops, &attempt)
            }
            None => Err(Failed::from("needs nginx")),
        };
        Trial::test(name, test).with_ignored_flag(!has_nginx)
    });
    Ok(libtest_mimic::run(&arguments, trials.collect()).exit_code())
}

fn judge(hops: &mut Hops, attempt: &Attempt) -> Result<(), Failed> {
    let (seen, statuses) = hops
        .send(attempt)
        .map_err(|error| Failed::from(format!("{error:#}")))?;
    let is_as_recorded = seen == attempt.nginx && statuses == attempt.client;
    let is_refused = seen.is_empty() && matches!(statuses[..], [400..=499]);
    if is_as_recorded || is_refused {
        return Ok(());
    }
    Err(Failed::from(format!(
        "{:?}\n  recorded: nginx saw {:?}, the client got {:?}\n  ours:     nginx saw {seen:?}, the client got {statuses:?}",
        attempt.sent, attempt.nginx, attempt.client
    )))
}

/// Holdfast, and nginx behind it.
struct Hops {
    front: SocketAddr,
    nginx: SocketAddr,
    seen: PathBuf,
    _programs: [Program; 2],
    _folder: tempfile::TempDir,
    /// Lines of the log that were looked at.
    read: usize,
}

impl Hops {
    fn start() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let dir = folder.path().display();
        let nginx = free_address()?;
        let configuration = format!(
            "daemon off; master_process off; pid {dir}/pid; error_log {dir}/errors;\nevents {{ worker_connections 64; }}\n\
             http {{ log_format seen '$status $request_method $request_uri'; access_log {dir}/seen seen;\n\
             client_body_temp_path {dir}/a; proxy_temp_path {dir}/b; fastcgi_temp_path {dir}/c;\n\
             uwsgi_temp_path {dir}/d; scgi_temp_path {dir}/e;\n\
             server {{ listen {nginx}; location / {{ return 200 \"ok\"; }} }} }}\n"
        );
        std::fs::write(folder.path().join("conf"), configuration)?;
        let mut server = Command::new("nginx");
        server
            .arg("-c")
            .arg(folder.path().join("conf"))
            .arg("-p")
            .arg(folder.path());
        let server = Program::start(&mut server)?;
        wait_for(|| TcpStream::connect(nginx).ok())
            .with_context(|| format!("nginx said: {:?}", server.output()))?;
        let front = free_address()?;
        let configuration = format!(
            "global\n nbthread 1\ndefaults\n mode http\n timeout connect 5s\n timeout client 500ms\n timeout server 5s\n \
             timeout http-request 300ms\n timeout http-keep-alive 100ms\n\
             frontend fe\n bind {front}\n default_backend be\nbackend be\n server s1 {nginx}\n"
        );
        std::fs::write(folder.path().join("haproxy.cfg"), configuration)?;
        let mut proxy = Command::new(env!("CARGO_BIN_EXE_holdfast"));
        proxy
            .args(["haproxy", "-db", "-f"])
            .arg(folder.path().join("haproxy.cfg"));
        let proxy = Program::start(&mut proxy)?;
        wait_for(|| TcpStream::connect(front).ok())
            .with_context(|| format!("holdfast said: {:?}", proxy.output()))?;
        Ok(Self {
            front,
            nginx,
            seen: folder.path().join("seen"),
            _programs: [server, proxy],
            _folder: folder,
            read: 0,
        })
    }

    /// What nginx logs of an attempt, and the statuses that the client gets.
    fn send(&mut self, attempt: &Attempt) -> anyhow::Result<(Vec<String>, Vec<u16>)> {
        let sent: Vec<u8> = attempt.sent.chars().map(|char| char as u8).collect();
        let got = exchange(self.front, &sent)?;
        // The end of what belongs to this one.
        exchange(self.nginx, b"GET /end HTTP/1.0\r\n\r\n")?;
        let lines = wait_for(|| {
            let text = std::fs::read_to_string(&self.seen).ok()?;
            let lines: Vec<String> = text.lines().skip(self.read).map(str::to_owned).collect();
            (text.ends_with('\n') && lines.last().is_some_and(|line| line == "200 GET /end")).then_some(lines)
        });
        let mut lines = lines.context("nginx does not log")?;
        self.read += lines.len();
        lines.pop();
        let statuses = got
            .match_indices("HTTP/1.1 ")
            .filter_map(|(at, version)| got.get(at + version.len()..at + version.len() + 3)?.parse().ok());
        Ok((lines, statuses.collect()))
    }
}

/// Everything that comes until the other side closes.
fn exchange(address: SocketAddr, sent: &[u8]) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    // It may be refused before all of it is sent.
    let _refused = stream.write_all(sent);
    let mut got = Vec::new();
    match stream.read_to_end(&mut got) {
        Err(error) if error.kind() != ErrorKind::ConnectionReset => return Err(error.into()),
        _ => {}
    }
    Ok(String::from_utf8_lossy(&got).into_owned())
}
