//! Reading what is to run, and `-t`: what is wrong with it.

use std::io::{self, Write as _};

use keepalived_conf::{Dialect, LoadOptions, Loaded, load};

use keepalived_conf::model::HttpEndpoint;
use vrrp::log::Log;

use super::arguments::Arguments;
use super::host::Machine;

/// Reads the configuration that the command line names.
pub(crate) fn read(arguments: &Arguments, dialect: Dialect) -> Loaded {
    let options = LoadOptions {
        config_id: arguments.config_id.clone(),
        all_config: arguments.all_config,
    };
    load(&arguments.file, dialect, &Machine, options)
}

/// Tells the log what is to be told of a configuration.
pub(crate) fn tell(loaded: &Loaded, log: &Log) {
    for line in loaded.report().lines() {
        log.info(line);
    }
}

/// The dialect of the command line, or of the environment.
///
/// # Errors
/// What to say when the environment names none that there is.
pub(crate) fn dialect(arguments: &Arguments) -> Result<Dialect, String> {
    if let Some(dialect) = arguments.dialect {
        return Ok(dialect);
    }
    match std::env::var("HOLDFAST_KEEPALIVED_DIALECT") {
        Ok(text) if !text.is_empty() => text
            .parse()
            .map_err(|error| format!("HOLDFAST_KEEPALIVED_DIALECT: {error}")),
        _ => Ok(Dialect::default()),
    }
}

/// Where metrics and state are told, as the command line has it, or the environment.
///
/// # Errors
/// What to say when the environment names no such place.
pub(crate) fn http(arguments: &Arguments) -> Result<Option<HttpEndpoint>, String> {
    let place = match (&arguments.http, std::env::var("HOLDFAST_KEEPALIVED_HTTP")) {
        (Some(place), _) => Some(place.clone()),
        (None, Ok(text)) if !text.is_empty() => Some(
            text.parse()
                .map_err(|why| format!("HOLDFAST_KEEPALIVED_HTTP: {why}"))?,
        ),
        _ => None,
    };
    Ok(place.map(|place| HttpEndpoint { place, owner: None }))
}

/// `-t`: tells what is wrong, on standard error or in the file that was asked for; gives the exit status. The interfaces are those
/// of the network namespace that the command line names.
pub(crate) fn test(arguments: &Arguments, dialect: Dialect) -> u8 {
    if let Some(name) = &arguments.namespace
        && let Err(error) = super::namespace::enter(name)
    {
        // Nobody is left to be told when standard error is closed.
        let _ = writeln!(io::stderr(), "keepalived: network namespace {name}: {error}");
        return super::FAILED;
    }
    let loaded = read(arguments, dialect);
    if let Err(error) = put(arguments, &loaded.report()) {
        // Nobody is left to be told when standard error is closed.
        let _ = writeln!(
            io::stderr(),
            "keepalived: the messages cannot be written: {error}"
        );
        return super::FAILED;
    }
    loaded.test_status()
}

fn put(arguments: &Arguments, report: &str) -> io::Result<()> {
    match &arguments.config_test_log {
        Some(path) => std::fs::write(path, report),
        None => io::stderr().write_all(report.as_bytes()),
    }
}
