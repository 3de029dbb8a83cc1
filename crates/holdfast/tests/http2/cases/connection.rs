//! Sections 3 and 4: how a connection begins, the format of frames.

use crate::case::*;
use crate::frame::*;

pub(super) fn cases() -> Vec<Case> {
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
        bare(
            "3.4 another version in the preface",
            &[
                b"PRI * HTTP/3.0\r\n\r\nSM\r\n\r\n".to_vec(),
                frame(SETTINGS, 0, 0, b""),
                get(1),
            ],
            PROTOCOL,
        ),
        bare(
            "3.4 an acknowledgement in the place of settings",
            &[PREFACE.to_vec(), frame(SETTINGS, ACK, 0, b""), get(1)],
            PROTOCOL,
        ),
        case(
            "3.4 a second preface",
            &[PREFACE.to_vec(), get(1)],
            Expected::Connection(&[PROTOCOL_ERROR, FRAME_SIZE_ERROR]),
        ),
        case(
            "4.1 flags that a frame does not know",
            &[frame(PING, 0xfe, 0, &[1; 8])],
            Expected::Only(Outcome::Pong),
        ),
        case(
            "4.1 flags that fields do not know",
            &[frame(
                HEADERS,
                END_STREAM | END_HEADERS | 0xd2 & !PADDED & !WITH_PRIORITY,
                1,
                &block(GET),
            )],
            SERVED,
        ),
        case(
            "4.1 the reserved bit of a window",
            &[frame(WINDOW_UPDATE, 0, 0, &[0x80, 0, 0, 1]), get(1)],
            DEMANDED,
        ),
        case(
            "4.2 data of the largest size",
            &[post(1), frame(DATA, END_STREAM, 1, &[b'a'; 16384])],
            SERVED,
        ),
        case(
            "4.2 settings beyond the largest frame",
            &[frame(SETTINGS, 0, 0, &[0; 16386])],
            FRAME_SIZE,
        ),
        case(
            "4.2 an unknown frame beyond the largest",
            &[frame(99, 0, 0, &[0; 16385]), get(1)],
            FRAME_SIZE,
        ),
        case(
            "4.2 a continuation beyond the largest frame",
            &[
                frame(HEADERS, END_STREAM, 1, &block(GET)),
                frame(CONTINUATION, END_HEADERS, 1, &[0; 16385]),
            ],
            FRAME_SIZE,
        ),
    ]
}
