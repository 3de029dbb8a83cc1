//! Sections 8.1 and 8.2: messages, their fields and lengths.

use crate::case::*;
use crate::frame::*;

pub(super) fn cases() -> Vec<Case> {
    let trailers = |flags, fields: &[(&str, &str)]| frame(HEADERS, flags, 1, &block(fields));
    let data = |flags, n: usize| frame(DATA, flags, 1, &vec![b'a'; n]);
    let sized = |len| {
        let fields: Vec<(&str, &str)> = POST.iter().copied().chain([("content-length", len)]).collect();
        frame(HEADERS, END_HEADERS, 1, &block(&fields))
    };
    vec![
        case(
            "8.1 trailers",
            &[
                post(1),
                data(0, 3),
                trailers(END_STREAM | END_HEADERS, &[("a", "b")]),
            ],
            SERVED,
        ),
        case(
            "8.1 fields in the middle of data",
            &[post(1), data(0, 3), trailers(END_HEADERS, &[("a", "b")])],
            MALFORMED,
        ),
        case(
            "8.1 a pseudo-field among trailers",
            &[post(1), trailers(END_STREAM | END_HEADERS, &[(":method", "GET")])],
            PASSED_OVER,
        ),
        case(
            "8.1.1 more data than announced",
            &[sized("2"), data(END_STREAM, 3)],
            MALFORMED,
        ),
        case(
            "8.1.1 less data than announced",
            &[sized("5"), data(END_STREAM, 3)],
            MALFORMED,
        ),
        case(
            "8.1.1 data as announced, in parts",
            &[sized("5"), data(0, 3), data(END_STREAM, 2)],
            SERVED,
        ),
        case(
            "8.1.1 a length that is none",
            &[sized("x"), data(END_STREAM, 1)],
            MALFORMED,
        ),
        case("8.2.1 a name in capitals", &[with(&[("X-Up", "a")])], MALFORMED),
        case("8.2.1 a name with a blank", &[with(&[("x y", "a")])], MALFORMED),
        case("8.2.1 a name with a colon", &[with(&[("x:y", "a")])], MALFORMED),
        case("8.2.1 an empty name", &[with(&[("", "a")])], MALFORMED),
        case(
            "8.2.1 a value with a line's end",
            &[with(&[("a", "b\r\nc: d")])],
            MALFORMED,
        ),
        case("8.2.1 a value with a zero", &[with(&[("a", "b\0c")])], MALFORMED),
        case(
            "8.2.2 a field of the connection",
            &[with(&[("connection", "keep-alive")])],
            MALFORMED,
        ),
        case(
            "8.2.2 a coding of the transfer",
            &[with(&[("transfer-encoding", "chunked")])],
            MALFORMED,
        ),
        case("8.2.2 an upgrade", &[with(&[("upgrade", "h2c")])], MALFORMED),
        case(
            "8.2.2 TE with something else than trailers",
            &[with(&[("te", "gzip")])],
            MALFORMED,
        ),
        case("8.2.2 TE with trailers", &[with(&[("te", "trailers")])], SERVED),
        case(
            "8.2.3 cookies in parts",
            &[with(&[("cookie", "a=1"), ("cookie", "b=2")])],
            SERVED,
        ),
        case(
            "8.1 fields behind trailers",
            &[
                post(1),
                trailers(END_STREAM | END_HEADERS, &[("a", "b")]),
                trailers(END_STREAM | END_HEADERS, &[("a", "b")]),
            ],
            EITHER,
        ),
        case(
            "8.1 trailers without data",
            &[post(1), trailers(END_STREAM | END_HEADERS, &[("a", "b")])],
            SERVED,
        ),
        case(
            "8.1 a name in capitals among trailers",
            &[post(1), trailers(END_STREAM | END_HEADERS, &[("A", "b")])],
            MALFORMED,
        ),
        case(
            "8.1 a field of the connection among trailers",
            &[
                post(1),
                trailers(END_STREAM | END_HEADERS, &[("connection", "close")]),
            ],
            MALFORMED,
        ),
        case(
            "8.1 a line's end among trailers",
            &[post(1), trailers(END_STREAM | END_HEADERS, &[("a", "b\nc")])],
            MALFORMED,
        ),
        case(
            "8.1 a status among trailers",
            &[post(1), trailers(END_STREAM | END_HEADERS, &[(":status", "200")])],
            PASSED_OVER,
        ),
        case(
            "8.1 an unknown pseudo-field among trailers",
            &[post(1), trailers(END_STREAM | END_HEADERS, &[(":what", "b")])],
            MALFORMED,
        ),
        case(
            "8.1.1 a length and no data",
            &[with(&[("content-length", "5")])],
            MALFORMED,
        ),
        case(
            "8.1.1 a length and trailers instead of data",
            &[sized("5"), trailers(END_STREAM | END_HEADERS, &[("a", "b")])],
            MALFORMED,
        ),
        case(
            "8.1.1 two lengths that differ",
            &[with(&[("content-length", "0"), ("content-length", "1")])],
            MALFORMED,
        ),
        case(
            "8.1.1 a list of lengths that differ",
            &[with(&[("content-length", "0, 1")])],
            MALFORMED,
        ),
        case(
            "8.1.1 a length with a sign",
            &[sized("+1"), data(END_STREAM, 1)],
            MALFORMED,
        ),
        case(
            "8.1.1 a length below nothing",
            &[sized("-1"), data(END_STREAM, 1)],
            MALFORMED,
        ),
        case(
            "8.1.1 a length that no number holds",
            &[sized("99999999999999999999"), data(END_STREAM, 1)],
            MALFORMED,
        ),
        case(
            "8.1.1 a length of nothing and an empty end",
            &[sized("0"), data(END_STREAM, 0)],
            SERVED,
        ),
        case(
            "8.2 a field of many octets",
            &[with(&[("a", "\t b\u{e9} \t~")])],
            EITHER,
        ),
        case("8.2.1 a name with a zero", &[with(&[("x\0y", "a")])], MALFORMED),
        case(
            "8.2.1 a name beyond ASCII",
            &[with(&[("x\u{e9}", "a")])],
            MALFORMED,
        ),
        case(
            "8.2.1 a name with a delete",
            &[with(&[("x\u{7f}", "a")])],
            MALFORMED,
        ),
        case(
            "8.2.1 a name with a line's end",
            &[with(&[("x\r\ny", "a")])],
            MALFORMED,
        ),
        case(
            "8.2.1 a value with a carriage return",
            &[with(&[("a", "b\rc")])],
            MALFORMED,
        ),
        case(
            "8.2.1 a value with a line feed",
            &[with(&[("a", "b\nc")])],
            MALFORMED,
        ),
        case(
            "8.2.1 a value with a blank before it",
            &[with(&[("a", " b")])],
            EITHER,
        ),
        case(
            "8.2.1 a value with a blank behind it",
            &[with(&[("a", "b ")])],
            EITHER,
        ),
        case(
            "8.2.1 a value with another control",
            &[with(&[("a", "b\u{1}")])],
            EITHER,
        ),
        case(
            "8.2.2 keep-alive",
            &[with(&[("keep-alive", "timeout=5")])],
            MALFORMED,
        ),
        case(
            "8.2.2 a proxy's connection",
            &[with(&[("proxy-connection", "keep-alive")])],
            MALFORMED,
        ),
        case(
            "8.2.2 TE with trailers and more",
            &[with(&[("te", "trailers, gzip")])],
            MALFORMED,
        ),
        case(
            "8.2.2 TE twice",
            &[with(&[("te", "trailers"), ("te", "gzip")])],
            MALFORMED,
        ),
        case("10.5.1 more fields than are taken", &[many_fields()], REFUSED),
    ]
}

/// A request of more than any buffer takes, in frames of the largest size.
fn many_fields() -> Vec<u8> {
    let value = "v".repeat(120);
    let fields: Vec<(&str, &str)> = (0..400).map(|_| ("a", &value[..])).collect();
    let all = [block(GET), block(&fields)].concat();
    let parts: Vec<&[u8]> = all.chunks(16384).collect();
    let last = parts.len() - 1;
    let of = |(n, part): (usize, &&[u8])| {
        let (kind, end) = if n == 0 {
            (HEADERS, END_STREAM)
        } else {
            (CONTINUATION, 0)
        };
        frame(kind, end | if n == last { END_HEADERS } else { 0 }, 1, part)
    };
    parts.iter().enumerate().flat_map(of).collect()
}
