//! The proxy's own answers: errors, the monitor's 200, redirects, requests for a password; as whole messages ready to be sent.

mod built_in;
mod error_file;
pub(crate) mod reason;
#[cfg(test)]
mod tests;

use haproxy_cfg::model::Proxy;

use error_file::ErrorFile;

/// Built-in answers that always end the connection.
const LAST: [u16; 2] = [400, 408];

/// How an answer must end for the client that gets it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AnswerInput {
    /// The request's method is HEAD: no body.
    pub head: bool,
    /// The client spoke HTTP/1.0, so it must be told when the connection stays.
    pub old_client: bool,
    /// The connection is closed behind the answer: the client or the configuration want it, or the request's body was not
    /// read.
    pub close: bool,
}

/// The answers of one proxy.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    files: Vec<(u16, ErrorFile)>,
}

impl Answers {
    /// The answers of a proxy, its error files included.
    #[must_use]
    pub fn new(proxy: &Proxy) -> Self {
        let files = proxy
            .error_files
            .iter()
            .map(|(status, text)| (*status, ErrorFile::new(text)));
        Self {
            files: files.collect(),
        }
    }

    /// Appends the answer for a status: the error file, else the built-in one; a status that has neither is answered as
    /// 500. Gives whether the connection must be closed behind it. An empty error file answers nothing.
    pub fn write(&self, out: &mut Vec<u8>, status: u16, input: &AnswerInput) -> bool {
        match self.files.iter().find(|(s, _)| *s == status) {
            Some((_, file)) => file.write(out, input),
            None => {
                let close = input.close || LAST.contains(&status);
                built_in::write(out, status, None, &AnswerInput { close, ..*input });
                close
            }
        }
    }
}

/// Appends an answer with 401 (407 for `proxy`) that asks for a user's password.
pub fn unauthorized(out: &mut Vec<u8>, proxy: bool, realm: &[u8], input: &AnswerInput) {
    let (status, name) = if proxy {
        (407, "proxy-authenticate")
    } else {
        (401, "www-authenticate")
    };
    built_in::write(out, status, Some((name, realm)), input);
}

/// Appends a redirect to `location` with status 301, 302, 303, 307 or 308.
pub fn redirect(out: &mut Vec<u8>, status: u16, location: &[u8], input: &AnswerInput) {
    let (line, cached): (&[u8], bool) = match status {
        301 => (b"HTTP/1.1 301 Moved Permanently\r\n", true),
        303 => (b"HTTP/1.1 303 See Other\r\n", false),
        307 => (b"HTTP/1.1 307 Temporary Redirect\r\n", false),
        308 => (b"HTTP/1.1 308 Permanent Redirect\r\n", true),
        _ => (b"HTTP/1.1 302 Found\r\n", false),
    };
    out.extend_from_slice(line);
    out.extend_from_slice(b"content-length: 0\r\nlocation: ");
    out.extend_from_slice(location);
    out.extend_from_slice(b"\r\n");
    if !cached {
        out.extend_from_slice(b"cache-control: no-cache\r\n");
    }
    write_connection(out, input);
    out.extend_from_slice(b"\r\n");
}

/// Appends the answer to a request that could not be read (400, 408, 413, 500, 501): another form than an answer to a request,
/// which no error file replaces. The connection is closed behind it, and a HEAD request, known or not, gets the body too.
pub fn malformed(out: &mut Vec<u8>, status: u16) {
    built_in::write_malformed(out, status);
}

fn write_connection(out: &mut Vec<u8>, input: &AnswerInput) {
    if input.close {
        out.extend_from_slice(b"connection: close\r\n");
    } else if input.old_client {
        out.extend_from_slice(b"connection: keep-alive\r\n");
    }
}
