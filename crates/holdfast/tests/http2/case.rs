//! What a case is: what is sent, what may come back.

use crate::frame::{
    COMPRESSION_ERROR, ENHANCE_YOUR_CALM, FRAME_SIZE_ERROR, PROTOCOL_ERROR, REFUSED_STREAM, STREAM_CLOSED,
};

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
    /// As the recorded answers have it.
    pub(crate) fn text(self) -> String {
        match self {
            Self::Goaway(code) => format!("goaway {code}"),
            Self::Reset(code) => format!("reset {code}"),
            Self::Data(len) => format!("data {len}"),
            other => format!("{other:?}").to_lowercase(),
        }
    }

    /// Whether that text is of an error.
    pub(crate) fn is_error_text(text: &str) -> bool {
        let (word, code) = text.split_once(' ').unwrap_or((text, ""));
        match word {
            "goaway" => code != "0",
            "reset" | "closed" | "refused" => true,
            _ => false,
        }
    }

    pub(crate) fn is_error(self) -> bool {
        Self::is_error_text(&self.text())
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
    /// Served, though it is malformed, or the original takes it for that: the library passes over what is wrong, and nothing of it goes further. To
    /// be changed once the library can.
    PassedOver,
    /// Served, as the RFC demands: the original may be stricter against it.
    Demanded,
    /// Served, and a PING that comes behind it comes back.
    Alive,
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
            (Self::Either | Self::PassedOver | Self::Demanded, Outcome::Served) => true,
            (Self::Either, outcome) => MALFORMED.allows(outcome),
            (Self::Alive, Outcome::Pong) => true,
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
pub(crate) const FRAME_SIZE: Expected = Expected::Connection(&[FRAME_SIZE_ERROR]);
pub(crate) const SERVED: Expected = Expected::Only(Outcome::Served);
/// What was on its way as the stream ended may be passed over, closed for, or answered with an error.
pub(crate) const CLOSED: Expected = Expected::Stream(&[STREAM_CLOSED, PROTOCOL_ERROR]);
/// Fields that are not coded as they must be.
pub(crate) const COMPRESSION: Expected = Expected::Connection(&[COMPRESSION_ERROR, PROTOCOL_ERROR]);
/// The connection goes on: the PING behind it comes back.
pub(crate) const FINE: Expected = Expected::Alive;
/// Answered with an error, or refused.
pub(crate) const REFUSED: Expected = Expected::Stream(&[
    PROTOCOL_ERROR,
    REFUSED_STREAM,
    COMPRESSION_ERROR,
    ENHANCE_YOUR_CALM,
]);
pub(crate) const DEMANDED: Expected = Expected::Demanded;
