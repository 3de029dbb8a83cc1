//! `debug counters`: what the original counts of rare events at places of its code. This program counts none, so that there is
//! nothing to show and nothing to forget, whatever is chosen.

use super::{Call, Reply};

const USAGE: &str = "Expects an optional action ('reset','show','on','off'), optional types ('bug','chk','cnt','glt') and \
                     optionally 'all' to even dump null counters.";

/// `debug counters [ACTION|TYPE]…`.
pub(super) fn counters(call: &mut Call<'_, '_>) -> Reply {
    let known = |word: &Vec<u8>| {
        matches!(
            word.as_slice(),
            b"reset" | b"show" | b"on" | b"off" | b"bug" | b"chk" | b"cnt" | b"glt" | b"all"
        )
    };
    if !call.arguments.iter().all(known) {
        return Reply::error(USAGE);
    }
    if call.has_word(b"all") {
        call.out
            .extend_from_slice(b"Count     Type Location function(): \"condition\" [comment]\n");
    }
    Reply::Done
}
