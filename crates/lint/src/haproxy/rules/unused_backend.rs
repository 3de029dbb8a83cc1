//! A backend that nothing leads to.

use haproxy_cfg::model::{Mode, ProxyKind};
use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "unused-backend",
    title: "A backend that nothing leads to",
    level: Severity::Warning,
    why: "No request comes to it, and its servers are checked all the same. Often a use_backend names another one by \
           mistake.",
    mend: "remove it, or write the use_backend that was meant",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    let has_frontend = view.config.proxies.iter().any(|proxy| proxy.kind.is_frontend());
    if !has_frontend || view.computed_targets {
        return;
    }
    let has_agents = view.mentions(b"spoe") > 0;
    for (id, section, proxy) in view.proxies() {
        let named = || view.mentions(&proxy.name) > 1 || view.is_named_inside(&proxy.name);
        // The file of a SPOE filter names its backend.
        if has_agents && proxy.mode != Mode::Http {
            continue;
        }
        if proxy.kind == ProxyKind::Backend && view.users(id).next().is_none() && !named() {
            out.tell(
                section.span(),
                format!("nothing leads to backend '{}'", proxy.name),
            );
        }
    }
}
