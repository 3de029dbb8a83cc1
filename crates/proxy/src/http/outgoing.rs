//! The request as it goes to its server: the head put together, what only the backend or the server says about it, and the body
//! behind it as far as it has come.

use haproxy_cfg::model::Proxy;
use proxy_core::http1::{ConnectionHeader, Framing, HeadRules, HeaderCases, Version, write_request};

use super::body::Body;
use super::exchange::Terms;
use super::response_head::has_old_chunks;
use super::txn::Txn;
use crate::session::Session;

/// Puts the request's head for the server together and cuts it off what was received.
pub(super) fn begin_request(txn: &mut Txn, asks_to_keep: bool) {
    let connection = match (asks_to_keep, txn.req_head.version) {
        (true, Version::Http10) => ConnectionHeader::KeepAlive,
        (true, Version::Http11 | Version::Http2) | (false, Version::Http10) => ConnectionHeader::Implied,
        (false, Version::Http11 | Version::Http2) => ConnectionHeader::Close,
    };
    let is_connect = txn.request().method() == b"CONNECT";
    let connection = match (
        is_connect && txn.req_traits.chunked,
        has_old_chunks(&txn.req_traits, txn.req_head.version),
    ) {
        // Whoever takes the chunks for a body must not go on behind it.
        (true, _) => ConnectionHeader::Close,
        (false, true) => ConnectionHeader::Implied,
        (false, false) if txn.req_traits.upgrade => ConnectionHeader::Implied,
        (false, false) => connection,
    };
    let mut out = std::mem::take(&mut txn.to_server);
    out.clear();
    let drop_length = (txn.req_traits.chunked || is_connect) && txn.req_traits.content_length.is_some();
    write_request(&mut out, txn.request(), connection, drop_length);
    if txn.req_head.version == Version::Http2 && txn.req_traits.chunked {
        out.truncate(out.len() - b"\r\n".len());
        out.extend_from_slice(b"transfer-encoding: chunked\r\n\r\n");
    }
    txn.to_server = out;
    let head = txn.req_head.len as usize;
    if let Some(buffer) = &mut txn.req {
        buffer.consume(head);
    }
}

/// Tells the server the name that the file has for it, in place of what came under that header (`http-send-name-header`).
pub(super) fn name_server(txn: &mut Txn, header: &[u8], name: &[u8]) {
    let mut headers = txn.edit_request(usize::MAX);
    headers.remove(header);
    // Where there is no room for it, the server does without.
    let _ = headers.add(header, &[name]);
}

/// Tells another server its name, in a head that stands as it is sent.
pub(super) fn rename_server(to_server: &mut Vec<u8>, header: &[u8], name: &[u8]) {
    let mut at = 0;
    while let Some(end) = memchr::memchr(b'\n', &to_server[at..]).map(|end| at + end) {
        let line = &to_server[at..end];
        if line.len() <= 1 {
            return;
        }
        if line.get(header.len()) == Some(&b':') && line[..header.len()].eq_ignore_ascii_case(header) {
            to_server.splice(at + header.len()..end, [b": ", name, b"\r"].concat());
            return;
        }
        at = end + 1;
    }
}

/// Reads what has come of a chunked body once more, for what only the backend says about its trailers: the body was read before it
/// was known.
pub(super) fn read_trailers_anew(session: &Session, txn: &mut Txn, proxy: &Proxy, terms: &Terms<'_>) {
    if !matches!(txn.progress.req_body, Body::Chunked(_)) {
        return;
    }
    let rules = HeadRules {
        unsafe_violations: session.frontend().options.accept_unsafe_request,
        ..terms.rules
    };
    let mut body = Body::new(Framing::Chunked, &rules).dropping_trailers(proxy.options.drop_request_trailers);
    // What was well-formed is so again; and what is not yet there is read by the same rules.
    if let Some(buffer) = &mut txn.req
        && let Ok(taken) = body.take(buffer, 0, terms.server_cases)
    {
        txn.progress.req_ready = taken.ready;
        txn.progress.req_body = body;
    }
}

/// More of the body may have come while a server was sought. A chunk that is malformed shows again when the exchange follows on.
pub(super) fn take_more(txn: &mut Txn, cases: Option<&HeaderCases>) {
    if let Some(buffer) = &mut txn.req
        && let Ok(more) = txn.progress.req_body.take(buffer, txn.progress.req_ready, cases)
    {
        txn.progress.req_ready += more.ready;
        txn.stream.log.received += more.payload;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_server_finds_its_own_name() {
        let mut head =
            b"GET / HTTP/1.1\r\nhost: x-name\r\nx-names: a\r\nx-name: one\r\na: b\r\n\r\nX-Name: body\r\n"
                .to_vec();
        rename_server(&mut head, b"X-Name", b"another");
        assert_eq!(
            String::from_utf8(head).unwrap(),
            "GET / HTTP/1.1\r\nhost: x-name\r\nx-names: a\r\nx-name: another\r\na: b\r\n\r\nX-Name: body\r\n"
        );
        let mut without = b"GET / HTTP/1.1\r\n\r\nx-name: body\r\n".to_vec();
        rename_server(&mut without, b"x-name", b"another");
        assert!(without.ends_with(b"\r\n\r\nx-name: body\r\n"));
    }
}
