//! A condition whose parts exclude each other.

use haproxy_cfg::model::{Cond, Polarity, Proxy};
use syntax::Severity;

use super::super::conditions::Conditions;
use super::super::logic::satisfiable;
use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "never-matching-condition",
    title: "A condition whose parts exclude each other",
    level: Severity::Warning,
    why: "All parts of it must hold at once, and they cannot: a request has one host, one path, one source. The rule \
           never acts.",
    mend: "write 'or' between alternatives, or give both ACLs one name: lines of one name are alternatives",
    check,
};

/// Steps after which nothing is claimed.
const STEPS: usize = 2_000;

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, _, proxy) in view.proxies() {
        let mut conditions = Conditions::new(proxy);
        for cond in conditions_of(proxy) {
            if cond.polarity != Polarity::If {
                continue;
            }
            for terms in cond.any_of.iter().filter(|terms| terms.len() > 1) {
                let Some(formula) = conditions.all(terms) else {
                    continue;
                };
                if satisfiable(&[&formula], &conditions.tests, STEPS) == Some(false) {
                    let which = if cond.any_of.len() > 1 {
                        "an alternative of this condition"
                    } else {
                        "this condition"
                    };
                    out.tell(cond.span, format!("{which} can never hold"));
                    break;
                }
            }
        }
    }
}

/// The conditions of a proxy's rules.
fn conditions_of(proxy: &Proxy) -> impl Iterator<Item = &Cond> {
    let rules = proxy.rules.iter().filter_map(|rule| rule.cond.as_ref());
    let switches = proxy.use_backend.iter().filter_map(|rule| rule.cond.as_ref());
    let servers = proxy
        .steering
        .iter()
        .flat_map(|steering| steering.servers.iter().map(|(_, cond, _)| cond));
    rules.chain(switches).chain(servers)
}
