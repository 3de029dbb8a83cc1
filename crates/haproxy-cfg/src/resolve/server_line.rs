//! What can be told of a server line once its defaults are known: agents without a port, protocols that do not fit the mode,
//! resolvers that are nowhere. TLS has a file of its own.

use syntax::{Context, Diagnostic, Severity, Span};

use super::inherit::Inherited;
use super::server_tls;
use crate::model::{CheckKind, Mode, Proxy};
use crate::parse::Reading;
use crate::signature::Value;
use crate::written::{MoreServerParams, ProxySection, ServerLine, ServerParams};

/// Tells what is wrong with the servers of a section.
pub(super) fn check(reading: &mut Reading<'_>, section: &ProxySection, proxy: &Proxy) {
    let defaults = Inherited::new(reading, section).default_server();
    let plain = |params: &ServerParams| {
        params.more.written().is_none() && params.ssl != Some(true) && !params.ssl_taken_back
    };
    let all_plain = plain(&defaults);
    if all_plain && section.servers.iter().all(|line| plain(&line.params)) {
        return;
    }
    let defaults = defaults.into_owned();
    for (index, line) in section.servers.iter().enumerate() {
        if all_plain && plain(&line.params) {
            continue;
        }
        let params = line.params.clone().over(&defaults);
        if let Some(more) = params.more.written() {
            whole(reading, section, proxy, line, more);
        }
        let before = reading.diagnostics.len();
        server_tls::check(reading, section, proxy, line, &params);
        fast_open(reading, section, line, &params, before);
        // Servers of one template are told of once.
        if index == 0 || section.servers[index - 1].span != line.span {
            protocol_of_checks(reading, section, proxy, line, &params);
        }
    }
}

/// Tells what is said of each server, those of a template too.
fn whole(
    reading: &mut Reading<'_>,
    section: &ProxySection,
    proxy: &Proxy,
    line: &ServerLine,
    more: &MoreServerParams,
) {
    if let Some(header) = &more.source_header
        && proxy.mode != Mode::Http
    {
        let message = format!(
            "{} '{}' : server {} cannot use header {header} as source IP in non-HTTP mode.",
            Reading::proxy_words(section.kind),
            section.name,
            line.name
        );
        let told = Diagnostic::warning("needs-http", message).at(line.span);
        reading.tell(told.context(Context::Whole).help("write: mode http"));
    }
    if let Some(resolvers) = &more.resolvers
        && !reading
            .written
            .sections
            .iter()
            .any(|known| known.keyword == "resolvers" && known.name == resolvers.value)
        && (*resolvers.value != *b"default" || reading.dialect.strict)
    {
        let message = format!(
            "backend '{}', server '{}': unable to find required resolvers '{}'",
            section.name, line.name, resolvers.value
        );
        let told = Diagnostic::alert("unknown-resolvers", message)
            .at(resolvers.span)
            .context(Context::Whole);
        reading.tell(told.help(format!("add a section: resolvers {}", resolvers.value)));
    }
}

fn tell(
    reading: &mut Reading<'_>,
    severity: Severity,
    code: &'static str,
    line: &ServerLine,
    message: String,
    help: &str,
) {
    let told = Diagnostic::new(severity, code, message).at(line.span);
    reading.tell(told.context(Context::Place).help(help));
}

/// Tells data in the first packet without retries. `before` is how many were told before anything of this server.
fn fast_open(
    reading: &mut Reading<'_>,
    section: &ProxySection,
    line: &ServerLine,
    params: &ServerParams,
    before: usize,
) {
    let asks = params.more.written().is_some_and(|more| more.tfo == Some(true));
    if !asks || retries_data(reading, section) {
        return;
    }
    let message = "server has tfo activated, the backend should be configured with at least 'conn-failure', \
                   'empty-response' and 'response-timeout' or we wouldn't be able to retry the connection on failure.";
    // 2.6 knows no more of which server it speaks, once it has spoken of it.
    let told = if reading.dialect.strict && reading.diagnostics.len() > before {
        Diagnostic::warning("tfo-without-retries", message).context(Context::Whole)
    } else {
        let message = format!("'server {}/{}' : {message}", section.name, line.name);
        Diagnostic::warning("tfo-without-retries", message).context(Context::Place)
    };
    let help = "add: retry-on conn-failure empty-response response-timeout";
    reading.tell(told.at(line.span).help(help));
}

/// Tells checks over a protocol that their kind does not speak.
fn protocol_of_checks(
    reading: &mut Reading<'_>,
    section: &ProxySection,
    proxy: &Proxy,
    line: &ServerLine,
    params: &ServerParams,
) {
    let Some(more) = params.more.written() else {
        return;
    };
    let of_http = matches!(proxy.check, CheckKind::Http { .. });
    let misfit = more
        .check_proto
        .filter(|protocol| (*protocol == "none") == of_http);
    if misfit.is_some() && params.check.enabled == Some(true) {
        let message = format!(
            "config: {} '{}': server '{}' uses an incompatible MUX protocol for the selected check type",
            Reading::proxy_words(proxy.kind),
            section.name,
            line.name
        );
        let told = Diagnostic::alert("bad-protocol", message).at(line.span);
        reading.tell(
            told.context(Context::Whole)
                .help("leave 'check-proto' out, or choose the check that speaks it: option httpchk"),
        );
    }
}

/// Tells agents without a port, of proxies that are disabled too.
pub(super) fn agents(reading: &mut Reading<'_>, section: &ProxySection) {
    let asks = |params: &ServerParams| {
        let more = params.more.written();
        more.is_some_and(|more| more.agent_check == Some(true))
    };
    let inherits = Inherited::new(reading, section)
        .defaults()
        .any(|defaults| defaults.settings.default_server.written().is_some_and(asks));
    for (index, line) in section.servers.iter().enumerate() {
        if !inherits && !asks(&line.params) {
            continue;
        }
        // Servers of one template are told of once.
        if index > 0 && section.servers[index - 1].span == line.span {
            continue;
        }
        let params = line
            .params
            .clone()
            .over(&Inherited::new(reading, section).default_server());
        let port = params.more.written().and_then(|more| more.agent_port);
        if !asks(&params) || port.unwrap_or(0) != 0 {
            continue;
        }
        // 2.6 has no name for those of a template yet.
        let template = reading.sources.text(line.name_span) != line.name.as_slice();
        let unnamed = template && reading.dialect.strict && !reading.dialect.at_least(2, 7);
        let name = if unnamed {
            "(null)".to_owned()
        } else {
            line.name.to_string()
        };
        let message = format!(
            "'server {}/{name}' : server {name} does not have agent port. Agent check has been disabled.",
            section.name
        );
        tell(
            reading,
            Severity::Alert,
            "no-agent-port",
            line,
            message,
            "add: agent-port PORT",
        );
    }
}

/// Tells servers that are to be checked as a section says that is not there.
pub(super) fn healthchecks(reading: &mut Reading<'_>, section: &ProxySection) {
    if !reading.written.names_healthchecks {
        return;
    }
    let defaults = Inherited::new(reading, section).default_server();
    let default = defaults.more.written().and_then(|more| more.healthcheck.clone());
    for line in &section.servers {
        let own = line
            .params
            .more
            .written()
            .and_then(|more| more.healthcheck.as_ref());
        let Some(name) = own.or(default.as_ref()) else {
            continue;
        };
        let mut sections = reading.written.sections.iter();
        if sections.any(|section| section.keyword == "healthcheck" && section.name == *name) {
            continue;
        }
        let (file, at) = reading.sources.locate(line.span);
        let message = format!(
            "'server {}/{}' : parsing [{file}:{}]: healthcheck section '*healthcheck-{name}' not found for server '{}'.",
            section.name, line.name, at.line, line.name
        );
        let help = format!("add a section: healthcheck {name}");
        tell(reading, Severity::Alert, "unknown-name", line, message, &help);
    }
}

/// Whether requests that went out with the first packet are tried again.
fn retries_data(reading: &Reading<'_>, section: &ProxySection) -> bool {
    let inherited = Inherited::new(reading, section);
    let given = inherited.last_line(reading, section, "retry-on");
    given.is_some_and(|given| {
        let words = given.arguments.iter().flat_map(|argument| match &argument.value {
            Value::List(words) => words.as_slice(),
            word => std::slice::from_ref(word),
        });
        let words: Vec<_> = words.filter_map(Value::word).collect();
        let has = |word: &str| {
            words
                .iter()
                .any(|given| [word, "all-retryable-errors"].contains(given))
        };
        has("conn-failure") && has("empty-response") && has("response-timeout")
    })
}

/// Whether a protocol that is named can be spoken in a mode, by a listener or to a server.
fn usable(protocol: &str, mode: Mode, server: bool) -> bool {
    match protocol {
        "none" => mode == Mode::Tcp,
        "fcgi" => server && mode == Mode::Http,
        "h1" | "h2" => mode == Mode::Http,
        _ => true,
    }
}

/// Tells protocols that do not fit the mode of their proxy.
pub(super) fn multiplexers(reading: &mut Reading<'_>, section: &ProxySection, proxy: &Proxy) {
    let kind = Reading::proxy_words(proxy.kind);
    let mut wrong: Vec<(String, Span)> = Vec::new();
    let mut unspoken: Vec<(&str, Span)> = Vec::new();
    let place = |span: Span| {
        let (file, at) = reading.sources.locate(span);
        format!("{file}:{}", at.line)
    };
    let binds = reading.written.protocols_of_binds.iter();
    for (_, protocol, address, span) in binds.filter(|(at, ..)| *at == section.span) {
        if !matches!(*protocol, "h1" | "h2" | "none") {
            unspoken.push((protocol, *span));
        }
        if !usable(protocol, proxy.mode, false) {
            let message = format!(
                "{kind} '{}' : MUX protocol '{protocol}' is not usable for 'bind {address}' at [{}].",
                section.name,
                place(*span)
            );
            wrong.push((message, *span));
        }
    }
    if proxy.mode == Mode::Tcp && reading.dialect.strict {
        let own = reading
            .written
            .quic_binds
            .iter()
            .filter(|(at, ..)| *at == section.span);
        for (_, address, span) in own {
            let place = place(*span);
            let message = format!(
                "{kind} '{}' : MUX protocol 'quic' is not usable for 'bind {address}' at [{place}].",
                section.name
            );
            wrong.push((message, *span));
        }
    }
    let inherited = Inherited::new(reading, section);
    let defaults = inherited.default_server();
    let default_protocol = defaults.more.proto;
    for line in &section.servers {
        let own = line.params.more.proto;
        let Some(protocol) = own.or(default_protocol) else {
            continue;
        };
        if !matches!(protocol, "h1" | "h2" | "none") {
            unspoken.push((protocol, line.span));
        }
        if !usable(protocol, proxy.mode, true) {
            let message = format!(
                "{kind} '{}' : MUX protocol '{protocol}' is not usable for server '{}' at [{}].",
                section.name,
                line.name,
                place(line.span)
            );
            wrong.push((message, line.span));
        }
    }
    for (protocol, span) in unspoken {
        let message = format!("'proto {protocol}' is read but not acted on yet.");
        reading.tell(Diagnostic::warning("read-only", message).at(span));
    }
    for (message, span) in wrong {
        let told = Diagnostic::alert("bad-protocol", message).at(span);
        let help = "name a protocol of this mode, or leave 'proto' out";
        reading.tell(told.context(Context::Whole).help(help));
    }
}
