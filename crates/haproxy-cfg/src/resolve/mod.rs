//! From the as-written to the resolved model: defaults inherited, names found, dialects applied; and what can only be told
//! of a whole configuration.

mod arguments;
mod checks;
mod ids;
mod inherit;
mod names;
mod proxy;
mod rules;
mod server;

use crate::model::{Config, Proxy};
use crate::parse::Reading;
use crate::written::ProxySection;

/// Resolves all that was read. Faults are told to `reading`; what is faulty is left out.
pub(crate) fn resolve(reading: &mut Reading<'_>) -> Config {
    names::tell_duplicates(reading);
    names::references(reading);
    arguments::references(reading);
    let ids = ids::proxies(reading);
    let names = names::Names::new(reading);
    let written: Vec<ProxySection> = std::mem::take(&mut reading.written.proxies);
    let mut proxies: Vec<Proxy> = Vec::with_capacity(written.len());
    let modes: Vec<_> = written
        .iter()
        .map(|section| inherit::Inherited::new(reading, section).mode())
        .collect();
    arguments::mode_notes(reading, &modes);
    for (section, id) in written.iter().zip(ids) {
        let mut proxy = proxy::build(reading, section, id);
        if !proxy.disabled {
            names::switches(reading, section, &mut proxy, &names, &modes);
            checks::proxy(reading, section, &mut proxy);
            server::check_servers(reading, section, &proxy);
        }
        proxies.push(proxy);
    }
    for (section, proxy) in written.iter().zip(&proxies) {
        if !proxy.disabled {
            server::tell_unresolved(reading, section);
        }
    }
    reading.written.proxies = written;
    Config {
        global: std::mem::take(&mut reading.written.global),
        proxies,
    }
}
