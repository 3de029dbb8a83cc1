//! The holdfast program: looks at the name it was started under and becomes that program.

mod background;
mod demo;
mod explain;
mod fmt;
mod haproxy;
mod heartbeat;
mod host;
mod keepalived;
mod kernel;
mod language;
mod lint;
mod lsp;
mod migrate;
mod migrate_heartbeat;
mod plan;
mod reload;
mod replace;
mod report;
mod service_manager;
mod simulate;
mod syslog;
mod tools;
mod version;

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments: Vec<OsString> = std::env::args_os().collect();
    let invoked = arguments.first().cloned().unwrap_or_default();
    let name = Path::new(&invoked)
        .file_name()
        .unwrap_or_default()
        .as_bytes()
        .to_vec();
    if let Some(code) = become_program(&name, &invoked, arguments.get(1..).unwrap_or_default()) {
        return code;
    }
    if let Some(second) = arguments.get(1).map(|second| second.as_bytes().to_vec())
        && let Some(code) = become_program(&second, &invoked, arguments.get(2..).unwrap_or_default())
    {
        return code;
    }
    if let Some(first) = arguments.first_mut() {
        *first = OsString::from("holdfast");
    }
    tools::run(arguments)
}

/// Runs the program that `name` names; none when it names none.
fn become_program(name: &[u8], invoked: &OsString, arguments: &[OsString]) -> Option<ExitCode> {
    match name {
        b"haproxy" => Some(ExitCode::from(haproxy::run(invoked, arguments))),
        b"keepalived" => Some(ExitCode::from(keepalived::run(invoked, arguments))),
        b"heartbeat" => Some(ExitCode::from(heartbeat::run(invoked, arguments))),
        b"hb_standby" => Some(ExitCode::from(heartbeat::request("hb_standby", arguments))),
        b"hb_takeover" => Some(ExitCode::from(heartbeat::request("hb_takeover", arguments))),
        b"cl_status" => Some(ExitCode::from(heartbeat::cl_status::run(arguments))),
        b"ipfail" => Some(ExitCode::from(heartbeat::ipfail::run())),
        _ => None,
    }
}
