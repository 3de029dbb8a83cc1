//! TLS towards servers without looking at their certificates.

use syntax::Severity;

use super::super::view::Line;
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
        // Without TLS nothing is verified, and nothing is claimed to be.
        let over_tls = |line: Line<'_>| {
            ["ssl", "check-ssl"]
                .iter()
                .any(|option| line.server_option(option).is_some())
        };
        let default = view.setting(section, &["default-server"]);
        let any = default.is_some_and(over_tls) || section.server_lines().any(over_tls);
        for line in section.server_lines() {
            let own = over_tls(line) || default.is_some_and(over_tls);
            let counts = own || (line.is(&["default-server"]) && (any || section.keyword() == b"defaults"));
            if counts && line.server_value("verify") == Some(b"none") {
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
