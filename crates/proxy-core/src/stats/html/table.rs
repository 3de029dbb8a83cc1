//! A proxy's table: its title, its headings, and the form below it.

use haproxy_cfg::model::ProxyId;

use super::super::form::ACTIONS;
use super::{Html, Page, top};

/// Groups of columns: how many columns, and the name.
const GROUPS: [(u32, &str); 8] = [
    (3, "Queue"),
    (3, "Session rate"),
    (6, "Sessions"),
    (2, "Bytes"),
    (2, "Denied"),
    (3, "Errors"),
    (2, "Warnings"),
    (9, "Server"),
];

/// Columns below the groups.
const COLUMNS: [&str; 30] = [
    "Cur", "Max", "Limit", "Cur", "Max", "Limit", "Cur", "Max", "Limit", "Total", "LbTot", "Last", "In",
    "Out", "Req", "Resp", "Req", "Conn", "Resp", "Retr", "Redis", "Status", "LastChk", "Wght", "Act", "Bck",
    "Chk", "Dwn", "Dwntme", "Thrtle",
];

/// Title and headings.
pub(super) fn begin(html: &mut Html<'_>, page: &Page<'_>, id: ProxyId, with_form: bool) {
    let proxy = page.view.config.proxy(id);
    if with_form {
        html.raw("<form method=\"post\">");
    }
    html.raw("<table class=\"tbl\" width=\"100%\">\n<tr class=\"titre\"><th class=\"pxname\" width=\"10%\">");
    html.raw("<a name=\"");
    html.text(&proxy.name);
    html.raw("\"></a>");
    if page.settings.show_legends {
        html.raw("<u>");
    }
    html.raw("<a class=px href=\"#");
    html.text(&proxy.name);
    html.raw("\">");
    html.text(&proxy.name);
    html.raw("</a>");
    if page.settings.show_legends {
        let mode = proxy.mode.spoken();
        html.raw(&format!(
            "<div class=tips>cap: {}, mode: {mode}, id: {}</div></u>",
            top::capability(proxy),
            proxy.id
        ));
    }
    match &proxy.description {
        Some(description) => {
            html.raw("</th><th class=\"desc\" width=\"90%\">");
            html.text(description);
        }
        None => html.raw("</th><th class=\"empty\" width=\"90%\">"),
    }
    html.raw("</th></tr>\n</table>\n<table class=\"tbl\" width=\"100%\">\n<tr class=\"titre\">");
    if with_form {
        // One box checks all of the table's.
        html.raw("<th rowspan=2 width=1><input type=\"checkbox\" onclick=\"for (const b of document.getElementsByClassName('");
        html.text(&proxy.name);
        html.raw("-checkbox')) b.checked = this.checked\"></th>");
    } else if page.admin {
        html.raw("<th rowspan=2></th>");
    }
    html.raw("<th rowspan=2></th>");
    for (columns, name) in GROUPS {
        html.raw(&format!("<th colspan={columns}>{name}</th>"));
    }
    html.raw("</tr>\n<tr class=\"titre\">");
    for name in COLUMNS {
        html.raw("<th>");
        html.raw(name);
        html.raw("</th>");
    }
    html.raw("</tr>\n");
}

/// The end of the table, and the form's list of actions.
pub(super) fn end(html: &mut Html<'_>, page: &Page<'_>, id: ProxyId, with_form: bool) {
    html.raw("</table>");
    if with_form {
        html.raw("Choose the action to perform on the checked servers : <select name=action>");
        for (value, words) in ACTIONS {
            html.raw(&format!("<option value=\"{value}\">{words}</option>"));
        }
        html.raw("</select><input type=\"hidden\" name=\"b\" value=\"#");
        html.number(u64::from(page.view.config.proxy(id).id));
        html.raw("\">&nbsp;<input type=\"submit\" value=\"Apply\"></form>");
    }
    html.raw("<p>\n");
}
