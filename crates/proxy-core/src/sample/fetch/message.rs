//! Which of the two messages a fetch looks at.

use crate::http1::Headers;
use crate::sample::SampleContext;

/// The message that a fetch looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// The request.
    Request,
    /// The response.
    Response,
    /// The response where the rule is about it, otherwise the request.
    AtHand,
}

impl Side {
    /// Whether that is the response.
    pub(super) fn is_response(self, context: &SampleContext<'_>) -> bool {
        match self {
            Self::Request => false,
            Self::Response => true,
            Self::AtHand => context.from_server,
        }
    }

    /// Its headers, where its head is there.
    pub(super) fn headers<'a>(self, context: &SampleContext<'a>) -> Option<Headers<'a>> {
        if self.is_response(context) {
            Some(context.response?.headers())
        } else {
            Some(context.request?.headers())
        }
    }
}

/// The integer that the original reads from a header, a cookie or a parameter: up to the first byte behind `9`, where each byte
/// before `0` counts as a negative digit, in 32 bits that overflow silently.
pub(super) fn number(text: &[u8]) -> i64 {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    let magnitude = digits
        .iter()
        .take_while(|byte| **byte <= b'9')
        .fold(0_i32, |sum, byte| {
            sum.wrapping_mul(10)
                .wrapping_add(i32::from(*byte) - i32::from(b'0'))
        });
    i64::from(if negative {
        magnitude.wrapping_neg()
    } else {
        magnitude
    })
}
