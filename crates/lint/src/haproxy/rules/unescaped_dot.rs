//! A dot in a regular expression for hosts that stands for any character.

use haproxy_cfg::model::{MatchKind, Pattern};
use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "unescaped-dot",
    title: "A dot in a regular expression for hosts that stands for any character",
    level: Severity::Note,
    why: "'www.example.com' as an expression also matches 'wwwxexample.com', which somebody else may own.",
    mend: "write a backslash in front of the dot, or compare with -m str or -m end",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, _, proxy) in view.proxies() {
        for acl in proxy
            .acls
            .iter()
            .filter(|acl| acl.matcher == MatchKind::Reg && acl.files.is_empty())
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
            for pattern in acl.patterns.iter().filter(|_| is_host) {
                let Pattern::Text(text) = pattern else { continue };
                if has_bare_dot(text) {
                    out.tell(
                        view.pattern(acl.span, text),
                        format!("a dot of '{text}' stands for any character"),
                    );
                }
            }
        }
    }
}

/// Whether a dot stands between two letters or digits, and so was meant to be a dot.
fn has_bare_dot(text: &[u8]) -> bool {
    let mut inside = false;
    text.iter().enumerate().any(|(at, byte)| {
        match byte {
            b'[' => inside = true,
            b']' => inside = false,
            _ => {}
        }
        let letter = |at: Option<usize>| {
            at.and_then(|at| text.get(at))
                .is_some_and(u8::is_ascii_alphanumeric)
        };
        *byte == b'.' && !inside && letter(at.checked_sub(1)) && letter(Some(at + 1))
    })
}
