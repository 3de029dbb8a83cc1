//! A frontend that may have more connections than the process.

use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "frontend-maxconn-above-global",
    title: "A frontend that may have more connections than the process",
    level: Severity::Warning,
    why: "The process stops accepting at its own maxconn first, for all frontends: this limit never protects the \
           others.",
    mend: "lower it, or raise maxconn of the global section",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    let Some(global) = view.config.global.maxconn else {
        return;
    };
    for (_, section, proxy) in view.proxies() {
        let Some(limit) = proxy
            .maxconn
            .filter(|limit| *limit > global && proxy.kind.is_frontend())
        else {
            continue;
        };
        if let Some(line) = view.setting(section, &["maxconn"]) {
            let message = format!(
                "maxconn {limit} of '{}' is more than the {global} of the process",
                proxy.name
            );
            out.tell(line.span(), message);
        }
    }
}
