//! A statistics page that is reached by an address that moves.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "stats-through-address",
    title: "A statistics page that is reached by an address that moves",
    level: Severity::Warning,
    why: "The address is what clients use, so all of them may ask for the page, and what it says is of whichever node has the address.",
    mend: "let the page listen on an address of the machine or of its management network",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    let addresses = cluster.addresses();
    for proxy in &cluster.proxies {
        for section in proxy
            .config
            .proxies
            .iter()
            .filter(|section| section.stats.is_some())
        {
            for bind in &section.binds {
                if let Some(address) = addresses
                    .iter()
                    .find(|address| super::super::cluster::takes(bind, **address))
                {
                    let message = format!(
                        "the statistics of '{}' can be asked for at {address}",
                        section.name
                    );
                    out.tell(proxy.at(bind.span), message);
                }
            }
        }
    }
}
