//! The proxy's own answers: errors, the monitor's 200, redirects; as whole messages ready to be sent.

use haproxy_cfg::model::{Proxy, Word};

/// The answers of one proxy.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    files: Vec<(u16, Word)>,
}

impl Answers {
    /// The answers of a proxy, its error files included.
    #[must_use]
    pub fn new(proxy: &Proxy) -> Self {
        Self {
            files: proxy.error_files.clone(),
        }
    }

    /// The whole message for a status: the error file, else the built-in one. A status that has neither is answered as 500.
    #[must_use]
    pub fn get(&self, status: u16) -> &[u8] {
        self.files
            .iter()
            .find(|(s, _)| *s == status)
            .map_or_else(|| built_in(status), |(_, message)| message.as_slice())
    }
}

/// A redirect to `location`, appended to `out`.
pub fn redirect(out: &mut Vec<u8>, status: u16, location: &[u8]) {
    let head: &[u8] = match status {
        301 => b"HTTP/1.1 301 Moved Permanently\r\n",
        303 => b"HTTP/1.1 303 See Other\r\n",
        307 => b"HTTP/1.1 307 Temporary Redirect\r\n",
        308 => b"HTTP/1.1 308 Permanent Redirect\r\n",
        _ => b"HTTP/1.1 302 Found\r\n",
    };
    out.extend_from_slice(head);
    out.extend_from_slice(b"content-length: 0\r\nlocation: ");
    out.extend_from_slice(location);
    out.extend_from_slice(b"\r\n\r\n");
}

fn built_in(status: u16) -> &'static [u8] {
    match status {
        503 => b"HTTP/1.0 503 Service Unavailable\r\ncache-control: no-cache\r\nconnection: close\r\ncontent-type: text/html\r\n\r\n<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>\n",
        _ => b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n",
    }
}
