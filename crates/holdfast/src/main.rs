//! The holdfast program: looks at the name it was started under and becomes that program.

mod background;
mod demo;
mod haproxy;
mod host;
mod keepalived;
mod kernel;
mod lint;
mod service_manager;
mod simulate;
mod tools;
mod version;

use std::ffi::OsString;
use std::io::Write as _;
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
        b"heartbeat" => {
            let text = "holdfast: heartbeat is not built yet: this version takes the place of haproxy and keepalived.\n";
            // Nobody is left to be told when standard error is closed.
            let _ = std::io::stderr().write_all(text.as_bytes());
            Some(ExitCode::FAILURE)
        }
        _ => None,
    }
}
