//! The cases, in the order of the RFC's sections.

use crate::case::*;
use crate::frame::*;

pub(crate) fn cases() -> Vec<Case> {
    let mut all = connection_cases();
    all.extend(frame_cases());
    all.extend(settings_cases());
    all.extend(flow_cases());
    all.extend(message_cases());
    all
}

/// Sections 3 to 5.
fn connection_cases() -> Vec<Case> {
    let many: Vec<Vec<u8>> = (0..101).map(|n| post(2 * n + 1)).collect();
    let start = |flags| frame(HEADERS, flags, 1, &block(GET));
    vec![
        bare(
            "3.4 a preface that is none",
            &[b"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n".to_vec()],
            PROTOCOL,
        ),
        bare(
            "3.4 a preface without settings",
            &[PREFACE.to_vec(), get(1)],
            PROTOCOL,
        ),
        bare(
            "3.4 a preface and a request at once",
            &[PREFACE.to_vec(), frame(SETTINGS, 0, 0, b""), get(1)],
            SERVED,
        ),
        case(
            "4.1 an unknown frame",
            &[frame(99, 255, 0, b"abc"), get(1)],
            SERVED,
        ),
        case(
            "4.1 the reserved bit of a stream",
            &[frame(PING, 0, 1 << 31, &[1; 8])],
            Expected::Only(Outcome::Pong),
        ),
        case(
            "4.2 data beyond the largest frame",
            &[post(1), frame(DATA, 0, 1, &[0; 16385])],
            FRAME_SIZE,
        ),
        case(
            "4.2 fields beyond the largest frame",
            &[frame(HEADERS, END_HEADERS, 1, &[0; 16385])],
            FRAME_SIZE,
        ),
        case(
            "4.3 fields that cannot be decoded",
            &[frame(
                HEADERS,
                END_STREAM | END_HEADERS,
                1,
                &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            )],
            Expected::Connection(&[COMPRESSION_ERROR, PROTOCOL_ERROR]),
        ),
        case(
            "4.3 a table larger than allowed",
            &[frame(
                HEADERS,
                END_STREAM | END_HEADERS,
                1,
                &[0x3f, 0xe1, 0xff, 0x03],
            )],
            Expected::Connection(&[COMPRESSION_ERROR, PROTOCOL_ERROR]),
        ),
        case(
            "4.3 fields of another stream in between",
            &[start(END_STREAM), get(3)],
            PROTOCOL,
        ),
        case(
            "4.3 a PING in between",
            &[start(END_STREAM), frame(PING, 0, 0, &[0; 8])],
            PROTOCOL,
        ),
        case(
            "5.5 an unknown frame in between",
            &[start(END_STREAM), frame(99, 0, 1, b"")],
            PROTOCOL,
        ),
        case(
            "5.1 data on an idle stream",
            &[frame(DATA, END_STREAM, 1, b"abc")],
            PROTOCOL,
        ),
        case(
            "5.1 a reset of an idle stream",
            &[frame(RST_STREAM, 0, 1, &[0; 4])],
            PROTOCOL,
        ),
        case("5.1 a window for an idle stream", &[window(1, 10)], PROTOCOL),
        case(
            "5.1 a continuation of an idle stream",
            &[frame(CONTINUATION, END_HEADERS, 1, &block(GET))],
            PROTOCOL,
        ),
        case(
            "5.1 data behind the end",
            &[get(1), frame(DATA, END_STREAM, 1, b"abc")],
            CLOSED,
        ),
        case(
            "5.1 data behind a reset",
            &[
                post(1),
                frame(RST_STREAM, 0, 1, &[0, 0, 0, 8]),
                frame(DATA, 0, 1, b"abc"),
                get(3),
            ],
            CLOSED,
        ),
        case("5.1.1 a stream with an even number", &[get(2)], PROTOCOL),
        case(
            "5.1.1 a stream with a smaller number",
            &[get(5), get(3)],
            PROTOCOL,
        ),
        case(
            "5.1.2 more streams than allowed",
            &[many.concat()],
            Expected::Stream(&[REFUSED_STREAM, PROTOCOL_ERROR]),
        ),
        case(
            "5.3.1 a stream that depends on itself",
            &[frame(
                HEADERS,
                END_STREAM | END_HEADERS | WITH_PRIORITY,
                1,
                &[&[0, 0, 0, 1, 16], &block(GET)[..]].concat(),
            )],
            EITHER,
        ),
    ]
}

/// Section 6, but settings and windows.
fn frame_cases() -> Vec<Case> {
    let trailing = |n: u8| [&[n], &block(GET)[..]].concat();
    vec![
        case(
            "6.1 data on the connection",
            &[post(1), frame(DATA, END_STREAM, 0, b"abc")],
            PROTOCOL,
        ),
        case(
            "6.1 padding longer than the frame",
            &[post(1), frame(DATA, END_STREAM | PADDED, 1, &[5, 1, 1])],
            PROTOCOL,
        ),
        case(
            "6.1 padding",
            &[post(1), frame(DATA, END_STREAM | PADDED, 1, &[2, b'a', 0, 0])],
            SERVED,
        ),
        case(
            "6.1 padding without its length",
            &[post(1), frame(DATA, END_STREAM | PADDED, 1, &[])],
            FRAME_SIZE,
        ),
        case(
            "6.2 fields on the connection",
            &[frame(HEADERS, END_STREAM | END_HEADERS, 0, &block(GET))],
            PROTOCOL,
        ),
        case(
            "6.2 padding longer than the fields",
            &[frame(
                HEADERS,
                END_STREAM | END_HEADERS | PADDED,
                1,
                &trailing(200),
            )],
            PROTOCOL,
        ),
        case(
            "6.3 a priority of the connection",
            &[frame(PRIORITY, 0, 0, &[0, 0, 0, 0, 1])],
            PROTOCOL,
        ),
        case(
            "6.3 a priority of the wrong size",
            &[frame(PRIORITY, 0, 1, &[0; 4])],
            Expected::Stream(&[FRAME_SIZE_ERROR, PROTOCOL_ERROR]),
        ),
        case(
            "6.3 a priority",
            &[frame(PRIORITY, 0, 1, &[0, 0, 0, 0, 1]), get(1)],
            SERVED,
        ),
        case(
            "6.4 a reset of the connection",
            &[frame(RST_STREAM, 0, 0, &[0; 4])],
            PROTOCOL,
        ),
        case(
            "6.4 a reset of the wrong size",
            &[post(1), frame(RST_STREAM, 0, 1, &[0; 3])],
            FRAME_SIZE,
        ),
        case(
            "6.6 a push",
            &[frame(PUSH_PROMISE, END_HEADERS, 1, &[0, 0, 0, 2])],
            PROTOCOL,
        ),
        case(
            "6.7 a PING",
            &[frame(PING, 0, 0, b"12345678")],
            Expected::Only(Outcome::Pong),
        ),
        case("6.7 a PING on a stream", &[frame(PING, 0, 1, &[0; 8])], PROTOCOL),
        case(
            "6.7 a PING of the wrong size",
            &[frame(PING, 0, 0, &[0; 6])],
            FRAME_SIZE,
        ),
        case(
            "6.7 an answer to no PING",
            &[frame(PING, ACK, 0, &[0; 8]), get(1)],
            SERVED,
        ),
        case(
            "6.8 a GOAWAY on a stream",
            &[frame(GOAWAY, 0, 1, &[0; 8])],
            PROTOCOL,
        ),
        case(
            "6.10 fields in three parts",
            &[
                frame(HEADERS, END_STREAM, 1, &block(&GET[..1])),
                frame(CONTINUATION, 0, 1, &block(&GET[1..3])),
                frame(CONTINUATION, END_HEADERS, 1, &block(&GET[3..])),
            ],
            SERVED,
        ),
        case(
            "6.10 a continuation of what has ended",
            &[
                post(1),
                frame(CONTINUATION, END_HEADERS, 1, &block(&[("a", "b")])),
            ],
            PROTOCOL,
        ),
        case(
            "6.10 a continuation on the connection",
            &[
                frame(HEADERS, END_STREAM, 1, &block(GET)),
                frame(CONTINUATION, END_HEADERS, 0, b""),
            ],
            PROTOCOL,
        ),
        case(
            "6.10 a continuation of another stream",
            &[
                frame(HEADERS, END_STREAM, 1, &block(GET)),
                frame(CONTINUATION, END_HEADERS, 3, b""),
            ],
            PROTOCOL,
        ),
    ]
}

/// Section 6.5.
fn settings_cases() -> Vec<Case> {
    vec![
        case(
            "6.5 settings",
            &[frame(SETTINGS, 0, 0, b"")],
            Expected::Only(Outcome::Settled),
        ),
        case(
            "6.5 an acknowledgement with settings",
            &[frame(SETTINGS, ACK, 0, &[0; 6])],
            FRAME_SIZE,
        ),
        case(
            "6.5 settings of a stream",
            &[frame(SETTINGS, 0, 1, b"")],
            PROTOCOL,
        ),
        case(
            "6.5 settings of the wrong size",
            &[frame(SETTINGS, 0, 0, &[0; 5])],
            FRAME_SIZE,
        ),
        case("6.5.2 a push setting of 2", &[setting(2, 2)], PROTOCOL),
        case(
            "6.5.2 a window beyond the largest",
            &[setting(4, 1 << 31)],
            Expected::Connection(&[FLOW_CONTROL_ERROR]),
        ),
        case(
            "6.5.2 a frame size below the smallest",
            &[setting(5, 16383)],
            PROTOCOL,
        ),
        case(
            "6.5.2 a frame size beyond the largest",
            &[setting(5, 1 << 24)],
            PROTOCOL,
        ),
        case("6.5.2 an unknown setting", &[setting(0xfff0, 7), get(1)], SERVED),
    ]
}

/// Section 6.9.
fn flow_cases() -> Vec<Case> {
    vec![
        case(
            "6.9 a window of nothing for the connection",
            &[window(0, 0)],
            PROTOCOL,
        ),
        case(
            "6.9 a window of nothing for a stream",
            &[post(1), window(1, 0)],
            MALFORMED,
        ),
        case(
            "6.9 a window of the wrong size",
            &[frame(WINDOW_UPDATE, 0, 0, &[0; 3])],
            FRAME_SIZE,
        ),
        case(
            "6.9.1 a window beyond the largest for the connection",
            &[window(0, 0x7fff_ffff), window(0, 0x7fff_ffff)],
            Expected::Connection(&[FLOW_CONTROL_ERROR]),
        ),
        case(
            "6.9.1 a window beyond the largest for a stream",
            &[post(1), window(1, 0x7fff_ffff), window(1, 0x7fff_ffff)],
            Expected::Stream(&[FLOW_CONTROL_ERROR]),
        ),
        case(
            "6.9.2 a window of one byte",
            &[setting(4, 1), get(1)],
            Expected::Only(Outcome::Data(1)),
        ),
        case(
            "6.9.2 a window that grows while it is waited for",
            &[setting(4, 0), get(1), setting(4, 2)],
            Expected::Only(Outcome::Data(2)),
        ),
        case(
            "6.9.2 a window that shrinks and grows",
            &[setting(4, 3), get(1), setting(4, 1), window(1, 1)],
            Expected::Only(Outcome::Data(2)),
        ),
    ]
}

/// Section 8.
fn message_cases() -> Vec<Case> {
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
            "8.3 an unknown pseudo-field",
            &[with(&[(":what", "a")])],
            MALFORMED,
        ),
        case(
            "8.3 a pseudo-field of responses",
            &[with(&[(":status", "200")])],
            MALFORMED,
        ),
        case(
            "8.3 a pseudo-field behind a field",
            &[only(&[
                (":method", "GET"),
                (":scheme", "http"),
                ("a", "b"),
                (":path", "/"),
            ])],
            MALFORMED,
        ),
        case("8.3.1 no method", &[only(&GET[1..])], MALFORMED),
        case("8.3.1 no scheme", &[only(&[GET[0], GET[2], GET[3]])], MALFORMED),
        case("8.3.1 no path", &[only(&[GET[0], GET[1], GET[3]])], MALFORMED),
        case(
            "8.3.1 an empty path",
            &[only(&[GET[0], GET[1], (":path", ""), GET[3]])],
            MALFORMED,
        ),
        case(
            "8.3.1 a path that is none",
            &[only(&[GET[0], GET[1], (":path", "a b"), GET[3]])],
            MALFORMED,
        ),
        case(
            "8.3.1 a path without its slash",
            &[only(&[GET[0], GET[1], (":path", "x"), GET[3]])],
            MALFORMED,
        ),
        case("8.3.1 two methods", &[with(&[(":method", "POST")])], MALFORMED),
        case("8.3.1 two schemes", &[with(&[(":scheme", "https")])], MALFORMED),
        case("8.3.1 two paths", &[with(&[(":path", "/x")])], MALFORMED),
        case(
            "8.3.1 another host than the authority",
            &[with(&[("host", "b")])],
            EITHER,
        ),
        case(
            "8.3.1 an authority with a user",
            &[only(&[GET[0], GET[1], GET[2], (":authority", "u@a")])],
            EITHER,
        ),
        case(
            "8.5 a tunnel with a path",
            &[only(&[
                (":method", "CONNECT"),
                (":path", "/"),
                (":authority", "a:1"),
            ])],
            MALFORMED,
        ),
        case(
            "8.5 a tunnel to nowhere",
            &[only(&[(":method", "CONNECT")])],
            MALFORMED,
        ),
    ]
}
