//! Converters that look their input up in a stick table. What is asked of an entry stands in [`crate::sample::entry`].

use haproxy_cfg::model::{ArgValue, Converter};

use super::{Convert, Row, row, with};
use crate::sample::Sample;
use crate::sample::entry::{Asked, number};
use crate::sample::expression::Compile;
use crate::table::Key;

#[rustfmt::skip] // As many a line as it takes.
const NAMES: &[&str] = &[
    "table_bytes_in_rate", "table_bytes_out_rate", "table_clr_gpc", "table_clr_gpc0", "table_clr_gpc1",
    "table_conn_cnt", "table_conn_cur", "table_conn_rate", "table_expire", "table_glitch_cnt",
    "table_glitch_rate", "table_gpc", "table_gpc0", "table_gpc0_rate", "table_gpc1", "table_gpc1_rate",
    "table_gpc_rate", "table_gpt", "table_gpt0", "table_http_err_cnt", "table_http_err_rate",
    "table_http_fail_cnt", "table_http_fail_rate", "table_http_req_cnt", "table_http_req_rate",
    "table_idle", "table_inc_gpc", "table_inc_gpc0", "table_inc_gpc1", "table_kbytes_in",
    "table_kbytes_out", "table_server_id", "table_sess_cnt", "table_sess_rate", "table_trackers",
];

pub(super) const ROWS: &[Row] = &[
    row(NAMES, of_entry),
    row(&["in_table"], |at, converter| {
        let table = table(at, converter, 0)?;
        let answers_always = at.config.dialect.does_as(2, 8);
        with(move |context, sample| {
            let table = context.runtime.tables.get(table);
            let Some(key) = Key::of(table.key_type(), sample, context.arena) else {
                return answers_always.then_some(Sample::Bool(false));
            };
            let found = table.look(&key, context.world.now_ms() as u32, |_| ());
            Some(Sample::Bool(found.is_some()))
        })
    }),
];

/// The number of the table that an argument names.
fn table(at: Compile<'_>, converter: &Converter, argument: usize) -> Result<usize, String> {
    let name = match converter.args.get(argument).map(|argument| &argument.value) {
        Some(ArgValue::Table(name)) => name.as_ref(),
        _ => None,
    };
    let unknown = || format!("'{}' names no stick table", converter.row.name);
    at.table_named(name).ok_or_else(unknown)
}

fn of_entry(at: Compile<'_>, converter: &Converter) -> Result<Box<dyn Convert>, String> {
    let name = converter.row.name.strip_prefix("table_").unwrap_or_default();
    let indexed = usize::from(Asked::has_index(name));
    let index = converter
        .integer(0)
        .and_then(|index| u32::try_from(index).ok())
        .unwrap_or(0);
    let table = table(at, converter, indexed)?;
    let asked = Asked::of(name, index).ok_or_else(|| format!("'{}' asks for nothing", converter.row.name))?;
    let of_time = matches!(asked, Asked::Expires | Asked::Idle);
    let default = converter.integer(1).filter(|_| of_time);
    // What can be no key of the table is in none of its entries; older versions gave nothing then.
    let answers_always = at.config.dialect.does_as(2, 8);
    with(move |context, sample| {
        let table = context.runtime.tables.get(table);
        let now = context.world.now_ms() as u32;
        let Some(key) = Key::of(table.key_type(), sample, context.arena) else {
            let none = if of_time { default } else { Some(0) };
            return none.filter(|_| answers_always).map(number);
        };
        if of_time {
            let found = table.look(&key, now, |entry| asked.answer(entry));
            return found.flatten().or(default).map(number);
        }
        asked.answer_of(table, &key, now).map(number)
    })
}
