//! What a server's windows allow is all that it takes (section 6.9.1): found out by its own settings, so that these are no cases.

use std::io::Write as _;
use std::net::TcpStream;

use crate::frame::*;
use crate::program::Running;
use crate::talk::{PATIENCE, next_frame};

/// Bytes that a stream and a connection may be sent, as the program tells when a connection begins.
fn windows(client: &mut TcpStream, received: &mut Vec<u8>) -> anyhow::Result<(usize, usize)> {
    let (mut stream, mut connection) = (65_535, 65_535);
    client.write_all(&pong())?;
    loop {
        let (kind, flags, payload) = next_frame(client, received)?;
        match kind {
            SETTINGS if flags & ACK == 0 => {
                for setting in payload.chunks_exact(6) {
                    if setting[..2] == [0, 4] {
                        stream = u32::from_be_bytes(setting[2..].try_into()?) as usize;
                    }
                }
            }
            WINDOW_UPDATE => connection += u32::from_be_bytes(payload[..].try_into()?) as usize,
            PING => return Ok((stream, connection)),
            _ => {}
        }
    }
}

/// A request whose body nobody reads.
fn held(stream: u32) -> Vec<u8> {
    let fields = [
        (":method", "POST"),
        (":scheme", "http"),
        (":path", "/hold"),
        (":authority", "a"),
    ];
    frame(HEADERS, END_HEADERS, stream, &block(&fields))
}

/// Data of `len` bytes, in frames that anybody takes.
fn data(stream: u32, len: usize) -> Vec<u8> {
    let body = vec![b'a'; len];
    body.chunks(16_384)
        .flat_map(|part| frame(DATA, 0, stream, part))
        .collect()
}

/// Sends one byte more than the window of a stream has room for, or (`of_connection`) than that of the connection has, over as many
/// streams as it takes. Before it nothing is wrong; with it, the stream or the connection is.
pub(crate) fn overrun(program: &Running, of_connection: bool) -> anyhow::Result<()> {
    let mut client = TcpStream::connect(program.front)?;
    client.set_read_timeout(Some(PATIENCE))?;
    // Its settings hold once they are acknowledged.
    client.write_all(
        &[
            PREFACE,
            &frame(SETTINGS, 0, 0, b""),
            &frame(SETTINGS, ACK, 0, b""),
        ]
        .concat(),
    )?;
    let mut received = Vec::new();
    let (window, all) = windows(&mut client, &mut received)?;
    let mut left = if of_connection { all } else { window.min(all) };
    let mut stream = 1;
    while left > 0 {
        let part = left.min(window);
        client.write_all(&[held(stream), data(stream, part)].concat())?;
        left -= part;
        stream += 2;
    }
    client.write_all(&pong())?;
    while let (kind, _, payload) = next_frame(&mut client, &mut received)?
        && kind != PING
    {
        anyhow::ensure!(
            !matches!(kind, GOAWAY | RST_STREAM | WINDOW_UPDATE),
            "{kind} {payload:?} before the window ({window}, {all}) was used up"
        );
    }
    if of_connection {
        client.write_all(&held(stream))?;
    } else {
        stream -= 2;
    }
    client.write_all(&frame(DATA, 0, stream, b"a"))?;
    loop {
        let (kind, _, payload) = next_frame(&mut client, &mut received)?;
        let code = match kind {
            GOAWAY => &payload[4..8],
            RST_STREAM if !of_connection => &payload[..],
            _ => continue,
        };
        anyhow::ensure!(code == FLOW_CONTROL_ERROR.to_be_bytes(), "{kind} {payload:?}");
        return Ok(());
    }
}
