//! Two listeners of one address.

use haproxy_cfg::model::Address;
use rustc_hash::FxHashMap;
use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "duplicate-bind",
    title: "Two listeners of one address",
    level: Severity::Warning,
    why: "With SO_REUSEPORT both are opened, and the kernel gives each connection to one of them by chance.",
    mend: "remove one of them, or give it another address or port",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    let mut seen = FxHashMap::default();
    for (_, _, proxy) in view.proxies() {
        for bind in &proxy.binds {
            let key = match &bind.address {
                Address::Inet(address) if address.port() != 0 => address.to_string(),
                Address::Unix(path) => path.to_string(),
                _ => continue,
            };
            if bind.written.starts_with(b"quic") || bind.written.starts_with(b"udp") {
                continue;
            }
            let key = (key, bind.interface.clone(), bind.namespace.clone());
            match seen.get(&key) {
                None => {
                    seen.insert(key, (bind.span, &proxy.name));
                }
                Some((first, name)) => {
                    let message = format!(
                        "'{}' is listened on twice, in '{name}' and in '{}'",
                        bind.written, proxy.name
                    );
                    let place = |span| view.line(span).map_or(span, |line| line.span_of(1));
                    out.add(
                        out.finding(place(bind.span), message)
                            .label(place(*first), "first here"),
                    );
                }
            }
        }
    }
}
