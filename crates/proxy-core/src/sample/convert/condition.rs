//! Converters that let samples pass or judge them: `when`, `has_ctl`.

use haproxy_cfg::model::Converter;

use super::{Convert, Row, row, with};
use crate::sample::expression::Compile;
use crate::sample::fetch::named_acls;
use crate::sample::{Sample, SampleContext};
use crate::stream::Stream;

pub(super) const ROWS: &[Row] = &[
    row(&["when"], when),
    row(&["has_ctl"], |_, converter| {
        let mask = match converter.text(0).map(|text| text.as_slice()) {
            None | Some(b"") => ALL_BUT_TAB,
            Some(b"any") => ALL,
            Some(b"http") => ENDS_OF_FIELDS,
            Some(text) => mask_of(text).ok_or("expects 'any', 'http' or a number of 33 bits")?,
        };
        with(move |_, sample| {
            let Sample::Bin(bytes) = sample else { return None };
            let found = bytes.iter().any(|byte| match byte {
                0..32 => mask >> byte & 1 == 1,
                0x7f => mask >> 32 & 1 == 1,
                _ => false,
            });
            Some(Sample::Bool(found))
        })
    }),
];

/// A bit for each control character, the 33rd for DEL.
const ALL: u64 = 0x1_ffff_ffff;
/// The same without the tab.
const ALL_BUT_TAB: u64 = ALL & !(1 << b'\t');
/// Those that no field of HTTP may have: NUL, CR and LF.
const ENDS_OF_FIELDS: u64 = 1 | 1 << b'\r' | 1 << b'\n';

/// The mask that a number stands for.
fn mask_of(text: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(text).ok()?;
    let mask = match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => text.parse(),
    };
    mask.ok().filter(|mask| *mask <= ALL)
}

/// Whether a condition that is about the stream holds.
type About = fn(&SampleContext<'_>) -> bool;

/// Lets a sample pass where the condition holds; with `!` in front, where it does not.
fn when(at: Compile<'_>, converter: &Converter) -> Result<Box<dyn Convert>, String> {
    let word = converter.text(0).ok_or("a condition is missing")?;
    let condition = word.strip_prefix(b"!").unwrap_or(word);
    let wanted = condition.len() == word.len();
    let about: About = match condition {
        b"error" => |context| context.stream.is_some_and(Stream::is_worth_a_look),
        b"normal" => |context| !context.stream.is_some_and(Stream::is_worth_a_look),
        b"forwarded" => |context| context.stream.is_some_and(was_forwarded),
        b"toapplet" => |context| context.stream.is_some_and(|stream| stream.log.is_stats),
        b"processed" => |context| {
            context
                .stream
                .is_some_and(|stream| was_forwarded(stream) || stream.log.is_stats)
        },
        b"stopping" => |context| context.world.is_stopping(),
        _ => {
            let acl = named_acls(at, converter.text(1).into_iter())?;
            return with(move |context, sample| (acl(context)? == wanted).then_some(sample));
        }
    };
    with(move |context, sample| (about(context) == wanted).then_some(sample))
}

/// Whether a request or session went to a server.
fn was_forwarded(stream: &Stream) -> bool {
    stream.route.connected_ms > 0
}
