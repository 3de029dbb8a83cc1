//! A server with a cookie in a backend without one.

use haproxy_cfg::model::Mode;
use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "server-cookie-without-cookie",
    title: "A server with a cookie in a backend without one",
    level: Severity::Warning,
    why: "Without cookie in the backend, the value on the server is never sent and never looked for: clients are not \
           kept at their server.",
    mend: "add a line such as 'cookie SRV insert indirect nocache' to the backend, or take the values away",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, section, proxy) in view.proxies() {
        let learned = section.last(&["appsession"]).is_some();
        if proxy.cookie.is_some() || proxy.mode != Mode::Http || learned {
            continue;
        }
        let lines = section.server_lines();
        if let Some(line) = lines
            .into_iter()
            .find(|line| line.server_option("cookie").is_some())
        {
            let message = format!("a server has a cookie, and backend '{}' has none", proxy.name);
            out.tell(line.option_span("cookie"), message);
        }
    }
}
