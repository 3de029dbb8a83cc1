//! Filters of a proxy, whose order counts: caches, compression and FastCGI applications, declared by a `filter` line or by the
//! lines that make use of them.

use syntax::{Context, Diagnostic, Span};

use super::inherit::Inherited;
use crate::model::{Mode, Proxy, Word};
use crate::parse::Reading;
use crate::signature::{Argument, Given, Value};
use crate::written::ProxySection;

/// What a filter is.
#[derive(Clone, PartialEq)]
enum What {
    Cache(Word),
    Compression,
    /// A FastCGI application.
    Application(Word),
    /// Any other: where it belongs among the rest is for the file to say.
    Other,
}

/// A filter of a proxy.
struct Filter {
    what: What,
    span: Span,
    /// A `filter` line declares it; otherwise it comes from a line that makes use of it.
    declared: bool,
}

/// What the lines of a proxy say of filters.
#[derive(Default)]
struct Lines {
    /// In the order in which they see what passes.
    filters: Vec<Filter>,
    /// The first line of `compression`.
    compression: Option<Span>,
}

/// Tells about one proxy, disabled or not.
pub(super) fn check(reading: &mut Reading<'_>, section: &ProxySection, proxy: &Proxy) {
    let lines = lines(reading, section);
    fastcgi(reading, section, proxy, &lines.filters);
    if proxy.disabled || lines.filters.is_empty() {
        return;
    }
    let kind = Reading::proxy_words(section.kind);
    let name = &section.name;
    let Lines { filters, compression } = &lines;
    let others = filters.iter().any(|filter| filter.what == What::Other);
    let compressor = filters.iter().position(|filter| filter.what == What::Compression);
    let behind = "write 'filter compression' behind the filters of caches";
    // Since 3.1 the place of the line that declares it is no matter.
    let newer = reading.dialect.does_as(3, 1);
    let mut told: Vec<(Span, String, String)> = Vec::new();
    match (compression, compressor) {
        (Some(span), None) if others => {
            let message = format!(
                "config: {kind} '{name}': require an explicit filter declaration to use HTTP compression"
            );
            told.push((*span, message, declare("compression")));
        }
        (Some(span), Some(at))
            if filters[at..]
                .iter()
                .any(|filter| matches!(filter.what, What::Cache(_))) =>
        {
            let message = format!(
                "config: {kind} '{name}': unable to enable the compression filter before any cache filter."
            );
            told.push((*span, message, behind.to_owned()));
        }
        _ => {}
    }
    for (at, filter) in filters.iter().enumerate() {
        match &filter.what {
            What::Cache(cache) => {
                let (message, help) = if !exists(reading, "cache", cache) {
                    (
                        format!("unable to find the cache '{cache}' referenced by the filter 'cache'."),
                        format!("add a section: cache {cache}"),
                    )
                } else if others && !filter.declared {
                    (
                        format!("require an explicit filter declaration to use the cache '{cache}'."),
                        declare(&format!("cache {cache}")),
                    )
                } else if compressor.is_some_and(|compressor| compressor < at) {
                    (
                        format!("unable to enable the compression filter before the cache '{cache}'."),
                        behind.to_owned(),
                    )
                } else {
                    continue;
                };
                told.push((filter.span, format!("config: {kind} '{name}': {message}"), help));
            }
            What::Application(app) => {
                let declared = filter.declared || (newer && declared(reading, section, app));
                if others && !declared {
                    let message = format!(
                        "config: proxy '{name}': require an explicit filter declaration to use the fcgi-app '{app}'."
                    );
                    told.push((filter.span, message, declare(&format!("fcgi-app {app}"))));
                }
                if !exists(reading, "fcgi-app", app) {
                    let message = format!("proxy '{name}' : fcgi-app '{app}' not found.");
                    told.push((filter.span, message, format!("add a section: fcgi-app {app}")));
                } else if filters
                    .iter()
                    .any(|other| matches!(&other.what, What::Application(other) if other != app))
                {
                    let message = format!("proxy '{name}' : only one fcgi-app supported per backend.");
                    told.push((filter.span, message, "remove one of them".to_owned()));
                }
            }
            What::Compression | What::Other => {}
        }
    }
    for (span, message, help) in told {
        let alert = Diagnostic::alert("bad-filters", message).at(span);
        reading.tell(alert.context(Context::Whole).help(help));
    }
}

/// What to do about a filter whose place is for the file to say.
fn declare(what: &str) -> String {
    format!("add a line in its place among the others: filter {what}")
}

/// What the lines and rules of a proxy say of filters.
fn lines(reading: &Reading<'_>, section: &ProxySection) -> Lines {
    let mut out = Lines::default();
    let mut found: Vec<Filter> = caches_of_rules(section);
    for given in Inherited::new(reading, section).lines(reading, section) {
        let what = match given.name {
            "compression" => {
                out.compression = out.compression.or(Some(given.span));
                continue;
            }
            "use-fcgi-app" => text(&given.arguments, "name").map(What::Application),
            "filter" => filter(given),
            _ => continue,
        };
        found.extend(what.map(|what| Filter {
            what,
            span: given.span,
            declared: given.name == "filter",
        }));
    }
    found.sort_by_key(|filter| filter.span.start);
    for filter in found {
        let known = out
            .filters
            .iter_mut()
            .position(|known| known.what != What::Other && known.what == filter.what);
        match known {
            None => out.filters.push(filter),
            // A rule finds the cache; of an application the last line counts.
            Some(at) if !filter.declared => {
                let application = matches!(filter.what, What::Application(_));
                out.filters[at].declared &= !application;
            }
            // What a rule has added gives way to the line.
            Some(at) => {
                if !out.filters[at].declared {
                    out.filters.remove(at);
                    out.filters.push(filter);
                }
            }
        }
    }
    out
}

/// Whether a `filter fcgi-app` line names the application.
fn declared(reading: &Reading<'_>, section: &ProxySection, app: &Word) -> bool {
    let inherited = Inherited::new(reading, section);
    let mut lines = inherited.lines(reading, section);
    lines.any(|given| given.name == "filter" && filter(given) == Some(What::Application(app.clone())))
}

fn filter(given: &Given) -> Option<What> {
    Some(match &given.arguments.first()?.value {
        Value::Option("cache", values) => What::Cache(text(values, "name")?),
        Value::Option("fcgi-app", values) => What::Application(text(values, "name")?),
        Value::Option("compression", _) => What::Compression,
        _ => What::Other,
    })
}

fn text(arguments: &[Argument], name: &str) -> Option<Word> {
    let found = arguments.iter().find(|argument| argument.name == name)?;
    found.value.text().cloned()
}

/// Whether a section of that keyword has the name.
fn exists(reading: &Reading<'_>, keyword: &str, name: &Word) -> bool {
    let mut sections = reading.written.sections.iter();
    sections.any(|section| section.keyword == keyword && section.name == *name)
}

/// The caches that rules name.
fn caches_of_rules(section: &ProxySection) -> Vec<Filter> {
    let rules = section.rules.iter();
    rules
        .filter(|rule| matches!(rule.action.row.name, "cache-use" | "cache-store"))
        .filter_map(|rule| {
            Some(Filter {
                what: What::Cache(rule.arguments.first()?.value.text()?.clone()),
                span: rule.span,
                declared: false,
            })
        })
        .collect()
}

/// Tells an application without a server that speaks FastCGI, and such a server without an application.
fn fastcgi(reading: &mut Reading<'_>, section: &ProxySection, proxy: &Proxy, filters: &[Filter]) {
    let name = &section.name;
    let mut applications = filters
        .iter()
        .filter(|filter| matches!(filter.what, What::Application(_)));
    let application = applications.next().map(|filter| filter.span);
    let by_default = Inherited::new(reading, section)
        .defaults()
        .find_map(|defaults| defaults.settings.default_server.written()?.more.proto);
    let server = section.servers.iter().find(|line| {
        let own = line.params.more.proto;
        own.or(by_default) == Some("fcgi")
    });
    let (code, span, message, help) = match (application, server) {
        (Some(span), _) if proxy.mode != Mode::Http => (
            "needs-http",
            span,
            format!("proxy '{name}': FCGI application cannot be used in non-HTTP mode."),
            "write: mode http",
        ),
        (Some(span), None) => (
            "bad-protocol",
            span,
            format!("proxy '{name}': FCGI app configured but no FCGI server found."),
            "add 'proto fcgi' to its servers",
        ),
        (None, Some(line)) if proxy.mode == Mode::Http => (
            "bad-protocol",
            line.span,
            format!(
                "proxy '{name}': FCGI server '{}' has no FCGI app configured.",
                line.name
            ),
            "add: use-fcgi-app NAME",
        ),
        _ => return,
    };
    let told = Diagnostic::alert(code, message).at(span);
    reading.tell(told.context(Context::Whole).help(help));
}
