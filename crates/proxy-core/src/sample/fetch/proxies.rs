//! Fetches of proxies and their servers.

use haproxy_cfg::model::{Config, Sample as Written};

use super::{Row, nothing, row, single};
use crate::sample::Sample;
use crate::sample::expression::Compile;

pub(super) const ROWS: &[Row] = &[
    row(&["fe_name"], |_, _| {
        single(|context| Some(Sample::Str(&context.config.proxy(context.client.frontend).name)))
    }),
    row(&["be_name"], |_, _| {
        single(|context| Some(Sample::Str(&context.config.proxy(context.backend()?).name)))
    }),
    row(&["nbsrv"], |at, sample| match named(at, sample) {
        None => nothing(),
        Some(index) => {
            let (backup, all) = backups(at.config, index);
            single(move |context| {
                let state = context.runtime.proxies.get(index)?;
                Some(Sample::Int(crate::balance::servers_in_use(state, &backup, all)))
            })
        }
    }),
    row(&["fe_conn"], |at, sample| match named(at, sample) {
        None => nothing(),
        Some(index) => single(move |context| {
            Some(Sample::Int(
                context.runtime.proxies.get(index)?.fe_sessions.get().into(),
            ))
        }),
    }),
    row(&["be_conn"], |at, sample| match named(at, sample) {
        None => nothing(),
        Some(index) => single(move |context| {
            Some(Sample::Int(
                context.runtime.proxies.get(index)?.be_sessions.get().into(),
            ))
        }),
    }),
];

/// The proxy that the first argument names.
fn named(at: Compile<'_>, sample: &Written) -> Option<usize> {
    at.proxy_named(sample.proxy(0))
}

/// By server whether it is a backup, and `option allbackups`.
fn backups(config: &Config, proxy: usize) -> (Box<[bool]>, bool) {
    let proxy = &config.proxies[proxy];
    let backup = proxy.servers.iter().map(|server| server.backup).collect();
    (backup, proxy.options.allbackups)
}
