//! Captured headers in a format string: `%hr`, `%hs`, and `%hrl`, `%hsl`, which write each by itself.

use haproxy_cfg::model::{Flags, Mode};

use super::encode;
use crate::logline::escape_capture;
use crate::sample::{SampleContext, Sink};

/// Appends what was captured of the request, or of the response: `{a|b}`, or, `listed`, each value by itself. Nothing is written
/// where nothing is to be captured, or no request was read: that is told.
pub(super) fn write(
    context: &SampleContext<'_>,
    (request, listed): (bool, bool),
    flags: Flags,
    out: &mut impl Sink,
) -> bool {
    let frontend = context.config.proxy(context.client.frontend);
    let slots = frontend.capture_slots(request).len();
    let read = |stream: &&crate::stream::Stream| frontend.mode == Mode::Tcp || !stream.log.line.is_empty();
    let Some(stream) = context.stream.filter(read).filter(|_| slots > 0) else {
        return false;
    };
    let mut text = Vec::new();
    for slot in 0..slots {
        if listed {
            text.clear();
        } else {
            text.push(if slot == 0 { b'{' } else { b'|' });
        }
        stream
            .captures
            .get(request, slot, |value| escape_capture(&mut text, value));
        if listed {
            if slot > 0 {
                out.put(b" ");
            }
            encode::part(out, &text, flags);
        }
    }
    if !listed {
        text.push(b'}');
        encode::part(out, &text, flags);
    }
    true
}
