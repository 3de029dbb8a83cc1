//! What the original warns of once a proxy is whole.

use syntax::{Context, Diagnostic, Span};

use super::inherit::Inherited;
use crate::model::{Address, Mode, Proxy, ProxyKind};
use crate::parse::Reading;
use crate::written::{LogLine, ProxySection};

/// Tells about one proxy that is not disabled; what cannot apply is taken out of it.
pub(super) fn proxy(reading: &mut Reading<'_>, section: &ProxySection, proxy: &mut Proxy) {
    let kind = Reading::proxy_words(proxy.kind);
    let name = proxy.name.to_string();
    listeners(reading, section, proxy, kind, &name);
    if proxy.kind == ProxyKind::Listen && proxy.default_backend.is_some() && !proxy.servers.is_empty() {
        let message = format!(
            "In proxy '{name}', the 'default_backend' rule always has precedence over the servers, which will never be used."
        );
        warn(
            reading,
            "unused-servers",
            section.span,
            message,
            "remove one of the two",
        );
    }
    timeouts(reading, section, proxy, kind, &name);
    if proxy.mode != Mode::Http {
        needs_http(reading, section, proxy, kind, &name);
    }
    log_lines(reading, section, proxy, kind, &name);
}

fn warn(reading: &mut Reading<'_>, code: &'static str, span: Span, message: String, help: &str) {
    reading.tell(
        Diagnostic::warning(code, message)
            .at(span)
            .context(Context::Whole)
            .help(help),
    );
}

fn listeners(reading: &mut Reading<'_>, section: &ProxySection, proxy: &Proxy, kind: &str, name: &str) {
    if proxy.kind.is_frontend() && proxy.binds.is_empty() {
        let message = format!(
            "{kind} '{name}' has no 'bind' directive. Please declare it as a backend if this was intended."
        );
        warn(reading, "no-bind", section.span, message, "add: bind :PORT");
    }
    // Two lines for one address share its port only by chance of the kernel.
    let mut seen: Vec<(&Address, Span)> = Vec::new();
    for bind in &proxy.binds {
        if let Some((_, before)) = seen
            .iter()
            .find(|(address, span)| **address == bind.address && *span != bind.span)
        {
            let message = format!("{kind} '{name}' binds '{}' twice.", bind.written);
            reading.suspect(
                Diagnostic::warning("same-address", message)
                    .at(bind.span)
                    .label(*before, "bound here as well"),
            );
        }
        if seen.len() < 64 {
            seen.push((&bind.address, bind.span));
        }
    }
}

fn timeouts(reading: &mut Reading<'_>, section: &ProxySection, proxy: &Proxy, kind: &str, name: &str) {
    let times = &proxy.timeouts;
    let client = proxy.kind.is_frontend() && times.client.is_none();
    let tunnel_only = proxy.mode == Mode::Tcp && times.tunnel.is_some();
    let server = proxy.kind.is_backend()
        && !proxy.servers.is_empty()
        && (times.connect.is_none() || (times.server.is_none() && !tunnel_only));
    if !client && !server {
        return;
    }
    let mut missing = Vec::new();
    if client {
        missing.push("timeout client 1m");
    }
    if server && times.connect.is_none() {
        missing.push("timeout connect 5s");
    }
    if server && times.server.is_none() {
        missing.push("timeout server 1m");
    }
    let message = format!(
        "missing timeouts for {kind} '{name}'.\nWhile not properly invalid, you will certainly encounter various \
         problems\nwith such a configuration. To fix this, please ensure that all following\ntimeouts are set to a \
         non-zero value: 'client', 'connect', 'server'."
    );
    warn(
        reading,
        "missing-timeouts",
        section.span,
        message,
        &format!("add for example: {}", missing.join(", ")),
    );
}

fn needs_http(reading: &mut Reading<'_>, section: &ProxySection, proxy: &mut Proxy, kind: &str, name: &str) {
    let inherited = Inherited::new(reading, section);
    let stats = section.settings.stats.enabled;
    let forwardfor = inherited.find(|settings| settings.forwardfor.as_ref().map(|set| set.span));
    let help = "write: mode http";
    if let Some(cookie) = section.settings.cookie.as_ref().map(|set| set.span) {
        let message = format!("cookie will be ignored for {kind} '{name}' (needs 'mode http').");
        warn(reading, "needs-http", cookie, message, help);
    }
    if let Some(span) = stats {
        let message = format!("'stats' statement ignored for {kind} '{name}' as it requires HTTP mode.");
        warn(reading, "needs-http", span, message, help);
    }
    if let Some(rule) = proxy.request_rules.first().map(|rule| rule.span) {
        let message = format!("'http-request' rules ignored for {kind} '{name}' as they require HTTP mode.");
        warn(reading, "needs-http", rule, message, help);
    }
    if let Some(rule) = proxy.response_rules.first().map(|rule| rule.span) {
        let message = format!("'http-response' rules ignored for {kind} '{name}' as they require HTTP mode.");
        warn(reading, "needs-http", rule, message, help);
    }
    if let Some(span) = forwardfor {
        let message = format!("'option forwardfor' ignored for {kind} '{name}' as it requires HTTP mode.");
        warn(reading, "needs-http", span, message, help);
    }
    proxy.cookie = None;
    proxy.forwardfor = None;
    proxy.request_rules.clear();
    proxy.response_rules.clear();
}

fn log_lines(reading: &mut Reading<'_>, section: &ProxySection, proxy: &Proxy, kind: &str, name: &str) {
    if !proxy.kind.is_frontend() {
        return;
    }
    let Some(line) = Inherited::new(reading, section).find(|settings| settings.log_line.clone()) else {
        return;
    };
    if proxy.mode == Mode::Tcp && line.value != LogLine::Tcp {
        let message = format!(
            "'option httplog' not usable with {kind} '{name}' (needs 'mode http'). Falling back to 'option tcplog'."
        );
        reading.tell(
            Diagnostic::warning("needs-http", message)
                .at(line.span)
                .help("write: option tcplog, or: mode http"),
        );
    }
    if proxy.logs.is_empty() {
        let message = format!("log format ignored for {kind} '{name}' since it has no log address.");
        warn(
            reading,
            "no-log-address",
            line.span,
            message,
            "add: log 127.0.0.1 local0, or 'log' in global and 'log global'",
        );
    }
}
