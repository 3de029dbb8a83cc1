//! What is kept of handshakes with clients, where the file asks for it: the first message (`tune.ssl.capture-buffer-size`) and the
//! connection's secrets (`tune.ssl.keylog`).

use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use proxy_core::sample::ClientHandshake;
use rustls::KeyLog;
use rustls::server::{Accepted, Acceptor};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::socket::Socket;

/// Bytes that are read at once of a first message.
const PART: usize = 4096;

/// Reads a client's first message, keeping what it offers as far as `room` bytes go.
///
/// # Errors
/// When it is none, which the client is told, or the connection ends.
pub(super) async fn first_message(
    mut socket: Socket,
    room: usize,
) -> io::Result<(Accepted, Socket, Box<ClientHandshake>)> {
    let mut acceptor = Acceptor::default();
    let (mut seen, mut part) = (Vec::new(), vec![0; PART]);
    loop {
        let n = socket.read(&mut part).await?;
        if n == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        seen.extend_from_slice(&part[..n]);
        let mut bytes = &part[..n];
        while !bytes.is_empty() {
            if acceptor.read_tls(&mut bytes)? == 0 {
                return Err(io::ErrorKind::InvalidData.into());
            }
        }
        match acceptor.accept() {
            Ok(None) => {}
            Ok(Some(accepted)) => {
                let mut kept = Box::<ClientHandshake>::default();
                kept.keep_hello(&seen, room);
                return Ok((accepted, socket, kept));
            }
            Err((error, mut alert)) => {
                let mut told = Vec::new();
                alert.write_all(&mut told)?;
                // A client that has gone is not to be told.
                let _ = socket.write_all(&told).await;
                return Err(io::Error::new(io::ErrorKind::InvalidData, error));
            }
        }
    }
}

thread_local! {
    /// The secrets of the handshake that is being polled: handshakes are polled one at a time.
    static SECRETS: RefCell<ClientHandshake> = RefCell::new(ClientHandshake::default());
}

/// Who is told of secrets.
#[derive(Debug)]
pub(super) struct Secrets;

/// Names of secrets in key logs.
const NAMES: &[&str] = &[
    "CLIENT_RANDOM",
    "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
    "SERVER_HANDSHAKE_TRAFFIC_SECRET",
    "CLIENT_TRAFFIC_SECRET_0",
    "SERVER_TRAFFIC_SECRET_0",
    "EXPORTER_SECRET",
];

impl KeyLog for Secrets {
    fn log(&self, label: &str, random: &[u8], secret: &[u8]) {
        if let Some(name) = NAMES.iter().find(|name| **name == label) {
            SECRETS.with_borrow_mut(|kept| {
                kept.random = random.to_vec();
                kept.secrets.push((name, secret.to_vec()));
            });
        }
    }
}

/// A handshake whose secrets are kept in `kept`.
pub(super) async fn with_secrets<F: Future>(handshake: F, kept: &mut ClientHandshake) -> F::Output {
    let mut handshake = Box::pin(handshake);
    std::future::poll_fn(|cx| {
        SECRETS.set(ClientHandshake::default());
        let polled = poll(handshake.as_mut(), cx);
        let found = SECRETS.take();
        if !found.secrets.is_empty() {
            kept.random = found.random;
            kept.secrets.extend(found.secrets);
        }
        polled
    })
    .await
}

fn poll<F: Future>(future: Pin<&mut F>, cx: &mut Context<'_>) -> Poll<F::Output> {
    future.poll(cx)
}
