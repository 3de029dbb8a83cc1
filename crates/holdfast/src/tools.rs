//! The command line of `holdfast` under its own name.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser};

/// Takes the place of haproxy: the same files, the same command line, the same sockets and logs.
///
/// Started under the name haproxy, or as `holdfast haproxy …`, it has that program's command line.
#[derive(Debug, Parser)]
#[command(name = "holdfast", version)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Run as haproxy, with its command line.
    #[command(disable_help_flag = true)]
    Haproxy {
        /// haproxy's arguments.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
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
        None => {
            let _ = Cli::command().print_help();
            ExitCode::from(2)
        }
    }
}
