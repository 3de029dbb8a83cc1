//! A certificate that expires within 30 days, or is not valid yet.

use syntax::Severity;

use super::super::certificate::of_lines;
use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "certificate-expires-soon",
    title: "A certificate that expires within 30 days, or is not valid yet",
    level: Severity::Warning,
    why: "When it expires clients refuse it, and a renewal that should have come by now may have failed.",
    mend: "renew it; where that is automatic, find out why it did not happen",
    check,
};

/// Seconds before its end in which a certificate is told of.
const SOON: i64 = 30 * 86_400;

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    let now = view.facts.now();
    if now == 0 {
        return;
    }
    for (span, path, certificates) in of_lines(view) {
        for certificate in &certificates {
            let name = &certificate.name;
            let left = certificate.until - now;
            if (0..SOON).contains(&left) {
                let days = left / 86_400;
                out.tell(
                    span,
                    format!("the certificate of '{name}' in {path} expires in {days} days"),
                );
            } else if certificate.since > now {
                out.tell(
                    span,
                    format!("the certificate of '{name}' in {path} is not valid yet"),
                );
            }
        }
    }
}
