//! Section 6 but settings and windows, and section 7.

use crate::case::*;
use crate::frame::*;

pub(super) fn cases() -> Vec<Case> {
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
            Expected::Stream(&[FRAME_SIZE_ERROR]),
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
        case(
            "6.1 nothing but padding",
            &[
                post(1),
                frame(DATA, PADDED, 1, &[2, 0, 0]),
                frame(DATA, END_STREAM, 1, b"a"),
            ],
            DEMANDED,
        ),
        case(
            "6.1 padding as long as the frame",
            &[post(1), frame(DATA, END_STREAM | PADDED, 1, &[3, 1, 1])],
            PROTOCOL,
        ),
        case(
            "6.1 an empty end",
            &[post(1), frame(DATA, END_STREAM, 1, b"")],
            SERVED,
        ),
        case(
            "6.2 padded fields with a priority",
            &[frame(
                HEADERS,
                END_STREAM | END_HEADERS | PADDED | WITH_PRIORITY,
                1,
                &[&[2, 0, 0, 0, 0, 16], &block(GET)[..], &[0, 0]].concat(),
            )],
            SERVED,
        ),
        case(
            "6.2 a priority that is cut short",
            &[frame(
                HEADERS,
                END_STREAM | END_HEADERS | WITH_PRIORITY,
                1,
                &[0, 0, 0],
            )],
            FRAME_SIZE,
        ),
        case(
            "6.2 padding over the priority",
            &[frame(
                HEADERS,
                END_STREAM | END_HEADERS | PADDED | WITH_PRIORITY,
                1,
                &[4, 0, 0, 0, 0, 16, 0, 0],
            )],
            PROTOCOL,
        ),
        case(
            "6.2 padding without its length",
            &[frame(HEADERS, END_STREAM | END_HEADERS | PADDED, 1, &[])],
            FRAME_SIZE,
        ),
        case(
            "6.3 a longer priority",
            &[frame(PRIORITY, 0, 1, &[0; 6])],
            Expected::Stream(&[FRAME_SIZE_ERROR]),
        ),
        case(
            "6.4 a longer reset",
            &[post(1), frame(RST_STREAM, 0, 1, &[0; 5])],
            FRAME_SIZE,
        ),
        case("6.4 a reset", &[post(1), reset(1), get(3)], SERVED),
        case(
            "6.6 a push on the connection",
            &[frame(PUSH_PROMISE, END_HEADERS, 0, &[0, 0, 0, 2])],
            PROTOCOL,
        ),
        case(
            "6.6 a push on a stream",
            &[
                post(1),
                frame(
                    PUSH_PROMISE,
                    END_HEADERS,
                    1,
                    &[&[0, 0, 0, 2], &block(GET)[..]].concat(),
                ),
            ],
            PROTOCOL,
        ),
        case("6.7 a longer PING", &[frame(PING, 0, 0, &[0; 9])], FRAME_SIZE),
        case(
            "6.7 an answer to no PING on a stream",
            &[frame(PING, ACK, 3, &[0; 8])],
            PROTOCOL,
        ),
        case(
            "6.8 a GOAWAY that is cut short",
            &[frame(GOAWAY, 0, 0, &[0; 7])],
            FRAME_SIZE,
        ),
        case(
            "6.8 a GOAWAY behind a request",
            &[get(1), frame(GOAWAY, 0, 0, &[0; 8])],
            SERVED,
        ),
        case(
            "6.8 a GOAWAY with words",
            &[get(1), frame(GOAWAY, 0, 0, &[&[0; 8], &b"bye"[..]].concat())],
            SERVED,
        ),
        case(
            "6.10 an empty continuation",
            &[
                frame(HEADERS, END_STREAM, 1, &block(GET)),
                frame(CONTINUATION, END_HEADERS, 1, b""),
            ],
            SERVED,
        ),
        case(
            "6.10 a continuation of nothing",
            &[
                frame(HEADERS, END_STREAM, 1, b""),
                frame(CONTINUATION, END_HEADERS, 1, &block(GET)),
            ],
            DEMANDED,
        ),
        case(
            "6.10 a text that goes on in a continuation",
            &[
                frame(HEADERS, END_STREAM, 1, &block(GET)[..7]),
                frame(CONTINUATION, END_HEADERS, 1, &block(GET)[7..]),
            ],
            SERVED,
        ),
        case(
            "6.10 data in between",
            &[
                post(1),
                frame(HEADERS, END_STREAM, 3, &block(GET)),
                frame(DATA, 0, 1, b"abc"),
            ],
            PROTOCOL,
        ),
        case(
            "6.10 settings in between",
            &[
                frame(HEADERS, END_STREAM, 1, &block(GET)),
                frame(SETTINGS, 0, 0, b""),
            ],
            PROTOCOL,
        ),
        case(
            "7 a reset with a code that is unknown",
            &[post(1), frame(RST_STREAM, 0, 1, &[0xff; 4]), get(3)],
            SERVED,
        ),
        case(
            "7 a GOAWAY with a code that is unknown",
            &[get(1), frame(GOAWAY, 0, 0, &[0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff])],
            SERVED,
        ),
    ]
}

fn reset(stream: u32) -> Vec<u8> {
    frame(RST_STREAM, 0, stream, &[0, 0, 0, 8])
}
