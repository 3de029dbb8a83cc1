//! A counter that its stick table does not keep.

use haproxy_cfg::model::{Proxy, Sample, StickTable};
use rustc_hash::FxHashMap;
use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "counter-not-stored",
    title: "A counter that its stick table does not keep",
    level: Severity::Warning,
    why: "A table keeps what its 'store' names. Of anything else 0 is given: the rule that compares it with a limit \
           never acts.",
    mend: "add it to 'store' of the table",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    let tables: FxHashMap<&[u8], &StickTable> = view
        .config
        .tables
        .iter()
        .map(|table| (table.name.as_slice(), table))
        .collect();
    for (id, _, proxy) in view.proxies() {
        // What is tracked in a frontend is looked at in backends too.
        let tracked: Vec<(i64, &[u8])> = view.users(id).chain([proxy]).flat_map(tracking).collect();
        for acl in &proxy.acls {
            let Some((data, table)) = asked(proxy, &acl.sample, &tracked) else {
                continue;
            };
            let Some(table) = tables.get(table) else { continue };
            if !table.store.iter().any(|stored| stored.name == data) {
                out.tell(acl.span, format!("table '{}' does not keep {data}", table.name));
            }
        }
    }
}

/// Which counters of a stream rules track, and in which tables.
fn tracking(proxy: &Proxy) -> Vec<(i64, &[u8])> {
    let of_rule = |rule: &haproxy_cfg::model::Rule| rule.action.starts_with("track-sc");
    proxy
        .rules
        .iter()
        .filter(|rule| of_rule(rule))
        .filter_map(|rule| {
            let number = rule
                .arguments
                .iter()
                .find_map(|argument| argument.value.number())?;
            let table = rule
                .option("table")
                .and_then(|given| given.first())
                .map(|given| given.value.bytes());
            Some((number, table.unwrap_or(&proxy.name)))
        })
        .collect()
}

/// What a sample asks for, and of which table; none where that is not known.
fn asked<'a>(
    proxy: &'a Proxy,
    sample: &'a Sample,
    tracked: &[(i64, &'a [u8])],
) -> Option<(&'a str, &'a [u8])> {
    let name = sample.fetch.name;
    let known = |data: &str| DATA.contains(&data);
    if let Some(data) = name.strip_prefix("src_").filter(|data| known(data)) {
        let table = sample
            .proxy(0)
            .map_or(proxy.name.as_slice(), |name| name.as_slice());
        return Some((data, table));
    }
    let (number, data) = if let Some(data) = name.strip_prefix("sc_") {
        // The second argument names another table.
        if sample.args.len() > 1 {
            return None;
        }
        (sample.integer(0)?, data)
    } else {
        let rest = name.strip_prefix("sc")?;
        let (digit, data) = rest.split_once('_')?;
        if !sample.args.is_empty() {
            return None;
        }
        (digit.parse().ok()?, data)
    };
    let mut of_counter = tracked
        .iter()
        .filter(|(counter, _)| *counter == number)
        .map(|(_, table)| *table);
    let table = of_counter.next()?;
    // With several it depends on the request.
    let alone = of_counter.all(|other| other == table);
    (alone && known(data)).then_some((data, table))
}

/// What tables keep under the name that fetches have for it.
const DATA: &[&str] = &[
    "conn_cnt",
    "conn_cur",
    "conn_rate",
    "sess_cnt",
    "sess_rate",
    "http_req_cnt",
    "http_req_rate",
    "http_err_cnt",
    "http_err_rate",
    "http_fail_cnt",
    "http_fail_rate",
];
