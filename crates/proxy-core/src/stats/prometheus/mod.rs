//! The service `prometheus-exporter`: the statistics in the text format of Prometheus, version 0.0.4.

mod metric;

use metric::{Nature, PROCESS, ROWS, Shape};

use super::field::{CHECK_STATUS, MODE};
use super::field::{COLUMNS, STATUS};
use super::info::{self, InfoField};
use super::rows;
use super::value::{Row, RowKind, Value};
use super::view::{Filter, StatsView};
use crate::answer::{Answer, built_in};
use crate::http1::Version;

const SERVER_STATES: &[&str] = &["DOWN", "UP", "MAINT", "DRAIN", "NOLB"];
const CHECK_RESULTS: &[&str] = &[
    "HANA", "SOCKERR", "L4OK", "L4TOUT", "L4CON", "L6OK", "L6TOUT", "L6RSP", "L7TOUT", "L7RSP", "L7OK",
    "L7OKC", "L7STS", "PROCERR", "PROCTOUT", "PROCOK",
];

/// What a request asks to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Scope {
    process: bool,
    /// Sum of [`RowKind::bit`]s.
    kinds: i32,
    no_maint: bool,
}

const ALL: i32 = 0b1111;

impl Scope {
    /// None when the query names what there is not. The last `scope` but one is forgotten when none or all are asked for.
    fn of(query: &[u8]) -> Option<Self> {
        let mut scope = Self {
            process: true,
            kinds: ALL,
            no_maint: false,
        };
        let mut begun = false;
        for part in query.split(|byte| *byte == b'&') {
            if part == b"no-maint" || part.starts_with(b"no-maint=") {
                scope.no_maint = true;
            }
            let Some(value) = part.strip_prefix(b"scope=") else {
                continue;
            };
            if !std::mem::replace(&mut begun, true) {
                (scope.process, scope.kinds) = (false, 0);
            }
            match value {
                b"" => (scope.process, scope.kinds) = (false, 0),
                b"*" => (scope.process, scope.kinds) = (true, ALL),
                b"global" => scope.process = true,
                b"frontend" => scope.kinds |= RowKind::Frontend.bit(),
                b"listener" => scope.kinds |= RowKind::Listener.bit(),
                b"backend" => scope.kinds |= RowKind::Backend.bit(),
                b"server" => scope.kinds |= RowKind::Server.bit(),
                _ => return None,
            }
        }
        Some(scope)
    }
}

/// Makes `out` the answer to a request for the page; gives its status.
pub fn answer(view: &StatsView<'_>, uri: &[u8], out: &mut Answer) -> u16 {
    let query = uri.split(|byte| *byte == b'?').nth(1).unwrap_or_default();
    let query = query.split(|byte| *byte == b'#').next().unwrap_or_default();
    let Some(scope) = Scope::of(query) else {
        built_in(out, 400);
        return 400;
    };
    let mut body = Vec::new();
    write(view, scope, &mut body);
    out.begin(Version::Http11, 200, b"OK");
    out.header(b"cache-control", &[b"no-cache"]);
    out.header(b"content-type", &[b"text/plain; version=0.0.4"]);
    out.body.extend_from_slice(&body);
    out.length();
    200
}

fn write(view: &StatsView<'_>, scope: Scope, out: &mut Vec<u8>) {
    if scope.process {
        let fields = info::fields(view);
        for (name, nature, pos) in PROCESS {
            let field = fields.iter().find(|field| field.pos == *pos);
            write_process(out, name, *nature, field);
        }
    }
    let filter = Filter {
        kinds: scope.kinds,
        no_maint: scope.no_maint,
        ..Filter::default()
    };
    let mut all = Vec::new();
    rows::each(view, &filter, &mut |row| all.push(Labelled::new(view, row)));
    let servers = servers_by_backend(view);
    let mut begun = String::new();
    for (kind, name, nature, column, shape) in ROWS {
        if scope.kinds & kind.bit() == 0 {
            continue;
        }
        let full = format!("haproxy_{}_{name}", word_of(*kind));
        for row in all.iter().filter(|row| row.kind == *kind) {
            let mut samples = Vec::new();
            row.samples(*column, *shape, &servers, &mut samples);
            for (label, value) in samples {
                if begun != full {
                    head(out, &full, COLUMNS[*column].about, *nature);
                    begun.clone_from(&full);
                }
                let labels = [&row.labels, label.as_str()].concat();
                line(out, &full, &labels, &value);
            }
        }
    }
}

fn word_of(kind: RowKind) -> &'static str {
    match kind {
        RowKind::Frontend => "frontend",
        RowKind::Listener => "listener",
        RowKind::Backend => "backend",
        RowKind::Server => "server",
    }
}

fn head(out: &mut Vec<u8>, name: &str, about: &str, nature: Nature) {
    let nature = match nature {
        Nature::Gauge => "gauge",
        Nature::Counter => "counter",
    };
    out.extend_from_slice(format!("# HELP {name} {about}\n# TYPE {name} {nature}\n").as_bytes());
}

fn line(out: &mut Vec<u8>, name: &str, labels: &str, value: &str) {
    let line = if labels.is_empty() {
        format!("{name} {value}\n")
    } else {
        format!("{name}{{{labels}}} {value}\n")
    };
    out.extend_from_slice(line.as_bytes());
}

fn write_process(out: &mut Vec<u8>, name: &str, nature: Nature, field: Option<&InfoField<'_>>) {
    let full = format!("haproxy_process_{name}");
    head(
        out,
        &full,
        field.map_or("not counted here", |field| field.about),
        nature,
    );
    match field.map(|field| &field.value) {
        // What is text stands in a label.
        Some(text @ Value::Str(_)) => {
            let label = format!("version=\"{}\"", escaped(text.bytes()));
            line(out, &full, &label, "1");
        }
        Some(value) => line(out, &full, "", &number(value)),
        None => line(out, &full, "", NONE),
    }
}

/// What stands where there is no number.
const NONE: &str = "NaN";

fn number(value: &Value<'_>) -> String {
    if matches!(value, Value::Empty | Value::Str(_)) {
        return NONE.to_owned();
    }
    let mut text = Vec::new();
    value.write(&mut text);
    String::from_utf8_lossy(&text).into_owned()
}

/// A label's value: backslashes, quotes and ends of lines are escaped.
fn escaped(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    text.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

/// Servers of one backend by their states: what `status` and `check_status` say of each.
type States = Vec<(String, String)>;

/// By proxy number, whatever the request asks to see.
fn servers_by_backend(view: &StatsView<'_>) -> Vec<(u32, States)> {
    let mut all: Vec<(u32, States)> = Vec::new();
    let filter = Filter {
        kinds: RowKind::Server.bit(),
        ..Filter::default()
    };
    rows::each(view, &filter, &mut |row| {
        let states = (state_of(row), check_result(row).unwrap_or_default());
        match all.last_mut() {
            Some((iid, servers)) if *iid == row.iid => servers.push(states),
            _ => all.push((row.iid, vec![states])),
        }
    });
    all
}

/// A server's state in one word.
fn state_of(row: &Row<'_>) -> String {
    let status = String::from_utf8_lossy(row.values[STATUS].bytes()).into_owned();
    let word = status.split(' ').next().unwrap_or_default();
    match word {
        // One that is not checked is up.
        "no" => "UP".to_owned(),
        word => word.to_owned(),
    }
}

/// How the last check ended, in one word; none for a server without checks.
fn check_result(row: &Row<'_>) -> Option<String> {
    let value = &row.values[CHECK_STATUS];
    let text = String::from_utf8_lossy(value.bytes()).into_owned();
    // One that is under way has a mark in front of the last result.
    value.is_some().then(|| text.trim_start_matches("* ").to_owned())
}

/// A row with the labels that its samples have.
struct Labelled {
    kind: RowKind,
    iid: u32,
    labels: String,
    is_http: bool,
    state: String,
    result: Option<String>,
    /// By column.
    numbers: Vec<(Option<u64>, String)>,
}

impl Labelled {
    fn new(view: &StatsView<'_>, row: &Row<'_>) -> Self {
        let text = |column: usize| escaped(row.values[column].bytes());
        let proxy = format!("proxy=\"{}\"", text(0));
        let labels = match row.kind {
            RowKind::Frontend | RowKind::Backend => proxy,
            RowKind::Listener => format!("{proxy},listener=\"{}\"", text(1)),
            RowKind::Server => format!("{proxy},server=\"{}\"", text(1)),
        };
        let proxy = view.config.proxies.get(row.iid.saturating_sub(2) as usize);
        let by_mode = row.values[MODE].bytes() == b"http";
        let numbers = row.values.iter().map(|value| {
            let known = matches!(value, Value::U32(_) | Value::U64(_) | Value::S32(_));
            (known.then(|| value.number()), number(value))
        });
        Self {
            kind: row.kind,
            iid: row.iid,
            labels,
            is_http: by_mode || proxy.is_some_and(|proxy| proxy.mode == haproxy_cfg::model::Mode::Http),
            state: state_of(row),
            result: check_result(row),
            numbers: numbers.collect(),
        }
    }

    /// The samples of a column: the label that each adds, and its value.
    fn samples(
        &self,
        column: usize,
        shape: Shape,
        servers: &[(u32, States)],
        out: &mut Vec<(String, String)>,
    ) {
        let plain = |value: String| (String::new(), value);
        let flags = |words: &[&str], now: &str, out: &mut Vec<(String, String)>| {
            for word in words {
                let is = u8::from(*word == now).to_string();
                out.push((format!(",state=\"{word}\""), is));
            }
        };
        let (known, shown) = &self.numbers[column];
        let seconds = || known.map_or(NONE.to_owned(), |ms| format!("{:.6}", ms as f64 / 1000.0));
        let of_backend = || {
            let found = servers.iter().find(|(iid, _)| *iid == self.iid);
            found.map_or(&[][..], |(_, states)| &states[..])
        };
        match shape {
            Shape::Plain => out.push(plain(shown.clone())),
            Shape::Http if self.is_http => out.push(plain(shown.clone())),
            Shape::Seconds => out.push(plain(seconds())),
            Shape::CheckSeconds if self.result.is_some() => out.push(plain(seconds())),
            Shape::Checked if self.result.is_some() => out.push(plain(known.unwrap_or(0).to_string())),
            Shape::Status => match self.kind {
                RowKind::Frontend => {
                    let now = if self.state == "OPEN" { "UP" } else { "DOWN" };
                    flags(&["DOWN", "UP"], now, out);
                }
                RowKind::Listener => flags(&["WAITING", "OPEN", "FULL"], &self.state, out),
                RowKind::Backend => {
                    let now = self.state.trim_end_matches(" (UNPUB)");
                    flags(&["DOWN", "UP"], now, out);
                }
                RowKind::Server => flags(SERVER_STATES, &self.state, out),
            },
            Shape::CheckResult => {
                if let Some(result) = &self.result {
                    flags(CHECK_RESULTS, result, out);
                }
            }
            Shape::Servers => {
                for word in SERVER_STATES {
                    let count = of_backend().iter().filter(|(state, _)| state == word).count();
                    out.push((format!(",state=\"{word}\""), count.to_string()));
                }
            }
            Shape::Results => {
                for word in CHECK_RESULTS {
                    let count = of_backend().iter().filter(|(_, result)| result == word).count();
                    out.push((format!(",state=\"{word}\""), count.to_string()));
                }
            }
            Shape::Code(class) if self.is_http => {
                out.push((format!(",code=\"{class}\""), shown.clone()));
            }
            Shape::Http | Shape::CheckSeconds | Shape::Checked | Shape::Code(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_says_what_is_shown() {
        let scope = |query: &[u8]| Scope::of(query).map(|scope| (scope.process, scope.kinds, scope.no_maint));
        assert_eq!(scope(b""), Some((true, ALL, false)));
        assert_eq!(scope(b"foo=bar&no-maint"), Some((true, ALL, true)));
        assert_eq!(scope(b"scope=global"), Some((true, 0, false)));
        let both = RowKind::Listener.bit() | RowKind::Server.bit();
        assert_eq!(scope(b"scope=listener&scope=server"), Some((false, both, false)));
        assert_eq!(scope(b"scope=listener&scope="), Some((false, 0, false)));
        assert_eq!(scope(b"scope=listener&scope=*"), Some((true, ALL, false)));
        assert_eq!(scope(b"scope=other"), None);
    }

    #[test]
    fn labels_are_escaped() {
        assert_eq!(escaped(b"a\"b\\c\nd"), "a\\\"b\\\\c\\nd");
    }

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = ROWS.iter().map(|(kind, name, ..)| (*kind as u8, *name)).collect();
        // Those of one metric stand together.
        names.dedup();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!((names.len(), all + PROCESS.len()), (all, 201));
    }
}
