//! The command line of `holdfast` under its own name.

use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use clap::{CommandFactory as _, Parser};

/// Takes the place of haproxy and keepalived: the same files, the same command line, the same sockets and logs.
///
/// Started under the name haproxy or keepalived, or as `holdfast haproxy …`, it has that program's command line.
#[derive(Debug, Parser)]
#[command(name = "holdfast", version)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// See it at work: web servers, requests and a failing server on this machine's loopback.
    Demo {
        /// Ends after that time (20s, 2m); otherwise at Ctrl-C.
        #[arg(long = "for", value_name = "TIME", value_parser = duration)]
        limit: Option<Duration>,
    },
    /// Say what a set of keepalived files will do: who has the addresses when something fails, and for how long nobody has them.
    ///
    /// Exit status: 0 when nothing is wrong, 1 when something is, 2 for a wrong command line, 3 when a file cannot be run.
    Simulate(crate::simulate::Options),
    /// Say all that is wrong or odd in haproxy.cfg files, with fixes.
    ///
    /// Exit status: 0 when nothing is found, 1 when something is, 2 when a file could not be read or written.
    Lint(crate::lint::Options),
    /// Say what haproxy.cfg and keepalived.conf files have to become for another version, and write it; or make keepalived's files of heartbeat's.
    ///
    /// Exit status: 0 when nothing is left to decide, 1 when something is, 2 when a file could not be read or written.
    Migrate(crate::migrate::Options),
    /// Say which rules, ACLs, backend and server of haproxy.cfg a request meets, and what each of them looked at.
    ///
    /// Exit status: 0 when the request was followed to its end, 1 when the files cannot be run, 2 for a wrong command line.
    Explain(crate::explain::Options),
    /// Say what starting haproxy.cfg files, or a keepalived.conf, here and now would do: listeners, users, files, limits, and what a reload would change.
    ///
    /// Exit status: 0 when it would start, 1 when something stands in the way, 2 when a file cannot be read.
    Plan(crate::plan::Options),
    /// Indent haproxy.cfg and keepalived.conf files and set their blanks; nothing else is changed.
    ///
    /// Exit status: 0, with --check 1 when a file would change, 2 when a file could not be read or written.
    Fmt(crate::fmt::Options),
    /// Serve an editor: a language server on standard input and output, for the files of haproxy, keepalived and heartbeat.
    ///
    /// Exit status: 0 when the editor ended it, 1 when it went away.
    Lsp(LspOptions),
    /// Reload as a transaction: a new haproxy.cfg takes the place of the one that runs, and the old one comes back when the new worker fails.
    ///
    /// Exit status: 0 when the new one runs, 1 when the old one is back, 2 when something could not be done.
    Reload(crate::reload::Options),
    /// Run as haproxy, with its command line.
    #[command(disable_help_flag = true)]
    Haproxy {
        /// haproxy's arguments.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Run as keepalived, with its command line.
    #[command(disable_help_flag = true)]
    Keepalived {
        /// keepalived's arguments.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
}

/// The command line of `lsp`, as editors give it.
#[derive(Debug, clap::Args)]
struct LspOptions {
    /// Taken, and what is done in any case: messages come and go by standard input and output.
    #[arg(long)]
    #[allow(dead_code, reason = "there is no other way")]
    stdio: bool,
}

/// Runs a tool.
pub(crate) fn run(arguments: Vec<OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version go to standard output, mistakes to standard error; a closed one is nobody to tell.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(1));
        }
    };
    match cli.command {
        Some(Command::Haproxy { arguments }) => {
            ExitCode::from(crate::haproxy::run(&OsString::from("haproxy"), &arguments))
        }
        Some(Command::Keepalived { arguments }) => {
            ExitCode::from(crate::keepalived::run(OsStr::new("keepalived"), &arguments))
        }
        Some(Command::Lint(options)) => ExitCode::from(crate::lint::run(&options)),
        Some(Command::Migrate(options)) => ExitCode::from(crate::migrate::run(&options)),
        Some(Command::Explain(options)) => ExitCode::from(crate::explain::run(&options)),
        Some(Command::Plan(options)) => ExitCode::from(crate::plan::run(&options)),
        Some(Command::Reload(options)) => ExitCode::from(crate::reload::run(&options)),
        Some(Command::Fmt(options)) => ExitCode::from(crate::fmt::run(&options)),
        Some(Command::Lsp(_)) => ExitCode::from(crate::lsp::run()),
        Some(Command::Simulate(options)) => ExitCode::from(crate::simulate::run(&options)),
        Some(Command::Demo { limit }) => match crate::demo::run(limit) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                // Nobody is left to be told when standard error is closed.
                let _ = writeln!(std::io::stderr(), "holdfast demo: {error}");
                ExitCode::FAILURE
            }
        },
        None => {
            let _ = Cli::command().print_help();
            ExitCode::from(2)
        }
    }
}

/// A time with its unit: `500ms`, `20s`, `2m`, `1h`; seconds without one.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    let number: u64 = digits
        .parse()
        .map_err(|_| format!("'{text}' does not begin with a number, write for example 20s"))?;
    let milliseconds = match unit {
        "ms" => Some(number),
        "" | "s" => number.checked_mul(1000),
        "m" => number.checked_mul(60_000),
        "h" => number.checked_mul(3_600_000),
        _ => return Err(format!("'{unit}' is no unit, write ms, s, m or h")),
    };
    milliseconds
        .map(Duration::from_millis)
        .ok_or_else(|| format!("'{text}' is too long"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_their_units() {
        assert_eq!(duration("20s"), Ok(Duration::from_secs(20)));
        assert_eq!(duration("20"), Ok(Duration::from_secs(20)));
        assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(duration("2m"), Ok(Duration::from_secs(120)));
        assert!(duration("s").is_err() && duration("5x").is_err());
    }
}
