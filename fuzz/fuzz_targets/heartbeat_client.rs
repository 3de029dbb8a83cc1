//! What programs write into heartbeat's socket: nothing panics, and what is read is what would be written.
#![no_main]

use heartbeat_proto::wire::local::{Frames, encode};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut frames = Frames::default();
    for part in data.chunks(7) {
        frames.push(part);
        while let Ok(Some(message)) = frames.take() {
            let mut again = Frames::default();
            again.push(&encode(&message));
            assert_eq!(again.take(), Ok(Some(message)));
        }
    }
});
