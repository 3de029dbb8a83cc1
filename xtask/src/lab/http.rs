//! A small HTTP/1.1 client: one request on one connection, so that the lab knows exactly what was asked and when.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, bail};

/// How long a connection or a silence of the peer may last; longer than a balancer's retries take.
const PATIENCE: Duration = Duration::from_secs(20);

/// An answer.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Names in lower case.
    headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    /// Every byte received.
    pub(super) size: usize,
}

impl Answer {
    /// The first header of that name (in lower case).
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Every header of that name (in lower case).
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.headers
            .iter()
            .filter(move |(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Asks for `path` with the given extra header lines and reads the answer to its end.
pub(super) fn get(address: SocketAddr, path: &str, headers: &[String]) -> Result<Answer> {
    exchange(address, "GET", path, headers, b"")
}

/// Makes any request, with a body, and reads the answer to its end.
pub(super) fn exchange(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[String],
    body: &[u8],
) -> Result<Answer> {
    let mut stream = begin(address, method, path, headers, body)?;
    let mut received = Vec::new();
    let mut chunk = [0_u8; 16 * 1024];
    loop {
        let count = stream.read(&mut chunk).context("the answer broke off")?;
        received.extend_from_slice(&chunk[..count]);
        // Some servers keep the connection whatever they are asked.
        if count == 0 || is_whole(&received) {
            return parse(&received);
        }
    }
}

/// Whether an answer is there to the length that it promised.
fn is_whole(received: &[u8]) -> bool {
    parse_head(received).is_ok_and(|(answer, start)| {
        let promised = answer
            .header("content-length")
            .and_then(|length| length.parse::<usize>().ok());
        promised.is_some_and(|length| received.len() >= start + length)
    })
}

/// Asks for `path` and leaves the answer unread but for its head, whose header lines are given with the connection.
pub(super) fn open(address: SocketAddr, path: &str) -> Result<(Answer, TcpStream)> {
    let mut stream = begin(address, "GET", path, &[], b"")?;
    let mut received = Vec::new();
    let mut chunk = [0_u8; 1024];
    while !received.windows(4).any(|window| window == b"\r\n\r\n") {
        match stream.read(&mut chunk)? {
            0 => bail!("the connection ended inside the head"),
            count => received.extend_from_slice(&chunk[..count]),
        }
    }
    Ok((parse_head(&received)?.0, stream))
}

fn begin(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[String],
    body: &[u8],
) -> Result<TcpStream> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut request = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    for header in headers {
        request.push_str(header);
        request.push_str("\r\n");
    }
    if !body.is_empty() {
        request.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    request.push_str("\r\n");
    stream.write_all(&[request.as_bytes(), body].concat())?;
    Ok(stream)
}

fn parse(received: &[u8]) -> Result<Answer> {
    let (mut answer, start) = parse_head(received)?;
    let body = &received[start..];
    if let Some(length) = answer.header("content-length")
        && length.parse() != Ok(body.len())
    {
        bail!("the answer promised {length} bytes and had {}", body.len());
    }
    answer.body = body.to_vec();
    Ok(answer)
}

fn parse_head(received: &[u8]) -> Result<(Answer, usize)> {
    if received.is_empty() {
        bail!("the connection was closed without an answer");
    }
    let mut fields = [httparse::EMPTY_HEADER; 64];
    let mut head = httparse::Response::new(&mut fields);
    let httparse::Status::Complete(start) = head.parse(received)? else {
        bail!("the answer broke off inside its head");
    };
    let headers = head
        .headers
        .iter()
        .map(|h| {
            (
                h.name.to_ascii_lowercase(),
                String::from_utf8_lossy(h.value).into_owned(),
            )
        })
        .collect();
    let status = head.code.context("an answer without a status")?;
    Ok((
        Answer {
            status,
            headers,
            body: Vec::new(),
            size: received.len(),
        },
        start,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_is_shorter_than_promised_is_an_error() {
        assert!(parse(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab").is_err());
        let answer = parse(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab").unwrap();
        assert_eq!((answer.status, answer.body.as_slice()), (200, b"ab".as_slice()));
    }

    #[test]
    fn a_connection_closed_without_an_answer_is_an_error() {
        assert!(parse(b"").is_err());
    }
}
