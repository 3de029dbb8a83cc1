//! Fetches of certificates: the client's (`ssl_c_…`), the one that the client was shown (`ssl_f_…`) and the server's (`ssl_s_…`).

use haproxy_cfg::model::Sample as Written;
use sha1::{Digest as _, Sha1};

use super::{Fetch, Row, row, single};
use crate::certificate::{Certificate, Name};
use crate::sample::{Sample, SampleContext};

pub(super) const ROWS: &[Row] = &[
    row(&["ssl_c_der"], |_, _| der(client)),
    row(&["ssl_f_der"], |_, _| der(own)),
    row(&["ssl_s_der"], |_, _| der(server)),
    row(&["ssl_c_sha1"], |_, _| digest(client)),
    row(&["ssl_f_sha1"], |_, _| digest(own)),
    row(&["ssl_s_sha1"], |_, _| digest(server)),
    row(&["ssl_c_serial"], |_, _| serial(client)),
    row(&["ssl_f_serial"], |_, _| serial(own)),
    row(&["ssl_s_serial"], |_, _| serial(server)),
    row(&["ssl_c_version"], |_, _| version(client)),
    row(&["ssl_f_version"], |_, _| version(own)),
    row(&["ssl_s_version"], |_, _| version(server)),
    row(&["ssl_c_key_alg"], |_, _| text(client, KEY)),
    row(&["ssl_f_key_alg"], |_, _| text(own, KEY)),
    row(&["ssl_s_key_alg"], |_, _| text(server, KEY)),
    row(&["ssl_c_sig_alg"], |_, _| text(client, SIGNATURE)),
    row(&["ssl_f_sig_alg"], |_, _| text(own, SIGNATURE)),
    row(&["ssl_s_sig_alg"], |_, _| text(server, SIGNATURE)),
    row(&["ssl_c_notbefore"], |_, _| text(client, BEGIN)),
    row(&["ssl_f_notbefore"], |_, _| text(own, BEGIN)),
    row(&["ssl_s_notbefore"], |_, _| text(server, BEGIN)),
    row(&["ssl_c_notafter"], |_, _| text(client, END)),
    row(&["ssl_f_notafter"], |_, _| text(own, END)),
    row(&["ssl_s_notafter"], |_, _| text(server, END)),
    row(&["ssl_c_san"], |_, _| text(client, NAMES)),
    row(&["ssl_c_s_dn"], |_, sample| name(client, Side::Subject, sample)),
    row(&["ssl_c_i_dn"], |_, sample| name(client, Side::Issuer, sample)),
    row(&["ssl_f_s_dn"], |_, sample| name(own, Side::Subject, sample)),
    row(&["ssl_f_i_dn"], |_, sample| name(own, Side::Issuer, sample)),
    row(&["ssl_s_s_dn"], |_, sample| name(server, Side::Subject, sample)),
    row(&["ssl_s_i_dn"], |_, sample| name(server, Side::Issuer, sample)),
    // A client's own certificate is not part of its chain, a server's is.
    row(&["ssl_c_chain_der"], |_, _| {
        single(|context| {
            let mut at = 1;
            let mut out = context.arena.bytes(0);
            while let Some(der) = context.world.client_certificate(at) {
                out.extend_from_slice(der);
                at += 1;
            }
            (at > 1).then(|| Sample::Bin(out.into_bump_slice()))
        })
    }),
    row(&["ssl_s_chain_der"], |_, _| {
        single(|context| {
            let handshake = context.stream?.route.tls.as_ref()?;
            let chain: Vec<&[u8]> = handshake.chain.iter().map(|der| &**der).collect();
            (!chain.is_empty() && !handshake.resumed).then(|| Sample::Bin(context.arena.join(&chain)))
        })
    }),
];

/// Where a certificate is taken from.
type From = for<'a> fn(&SampleContext<'a>) -> Option<&'a [u8]>;

fn client<'a>(context: &SampleContext<'a>) -> Option<&'a [u8]> {
    context.world.client_certificate(0)
}

fn own<'a>(context: &SampleContext<'a>) -> Option<&'a [u8]> {
    context.world.own_certificate()
}

fn server<'a>(context: &SampleContext<'a>) -> Option<&'a [u8]> {
    let handshake = context.stream?.route.tls.as_ref()?;
    handshake.chain.first().map(|der| &**der)
}

fn der(from: From) -> Result<Box<dyn Fetch>, String> {
    single(move |context| Some(Sample::Bin(from(context)?)))
}

fn digest(from: From) -> Result<Box<dyn Fetch>, String> {
    single(move |context| Some(Sample::Bin(context.arena.copy(&Sha1::digest(from(context)?)))))
}

fn serial(from: From) -> Result<Box<dyn Fetch>, String> {
    single(move |context| Some(Sample::Bin(Certificate::parse(from(context)?)?.serial())))
}

fn version(from: From) -> Result<Box<dyn Fetch>, String> {
    single(move |context| Some(Sample::Int(Certificate::parse(from(context)?)?.version().into())))
}

/// What is told of a certificate as a text.
type Told = fn(&Certificate<'_>) -> Option<String>;

const KEY: Told = |certificate| Some(certificate.key_algorithm());
const BEGIN: Told = |certificate| certificate.not_before();
const END: Told = |certificate| certificate.not_after();
const NAMES: Told = |certificate| certificate.alternative_names();
const SIGNATURE: Told = |certificate| Some(certificate.signature_algorithm());

fn text(from: From, told: Told) -> Result<Box<dyn Fetch>, String> {
    single(move |context| {
        let told = told(&Certificate::parse(from(context)?)?)?;
        Some(Sample::Str(context.arena.copy(told.as_bytes())))
    })
}

/// Which of its names.
#[derive(Clone, Copy)]
enum Side {
    Subject,
    Issuer,
}

/// `…_dn([ATTRIBUTE[,WHICH[,rfc2253]]])`: without an attribute the whole name, of several attributes the first unless said
/// otherwise.
fn name(from: From, side: Side, sample: &Written) -> Result<Box<dyn Fetch>, String> {
    let attribute = sample.text(0).filter(|name| !name.is_empty()).cloned();
    let which = sample.integer(1).unwrap_or(1);
    let rfc2253 = sample.text(2).is_some_and(|form| !form.is_empty());
    single(move |context| {
        let certificate = Certificate::parse(from(context)?)?;
        let name: Name<'_, '_> = match side {
            Side::Subject => certificate.subject(),
            Side::Issuer => certificate.issuer(),
        };
        let value = match &attribute {
            Some(attribute) => return Some(Sample::Str(name.entry(attribute, which)?)),
            None if rfc2253 => name.rfc2253()?,
            None => name.plain()?,
        };
        Some(Sample::Str(context.arena.copy(&value)))
    })
}
