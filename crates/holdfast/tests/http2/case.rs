//! What a case is: what is sent, what may come back.

use crate::frame::{FRAME_SIZE_ERROR, NO_ERROR, PROTOCOL_ERROR, STREAM_CLOSED};

/// What came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
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
    pub(crate) fn is_error(self) -> bool {
        match self {
            Self::Goaway(code) => code != NO_ERROR,
            Self::Reset(_) | Self::Closed | Self::Refused => true,
            _ => false,
        }
    }
}

/// What is to come back.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Expected {
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
    pub(crate) fn allows(self, outcome: Outcome) -> bool {
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

pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// Sent behind the preface and SETTINGS; in place of them where `bare` says so.
    pub(crate) sent: Vec<u8>,
    pub(crate) bare: bool,
    pub(crate) expected: Expected,
}

pub(crate) fn case(name: &'static str, sent: &[Vec<u8>], expected: Expected) -> Case {
    Case {
        name,
        sent: sent.concat(),
        bare: false,
        expected,
    }
}

pub(crate) fn bare(name: &'static str, sent: &[Vec<u8>], expected: Expected) -> Case {
    Case {
        bare: true,
        ..case(name, sent, expected)
    }
}

pub(crate) const PROTOCOL: Expected = Expected::Connection(&[PROTOCOL_ERROR]);
pub(crate) const MALFORMED: Expected = Expected::Stream(&[PROTOCOL_ERROR]);
pub(crate) const EITHER: Expected = Expected::Either;
pub(crate) const PASSED_OVER: Expected = Expected::PassedOver;
pub(crate) const FRAME_SIZE: Expected = Expected::Connection(&[FRAME_SIZE_ERROR, PROTOCOL_ERROR]);
pub(crate) const SERVED: Expected = Expected::Only(Outcome::Served);
/// What was on its way as the stream ended may be passed over, closed for, or answered with an error.
pub(crate) const CLOSED: Expected = Expected::Stream(&[STREAM_CLOSED, PROTOCOL_ERROR]);
