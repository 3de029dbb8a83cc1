//! `Upgrade: h2c`, which RFC 9113 dropped (section 3.1): the request is served as if it had not asked.

use std::io::Write as _;
use std::net::TcpStream;

use crate::program::Running;
use crate::talk::{PATIENCE, read_until};

pub(crate) fn declined(program: &Running) -> anyhow::Result<()> {
    let mut client = TcpStream::connect(program.front)?;
    client.set_read_timeout(Some(PATIENCE))?;
    client.write_all(
        b"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade, http2-settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
    )?;
    let answer = String::from_utf8(read_until(&mut client, b"hello")?)?;
    anyhow::ensure!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    Ok(())
}
