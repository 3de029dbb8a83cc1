//! Digests of bytes, with a key and without one, and comparing secrets.

mod algorithm;

use haproxy_cfg::model::ArgValue;
use subtle::ConstantTimeEq as _;

use super::argument::{Secret, bytes_of, integer, text};
use super::{Row, of_text, row};
use crate::sample::Sample;
pub(super) use algorithm::Algorithm;

pub(super) const ROWS: &[Row] = &[
    row(&["sha1"], |_, _| plain(Some("sha1"))),
    row(&["sha2"], |_, converter| {
        plain(match integer(converter, 0) {
            Some(224) => Some("sha224"),
            Some(384) => Some("sha384"),
            Some(512) => Some("sha512"),
            _ => Some("sha256"),
        })
    }),
    row(&["digest"], |_, converter| {
        plain(text(converter, 0).and_then(|name| std::str::from_utf8(name).ok()))
    }),
    row(&["hmac"], |_, converter| {
        let algorithm = text(converter, 0)
            .and_then(|name| std::str::from_utf8(name).ok())
            .and_then(Algorithm::named);
        let key = Secret::of(converter, 1);
        of_text(move |context, bytes| {
            let key = key.as_ref()?.bytes(context)?;
            let mut out = context.arena.bytes(64);
            (algorithm?.keyed?)(key, bytes, &mut out);
            Some(Sample::Bin(out.into_bump_slice()))
        })
    }),
    row(&["secure_memcmp"], |_, converter| {
        let kept = match converter.args.first().map(|arg| &arg.value) {
            Some(ArgValue::Variable(variable)) => Some(variable.clone()),
            _ => None,
        };
        of_text(move |context, bytes| {
            let kept = bytes_of(context, context.variable(kept.as_ref()?)?)?;
            // How many bytes are alike must not be seen from how long this takes.
            Some(Sample::Bool(bytes.ct_eq(kept).into()))
        })
    }),
];

/// The digest of that name; OpenSSL knows some that its default provider does not have, and they give nothing.
fn plain(name: Option<&str>) -> Result<Box<dyn super::Convert>, String> {
    let algorithm = name.and_then(Algorithm::named);
    of_text(move |context, bytes| {
        let mut out = context.arena.bytes(64);
        (algorithm?.plain)(bytes, &mut out);
        Some(Sample::Bin(out.into_bump_slice()))
    })
}

#[cfg(test)]
mod tests {
    use crate::sample::convert::recorded::hold_to;

    #[test]
    fn digests_are_those_of_the_original() {
        hold_to("digests");
    }

    #[test]
    fn codes_with_a_key_and_comparisons_are_those_of_the_original() {
        hold_to("keyed");
    }
}
