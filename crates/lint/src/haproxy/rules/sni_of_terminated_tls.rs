//! The name of a TLS hello that was already read.

use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "sni-of-terminated-tls",
    title: "The name of a TLS hello that was already read",
    level: Severity::Warning,
    why: "req.ssl_sni looks at bytes as they come, for connections that are passed on. Where this listener itself \
           speaks TLS, they are decrypted by then, and it gives nothing.",
    mend: "write ssl_fc_sni",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, section, proxy) in view.proxies() {
        if proxy.binds.is_empty() || proxy.binds.iter().any(|bind| bind.ssl.is_none()) {
            continue;
        }
        for line in &section.lines {
            let word = line.words.iter().find(|word| {
                let has = |text: &[u8]| memchr::memmem::find(&word.text, text).is_some();
                has(b"req_ssl_sni")
                    || has(b"req.ssl_sni")
                    || has(b"req_ssl_hello_type")
                    || has(b"req.ssl_hello_type")
            });
            if let Some(word) = word {
                out.tell(word.span, "there is no TLS hello here: the listener has read it");
            }
        }
    }
}
