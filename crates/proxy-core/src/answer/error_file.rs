//! An error file (manual, `errorfile`): a whole message, whose head is written anew so that it fits the client's connection.

use super::{AnswerInput, write_connection};

/// An error file's message, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ErrorFile {
    /// Status line and headers as they are sent, without the headers about the connection.
    head: Vec<u8>,
    body: Vec<u8>,
    /// An HTTP/1.0 message needs not say that the connection ends.
    old: bool,
    /// Its head says how long the body is.
    sized: bool,
}

impl ErrorFile {
    pub(super) fn new(text: &[u8]) -> Self {
        let mut file = Self::default();
        let mut rest = text;
        while !rest.is_empty() {
            let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            let line = rest[..end].strip_suffix(b"\r").unwrap_or(&rest[..end]);
            rest = rest.get(end + 1..).unwrap_or_default();
            if line.is_empty() {
                break;
            }
            file.add_line(line);
        }
        file.body = rest.to_vec();
        file
    }

    fn add_line(&mut self, line: &[u8]) {
        if self.head.is_empty() {
            self.old = line.starts_with(b"HTTP/1.0");
            self.head.extend_from_slice(line);
        } else {
            let Some(colon) = memchr::memchr(b':', line) else {
                return;
            };
            let name = line[..colon].to_ascii_lowercase();
            if name == b"connection" || name == b"keep-alive" {
                return;
            }
            self.sized |= name == b"content-length";
            self.head.extend_from_slice(&name);
            self.head.extend_from_slice(b": ");
            self.head.extend_from_slice(line[colon + 1..].trim_ascii());
        }
        self.head.extend_from_slice(b"\r\n");
    }

    /// Appends it; gives whether the connection must be closed behind it.
    pub(super) fn write(&self, out: &mut Vec<u8>, input: &AnswerInput) -> bool {
        if self.head.is_empty() {
            return true;
        }
        let close = input.close || !self.sized;
        out.extend_from_slice(&self.head);
        if !(close && self.old) {
            write_connection(out, &AnswerInput { close, ..*input });
        }
        out.extend_from_slice(b"\r\n");
        if !input.head {
            out.extend_from_slice(&self.body);
        }
        close
    }
}
