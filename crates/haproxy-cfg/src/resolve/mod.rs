//! From the as-written to the resolved model: defaults inherited, names found, dialects applied; and what can only be told
//! of a whole configuration.

mod arguments;
mod captures;
mod check_port;
mod check_script;
mod checks;
mod compression;
mod filters;
mod formats;
mod http_only;
mod ids;
mod inherit;
mod log_backend;
mod names;
mod proxy;
mod rule_names;
mod rules;
mod sections;
mod server;
mod server_line;
mod server_tls;
mod spoe;
mod state_file;
mod tables;
mod tracking;
mod without_server;

use syntax::{Context, Diagnostic};

use crate::model::{Acl, Config, Proxy};
use crate::parse::Reading;
use crate::written::ProxySection;

/// Resolves all that was read. Faults are told to `reading`; what is faulty is left out.
pub(crate) fn resolve(reading: &mut Reading<'_>) -> Config {
    names::tell_duplicates(reading);
    names::references(reading);
    arguments::references(reading);
    rule_names::tell_unknown(reading);
    rule_names::tell_unfit_defaults(reading);
    sections::check(reading);
    let ids = ids::proxies(reading);
    let mut written: Vec<Box<ProxySection>> = std::mem::take(&mut reading.written.proxies);
    server::look_up(reading, &mut written);
    // The lines of ACLs are the same in the model.
    let acls: Vec<Vec<Acl>> = written
        .iter_mut()
        .map(|section| section.more.written_mut())
        .map(|more| more.map_or_else(Vec::new, |more| std::mem::take(&mut more.acls.lines)))
        .collect();
    let modes: Vec<_> = written
        .iter()
        .map(|section| inherit::Inherited::new(reading, section).mode())
        .collect();
    arguments::mode_notes(reading, &modes);
    spoe::check(reading, &written, &modes);
    let names = names::Names::new(&written, &modes);
    let mut proxies: Vec<Proxy> = Vec::with_capacity(written.len());
    for (index, ((section, id), acls)) in written.iter().zip(ids).zip(acls).enumerate() {
        let mut proxy = proxy::build(reading, section, id, acls);
        if proxy.kind.is_frontend() {
            let mut captures = reading.written.captures.remove(&index);
            captures::inherit(&mut proxy, &mut captures);
            proxy.captures = captures.map(Box::new);
        }
        if !proxy.disabled {
            names::switches(reading, index, &mut proxy, &names);
            checks::proxy(reading, section, &mut proxy);
            http_only::check(reading, section, &proxy);
            log_backend::check(reading, section, &mut proxy);
            server::check_servers(reading, section, &proxy);
            proxy.state_file = state_file::of_proxy(reading, section);
            server_line::check(reading, section, &proxy);
            server_line::multiplexers(reading, section, &proxy);
        }
        filters::check(reading, section, &proxy);
        server_line::agents(reading, section);
        server_line::healthchecks(reading, section);
        if !proxy.kind.is_frontend() {
            // Judged, but nothing that could be done.
            proxy.default_backend = None;
            proxy.use_backend = Vec::new();
        }
        if !proxy.disabled {
            without_server::add(reading, section, &mut proxy);
        }
        proxies.push(proxy);
    }
    for (server, tracked) in tracking::check(reading, &written) {
        tracking::link(&mut proxies, &server, &tracked);
    }
    let mut unresolved = None;
    for (section, proxy) in written.iter().zip(&proxies) {
        if !proxy.disabled {
            unresolved = server::tell_unresolved(reading, section).or(unresolved);
        }
    }
    if let Some(span) = unresolved {
        let message = "Failed to initialize server(s) addr.";
        let told = Diagnostic::alert("unresolved-address", message)
            .at(span)
            .context(Context::Whole);
        reading.tell(told.help("write addresses, or names that resolve, as said above"));
    }
    log_backend::targets(reading, &proxies);
    let other_listeners = other_listeners(reading, &written, &proxies);
    reading.written.proxies = written;
    let tables = tables::build(reading, &proxies);
    let counters_file = state_file::counters(reading);
    let state_file = state_file::global(reading);
    tables::check_written(reading, &tables);
    tables::check_bandwidth(reading, &proxies, &tables);
    Config {
        tables,
        global: std::mem::take(&mut reading.written.global),
        proxies,
        other_listeners,
        sections: sections::build(reading),
        state_file,
        counters_file,
        patterns: crate::parse::patterns::numbered(reading),
        key_files: std::mem::take(&mut reading.written.key_files),
        files: reading
            .sources
            .files()
            .map(|(_, file)| file.name().as_bytes().to_vec().into())
            .collect(),
        dialect: reading.dialect,
        environment: std::mem::take(&mut reading.variables).into_model(),
    }
}

/// Whether the original finds a listener beside those of frontends.
fn other_listeners(reading: &Reading<'_>, written: &[Box<ProxySection>], proxies: &[Proxy]) -> bool {
    let in_backend = written
        .iter()
        .zip(proxies)
        .any(|(section, proxy)| section.idle_binds && !proxy.disabled);
    let of_peers = reading.written.beside.peers.iter().any(|section| {
        !section.disabled && section.listener.is_some() && section.peers.iter().any(|peer| peer.local)
    });
    in_backend || of_peers
}
