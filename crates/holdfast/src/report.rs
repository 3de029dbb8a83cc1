//! What tools tell: how it is written, and where it goes.

use std::io::{self, Write as _};

/// How a report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// Prints a report on standard output, or what stands in its way on standard error, and gives the exit status that goes with it;
/// `failed` where it cannot be printed.
pub(crate) fn print(report: Result<(String, u8), (Vec<u8>, u8)>, failed: u8) -> u8 {
    let (text, status) = match report {
        Ok(report) => report,
        Err((text, status)) => {
            // Whoever closed standard error does not want to read it.
            let _ = io::stderr().write_all(&text);
            return status;
        }
    };
    match io::stdout().write_all(text.as_bytes()) {
        Ok(()) => status,
        // A reader that has seen enough is none.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => status,
        Err(_) => failed,
    }
}
