//! Section 5: the states of streams, their numbers, errors and extensions.

use crate::case::*;
use crate::frame::*;

pub(super) fn cases() -> Vec<Case> {
    let many: Vec<Vec<u8>> = (0..101).map(|n| post(2 * n + 1)).collect();
    let start = |flags| frame(HEADERS, flags, 1, &block(GET));
    let trailers = |stream| frame(HEADERS, END_STREAM | END_HEADERS, stream, &block(&[("a", "b")]));
    vec![
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
        case("5.1 fields behind the end", &[get(1), trailers(1)], CLOSED),
        case(
            "5.1 fields behind a reset",
            &[post(1), reset(1), trailers(1), get(3)],
            CLOSED,
        ),
        case(
            "5.1 a continuation behind the end",
            &[get(1), frame(CONTINUATION, END_HEADERS, 1, b"")],
            Expected::Connection(&[PROTOCOL_ERROR, STREAM_CLOSED]),
        ),
        case(
            "5.1 a window for a stream that ended",
            &[get(1), window(1, 10), pong()],
            FINE,
        ),
        case(
            "5.1 a reset of a stream that ended",
            &[get(1), reset(1), pong()],
            FINE,
        ),
        case(
            "5.1 a priority of a stream that ended",
            &[get(1), priority(1, 0), pong()],
            FINE,
        ),
        case(
            "5.1 a priority of a stream that is idle",
            &[priority(7, 0), get(1)],
            SERVED,
        ),
        case(
            "5.1 a window behind a reset",
            &[post(1), reset(1), window(1, 10), get(3)],
            SERVED,
        ),
        case(
            "5.1 a reset behind a reset",
            &[post(1), reset(1), reset(1), get(3)],
            SERVED,
        ),
        case(
            "5.1 a reset of a later stream that is idle",
            &[post(1), reset(5)],
            PROTOCOL,
        ),
        case(
            "5.1 a reset of a stream of the server",
            &[post(1), reset(2)],
            PROTOCOL,
        ),
        case("5.1.1 the same stream again", &[get(1), get(1)], CLOSED),
        case(
            "5.1.1 a stream that was passed over",
            &[post(5), frame(DATA, END_STREAM, 3, b"abc")],
            CLOSED,
        ),
        case("5.1.1 numbers that are passed over", &[get(101)], SERVED),
        case(
            "5.3.1 a priority that depends on its own stream",
            &[priority(1, 1), get(1)],
            EITHER,
        ),
        case(
            "5.5 an unknown frame on an idle stream",
            &[frame(99, 0, 9, b"abc"), get(1)],
            DEMANDED,
        ),
    ]
}

fn reset(stream: u32) -> Vec<u8> {
    frame(RST_STREAM, 0, stream, &[0, 0, 0, 8])
}

fn priority(stream: u32, on: u32) -> Vec<u8> {
    frame(PRIORITY, 0, stream, &[&on.to_be_bytes()[..], &[16]].concat())
}
