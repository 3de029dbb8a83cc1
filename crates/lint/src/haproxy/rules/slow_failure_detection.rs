//! A server whose failure is seen after more than a minute.

use syntax::Severity;

use super::super::values::shown;
use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "slow-failure-detection",
    title: "A server whose failure is seen after more than a minute",
    level: Severity::Warning,
    why: "A server is down only after fall failed checks, inter apart. Until then its clients get errors.",
    mend: "make inter shorter or fall smaller, or write fastinter, which holds once a check has failed",
    check,
};

/// Milliseconds until which a failure should have been seen.
const LIMIT: u64 = 60_000;

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, _, proxy) in view.proxies() {
        for server in proxy
            .servers
            .iter()
            .filter(|server| server.check.enabled && !server.unlisted)
        {
            let check = &server.check;
            let between = u64::from(check.fastinter.unwrap_or(check.inter));
            let needed = u64::from(check.inter) + between * u64::from(check.fall.saturating_sub(1));
            if needed <= LIMIT {
                continue;
            }
            let place = view
                .line(server.span)
                .map_or(server.span, |line| line.option_span("inter"));
            let message = format!(
                "a failure of server '{}' is seen only after {}",
                server.name,
                shown(needed)
            );
            out.tell(place, message);
            // The others of the backend are mostly the same.
            break;
        }
    }
}
