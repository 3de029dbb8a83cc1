//! Sections 8.3 to 8.5 and RFC 8441: what requests are made of.

use crate::case::*;
use crate::frame::*;

pub(super) fn cases() -> Vec<Case> {
    vec![
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
        case(
            "8.3.1 neither path nor authority",
            &[only(&[GET[0], GET[1]])],
            MALFORMED,
        ),
        case(
            "8.3.1 neither scheme nor authority",
            &[only(&[GET[0], GET[2]])],
            MALFORMED,
        ),
        case("8.3.1 nothing but a method", &[only(&[GET[0]])], MALFORMED),
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
        case(
            "8.3 a name of a pseudo-field in capitals",
            &[only(&[(":Method", "GET"), GET[1], GET[2], GET[3]])],
            MALFORMED,
        ),
        case(
            "8.3 a pseudo-field without a name",
            &[only(&[GET[0], GET[1], GET[2], (":", "a")])],
            MALFORMED,
        ),
        case(
            "8.3.1 two authorities",
            &[with(&[(":authority", "b")])],
            MALFORMED,
        ),
        case(
            "8.3.1 a host instead of the authority",
            &[only(&[GET[0], GET[1], GET[2], ("host", "a")])],
            SERVED,
        ),
        case(
            "8.3.1 neither host nor authority",
            &[only(&[GET[0], GET[1], GET[2]])],
            EITHER,
        ),
        case(
            "8.3.1 the same host as the authority",
            &[with(&[("host", "a")])],
            SERVED,
        ),
        case(
            "8.3.1 two hosts",
            &[only(&[GET[0], GET[1], GET[2], ("host", "a"), ("host", "b")])],
            EITHER,
        ),
        case(
            "8.3.1 an empty authority",
            &[only(&[GET[0], GET[1], GET[2], (":authority", "")])],
            EITHER,
        ),
        case(
            "8.3.1 an authority with a blank",
            &[only(&[GET[0], GET[1], GET[2], (":authority", "a b")])],
            MALFORMED,
        ),
        case(
            "8.3.1 an authority with a path",
            &[only(&[GET[0], GET[1], GET[2], (":authority", "a/b")])],
            MALFORMED,
        ),
        case(
            "8.3.1 an authority with a line's end",
            &[only(&[GET[0], GET[1], GET[2], (":authority", "a\r\nb: c")])],
            MALFORMED,
        ),
        case(
            "8.3.1 an empty method",
            &[only(&[(":method", ""), GET[1], GET[2], GET[3]])],
            MALFORMED,
        ),
        case(
            "8.3.1 a method with a blank",
            &[only(&[(":method", "GET x"), GET[1], GET[2], GET[3]])],
            MALFORMED,
        ),
        case(
            "8.3.1 a method of one's own",
            &[only(&[(":method", "QUERY"), GET[1], GET[2], GET[3]])],
            SERVED,
        ),
        case(
            "8.3.1 an empty scheme",
            &[only(&[GET[0], (":scheme", ""), GET[2], GET[3]])],
            MALFORMED,
        ),
        case(
            "8.3.1 a scheme that is none",
            &[only(&[GET[0], (":scheme", "ht tp"), GET[2], GET[3]])],
            MALFORMED,
        ),
        case(
            "8.3.1 a scheme with a line's end",
            &[only(&[GET[0], (":scheme", "http\r\n"), GET[2], GET[3]])],
            MALFORMED,
        ),
        case(
            "8.3.1 another scheme",
            &[only(&[GET[0], (":scheme", "ftp"), GET[2], GET[3]])],
            EITHER,
        ),
        case(
            "8.3.1 a path with a line's end",
            &[only(&[GET[0], GET[1], (":path", "/\r\nx: y"), GET[3]])],
            MALFORMED,
        ),
        case(
            "8.3.1 a path with a zero",
            &[only(&[GET[0], GET[1], (":path", "/\0"), GET[3]])],
            MALFORMED,
        ),
        case(
            "8.3.1 a path with a fragment",
            &[only(&[GET[0], GET[1], (":path", "/#x"), GET[3]])],
            PASSED_OVER,
        ),
        case(
            "8.3.1 a path beyond ASCII",
            &[only(&[GET[0], GET[1], (":path", "/\u{e9}"), GET[3]])],
            EITHER,
        ),
        case(
            "8.3.1 an asterisk of GET",
            &[only(&[GET[0], GET[1], (":path", "*"), GET[3]])],
            EITHER,
        ),
        case(
            "8.3.1 an asterisk of OPTIONS",
            &[only(&[(":method", "OPTIONS"), GET[1], (":path", "*"), GET[3]])],
            SERVED,
        ),
        case(
            "8.3.1 a whole URI as the path",
            &[only(&[GET[0], GET[1], (":path", "http://b/"), GET[3]])],
            MALFORMED,
        ),
        case(
            "8.3.1 a query",
            &[only(&[GET[0], GET[1], (":path", "/?a=b&c"), GET[3]])],
            SERVED,
        ),
        case(
            "8.5 a tunnel",
            &[only(&[(":method", "CONNECT"), (":authority", "a:1")])],
            SERVED,
        ),
        case(
            "8.5 a tunnel with a scheme",
            &[only(&[
                (":method", "CONNECT"),
                (":scheme", "http"),
                (":authority", "a:1"),
            ])],
            MALFORMED,
        ),
        case(
            "8.5 a tunnel without a port",
            &[only(&[(":method", "CONNECT"), (":authority", "a")])],
            EITHER,
        ),
        case(
            "8441 4 a protocol of GET",
            &[with(&[(":protocol", "websocket")])],
            MALFORMED,
        ),
        case(
            "8441 4 a protocol without a path",
            &[only(&[
                (":method", "CONNECT"),
                (":protocol", "websocket"),
                (":scheme", "http"),
                (":authority", "a"),
            ])],
            MALFORMED,
        ),
        case(
            "8441 4 a protocol without a scheme",
            &[only(&[
                (":method", "CONNECT"),
                (":protocol", "websocket"),
                (":path", "/"),
                (":authority", "a"),
            ])],
            MALFORMED,
        ),
        case(
            "8441 4 a protocol without an authority",
            &[only(&[
                (":method", "CONNECT"),
                (":protocol", "websocket"),
                (":path", "/"),
                (":scheme", "http"),
            ])],
            EITHER,
        ),
    ]
}
