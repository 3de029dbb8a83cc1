//! Names in rules: stick tables, captures, caches, resolvers, error pages, servers.

use syntax::{Context, Diagnostic, Severity};

use super::spoe;
use crate::keywords::{Output, rule_set};
use crate::model::{BandwidthScope, ProxyKind, Word};
use crate::parse::sample::{Usage, needs};
use crate::parse::{Reading, Section};
use crate::signature::Given;
use crate::written::{Pending, PendingName};

/// Tells the names that nothing declares.
pub(super) fn tell_unknown(reading: &mut Reading<'_>) {
    let pending = std::mem::take(&mut reading.written.pending);
    let mut before = false;
    for name in &pending {
        let found = fault(reading, name);
        // Nothing more is said of a rule whose table does not exist.
        let silent = before && matches!(name.kind, Pending::Contents(_));
        before = found.is_some();
        let found = found.filter(|_| !silent);
        if let Some((severity, message, help)) = found {
            let told = Diagnostic::new(severity, "unknown-name", message).at(name.name.span);
            reading.tell(told.context(Context::Whole).help(help));
        }
    }
}

/// Whether a section of that keyword has the name.
fn declared(reading: &Reading<'_>, keyword: &str, name: &Word) -> bool {
    let mut sections = reading.written.sections.iter();
    sections.any(|section| section.keyword == keyword && section.name == *name)
}

/// What is wrong with a name, and what to do.
fn fault(reading: &Reading<'_>, pending: &PendingName) -> Option<(Severity, String, String)> {
    let PendingName {
        kind,
        name: given,
        proxy,
        section,
        within,
    } = pending;
    let name = &given.value;
    let alert = |message: String, help: String| Some((Severity::Alert, message, help));
    match kind {
        Pending::Table(action, output) => {
            if reading.written.tables.contains(name) {
                if fits(reading, name, *output) {
                    return None;
                }
                return alert(
                    format!("Proxy '{proxy}': stick-table '{name}' uses a type incompatible with the '{action}' rule."),
                    "give the table a type that the expression can be cast to".to_owned(),
                );
            }
            alert(
                format!("Proxy '{proxy}': unable to find table '{name}' referenced by {action}."),
                format!("declare a stick-table in the section '{name}', or name another: table NAME"),
            )
        }
        Pending::StickTable(stores, output) => {
            if reading.written.tables.contains(name) {
                if fits(reading, name, *output) {
                    return None;
                }
                return alert(
                    format!("Proxy '{proxy}': type of fetch not usable with type of stick-table '{name}'."),
                    "give the table a type that the expression can be cast to".to_owned(),
                );
            }
            let what = if *stores { "store table" } else { "stick-table" };
            alert(
                format!("Proxy '{proxy}': unable to find {what} '{name}'."),
                format!("declare a stick-table in the section '{name}', or name another: table NAME"),
            )
        }
        Pending::Capture(request) => {
            let id: usize = std::str::from_utf8(name).ok()?.parse().ok()?;
            if id < captures(reading, *within, *request) {
                return None;
            }
            let set = if *request { "http-request" } else { "http-response" };
            let direction = if *request { "request" } else { "response" };
            alert(
                format!("Proxy '{proxy}': unable to find capture id '{name}' referenced by {set} capture rule."),
                format!("add above: declare capture {direction} len BYTES"),
            )
        }
        Pending::Resolvers => {
            if declared(reading, "resolvers", name) {
                return None;
            }
            alert(
                format!("Proxy '{proxy}': Can't find resolvers section '{name}' for do-resolve action."),
                format!("add a section: resolvers {name}"),
            )
        }
        Pending::HttpErrors(status) => error_page(reading, name, *status, |what| match what {
            None => format!("Proxy '{proxy}': unknown http-errors section '{name}' referenced by an http reply ."),
            Some(status) => format!(
                "Proxy '{proxy}': status '{status}' referenced by an http reply not declared in http-errors section \
                 '{name}'."
            ),
        }),
        Pending::ErrorPage(status) => {
            let (file, at) = reading.sources.locate(given.span);
            let place = format!("(at {file}:{})", at.line);
            error_page(reading, name, *status, |what| match what {
                None => format!("proxy '{proxy}': unknown http-errors section '{name}' {place}."),
                Some(status) => format!(
                    "config: proxy '{proxy}' : status '{status}' not declared in http-errors section '{name}' {place}."
                ),
            })
        }
        Pending::SpoeEngine(group, usage) => match spoe::group(reading, *within, name, group, *usage) {
            spoe::Found::Group => None,
            spoe::Found::Fault(message, help) => alert(message, help),
            spoe::Found::None => alert(
            format!("Proxy '{proxy}': unable to find SPOE engine '{name}' used by the send-spoe-group '{group}'."),
            format!("add above: filter spoe engine {name} config PATH"),
        )
        .filter(|_| !has_filter(reading, *within, "spoe", name)),
        },
        Pending::OtFilter(group) => alert(
            format!(
                "Proxy '{proxy}': unable to find the OpenTracing filter '{name}' used by the ot-group '{group}'."
            ),
            format!("add above: filter opentracing id {name} config PATH"),
        )
        .filter(|_| !has_filter(reading, *within, "opentracing", name)),
        Pending::Bandwidth(usage, own) => bandwidth(reading, pending, *usage, *own),
        Pending::Contents(rule) => {
            if reading.written.inspect_delays.contains(&(true, *within)) {
                return None;
            }
            Some((
                Severity::Warning,
                format!(
                    "{section} : a '{rule}' rule explicitly depending on request contents without any \
                     'tcp-request inspect-delay' setting. This means that this rule will randomly find its contents. \
                     This can be fixed by setting the tcp-request inspect-delay."
                ),
                "add: tcp-request inspect-delay 5s".to_owned(),
            ))
        }
        Pending::ModeOfProtocol => alert(
            format!("Proxy '{proxy}': MUX protocol '{name}' is not compatible with the selected mode."),
            "write: proto h1, or proto h2".to_owned(),
        ),
        Pending::Server => {
            let Section::Proxy(index) = within else { return None };
            let servers = &reading.written.proxies.get(*index)?.servers;
            if servers.iter().any(|server| server.name == *name) {
                return None;
            }
            alert(
                format!("{section} : unable to find server '{name}' referenced in a 'use-server' rule."),
                format!("add: server {name} ADDRESS:PORT"),
            )
        }
    }
}

/// What is wrong with an `http-errors` section, or with the page that is asked of it, in the words that `say` gives: for the section
/// when it is given nothing, else for the status.
fn error_page(
    reading: &Reading<'_>,
    name: &Word,
    status: i64,
    say: impl Fn(Option<i64>) -> String,
) -> Option<(Severity, String, String)> {
    let mut sections = reading.written.sections.iter();
    let Some(section) = sections.find(|section| section.keyword == "http-errors" && section.name == *name)
    else {
        return Some((
            Severity::Alert,
            say(None),
            format!("add a section: http-errors {name}"),
        ));
    };
    let has = |line: &Given| line.arguments.first().and_then(|code| code.value.number()) == Some(status);
    if section.lines.is_empty() || section.lines.iter().any(has) {
        return None;
    }
    Some((
        Severity::Warning,
        say(Some(status)),
        format!("add there: errorfile {status} PATH"),
    ))
}

/// Whether a sample of that type can be a key of the table.
fn fits(reading: &Reading<'_>, table: &Word, output: Output) -> bool {
    let key = reading.written.table_types.get(table);
    key.is_none_or(|key| output.casts_to(*key, reading.dialect))
}

/// What is wrong with a rule that switches a limit of bandwidth on.
fn bandwidth(
    reading: &Reading<'_>,
    pending: &PendingName,
    usage: Usage,
    [limit, period]: [bool; 2],
) -> Option<(Severity, String, String)> {
    let PendingName { name, proxy, .. } = pending;
    let name = &name.value;
    let Section::Proxy(index) = pending.within else {
        return None;
    };
    let filters = &reading.written.proxies.get(index)?.bandwidth;
    let Some(filter) = filters.iter().find(|filter| filter.name == *name) else {
        let message = format!(
            "Proxy '{proxy}': unable to find bwlim filter '{name}' referenced by set-bandwidth-limit rule."
        );
        let help = format!("add above: filter bwlim-out {name} default-limit BYTES default-period TIME");
        return Some((Severity::Alert, message, help));
    };
    let BandwidthScope::Shared { key, .. } = &filter.scope else {
        return None;
    };
    if limit || period {
        let what = if limit { "limit" } else { "period" };
        let message = format!(
            "Proxy '{proxy}': set-bandwidth-limit rule cannot define a {what} for a shared bwlim filter."
        );
        return Some((Severity::Alert, message, format!("remove the {what}")));
    }
    let needs = needs(reading, key, usage)?;
    let message = format!(
        "Proxy '{proxy}': bwlim filter '{name}' uses a key extracting information from '{needs}', none of which is \
         available here."
    );
    let help = "take the key from what is known where the rule stands, such as src".to_owned();
    Some((Severity::Alert, message, help))
}

/// Whether the section has a filter of that kind and name.
fn has_filter(reading: &Reading<'_>, within: Section, kind: &str, name: &Word) -> bool {
    let Section::Proxy(index) = within else {
        return false;
    };
    let mut filters = reading.written.named_filters.iter();
    filters.any(|(proxy, known, filter)| *proxy == index && *known == kind && filter == name)
}

/// How many slots of captures a section has.
fn captures(reading: &Reading<'_>, within: Section, request: bool) -> usize {
    let Section::Proxy(index) = within else { return 0 };
    reading
        .written
        .captures
        .get(&index)
        .map_or(0, |captures| captures.slots(request).len())
}

/// Tells proxies that inherit rules which cannot stand in them.
pub(super) fn tell_unfit_defaults(reading: &mut Reading<'_>) {
    let mut told = Vec::new();
    let mut users: Vec<(usize, ProxyKind)> = Vec::new();
    for proxy in &reading.written.proxies {
        let Some(index) = proxy.defaults else { continue };
        let defaults = &reading.written.defaults[index];
        let has = |sets: u32| defaults.rules.iter().any(|rule| rule.set & sets != 0);
        if !has(u32::MAX) {
            continue;
        }
        let (file, at) = reading.sources.locate(defaults.span);
        let place = format!("(defaults section at {file}:{})", at.line);
        let mixed = users
            .iter()
            .any(|(other, kind)| *other == index && *kind != proxy.kind);
        users.push((index, proxy.kind));
        let message = match proxy.kind {
            ProxyKind::Listen => {
                "a listen section cannot inherit from a defaults section defining TCP/HTTP rules.".to_owned()
            }
            _ if mixed => format!(
                "frontends and backends cannot inherit from the same defaults section if it defines TCP/HTTP rules {place}."
            ),
            ProxyKind::Frontend if has(rule_set::TCP_RES) => format!(
                "a frontend section cannot inherit from a defaults section defining 'tcp-response content' rules {place}."
            ),
            ProxyKind::Backend if has(rule_set::TCP_CONN | rule_set::TCP_SESS) => format!(
                "a backend section cannot inherit from a defaults section defining 'tcp-request connection' or \
                 'tcp-request session' rules {place}."
            ),
            _ => continue,
        };
        told.push(
            Diagnostic::alert("unfit-defaults", message)
                .at(proxy.span)
                .label(defaults.span, "these rules are inherited")
                .help("give these rules a defaults section of their own"),
        );
    }
    for section in &reading.written.defaults {
        let parent = section
            .parent
            .and_then(|index| reading.written.defaults.get(index));
        let Some(parent) = parent.filter(|parent| !parent.rules.is_empty()) else {
            continue;
        };
        let (file, at) = reading.sources.locate(parent.span);
        let message = format!(
            "a defaults section cannot inherit from a defaults section defining TCP/HTTP rules (defaults section at \
             {file}:{}).",
            at.line
        );
        told.push(
            Diagnostic::alert("unfit-defaults", message)
                .at(section.span)
                .label(parent.span, "these rules are inherited")
                .help("write the rules into each of the sections"),
        );
    }
    for diagnostic in told {
        reading.tell(diagnostic);
    }
}
