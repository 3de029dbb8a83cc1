//! A listener for HTTP on port 443 without TLS.

use haproxy_cfg::model::{Address, Mode};
use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "clear-bind-on-tls-port",
    title: "A listener for HTTP on port 443 without TLS",
    level: Severity::Warning,
    why: "Browsers begin with a TLS handshake there, which is answered as a bad request.",
    mend: "add 'ssl crt FILE', or 'mode tcp' where servers speak TLS themselves",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, _, proxy) in view.proxies().filter(|(_, _, proxy)| proxy.mode == Mode::Http) {
        for bind in &proxy.binds {
            let on_443 = matches!(&bind.address, Address::Inet(address) if address.port() == 443);
            if on_443 && bind.ssl.is_none() && !bind.accept_proxy {
                let place = view.line(bind.span).map_or(bind.span, |line| line.span_of(1));
                out.tell(place, format!("'{}' speaks HTTP in clear", bind.written));
            }
        }
    }
}
