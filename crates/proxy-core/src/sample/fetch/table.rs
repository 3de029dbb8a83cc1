//! Fetches of stick tables: of the entries that are tracked (`sc_*`, `sc0_*` …), of the client's address (`src_*`), and of tables as
//! a whole. What is asked of an entry stands in [`crate::sample::entry`].

use haproxy_cfg::model;

use super::{Fetch, Row, nothing, row, single};
use crate::sample::entry::{Asked, number};
use crate::sample::expression::Compile;
use crate::sample::{Sample, SampleContext};
use crate::table::{Entry, Key, Place, Table};

#[rustfmt::skip] // As many a line as it takes.
const TRACKED: &[&str] = &[
    "sc0_bytes_in_rate", "sc0_bytes_out_rate", "sc0_clr_gpc0", "sc0_clr_gpc1", "sc0_conn_cnt",
    "sc0_conn_cur", "sc0_conn_rate", "sc0_get_gpc0", "sc0_get_gpc1", "sc0_get_gpt0", "sc0_glitch_cnt",
    "sc0_glitch_rate", "sc0_gpc0_rate", "sc0_gpc1_rate", "sc0_http_err_cnt", "sc0_http_err_rate",
    "sc0_http_fail_cnt", "sc0_http_fail_rate", "sc0_http_req_cnt", "sc0_http_req_rate", "sc0_inc_gpc0",
    "sc0_inc_gpc1", "sc0_kbytes_in", "sc0_kbytes_out", "sc0_sess_cnt", "sc0_sess_rate", "sc0_trackers",
    "sc1_bytes_in_rate", "sc1_bytes_out_rate", "sc1_clr_gpc", "sc1_clr_gpc0", "sc1_clr_gpc1",
    "sc1_conn_cnt", "sc1_conn_cur", "sc1_conn_rate", "sc1_get_gpc0", "sc1_get_gpc1", "sc1_get_gpt0",
    "sc1_glitch_cnt", "sc1_glitch_rate", "sc1_gpc0_rate", "sc1_gpc1_rate", "sc1_http_err_cnt",
    "sc1_http_err_rate", "sc1_http_fail_cnt", "sc1_http_fail_rate", "sc1_http_req_cnt", "sc1_http_req_rate",
    "sc1_inc_gpc0", "sc1_inc_gpc1", "sc1_kbytes_in", "sc1_kbytes_out", "sc1_sess_cnt", "sc1_sess_rate",
    "sc1_trackers", "sc2_bytes_in_rate", "sc2_bytes_out_rate", "sc2_clr_gpc0", "sc2_clr_gpc1",
    "sc2_conn_cnt", "sc2_conn_cur", "sc2_conn_rate", "sc2_get_gpc0", "sc2_get_gpc1", "sc2_get_gpt0",
    "sc2_glitch_cnt", "sc2_glitch_rate", "sc2_gpc0_rate", "sc2_gpc1_rate", "sc2_http_err_cnt",
    "sc2_http_err_rate", "sc2_http_fail_cnt", "sc2_http_fail_rate", "sc2_http_req_cnt", "sc2_http_req_rate",
    "sc2_inc_gpc0", "sc2_inc_gpc1", "sc2_kbytes_in", "sc2_kbytes_out", "sc2_sess_cnt", "sc2_sess_rate",
    "sc2_trackers", "sc_bytes_in_rate", "sc_bytes_out_rate", "sc_clr_gpc", "sc_clr_gpc0", "sc_clr_gpc1",
    "sc_conn_cnt", "sc_conn_cur", "sc_conn_rate", "sc_get_gpc", "sc_get_gpc0", "sc_get_gpc1", "sc_get_gpt",
    "sc_get_gpt0", "sc_glitch_cnt", "sc_glitch_rate", "sc_gpc0_rate", "sc_gpc1_rate", "sc_gpc_rate",
    "sc_http_err_cnt", "sc_http_err_rate", "sc_http_fail_cnt", "sc_http_fail_rate", "sc_http_req_cnt",
    "sc_http_req_rate", "sc_inc_gpc", "sc_inc_gpc0", "sc_inc_gpc1", "sc_kbytes_in", "sc_kbytes_out",
    "sc_sess_cnt", "sc_sess_rate", "sc_trackers",
];

#[rustfmt::skip] // As many a line as it takes.
const OF_SOURCE: &[&str] = &[
    "src_bytes_in_rate", "src_bytes_out_rate", "src_clr_gpc", "src_clr_gpc0", "src_clr_gpc1",
    "src_conn_cnt", "src_conn_cur", "src_conn_rate", "src_get_gpc", "src_get_gpc0", "src_get_gpc1",
    "src_get_gpt", "src_get_gpt0", "src_glitch_cnt", "src_glitch_rate", "src_gpc0_rate", "src_gpc1_rate",
    "src_gpc_rate", "src_http_err_cnt", "src_http_err_rate", "src_http_fail_cnt", "src_http_fail_rate",
    "src_http_req_cnt", "src_http_req_rate", "src_inc_gpc", "src_inc_gpc0", "src_inc_gpc1", "src_kbytes_in",
    "src_kbytes_out", "src_sess_cnt", "src_sess_rate", "src_updt_conn_cnt",
];

pub(super) const ROWS: &[Row] = &[
    row(TRACKED, tracked),
    row(OF_SOURCE, of_source),
    row(
        &["sc_tracked", "sc0_tracked", "sc1_tracked", "sc2_tracked"],
        |_, sample| {
            let (counter, ..) = counter_of(sample);
            single(move |context| Some(Sample::Bool(held(context, counter).is_some())))
        },
    ),
    row(&["sc_key", "sc0_key", "sc1_key", "sc2_key"], |_, sample| {
        let (counter, ..) = counter_of(sample);
        single(move |context| {
            let (table, place) = held(context, counter)?;
            table.at(place, now(context), |entry| entry.key(context.arena))
        })
    }),
    row(&["table_avl"], |at, sample| {
        of_table(at, sample, |table, now| {
            i64::from(table.model().size) - i64::from(table.used(now))
        })
    }),
    row(&["table_cnt"], |at, sample| {
        of_table(at, sample, |table, now| table.used(now).into())
    }),
];

fn now(context: &SampleContext<'_>) -> u32 {
    // Tables keep 32 bits.
    context.world.now_ms() as u32
}

/// What is tracked under a number, by the stream or by the client's connection.
fn held<'a>(context: &SampleContext<'a>, counter: usize) -> Option<(&'a Table, Place)> {
    let of_stream = context.stream.and_then(|stream| stream.tracked.get(counter));
    of_stream.or_else(|| context.client.tracked.get(counter))
}

/// The number of the tracked entry, what the name asks, the number in an array, and how many arguments that took.
fn counter_of(sample: &model::Sample) -> (usize, &'static str, u32, usize) {
    let name = sample.fetch.name;
    let argument = |at| {
        sample
            .integer(at)
            .and_then(|number| u32::try_from(number).ok())
            .unwrap_or(u32::MAX)
    };
    let (begin, asked) = name.split_once('_').unwrap_or((name, ""));
    let indexed = usize::from(Asked::has_index(asked));
    let index = if indexed == 1 { argument(0) } else { 0 };
    match begin.strip_prefix("sc").and_then(|digit| digit.parse().ok()) {
        Some(counter) => (counter, asked, index, indexed),
        None => (argument(indexed) as usize, asked, index, indexed + 1),
    }
}

/// `sc_conn_cnt(0)` and its kin: of the entry that is tracked, or of the one with the same key in another table.
fn tracked(at: Compile<'_>, sample: &model::Sample) -> Result<Box<dyn Fetch>, String> {
    let (counter, name, index, arguments) = counter_of(sample);
    let asked = Asked::of(name, index).ok_or_else(|| format!("'{}' asks for nothing", sample.fetch.name))?;
    if sample.args.len() <= arguments {
        return single(move |context| {
            let (table, place) = held(context, counter)?;
            let answer = |entry: &mut Entry<'_>| asked.answer(entry);
            let answer = if asked.changes() {
                table.touch_at(place, now(context), answer)
            } else {
                table.at(place, now(context), answer)
            };
            answer.map(number)
        });
    }
    let Some(other) = at.table_named(sample.proxy(arguments)) else {
        return nothing();
    };
    single(move |context| {
        let (table, place) = held(context, counter)?;
        let now = now(context);
        let other = context.runtime.tables.get(other);
        let key = table.at(place, now, |entry| entry.key(context.arena))?;
        match Key::of(other.key_type(), key, context.arena) {
            Some(key) => asked.answer_of(other, &key, now).map(number),
            None => Some(number(0)),
        }
    })
}

/// `src_conn_cnt` and its kin.
fn of_source(at: Compile<'_>, sample: &model::Sample) -> Result<Box<dyn Fetch>, String> {
    let name = sample.fetch.name.strip_prefix("src_").unwrap_or_default();
    let indexed = usize::from(Asked::has_index(name));
    let index = sample
        .integer(0)
        .and_then(|index| u32::try_from(index).ok())
        .unwrap_or(0);
    let asked = Asked::of(name, index).ok_or_else(|| format!("'{}' asks for nothing", sample.fetch.name))?;
    let Some(table) = at.table_named(sample.proxy(indexed)) else {
        return nothing();
    };
    single(move |context| {
        let table = context.runtime.tables.get(table);
        let key = Key::of(
            table.key_type(),
            Sample::Ip(context.client.src?.ip()),
            context.arena,
        )?;
        asked.answer_of(table, &key, now(context)).map(number)
    })
}

fn of_table(
    at: Compile<'_>,
    sample: &model::Sample,
    count: fn(&Table, u32) -> i64,
) -> Result<Box<dyn Fetch>, String> {
    let Some(table) = at.table_named(sample.proxy(0)) else {
        return nothing();
    };
    single(move |context| {
        Some(Sample::Int(count(
            context.runtime.tables.get(table),
            now(context),
        )))
    })
}
