//! A host name in capitals that is compared letter by letter.

use haproxy_cfg::model::{MatchKind, Pattern};
use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "host-in-upper-case",
    title: "A host name in capitals that is compared letter by letter",
    level: Severity::Warning,
    why: "Browsers send host names in small letters, and names know no case: without -i the pattern hardly ever \
           matches.",
    mend: "add -i in front of the patterns, or write small letters",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, _, proxy) in view.proxies() {
        for acl in proxy
            .acls
            .iter()
            .filter(|acl| !acl.ignore_case && acl.files.is_empty())
        {
            let name = super::super::expression::name(acl.sample.fetch.name);
            let is_host = match name {
                "req.hdr" => acl
                    .sample
                    .text(0)
                    .is_some_and(|header| header.eq_ignore_ascii_case(b"host")),
                "ssl_fc_sni" | "req.ssl_sni" => true,
                _ => false,
            };
            if !is_host || !acl.sample.converters.is_empty() || acl.matcher == MatchKind::Reg {
                continue;
            }
            for pattern in acl.patterns.iter() {
                let Pattern::Text(text) = pattern else { continue };
                // A placeholder that somebody fills in is no name.
                if text.iter().any(u8::is_ascii_uppercase) && !text.contains(&b'$') {
                    let place = view.pattern(acl.span, text);
                    out.tell(place, format!("'{text}' is compared letter by letter"));
                }
            }
        }
    }
}
