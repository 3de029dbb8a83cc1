//! Rules on certificates of clients that are not asked for any.

use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "client-certificate-not-asked",
    title: "Rules on certificates of clients that are not asked for any",
    level: Severity::Warning,
    why: "Without 'verify optional' or 'verify required' and a ca-file no client shows its certificate: the rules see \
           none.",
    mend: "add 'ca-file FILE verify optional' to the bind line",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, section, proxy) in view.proxies() {
        let mut over_tls = proxy.binds.iter().filter_map(|bind| bind.ssl.as_ref()).peekable();
        if over_tls.peek().is_none() {
            continue;
        }
        let asks = |ssl: &haproxy_cfg::model::BindSsl| {
            let own = ssl
                .certificates
                .iter()
                .any(|certificate| certificate.own.is_some());
            ssl.verify.0 || own || ssl.may_lack_certificates
        };
        if over_tls.any(asks) {
            continue;
        }
        let used = section.lines.iter().find_map(|line| {
            let of_client = |word: &&haproxy_cfg::ReadWord| {
                let has = |text: &[u8]| memchr::memmem::find(&word.text, text).is_some();
                has(b"ssl_c_") || has(b"ssl_fc_has_crt")
            };
            line.words.iter().find(of_client)
        });
        if let Some(word) = used {
            out.tell(
                word.span,
                format!("no listener of '{}' asks clients for a certificate", proxy.name),
            );
        }
    }
}
