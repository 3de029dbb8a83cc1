//! What can be told of a server line once its defaults are known: TLS that cannot work, agents without a port, protocols that do
//! not fit the mode, resolvers that are nowhere.

use syntax::{Context, Diagnostic, Severity, Span};

use super::inherit::Inherited;
use crate::model::{CheckKind, Mode, Proxy, TlsVersion};
use crate::parse::{Reading, certificate, tls};
use crate::signature::{Argument, Value};
use crate::values::may_select;
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
        // Servers of one template are told of once.
        if index > 0 && section.servers[index - 1].span == line.span {
            continue;
        }
        one(reading, section, proxy, line, &params);
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

fn one(
    reading: &mut Reading<'_>,
    section: &ProxySection,
    proxy: &Proxy,
    line: &ServerLine,
    params: &ServerParams,
) {
    let prefix = format!("'server {}/{}' : ", section.name, line.name);
    let more = &*params.more;
    let refuse = |reading: &mut Reading<'_>, code, message: String, help: &str| {
        tell(
            reading,
            Severity::Alert,
            code,
            line,
            format!("{prefix}{message}"),
            help,
        );
    };
    if more.agent_check == Some(true) && more.agent_port.unwrap_or(0) == 0 {
        let message = format!(
            "server {} does not have agent port. Agent check has been disabled.",
            line.name
        );
        refuse(reading, "no-agent-port", message, "add: agent-port PORT");
    }
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
    if more.tfo == Some(true) && !retries_data(reading, section) {
        let message = format!(
            "{prefix}server has tfo activated, the backend should be configured with at least 'conn-failure', \
             'empty-response' and 'response-timeout' or we wouldn't be able to retry the connection on failure."
        );
        let help = "add: retry-on conn-failure empty-response response-timeout";
        tell(
            reading,
            Severity::Warning,
            "tfo-without-retries",
            line,
            message,
            help,
        );
    }
    // 2.6 prepares TLS for a server that only `default-server` asked it for, and `no-ssl` took it back from.
    let prepared = params.ssl_taken_back && reading.dialect.strict;
    if params.ssl != Some(true) && more.check_ssl != Some(true) && !prepared {
        return;
    }
    if !params.verify_settled && !reading.written.server_verify_none {
        let message = "verify is enabled by default but no CA file specified. If you're running on a LAN where you're \
                       certain to trust the server's certificate, please set an explicit 'verify none' statement on \
                       the 'server' line, or use 'ssl-server-verify none' in the global section to disable \
                       server-side verifications by default.";
        let help = "add 'ca-file PATH', or 'verify none' where the network can be trusted";
        refuse(reading, "no-ca-file", message.to_owned(), help);
    }
    if let Some(path) = &more.crt {
        certificate::of_server(
            reading,
            &path.to_string(),
            prefix.trim_end_matches(" : "),
            line.span,
        );
    }
    if let Some(ciphers) = more.ciphers.as_ref().filter(|list| !may_select(list)) {
        let message = format!("unable to set SSL cipher list to '{ciphers}'.");
        refuse(reading, "no-cipher", message, "name suites of OpenSSL");
    }
    if let Some(suites) = more.ciphersuites.as_ref().filter(|list| !tls::suites_known(list)) {
        let message = format!("unable to set TLS 1.3 cipher suites to '{suites}'.");
        refuse(reading, "no-cipher", message, "name suites of TLS 1.3");
    }
    let left = [
        TlsVersion::Tls10,
        TlsVersion::Tls11,
        TlsVersion::Tls12,
        TlsVersion::Tls13,
    ]
    .into_iter()
    .any(|version| {
        more.min_ver.is_none_or(|min| version >= min)
            && more.max_ver.is_none_or(|max| version <= max)
            && more.without & (1 << version as u8) == 0
    });
    if !left {
        let message = format!(
            "{} '{}': all SSL/TLS versions are disabled for server '{}'.",
            Reading::proxy_words(proxy.kind),
            section.name,
            line.name
        );
        refuse(reading, "no-version", message, "allow TLSv1.2 or TLSv1.3");
    }
}

/// Whether requests that went out with the first packet are tried again.
fn retries_data(reading: &Reading<'_>, section: &ProxySection) -> bool {
    let inherited = Inherited::new(reading, section);
    let given = inherited.last_line(reading, section, "retry-on");
    given.is_some_and(|given| {
        let has = |word: &str| {
            given.arguments.iter().any(|argument| {
                argument.value == Value::Word("all-retryable-errors") || is_word(argument, word)
            })
        };
        has("conn-failure") && has("empty-response") && has("response-timeout")
    })
}

fn is_word(argument: &Argument, word: &str) -> bool {
    argument.value.word() == Some(word)
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
    let place = |span: Span| {
        let (file, at) = reading.sources.locate(span);
        format!("{file}:{}", at.line)
    };
    let lines = reading.written.sections.get(section.lines);
    for given in lines.iter().flat_map(|lines| &lines.lines) {
        if given.name != "bind" {
            continue;
        }
        let protocol = given
            .option("proto")
            .and_then(|values| values.first()?.value.word());
        let Some(protocol) = protocol.filter(|protocol| !usable(protocol, proxy.mode, false)) else {
            continue;
        };
        let address = given
            .get("address")
            .and_then(Value::text)
            .cloned()
            .unwrap_or_default();
        let message = format!(
            "{kind} '{}' : MUX protocol '{protocol}' is not usable for 'bind {address}' at [{}].",
            section.name,
            place(given.span)
        );
        wrong.push((message, given.span));
    }
    let inherited = Inherited::new(reading, section);
    let defaults = inherited.default_server();
    let default_protocol = defaults.more.proto;
    for line in &section.servers {
        let own = line.params.more.proto;
        let Some(protocol) = own.or(default_protocol) else {
            continue;
        };
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
    for (message, span) in wrong {
        let told = Diagnostic::alert("bad-protocol", message).at(span);
        let help = "name a protocol of this mode, or leave 'proto' out";
        reading.tell(told.context(Context::Whole).help(help));
    }
}
