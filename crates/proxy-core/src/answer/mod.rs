//! The proxy's own answers: errors, the monitor's 200, redirects, requests for a password, and what rules describe; as messages
//! that rules may still change.

mod built_in;
mod error_file;
mod message;
mod pages;
pub(crate) mod reason;
mod reply;
#[cfg(test)]
mod tests;

pub(crate) use error_file::ErrorFile;
pub use message::Answer;
pub use pages::Pages;
pub(crate) use reply::Described;
pub use reply::Reply;

use crate::http1::Version;

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

/// Makes `out` the built-in page of a status; a status that has none is answered as 500.
pub fn built_in(out: &mut Answer, status: u16) {
    built_in::put(out, status);
}

/// Adds to an answer with 401 (407 for `proxy`) what asks for a user's password.
pub fn challenge(out: &mut Answer, proxy: bool, realm: &[u8]) {
    let name: &[u8] = if proxy {
        b"proxy-authenticate"
    } else {
        b"www-authenticate"
    };
    out.header(name, &[b"Basic realm=\"", realm, b"\""]);
}

/// Makes `out` a redirect to `location` with status 301, 302, 303, 307 or 308.
pub fn redirect(out: &mut Answer, status: u16, location: &[u8]) {
    let (reason, cached): (&[u8], bool) = match status {
        301 => (b"Moved Permanently", true),
        303 => (b"See Other", false),
        307 => (b"Temporary Redirect", false),
        308 => (b"Permanent Redirect", true),
        _ => (b"Found", false),
    };
    out.begin(Version::Http11, status, reason);
    out.length();
    out.header(b"location", &[location]);
    if !cached {
        out.header(b"cache-control", &[b"no-cache"]);
    }
}

/// Appends the answer to a request that could not be read (400, 408, 413, 500, 501): another form than an answer to a request,
/// which no error file replaces. The connection is closed behind it, and a HEAD request, known or not, gets the body too.
pub fn malformed(out: &mut Vec<u8>, status: u16) {
    built_in::write_malformed(out, status);
}
