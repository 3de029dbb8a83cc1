//! The keepalived program: from its command line to a configuration that was tested or runs, and to its exit status.

mod arguments;
mod bounded_script;
mod child;
pub(crate) mod elsewhere;
pub(crate) mod host;
mod journal;
mod namespace;
mod parent;
pub(crate) mod pid_file;
mod reading;
mod schedule;
mod usage;

use std::ffi::{OsStr, OsString};
use std::io::{self, Write as _};

use arguments::{Arguments, Asked, parse};
use keepalived_conf::Dialect;

use crate::version;

/// Exit status of a command line that cannot be run.
const FAILED: u8 = 1;

/// Runs it; gives the exit status. `invoked` is the name that it was started under.
pub(crate) fn run(invoked: &OsStr, arguments: &[OsString]) -> u8 {
    let asked = match parse(arguments) {
        Ok(asked) => asked,
        Err(text) => {
            say(&format!("{text}\n"));
            return FAILED;
        }
    };
    match asked {
        Asked::Version => {
            say(&version::keepalived());
            0
        }
        Asked::Help => {
            say(&usage::USAGE.replace("{PROGRAM}", &invoked.to_string_lossy()));
            0
        }
        Asked::SignalNumber(number) => {
            put(&format!("{number}\n"));
            0
        }
        Asked::Run(arguments) => {
            for remark in &arguments.remarks {
                say(&format!("{remark}\n"));
            }
            if !arguments.unexpected.is_empty() {
                put(&format!(
                    "Unexpected argument(s): {} \n",
                    arguments.unexpected.join(" ")
                ));
            }
            let dialect = match reading::dialect(&arguments) {
                Ok(dialect) => dialect,
                Err(text) => {
                    say(&format!("{text}\n"));
                    return FAILED;
                }
            };
            if let Err(text) = reading::http(&arguments) {
                say(&format!("{text}\n"));
                return FAILED;
            }
            if arguments.config_test {
                return reading::test(&arguments, dialect);
            }
            run_configuration(&arguments, dialect)
        }
    }
}

/// Reads the configuration in the network namespace that it is for, and runs it; gives the exit status.
fn run_configuration(arguments: &Arguments, dialect: Dialect) -> u8 {
    let mut inside = arguments.namespace.clone();
    if let Some(name) = &inside
        && let Err(error) = namespace::enter(name)
    {
        say(&format!("keepalived: network namespace {name}: {error}\n"));
        return FAILED;
    }
    loop {
        let loaded = reading::read(arguments, dialect);
        match &loaded.config.global.net_namespace {
            // What the file says of interfaces is about those in there, so it is read again from inside.
            Some(name) if inside.is_none() => {
                if let Err(error) = namespace::enter(name) {
                    say(&format!("keepalived: network namespace {name}: {error}\n"));
                    return FAILED;
                }
                inside = Some(name.clone());
            }
            _ => return parent::run(arguments, dialect, loaded),
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
