//! What the original warns of once a proxy is whole.

use syntax::{Context, Diagnostic, Span};

use super::check_script;
use super::formats;
use super::inherit::Inherited;
use crate::keywords::place;
use crate::keywords::rule_set;
use crate::model::{Address, CheckKind, Mode, Proxy, ProxyKind, Rule, RuleSet};
use crate::parse::Reading;
use crate::signature::Given;
use crate::written::{OptionFlag as F, ProxySection, Set};

/// Tells about one proxy that is not disabled; what cannot apply is taken out of it.
pub(super) fn proxy(reading: &mut Reading<'_>, section: &ProxySection, proxy: &mut Proxy) {
    let kind = Reading::proxy_words(proxy.kind);
    let name = proxy.name.to_string();
    listeners(reading, section, proxy, kind, &name);
    if proxy.default_backend.is_some() && !proxy.servers.is_empty() {
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
    one_way_to_servers(reading, section, proxy, kind, &name);
    timeouts(reading, section, proxy, kind, &name);
    accounts(reading, section, &name);
    if proxy.mode != Mode::Http {
        needs_http(reading, section, proxy, kind, &name);
    }
    formats::check(reading, section, proxy);
    check_rules(reading, section, kind, &name);
    switches(reading, section, proxy, kind, &name);
    external_checks(reading, section, kind, &name);
}

/// What only checks over HTTP look at, beside checks of another kind.
fn switches(reading: &mut Reading<'_>, section: &ProxySection, proxy: &Proxy, kind: &str, name: &str) {
    for word in check_script::SWITCHES {
        if !proxy.kind.is_backend() || !check_script::is_ignored(reading, section) {
            return;
        }
        let Some(span) = check_script::switch(reading, section, word) else {
            continue;
        };
        let message = format!("'{word}' will be ignored for {kind} '{name}' (requires 'option httpchk').");
        warn(reading, "unused-keyword", span, message, "add: option httpchk");
    }
}

/// Tells rules about who may see the statistics beside accounts, which are rules of their own.
fn accounts(reading: &mut Reading<'_>, section: &ProxySection, name: &str) {
    let Some(stats) = section.settings.stats.written() else {
        return;
    };
    let Some(rule) = stats
        .rule
        .filter(|_| !stats.auth.is_empty() || stats.realm.is_some())
    else {
        return;
    };
    let message =
        format!("proxy '{name}': stats 'auth'/'realm' and 'http-request' can't be used at the same time.");
    let told = Diagnostic::alert("two-ways", message)
        .at(rule)
        .context(Context::Whole);
    reading.tell(told.help("write: stats http-request auth realm NAME, with accounts in a userlist"));
}

/// Rules of scripted checks without the option that makes use of them.
fn check_rules(reading: &mut Reading<'_>, section: &ProxySection, kind: &str, name: &str) {
    let inherited = Inherited::new(reading, section);
    let of_http = |check: &&Set<CheckKind>| matches!(check.value, CheckKind::Http(_));
    let http = inherited.find(|settings| settings.check.as_ref().filter(of_http).map(|check| check.span));
    let option = |given: &&Given| given.name.ends_with("-check") && given.option_of_rule().is_none();
    let tcp = inherited
        .lines(reading, section)
        .filter(option)
        .any(|given| given.name == "tcp-check");
    let kept = reading.written.sections.get(section.lines);
    let own = kept.map(|kept| kept.lines.as_slice()).unwrap_or_default();
    if !own.iter().any(|given| given.name.ends_with("-check")) {
        return;
    }
    let mut told = Vec::new();
    let later = own
        .iter()
        .filter(option)
        .map(|given| given.span)
        .chain(section.settings.check.as_ref().map(|check| check.span))
        .map(|span| span.start)
        .max();
    for (keyword, wanted, has) in [
        ("http-check", "httpchk", http.is_some()),
        ("tcp-check", "tcp-check", tcp),
    ] {
        let rule = own.iter().find(|given| {
            given.name == keyword
                && given
                    .option_of_rule()
                    .is_some_and(|rule| !matches!(rule, "disable-on-404" | "send-state"))
        });
        let Some(rule) = rule.filter(|_| !has) else {
            continue;
        };
        // An option behind the rules takes them away.
        if later.is_some_and(|later| later > rule.span.start) {
            continue;
        }
        let message = format!(
            "{kind} '{name}' uses {keyword} rules without 'option {wanted}', so the rules are ignored."
        );
        told.push((rule.span, message, format!("add: option {wanted}")));
    }
    for (span, message, help) in told {
        warn(reading, "no-effect", span, message, &help);
    }
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
    if proxy.kind.is_frontend() && proxy.binds.is_empty() && !section.has_bind {
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

/// Tells a choice among servers that cannot stand beside another way to find one.
fn one_way_to_servers(
    reading: &mut Reading<'_>,
    section: &ProxySection,
    proxy: &Proxy,
    kind: &str,
    name: &str,
) {
    let inherited = Inherited::new(reading, section);
    let balance = inherited.find(|settings| settings.balance.as_ref().map(|balance| balance.span));
    let Some(balance) = balance.filter(|_| proxy.kind.is_backend()) else {
        return;
    };
    let transparent = inherited
        .find(|settings| settings.option(F::Transparent))
        .filter(|set| set.value)
        .map(|set| set.span);
    let dispatch = inherited
        .lines(reading, section)
        .find(|given| given.name == "dispatch")
        .map(|given| given.span);
    if let Some(span) = transparent {
        let message = format!("{kind} '{name}' cannot use both transparent and balance mode.");
        let told = Diagnostic::alert("two-ways", message)
            .at(span)
            .context(Context::Whole);
        reading.tell(
            told.label(balance, "servers are chosen here")
                .help("remove one of the two"),
        );
    } else if let Some(span) = dispatch {
        let message = format!("dispatch address of {kind} '{name}' will be ignored in balance mode.");
        warn(reading, "two-ways", span, message, "remove one of the two");
    }
}

fn timeouts(reading: &mut Reading<'_>, section: &ProxySection, proxy: &Proxy, kind: &str, name: &str) {
    let times = &proxy.timeouts;
    let client = proxy.kind.is_frontend() && times.client.is_none();
    let tunnel_only = proxy.mode == Mode::Tcp && times.tunnel.is_some();
    let server = proxy.kind.is_backend()
        && proxy.mode != Mode::Log
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

/// Options that mean something in HTTP mode alone: where they count, and their names up to 3.0 and since.
const NEED_HTTP: &[(u32, F, &str, &str)] = &[
    (
        place::FE,
        F::UnsafeRequest,
        "accept-invalid-http-request",
        "accept-unsafe-violations-in-http-request",
    ),
    (
        place::BE,
        F::UnsafeResponse,
        "accept-invalid-http-response",
        "accept-unsafe-violations-in-http-response",
    ),
    (place::BE, F::CheckCache, "checkcache", "checkcache"),
    (
        place::FE,
        F::DisableH2Upgrade,
        "disable-h2-upgrade",
        "disable-h2-upgrade",
    ),
    (
        place::PX,
        F::BufferRequest,
        "http-buffer-request",
        "http-buffer-request",
    ),
    (
        place::FE,
        F::HttpIgnoreProbes,
        "http-ignore-probes",
        "http-ignore-probes",
    ),
    (place::PX, F::HttpNoDelay, "http-no-delay", "http-no-delay"),
    (
        place::BE,
        F::PretendKeepAlive,
        "http-pretend-keepalive",
        "http-pretend-keepalive",
    ),
    (
        place::FE,
        F::ProxyHeader,
        "http-use-proxy-header",
        "http-use-proxy-header",
    ),
    (
        place::FE,
        F::IdleCloseOnResponse,
        "idle-close-on-response",
        "idle-close-on-response",
    ),
    (
        place::BE,
        F::PreferLastServer,
        "prefer-last-server",
        "prefer-last-server",
    ),
];

fn proxy_place(kind: ProxyKind) -> u32 {
    match kind {
        ProxyKind::Frontend => place::FRONTEND,
        ProxyKind::Backend => place::BACKEND,
        ProxyKind::Listen => place::LISTEN,
    }
}

/// The options in force that mean something in HTTP mode alone, with their places.
fn options_of_http(
    reading: &Reading<'_>,
    inherited: &Inherited<'_>,
    kind: ProxyKind,
) -> Vec<(&'static str, Span)> {
    let old_names = !reading.dialect.at_least(3, 1);
    let flags = NEED_HTTP
        .iter()
        .filter(|(places, ..)| proxy_place(kind) & places != 0)
        .filter_map(|(_, flag, old, new)| {
            let set = inherited.find(|settings| settings.option(*flag).filter(|set| set.value))?;
            Some((if old_names { *old } else { *new }, set.span))
        });
    let originalto = inherited.find(|settings| settings.originalto.as_ref().map(|set| set.span));
    flags.chain(originalto.map(|span| ("originalto", span))).collect()
}

/// Tells what checks by a program lack, and lines for them that nothing asks for.
fn external_checks(reading: &mut Reading<'_>, section: &ProxySection, kind: &str, name: &str) {
    let external = check_script::asks_a_program(reading, section);
    let command = given(reading, section, "external-check", "command");
    let path = given(reading, section, "external-check", "path");
    if !external {
        for (what, span) in [("command", command), ("path", path)] {
            let Some(span) = span else { continue };
            let message = format!(
                "'external-check {what}' will be ignored for {kind} '{name}' (requires 'option external-check')."
            );
            warn(
                reading,
                "unused-keyword",
                span,
                message,
                "add: option external-check",
            );
        }
        return;
    }
    let refuse = |reading: &mut Reading<'_>, what: &str, help: &str| {
        let message = format!("Proxy '{name}' : 'option external-check' unable to find required '{what}'.");
        let told = Diagnostic::alert("external-check", message)
            .at(section.span)
            .context(Context::Whole);
        reading.tell(told.help(help));
    };
    if !reading.written.external_check {
        let help = "add 'external-check' to the global section";
        refuse(reading, "global.external-check", help);
    }
    if command.is_none() {
        refuse(
            reading,
            "external-check command",
            "add: external-check command PATH",
        );
    }
    if !reading.written.global_spans.contains_key("insecure-fork-wanted") {
        let message = format!(
            "Proxy '{name}' : 'insecure-fork-wanted' not enabled in the global section, 'option external-check' will \
             likely fail."
        );
        let help = "add 'insecure-fork-wanted' to the global section";
        warn(reading, "needs-fork", section.span, message, help);
    }
}

/// Where a line `keyword choice …` stands that counts for a section.
fn given(reading: &Reading<'_>, section: &ProxySection, keyword: &str, choice: &str) -> Option<Span> {
    Inherited::new(reading, section)
        .lines(reading, section)
        .filter(|given| given.name == keyword)
        .find(|given| given.option(choice).is_some())
        .map(|given| given.span)
}

/// Settles what of HTTP stands in a proxy of TCP mode. Rules of a frontend count once a connection has become one of HTTP, by a rule
/// or by its backend's mode; nothing is told of them where a rule says so.
fn needs_http(reading: &mut Reading<'_>, section: &ProxySection, proxy: &mut Proxy, kind: &str, name: &str) {
    let switch = section
        .rules
        .iter()
        .find(|rule| rule.action.row.name == "switch-mode");
    match switch {
        None => ignored_without_http(reading, section, proxy, kind, name),
        Some(rule) => switches_to_http(reading, section, proxy, rule.span, name),
    }
    proxy.cookie = None;
    if !proxy.kind.is_frontend() {
        proxy.forwardfor = None;
        proxy.originalto = None;
        let rules = std::mem::take(&mut proxy.rules);
        let needs_no_http = |rule: &Rule| {
            !matches!(
                rule.set,
                RuleSet::HttpRequest | RuleSet::HttpResponse | RuleSet::HttpAfterResponse
            )
        };
        proxy.rules = rules.into_iter().filter(needs_no_http).collect();
    }
}

/// Where a cookie for persistence stands.
fn cookie_line(inherited: &Inherited<'_>, proxy: &Proxy) -> Option<Span> {
    inherited
        .of(proxy.kind.is_backend())
        .find_map(|settings| settings.cookie.as_ref().map(|set| set.span))
}

/// Tells what does not go with `switch-mode`, which stands at `span`.
fn switches_to_http(
    reading: &mut Reading<'_>,
    section: &ProxySection,
    proxy: &Proxy,
    span: Span,
    name: &str,
) {
    let kind = Reading::proxy_words(proxy.kind);
    if let Some(cookie) = cookie_line(&Inherited::new(reading, section), proxy) {
        let message = format!("cookie will be ignored for {kind} '{name}' (needs 'mode http').");
        warn(reading, "needs-http", cookie, message, "write: mode http");
    }
    if proxy.kind.is_backend() && proxy.default_backend.is_none() {
        let message = format!(
            "Proxy '{name}' : 'switch-mode http' configured for a tcp proxy with no backend. Incoming connections \
             upgraded to HTTP cannot be routed to TCP servers"
        );
        let help = "add: default_backend, with a backend in mode http";
        warn(reading, "needs-http", span, message, help);
    }
}

fn ignored_without_http(
    reading: &mut Reading<'_>,
    section: &ProxySection,
    proxy: &Proxy,
    kind: &str,
    name: &str,
) {
    let inherited = Inherited::new(reading, section);
    let options = options_of_http(reading, &inherited, proxy.kind);
    let stats = inherited.find(|settings| settings.stats.enabled);
    let cookie = cookie_line(&inherited, proxy);
    let forwardfor = inherited.find(|settings| settings.forwardfor.as_ref().map(|set| set.span));
    let help = "write: mode http";
    let lines = reading
        .written
        .sections
        .get(section.lines)
        .map(|kept| kept.lines.as_slice());
    let ignored: Vec<_> = lines
        .unwrap_or_default()
        .iter()
        .filter_map(|given| match given.name {
            "redirect" => Some((given.span, "'redirect' rules", "they require")),
            "capture" if given.option("cookie").is_some() => {
                Some((given.span, "'capture' statement", "it requires"))
            }
            _ => None,
        })
        .collect();
    for (at, (span, what, needs)) in ignored.iter().enumerate() {
        if ignored[..at].iter().all(|(_, before, _)| before != what) {
            let message = format!("{what} ignored for {kind} '{name}' as {needs} HTTP mode.");
            warn(reading, "needs-http", *span, message, help);
        }
    }
    if let Some(cookie) = cookie {
        let message = format!("cookie will be ignored for {kind} '{name}' (needs 'mode http').");
        warn(reading, "needs-http", cookie, message, help);
    }
    if let Some(span) = stats {
        let message = format!("'stats' statement ignored for {kind} '{name}' as it requires HTTP mode.");
        warn(reading, "needs-http", span, message, help);
    }
    for (set, words) in [
        (rule_set::HTTP_REQ, "http-request"),
        (rule_set::HTTP_RES, "http-response"),
        (rule_set::HTTP_AFTER, "http-after-response"),
    ] {
        let rule = section.rules.iter().find(|rule| rule.set == set);
        if let Some(span) = rule.map(|rule| rule.span) {
            let message = format!("'{words}' rules ignored for {kind} '{name}' as they require HTTP mode.");
            warn(reading, "needs-http", span, message, help);
        }
    }
    for (option, span) in options {
        let message = format!("'option {option}' ignored for {kind} '{name}' as it requires HTTP mode.");
        warn(reading, "needs-http", span, message, help);
    }
    if let Some(span) = forwardfor {
        let message = format!("'option forwardfor' ignored for {kind} '{name}' as it requires HTTP mode.");
        warn(reading, "needs-http", span, message, help);
    }
}
