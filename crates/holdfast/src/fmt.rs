//! `holdfast fmt`: indentation and spacing of haproxy.cfg and keepalived.conf. How a file is to look is the crate `lint`'s to say; here are the
//! command line and the files.

use std::io::{self, Read as _, Write as _};
use std::path::Path;

use ::lint::diff::unified;
use ::lint::fmt::{haproxy, keepalived};

use crate::language::is_keepalived;

/// Exit status when all is well.
const FINE: u8 = 0;
/// Exit status of `--check` when a file would change.
const CHANGES: u8 = 1;
/// Exit status when a file could not be read or written; clap's too for a wrong command line.
const FAILED: u8 = 2;

/// The command line.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Files, which are changed in place; - is standard input, which goes to standard output.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// Change nothing, name the files that would change.
    #[arg(long)]
    check: bool,
    /// Change nothing, show what would change.
    #[arg(long)]
    diff: bool,
}

/// Runs it; gives the exit status.
pub(crate) fn run(options: &Options) -> u8 {
    let mut status = FINE;
    for name in &options.files {
        match file(options, name) {
            Ok(changes) if changes && options.check => status = status.max(CHANGES),
            Ok(_) => {}
            Err(error) => {
                // Nobody is left to be told when standard error is closed.
                let _ = writeln!(io::stderr(), "holdfast fmt: {name}: {error}");
                status = FAILED;
            }
        }
    }
    status
}

/// Does one file; whether it changes.
fn file(options: &Options, name: &str) -> io::Result<bool> {
    let mut text = Vec::new();
    if name == "-" {
        io::stdin().read_to_end(&mut text)?;
    } else {
        text = std::fs::read(name)?;
    }
    let new = if is_keepalived(&text) {
        keepalived(&text)
    } else {
        haproxy(&text)
    };
    let changes = new != text;
    if options.diff {
        io::stdout().write_all(unified(&text, &new, name, name).as_bytes())?;
    } else if options.check {
        if changes {
            writeln!(io::stdout(), "{name}")?;
        }
    } else if name == "-" {
        io::stdout().write_all(&new)?;
    } else if changes {
        crate::replace::replace(Path::new(name), &text, &new)?;
    }
    Ok(changes)
}
