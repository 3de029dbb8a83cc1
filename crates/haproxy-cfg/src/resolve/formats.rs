//! Formats of proxies: which line gives each, and what is wrong with it for the proxy that uses it.

use syntax::{Context, Diagnostic};

use super::inherit::Inherited;
use crate::model::{Mode, Proxy};
use crate::parse::Reading;
use crate::written::{FormatKind, ProxySection, Set};

/// Tells about one proxy that is not disabled.
pub(super) fn check(reading: &mut Reading<'_>, section: &ProxySection, proxy: &Proxy) {
    line_of_log(reading, section, proxy);
    faults(reading, section, proxy);
}

fn line_of_log(reading: &mut Reading<'_>, section: &ProxySection, proxy: &Proxy) {
    let (kind, name) = (Reading::proxy_words(proxy.kind), &proxy.name);
    let inherited = Inherited::new(reading, section);
    let words = inherited
        .of(proxy.kind.is_frontend())
        .find_map(|settings| settings.format(FormatKind::Log))
        .map(|line| Set::new(line.words, line.span));
    let structured = inherited
        .find(|settings| settings.format(FormatKind::Structured))
        .map(|line| line.span);
    if let Some(words) = &words
        && proxy.mode == Mode::Tcp
        && words.value.starts_with("option http")
    {
        let option = words.value.trim_end_matches(" clf");
        let message = format!(
            "'{option}' not usable with {kind} '{name}' (needs 'mode http'). Falling back to 'option tcplog'."
        );
        reading.tell(
            Diagnostic::warning("needs-http", message)
                .at(words.span)
                .help("write: option tcplog, or: mode http"),
        );
    }
    let span = words.map(|words| words.span).or(structured);
    if let Some(span) = span.filter(|_| proxy.logs.is_empty() && proxy.kind.is_frontend()) {
        let message = format!("log format ignored for {kind} '{name}' since it has no log address.");
        reading.tell(
            Diagnostic::warning("no-log-address", message)
                .at(span)
                .context(Context::Whole)
                .help("add: log 127.0.0.1 local0, or 'log' in global and 'log global'"),
        );
    }
}

/// Tells what is wrong with the formats that a proxy uses.
fn faults(reading: &mut Reading<'_>, section: &ProxySection, proxy: &Proxy) {
    let inherited = Inherited::new(reading, section);
    let kinds = [
        FormatKind::Log,
        FormatKind::Structured,
        FormatKind::Error,
        FormatKind::UniqueId,
    ];
    let told: Vec<Diagnostic> = kinds
        .into_iter()
        .filter_map(|kind| {
            let used = proxy.kind.is_frontend() || kind == FormatKind::UniqueId;
            inherited.of(used).find_map(|settings| settings.format(kind))
        })
        .flat_map(|line| &line.faults)
        .filter(|(mode, _)| mode.is_none_or(|mode| mode == proxy.mode))
        .map(|(_, told)| told.clone())
        .collect();
    for told in told {
        reading.tell(told);
    }
}
