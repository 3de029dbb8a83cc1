//! What means something in HTTP mode alone, and stands in a proxy of another mode. Rules and options are told of in `checks`.

use syntax::{Context, Diagnostic};

use super::inherit::Inherited;
use crate::model::{Mode, Proxy};
use crate::parse::Reading;
use crate::written::ProxySection;

/// Tells about one proxy that is not disabled.
pub(super) fn check(reading: &mut Reading<'_>, section: &ProxySection, proxy: &Proxy) {
    if proxy.mode == Mode::Http {
        return;
    }
    let kind = Reading::proxy_words(proxy.kind);
    let name = &proxy.name;
    let inherited = Inherited::new(reading, section);
    let hash = inherited
        .of(proxy.kind.is_backend())
        .find_map(|settings| settings.request_hash.as_ref())
        .filter(|hash| hash.value);
    let monitor = inherited
        .of(proxy.kind.is_frontend())
        .find_map(|settings| settings.monitor_uri.as_ref());
    let told = [
        hash.map(|hash| {
            let message = format!(
                "Layer 7 hash not possible for {kind} '{name}' (needs 'mode http'). Falling back to round robin."
            );
            (hash.span, message, "write: mode http, or: balance source")
        }),
        monitor.map(|uri| {
            let message = format!("monitor-uri will be ignored for {kind} '{name}' (needs 'mode http').");
            (uri.span, message, "write: mode http")
        }),
    ];
    for (span, message, help) in told.into_iter().flatten() {
        let told = Diagnostic::warning("needs-http", message)
            .at(span)
            .context(Context::Whole);
        reading.tell(told.help(help));
    }
}
