//! The rows of a table: frontend, listener, server, backend.

use haproxy_cfg::model::{Mode, ProxyId};

use super::super::field::{
    ACT, ADDR, AGENT_CODE, AGENT_DESC, AGENT_DURATION, AGENT_STATUS, ALGO, BCK, BIN, BOUT, CHECK_CODE,
    CHECK_DESC, CHECK_DURATION, CHECK_HEALTH, CHECK_STATUS, CHKDOWN, CHKFAIL, CLI_ABRT, COOKIE, DOWNTIME,
    DREQ, DRESP, ECON, EREQ, ERESP, LAST_AGT, LAST_CHK, LASTCHG, LASTSESS, LBTOT, QCUR, QLIMIT, QMAX, RATE,
    RATE_MAX, SCUR, SLIM, SMAX, SRV_ABRT, STATUS, STOT, SVNAME, UWEIGHT, WEIGHT, WREDIS, WRETR,
};
use super::super::server_status::ServerStatus;
use super::super::value::{Row, RowKind, Value};
use super::{Html, Page, text, tips};

/// Where a row stands.
pub(super) struct Context<'a> {
    /// The page.
    pub(super) page: &'a Page<'a>,
    /// The proxy.
    pub(super) id: ProxyId,
    /// Servers have a box to check.
    pub(super) with_box: bool,
    /// There is a first column for such boxes.
    pub(super) admin: bool,
}

impl Context<'_> {
    /// Appends the row.
    pub(super) fn write(&self, html: &mut Html<'_>, row: &Row<'_>) {
        match row.kind {
            RowKind::Frontend => self.frontend(html, row),
            RowKind::Listener => self.listener(html, row),
            RowKind::Server => self.server(html, row),
            RowKind::Backend => self.backend(html, row),
        }
    }

    fn http(&self) -> bool {
        self.page.view.config.proxy(self.id).mode == Mode::Http
    }

    fn name(&self) -> &[u8] {
        &self.page.view.config.proxy(self.id).name
    }

    fn begin(&self, html: &mut Html<'_>, class: &str) {
        html.raw("<tr class=\"");
        html.raw(class);
        html.raw("\">");
        if self.admin {
            html.raw("<td></td>");
        }
    }

    /// The first cell: a name that links to itself.
    fn title(&self, html: &mut Html<'_>, anchor: &[u8], shown: &[u8], tip: impl FnOnce(&mut Html<'_>)) {
        html.raw("<td class=ac><a name=\"");
        html.text(self.name());
        html.raw("/");
        html.text(anchor);
        html.raw("\"></a>");
        let legends = self.page.settings.show_legends;
        if legends {
            html.raw("<u>");
        }
        html.raw("<a class=lfsb href=\"#");
        html.text(self.name());
        html.raw("/");
        html.text(anchor);
        html.raw("\">");
        html.text(shown);
        html.raw("</a>");
        if legends {
            html.raw("<div class=tips>");
            tip(html);
            html.raw("</div></u>");
        }
        html.raw("</td>");
    }

    fn frontend(&self, html: &mut Html<'_>, row: &Row<'_>) {
        self.begin(html, "frontend");
        let name = self.name();
        html.raw("<td class=ac><a name=\"");
        html.text(name);
        html.raw("/Frontend\"></a><a class=lfsb href=\"#");
        html.text(name);
        html.raw("/Frontend\">Frontend</a></td><td colspan=3></td>");
        let http = self.http();
        tips::cell(html, row.get(RATE).number(), |h| tips::rates(h, row, false, http));
        tips::cell(html, row.get(RATE_MAX).number(), |h| {
            tips::rates(h, row, true, http);
        });
        html.raw("<td>-</td>");
        numbers(html, row, &[SCUR, SMAX, SLIM]);
        tips::cell(html, row.get(STOT).number(), |h| tips::totals(h, row, http));
        html.raw("<td></td><td></td>");
        numbers(html, row, &[BIN, BOUT, DREQ, DRESP, EREQ]);
        html.raw("<td></td><td></td><td></td><td></td><td class=ac>");
        html.text(row.get(STATUS).bytes());
        html.raw("</td><td class=ac colspan=8></td></tr>\n");
    }

    fn listener(&self, html: &mut Html<'_>, row: &Row<'_>) {
        self.begin(html, "socket");
        let name = row.get(SVNAME).bytes();
        self.title(html, &[b"+", name].concat(), name, |h| where_it_is(h, row));
        html.raw("<td colspan=3></td><td colspan=3>&nbsp;</td>");
        numbers(html, row, &[SCUR, SMAX, SLIM, STOT]);
        html.raw("<td>&nbsp;</td><td>&nbsp;</td>");
        numbers(html, row, &[BIN, BOUT, DREQ, DRESP, EREQ]);
        html.raw("<td></td><td></td><td></td><td></td><td class=ac>");
        html.text(row.get(STATUS).bytes());
        html.raw("</td><td class=ac colspan=8></td></tr>\n");
    }

    fn server(&self, html: &mut Html<'_>, row: &Row<'_>) {
        let state = self.state_of(row);
        html.raw("<tr class=\"");
        html.raw(&state.class);
        html.raw("\">");
        let name = row.get(SVNAME).bytes();
        if self.with_box {
            html.raw("<td><input class='");
            html.text(self.name());
            html.raw("-checkbox' type=\"checkbox\" name=\"s\" value=\"");
            html.text(name);
            html.raw("\"></td>");
        } else if self.admin {
            html.raw("<td></td>");
        }
        self.title(html, name, name, |h| where_it_is(h, row));
        numbers(html, row, &[QCUR, QMAX]);
        limit(html, row, QLIMIT);
        numbers(html, row, &[RATE, RATE_MAX]);
        html.raw("<td></td>");
        tips::cell(html, row.get(SCUR).number(), |h| tips::connections(h, row));
        numbers(html, row, &[SMAX]);
        limit(html, row, SLIM);
        let http = self.http();
        tips::cell(html, row.get(STOT).number(), |h| tips::totals(h, row, http));
        numbers(html, row, &[LBTOT]);
        last_session(html, row);
        numbers(html, row, &[BIN, BOUT]);
        html.raw("<td></td>");
        numbers(html, row, &[DRESP]);
        html.raw("<td></td>");
        errors(html, row);
        state.write(html, row);
        weights(html, row);
        html.raw(if row.get(ACT).number() > 0 {
            "<td class=ac>Y</td><td class=ac>-</td>"
        } else {
            "<td class=ac>-</td><td class=ac>Y</td>"
        });
        if row.get(CHKFAIL).is_some() {
            html.raw("<td><u>");
            html.grouped(row.get(CHKFAIL).number());
            html.raw("<div class=tips>Failed Health Checks</div></u></td>");
            numbers(html, row, &[CHKDOWN]);
            html.raw(&format!(
                "<td>{}</td>",
                text::duration(row.get(DOWNTIME).number())
            ));
        } else {
            html.raw("<td colspan=3></td>");
        }
        html.raw("<td class=ac>-</td></tr>\n");
    }

    fn backend(&self, html: &mut Html<'_>, row: &Row<'_>) {
        self.begin(html, "backend");
        self.title(html, b"Backend", b"Backend", |h| {
            h.raw("balancing: ");
            h.text(row.get(ALGO).bytes());
            if row.get(COOKIE).is_some() {
                h.raw(", cookie: '");
                h.text(row.get(COOKIE).bytes());
                h.raw("'");
            }
        });
        numbers(html, row, &[QCUR, QMAX]);
        html.raw("<td></td>");
        numbers(html, row, &[RATE, RATE_MAX]);
        html.raw("<td></td>");
        numbers(html, row, &[SCUR, SMAX, SLIM]);
        let http = self.http();
        tips::cell(html, row.get(STOT).number(), |h| tips::totals(h, row, http));
        numbers(html, row, &[LBTOT]);
        last_session(html, row);
        numbers(html, row, &[BIN, BOUT, DREQ, DRESP]);
        html.raw("<td></td>");
        errors(html, row);
        Self::backend_state(html, row);
        html.raw("<td class=ac>&nbsp;</td>");
        weights(html, row);
        html.raw(&format!(
            "<td class=ac>{}</td><td class=ac>{}</td><td class=ac>&nbsp;</td>",
            row.get(ACT).number(),
            row.get(BCK).number()
        ));
        numbers(html, row, &[CHKDOWN]);
        if row.get(DOWNTIME).is_some() {
            html.raw(&format!(
                "<td>{}</td>",
                text::duration(row.get(DOWNTIME).number())
            ));
        } else {
            html.raw("<td>&nbsp;</td>");
        }
        html.raw("<td></td></tr>\n");
    }

    fn backend_state(html: &mut Html<'_>, row: &Row<'_>) {
        html.raw("<td class=ac>");
        html.raw(&text::duration(row.get(LASTCHG).number()));
        html.raw(" ");
        let status = row.get(STATUS).bytes();
        if status == b"UP" {
            html.text(status);
        } else {
            let color = if status.starts_with(b"UP") {
                "orange"
            } else {
                "red"
            };
            html.raw(&format!("<font color=\"{color}\"><b>"));
            html.text(status);
            html.raw("</b></font>");
        }
        html.raw("</td>");
    }

    fn state_of(&self, row: &Row<'_>) -> ServerState {
        let proxy = self.page.view.config.proxy(self.id);
        let index = row.index;
        let state = &self.page.view.runtime.proxies[self.id.0 as usize].servers[index];
        let status = ServerStatus::of(self.page.view.config, self.page.view.runtime, self.id, index);
        let side = if proxy.servers[index].backup {
            "backup"
        } else {
            "active"
        };
        let class = match status {
            ServerStatus::Maint | ServerStatus::MaintVia(_) | ServerStatus::Unresolved => {
                "maintain".to_owned()
            }
            ServerStatus::Down(0, _) | ServerStatus::DownByAgent => {
                format!("{side}_down")
            }
            ServerStatus::Down(..) | ServerStatus::DownUnchecked(_) => format!("{side}_going_up"),
            ServerStatus::NoLb(..) => format!("{side}_nolb"),
            ServerStatus::Drain(..) => format!("{side}_draining"),
            ServerStatus::NoCheck if state.agent().is_some() => format!("{side}_no_check"),
            ServerStatus::Up(..) | ServerStatus::NoCheck | ServerStatus::DrainByAgent
                if state.weight() == 0 =>
            {
                format!("{side}_draining")
            }
            ServerStatus::NoCheck => format!("{side}_no_check"),
            ServerStatus::Up(n, of) if n < of => format!("{side}_going_down"),
            // What drains looks as if it were up where it has an agent: the original's way.
            ServerStatus::Up(..) | ServerStatus::DrainByAgent => format!("{side}_up"),
        };
        ServerState { status, class }
    }
}

/// A server's state as its row shows it.
struct ServerState {
    status: ServerStatus,
    class: String,
}

impl ServerState {
    /// The cells for state and last check.
    fn write(&self, html: &mut Html<'_>, row: &Row<'_>) {
        html.raw("<td class=ac>");
        if self.status == ServerStatus::NoCheck {
            html.raw("<i>no check</i>");
        } else {
            html.raw(&text::duration(row.get(LASTCHG).number()));
            html.raw(" ");
            match self.status {
                ServerStatus::MaintVia(_) => html.raw("MAINT"),
                _ => html.text(row.get(STATUS).bytes()),
            }
            let going_down = match self.status {
                // One that nothing checks, or that tracks another, never was up for good.
                ServerStatus::Up(n, of) | ServerStatus::NoLb(n, of) | ServerStatus::Drain(n, of) => {
                    n < of || !row.get(CHKFAIL).is_some()
                }
                ServerStatus::DrainByAgent => !row.get(CHKFAIL).is_some(),
                _ => false,
            };
            if going_down {
                html.raw(" &darr;");
            } else if self.is_going_up(row) {
                html.raw(" &uarr;");
            }
        }
        html.raw("</td>");
        let columns = if self.status == ServerStatus::DownByAgent {
            [AGENT_STATUS, AGENT_CODE, AGENT_DURATION, AGENT_DESC, LAST_AGT]
        } else {
            [CHECK_STATUS, CHECK_CODE, CHECK_DURATION, CHECK_DESC, LAST_CHK]
        };
        last_check(html, row, columns);
    }

    /// Checks bring the server up already, or would if it were not for its agent.
    fn is_going_up(&self, row: &Row<'_>) -> bool {
        match self.status {
            ServerStatus::Down(done, _) => done > 0,
            ServerStatus::DownByAgent => row.get(CHECK_HEALTH).number() > 0,
            _ => false,
        }
    }
}

/// The cell for what was found last, from the columns that have its status, code, duration and words.
fn last_check(html: &mut Html<'_>, row: &Row<'_>, [status, code, duration, words, said]: [usize; 5]) {
    if !row.get(status).is_some() {
        html.raw("<td></td>");
        return;
    }
    html.raw("<td class=ac><u> ");
    html.text(row.get(status).bytes());
    if row.get(code).is_some() {
        html.raw("/");
        html.number(row.get(code).number());
    }
    if row.get(duration).is_some() {
        html.raw(" in ");
        html.number(row.get(duration).number());
        html.raw("ms");
    }
    html.raw("<div class=tips>");
    html.text(row.get(words).bytes());
    if !row.get(said).bytes().is_empty() {
        html.raw(": ");
        html.said(row.get(said).bytes());
    }
    html.raw("</div></u></td>");
}

/// A cell for each of these columns.
fn numbers(html: &mut Html<'_>, row: &Row<'_>, columns: &[usize]) {
    for &column in columns {
        html.raw("<td>");
        html.grouped(row.get(column).number());
        html.raw("</td>");
    }
}

/// A limit, or a dash where there is none.
fn limit(html: &mut Html<'_>, row: &Row<'_>, column: usize) {
    if row.get(column).is_some() {
        numbers(html, row, &[column]);
    } else {
        html.raw("<td>-</td>");
    }
}

fn last_session(html: &mut Html<'_>, row: &Row<'_>) {
    html.raw("<td>");
    match row.get(LASTSESS) {
        Value::S32(-1) => html.raw("?"),
        seconds => html.raw(&text::duration(seconds.number())),
    }
    html.raw("</td>");
}

/// The cells for connection and response errors, retries and redispatches.
fn errors(html: &mut Html<'_>, row: &Row<'_>) {
    numbers(html, row, &[ECON]);
    html.raw("<td><u>");
    html.grouped(row.get(ERESP).number());
    html.raw(&format!(
        "<div class=tips>Connection resets during transfers: {} client, {} server</div></u></td>",
        row.get(CLI_ABRT).number(),
        row.get(SRV_ABRT).number()
    ));
    numbers(html, row, &[WRETR, WREDIS]);
}

fn weights(html: &mut Html<'_>, row: &Row<'_>) {
    html.raw(&format!(
        "<td class=ac>{}/{}</td>",
        row.get(WEIGHT).number(),
        row.get(UWEIGHT).number()
    ));
}

/// Address, number and cookie, for the title's tooltip.
fn where_it_is(html: &mut Html<'_>, row: &Row<'_>) {
    match row.get(ADDR).bytes() {
        b"" => {}
        address @ (b"unix" | b"abns") => {
            html.text(address);
            html.raw(", ");
        }
        address => {
            html.raw(if address.starts_with(b"[") {
                "IPv6: "
            } else {
                "IPv4: "
            });
            html.text(address);
            html.raw(", ");
        }
    }
    html.raw("id: ");
    html.number(u64::from(row.sid));
    if row.get(COOKIE).is_some() {
        html.raw(", cookie: '");
        html.text(row.get(COOKIE).bytes());
        html.raw("'");
    }
}
