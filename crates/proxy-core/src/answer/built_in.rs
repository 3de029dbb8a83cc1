//! The messages that are there without any error file.

use std::io::Write as _;

use super::Answer;
use crate::http1::Version;

/// Status, reason, and what the page says.
const PAGES: [(u16, &str, &str); 21] = [
    (200, "OK", "Service ready."),
    (400, "Bad request", "Your browser sent an invalid request."),
    (
        401,
        "Unauthorized",
        "You need a valid user and password to access this content.",
    ),
    (403, "Forbidden", "Request forbidden by administrative rules."),
    (404, "Not Found", "The resource could not be found."),
    (
        405,
        "Method Not Allowed",
        "A request was made of a resource using a request method not supported by that resource",
    ),
    (
        407,
        "Unauthorized",
        "You need a valid user and password to access this content.",
    ),
    (
        408,
        "Request Time-out",
        "Your browser didn't send a complete request in time.",
    ),
    (
        410,
        "Gone",
        "The resource is no longer available and will not be available again.",
    ),
    (
        413,
        "Payload Too Large",
        "The request entity exceeds the maximum allowed.",
    ),
    (
        414,
        "URI Too Long",
        "The URI provided was too long for the server to process.",
    ),
    (
        421,
        "Misdirected Request",
        "Request sent to a non-authoritative server.",
    ),
    (
        422,
        "Unprocessable Content",
        "The server cannot process the contained instructions.",
    ),
    (425, "Too Early", "Your browser sent early data."),
    (
        429,
        "Too Many Requests",
        "You have sent too many requests in a given amount of time.",
    ),
    (
        431,
        "Request Header Fields Too Large",
        "Request Header Fields Too Large.",
    ),
    (500, "Internal Server Error", "An internal server error occurred."),
    (
        501,
        "Not Implemented",
        ".The server does not support the functionality required to fulfill the request.",
    ),
    (
        502,
        "Bad Gateway",
        "The server returned an invalid or incomplete response.",
    ),
    (
        503,
        "Service Unavailable",
        "No server is available to handle this request.",
    ),
    (504, "Gateway Time-out", "The server didn't respond in time."),
];

/// The page of a status; that of 500 for one without.
fn page(status: u16) -> (u16, &'static str, &'static str) {
    let find = |wanted| PAGES.iter().find(|(status, ..)| *status == wanted).copied();
    find(status).or_else(|| find(500)).unwrap_or(PAGES[0])
}

/// The body's length in bytes.
fn body_len(reason: &str, says: &str) -> usize {
    "<html><body><h1>NNN </h1>\n\n</body></html>\n".len() + reason.len() + says.len()
}

fn write_body(out: &mut Vec<u8>, (status, reason, says): (u16, &str, &str)) {
    // Writing to a vector does not fail.
    let _infallible = write!(
        out,
        "<html><body><h1>{status} {reason}</h1>\n{says}\n</body></html>\n"
    );
}

/// Statuses whose pages always end the connection.
const LAST: [u16; 2] = [400, 408];

/// Makes `out` the page of a status.
pub(super) fn put(out: &mut Answer, status: u16) {
    let page = page(status);
    out.begin(Version::Http11, page.0, page.1.as_bytes());
    write_body(&mut out.body, page);
    out.length();
    out.header(b"cache-control", &[b"no-cache"]);
    out.header(b"content-type", &[b"text/html"]);
    if LAST.contains(&status) {
        out.header(b"connection", &[b"close"]);
    }
}

/// Appends the answer to a request that could not be read.
pub(super) fn write_malformed(out: &mut Vec<u8>, status: u16) {
    let page = page(status);
    let (status, reason, says) = page;
    // These were made later, and without it.
    let connection = match status {
        413 | 414 | 422 | 431 => "",
        _ => "Connection: close\r\n",
    };
    // Writing to a vector does not fail.
    let _infallible = write!(
        out,
        "HTTP/1.1 {status} {reason}\r\nContent-length: {}\r\nCache-Control: no-cache\r\n{connection}\
         Content-Type: text/html\r\n\r\n",
        body_len(reason, says)
    );
    write_body(out, page);
}
