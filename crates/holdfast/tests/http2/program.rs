//! The programs that are asked: Holdfast, and the original where it is installed.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::Mutex;

use anyhow::Context as _;
use test_support::process::{Program, both_programs, free_address, wait_for};

/// Holdfast, and the original where it is installed.
pub(crate) struct Running {
    pub(crate) front: SocketAddr,
    /// Where it looks for the server of WebSockets.
    pub(crate) server: Mutex<TcpListener>,
    pub(crate) program: Program,
    _folder: tempfile::TempDir,
}

pub(crate) fn start() -> anyhow::Result<Vec<Running>> {
    let commands = both_programs(env!("CARGO_BIN_EXE_holdfast"));
    commands.into_iter().map(|command| run(command, "")).collect()
}

/// Starts a program, `more` being lines of its defaults.
pub(crate) fn run(command: Command, more: &str) -> anyhow::Result<Running> {
    let folder = tempfile::tempdir()?;
    let front = free_address()?;
    let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let at = server.local_addr()?;
    let big = folder.path().join("big");
    std::fs::write(&big, "b".repeat(10_000))?;
    let big = big.display();
    let configuration = format!(
        "global\n nbthread 1\ndefaults\n mode http\n timeout connect 5s\n timeout client 10s\n timeout server 5s\n timeout tarpit 10s\n{more}\
         frontend fe\n bind {front}\n http-request wait-for-body time 9s if {{ path /wait }}\n\
         http-request return status 200 content-type text/plain file {big} if {{ path /big }}\n\
         http-request tarpit if {{ path /hold }}\n\
         http-request return status 200 content-type text/plain string hello if !{{ path /chat }}\n default_backend be\nbackend be\n server s1 {at}\n"
    );
    start_with(command, &configuration, front, server, folder)
}

/// Starts Holdfast, with those lines of its global section and of its frontend.
pub(crate) fn run_own(global: &str, frontend: &str) -> anyhow::Result<Running> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdfast"));
    command.arg("haproxy");
    let front = free_address()?;
    let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let configuration = format!(
        "global\n nbthread 1\n{global}defaults\n mode http\n timeout connect 5s\n timeout client 10s\n timeout server 5s\n\
         frontend fe\n bind {front}\n{frontend}"
    );
    start_with(command, &configuration, front, server, tempfile::tempdir()?)
}

fn start_with(
    mut command: Command,
    configuration: &str,
    front: SocketAddr,
    server: TcpListener,
    folder: tempfile::TempDir,
) -> anyhow::Result<Running> {
    let file = folder.path().join("haproxy.cfg");
    std::fs::write(&file, configuration)?;
    command.args(["-db", "-f"]).arg(&file);
    let program = Program::start(&mut command)?;
    wait_for(|| TcpStream::connect(front).ok())
        .with_context(|| format!("it said: {:?}", program.output()))?;
    Ok(Running {
        front,
        server: Mutex::new(server),
        program,
        _folder: folder,
    })
}
