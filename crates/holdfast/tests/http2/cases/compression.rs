//! Section 4.3 and RFC 7541: how fields are coded.

use crate::case::*;
use crate::frame::*;

pub(super) fn cases() -> Vec<Case> {
    let start = |flags| frame(HEADERS, flags, 1, &block(GET));
    vec![
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
            "7541 2.3.3 an index beyond the tables",
            &[coded(&[0xfe])],
            COMPRESSION,
        ),
        case("7541 6.1 the index 0", &[coded(&[0x80])], COMPRESSION),
        case(
            "7541 6.2.1 the name of an index beyond the tables",
            &[coded(&[0x7e, 1, b'a'])],
            COMPRESSION,
        ),
        case(
            "7541 5.1 a number without its end",
            &[coded(&[0xff])],
            COMPRESSION,
        ),
        case(
            "7541 5.2 a text without its end",
            &[coded(&[0x00, 5, b'a'])],
            COMPRESSION,
        ),
        case(
            "7541 5.2 a coded text whose padding is longer than 7 bits",
            &[coded(
                &[&known()[..], &[0x10, 1, b'a', 0x82, 0x1f, 0xff]].concat(),
            )],
            COMPRESSION,
        ),
        case(
            "7541 5.2 a coded text whose padding is not of ones",
            &[coded(&[&known()[..], &[0x10, 1, b'a', 0x81, 0x18]].concat())],
            COMPRESSION,
        ),
        case(
            "7541 5.2 a coded text with the end of texts",
            &[coded(
                &[&known()[..], &[0x10, 1, b'a', 0x84, 0xff, 0xff, 0xff, 0xff]].concat(),
            )],
            COMPRESSION,
        ),
        case(
            "7541 5.2 a coded text",
            &[coded(&[&known()[..], &[0x10, 1, b'a', 0x81, 0x1f]].concat())],
            SERVED,
        ),
        case(
            "7541 4.2 a size of the table behind fields",
            &[coded(&[&known()[..], &[0x20]].concat())],
            COMPRESSION,
        ),
        case(
            "7541 4.2 a size of the table before fields",
            &[coded(&[&[0x20, 0x3f, 0xe1, 0x1f], &known()[..]].concat())],
            SERVED,
        ),
        case("7541 2.1 fields of the static table", &[coded(&known())], SERVED),
        case(
            "7541 6.2.3 a field that is never indexed",
            &[coded(&[&known()[..], &[0x10, 1, b'a', 1, b'b']].concat())],
            SERVED,
        ),
        case(
            "7541 2.3.2 a field that was kept of the request before",
            &[
                frame(
                    HEADERS,
                    END_HEADERS | END_STREAM,
                    1,
                    &[&known()[..], &[0x40, 1, b'a', 1, b'b']].concat(),
                ),
                frame(
                    HEADERS,
                    END_HEADERS | END_STREAM,
                    3,
                    &[&known()[..], &[0xbe]].concat(),
                ),
            ],
            SERVED,
        ),
        case(
            "7541 4.4 a field that was let go of",
            &[
                frame(
                    HEADERS,
                    END_HEADERS,
                    1,
                    &[&block(POST)[..], &[0x40, 1, b'a', 1, b'b']].concat(),
                ),
                frame(
                    HEADERS,
                    END_HEADERS | END_STREAM,
                    3,
                    &[&[0x20][..], &known()[..], &[0xbe]].concat(),
                ),
            ],
            COMPRESSION,
        ),
        case(
            "4.3 fields of a refused stream are kept all the same",
            &[
                frame(
                    HEADERS,
                    END_HEADERS | END_STREAM,
                    1,
                    &[&[0x40, 1, b'X', 1, b'b'], &known()[..]].concat(),
                ),
                frame(
                    HEADERS,
                    END_HEADERS | END_STREAM,
                    3,
                    &[&known()[..], &[0xbe]].concat(),
                ),
            ],
            MALFORMED,
        ),
    ]
}

/// A request's fields as the static table has them.
fn known() -> Vec<u8> {
    vec![0x82, 0x86, 0x84, 1, 1, b'a']
}

/// A request whose fields are coded as that.
fn coded(block: &[u8]) -> Vec<u8> {
    frame(HEADERS, END_STREAM | END_HEADERS, 1, block)
}
