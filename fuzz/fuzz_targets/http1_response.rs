//! Responses from servers: a head in parts is the head in one piece, and what goes on to a client is read by a strict reader
//! as the response that came, with the same body.
#![no_main]

use libfuzzer_sys::fuzz_target;
use proxy_core::http1::{
    ConnectionHeader, HeadError, HeadProgress, HeadRules, ResponseHead, ResponseRef, message_traits,
    parse_response, response_framing, write_response,
};

fn read(buf: &mut [u8], step: usize, rules: &HeadRules, head: &mut ResponseHead) -> Result<bool, HeadError> {
    let mut progress = HeadProgress::default();
    let mut end = 0;
    loop {
        end = (end + step).min(buf.len());
        match progress.response(&buf[..end], head, rules) {
            Ok(false) if end < buf.len() => {}
            Err(HeadError::Folded) => assert!(progress.unfold(&mut buf[..end]), "a fold can be undone"),
            done => return done,
        }
    }
}

fn response<'a>(buf: &'a [u8], head: &'a ResponseHead) -> ResponseRef<'a> {
    ResponseRef { buf, head }
}

fuzz_target!(|data: &[u8]| {
    let [choice, data @ ..] = data else { return };
    let rules = HeadRules {
        unsafe_violations: choice & 1 != 0,
        ..HeadRules::strict(20)
    };
    let (mut whole, mut parts) = (data.to_vec(), data.to_vec());
    let (mut head, mut head_of_parts) = (ResponseHead::default(), ResponseHead::default());
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
        (head.len, head.status, &head.headers),
        (head_of_parts.len, head_of_parts.status, &head_of_parts.headers)
    );
    assert!((100..1000).contains(&head.status));

    let Ok(traits) = message_traits(response(&whole, &head).headers()) else {
        return;
    };
    if traits.empty_coding || rules.unsafe_violations {
        return;
    }
    let drop_length = traits.coding && traits.content_length.is_some();
    let mut out = Vec::new();
    write_response(
        &mut out,
        response(&whole, &head),
        ConnectionHeader::Close,
        drop_length,
    );
    let mut again = ResponseHead::default();
    assert_eq!(
        parse_response(&out, &mut again, 30),
        Ok(true),
        "{:?}",
        String::from_utf8_lossy(&out)
    );
    assert_eq!(again.len as usize, out.len());
    let traits_again =
        message_traits(response(&out, &again).headers()).expect("what goes on has one framing");
    assert_eq!(
        response_framing(&traits, head.status, false),
        response_framing(&traits_again, again.status, false)
    );
});
