//! The haproxy program: from its command line to a process that runs, and to its exit status.
//!
//! The order of a start is the original's: files are read and checked, limits raised, addresses bound, the pid file made, old
//! processes dismissed, and only then is the terminal left and root given up. Threads come last, behind every fork.

mod arguments;
mod condition;
mod console;
mod environment;
mod keywords;
pub(crate) mod limits;
mod master;
mod objects;
mod predecessors;
mod privileges;
mod reading;
mod start;
pub(crate) mod supervisor;
mod usage;
pub(crate) mod zone;

use std::ffi::OsString;
use std::io::Write as _;
use std::path::Path;

use arguments::{Asked, Misuse, VersionForm, parse};
use console::{Console, Grade};

use crate::version;

/// Exit status of a start that failed.
const FAILED: u8 = 1;

/// Exit status of a checked configuration that listens nowhere.
const NO_LISTENER: u8 = 2;

/// Runs it; gives the exit status. `invoked` is the name that it was started under.
pub(crate) fn run(invoked: &OsString, arguments: &[OsString]) -> u8 {
    let invoked = invoked.to_string_lossy().into_owned();
    // In messages, `holdfast haproxy` is called what it stands for.
    let is_haproxy = Path::new(&invoked)
        .file_name()
        .is_some_and(|name| name == "haproxy");
    let mut console = Console::new(if is_haproxy { invoked } else { "haproxy".to_owned() });
    match parse(arguments) {
        Ok(Asked::Version(form)) => {
            console.say(&match form {
                VersionForm::Short => version::short(),
                VersionForm::Long => version::long(),
                VersionForm::Bare => format!("{}\n", version::HAPROXY_VERSION),
                VersionForm::BareShort => format!("{}\n", version::HAPROXY_VERSION_SHORT),
                VersionForm::BareBranch => format!("{}\n", version::HAPROXY_BRANCH),
            });
            0
        }
        Ok(Asked::MemoryHelp) => {
            console.say("-dM and what follows it are taken and change nothing: this program has no pools to poison.\n");
            0
        }
        Ok(Asked::Condition { text, options }) => {
            console.quiet = options.quiet && !options.verbose;
            match reading::dialect(&options, &mut console) {
                Ok(dialect) => condition::exit_status(&text, dialect, &mut console),
                Err(status) => status,
            }
        }
        Ok(Asked::Run(options)) => start::run(&options, console),
        Err(misuse) => {
            if let Misuse::Alert(text) | Misuse::AlertAndUsage(text) = &misuse {
                console.tell(Grade::Alert, text);
            }
            if !matches!(misuse, Misuse::Alert(_)) {
                console.say(&version::short());
                // Nobody is left to be told when standard error is closed.
                let _ = std::io::stderr().write_all(usage::USAGE.as_bytes());
            }
            FAILED
        }
    }
}
