//! A condition on TLS where no listener speaks it.

use haproxy_cfg::model::{Cond, Polarity};
use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "ssl-fc-without-tls",
    title: "A condition on TLS where no listener speaks it",
    level: Severity::Warning,
    why: "No connection to this frontend is over TLS, so the rule never acts. Often 'ssl' or a bind line was \
           forgotten.",
    mend: "add 'ssl crt FILE' to a bind line, or remove the rule",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, _, proxy) in view.proxies() {
        let hidden = proxy
            .binds
            .iter()
            .any(|bind| bind.ssl.is_some() || bind.accept_proxy);
        if proxy.binds.is_empty() || hidden {
            continue;
        }
        let needs = |cond: &&Cond| {
            cond.polarity == Polarity::If
                && cond.any_of.iter().all(|terms| {
                    terms.iter().any(|term| {
                        let of_tls = |line: &u32| {
                            let name = proxy
                                .acls
                                .get(*line as usize)
                                .map_or("", |acl| acl.sample.fetch.name);
                            name.starts_with("ssl_fc") || name.starts_with("ssl_c_")
                        };
                        !term.negated && !term.acls.is_empty() && term.acls.iter().all(of_tls)
                    })
                })
        };
        let rules = proxy.rules.iter().filter_map(|rule| rule.cond.as_ref());
        let switches = proxy.use_backend.iter().filter_map(|rule| rule.cond.as_ref());
        for cond in rules.chain(switches).filter(needs) {
            out.tell(cond.span, format!("no listener of '{}' speaks TLS", proxy.name));
        }
    }
}
