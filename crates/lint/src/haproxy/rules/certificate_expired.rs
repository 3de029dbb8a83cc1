//! A certificate that has expired.

use syntax::Severity;

use super::super::certificate::of_lines;
use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "certificate-expired",
    title: "A certificate that has expired",
    level: Severity::Warning,
    why: "Clients refuse it. haproxy loads it without a word, so the first to notice are users.",
    mend: "put a new certificate in the file and reload",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    let now = view.facts.now();
    for (span, path, certificates) in of_lines(view) {
        for certificate in certificates.iter().filter(|certificate| certificate.until < now) {
            let days = (now - certificate.until) / 86_400;
            let name = &certificate.name;
            out.tell(
                span,
                format!("the certificate of '{name}' in {path} expired {days} days ago"),
            );
        }
    }
}
