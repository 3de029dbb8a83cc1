//! The page: the tables of the original with its headings, cells, classes and colours, in markup of our own.

mod row;
mod table;
pub(super) mod text;
mod tips;
mod top;

use haproxy_cfg::model::{ProxyId, StatsSettings};

use super::query::Options;
use super::rows;
use super::value::{Row, RowKind, push_number};
use super::view::{Filter, StatsView};
use crate::state::full_connections;

/// What one page is made from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Page<'a> {
    /// Configuration and state.
    pub(super) view: &'a StatsView<'a>,
    /// The settings of the proxy whose page it is.
    pub(super) settings: &'a StatsSettings,
    /// What the request asked for.
    pub(super) options: &'a Options,
    /// The form is there.
    pub(super) admin: bool,
}

impl Page<'_> {
    /// Appends the page.
    pub(super) fn write(&self, filter: &Filter<'_>, out: &mut Vec<u8>) {
        let html = &mut Html { out };
        top::write(html, self);
        let fullconn = full_connections(self.view.config, self.view.maxconn());
        let mut row = Row::new(RowKind::Frontend);
        for (id, proxy) in self.view.proxies() {
            if filter.wants_proxy(id, proxy) {
                self.proxy(html, filter, id, fullconn[id.0 as usize], &mut row);
            }
        }
        html.raw("</body></html>\n");
    }

    fn proxy<'v>(
        &'v self,
        html: &mut Html<'_>,
        filter: &Filter<'_>,
        id: ProxyId,
        fullconn: u32,
        row: &mut Row<'v>,
    ) {
        let proxy = self.view.config.proxy(id);
        let with_form = self.admin && proxy.kind.is_backend() && proxy.listed_servers().next().is_some();
        table::begin(html, self, id, with_form);
        rows::each_of_proxy(self.view, filter, id, fullconn, row, &mut |row| {
            let context = row::Context {
                page: self,
                id,
                with_box: with_form,
                admin: self.admin,
            };
            context.write(html, row);
        });
        table::end(html, self, id, with_form);
    }
}

/// Where the page is written.
pub(super) struct Html<'a> {
    out: &'a mut Vec<u8>,
}

impl Html<'_> {
    /// Markup.
    fn raw(&mut self, markup: &str) {
        self.out.extend_from_slice(markup.as_bytes());
    }

    /// Text, escaped.
    fn text(&mut self, text: &[u8]) {
        text::push_escaped(self.out, text);
    }

    /// What a server said: all but plain letters and signs by their numbers, as nobody knows in which encoding it is.
    fn said(&mut self, text: &[u8]) {
        for &byte in text {
            if (0x20..0x7f).contains(&byte) && !b"\"&<>".contains(&byte) {
                self.out.push(byte);
            } else {
                self.raw("&#");
                self.number(u64::from(byte));
                self.raw(";");
            }
        }
    }

    /// A number as it is.
    fn number(&mut self, n: u64) {
        push_number(self.out, n);
    }

    /// A number whose thousands stand apart.
    fn grouped(&mut self, n: u64) {
        text::push_grouped(self.out, n);
    }
}
