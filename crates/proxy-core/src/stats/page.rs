//! A request to `stats uri`, from its head and body to a whole answer.

use haproxy_cfg::model::{ProxyId, StatsSettings};

use crate::answer::{Answer, built_in, challenge};
use crate::cli::Control;
use crate::http1::Version;

use super::html::Page;
use super::query::{FormOutcome, Format, Options};
use super::view::{Filter, StatsView};
use super::{auth, csv, form, json, live, typed};

/// A request to the page.
#[derive(Clone, Copy, Debug)]
pub struct StatsRequest<'a> {
    /// The proxy whose `stats` settings answer.
    pub proxy: ProxyId,
    /// The method.
    pub method: &'a [u8],
    /// The request target as sent; with a scheme and host in front it must be cut to begin with the path.
    pub uri: &'a [u8],
    /// The value of the `Authorization` header.
    pub authorization: Option<&'a [u8]>,
    /// A `stats admin` rule allows the form.
    pub admin_allowed: bool,
    /// The body, without its framing.
    pub body: &'a [u8],
    /// The body is longer than the buffer, and `body` is its beginning.
    pub body_cut: bool,
    /// What tells on whose behalf a form was sent.
    pub sender: Sender<'a>,
}

/// Headers by which a browser tells which page made it send a request. Other programs send none of them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sender<'a> {
    /// `Host`.
    pub host: Option<&'a [u8]>,
    /// `Origin`.
    pub origin: Option<&'a [u8]>,
    /// `Sec-Fetch-Site`.
    pub fetch_site: Option<&'a [u8]>,
    /// `X-Holdfast`, which the live page sends.
    pub marker: Option<&'a [u8]>,
}

impl Sender<'_> {
    /// A page of another origin sent it: with the user's password, but not on the user's behalf.
    #[must_use]
    pub fn is_foreign(&self) -> bool {
        let other_site = self
            .fetch_site
            .is_some_and(|site| !matches!(site, b"same-origin" | b"none"));
        let other_origin = self.origin.is_some_and(|origin| {
            let authority = memchr::memmem::find(origin, b"://").map(|at| &origin[at + 3..]);
            !authority
                .zip(self.host)
                .is_some_and(|(authority, host)| authority.eq_ignore_ascii_case(host))
        });
        other_site || other_origin
    }
}

/// The page of `stats uri`.
#[derive(Debug)]
pub struct StatsPage;

impl StatsPage {
    /// That request is the page's, or the live page's: its target begins with `stats uri`, and its method is GET, HEAD or POST.
    #[must_use]
    pub fn is_for(settings: &StatsSettings, method: &[u8], uri: &[u8]) -> bool {
        matches!(method, b"GET" | b"HEAD" | b"POST")
            && (uri.starts_with(&settings.uri) || live::part(settings, uri).is_some())
    }

    /// Makes `out` the answer to a request. A proxy without `stats` answers 503.
    pub fn handle(
        request: &StatsRequest<'_>,
        view: &StatsView<'_>,
        control: &mut dyn Control,
        out: &mut Answer,
    ) {
        let proxy = view.config.proxy(request.proxy);
        let Some(settings) = &proxy.stats else {
            return respond(out, 503, "Service Unavailable", &[], &[], b"");
        };
        if !auth::allows(settings, request.authorization) {
            return unauthorized(settings, out);
        }
        let rest = request.uri.strip_prefix(settings.uri.as_slice()).unwrap_or(b"");
        let options = Options::parse(rest);
        let filter = Filter {
            up: options.up,
            no_maint: options.no_maint,
            legends: settings.show_legends,
            name_holds: &options.scope,
            scope: &settings.scope,
            scope_of: Some(request.proxy),
            ..Filter::default()
        };
        if let Some(part) = live::part(settings, request.uri) {
            return live::answer(part, request, settings, view, &filter, control, out);
        }
        if request.method == b"POST" {
            let outcome = if !request.admin_allowed || request.sender.is_foreign() {
                FormOutcome::Denied
            } else if request.body_cut {
                FormOutcome::TooLarge
            } else {
                form::process(view, &filter, request.body, control)
            };
            return see_other(settings, &options, outcome, out);
        }
        let mut body = Vec::new();
        let content_type = match options.format {
            Format::Html => {
                let page = Page {
                    view,
                    settings,
                    options: &options,
                    admin: request.admin_allowed,
                };
                page.write(&filter, &mut body);
                "text/html"
            }
            Format::Csv => {
                csv::write(view, &filter, &mut body);
                "text/plain"
            }
            Format::Typed => {
                typed::write(view, &filter, false, &mut body);
                "text/plain"
            }
            Format::Json => {
                json::write(view, &filter, &mut body);
                "application/json"
            }
            Format::JsonSchema => {
                body.extend_from_slice(json::SCHEMA.as_bytes());
                "application/json"
            }
        };
        let refresh = settings
            .refresh
            .filter(|_| !options.no_refresh)
            .map(|s| s.to_string());
        let mut headers = vec![("cache-control", "no-cache"), ("content-type", content_type)];
        headers.extend(refresh.as_deref().map(|seconds| ("refresh", seconds)));
        respond(out, 200, "OK", &headers, &[], &body);
    }
}

/// Sends the browser back to the page, which says how the form ended.
fn see_other(settings: &StatsSettings, options: &Options, outcome: FormOutcome, out: &mut Answer) {
    let mut location = settings.uri.to_vec();
    location.extend_from_slice(b";st=");
    location.extend_from_slice(outcome.code().as_bytes());
    for (word, on) in [(";up", options.up), (";norefresh", options.no_refresh)] {
        if on {
            location.extend_from_slice(word.as_bytes());
        }
    }
    if !options.scope.is_empty() {
        location.extend_from_slice(b"?scope=");
        location.extend_from_slice(&options.scope);
    }
    let location = String::from_utf8_lossy(&location);
    let headers = [("cache-control", "no-cache"), ("content-type", "text/plain")];
    let behind = [("location", location.as_ref())];
    respond(out, 303, "See Other", &headers, &behind, b"");
}

/// Asks for user and password.
fn unauthorized(settings: &StatsSettings, out: &mut Answer) {
    built_in(out, 401);
    challenge(out, false, &settings.realm);
}

/// Makes `out` an answer with its length, which stands between `headers` and `behind`.
pub(super) fn respond(
    out: &mut Answer,
    status: u16,
    reason: &str,
    headers: &[(&str, &str)],
    behind: &[(&str, &str)],
    body: &[u8],
) {
    out.begin(Version::Http11, status, reason.as_bytes());
    for (name, value) in headers {
        out.header(name.as_bytes(), &[value.as_bytes()]);
    }
    out.body.extend_from_slice(body);
    out.length();
    for (name, value) in behind {
        out.header(name.as_bytes(), &[value.as_bytes()]);
    }
}
