//! One request on an open connection, and its answer read to the end.

use std::io::{Read, Write};
use std::net::TcpStream;

use anyhow::{Context, bail};

/// Sends a request and reads its whole answer.
pub(super) fn request(stream: &mut TcpStream) -> anyhow::Result<()> {
    stream
        .write_all(b"GET /small HTTP/1.1\r\nHost: bench.example\r\n\r\n")
        .context("cannot send")?;
    let mut answer = Vec::with_capacity(1024);
    let mut piece = [0; 1024];
    loop {
        let length = stream.read(&mut piece).context("no answer")?;
        if length == 0 {
            bail!(
                "closed in the middle of an answer: {}",
                String::from_utf8_lossy(&answer)
            );
        }
        answer.extend_from_slice(&piece[..length]);
        if let Some(whole) = whole_length(&answer)?
            && answer.len() >= whole
        {
            return Ok(());
        }
    }
}

/// The length of the answer with its body, once its head is there.
fn whole_length(answer: &[u8]) -> anyhow::Result<Option<usize>> {
    let Some(head) = answer.windows(4).position(|window| window == b"\r\n\r\n") else {
        return Ok(None);
    };
    let text = String::from_utf8_lossy(&answer[..head]).to_ascii_lowercase();
    if !text.starts_with("http/1.1 200 ") {
        bail!("the answer is '{}'", text.lines().next().unwrap_or_default());
    }
    let length: usize = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .and_then(|value| value.trim().parse().ok())
        .with_context(|| format!("an answer without a length: {text}"))?;
    Ok(Some(head + 4 + length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_with_its_body() {
        let head = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
        assert_eq!(whole_length(&head[..20]).expect("not yet"), None);
        assert_eq!(whole_length(head).expect("a length"), Some(head.len() + 5));
        assert!(whole_length(b"HTTP/1.1 503 No\r\ncontent-length: 5\r\n\r\n").is_err());
    }
}
