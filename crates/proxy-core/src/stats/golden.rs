//! What haproxy answered on its stats socket and page (compat-fixtures/stats), asked of ours in the same situation.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering::Relaxed;

use haproxy_cfg::Dialect;
use haproxy_cfg::model::{Config, Level, ProxyId};
use haproxy_cfg::testing::{FakeHost, load_on};
use serde_json::Value as Json;

use super::{Process, StatsPage, StatsRequest, StatsView};
use crate::answer::{Answer, AnswerInput};
use crate::check::{CheckOutcome, CheckStatus, Origin, apply_outcome};
use crate::cli::{CliContext, Live, NoShell, NoSinks, Session, Wants, execute, go_on};
use crate::fixture;
use crate::state::{Runtime, SideCounters};

/// Ports and the folder of the record, which names them instead.
const NAMES: [(&str, &str); 10] = [
    ("{port:web}", "1"),
    ("{port:alt}", "2"),
    ("{port:one}", "3"),
    ("{port:two}", "4"),
    ("{port:dead}", "5"),
    ("{port:tcp}", "6"),
    ("{port:stats}", "7"),
    ("{port:legends}", "8"),
    ("{port:gone}", "9"),
    ("{dir}", "/dir"),
];

/// Columns that depend on when one looks, on how fast the machine is, or on connections that are not made here.
const VARIES: [&str; 25] = [
    "lastchg",
    "downtime",
    "lastsess",
    "check_duration",
    "rate",
    "rate_max",
    "req_rate",
    "req_rate_max",
    "conn_rate",
    "conn_rate_max",
    "qtime",
    "ctime",
    "rtime",
    "ttime",
    "qtime_max",
    "ctime_max",
    "rtime_max",
    "ttime_max",
    "srv_icur",
    "idle_conn_cur",
    "used_conn_cur",
    "need_conn_est",
    "chkfail",
    "scur",
    "smax",
];

/// Cells of a server's row of the page that do so: connection and session gauges, rates, last session, times.
fn cell_varies(class: &str, cell: usize) -> bool {
    match class {
        "frontend" => (3..=4).contains(&cell) || (6..=7).contains(&cell),
        "socket" => (4..=5).contains(&cell),
        "backend" => [5, 6, 8, 9, 13, 27, 30].contains(&cell),
        _ => [5, 6, 8, 9, 13, 23, 24, 28, 30].contains(&cell),
    }
}

/// Text of the record with ports and a folder in place of their names.
fn concrete(text: &str) -> String {
    NAMES
        .iter()
        .fold(text.to_owned(), |text, (name, port)| text.replace(name, port))
}

/// The configuration of the record, read by the grammar.
fn config() -> Config {
    let text = concrete(record()["config"].as_str().unwrap());
    read(&text)
}

fn read(text: &str) -> Config {
    let dialect = "2.6".parse::<Dialect>().unwrap();
    let loaded = load_on(text, dialect, &FakeHost::new());
    assert!(!loaded.has_errors(), "{:?}", loaded.diagnostics);
    loaded.config
}

/// A running proxy with the record's configuration, asked as the record was.
struct Running {
    config: Config,
    runtime: Runtime,
    process: Process,
    now_ms: u64,
}

impl Running {
    fn new() -> Self {
        let config = config();
        let running = Self {
            runtime: Runtime::new(&config, 2, 1_700_000_000),
            process: Process {
                version: "2.6.12-1+deb12u4".to_owned(),
                node: b"lb1".to_vec(),
                hostname: b"lb1".to_vec(),
                environment: vec![b"PATH=/bin".to_vec(), b"TZ=UTC".to_vec()],
                ..Process::default()
            },
            now_ms: 5000,
            config,
        };
        for _ in 0..3 {
            running.check();
        }
        running
    }

    /// One check of each server.
    fn check(&self) {
        for (i, proxy) in self.config.proxies.iter().enumerate() {
            let id = ProxyId(u32::try_from(i).unwrap());
            for (index, server) in proxy.servers.iter().enumerate().filter(|(_, s)| s.check.enabled) {
                let (status, code, description): (_, _, &[u8]) =
                    match (proxy.name.as_slice(), server.name.as_slice()) {
                        (_, b"dead" | b"t2") => (CheckStatus::L4Connection, None, b"Connection refused"),
                        (b"wrong", _) => (CheckStatus::L7Status, Some(500), b"Internal Server Error"),
                        (b"app", _) => (CheckStatus::L7Ok, Some(200), b""),
                        _ => (CheckStatus::L4Ok, None, b""),
                    };
                let outcome = CheckOutcome {
                    status,
                    code,
                    description: description.to_vec(),
                    duration_ms: 0,
                };
                apply_outcome(&self.runtime, &self.config, id, index, &outcome, self.now_ms);
            }
        }
    }

    fn view(&self) -> StatsView<'_> {
        StatsView {
            config: &self.config,
            runtime: &self.runtime,
            now_ms: self.now_ms,
            process: &self.process,
        }
    }

    fn with_control<R>(&self, act: impl FnOnce(&mut Live<'_>) -> R) -> R {
        act(&mut Live {
            config: &self.config,
            runtime: &self.runtime,
            origin: Origin::Cli,
            now_ms: self.now_ms,
            hooks: &mut NoShell,
        })
    }

    /// What a stats socket of that level answers to these lines.
    fn command(&self, level: Level, lines: &str) -> String {
        let mut out = Vec::new();
        let mut session = Session::new(level);
        for line in lines.split('\n') {
            self.with_control(|control| {
                let mut context = CliContext {
                    view: self.view(),
                    control,
                    sinks: &NoSinks,
                    tls: &crate::cli::NoTls,
                };
                execute(&mut session, line.as_bytes(), &mut context, &mut out);
                while session.wants() == Some(Wants::Turn) {
                    go_on(&mut session, None, &mut context, &mut out);
                }
            });
            if session.quits {
                break;
            }
        }
        String::from_utf8(out).unwrap()
    }

    /// What the page of that proxy answers.
    fn request(
        &self,
        proxy: usize,
        admin: bool,
        method: &str,
        uri: &str,
        login: Option<&str>,
        body: &str,
    ) -> String {
        let request = StatsRequest {
            proxy: ProxyId(u32::try_from(proxy).unwrap()),
            method: method.as_bytes(),
            uri: uri.as_bytes(),
            authorization: login.map(str::as_bytes),
            admin_allowed: admin,
            body: body.as_bytes(),
            body_cut: false,
            sender: Default::default(),
        };
        let mut answer = Answer::default();
        self.with_control(|control| StatsPage::handle(&request, &self.view(), control, &mut answer));
        let input = AnswerInput {
            head: method == "HEAD",
            ..AnswerInput::default()
        };
        let mut out = Vec::new();
        assert!(!answer.write(&mut out, &input));
        String::from_utf8(out).unwrap()
    }

    /// The page that the record's forms are on.
    fn page(&self, method: &str, uri: &str, body: &str) -> String {
        // The session that asks is counted already.
        self.runtime.counters[0].frontends[9].stot.inc();
        self.request(9, true, method, uri, None, body)
    }

    fn rows(&self, level: Level) -> Vec<Vec<String>> {
        let text = self.command(level, "show stat");
        text.lines()
            .skip(1)
            .filter(|line| !line.is_empty())
            .map(|line| line.split(',').map(str::to_owned).collect())
            .collect()
    }
}

fn record() -> Json {
    fixture::recorded("stats/stats.json")
}

/// Rows of text, with ports in place of their names.
fn texts(rows: &Json) -> Vec<Vec<String>> {
    rows.as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let cells = row.as_array().unwrap().iter();
            cells.map(|cell| concrete(cell.as_str().unwrap())).collect()
        })
        .collect()
}

/// Compares rows of `show stat` column by column.
fn compare_rows(
    names: &[String],
    ours: &[Vec<String>],
    theirs: &[Vec<String>],
    when: &str,
    faults: &mut Vec<String>,
) {
    let title = |row: &[String]| format!("{}/{}", row[0], row[1]);
    let our_titles: Vec<_> = ours.iter().map(|r| title(r)).collect();
    let their_titles: Vec<_> = theirs.iter().map(|r| title(r)).collect();
    assert_eq!(our_titles, their_titles, "{when}");
    for (ours, theirs) in ours.iter().zip(theirs) {
        for (i, name) in names.iter().enumerate() {
            let same = if VARIES.contains(&name.as_str()) {
                ours[i].is_empty() == theirs[i].is_empty()
            } else {
                ours[i] == theirs[i]
            };
            if !same {
                faults.push(format!(
                    "{when}: {} {name}: {:?}, not {:?}",
                    title(ours),
                    ours[i],
                    theirs[i]
                ));
            }
        }
    }
}

/// The rows of a page's tables: class and the text of each cell, without tooltips.
fn tables(page: &str) -> Vec<(String, Vec<String>)> {
    let tips = regex::Regex::new("(?s)<div class=tips>.*?</div>").unwrap();
    let row = regex::Regex::new("(?s)<tr class=\"?([a-z_]+)\"?>(.*?)</tr>").unwrap();
    let cell = regex::Regex::new("(?s)<td[^>]*>(.*?)</td>").unwrap();
    let tag = regex::Regex::new("<[^>]*>").unwrap();
    row.captures_iter(&tips.replace_all(page, ""))
        .filter(|found| &found[1] != "titre")
        .map(|found| {
            let cells = cell.captures_iter(&found[2]);
            let texts = cells
                .map(|c| tag.replace_all(&c[1], "").trim().to_owned())
                .collect();
            (found[1].to_owned(), texts)
        })
        .collect()
}

fn compare_tables(page: &str, theirs: &Json, when: &str, faults: &mut Vec<String>) {
    let ours = tables(page);
    let theirs = theirs.as_array().unwrap();
    assert_eq!(ours.len(), theirs.len(), "{when}");
    for ((class, cells), row) in ours.iter().zip(theirs) {
        let their_class = row[0].as_str().unwrap();
        let their_cells: Vec<_> = row[1]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| c.as_str().unwrap())
            .collect();
        let title = cells.get(1).map_or("", |c| c.as_str());
        if class != their_class || cells.len() != their_cells.len() {
            faults.push(format!(
                "{when}: {title}: {class} {cells:?}, not {their_class} {their_cells:?}"
            ));
            continue;
        }
        for (i, (a, b)) in cells.iter().zip(&their_cells).enumerate() {
            // Of a state only what follows the time since is compared.
            let state = |text: &str| {
                text.split_once(' ')
                    .map_or(text.to_owned(), |(_, state)| state.to_owned())
            };
            let same = match i {
                23 | 24 if class != "frontend" && class != "socket" => {
                    state(a) == state(b) || cell_is_check(a, b)
                }
                _ => cell_varies(class, i) || a == b,
            };
            if !same {
                faults.push(format!("{when}: {title} cell {i}: {a:?}, not {b:?}"));
            }
        }
    }
}

/// Both say how a check ended and how long it took; the durations differ.
fn cell_is_check(a: &str, b: &str) -> bool {
    let name = |text: &str| text.split(" in ").next().map(str::to_owned);
    a.contains(" in ") && name(a) == name(b)
}

fn compare_servers(ours: &str, theirs: &str, when: &str, faults: &mut Vec<String>) {
    let theirs = concrete(theirs);
    assert_eq!(ours.lines().count(), theirs.lines().count(), "{when}");
    for (a, b) in ours.lines().zip(theirs.lines()) {
        let columns = a.split(' ').zip(b.split(' ')).enumerate();
        // Since when, and for unchecked servers the check's health, which nobody reads there.
        let unchecked = matches!(b.split(' ').nth(13), Some("0" | "8"));
        let differs = columns
            .filter(|(i, (x, y))| *i != 9 && !(*i == 12 && unchecked) && x != y)
            .map(|(i, (x, y))| format!("{i}: {x} not {y}"));
        let differs: Vec<_> = differs.collect();
        if !differs.is_empty() || a.split(' ').count() != b.split(' ').count() {
            faults.push(format!("{when}: {a}: {differs:?}"));
        }
    }
}

fn level(name: &str) -> Level {
    match name {
        "stats" => Level::Admin,
        "operator" => Level::Operator,
        _ => Level::User,
    }
}

fn none(faults: &[String]) {
    assert!(
        faults.is_empty(),
        "{} differences:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

#[test]
fn columns_are_the_originals_and_stand_in_its_order() {
    let record = record();
    let names = texts(&record["start"])[0].clone();
    let ours: Vec<_> = super::field::COLUMNS.iter().map(|c| c.name.to_owned()).collect();
    assert_eq!(ours, names);
}

#[test]
fn rows_and_tables_at_the_start_are_the_originals() {
    let record = record();
    let mut start = texts(&record["start"]);
    let names = start.remove(0);
    let running = Running::new();
    let faults = &mut Vec::new();
    compare_rows(
        &names,
        &running.rows(Level::Admin),
        &start,
        "at the start",
        faults,
    );
    compare_rows(
        &names,
        &running.rows(Level::User),
        &texts(&record["user"]),
        "to a user",
        faults,
    );
    compare_tables(
        &running.page("GET", "/st", ""),
        &record["start_tables"],
        "at the start",
        faults,
    );
    let servers = running.command(Level::Admin, "show servers state");
    compare_servers(
        &servers,
        record["start_servers"].as_str().unwrap(),
        "at the start",
        faults,
    );
    none(faults);
}

#[test]
fn rows_and_tables_follow_each_command_as_the_originals_do() {
    let record = record();
    let names = texts(&record["start"])[0].clone();
    let running = Running::new();
    let faults = &mut Vec::new();
    for step in record["states"].as_array().unwrap() {
        let command = step["command"].as_str().unwrap();
        let answer = running.command(Level::Admin, command);
        if answer != step["answer"].as_str().unwrap() {
            faults.push(format!("{command}: answers {answer:?}, not {}", step["answer"]));
        }
        for _ in 0..4 {
            running.check();
        }
        let proxy = step["proxy"].as_str().unwrap();
        let rows: Vec<_> = running
            .rows(Level::Admin)
            .into_iter()
            .filter(|row| row[0] == proxy)
            .collect();
        compare_rows(&names, &rows, &texts(&step["stat"]), command, faults);
        let page = running.page("GET", &format!("/st?scope={proxy}"), "");
        compare_tables(&page, &step["tables"], command, faults);
        if proxy != "web" {
            let servers = running.command(Level::Admin, &format!("show servers state {proxy}"));
            compare_servers(&servers, step["servers"].as_str().unwrap(), command, faults);
        }
    }
    none(faults);
}

#[test]
fn commands_are_answered_in_the_originals_words() {
    let record = record();
    let faults = &mut Vec::new();
    for (name, answers) in record["answers"].as_object().unwrap() {
        let running = Running::new();
        for pair in answers.as_array().unwrap() {
            let command = pair[0].as_str().unwrap();
            let theirs = concrete(pair[1].as_str().unwrap());
            let ours = running.command(level(name), command);
            if ours != theirs {
                faults.push(format!("{name}: {command:?}: {ours:?}, not {theirs:?}"));
            }
        }
    }
    none(faults);
}

/// A head's status line and headers in any order, without what says where the answer ends.
fn head(answer: &str) -> Vec<String> {
    let head = answer.split("\r\n\r\n").next().unwrap_or("");
    let mut lines: Vec<_> = head
        .split("\r\n")
        .filter(|line| {
            !["transfer-encoding", "content-length", "connection"]
                .iter()
                .any(|name| line.starts_with(name))
        })
        .map(str::to_owned)
        .collect();
    lines.sort();
    lines
}

#[test]
fn the_pages_heads_are_the_originals() {
    let record = record();
    let running = Running::new();
    for page in record["pages"].as_array().unwrap() {
        let (method, uri) = (page[0].as_str().unwrap(), page[1].as_str().unwrap());
        let answer = running.page(method, uri, "");
        assert_eq!(head(&answer), head(page[2].as_str().unwrap()), "{method} {uri}");
        assert_eq!(answer.ends_with("\r\n\r\n"), method == "HEAD", "{method} {uri}");
    }
    let unauthorized = running.request(10, false, "GET", "/haproxy?stats", None, "");
    let theirs = record["unauthorized"].as_str().unwrap();
    assert_eq!(head(&unauthorized), head(theirs));
    assert_eq!(
        unauthorized.split("\r\n\r\n").nth(1),
        theirs.split("\r\n\r\n").nth(1)
    );
    let wrong = running.request(10, false, "GET", "/haproxy?stats", Some("Basic YWRtaW46YQ=="), "");
    assert_eq!(wrong, unauthorized);
}

#[test]
fn forms_are_done_and_answered_as_by_the_original() {
    let record = record();
    let running = Running::new();
    let faults = &mut Vec::new();
    for form in record["forms"].as_array().unwrap() {
        let (uri, body) = (form[0].as_str().unwrap(), form[1].as_str().unwrap());
        let ours = head(&running.page("POST", uri, body));
        let theirs = head(form[2].as_str().unwrap());
        if ours != theirs {
            faults.push(format!("{uri} {body}: {ours:?}, not {theirs:?}"));
        }
    }
    let login = Some("Basic YWRtaW46c2VjcmV0");
    let denied = running.request(
        10,
        false,
        "POST",
        "/haproxy?stats",
        login,
        "s=web1&action=drain&b=app",
    );
    assert_eq!(head(&denied), head(record["denied"].as_str().unwrap()));
    let state = &running.runtime.proxies[1].servers[0];
    assert!(!state.admin().is_drain(), "a form that is denied does nothing");
    running.page("POST", "/st", "s=web1&action=drain&b=%233");
    assert!(state.admin().is_drain());
    none(faults);
}

#[test]
fn legends_say_what_the_originals_do() {
    let record = record();
    let running = Running::new();
    let login = Some("Basic YWRtaW46c2VjcmV0");
    let page = running.request(10, false, "GET", "/haproxy?stats", login, "");
    let tip = regex::Regex::new("<div class=tips>((?:cap|IPv|unix|id|balancing)[^<]*)</div>").unwrap();
    let ours: Vec<_> = tip
        .captures_iter(&page)
        .map(|c| c[1].replace("&#39;", "'"))
        .collect();
    let theirs: Vec<_> = record["legends"]["tips"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| concrete(t.as_str().unwrap()))
        .collect();
    assert_eq!(ours, theirs);
    assert!(page.contains("Statistics Report for pid 0 on lb1: the first balancer"));
    assert!(!page.contains("2.6.12"), "the version is hidden");
}

/// Counts that a row of the record shows.
fn count(side: &SideCounters, row: &BTreeMap<&str, &str>) {
    let of = |name: &str| {
        row.get(name)
            .and_then(|text| text.parse::<u64>().ok())
            .unwrap_or(0)
    };
    side.stot.add(of("stot"));
    side.conn_tot.add(of("conn_tot"));
    side.bin.add(of("bin"));
    side.bout.add(of("bout"));
    side.dreq.add(of("dreq"));
    side.dresp.add(of("dresp"));
    side.ereq.add(of("ereq"));
    side.econ.add(of("econ"));
    side.eresp.add(of("eresp"));
    side.wretr.add(of("wretr"));
    side.wredis.add(of("wredis"));
    side.req_tot.add(of("req_tot"));
    side.intercepted.add(of("intercepted"));
    side.lbtot.add(of("lbtot"));
    side.cli_abrt.add(of("cli_abrt"));
    side.srv_abrt.add(of("srv_abrt"));
    side.connect.add(of("connect"));
    side.reuse.add(of("reuse"));
    side.hrsp[0].add(of("hrsp_other"));
    for class in 1..=5 {
        side.hrsp[class].add(of(&format!("hrsp_{class}xx")));
    }
}

#[test]
fn counts_of_all_threads_are_shown_where_the_original_shows_them() {
    let record = record();
    let names = texts(&record["start"])[0].clone();
    let traffic = texts(&record["traffic"]["stat"]);
    let running = Running::new();
    for command in [
        "shutdown frontend tcp",
        "disable server wrong/w",
        "set server wrong/sock state maint",
    ] {
        running.command(Level::Admin, command);
    }
    for command in [
        "set maxconn server app/web1 20",
        "set maxconn frontend web 150",
        "set server app/off state ready",
    ] {
        running.command(Level::Admin, command);
    }
    running.command(Level::Admin, "clear counters all");
    // The counts come from two threads: one has the frontends', the other all else.
    for row in &traffic {
        let fields: BTreeMap<_, _> = names
            .iter()
            .map(String::as_str)
            .zip(row.iter().map(String::as_str))
            .collect();
        let proxy = running
            .config
            .proxies
            .iter()
            .position(|p| p.name == row[0].as_str())
            .unwrap();
        let config = &running.config.proxies[proxy];
        let threads = &running.runtime.counters;
        match fields["type"] {
            "0" => count(&threads[0].frontends[proxy], &fields),
            "1" => {
                count(&threads[1].backends[proxy], &fields);
                let times_down = fields["chkdown"].parse().unwrap();
                let state = &running.runtime.proxies[proxy];
                state.down_transitions.store(times_down, Relaxed);
            }
            "2" => {
                let index = config
                    .servers
                    .iter()
                    .position(|s| s.name == row[1].as_str())
                    .unwrap();
                count(&threads[1].servers[proxy][index], &fields);
            }
            _ => {
                let index = usize::from(row[1] == "alt");
                count(&threads[1].listeners[proxy][index], &fields);
            }
        }
    }
    let faults = &mut Vec::new();
    compare_rows(
        &names,
        &running.rows(Level::Admin),
        &traffic,
        "after traffic",
        faults,
    );
    compare_tables(
        &running.page("GET", "/st", ""),
        &record["traffic"]["tables"],
        "after traffic",
        faults,
    );
    none(faults);
}

#[test]
fn clearing_counters_keeps_counts_unless_all_is_said() {
    let running = Running::new();
    let side = &running.runtime.counters[0].frontends[0];
    side.stot.add(5);
    running.runtime.proxies[0].fe_sessions.inc();
    running.runtime.proxies[0].fe_sessions.dec();
    running.command(Level::Operator, "clear counters");
    assert_eq!(
        (side.stot.get(), running.runtime.proxies[0].fe_sessions.max()),
        (5, 0)
    );
    assert_eq!(
        running.command(Level::Operator, "clear counters all"),
        "Permission denied\n\n"
    );
    running.command(Level::Admin, "clear counters all");
    assert_eq!(side.stot.get(), 0);
}

#[test]
fn markup_in_a_description_or_scope_is_not_obeyed() {
    let mut running = Running::new();
    running.config.proxies[1].description = Some("<script>a</script>".into());
    let page = running.page("GET", "/st?scope=%3Cscript%3E", "");
    assert!(!page.contains("<script>"));
    let page = running.page("GET", "/st", "");
    assert!(page.contains("&lt;script&gt;a&lt;/script&gt;"));
}

#[test]
fn every_json_answer_is_json_and_names_what_csv_has() {
    let running = Running::new();
    let stat: Json = serde_json::from_str(&running.command(Level::Admin, "show stat json")).unwrap();
    assert_eq!(stat.as_array().unwrap().len(), running.rows(Level::Admin).len());
    assert_eq!(stat[0][0]["value"]["value"], "web");
    let info: Json = serde_json::from_str(&running.command(Level::User, "show info json")).unwrap();
    assert_eq!(info[0]["field"]["name"], "Name");
    let schema: Json = serde_json::from_str(&running.command(Level::User, "show schema json")).unwrap();
    assert!(schema["definitions"]["typedValue"].is_object());
}

#[test]
fn filters_choose_proxy_kind_and_server() {
    let running = Running::new();
    let titles = |command: &str| {
        let text = running.command(Level::Admin, command);
        let rows = text.lines().skip(1).filter(|line| !line.is_empty());
        let of = |row: &str| row.split(',').take(2).collect::<Vec<_>>().join("/");
        rows.map(of).collect::<Vec<_>>()
    };
    assert_eq!(titles("show stat 3 4 2"), ["app/web2"]);
    assert_eq!(titles("show stat app 2 -1"), ["app/BACKEND"]);
    assert_eq!(titles("show stat -1 8 -1"), ["web/sock-1", "web/alt"]);
    assert_eq!(
        titles("show stat domain proxy 4 6 -1"),
        ["dyn/one", "dyn/idle", "dyn/six", "dyn/BACKEND"]
    );
    assert!(titles("show stat 99 1 1").is_empty());
    assert!(
        titles("show stat up no-maint")
            .iter()
            .all(|t| t != "app/dead" && t != "app/off")
    );
    assert_eq!(titles("show stat 3").len(), titles("show stat").len());
}

#[test]
fn twenty_thousand_servers_are_shown_in_time_that_grows_with_their_number() {
    let servers = (1..=20_000).map(|i| format!("    server s{i} 127.0.0.1:3\n"));
    let servers: String = servers.collect();
    let config = read(&format!(
        "listen farm\n    mode http\n    bind 127.0.0.1:1\n    timeout client 1s\n    timeout server 1s\n    timeout connect 1s\n    stats enable\n    stats uri /st\n{servers}"
    ));
    let runtime = Runtime::new(&config, 1, 0);
    runtime.proxies[0].servers[19_999]
        .last_change_ms
        .store(1, Relaxed);
    let process = Process::default();
    let view = StatsView {
        config: &config,
        runtime: &runtime,
        now_ms: 2000,
        process: &process,
    };
    let mut control = Live {
        config: &config,
        runtime: &runtime,
        origin: Origin::StatsPage,
        now_ms: 2000,
        hooks: &mut NoShell,
    };
    let request = StatsRequest {
        proxy: ProxyId(0),
        method: b"GET",
        uri: b"/st",
        authorization: None,
        admin_allowed: true,
        body: b"",
        body_cut: false,
        sender: Default::default(),
    };
    let mut out = Answer::default();
    StatsPage::handle(&request, &view, &mut control, &mut out);
    assert_eq!(
        memchr::memmem::find_iter(&out.body, b"name=\"s\"").count(),
        20_000
    );
}

/// The first three parts of typed lines: place and name, tags, type.
fn shape(text: &str) -> Vec<Vec<String>> {
    text.lines()
        .filter(|line| !line.is_empty())
        .map(|line| line.split(':').take(3).map(str::to_owned).collect())
        .collect()
}

#[test]
fn typed_lines_have_the_originals_places_names_tags_and_types() {
    let record = record();
    let running = Running::new();
    let info = shape(&running.command(Level::Admin, "show info typed"));
    assert_eq!(info, texts(&record["info"]));
    let stat = shape(&running.command(Level::Admin, "show stat typed"));
    for (ours, theirs) in stat.iter().zip(texts(&record["typed"])) {
        assert_eq!(*ours, theirs);
    }
    assert_eq!(stat.len(), record["typed"].as_array().unwrap().len());
}

#[test]
fn commands_that_are_known_alone_say_so_and_those_for_experts_want_their_mode() {
    let running = Running::new();
    let admin = |lines: &str| running.command(Level::Admin, lines);
    assert!(admin("show defaults").contains("'show defaults' is known and not built"));
    assert_eq!(running.command(Level::User, "show sess"), "Permission denied\n\n");
    let experts = "This command is restricted to expert mode only.\n\n";
    assert_eq!(admin("debug dev exit"), experts);
    assert_eq!(admin("expert-mode on;expert-mode"), "\nexpert-mode is ON\n\n");
    assert!(admin("expert-mode on;debug dev exit").contains("not built"));
    assert_eq!(
        admin("expert-mode on;set var proc.a int(1)"),
        "\nThis command is restricted to experimental mode only.\n\n"
    );
}
