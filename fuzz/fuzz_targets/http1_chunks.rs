//! Chunked bodies: where one is cut does not matter, what goes on holds the same data, and read again it goes on as it is.
#![no_main]

use libfuzzer_sys::fuzz_target;
use proxy_core::http1::{ChunkReader, HeadRules, chunk_data};

/// What is kept of a body that comes in pieces of `step` bytes, and where it ended; none when it is malformed.
fn follow(data: &[u8], step: usize, rules: &HeadRules) -> Option<(Vec<u8>, usize, u64, bool)> {
    let mut reader = ChunkReader::new(rules);
    let (mut kept, mut consumed, mut payload) = (Vec::new(), 0, 0);
    let mut held = Vec::new();
    for piece in data.chunks(step) {
        let mut piece = [&held[..], piece].concat();
        let before = held.len();
        let followed = reader.follow(&mut piece, None).ok()?;
        assert!(followed.kept <= followed.consumed && followed.consumed <= piece.len());
        let ready = followed.kept - reader.held();
        kept.extend_from_slice(&piece[..ready]);
        held = piece[ready..followed.kept].to_vec();
        consumed += followed.consumed - before;
        payload += followed.payload;
        if reader.is_done() {
            break;
        }
        assert_eq!(
            followed.consumed,
            piece.len(),
            "all belongs to a body that has not ended"
        );
    }
    kept.extend_from_slice(&held);
    Some((kept, consumed, payload, reader.is_done()))
}

fuzz_target!(|data: &[u8]| {
    let [choice, data @ ..] = data else { return };
    let rules = HeadRules {
        unsafe_violations: choice & 1 != 0,
        ..HeadRules::strict(5)
    };
    let whole = follow(data, data.len().max(1), &rules);
    assert_eq!(whole, follow(data, usize::from(choice >> 1) + 1, &rules));
    let Some((kept, _, payload, is_done)) = whole else {
        return;
    };
    let again = follow(&kept, kept.len().max(1), &rules).expect("what goes on is well-formed");
    assert_eq!(
        (&again.0, again.2, again.3),
        (&kept, payload, is_done),
        "what goes on goes on as it is"
    );
    assert!(chunk_data(&kept).len() as u64 <= payload);
});
