//! An error file (manual, `errorfile`): a whole message, whose head is written anew so that it fits the client's connection.

use super::Answer;
use crate::http1::Version;

/// An error file's message, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ErrorFile {
    version: Version,
    /// Zero in a file without a status line, which answers nothing.
    status: u16,
    reason: Box<[u8]>,
    /// Without those about the connection.
    headers: Vec<Field>,
    body: Box<[u8]>,
}

/// A header's name and value.
type Field = (Box<[u8]>, Box<[u8]>);

impl ErrorFile {
    pub(crate) fn new(text: &[u8]) -> Self {
        let mut file = Self::default();
        let mut rest = text;
        let mut first = true;
        while !rest.is_empty() {
            let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            let line = rest[..end].strip_suffix(b"\r").unwrap_or(&rest[..end]);
            rest = rest.get(end + 1..).unwrap_or_default();
            if line.is_empty() {
                break;
            }
            if std::mem::take(&mut first) {
                file.status_line(line);
            } else {
                file.header(line);
            }
        }
        file.body = rest.into();
        file
    }

    fn status_line(&mut self, line: &[u8]) {
        if line.starts_with(b"HTTP/1.0") {
            self.version = Version::Http10;
        }
        let mut words = line.splitn(3, |&byte| byte == b' ').skip(1);
        let status = words.next().unwrap_or_default();
        let digits = status.iter().filter(|byte| byte.is_ascii_digit());
        self.status = digits
            .take(3)
            .fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0'));
        self.reason = words.next().unwrap_or_default().into();
    }

    fn header(&mut self, line: &[u8]) {
        let Some(colon) = memchr::memchr(b':', line) else {
            return;
        };
        let name = line[..colon].to_ascii_lowercase();
        if name != b"connection" && name != b"keep-alive" {
            let value = line[colon + 1..].trim_ascii();
            self.headers.push((name.into(), value.into()));
        }
    }

    /// Makes `out` this answer.
    pub(crate) fn put(&self, out: &mut Answer) {
        if self.status == 0 {
            return out.silent();
        }
        out.begin(self.version, self.status, &self.reason);
        for (name, value) in &self.headers {
            out.header(name, &[value]);
        }
        out.body.extend_from_slice(&self.body);
    }
}
