//! What shows when the pointer rests on a number: the figures behind it.

use super::super::field::{
    CACHE_HITS, CACHE_LOOKUPS, COMP_RSP, CONN_RATE, CONN_RATE_MAX, CONN_TOT, CONNECT, CTIME, EINT, HRSP_1XX,
    HRSP_OTHER, IDLE_CONN_CUR, INTERCEPTED, NEED_CONN_EST, QTIME, QTIME_MAX, RATE, RATE_MAX, REQ_RATE,
    REQ_RATE_MAX, REQ_TOT, REUSE, RTIME, SAFE_CONN_CUR, SCUR, SLIM, SRV_ICUR, STOT, TTIME, USED_CONN_CUR,
    WREW,
};
use super::super::value::{Row, RowKind};
use super::Html;

/// A cell with a number and the lines behind it.
pub(super) fn cell(html: &mut Html<'_>, n: u64, lines: impl FnOnce(&mut Html<'_>)) {
    html.raw("<td><u>");
    html.grouped(n);
    html.raw("<div class=tips><table class=det>");
    lines(html);
    html.raw("</table></div></u></td>");
}

fn line(html: &mut Html<'_>, name: &str, n: u64) {
    html.raw(&format!("<tr><th>{name}:</th><td>"));
    html.grouped(n);
    html.raw("</td></tr>");
}

fn line_of(html: &mut Html<'_>, name: &str, n: u64, of: u64) {
    html.raw(&format!("<tr><th>{name}:</th><td>"));
    html.grouped(n);
    let percent = (100 * n).checked_div(of).unwrap_or(0);
    html.raw(&format!("</td><td>({percent}%)</td></tr>"));
}

fn line_per_second(html: &mut Html<'_>, name: &str, n: u64) {
    html.raw(&format!("<tr><th>{name}:</th><td>"));
    html.grouped(n);
    html.raw("/s</td></tr>");
}

/// A frontend's rates.
pub(super) fn rates(html: &mut Html<'_>, row: &Row<'_>, max: bool, http: bool) {
    let (word, conn, sess, req) = if max {
        ("Max", CONN_RATE_MAX, RATE_MAX, REQ_RATE_MAX)
    } else {
        ("Current", CONN_RATE, RATE, REQ_RATE)
    };
    line_per_second(html, &format!("{word} connection rate"), row.get(conn).number());
    line_per_second(html, &format!("{word} session rate"), row.get(sess).number());
    if http {
        line_per_second(html, &format!("{word} request rate"), row.get(req).number());
    }
}

/// A server's connections.
pub(super) fn connections(html: &mut Html<'_>, row: &Row<'_>) {
    line(html, "Current active connections", row.get(SCUR).number());
    line(html, "Current used connections", row.get(USED_CONN_CUR).number());
    line(html, "Current idle connections", row.get(SRV_ICUR).number());
    line(html, "- unsafe", row.get(IDLE_CONN_CUR).number());
    line(html, "- safe", row.get(SAFE_CONN_CUR).number());
    line(
        html,
        "Estimated need of connections",
        row.get(NEED_CONN_EST).number(),
    );
    html.raw("<tr><th>Active connections limit:</th><td>");
    match row.get(SLIM).number() {
        0 => html.raw("-"),
        n => html.grouped(n),
    }
    html.raw("</td></tr><tr><th>Idle connections limit:</th><td>-</td></tr>");
}

/// Sessions, requests and responses so far.
pub(super) fn totals(html: &mut Html<'_>, row: &Row<'_>, http: bool) {
    let count = |column| row.get(column).number();
    if row.kind == RowKind::Frontend {
        line(html, "Cum. connections", count(CONN_TOT));
    }
    line(html, "Cum. sessions", count(STOT));
    if http {
        if row.kind != RowKind::Frontend {
            line(html, "New connections", count(CONNECT));
            line_of(
                html,
                "Reused connections",
                count(REUSE),
                count(CONNECT) + count(REUSE),
            );
        }
        line(html, "Cum. HTTP requests", count(REQ_TOT));
        responses(html, row);
    }
    if row.kind != RowKind::Frontend {
        times(html, row, http);
    }
}

fn responses(html: &mut Html<'_>, row: &Row<'_>) {
    let count = |column| row.get(column).number();
    let server = row.kind == RowKind::Server;
    for class in 0..5 {
        let name = format!("- HTTP {}xx responses", class + 1);
        let n = count(HRSP_1XX + class);
        if server {
            line_of(html, &name, n, count(REQ_TOT));
        } else {
            line(html, &name, n);
        }
        if class == 1 && !server {
            line_of(html, "&nbsp;&nbsp;Compressed 2xx", count(COMP_RSP), n);
        }
    }
    let other = count(HRSP_OTHER);
    if server {
        line_of(html, "- other responses", other, count(REQ_TOT));
    } else {
        line(html, "- other responses", other);
    }
    if row.kind == RowKind::Frontend {
        line(html, "Intercepted requests", count(INTERCEPTED));
    }
    if !server {
        line(html, "Cache lookups", count(CACHE_LOOKUPS));
        line_of(html, "Cache hits", count(CACHE_HITS), count(CACHE_LOOKUPS));
    }
    line(html, "Failed hdr rewrites", count(WREW));
    line(
        html,
        if server {
            "Internal error"
        } else {
            "Internal errors"
        },
        count(EINT),
    );
}

fn times(html: &mut Html<'_>, row: &Row<'_>, http: bool) {
    html.raw("<tr><th colspan=3>Max / Avg over last 1024 success. conn.</th></tr>");
    for (name, mean) in [
        ("Queue", QTIME),
        ("Connect", CTIME),
        ("Responses", RTIME),
        ("Total", TTIME),
    ] {
        if mean == RTIME && !http {
            continue;
        }
        html.raw(&format!("<tr><th>- {name} time:</th><td>"));
        html.grouped(row.get(QTIME_MAX + mean - QTIME).number());
        html.raw(" / ");
        html.grouped(row.get(mean).number());
        html.raw("</td><td>ms</td></tr>");
    }
}
