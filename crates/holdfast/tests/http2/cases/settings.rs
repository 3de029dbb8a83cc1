//! Section 6.5: settings.

use crate::case::*;
use crate::frame::*;

pub(super) fn cases() -> Vec<Case> {
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
        case(
            "6.5 settings of a size between",
            &[frame(SETTINGS, 0, 0, &[0; 7])],
            FRAME_SIZE,
        ),
        case(
            "6.5 an acknowledgement of nothing",
            &[frame(SETTINGS, ACK, 0, b""), get(1)],
            EITHER,
        ),
        case(
            "6.5.2 a push setting of 0 and of 1",
            &[setting(2, 0), setting(2, 1), get(1)],
            SERVED,
        ),
        case(
            "6.5.2 the largest frame size",
            &[setting(5, (1 << 24) - 1), get(1)],
            SERVED,
        ),
        case("6.5.2 no table at all", &[setting(1, 0), get(1)], SERVED),
        case(
            "6.5.2 a table of any size",
            &[setting(1, u32::MAX), get(1)],
            SERVED,
        ),
        case("6.5.2 no streams of the server", &[setting(3, 0), get(1)], SERVED),
        case(
            "6.5.2 a list of fields of any size",
            &[setting(6, u32::MAX), get(1)],
            SERVED,
        ),
        case(
            "6.5.3 one of two windows in a frame: the last",
            &[
                frame(SETTINGS, 0, 0, &[0, 4, 0, 0, 0, 100, 0, 4, 0, 0, 0, 1]),
                get(1),
            ],
            Expected::Only(Outcome::Data(1)),
        ),
        case(
            "6.5.3 settings that are acknowledged each",
            &[frame(SETTINGS, 0, 0, b"")],
            Expected::Only(Outcome::Settled),
        ),
        case(
            "8441 3 the protocol setting of 2",
            &[setting(8, 2), get(1)],
            EITHER,
        ),
    ]
}
