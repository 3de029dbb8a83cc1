//! Clients that ask for the site without end, and count who answers.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Clients at a time.
const CLIENTS: usize = 4;

/// Between two requests of a client.
const PAUSE: Duration = Duration::from_millis(20);

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// Answers by server (web1, web2, backup), then what was no answer of a server.
pub(super) static COUNTS: [AtomicU64; 4] = [
    AtomicU64::new(0),
    AtomicU64::new(0),
    AtomicU64::new(0),
    AtomicU64::new(0),
];

/// Starts the clients on this runtime.
pub(super) fn start(site: SocketAddr) {
    for _ in 0..CLIENTS {
        tokio::spawn(async move {
            loop {
                let answer = tokio::time::timeout(PATIENCE, ask(site)).await;
                let who = match answer {
                    Ok(Ok(answer)) => who_answered(&answer),
                    _ => 3,
                };
                COUNTS[who].fetch_add(1, Relaxed);
                tokio::time::sleep(PAUSE).await;
            }
        });
    }
}

async fn ask(site: SocketAddr) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(site).await?;
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: demo\r\nConnection: close\r\n\r\n")
        .await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(answer)
}

fn who_answered(answer: &[u8]) -> usize {
    let text = String::from_utf8_lossy(answer);
    ["This is web1.", "This is web2.", "This is backup."]
        .iter()
        .position(|body| text.contains(body))
        .unwrap_or(3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_is_none_of_a_server_is_counted_apart() {
        assert_eq!(who_answered(b"HTTP/1.1 200 OK\r\n\r\nThis is web2.\n"), 1);
        assert_eq!(who_answered(b"HTTP/1.1 503 Service Unavailable\r\n\r\n"), 3);
        assert_eq!(who_answered(b""), 3);
    }
}
