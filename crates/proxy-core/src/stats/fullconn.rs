//! The limit that a backend shows: `fullconn`, or a tenth of what the frontends that may send to it take.

use std::collections::HashSet;

use haproxy_cfg::model::{ProxyId, SwitchTarget};

use super::view::StatsView;

/// `fullconn` by proxy, given or counted.
#[must_use]
pub(super) fn by_proxy(view: &StatsView<'_>) -> Vec<u32> {
    let mut sums = vec![0u64; view.config.proxies.len()];
    for (id, proxy) in view.proxies() {
        if !proxy.kind.is_frontend() {
            continue;
        }
        // The file's limits: what is set later does not change it.
        let maxconn = proxy.maxconn.or(view.config.global.maxconn);
        let maxconn = u64::from(maxconn.unwrap_or_else(|| view.maxconn()));
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
        .zip(&view.config.proxies)
        .map(|(sum, proxy)| {
            let counted = u32::try_from(sum.div_ceil(10)).unwrap_or(u32::MAX);
            proxy.fullconn.unwrap_or(counted.max(1))
        })
        .collect()
}
