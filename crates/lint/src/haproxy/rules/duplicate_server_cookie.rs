//! Two servers with one cookie.

use rustc_hash::FxHashMap;
use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "duplicate-server-cookie",
    title: "Two servers with one cookie",
    level: Severity::Warning,
    why: "A client of the second comes to the first with its next request, and loses what the second knows of it.",
    mend: "give each server a cookie of its own",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, _, proxy) in view.proxies() {
        if proxy.cookie.is_none() {
            continue;
        }
        let mut seen = FxHashMap::default();
        // A backup may take over the clients of another one on purpose.
        for server in proxy
            .servers
            .iter()
            .filter(|server| !server.unlisted && !server.backup)
        {
            let Some(cookie) = &server.cookie else { continue };
            match seen.get(cookie) {
                None => {
                    seen.insert(cookie, server.span);
                }
                Some(first) if *first != server.span => {
                    let place = |span| view.line(span).map_or(span, |line| line.option_span("cookie"));
                    let finding = out.finding(
                        place(server.span),
                        format!("another server has the cookie '{cookie}'"),
                    );
                    out.add(finding.label(place(*first), "this one"));
                }
                Some(_) => {}
            }
        }
    }
}
