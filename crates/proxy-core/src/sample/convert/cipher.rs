//! AES, in Galois/counter mode (NIST SP 800-38D) and with chained blocks. Keys and nonces stand in the file or in variables, in
//! base 64; of a key that is longer than its size the first bytes count.

mod aes_modes;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use haproxy_cfg::model::{ArgValue, Converter};
use subtle::ConstantTimeEq as _;

use super::argument::{Secret, integer};
use super::{Convert, Row, of_text, room, row};
use crate::sample::variable::{self, Named};
use crate::sample::{Sample, SampleContext};
pub(super) use aes_modes::{Direction, KeySize, cbc, gcm};

pub(super) const ROWS: &[Row] = &[
    row(&["aes_gcm_dec"], |_, converter| {
        let keys = Keys::of(converter, 4)?;
        let tag = Secret::of(converter, 3);
        of_text(move |context, bytes| {
            let tag = tag.as_ref()?.bytes(context)?;
            keys.apply(context, bytes, |size, key, nonce, aad, data| {
                let right = gcm(size, key, nonce, aad, data, Direction::Decrypt)?;
                // A tag may be shorter than it could be: what there is of it is compared, as in the original.
                let right = right.get(..tag.len()).filter(|right| !right.is_empty())?;
                bool::from(right.ct_eq(tag)).then_some(())
            })
        })
    }),
    row(&["aes_gcm_enc"], |_, converter| {
        let keys = Keys::of(converter, 4)?;
        let Some(ArgValue::Variable(variable)) = converter.args.get(3).map(|arg| &arg.value) else {
            return Err("the tag of 'aes_gcm_enc' is not a variable".to_owned());
        };
        let tagged = Named::new(variable);
        of_text(move |context, bytes| {
            keys.apply(context, bytes, |size, key, nonce, aad, data| {
                let tag = gcm(size, key, nonce, aad, data, Direction::Encrypt)?;
                let text = STANDARD.encode(tag);
                variable::set(context, &tagged, Sample::Str(text.as_bytes())).then_some(())
            })
        })
    }),
    row(&["aes_cbc_dec"], |_, converter| {
        chained(converter, Direction::Decrypt)
    }),
    row(&["aes_cbc_enc"], |_, converter| {
        chained(converter, Direction::Encrypt)
    }),
];

/// Chained blocks with the padding of PKCS #7. Further data, which an argument may give, is no part of that mode.
fn chained(converter: &Converter, direction: Direction) -> Result<Box<dyn Convert>, String> {
    let keys = Keys::of(converter, 3)?;
    of_text(move |context, bytes| {
        keys.apply(context, bytes, |size, key, nonce, _, data| {
            cbc(size, key, nonce.get(..16)?, data, direction)
        })
    })
}

/// What all of them take.
struct Keys {
    size: KeySize,
    nonce: Option<Secret>,
    key: Option<Secret>,
    aad: Option<Secret>,
}

impl Keys {
    /// The arguments; those of `aad`, which is data that is authenticated and not encrypted, stand at `aad`.
    fn of(converter: &Converter, aad: usize) -> Result<Self, String> {
        let size = integer(converter, 0).and_then(KeySize::of_bits);
        Ok(Self {
            size: size.ok_or("key size must be 128, 192 or 256 (bits).")?,
            nonce: Secret::of(converter, 1),
            key: Secret::of(converter, 2),
            aad: Secret::of(converter, aad),
        })
    }

    /// Lets `work` change a copy of `bytes` in place.
    fn apply<'a>(
        &self,
        context: &SampleContext<'a>,
        bytes: &[u8],
        work: impl FnOnce(KeySize, &[u8], &[u8], &[u8], &mut crate::sample::arena::Bytes<'a>) -> Option<()>,
    ) -> Option<Sample<'a>> {
        let nonce = self.nonce.as_ref()?.bytes(context)?;
        let key = self.key.as_ref()?.bytes(context)?.get(..self.size.bytes())?;
        let aad = match &self.aad {
            Some(aad) => aad.bytes(context)?,
            None => &[],
        };
        let mut data = context.arena.bytes(bytes.len() + 16);
        data.extend_from_slice(bytes);
        work(self.size, key, nonce, aad, &mut data)?;
        (data.len() <= room(context)).then_some(Sample::Bin(data.into_bump_slice()))
    }
}

#[cfg(test)]
mod tests;
