//! A request's head: put together from a stream's fields as HTTP/1 writes it.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::header::{CONTENT_LENGTH, COOKIE, HOST};
use http::request::Parts;
use http::{HeaderMap, Method};
use sha1::{Digest as _, Sha1};

/// What a request's head said about what follows it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    /// Bytes of the head as HTTP/1 writes it.
    pub(super) len: usize,
    /// The method is HEAD.
    pub(super) to_head: bool,
    /// How the body goes on.
    pub(super) body: BodyForm,
    /// A WebSocket is asked for (RFC 8441): what the server of HTTP/1 is to prove that it understood.
    pub(super) websocket: Option<WebSocket>,
}

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyForm {
    /// There is none.
    None,
    /// As it comes: its length is known.
    Plain,
    /// In chunks.
    Chunked,
    /// As it comes, in both directions, once the server agrees: a tunnel.
    Tunnel,
}

/// The key that a server of HTTP/1 is shown where a WebSocket comes over HTTP/2, which has none (RFC 6455, section 4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WebSocket {
    key: [u8; 24],
}

impl WebSocket {
    fn new(random: u128) -> Self {
        let mut key = [0; 24];
        let written = BASE64_STANDARD.encode_slice(random.to_be_bytes(), &mut key);
        debug_assert_eq!(written, Ok(24));
        Self { key }
    }

    /// Whether that is the answer to the key (section 4.2.2).
    pub(crate) fn is_answered_by(&self, accept: &[u8]) -> bool {
        BASE64_STANDARD.encode(websocket_answer(&self.key)).as_bytes() == accept
    }
}

/// The answer to a key, not coded yet (RFC 6455, section 4.2.2).
pub(super) fn websocket_answer(key: &[u8]) -> impl AsRef<[u8]> {
    let mut hash = Sha1::new();
    hash.update(key);
    hash.update(b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    hash.finalize()
}

/// Writes the head into `room`; none where it does not fit. `ends` says that the stream ends with it, and `random` gives what the key
/// of a WebSocket is made of.
pub(super) fn write(
    parts: &Parts,
    ends: bool,
    random: impl FnOnce() -> u128,
    room: &mut [u8],
) -> Option<Form> {
    let mut out = Room { room, len: 0 };
    let (uri, headers) = (&parts.uri, &parts.headers);
    let protocol = parts.extensions.get::<h2::ext::Protocol>();
    let is_websocket = protocol.is_some_and(|protocol| protocol.as_str().eq_ignore_ascii_case("websocket"));
    let authority = uri.authority().map(|authority| authority.as_str().as_bytes());
    let path = uri.path_and_query().map_or("", http::uri::PathAndQuery::as_str);
    let mut websocket = None;
    if is_websocket {
        out.put(b"GET ")?;
    } else {
        out.put(parts.method.as_str().as_bytes())?;
        out.put(b" ")?;
    }
    if parts.method == Method::CONNECT && !is_websocket {
        out.put(authority?)?;
    } else {
        if let (Some(scheme), Some(authority)) = (uri.scheme_str(), authority) {
            out.put(scheme.as_bytes())?;
            out.put(b"://")?;
            out.put(authority)?;
            // The asterisk of OPTIONS is no path.
            out.put(if path == "*" { b"" } else { path.as_bytes() })?;
        } else {
            out.put(if path.is_empty() { b"/" } else { path.as_bytes() })?;
        }
    }
    out.put(b" HTTP/1.1\r\n")?;
    if let Some(host) = authority.or_else(|| Some(headers.get(HOST)?.as_bytes())) {
        out.field(b"host", host)?;
    }
    for (name, value) in headers {
        if name != HOST && name != COOKIE {
            out.field(name.as_str().as_bytes(), value.as_bytes())?;
        }
    }
    put_cookies(&mut out, headers)?;
    let body = if is_websocket {
        out.put(b"upgrade: websocket\r\nconnection: upgrade\r\n")?;
        let asked = WebSocket::new(random());
        out.field(b"Sec-Websocket-Key", &asked.key)?;
        websocket = Some(asked);
        BodyForm::Tunnel
    } else if parts.method == Method::CONNECT {
        BodyForm::Tunnel
    } else if ends {
        BodyForm::None
    } else if headers.contains_key(CONTENT_LENGTH) {
        BodyForm::Plain
    } else {
        out.put(b"transfer-encoding: chunked\r\n")?;
        BodyForm::Chunked
    };
    out.put(b"\r\n")?;
    Some(Form {
        len: out.len,
        to_head: parts.method == Method::HEAD,
        body,
        websocket,
    })
}

/// Cookies may come in parts, which HTTP/1 has in one field (RFC 9113, section 8.2.3).
fn put_cookies(out: &mut Room<'_>, headers: &HeaderMap) -> Option<()> {
    let mut before: &[u8] = b"cookie: ";
    for value in headers.get_all(COOKIE) {
        out.put(before)?;
        out.put(value.as_bytes())?;
        before = b"; ";
    }
    if before == b"; " {
        out.put(b"\r\n")
    } else {
        Some(())
    }
}

/// Appends fields, a line each.
pub(super) fn put_trailers(out: &mut Vec<u8>, trailers: &HeaderMap) {
    for (name, value) in trailers {
        for part in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
            out.extend_from_slice(part);
        }
    }
}

/// Memory that a head is written into.
struct Room<'a> {
    room: &'a mut [u8],
    len: usize,
}

impl Room<'_> {
    fn put(&mut self, bytes: &[u8]) -> Option<()> {
        let end = self.len + bytes.len();
        self.room.get_mut(self.len..end)?.copy_from_slice(bytes);
        self.len = end;
        Some(())
    }

    fn field(&mut self, name: &[u8], value: &[u8]) -> Option<()> {
        self.put(name)?;
        self.put(b": ")?;
        self.put(value)?;
        self.put(b"\r\n")
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn written(request: http::request::Builder, ends: bool) -> (String, BodyForm) {
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let mut room = [0; 512];
        let form = write(&parts, ends, || 7, &mut room).expect("it fits");
        (String::from_utf8(room[..form.len].to_vec()).unwrap(), form.body)
    }

    #[test]
    fn a_head_is_written_as_http_1_has_it() {
        let request = Request::get("https://a.example/p?q=1")
            .header("cookie", "a=1")
            .header("x-up", "CaSe")
            .header("host", "b.example")
            .header("cookie", "b=2");
        let expected = "GET https://a.example/p?q=1 HTTP/1.1\r\nhost: a.example\r\nx-up: CaSe\r\n\
                        cookie: a=1; b=2\r\n\r\n";
        assert_eq!(written(request, true), (expected.to_owned(), BodyForm::None));
    }

    #[test]
    fn a_body_without_a_length_goes_on_in_chunks() {
        let (head, body) = written(Request::put("http://a/").header("a", "b"), false);
        assert!(
            head.ends_with("a: b\r\ntransfer-encoding: chunked\r\n\r\n"),
            "{head}"
        );
        assert_eq!(body, BodyForm::Chunked);
        let (_, body) = written(Request::put("http://a/").header("content-length", "3"), false);
        assert_eq!(body, BodyForm::Plain);
    }

    #[test]
    fn a_head_that_does_not_fit_is_none() {
        let (parts, ()) = Request::get("http://a/").body(()).unwrap().into_parts();
        assert!(write(&parts, true, || 7, &mut [0; 20]).is_none());
    }

    #[test]
    fn a_tunnel_is_asked_for_by_authority() {
        let (head, body) = written(Request::connect("a.example:443"), false);
        assert!(
            head.starts_with("CONNECT a.example:443 HTTP/1.1\r\nhost: a.example:443\r\n"),
            "{head}"
        );
        assert_eq!(body, BodyForm::Tunnel);
    }

    #[test]
    fn a_server_proves_that_it_has_seen_the_key() {
        // The example of RFC 6455, section 1.3.
        let key = *b"dGhlIHNhbXBsZSBub25jZQ==";
        assert!(WebSocket { key }.is_answered_by(b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
        assert!(!WebSocket { key }.is_answered_by(b"x"));
    }
}
