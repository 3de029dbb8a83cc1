//! Converters of names of proxies and servers to what is known of them.

use haproxy_cfg::model::ProxyKind;

use super::{Row, of_text, row};
use crate::sample::{Sample, SampleContext};
use crate::state::{Health, ServerState};

pub(super) const ROWS: &[Row] = &[
    row(&["nbsrv"], |_, _| {
        of_text(|context, name| {
            let index = backend(context, name)?;
            let state = context.runtime.proxies.get(index)?;
            let proxy = &context.config.proxies[index];
            Some(Sample::Int(crate::balance::servers_in_use(proxy, state)))
        })
    }),
    row(&["srv_queue"], |_, _| {
        of_text(|context, name| Some(Sample::Int(server(context, name)?.queued.get().into())))
    }),
    row(&["srv_is_up"], |_, _| {
        of_text(|context, name| {
            let server = server(context, name)?;
            let is_up = !server.admin().is_maint() && server.health() != Health::Down;
            Some(Sample::Bool(is_up))
        })
    }),
    row(&["fe_exists"], |_, _| {
        of_text(|context, name| {
            let mut proxies = context.config.proxies.iter();
            let found = proxies.any(|proxy| proxy.name == name && proxy.kind != ProxyKind::Backend);
            Some(Sample::Bool(found))
        })
    }),
];

/// The backend of that name.
fn backend(context: &SampleContext<'_>, name: &[u8]) -> Option<usize> {
    let mut proxies = context.config.proxies.iter();
    proxies.position(|proxy| proxy.name == name && proxy.kind != ProxyKind::Frontend)
}

/// The server that `BACKEND/SERVER` names, or `SERVER` of the proxy at hand.
fn server<'a>(context: &SampleContext<'a>, name: &[u8]) -> Option<&'a ServerState> {
    let slash = memchr::memchr(b'/', name);
    let (proxy, name) = match slash {
        Some(slash) => (backend(context, &name[..slash])?, &name[slash + 1..]),
        None => (context.proxy.0 as usize, name),
    };
    let servers = &context.config.proxies.get(proxy)?.servers;
    let index = servers.position(|server| server.name == name)?;
    Some(&context.runtime.proxies.get(proxy)?.servers[index])
}
