//! Scenario: a configuration with 20,000 servers is checked and started.

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpStream;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::answer::request;
use super::cpu;
use super::farm::farm;
use super::scenario::{Figures, Setting};
use super::subject::Subject;
use test_support::process::free_address;

/// Milliseconds from the start of the program to its first answer.
pub(super) const UNTIL_FIRST_ANSWER: &str = "ms until the first answer";
const BACKENDS: usize = 200;
const SERVERS_EACH: usize = 100;

/// Measures `-c`, then a start until a request is answered, and the memory then.
pub(super) fn measure(setting: &Setting, subject: &Subject) -> anyhow::Result<Figures> {
    let address = free_address()?;
    let mut text = format!(
        "global\n    nbthread 1\n    maxconn 1000\n\ndefaults\n    mode http\n    timeout connect 10s\n    \
         timeout client 1m\n    timeout server 1m\n\nfrontend web\n    bind {address}\n"
    );
    text += &farm(BACKENDS, SERVERS_EACH, |_, _| {
        format!("{} weight 10", setting.upstream.address)
    })?;
    let config = setting.place.join("start.cfg");
    fs::write(&config, text).with_context(|| format!("cannot write {}", config.display()))?;

    let mut check = subject.command();
    check.args(["-c", "-q", "-f"]).arg(&config).stdin(Stdio::null());
    let start = Instant::now();
    let output = cpu::on_core(cpu::PROXY, || check.output())?.context("cannot start the program")?;
    let checked = start.elapsed();
    if !output.status.success() {
        bail!(
            "-c says {}: {}",
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }

    let start = Instant::now();
    let running = subject.launch(&config)?;
    running.until_it_accepts(address)?;
    let mut connection = TcpStream::connect(address).context("cannot connect again")?;
    connection
        .set_read_timeout(Some(Duration::from_secs(30)))
        .context("cannot set a timeout")?;
    request(&mut connection).context("after the start")?;
    let answered = start.elapsed();
    #[expect(clippy::cast_precision_loss, reason = "far less memory than a double counts")]
    let mebibytes = cpu::resident(running.pid())? as f64 / f64::from(1 << 20);
    Ok(Figures(BTreeMap::from([
        ("-c ms", checked.as_secs_f64() * 1e3),
        (UNTIL_FIRST_ANSWER, answered.as_secs_f64() * 1e3),
        ("cpu ms", cpu::time_of(running.pid())?.as_secs_f64() * 1e3),
        ("resident MiB", mebibytes),
    ])))
}
