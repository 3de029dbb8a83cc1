//! Section 6.9: windows.

use crate::case::*;
use crate::frame::*;

pub(super) fn cases() -> Vec<Case> {
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
        case(
            "6.9 a longer window",
            &[frame(WINDOW_UPDATE, 0, 0, &[0; 5])],
            FRAME_SIZE,
        ),
        case(
            "6.9 a window of nothing for an idle stream",
            &[window(1, 0)],
            PROTOCOL,
        ),
        case(
            "6.9 data on a window that was used up",
            &[setting(4, 0), get(1), window(1, 3), window(1, 1)],
            Expected::Only(Outcome::Data(4)),
        ),
        case(
            "6.9.1 a window that settings made too large",
            &[post(1), window(1, 0x7fff_ffff - 65_535), setting(4, 65_536)],
            Expected::Connection(&[FLOW_CONTROL_ERROR]),
        ),
        case(
            "6.9.1 the largest window of the connection",
            &[window(0, 0x7fff_ffff - 65_535), get(1)],
            SERVED,
        ),
        case(
            "6.9.2 the connection's window is not of the settings",
            &[setting(4, 1 << 20), (0..7).flat_map(|n| big(2 * n + 1)).collect()],
            Expected::Only(Outcome::Data(65_535)),
        ),
        case(
            "6.9.2 the connection's window grows",
            &[(0..7).flat_map(|n| big(2 * n + 1)).collect(), window(0, 1)],
            Expected::Only(Outcome::Data(65_536)),
        ),
    ]
}

/// A request for 10,000 bytes.
fn big(stream: u32) -> Vec<u8> {
    let fields = [GET[0], GET[1], (":path", "/big"), GET[3]];
    frame(HEADERS, END_STREAM | END_HEADERS, stream, &block(&fields))
}
