//! The live page (`stats live-page`): charts of rates, latencies and server states that move, and buttons that drain servers. A page of
//! our own beside the classic one, with its users, scope and `stats admin` rules. Everything it is made of comes from here; its
//! policy lets it load nothing else, and lets no other page frame it.

use haproxy_cfg::model::StatsSettings;

use crate::answer::Answer;
use crate::cli::Control;

use super::field::{
    BOUT, ECON, ERESP, HRSP_5XX, LASTCHG, PXNAME, QCUR, REQ_TOT, SCUR, STATUS, STOT, SVNAME, TTIME, WEIGHT,
};
use super::page::{StatsRequest, respond};
use super::query::FormOutcome;
use super::value::{Row, RowKind, Value, push_number};
use super::view::{Filter, StatsView};
use super::{form, rows};

/// With more servers than that, those of one backend are shown at a time: the answer is made once a second.
const MOST_SERVERS: usize = 500;

/// What the page may do: its own script, style and figures, nothing of anybody else's, and no place in others' pages.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

const PAGE: &str = include_str!("page.html");
const SCRIPT: &str = include_str!("live.js");
const STYLE: &str = include_str!("live.css");

/// What of a row is sent, as a number.
const NUMBERS: [(&str, usize); 11] = [
    ("weight", WEIGHT),
    ("scur", SCUR),
    ("stot", STOT),
    ("qcur", QCUR),
    ("req_tot", REQ_TOT),
    ("bout", BOUT),
    ("econ", ECON),
    ("eresp", ERESP),
    ("hrsp_5xx", HRSP_5XX),
    ("ttime", TTIME),
    ("lastchg", LASTCHG),
];

/// What stands behind the path of the page in a target; none where it is another's.
pub(super) fn part<'u>(settings: &StatsSettings, uri: &'u [u8]) -> Option<&'u [u8]> {
    let rest = uri.strip_prefix(settings.live.as_ref()?.as_slice())?;
    matches!(rest.first(), None | Some(b'/' | b'?')).then_some(rest)
}

/// Answers a request for `part` of the page, from somebody who may see it.
pub(super) fn answer(
    part: &[u8],
    request: &StatsRequest<'_>,
    settings: &StatsSettings,
    view: &StatsView<'_>,
    filter: &Filter<'_>,
    control: &mut dyn Control,
    out: &mut Answer,
) {
    let (path, query) = match memchr::memchr(b'?', part) {
        Some(at) => (&part[..at], &part[at + 1..]),
        None => (part, b"".as_slice()),
    };
    let is_form = request.method == b"POST";
    let (kind, body) = match path {
        b"/act" if is_form => return act(request, view, filter, control, out),
        _ if is_form => {
            return plain(
                out,
                405,
                "Method Not Allowed",
                "The page takes no such request.\n",
            );
        }
        b"" | b"/" => {
            let base = settings
                .live
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default();
            (
                "text/html; charset=utf-8",
                PAGE.replace("@BASE@", &text(base.as_bytes())).into_bytes(),
            )
        }
        b"/live.js" => ("text/javascript; charset=utf-8", SCRIPT.as_bytes().to_vec()),
        b"/live.css" => ("text/css; charset=utf-8", STYLE.as_bytes().to_vec()),
        b"/data" => (
            "application/json",
            data(query, request.admin_allowed, view, filter),
        ),
        _ => return plain(out, 404, "Not Found", "The page has no such part.\n"),
    };
    send(out, 200, "OK", kind, &body);
}

/// Does what a button asks. A page of others cannot make a browser send the header that this asks for: it would have to be allowed
/// to first, and nobody here allows it.
fn act(
    request: &StatsRequest<'_>,
    view: &StatsView<'_>,
    filter: &Filter<'_>,
    control: &mut dyn Control,
    out: &mut Answer,
) {
    if request.sender.marker != Some(b"act") || request.sender.is_foreign() {
        return plain(
            out,
            403,
            "Forbidden",
            "This was not asked for by the page itself.\n",
        );
    }
    if !request.admin_allowed {
        return plain(out, 403, "Forbidden", "No 'stats admin' rule allows this.\n");
    }
    if request.body_cut {
        return plain(out, 413, "Payload Too Large", "The form is too large.\n");
    }
    match form::process(view, filter, request.body, control) {
        FormOutcome::Done => plain(out, 200, "OK", "Done.\n"),
        FormOutcome::None => plain(out, 200, "OK", "Nothing had to change.\n"),
        _ => plain(
            out,
            400,
            "Bad Request",
            "There is no such server, or no such action.\n",
        ),
    }
}

fn plain(out: &mut Answer, status: u16, reason: &str, text: &str) {
    send(out, status, reason, "text/plain; charset=utf-8", text.as_bytes());
}

fn send(out: &mut Answer, status: u16, reason: &str, kind: &str, body: &[u8]) {
    let headers = [
        ("cache-control", "no-store"),
        ("content-type", kind),
        ("content-security-policy", POLICY),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-resource-policy", "same-origin"),
    ];
    respond(out, status, reason, &headers, &[], body);
}

/// The figures, as JSON: names of columns, then a list of values for each row.
fn data(query: &[u8], admin: bool, view: &StatsView<'_>, filter: &Filter<'_>) -> Vec<u8> {
    let wanted = |kind: RowKind| kind.bit();
    let all: usize = view
        .proxies()
        .map(|(_, proxy)| proxy.servers.iter().count())
        .sum();
    let partial = all > MOST_SERVERS;
    let mut out = Vec::with_capacity(4096);
    out.extend_from_slice(
        format!(
            "{{\"now\":{},\"uptime\":{},\"threads\":{}",
            view.now_ms,
            view.uptime(),
            view.runtime.counters.len()
        )
        .as_bytes(),
    );
    out.extend_from_slice(format!(",\"admin\":{admin},\"partial\":{partial},\"node\":").as_bytes());
    string(&view.process.node, &mut out);
    out.extend_from_slice(b",\"columns\":[\"kind\",\"proxy\",\"name\",\"status\"");
    for (name, _) in NUMBERS {
        out.extend_from_slice(format!(",\"{name}\"").as_bytes());
    }
    out.extend_from_slice(b"],\"rows\":[");
    let mut first = true;
    let mut each = |row: &Row<'_>| write_row(row, &mut first, &mut out);
    let proxies = wanted(RowKind::Frontend) | wanted(RowKind::Backend);
    if partial {
        rows::each(
            view,
            &Filter {
                kinds: proxies,
                ..*filter
            },
            &mut each,
        );
        let of = query
            .strip_prefix(b"of=")
            .and_then(|id| std::str::from_utf8(id).ok()?.parse::<u32>().ok());
        let open = view.proxies().find(|(_, proxy)| Some(proxy.id) == of);
        if let Some((id, _)) = open {
            let of_one = Filter {
                proxy: Some(id),
                kinds: wanted(RowKind::Server),
                ..*filter
            };
            rows::each(view, &of_one, &mut each);
        }
    } else {
        let kinds = proxies | wanted(RowKind::Server);
        rows::each(view, &Filter { kinds, ..*filter }, &mut each);
    }
    out.extend_from_slice(b"]}\n");
    out
}

fn write_row(row: &Row<'_>, first: &mut bool, out: &mut Vec<u8>) {
    if !std::mem::replace(first, false) {
        out.push(b',');
    }
    out.push(b'[');
    push_number(out, row.kind as u64);
    out.push(b',');
    push_number(out, row.iid.into());
    out.push(b',');
    let name = match row.kind {
        RowKind::Server | RowKind::Listener => SVNAME,
        RowKind::Frontend | RowKind::Backend => PXNAME,
    };
    string(row.get(name).bytes(), out);
    out.push(b',');
    string(row.get(STATUS).bytes(), out);
    for (_, column) in NUMBERS {
        out.push(b',');
        match row.get(column) {
            Value::Str(_) => out.push(b'0'),
            value => push_number(out, value.number()),
        }
    }
    out.push(b']');
}

/// A string of JSON, in which nothing can end a script.
fn string(bytes: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    for letter in String::from_utf8_lossy(bytes).chars() {
        match letter {
            '"' | '\\' | '<' | '>' | '&' | '\u{0}'..='\u{1f}' | '\u{2028}' | '\u{2029}' => {
                out.extend_from_slice(format!("\\u{:04x}", u32::from(letter)).as_bytes());
            }
            _ => out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    out.push(b'"');
}

/// Text in a page.
fn text(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}
