//! Fetches of what a client's first message of TLS offered, as far as it was kept (`tune.ssl.capture-buffer-size`), and of the secrets
//! of its connection (`tune.ssl.keylog`).

use haproxy_cfg::model::{self, ArgValue};
use xxhash_rust::xxh64::xxh64;

use super::{Fetch, Row, row, single};
use crate::openssl_ciphers;
use crate::sample::{ClientHandshake, Sample, SampleContext};

pub(super) const ROWS: &[Row] = &[
    row(&["ssl_fc_cipherlist_bin"], |_, sample| {
        list(sample, |kept| &kept.ciphers)
    }),
    row(&["ssl_fc_cipherlist_hex"], |_, sample| {
        let honest = is_honest(sample);
        kept(move |context, kept| {
            let mut out = context.arena.bytes(kept.ciphers.len() * 2);
            for number in numbers(&kept.ciphers, honest) {
                out.extend_from_slice(format!("{number:04X}").as_bytes());
            }
            Some(Sample::Bin(out.into_bump_slice()))
        })
    }),
    row(&["ssl_fc_cipherlist_str"], |_, sample| {
        let honest = is_honest(sample);
        kept(move |context, kept| {
            let names: Vec<_> = numbers(&kept.ciphers, honest).map(name_of).collect();
            Some(Sample::Str(context.arena.copy(names.join(",").as_bytes())))
        })
    }),
    row(&["ssl_fc_cipherlist_xxh"], |_, _| {
        kept(|_, kept| Some(Sample::Int(xxh64(&kept.ciphers, 0).cast_signed())))
    }),
    row(&["ssl_fc_extlist_bin"], |_, sample| {
        list(sample, |kept| &kept.extensions)
    }),
    row(&["ssl_fc_eclist_bin"], |_, sample| {
        list(sample, |kept| &kept.groups)
    }),
    row(&["ssl_fc_sigalgs_bin"], |_, sample| {
        list(sample, |kept| &kept.signatures)
    }),
    row(&["ssl_fc_supported_versions_bin"], |_, sample| {
        list(sample, |kept| &kept.versions)
    }),
    row(&["ssl_fc_ecformats_bin"], |_, _| {
        kept(|context, kept| Some(Sample::Bin(context.arena.copy(&kept.formats))))
    }),
    row(&["ssl_fc_protocol_hello_id"], |_, _| {
        kept(|_, kept| Some(Sample::Int(kept.hello_version.into())))
    }),
    row(&["ssl_fc_client_random"], |_, _| {
        single(|context| {
            let kept = context.world.client_handshake()?;
            let random = Some(&kept.random).filter(|random| !random.is_empty())?;
            Some(Sample::Bin(context.arena.copy(random)))
        })
    }),
    // Of TLS 1.2; what is called so in TLS 1.3 opens nothing.
    row(&["ssl_fc_session_key"], |_, _| {
        single(|context| {
            let secret = context.world.client_handshake()?.secret("CLIENT_RANDOM")?;
            Some(Sample::Bin(context.arena.copy(secret)))
        })
    }),
    row(&["ssl_fc_client_handshake_traffic_secret"], |_, _| {
        secret("CLIENT_HANDSHAKE_TRAFFIC_SECRET")
    }),
    row(&["ssl_fc_server_handshake_traffic_secret"], |_, _| {
        secret("SERVER_HANDSHAKE_TRAFFIC_SECRET")
    }),
    row(&["ssl_fc_client_traffic_secret_0"], |_, _| {
        secret("CLIENT_TRAFFIC_SECRET_0")
    }),
    row(&["ssl_fc_server_traffic_secret_0"], |_, _| {
        secret("SERVER_TRAFFIC_SECRET_0")
    }),
    row(&["ssl_fc_exporter_secret"], |_, _| secret("EXPORTER_SECRET")),
];

/// A fetch of the first message, where something was kept of it.
fn kept<F>(fetch: F) -> Result<Box<dyn Fetch>, String>
where
    F: for<'a> Fn(&SampleContext<'a>, &ClientHandshake) -> Option<Sample<'a>> + Send + Sync + 'static,
{
    single(move |context| {
        let kept = context.world.client_handshake()?;
        if kept.hello_version == 0 {
            return None;
        }
        fetch(context, kept)
    })
}

/// A secret of TLS 1.3, in hexadecimal digits.
fn secret(name: &'static str) -> Result<Box<dyn Fetch>, String> {
    single(move |context| {
        let secret = context.world.client_handshake()?.secret(name)?;
        let digits: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
        Some(Sample::Str(context.arena.copy(digits.as_bytes())))
    })
}

/// A list of numbers.
fn list(
    sample: &model::Sample,
    of: for<'a> fn(&'a ClientHandshake) -> &'a Vec<u8>,
) -> Result<Box<dyn Fetch>, String> {
    let honest = is_honest(sample);
    kept(move |context, kept| {
        let bytes = of(kept);
        let mut out = context.arena.bytes(bytes.len());
        for number in numbers(bytes, honest) {
            out.extend_from_slice(&number.to_be_bytes());
        }
        Some(Sample::Bin(out.into_bump_slice()))
    })
}

/// Whether numbers that clients make up so that servers pass over what they do not know (RFC 8701) are left out.
fn is_honest(sample: &model::Sample) -> bool {
    let option = sample.args.first().map(|arg| &arg.value);
    matches!(option, Some(ArgValue::Integer(number)) if number & 1 == 1)
}

fn numbers(bytes: &[u8], honest: bool) -> impl Iterator<Item = u16> {
    let all = bytes
        .as_chunks::<2>()
        .0
        .iter()
        .map(|pair| u16::from_be_bytes(*pair));
    all.filter(move |number| !honest || !is_made_up(*number))
}

fn is_made_up(number: u16) -> bool {
    let [high, low] = number.to_be_bytes();
    high == low && low & 0x0f == 0x0a
}

/// OpenSSL's name of a suite, or of what is said among suites.
fn name_of(number: u16) -> String {
    match number {
        0x00ff => "TLS_EMPTY_RENEGOTIATION_INFO_SCSV".to_owned(),
        0x5600 => "TLS_FALLBACK_SCSV".to_owned(),
        _ => openssl_ciphers::name_of(number).map_or_else(|| format!("UNKNOWN({number:04X})"), str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_are_made_up_are_left_out_on_demand() {
        let bytes = [0x1a, 0x1a, 0x13, 0x01, 0x0a, 0x1a, 0xfa, 0xfa, 0x0a];
        assert!(numbers(&bytes, true).eq([0x1301, 0x0a1a]));
        assert!(numbers(&bytes, false).eq([0x1a1a, 0x1301, 0x0a1a, 0xfafa]));
    }
}
