//! Talking to a program: a case is sent, and the first frame that decides is what came of it.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use crate::case::{Case, Expected, Outcome};
use crate::frame::*;

/// How long something is waited for that must come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// How long a program that says nothing is listened to before that counts as its answer: only the original does that.
pub(crate) const SILENCE: Duration = Duration::from_millis(700);

pub(crate) fn wait_for_frame(
    from: &mut TcpStream,
    received: &mut Vec<u8>,
    wanted: u8,
) -> anyhow::Result<Vec<u8>> {
    loop {
        let (kind, _, payload) = next_frame(from, received)?;
        if kind == wanted {
            return Ok(payload);
        }
    }
}

pub(crate) fn wait_for_end(from: &mut TcpStream) -> anyhow::Result<()> {
    let mut room = [0; 4096];
    while from.read(&mut room)? > 0 {}
    Ok(())
}

pub(crate) fn read_until(from: &mut TcpStream, end: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut received = Vec::new();
    while !received.ends_with(end) {
        let mut room = [0; 4096];
        let n = from.read(&mut room)?;
        anyhow::ensure!(n > 0, "closed behind {:?}", String::from_utf8_lossy(&received));
        received.extend_from_slice(&room[..n]);
    }
    Ok(received)
}

pub(crate) fn next_frame(from: &mut TcpStream, received: &mut Vec<u8>) -> anyhow::Result<(u8, u8, Vec<u8>)> {
    loop {
        if let Some(frame) = take_frame(received) {
            return Ok(frame);
        }
        let mut room = [0; 4096];
        let n = from.read(&mut room)?;
        anyhow::ensure!(n > 0, "closed");
        received.extend_from_slice(&room[..n]);
    }
}

/// Sends a case and gives what is first seen that decides.
pub(crate) fn ask(front: SocketAddr, case: &Case, patience: Duration) -> anyhow::Result<Outcome> {
    let mut stream = TcpStream::connect(front)?;
    stream.set_nodelay(true)?;
    let opening = if case.bare {
        Vec::new()
    } else {
        [PREFACE, &frame(SETTINGS, 0, 0, b"")].concat()
    };
    // Whoever is cut off while it still speaks sees that when it listens.
    let _ = stream.write_all(&[&opening[..], &case.sent].concat());
    let counts_data = matches!(case.expected, Expected::Only(Outcome::Data(_)));
    let counts_settings = matches!(case.expected, Expected::Only(Outcome::Settled));
    // Ours come behind those of the opening.
    let mut settled = 0;
    let mut data = 0;
    let until = Instant::now() + patience;
    let mut received = Vec::new();
    loop {
        while let Some((kind, flags, payload)) = take_frame(&mut received) {
            let code = || {
                payload
                    .get(payload.len() - 4..)
                    .map(|code| u32::from_be_bytes(code.try_into().expect("4 bytes")))
            };
            match kind {
                GOAWAY => {
                    let code = payload
                        .get(4..8)
                        .map(|code| u32::from_be_bytes(code.try_into().expect("4 bytes")));
                    return Ok(Outcome::Goaway(code.unwrap_or(u32::MAX)));
                }
                RST_STREAM => return Ok(Outcome::Reset(code().unwrap_or(u32::MAX))),
                PING if flags & ACK != 0 => return Ok(Outcome::Pong),
                SETTINGS if flags & ACK != 0 => {
                    settled += 1;
                    if counts_settings && settled == 2 {
                        return Ok(Outcome::Settled);
                    }
                }
                DATA if counts_data => {
                    data += payload.len();
                    if case.expected.allows(Outcome::Data(data)) {
                        return Ok(Outcome::Data(data));
                    }
                }
                HEADERS if !counts_data && !matches!(case.expected, Expected::Alive) => {
                    return Ok(if is_ok(&payload) {
                        Outcome::Served
                    } else {
                        Outcome::Refused
                    });
                }
                _ => {}
            }
        }
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(if counts_data {
                Outcome::Data(data)
            } else {
                Outcome::Silence
            });
        }
        stream.set_read_timeout(Some(left))?;
        let mut room = [0; 4096];
        match stream.read(&mut room) {
            Ok(0) => return Ok(Outcome::Closed),
            Ok(n) => received.extend_from_slice(&room[..n]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(error) if error.kind() == ErrorKind::ConnectionReset => return Ok(Outcome::Closed),
            Err(error) => return Err(error.into()),
        }
    }
}

/// Whether a response's fields begin with the status 200.
fn is_ok(mut fields: &[u8]) -> bool {
    // The size of the table, where it was changed (RFC 7541, section 6.3).
    while let [first, rest @ ..] = fields
        && first & 0xe0 == 0x20
    {
        let more = rest
            .iter()
            .position(|octet| octet & 0x80 == 0)
            .map_or(0, |end| end + 1);
        fields = if first & 0x1f == 0x1f { &rest[more..] } else { rest };
    }
    // By its index, or by its name's and three digits.
    matches!(
        fields,
        [0x88, ..] | [0x08 | 0x48, 3, b'2', b'0', b'0', ..] | [0x08 | 0x48, 0x82, 0x10, 0x01, ..]
    )
}
