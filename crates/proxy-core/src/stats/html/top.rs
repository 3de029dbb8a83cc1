//! What stands above the tables: title, process, legend, links, and how the last use of the form ended.

use haproxy_cfg::model::{Proxy, StatsSettings};

use super::super::query::{FormOutcome, Options};
use super::super::view::StatsView;
use super::text;
use super::{Html, Page};

/// Where the program's own language is documented; the page of the original links there too.
const MANUAL: &str = "http://docs.haproxy.org/";

/// Everything in front of the first table.
pub(super) fn write(html: &mut Html<'_>, page: &Page<'_>) {
    head(html, page);
    html.raw("<hr width=\"100%\" class=\"hr\">\n<h3>&gt; General process information</h3>\n");
    html.raw("<table border=0><tr><td align=\"left\" nowrap width=\"1%\">\n");
    process(html, page.view);
    html.raw("</td><td align=\"center\" nowrap>\n");
    legend(html);
    html.raw("</td><td align=\"left\" valign=\"top\" nowrap width=\"1%\">");
    links(html, page);
    html.raw("</td><td align=\"left\" valign=\"top\" nowrap width=\"1%\">");
    html.raw("<b>External resources:</b><ul style=\"margin-top: 0.25em;\">\n<li><a href=\"");
    html.raw(MANUAL);
    html.raw("\">Online manual</a><br>\n</ul></td></tr></table>\n");
    if let Some(outcome) = page.options.outcome {
        message(html, page, outcome);
    }
}

fn head(html: &mut Html<'_>, page: &Page<'_>) {
    let process = page.view.process;
    let settings = page.settings;
    html.raw("<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01 Transitional//EN\"\n");
    html.raw("\"http://www.w3.org/TR/html4/loose.dtd\">\n");
    html.raw("<html><head><title>Statistics Report for HAProxy");
    if let Some(node) = node(settings, page.view) {
        html.raw(" on ");
        html.text(node);
    }
    html.raw("</title>\n<link rel=\"icon\" href=\"data:,\">\n");
    html.raw("<meta http-equiv=\"content-type\" content=\"text/html; charset=iso-8859-1\">\n");
    html.raw("<style type=\"text/css\"><!--\n");
    html.raw(include_str!("style.css"));
    html.raw("-->\n</style></head>\n<body><h1><a href=\"");
    html.raw(MANUAL);
    html.raw("\" style=\"text-decoration: none;\">HAProxy");
    if !settings.hide_version {
        html.raw(" version ");
        html.text(process.version.as_bytes());
        html.raw(", released ");
        html.text(process.released.as_bytes());
    }
    html.raw("</a></h1>\n<h2>Statistics Report for pid ");
    html.number(u64::from(process.pid));
    if let Some(node) = node(settings, page.view) {
        html.raw(" on ");
        html.text(node);
    }
    if let Some(description) = description(settings, page.view) {
        html.raw(": ");
        html.text(description);
    }
    html.raw("</h2>\n");
}

/// `stats show-node`: its argument, or the node's name.
fn node<'a>(settings: &'a StatsSettings, view: &StatsView<'a>) -> Option<&'a [u8]> {
    let named = settings.show_node.as_ref()?;
    Some(named.as_ref().map_or(&view.process.node, |word| word.as_slice()))
}

/// `stats show-desc`: its argument, or the global `description`.
fn description<'a>(settings: &'a StatsSettings, view: &StatsView<'a>) -> Option<&'a [u8]> {
    let given = settings.show_desc.as_ref()?;
    given
        .as_ref()
        .or(view.config.global.description.as_ref())
        .map(|word| word.as_slice())
}

fn process(html: &mut Html<'_>, view: &StatsView<'_>) {
    let info = super::super::info::Figures::of(view);
    let (process, pipes) = (view.process, &view.runtime.pipes);
    html.raw(&format!(
        "<p><b>pid = </b> {} (process #1, nbproc = 1, nbthread = {})<br>\n",
        process.pid, info.threads
    ));
    html.raw(&format!("<b>uptime = </b> {}<br>\n", text::uptime(view.uptime())));
    html.raw(&format!(
        "<b>system limits:</b> memmax = unlimited; ulimit-n = {}<br>\n",
        process.ulimit_n
    ));
    html.raw(&format!(
        "<b>maxsock = </b> {}; <b>maxconn = </b> {}; <b>maxpipes = </b> {}<br>\n",
        process.maxsock,
        view.maxconn(),
        pipes.most()
    ));
    html.raw(&format!(
        "current conns = {}; current pipes = {}/{}; conn rate = {}/sec; bit rate = {}<br>\n",
        info.connections,
        pipes.used(),
        pipes.used() + pipes.free(),
        info.conn_rate.0,
        text::bit_rate(info.bytes_out_rate * 8)
    ));
    html.raw(&format!(
        "Running tasks: 0/{}; idle = {} %<br>\n",
        info.tasks, info.idle_percent
    ));
}

fn legend(html: &mut Html<'_>) {
    const PAIRS: [(&str, &str, &str, &str); 3] = [
        ("active_up", "active UP ", "backup_up", "backup UP "),
        (
            "active_going_down",
            "active UP, going down ",
            "backup_going_down",
            "backup UP, going down ",
        ),
        (
            "active_going_up",
            "active DOWN, going up ",
            "backup_going_up",
            "backup DOWN, going up ",
        ),
    ];
    html.raw("<table class=\"lgd\">");
    for (a, a_text, b, b_text) in PAIRS {
        html.raw(&format!(
            "<tr>\n<td class=\"{a}\">&nbsp;</td><td class=\"noborder\">{a_text}</td>\
             <td class=\"{b}\">&nbsp;</td><td class=\"noborder\">{b_text}</td></tr>"
        ));
    }
    html.raw(
        "<tr>\n<td class=\"active_down\"></td><td class=\"noborder\">active or backup DOWN &nbsp;</td>\
         <td class=\"active_no_check\"></td><td class=\"noborder\">not checked </td></tr>",
    );
    for (class, meaning) in [
        ("maintain", "active or backup DOWN for maintenance (MAINT) &nbsp;"),
        (
            "active_draining",
            "active or backup SOFT STOPPED for maintenance &nbsp;",
        ),
    ] {
        html.raw(&format!(
            "<tr>\n<td class=\"{class}\"></td><td class=\"noborder\" colspan=\"3\">{meaning}</td></tr>"
        ));
    }
    html.raw("</table>\nNote: \"NOLB\"/\"DRAIN\" = UP with load-balancing disabled.");
}

fn links(html: &mut Html<'_>, page: &Page<'_>) {
    let options = page.options;
    let no_refresh = options.no_refresh && page.settings.refresh.is_some();
    html.raw("<b>Display option:</b><ul style=\"margin-top: 0.25em;\">");
    html.raw("<li><form method=\"GET\">Scope : <input value=\"");
    html.text(&options.scope);
    html.raw("\" name=\"scope\" size=\"8\" maxlength=\"20\" tabindex=\"1\"/></form>\n");
    let show = if options.up {
        "Show all servers"
    } else {
        "Hide 'DOWN' servers"
    };
    link(
        html,
        page,
        &[("up", !options.up), ("norefresh", no_refresh)],
        show,
    );
    if page.settings.refresh.is_some() {
        let name = if no_refresh {
            "Enable refresh"
        } else {
            "Disable refresh"
        };
        link(
            html,
            page,
            &[("up", options.up), ("norefresh", !no_refresh)],
            name,
        );
    }
    link(
        html,
        page,
        &[("up", options.up), ("norefresh", no_refresh)],
        "Refresh now",
    );
    let refreshes = page.settings.refresh.is_some();
    link(
        html,
        page,
        &[("csv", true), ("norefresh", refreshes)],
        "CSV export",
    );
    html.raw("<li>");
    anchor(
        html,
        page,
        &[("json", true), ("norefresh", refreshes)],
        "JSON export",
    );
    html.raw(" (<a href=\"");
    html.text(&page.settings.uri);
    html.raw(";json-schema\">schema</a>)<br>\n</ul>");
}

fn link(html: &mut Html<'_>, page: &Page<'_>, words: &[(&str, bool)], name: &str) {
    html.raw("<li>");
    anchor(html, page, words, name);
    html.raw("<br>\n");
}

fn anchor(html: &mut Html<'_>, page: &Page<'_>, words: &[(&str, bool)], name: &str) {
    html.raw("<a href=\"");
    address(html, page, words);
    html.raw("\">");
    html.raw(name);
    html.raw("</a>");
}

/// The page's own address with those options and the scope.
fn address(html: &mut Html<'_>, page: &Page<'_>, words: &[(&str, bool)]) {
    html.text(&page.settings.uri);
    for (word, _) in words.iter().filter(|(_, on)| *on) {
        html.raw(";");
        html.raw(word);
    }
    if !page.options.scope.is_empty() {
        html.raw("?scope=");
        html.text(&page.options.scope);
    }
}

fn message(html: &mut Html<'_>, page: &Page<'_>, outcome: FormOutcome) {
    let (class, says) = match outcome {
        FormOutcome::Done => ("active_up", "Action processed successfully."),
        FormOutcome::None => ("active_going_down", "Nothing has changed."),
        FormOutcome::Partial => (
            "active_going_down",
            "Action partially processed.<br>A server's name is unknown or not unique in the backend.",
        ),
        FormOutcome::Error => (
            "active_down",
            "Action not processed because of invalid parameters: the request names an unknown action, or a backend or server that is \
             unknown or not unique.",
        ),
        FormOutcome::TooLarge => (
            "active_down",
            "<b>Action not processed : the form is larger than the buffer.<br>Choose fewer servers at a time.</b>",
        ),
        FormOutcome::Denied => ("active_down", "<b>Action denied.</b>"),
        FormOutcome::Unknown => ("active_no_check", "Unexpected result."),
    };
    html.raw(&format!("<p><div class={class}><a class=lfsb href=\""));
    let Options { up, no_refresh, .. } = *page.options;
    address(html, page, &[("up", up), ("norefresh", no_refresh)]);
    html.raw("\" title=\"Remove this message\">[X]</a> ");
    html.raw(says);
    html.raw("</div>\n<p>\n");
}

/// What a proxy can do, for its title's tooltip.
pub(super) fn capability(proxy: &Proxy) -> &'static str {
    match (proxy.kind.is_frontend(), proxy.kind.is_backend()) {
        (true, true) => "proxy",
        (true, false) => "frontend",
        _ => "backend",
    }
}
