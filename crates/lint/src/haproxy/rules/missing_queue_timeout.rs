//! Servers with maxconn and no timeout for the queue.

use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "missing-queue-timeout",
    title: "Servers with maxconn and no timeout for the queue",
    level: Severity::Note,
    why: "Requests beyond maxconn wait in a queue. Without timeout queue they wait as long as timeout connect says, \
           which is meant for something else and mostly too short.",
    mend: "add 'timeout queue' with what a client would wait for",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, _, proxy) in view.proxies() {
        if proxy.timeouts.queue.is_some() {
            continue;
        }
        let limited = proxy
            .servers
            .iter()
            .find(|server| server.maxconn > 0 && !server.unlisted);
        let line = limited.and_then(|server| view.line(server.span));
        // Where the limit comes from default-server, the line of the first server stands for it.
        if let Some(line) = line {
            out.tell(
                line.option_span("maxconn"),
                format!("'{}' has a queue and no 'timeout queue'", proxy.name),
            );
        }
    }
}
