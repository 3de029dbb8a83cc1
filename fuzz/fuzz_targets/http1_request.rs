//! Requests from clients: a head in parts is the head in one piece, and what goes on to a server is read by a strict reader as
//! the request that came, with the same body.
#![no_main]

use libfuzzer_sys::fuzz_target;
use proxy_core::http1::{
    ConnectionHeader, HeadError, HeadProgress, HeadRules, RequestHead, RequestRef, leading_empty_lines,
    message_traits, parse_request, request_framing, settle_hop_headers, settle_target, write_request,
};

/// Reads a head that is there up to `end` in pieces of `step` bytes, folds undone as they show.
fn read(buf: &mut [u8], step: usize, rules: &HeadRules, head: &mut RequestHead) -> Result<bool, HeadError> {
    let mut progress = HeadProgress::default();
    let mut end = 0;
    loop {
        end = (end + step).min(buf.len());
        match progress.request(&buf[..end], head, rules) {
            Ok(false) if end < buf.len() => {}
            Err(HeadError::Folded) => assert!(progress.unfold(&mut buf[..end]), "a fold can be undone"),
            done => return done,
        }
    }
}

fn request<'a>(buf: &'a [u8], head: &'a RequestHead) -> RequestRef<'a> {
    RequestRef { buf, head }
}

fuzz_target!(|data: &[u8]| {
    let [choice, data @ ..] = data else { return };
    let data = &data[leading_empty_lines(data)..];
    let rules = HeadRules {
        unsafe_violations: choice & 1 != 0,
        ..HeadRules::strict(20)
    };
    let (mut whole, mut parts) = (data.to_vec(), data.to_vec());
    let (mut head, mut head_of_parts) = (RequestHead::default(), RequestHead::default());
    let read_whole = read(&mut whole, data.len().max(1), &rules, &mut head);
    let read_parts = read(
        &mut parts,
        usize::from(choice >> 1) + 1,
        &rules,
        &mut head_of_parts,
    );
    assert_eq!(read_whole.is_ok(), read_parts.is_ok());
    if read_whole != Ok(true) {
        return;
    }
    assert_eq!(read_parts, Ok(true));
    assert_eq!(
        (head.len, head.uri, &head.headers),
        (head_of_parts.len, head_of_parts.uri, &head_of_parts.headers)
    );
    assert!(head.len as usize <= data.len());

    let Ok(traits) = message_traits(request(&whole, &head).headers()) else {
        return;
    };
    if traits.host_in_doubt || traits.empty_coding || traits.coding && !traits.chunked {
        return;
    }
    settle_hop_headers(&whole, &mut head);
    if settle_target(&mut whole, &mut head, rules.unsafe_violations).is_err() || rules.unsafe_violations {
        return;
    }
    let drop_length = traits.chunked && traits.content_length.is_some();
    let mut out = Vec::new();
    write_request(
        &mut out,
        request(&whole, &head),
        ConnectionHeader::Close,
        drop_length,
    );
    let mut again = RequestHead::default();
    // What is older than HTTP/1.0 goes on under its version; all else is read again.
    assert_eq!(
        parse_request(&out, &mut again, 30),
        Ok(true),
        "{:?}",
        String::from_utf8_lossy(&out)
    );
    assert_eq!(again.len as usize, out.len());
    let traits_again = message_traits(request(&out, &again).headers()).expect("what goes on has one framing");
    assert_eq!(request_framing(&traits), request_framing(&traits_again));
    assert!(!(traits_again.chunked && traits_again.content_length.is_some()));
    assert_eq!(request(&out, &again).uri(), request(&whole, &head).uri());
    assert_eq!(request(&out, &again).method(), request(&whole, &head).method());
});
