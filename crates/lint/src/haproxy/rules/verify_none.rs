//! TLS towards servers without looking at their certificates.

use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "verify-none",
    title: "TLS towards servers without looking at their certificates",
    level: Severity::Warning,
    why: "Anybody who gets between the proxy and the server can read and change everything: the encryption protects \
           against nobody.",
    mend: "write 'verify required' with a ca-file that holds the authority of the servers, and verifyhost or sni where \
           names are known",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for section in &view.sections {
        for line in section.server_lines() {
            if line.server_value("verify") == Some(b"none") {
                out.tell(
                    line.option_span("verify"),
                    "the server's certificate is not verified",
                );
            }
        }
        for line in section.all(&["ssl-server-verify", "none"]) {
            out.tell(line.span(), "certificates of servers are not verified");
        }
    }
}
