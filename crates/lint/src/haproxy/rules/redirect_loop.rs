//! A redirection to https that meets requests over TLS as well.

use syntax::Severity;
use syntax::{Applicability, Span};

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "redirect-loop",
    title: "A redirection to https that meets requests over TLS as well",
    level: Severity::Warning,
    why: "Clients that come over TLS are sent to where they are: browsers give up with too many redirects.",
    mend: "add 'unless { ssl_fc }'",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, section, proxy) in view.proxies() {
        if !View::speaks_tls(proxy) {
            continue;
        }
        for line in &section.lines {
            let from = match line.word(0) {
                b"redirect" => 0,
                b"http-request" if line.word(1) == b"redirect" => 1,
                _ => continue,
            };
            let to_https =
                line.word(from + 1) == b"scheme" && line.word(from + 2).eq_ignore_ascii_case(b"https");
            if to_https && line.condition() == line.words.len() {
                let span = line.span();
                let behind = Span::new(span.file, span.end, span.end);
                let finding = out.finding(span, "this redirects what came over TLS to TLS");
                out.add(finding.fix(
                    "only what did not come over TLS",
                    behind,
                    " unless { ssl_fc }",
                    Applicability::MaybeIncorrect,
                ));
            }
        }
    }
}
