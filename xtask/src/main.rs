//! Tests, lab, bench, fixtures and tidy checks of this workspace: `cargo xtask COMMAND`.
//!
//! A module for each command; what a command found out is given back as an `Outcome`, so that `test` can run
//! all of them as layers and add up. Nothing here is part of the product.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for the terminal: what it prints is its result"
)]

mod at_once;
mod bench;
mod bench_vrrp;
mod corpus;
mod fixtures;
mod fuzz;
mod lab;
mod outcome;
mod release;
mod reload;
mod soak;
mod test;
mod tidy;
mod unit;
mod vtc;
mod wait;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The workspace's own commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Prove the borders between the crates and the rules for files.
    Tidy(tidy::Args),
    /// Run every test there is, in layers; what cannot run here is named at the end.
    Test(test::Args),
    /// Compare CPU per request, memory and start-up with Debian's haproxy.
    Bench(bench::Args),
    /// Measure VRRP beside Debian's keepalived: a thousand instances, takeovers, reloads.
    BenchVrrp(bench_vrrp::Args),
    /// A stage of the bench, which it starts itself.
    #[command(hide = true)]
    RunChild(bench::ChildArgs),
    /// Record the original programs' verdicts in compat-fixtures, or check the recorded ones.
    Fixtures(fixtures::Args),
    /// Compare verdicts on a folder of configuration files with those of Debian's haproxy.
    Corpus(corpus::Args),
    /// Run the fuzz targets of fuzz/ for a while.
    Fuzz(fuzz::Args),
    /// Build the documents' network in namespaces and run their files in it.
    Lab(lab::Args),
    /// Build the program twice, the second time arranged by what the first did under load.
    Release(release::Args),
    /// Reload a hundred times under load: no request fails, no connection is reset, nothing is left behind.
    Reload(reload::Args),
    /// Let clients of all kinds come for ten minutes: memory stays flat, and nothing is left behind.
    Soak(soak::Args),
    /// Run the crates' own tests, several programs at once.
    Unit(unit::Args),
    /// Run the varnishtest cases of tests/vtc.
    Vtc(vtc::Args),
}

fn main() -> ExitCode {
    let result = match CommandLine::parse().command {
        Command::Tidy(args) => tidy::run(&args),
        Command::Test(args) => test::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::BenchVrrp(args) => bench_vrrp::run(&args),
        Command::Fixtures(args) => fixtures::run(&args),
        Command::RunChild(args) => {
            return bench::run_child(&args).unwrap_or_else(|error| {
                eprintln!("error: {error:#}");
                ExitCode::FAILURE
            });
        }
        Command::Corpus(args) => corpus::run(&args),
        Command::Fuzz(args) => fuzz::run(&args),
        Command::Lab(args) => lab::run(&args),
        Command::Release(args) => release::run(&args),
        Command::Reload(args) => reload::run(&args),
        Command::Soak(args) => soak::run(&args),
        Command::Unit(args) => unit::run(&args),
        Command::Vtc(args) => vtc::run(&args),
    };
    match result {
        Ok(outcome) => {
            println!("{outcome}");
            if outcome.is_failure() {
                ExitCode::FAILURE
            } else {
                ExitCode::SUCCESS
            }
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn command_line_is_consistent() {
        super::CommandLine::command().debug_assert();
    }
}
