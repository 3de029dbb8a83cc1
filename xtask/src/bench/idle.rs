//! Scenario: how much memory the proxy keeps for each connection that has had its answer and is left open.

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, bail};

use super::answer::request;
use super::cpu;
use super::scenario::{Figures, Setting, config};
use super::subject::Subject;

/// Resident memory of the proxy, in bytes, for each idle connection.
pub(super) const BYTES_PER_CONNECTION: &str = "bytes/idle connection";
/// Connections that are opened and closed first, so that what the program makes once is not counted.
const WARM_UP: usize = 200;

/// Opens the connections one after the other, has one request answered on each, and leaves them open.
pub(super) fn measure(setting: &Setting, subject: &Subject) -> anyhow::Result<Figures> {
    if setting.idle + 100 > setting.maxconn {
        bail!(
            "only {} connections fit into the limit of open files: give --idle",
            setting.maxconn - 100
        );
    }
    // The server's side is closed after each answer, as the documents have it: what is left is the client's side.
    let (config, address) = config(setting, &["mode http", "option http-server-close"])?;
    let running = subject.start(&config, address)?;
    drop(open(address, WARM_UP)?);

    let before = cpu::resident(running.pid())?;
    let mut connections = open(address, setting.idle)?;
    let after = cpu::resident(running.pid())?;

    // Whoever saves memory by closing connections has not kept them idle.
    let last = connections.last_mut().context("no connection was opened")?;
    request(last).context("an idle connection does not serve another request")?;
    let first = connections.first_mut().context("no connection was opened")?;
    request(first).context("an idle connection does not serve another request")?;

    #[expect(clippy::cast_precision_loss, reason = "far less memory than a double counts")]
    let per_connection = after.saturating_sub(before) as f64 / setting.idle as f64;
    #[expect(clippy::cast_precision_loss, reason = "far less memory than a double counts")]
    let mebibytes = after as f64 / f64::from(1 << 20);
    Ok(Figures(BTreeMap::from([
        (BYTES_PER_CONNECTION, per_connection),
        ("resident MiB", mebibytes),
    ])))
}

fn open(address: SocketAddr, number: usize) -> anyhow::Result<Vec<TcpStream>> {
    let mut connections = Vec::with_capacity(number);
    for index in 0..number {
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(10))
            .with_context(|| format!("connection {index} of {number}"))?;
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .context("cannot set a timeout")?;
        stream.set_nodelay(true).context("cannot set TCP_NODELAY")?;
        request(&mut stream).with_context(|| format!("request on connection {index} of {number}"))?;
        connections.push(stream);
    }
    Ok(connections)
}
