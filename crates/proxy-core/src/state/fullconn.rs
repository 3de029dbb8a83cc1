//! When a backend counts as full: `fullconn`, or a tenth of what the frontends that may send to it take.

use std::collections::HashSet;

use haproxy_cfg::model::{Config, ProxyId, SwitchTarget};

/// `fullconn` by proxy, given or counted, sessions. `process` is the limit of the process, for frontends that the file gives none.
#[must_use]
pub(crate) fn full_connections(config: &Config, process: u32) -> Vec<u32> {
    let mut sums = vec![0u64; config.proxies.len()];
    for (at, proxy) in config.proxies.iter().enumerate() {
        let id = ProxyId(at as u32);
        if !proxy.kind.is_frontend() {
            continue;
        }
        // The file's limits: what is set later does not change it.
        let maxconn = proxy.maxconn.or(config.global.maxconn);
        let maxconn = u64::from(maxconn.unwrap_or(process));
        let mut reached: HashSet<ProxyId> = proxy
            .use_backend
            .iter()
            .filter_map(|rule| match rule.backend {
                SwitchTarget::Backend(backend) => Some(backend),
                SwitchTarget::Named(_) => None,
            })
            .collect();
        reached.extend(proxy.default_backend);
        if proxy.kind.is_backend() {
            reached.insert(id);
        }
        for backend in reached {
            sums[backend.0 as usize] += maxconn;
        }
    }
    sums.iter()
        .zip(&config.proxies)
        .map(|(sum, proxy)| {
            let counted = u32::try_from(sum.div_ceil(10)).unwrap_or(u32::MAX);
            proxy.fullconn.unwrap_or(counted.max(1))
        })
        .collect()
}
