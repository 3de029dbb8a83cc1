//! The heartbeat program: from its command line to a node that runs, or to what is asked of one that runs.

mod arguments;
pub(crate) mod cl_status;
mod client;
mod directives;
pub(crate) mod host;
pub(crate) mod ipfail;
mod journal;
mod process;
mod reading;

use std::ffi::{OsStr, OsString};
use std::io::{self, Write as _};
use std::path::PathBuf;

use heartbeat::{Paths, Request};
use heartbeat_proto::Share;

use arguments::{Asked, parse};
pub(crate) use reading::group_keys;

/// Exit status of a request that cannot be met.
const FAILED: u8 = 1;

/// Exit status of a command line that cannot be understood.
const USAGE: u8 = 2;

/// Exit status of files that are refused.
const REFUSED: u8 = 6;

/// Where heartbeat's files are, unless the environment says otherwise.
const HA_DIR: &str = "/etc/ha.d";

/// Where the number of the process that runs stands.
const PID_FILE: &str = "/run/heartbeat.pid";

/// What is kept across runs.
const STATE: &str = "/var/lib/heartbeat";

/// The version of the original that is spoken like.
const SPOKEN: &str = "3.0.6";

/// Where everything is.
fn paths() -> Paths {
    let ha_dir = std::env::var_os("HA_DIR").filter(|dir| !dir.is_empty());
    Paths {
        ha_dir: ha_dir.map_or_else(|| PathBuf::from(HA_DIR), PathBuf::from),
        init_dir: PathBuf::from("/etc/init.d"),
        state: PathBuf::from(STATE),
        socket: PathBuf::from(heartbeat_proto::wire::local::SOCKET),
    }
}

/// The name of this machine, as nodes are called.
fn node_name() -> String {
    crate::host::hostname()
}

/// Runs it; gives the exit status. `invoked` is the name that it was started under.
pub(crate) fn run(invoked: &OsStr, arguments: &[OsString]) -> u8 {
    match parse(arguments) {
        Err(text) => {
            say(&arguments::usage(invoked, &text));
            USAGE
        }
        Ok(Asked::Version) => {
            put(&format!(
                "{SPOKEN} (holdfast {}, which speaks like it)\n",
                env!("CARGO_PKG_VERSION")
            ));
            0
        }
        Ok(Asked::Directives) => {
            put(&directives::table());
            0
        }
        Ok(Asked::Restart) => process::restart(),
        Ok(Asked::Status) => process::status(),
        Ok(Asked::Stop) => process::stop(),
        Ok(Asked::Reload) => process::reload(),
        Ok(Asked::Run(start)) => process::run(&paths(), start),
    }
}

/// `hb_standby` and `hb_takeover`: gives the exit status.
pub(crate) fn request(name: &str, arguments: &[OsString]) -> u8 {
    let share = match arguments {
        [] => Some(Share::All),
        [share] => share.to_str().and_then(Share::of),
        _ => None,
    };
    let Some(share) = share else {
        say(&format!("usage:\n{name} [all|foreign|local|failback]\n"));
        return FAILED;
    };
    let request = if name == "hb_standby" {
        Request::Standby(share)
    } else {
        Request::Takeover(share)
    };
    match heartbeat::ask(&paths().control(), request) {
        Ok(()) => 0,
        Err(error) => {
            say(&format!("{name}: heartbeat does not run here: {error}\n"));
            FAILED
        }
    }
}

/// Writes to standard error.
fn say(text: &str) {
    // Nobody is left to be told when it is closed.
    let _ = io::stderr().write_all(text.as_bytes());
}

/// Writes to standard output.
fn put(text: &str) {
    // As above.
    let _ = io::stdout().write_all(text.as_bytes());
}
