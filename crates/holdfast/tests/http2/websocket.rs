//! WebSockets over HTTP/2 (RFC 8441), whose server speaks HTTP/1.

use std::io::Write as _;
use std::net::TcpStream;
use std::sync::PoisonError;

use anyhow::Context as _;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha1::{Digest as _, Sha1};

use crate::case::Outcome;
use crate::frame::*;
use crate::program::Running;
use crate::talk::{PATIENCE, next_frame, read_until};

/// How a server answers who asks for a WebSocket.
#[derive(Clone, Copy)]
pub(crate) enum Answer {
    Right,
    Wrong,
    None,
}

/// Asks for a WebSocket, says `hello` over it and expects `world`.
pub(crate) fn talk(program: &Running, answer: Answer, expected: Outcome) -> anyhow::Result<()> {
    let server = program.server.lock().unwrap_or_else(PoisonError::into_inner);
    let mut client = TcpStream::connect(program.front)?;
    client.set_read_timeout(Some(PATIENCE))?;
    let ask = block(&[
        (":method", "CONNECT"),
        (":protocol", "websocket"),
        (":scheme", "http"),
        (":path", "/chat"),
        (":authority", "a"),
        ("sec-websocket-version", "13"),
    ]);
    let sent = [
        PREFACE,
        &frame(SETTINGS, 0, 0, b""),
        &frame(HEADERS, END_HEADERS, 1, &ask),
    ]
    .concat();
    client.write_all(&sent)?;
    let (mut behind, _) = server.accept()?;
    behind.set_read_timeout(Some(PATIENCE))?;
    let request = read_until(&mut behind, b"\r\n\r\n")?;
    let request = String::from_utf8(request)?;
    anyhow::ensure!(
        request.starts_with("GET /chat HTTP/1.1\r\nhost: a\r\n"),
        "{request}"
    );
    let key = request.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("sec-websocket-key").then_some(value)
    });
    let mut hash = Sha1::new();
    hash.update(key.context("a key")?);
    hash.update("258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    let accept = match answer {
        Answer::Right => BASE64_STANDARD.encode(hash.finalize()),
        Answer::Wrong => "x".to_owned(),
        Answer::None => {
            behind.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")?;
            String::new()
        }
    };
    if !matches!(answer, Answer::None) {
        let head = format!(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Accept: {accept}\r\n\r\n"
        );
        behind.write_all(head.as_bytes())?;
    }
    let mut received = Vec::new();
    let got = loop {
        let (kind, _, payload) = next_frame(&mut client, &mut received)?;
        match kind {
            HEADERS if payload.first() == Some(&0x88) => break Outcome::Served,
            HEADERS => break Outcome::Refused,
            RST_STREAM | GOAWAY => break Outcome::Closed,
            _ => {}
        }
    };
    anyhow::ensure!(got == expected, "expected {expected:?}, got {got:?}");
    if got == Outcome::Served {
        client.write_all(&frame(DATA, 0, 1, b"hello"))?;
        let heard = read_until(&mut behind, b"hello")?;
        anyhow::ensure!(heard == b"hello", "{heard:?}");
        behind.write_all(b"world")?;
        let said = loop {
            let (kind, _, payload) = next_frame(&mut client, &mut received)?;
            if kind == DATA {
                break payload;
            }
        };
        anyhow::ensure!(said == b"world", "{said:?}");
    }
    Ok(())
}
