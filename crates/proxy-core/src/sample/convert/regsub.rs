//! `regsub`: what a regular expression matches, put in other words.

use super::{Row, of_text, room, row};
use crate::rules::{Capturing, substitute};
use crate::sample::Sample;
use haproxy_cfg::model::ArgValue;

pub(super) const ROWS: &[Row] = &[row(&["regsub"], |_, converter| {
    let source = match converter.args.first().map(|arg| &arg.value) {
        Some(ArgValue::Regex(source)) => source.as_slice(),
        _ => b"",
    };
    let flags = converter.text(2).cloned().unwrap_or_default();
    let expression = Capturing::new(source, flags.contains(&b'i'))?;
    let everywhere = flags.contains(&b'g');
    let substitution = converter.text(1).cloned().unwrap_or_default();
    of_text(move |context, text| {
        let mut out = context.arena.bytes(text.len());
        let mut at = 0;
        while let Some(groups) = expression.find(text, at) {
            let (start, end) = groups.whole();
            out.extend_from_slice(&text[at..start]);
            substitute(&substitution, text, &groups, &mut out);
            if end == at {
                // Nothing was matched right here: what stands here stays, and is passed over. As with the original an empty
                // match further on is found twice.
                out.extend_from_slice(text.get(at..=at).unwrap_or_default());
                at += 1;
            } else {
                at = end;
            }
            if !everywhere || at > text.len() {
                break;
            }
        }
        out.extend_from_slice(text.get(at..).unwrap_or_default());
        out.truncate(room(context));
        Some(Sample::Str(out.into_bump_slice()))
    })
})];
