//! What RFC 9113 asks of a server, frame by frame: each case sends frames as no client should (or as few do) and looks at what comes
//! back. Where Debian's haproxy is installed it gets the same, and whatever it refuses is to be refused here as well.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Command, ExitCode};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use libtest_mimic::{Arguments, Failed, Trial};
use nix::sys::signal::Signal;
use sha1::{Digest as _, Sha1};
use test_support::process::{Program, both_programs, free_address, wait_for};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const PRIORITY: u8 = 2;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PUSH_PROMISE: u8 = 5;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;

const END_STREAM: u8 = 1;
const ACK: u8 = 1;
const END_HEADERS: u8 = 4;
const PADDED: u8 = 8;
const WITH_PRIORITY: u8 = 32;

const NO_ERROR: u32 = 0;
const PROTOCOL_ERROR: u32 = 1;
const FLOW_CONTROL_ERROR: u32 = 3;
const STREAM_CLOSED: u32 = 5;
const FRAME_SIZE_ERROR: u32 = 6;
const REFUSED_STREAM: u32 = 7;
const COMPRESSION_ERROR: u32 = 9;

/// How long something is waited for that must come.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a program that says nothing is listened to before that counts as its answer: only the original does that.
const SILENCE: Duration = Duration::from_millis(700);

/// What came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// The connection was ended with that error.
    Goaway(u32),
    /// The connection was closed without a word.
    Closed,
    /// The stream was ended with that error.
    Reset(u32),
    /// A response with the status 200.
    Served,
    /// A response with another status.
    Refused,
    /// A PING came back.
    Pong,
    /// Settings were acknowledged.
    Settled,
    /// That many bytes of a response's body, and no more for now.
    Data(usize),
    /// Nothing for a while.
    Silence,
}

impl Outcome {
    fn is_error(self) -> bool {
        match self {
            Self::Goaway(code) => code != NO_ERROR,
            Self::Reset(_) | Self::Closed | Self::Refused => true,
            _ => false,
        }
    }
}

/// What is to come back.
#[derive(Clone, Copy, Debug)]
enum Expected {
    /// A connection error: one of these, or a close.
    Connection(&'static [u32]),
    /// A stream error: one of these, for the stream or for all of the connection; a malformed request may be answered.
    Stream(&'static [u32]),
    /// A malformed request, or one that is served: the original decides.
    Either,
    /// Served, though the RFC calls it malformed: the library passes over what is wrong, and nothing of it goes further. To be changed once
    /// the library can.
    PassedOver,
    /// Exactly that.
    Only(Outcome),
}

impl Expected {
    fn allows(self, outcome: Outcome) -> bool {
        match (self, outcome) {
            (Self::Connection(codes), Outcome::Goaway(code)) => codes.contains(&code),
            (Self::Connection(_), Outcome::Closed) => true,
            (Self::Stream(codes), Outcome::Goaway(code) | Outcome::Reset(code)) => codes.contains(&code),
            (Self::Stream(codes), Outcome::Refused) => codes.contains(&PROTOCOL_ERROR),
            (Self::Stream(_), Outcome::Closed) => true,
            (Self::Either | Self::PassedOver, Outcome::Served) => true,
            (Self::Either, outcome) => MALFORMED.allows(outcome),
            (Self::Only(one), other) => one == other,
            _ => false,
        }
    }
}

struct Case {
    name: &'static str,
    /// Sent behind the preface and SETTINGS; in place of them where `bare` says so.
    sent: Vec<u8>,
    bare: bool,
    expected: Expected,
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let len = u32::try_from(payload.len())
        .expect("a short payload")
        .to_be_bytes();
    let mut out = vec![len[1], len[2], len[3], kind, flags];
    out.extend_from_slice(&stream.to_be_bytes());
    out.extend_from_slice(payload);
    out
}

/// Fields, none of them indexed or coded.
fn block(fields: &[(&str, &str)]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, value) in fields {
        out.push(0);
        for text in [name, value] {
            out.push(u8::try_from(text.len()).expect("a short text"));
            out.extend_from_slice(text.as_bytes());
        }
    }
    out
}

const GET: &[(&str, &str)] = &[
    (":method", "GET"),
    (":scheme", "http"),
    (":path", "/"),
    (":authority", "a"),
];

/// A request of which the body is waited for.
const POST: &[(&str, &str)] = &[
    (":method", "POST"),
    (":scheme", "http"),
    (":path", "/wait"),
    (":authority", "a"),
];

fn get(stream: u32) -> Vec<u8> {
    frame(HEADERS, END_STREAM | END_HEADERS, stream, &block(GET))
}

fn post(stream: u32) -> Vec<u8> {
    frame(HEADERS, END_HEADERS, stream, &block(POST))
}

/// A request with these fields beside, or in place of, those that it needs.
fn with(fields: &[(&str, &str)]) -> Vec<u8> {
    let all: Vec<(&str, &str)> = GET.iter().chain(fields).copied().collect();
    frame(HEADERS, END_STREAM | END_HEADERS, 1, &block(&all))
}

fn only(fields: &[(&str, &str)]) -> Vec<u8> {
    frame(HEADERS, END_STREAM | END_HEADERS, 1, &block(fields))
}

fn setting(id: u16, value: u32) -> Vec<u8> {
    let mut payload = id.to_be_bytes().to_vec();
    payload.extend_from_slice(&value.to_be_bytes());
    frame(SETTINGS, 0, 0, &payload)
}

fn window(stream: u32, more: u32) -> Vec<u8> {
    frame(WINDOW_UPDATE, 0, stream, &more.to_be_bytes())
}

fn case(name: &'static str, sent: &[Vec<u8>], expected: Expected) -> Case {
    Case {
        name,
        sent: sent.concat(),
        bare: false,
        expected,
    }
}

fn bare(name: &'static str, sent: &[Vec<u8>], expected: Expected) -> Case {
    Case {
        bare: true,
        ..case(name, sent, expected)
    }
}

const PROTOCOL: Expected = Expected::Connection(&[PROTOCOL_ERROR]);
const MALFORMED: Expected = Expected::Stream(&[PROTOCOL_ERROR]);
const EITHER: Expected = Expected::Either;
const PASSED_OVER: Expected = Expected::PassedOver;
const FRAME_SIZE: Expected = Expected::Connection(&[FRAME_SIZE_ERROR, PROTOCOL_ERROR]);
const SERVED: Expected = Expected::Only(Outcome::Served);
/// What was on its way as the stream ended may be passed over, closed for, or answered with an error.
const CLOSED: Expected = Expected::Stream(&[STREAM_CLOSED, PROTOCOL_ERROR]);

fn cases() -> Vec<Case> {
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

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::from_args();
    let programs = if arguments.list { Vec::new() } else { start()? };
    let programs = Arc::new(programs);
    let websockets = [
        ("RFC 8441 a WebSocket", Answer::Right, Outcome::Served),
        (
            "RFC 8441 a WebSocket whose server has not seen the key",
            Answer::Wrong,
            Outcome::Refused,
        ),
        (
            "RFC 8441 a WebSocket that is declined",
            Answer::None,
            Outcome::Refused,
        ),
    ];
    let websockets = websockets.map(|(name, answer, expected)| {
        let programs = Arc::clone(&programs);
        let test = move || {
            programs
                .iter()
                .try_for_each(|program| talk(program, answer, expected))
                .map_err(|error| Failed::from(format!("{error:#}")))
        };
        Trial::test(name, test)
    });
    let told = |result: anyhow::Result<()>| result.map_err(|error| Failed::from(format!("{error:#}")));
    let lives = [
        Trial::test("an idle connection is told of its end", move || {
            let commands = both_programs(env!("CARGO_BIN_EXE_holdfast"));
            told(commands.into_iter().try_for_each(expire))
        }),
        Trial::test("streams come to their end where the process stops", move || {
            told(stop())
        }),
    ];
    let trials = cases().into_iter().map(|case| {
        let programs = Arc::clone(&programs);
        Trial::test(case.name, move || {
            judge(&programs, &case).map_err(|error| Failed::from(format!("{error:#}")))
        })
    });
    Ok(libtest_mimic::run(&arguments, trials.chain(websockets).chain(lives).collect()).exit_code())
}

/// Holdfast, and the original where it is installed.
struct Running {
    front: SocketAddr,
    /// Where it looks for the server of WebSockets.
    server: Mutex<TcpListener>,
    program: Program,
    _folder: tempfile::TempDir,
}

fn start() -> anyhow::Result<Vec<Running>> {
    let commands = both_programs(env!("CARGO_BIN_EXE_holdfast"));
    commands.into_iter().map(|command| run(command, "")).collect()
}

/// Starts a program, `more` being lines of its defaults.
fn run(mut command: Command, more: &str) -> anyhow::Result<Running> {
    let folder = tempfile::tempdir()?;
    let front = free_address()?;
    let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let at = server.local_addr()?;
    let configuration = format!(
        "global\n nbthread 1\ndefaults\n mode http\n timeout connect 5s\n timeout client 10s\n timeout server 5s\n{more}\
         frontend fe\n bind {front}\n http-request wait-for-body time 9s if {{ path /wait }}\n\
         http-request return status 200 content-type text/plain string hello if !{{ path /chat }}\n default_backend be\nbackend be\n server s1 {at}\n"
    );
    let file = folder.path().join("haproxy.cfg");
    std::fs::write(&file, configuration)?;
    command.args(["-db", "-f"]).arg(&file);
    let program = Program::start(&mut command)?;
    wait_for(|| TcpStream::connect(front).ok())
        .with_context(|| format!("it said: {:?}", program.output()))?;
    Ok(Running {
        front,
        server: Mutex::new(server),
        program,
        _folder: folder,
    })
}

fn judge(programs: &[Running], case: &Case) -> anyhow::Result<()> {
    let ours = ask(programs[0].front, case, PATIENCE)?;
    anyhow::ensure!(
        case.expected.allows(ours),
        "expected {:?}, got {ours:?}",
        case.expected
    );
    if let Some(original) = programs.get(1)
        && !matches!(case.expected, Expected::PassedOver)
    {
        let theirs = ask(original.front, case, SILENCE)?;
        anyhow::ensure!(
            ours.is_error() || !theirs.is_error(),
            "the original is stricter: {theirs:?}, and ours {ours:?}"
        );
    }
    Ok(())
}

/// A connection without streams is told of its end, and closed.
fn expire(command: Command) -> anyhow::Result<()> {
    let program = run(command, " timeout http-keep-alive 200ms\n")?;
    let mut client = TcpStream::connect(program.front)?;
    client.set_read_timeout(Some(PATIENCE))?;
    client.write_all(&[PREFACE, &frame(SETTINGS, 0, 0, b""), &get(1)].concat())?;
    let mut received = Vec::new();
    wait_for_frame(&mut client, &mut received, HEADERS)?;
    let told = wait_for_frame(&mut client, &mut received, GOAWAY)?;
    anyhow::ensure!(told[4..8] == NO_ERROR.to_be_bytes(), "{told:?}");
    wait_for_end(&mut client)
}

/// A process that stops tells its clients, and lets streams come to their end.
fn stop() -> anyhow::Result<()> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdfast"));
    command.arg("haproxy");
    let mut program = run(command, "")?;
    let mut client = TcpStream::connect(program.front)?;
    client.set_read_timeout(Some(PATIENCE))?;
    client.write_all(
        &[
            PREFACE,
            &frame(SETTINGS, 0, 0, b""),
            &post(1),
            &frame(PING, 0, 0, &[0; 8]),
        ]
        .concat(),
    )?;
    let mut received = Vec::new();
    wait_for_frame(&mut client, &mut received, PING)?;
    program.program.signal(Signal::SIGUSR1)?;
    wait_for_frame(&mut client, &mut received, GOAWAY)?;
    client.write_all(&frame(DATA, END_STREAM, 1, b"abc"))?;
    let head = wait_for_frame(&mut client, &mut received, HEADERS)?;
    anyhow::ensure!(head.first() == Some(&0x88), "{head:?}");
    wait_for_end(&mut client)?;
    let status = program.program.wait_code();
    anyhow::ensure!(status == Some(0), "{status:?}");
    Ok(())
}

fn wait_for_frame(from: &mut TcpStream, received: &mut Vec<u8>, wanted: u8) -> anyhow::Result<Vec<u8>> {
    loop {
        let (kind, _, payload) = next_frame(from, received)?;
        if kind == wanted {
            return Ok(payload);
        }
    }
}

fn wait_for_end(from: &mut TcpStream) -> anyhow::Result<()> {
    let mut room = [0; 4096];
    while from.read(&mut room)? > 0 {}
    Ok(())
}

/// How a server answers who asks for a WebSocket.
#[derive(Clone, Copy)]
enum Answer {
    Right,
    Wrong,
    None,
}

/// Asks for a WebSocket, says `hello` over it and expects `world`.
fn talk(program: &Running, answer: Answer, expected: Outcome) -> anyhow::Result<()> {
    let server = program.server.lock().unwrap_or_else(PoisonError::into_inner);
    let mut client = TcpStream::connect(program.front)?;
    client.set_read_timeout(Some(PATIENCE))?;
    let ask = block(&[
        (":method", "CONNECT"),
        (":protocol", "websocket"),
        (":scheme", "http"),
        (":path", "/chat"),
        (":authority", "a"),
        ("sec-websocket-version", "13"),
    ]);
    let sent = [
        PREFACE,
        &frame(SETTINGS, 0, 0, b""),
        &frame(HEADERS, END_HEADERS, 1, &ask),
    ]
    .concat();
    client.write_all(&sent)?;
    let (mut behind, _) = server.accept()?;
    behind.set_read_timeout(Some(PATIENCE))?;
    let request = read_until(&mut behind, b"\r\n\r\n")?;
    let request = String::from_utf8(request)?;
    anyhow::ensure!(
        request.starts_with("GET /chat HTTP/1.1\r\nhost: a\r\n"),
        "{request}"
    );
    let key = request.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("sec-websocket-key").then_some(value)
    });
    let mut hash = Sha1::new();
    hash.update(key.context("a key")?);
    hash.update("258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    let accept = match answer {
        Answer::Right => BASE64_STANDARD.encode(hash.finalize()),
        Answer::Wrong => "x".to_owned(),
        Answer::None => {
            behind.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")?;
            String::new()
        }
    };
    if !matches!(answer, Answer::None) {
        let head = format!(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Accept: {accept}\r\n\r\n"
        );
        behind.write_all(head.as_bytes())?;
    }
    let mut received = Vec::new();
    let got = loop {
        let (kind, _, payload) = next_frame(&mut client, &mut received)?;
        match kind {
            HEADERS if payload.first() == Some(&0x88) => break Outcome::Served,
            HEADERS => break Outcome::Refused,
            RST_STREAM | GOAWAY => break Outcome::Closed,
            _ => {}
        }
    };
    anyhow::ensure!(got == expected, "expected {expected:?}, got {got:?}");
    if got == Outcome::Served {
        client.write_all(&frame(DATA, 0, 1, b"hello"))?;
        let heard = read_until(&mut behind, b"hello")?;
        anyhow::ensure!(heard == b"hello", "{heard:?}");
        behind.write_all(b"world")?;
        let said = loop {
            let (kind, _, payload) = next_frame(&mut client, &mut received)?;
            if kind == DATA {
                break payload;
            }
        };
        anyhow::ensure!(said == b"world", "{said:?}");
    }
    Ok(())
}

fn read_until(from: &mut TcpStream, end: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut received = Vec::new();
    while !received.ends_with(end) {
        let mut room = [0; 4096];
        let n = from.read(&mut room)?;
        anyhow::ensure!(n > 0, "closed behind {:?}", String::from_utf8_lossy(&received));
        received.extend_from_slice(&room[..n]);
    }
    Ok(received)
}

fn next_frame(from: &mut TcpStream, received: &mut Vec<u8>) -> anyhow::Result<(u8, u8, Vec<u8>)> {
    loop {
        if let Some(frame) = take_frame(received) {
            return Ok(frame);
        }
        let mut room = [0; 4096];
        let n = from.read(&mut room)?;
        anyhow::ensure!(n > 0, "closed");
        received.extend_from_slice(&room[..n]);
    }
}

/// Sends a case and gives what is first seen that decides.
fn ask(front: SocketAddr, case: &Case, patience: Duration) -> anyhow::Result<Outcome> {
    let mut stream = TcpStream::connect(front)?;
    stream.set_nodelay(true)?;
    let opening = if case.bare {
        Vec::new()
    } else {
        [PREFACE, &frame(SETTINGS, 0, 0, b"")].concat()
    };
    // Whoever is cut off while it still speaks sees that when it listens.
    let _ = stream.write_all(&[&opening[..], &case.sent].concat());
    let counts_data = matches!(case.expected, Expected::Only(Outcome::Data(_)));
    let counts_settings = matches!(case.expected, Expected::Only(Outcome::Settled));
    // Ours come behind those of the opening.
    let mut settled = 0;
    let mut data = 0;
    let until = Instant::now() + patience;
    let mut received = Vec::new();
    loop {
        while let Some((kind, flags, payload)) = take_frame(&mut received) {
            let code = || {
                payload
                    .get(payload.len() - 4..)
                    .map(|code| u32::from_be_bytes(code.try_into().expect("4 bytes")))
            };
            match kind {
                GOAWAY => {
                    let code = payload
                        .get(4..8)
                        .map(|code| u32::from_be_bytes(code.try_into().expect("4 bytes")));
                    return Ok(Outcome::Goaway(code.unwrap_or(u32::MAX)));
                }
                RST_STREAM => return Ok(Outcome::Reset(code().unwrap_or(u32::MAX))),
                PING if flags & ACK != 0 => return Ok(Outcome::Pong),
                SETTINGS if flags & ACK != 0 => {
                    settled += 1;
                    if counts_settings && settled == 2 {
                        return Ok(Outcome::Settled);
                    }
                }
                DATA if counts_data => {
                    data += payload.len();
                    if case.expected.allows(Outcome::Data(data)) {
                        return Ok(Outcome::Data(data));
                    }
                }
                HEADERS if !counts_data => {
                    return Ok(if payload.first() == Some(&0x88) {
                        Outcome::Served
                    } else {
                        Outcome::Refused
                    });
                }
                _ => {}
            }
        }
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(if counts_data {
                Outcome::Data(data)
            } else {
                Outcome::Silence
            });
        }
        stream.set_read_timeout(Some(left))?;
        let mut room = [0; 4096];
        match stream.read(&mut room) {
            Ok(0) => return Ok(Outcome::Closed),
            Ok(n) => received.extend_from_slice(&room[..n]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(error) if error.kind() == ErrorKind::ConnectionReset => return Ok(Outcome::Closed),
            Err(error) => return Err(error.into()),
        }
    }
}

/// Takes a whole frame off the front: its kind, its flags, its payload.
fn take_frame(received: &mut Vec<u8>) -> Option<(u8, u8, Vec<u8>)> {
    let head: [u8; 9] = received.get(..9)?.try_into().ok()?;
    let len = usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2]);
    let payload = received.get(9..9 + len)?.to_vec();
    received.drain(..9 + len);
    Some((head[3], head[4], payload))
}
