//! Fetches of what TLS handshakes agreed on: with the client (`ssl_fc_…`, `ssl_c_…`) and with the server (`ssl_bc_…`).

use super::{Fetch, Row, nothing, row, single};
use crate::openssl_ciphers;
use crate::sample::{CertificateVerdict, Sample, SampleContext, Tls};
use crate::stream::{NO_CIPHER, ServerHandshake, failure};

pub(super) const ROWS: &[Row] = &[
    row(&["ssl_fc_protocol"], |_, _| {
        with(|_, tls| Some(Sample::Str(tls.version.as_bytes())))
    }),
    row(&["ssl_fc_cipher"], |_, _| {
        with(|_, tls| Some(Sample::Str(tls.cipher.as_bytes())))
    }),
    row(&["ssl_fc_alg_keysize", "ssl_fc_use_keysize"], |_, _| {
        with(|_, tls| bits(tls.cipher))
    }),
    row(&["ssl_fc_alpn"], |_, _| {
        with(|_, tls| Some(Sample::Str(tls.alpn?)))
    }),
    row(&["ssl_fc_sni"], |_, _| {
        with(|_, tls| Some(Sample::Str(tls.server_name?)))
    }),
    row(&["ssl_fc_curve"], |_, _| {
        with(|_, tls| Some(Sample::Str(tls.curve?.as_bytes())))
    }),
    // These two say no without TLS, where others say nothing.
    row(&["ssl_fc_has_sni"], |_, _| {
        single(|context| {
            let tls = context.world.tls();
            Some(Sample::Bool(tls.is_some_and(|tls| tls.server_name.is_some())))
        })
    }),
    row(&["ssl_fc_is_resumed"], |_, _| {
        single(|context| {
            let tls = context.world.tls();
            Some(Sample::Bool(tls.is_some_and(|tls| tls.resumed)))
        })
    }),
    // Of an earlier handshake the certificate is known, but not in this one.
    row(&["ssl_fc_has_crt"], |_, _| {
        with(|context, tls| {
            let given = context.world.client_certificate(0).is_some();
            Some(Sample::Bool(given && !tls.resumed))
        })
    }),
    row(&["ssl_c_used"], |_, _| {
        with(|context, _| Some(Sample::Bool(context.world.client_certificate(0).is_some())))
    }),
    // Early data is not taken.
    row(&["ssl_fc_has_early", "ssl_fc_early_rcvd"], |_, _| {
        with(|_, _| Some(Sample::Bool(false)))
    }),
    // NPN went with TLS 1.2's first years.
    row(&["ssl_fc_npn", "ssl_bc_npn"], |_, _| nothing()),
    row(&["ssl_c_err"], |_, _| verdict(|verdict| verdict.error)),
    row(&["ssl_c_ca_err"], |_, _| {
        verdict(|verdict| verdict.error_of_authorities)
    }),
    row(&["ssl_c_ca_err_depth"], |_, _| verdict(|verdict| verdict.depth)),
    row(&["ssl_c_verify"], |_, _| verdict(|verdict| verdict.result)),
    row(&["ssl_fc_err"], |_, _| {
        single(|context| {
            let failed = context.client.tls_failure;
            (failed != 0 || context.world.tls().is_some())
                .then(|| Sample::Int(failure::tls_code(failed).into()))
        })
    }),
    row(&["ssl_fc_err_str"], |_, _| {
        single(|context| described(context, context.client.tls_failure))
    }),
    // Without a server there is none, with one in clear there is no.
    row(&["ssl_bc"], |_, _| {
        single(|context| {
            let route = &context.stream?.route;
            route.server?;
            Some(Sample::Bool(route.tls.is_some()))
        })
    }),
    row(&["ssl_bc_protocol"], |_, _| {
        behind(|_, tls| Some(Sample::Str(tls.version.as_bytes())))
    }),
    row(&["ssl_bc_cipher"], |_, _| {
        behind(|_, tls| Some(Sample::Str(tls.cipher.as_bytes())))
    }),
    row(&["ssl_bc_alg_keysize", "ssl_bc_use_keysize"], |_, _| {
        behind(|_, tls| bits(tls.cipher))
    }),
    row(&["ssl_bc_alpn"], |_, _| {
        behind(|_, tls| Some(Sample::Str(tls.alpn.as_deref()?)))
    }),
    row(&["ssl_bc_sni"], |_, _| {
        behind(|_, tls| Some(Sample::Str(tls.name.as_deref()?)))
    }),
    row(&["ssl_bc_curve"], |_, _| {
        behind(|_, tls| Some(Sample::Str(tls.curve?.as_bytes())))
    }),
    row(&["ssl_bc_is_resumed"], |_, _| {
        single(|context| {
            let tls = context.stream?.route.tls.as_ref();
            Some(Sample::Bool(tls.is_some_and(|tls| tls.resumed)))
        })
    }),
    row(&["ssl_bc_err"], |_, _| {
        // Nothing is known to have gone wrong with one that is under way.
        behind(|_, tls| {
            (tls.failure != 0 || tls.cipher != NO_CIPHER)
                .then(|| Sample::Int(failure::tls_code(tls.failure).into()))
        })
    }),
    row(&["ssl_bc_err_str"], |_, _| {
        behind(|context, tls| described(context, tls.failure))
    }),
];

/// A fetch of the handshake with the client.
fn with<F>(fetch: F) -> Result<Box<dyn Fetch>, String>
where
    F: for<'a> Fn(&SampleContext<'a>, Tls<'a>) -> Option<Sample<'a>> + Send + Sync + 'static,
{
    single(move |context| {
        let tls = context.world.tls()?;
        fetch(context, tls)
    })
}

/// A fetch of the handshake with the server.
fn behind<F>(fetch: F) -> Result<Box<dyn Fetch>, String>
where
    F: for<'a> Fn(&SampleContext<'a>, &'a ServerHandshake) -> Option<Sample<'a>> + Send + Sync + 'static,
{
    single(move |context| fetch(context, context.stream?.route.tls.as_deref()?))
}

/// A fetch of what was found wrong with the client's certificate.
fn verdict(of: fn(CertificateVerdict) -> u32) -> Result<Box<dyn Fetch>, String> {
    with(move |context, _| Some(Sample::Int(of(context.world.client_verdict()).into())))
}

/// The bits of a cipher's key.
fn bits(cipher: &str) -> Option<Sample<'static>> {
    openssl_ciphers::bits_of(cipher).map(|bits| Sample::Int(bits.into()))
}

/// The error code of a failure, and what it means.
fn described<'a>(context: &SampleContext<'a>, reason: u16) -> Option<Sample<'a>> {
    let words = failure::of_tls(reason)?;
    let code = failure::tls_code(reason);
    let text = format!("error:{code:08X}:SSL routines::{words}");
    Some(Sample::Str(context.arena.copy(text.as_bytes())))
}
