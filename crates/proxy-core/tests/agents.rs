//! Replays what haproxy made of what agents say, and of what administrators say of agents (compat-fixtures/checks/agents.json).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a recording that does not read is a failed test"
)]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use haproxy_cfg::model::{Config, Level, ProxyId};
use haproxy_cfg::testing::load_str;
use proxy_core::answer::{Answer, AnswerInput};
use proxy_core::check::{
    CheckOutcome, CheckStatus, Event, Next, Notice, Origin, Probe, Verdict, apply_agent, apply_outcome,
};
use proxy_core::cli::{
    CliContext, FrontendChange, Hooks, Live, NoSinks, Refused, ServerId, Session, execute,
};
use proxy_core::state::Runtime;
use proxy_core::stats::{Process, StatsPage, StatsRequest, StatsView};
use serde::Deserialize;
use serde_json::Value;

/// The replayed backend, behind the page.
const BACKEND: ProxyId = ProxyId(1);

/// The port of all agents.
const AGENT_PORT: &str = "3333";

/// Rounds of checks after each step: enough for `rise` and `fall` to be reached.
const ROUNDS: usize = 6;

#[derive(Deserialize)]
struct Case {
    options: Vec<String>,
    servers: serde_json::Map<String, Value>,
    at_start: BTreeMap<String, String>,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
struct Step {
    step: String,
    log: Vec<(u8, String)>,
    stderr: Vec<String>,
    columns: BTreeMap<String, BTreeMap<String, Value>>,
    #[serde(default)]
    answer: Option<String>,
}

/// What an agent does when it is asked.
#[derive(Clone)]
enum Agent {
    Says(Vec<u8>),
    Refuses,
    Hangs,
}

struct Replay {
    config: Config,
    runtime: Runtime,
    open: Vec<bool>,
    agents: Vec<Agent>,
    /// Nobody is asked before the recording ends.
    rarely: bool,
    now_ms: u64,
    events: RefCell<Vec<Event>>,
}

struct Shell<'a>(&'a RefCell<Vec<Event>>);

impl Hooks for Shell<'_> {
    fn log(&mut self, events: Vec<Event>) {
        self.0.borrow_mut().extend(events);
    }

    fn change_listeners(&mut self, _: ProxyId, _: FrontendChange) -> Result<(), Refused> {
        Ok(())
    }

    fn shutdown_sessions(&mut self, _: ServerId) {}

    fn renamed(&mut self, _: ServerId, _: &haproxy_cfg::model::Word) {}
    fn came(&mut self, _: ServerId) -> Result<(), Refused> {
        Ok(())
    }
    fn went(&mut self, _: ServerId) {}
    fn set_variable(&mut self, _: &proxy_core::presets::Preset) {}
    fn chance(&mut self) -> u32 {
        1
    }
    fn changed(&mut self, _: Option<ProxyId>) {}
}

/// The bytes that the recording writes with escapes.
fn unescaped(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let byte = match (c, chars.clone().next()) {
            ('\\', Some('x')) => {
                chars.next();
                let digits: String = chars.by_ref().take(2).collect();
                u8::from_str_radix(&digits, 16).unwrap()
            }
            ('\\', Some(escaped)) => {
                chars.next();
                match escaped {
                    'n' => b'\n',
                    'r' => b'\r',
                    't' => b'\t',
                    other => panic!("unknown escape {other}"),
                }
            }
            (c, _) => u8::try_from(u32::from(c)).unwrap(),
        };
        out.push(byte);
    }
    out
}

impl Replay {
    fn new(name: &str, case: &Case) -> Self {
        let mut file =
            "listen page\n mode http\n bind :1\n stats enable\n stats uri /\n stats admin if TRUE\n\
                        backend P\n mode tcp\n"
                .to_owned();
        for option in &case.options {
            writeln!(file, " {option}").unwrap();
        }
        for (server, words) in &case.servers {
            let words = words.as_str().unwrap();
            let agent = if words.contains("agentless") {
                String::new()
            } else {
                format!("agent-check agent-port {AGENT_PORT}")
            };
            let words = words.replace("agentless", "");
            writeln!(file, " server {server} 127.0.0.1:1 {agent} {words}").unwrap();
        }
        let config = load_str(&file).config;
        let agents = case.servers.keys().map(|server| {
            let said = case.at_start.get(server).map_or("up\\n", String::as_str);
            Agent::Says(unescaped(said))
        });
        Self {
            agents: agents.collect(),
            open: vec![true; case.servers.len()],
            runtime: Runtime::new(&config, 1, 0),
            config,
            rarely: name == "places",
            now_ms: 1,
            events: RefCell::default(),
        }
    }

    fn index(&self, name: &str) -> usize {
        let servers = &self.config.proxy(BACKEND).servers;
        servers.iter().position(|s| s.name == name).unwrap()
    }

    fn with_view<R>(&self, origin: Origin, act: impl FnOnce(StatsView<'_>, &mut Live<'_>) -> R) -> R {
        let process = Process::default();
        let mut shell = Shell(&self.events);
        let mut control = Live {
            config: &self.config,
            runtime: &self.runtime,
            origin,
            now_ms: self.now_ms,
            hooks: &mut shell,
        };
        let view = StatsView {
            config: &self.config,
            runtime: &self.runtime,
            now_ms: self.now_ms,
            process: &process,
        };
        act(view, &mut control)
    }

    fn command(&self, text: &str) -> String {
        self.with_view(Origin::Cli, |view, control| {
            let mut out = Vec::new();
            let mut context = CliContext {
                view,
                control,
                sinks: &NoSinks,
                tls: &proxy_core::cli::NoTls,
            };
            execute(
                &mut Session::new(Level::Admin),
                text.as_bytes(),
                &mut context,
                &mut out,
            );
            out.iter().map(|byte| char::from(*byte)).collect()
        })
    }

    fn page(&self, method: &[u8], body: &str) -> String {
        self.with_view(Origin::StatsPage, |view, control| {
            let request = StatsRequest {
                proxy: ProxyId(0),
                method,
                uri: b"/",
                authorization: None,
                admin_allowed: true,
                body: body.as_bytes(),
                body_cut: false,
                sender: Default::default(),
            };
            let mut out = Answer::default();
            StatsPage::handle(&request, &view, control, &mut out);
            let mut bytes = Vec::new();
            let whole = AnswerInput {
                head: false,
                old_client: false,
                close: true,
            };
            out.write(&mut bytes, &whole);
            bytes.iter().map(|byte| char::from(*byte)).collect()
        })
    }

    /// Does what a step of the recording does, and gives the answer to it.
    fn step(&mut self, step: &str) -> Option<String> {
        let (verb, rest) = step.split_once(' ').unwrap_or((step, ""));
        match verb {
            "start" => {}
            "open" | "close" => {
                let at = self.index(rest);
                self.open[at] = verb == "open";
            }
            "say" => {
                let (name, text) = rest.split_once(' ').unwrap();
                let at = self.index(name);
                self.agents[at] = Agent::Says(unescaped(text));
            }
            "hush" | "hang" => {
                let at = self.index(rest);
                self.agents[at] = if verb == "hush" {
                    Agent::Refuses
                } else {
                    Agent::Hangs
                };
            }
            "page" => {
                let (action, name) = rest.split_once(' ').unwrap();
                let answer = self.page(b"POST", &format!("s={name}&b=P&action={action}"));
                let code = answer.split(";st=").nth(1).unwrap();
                return Some(code[..4].to_owned());
            }
            _ => return Some(self.command(step)),
        }
        None
    }

    fn checks(&mut self) {
        for at in 0..self.open.len() {
            for round in 0..ROUNDS {
                self.now_ms += 10;
                let state = &self.runtime.proxies[1].servers[at];
                let rests = self.rarely && (round > 0 || at > 0 || self.now_ms > 20);
                if self.config.proxy(BACKEND).servers[at].check.enabled && !rests {
                    let (status, description) = if self.open[at] {
                        (CheckStatus::L4Ok, "")
                    } else {
                        (CheckStatus::L4Connection, "Connection refused")
                    };
                    let outcome = outcome(Verdict::said(status, description));
                    let events =
                        apply_outcome(&self.runtime, &self.config, BACKEND, at, &outcome, self.now_ms);
                    self.events.borrow_mut().extend(events);
                }
                if state.agent().is_some() && !self.rarely {
                    let outcome = outcome(self.agents[at].asked());
                    let events = apply_agent(&self.runtime, &self.config, BACKEND, at, &outcome, self.now_ms);
                    self.events.borrow_mut().extend(events);
                }
            }
        }
    }

    /// Columns of the statistics, fields of states and cells of the page, by server.
    fn shown(&self) -> BTreeMap<String, BTreeMap<String, Value>> {
        let mut out: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
        let stat = self.command("show stat");
        // A field may hold an end of line.
        let mut rows = csv_rows(&stat[2..]).into_iter();
        let names = rows.next().unwrap();
        for row in rows.filter(|row| row[0] == "P") {
            let named = names.iter().zip(&row).map(|(name, value)| (name.clone(), value));
            let found = named.map(|(name, value)| {
                let value = match name.as_str() {
                    // Versions differ in whether they show the end of line behind some words.
                    "last_agt" => value.trim_end_matches('\n').to_owned(),
                    "agent_duration" if !value.is_empty() => "N".to_owned(),
                    _ => value.trim_start_matches("* ").to_owned(),
                };
                (name, Value::String(value))
            });
            out.insert(row[1].clone(), found.collect());
        }
        let states = self.command("show servers state P");
        let mut lines = states.lines().skip(1);
        let names: Vec<&str> = lines.next().unwrap()[2..].split(' ').collect();
        for line in lines.filter(|line| !line.is_empty()) {
            let field: BTreeMap<&str, &str> = names.iter().copied().zip(line.split(' ')).collect();
            let found = out.get_mut(field["srv_name"]).unwrap();
            for name in &names {
                found.insert((*name).to_owned(), Value::String(field[name].to_owned()));
            }
            let port = field["srv_agent_port"].replace(AGENT_PORT, "own");
            let both = |ip: &str, port: &str| Value::String(format!("{ip} {port}"));
            found.insert("agent_at".to_owned(), both(field["srv_agent_addr"], &port));
            found.insert(
                "check_at".to_owned(),
                both(field["srv_check_addr"], field["srv_check_port"]),
            );
        }
        for row in self.page(b"GET", "").split("<tr class=\"").skip(1) {
            let Some((_, name)) = row.split_once("<a name=\"P/") else {
                continue;
            };
            let name = &name[..name.find('"').unwrap()];
            if let Some(found) = out.get_mut(name) {
                found.insert("cells".to_owned(), Value::Array(cells(row)));
            }
        }
        out
    }
}

/// The class of a row, and its cells for state and last check, without times.
fn cells(row: &str) -> Vec<Value> {
    let class = &row[..row.find('"').unwrap()];
    let mut found = vec![Value::String(class.to_owned())];
    for cell in row.split("<td").filter(|cell| cell.starts_with(" class=ac>")) {
        let text = &cell[" class=ac>".len()..];
        if text.starts_with("<a name") || text.starts_with("<input") || text.starts_with('-') {
            continue;
        }
        let end = cell.find("</td>").unwrap() + "</td>".len();
        let mut text = cell[" class=ac>".len()..end].to_owned();
        let (first, rest) = text.split_once(' ').unwrap_or((&text, ""));
        if first.ends_with('s') && first[..first.len() - 1].parse::<u32>().is_ok() {
            text = rest.to_owned();
        }
        text = text.replace(" in 7ms", " in Nms");
        found.push(Value::String(format!("<td class=ac>{text}")));
    }
    found.truncate(3);
    found
}

/// Rows of comma-separated values with quotes.
fn csv_rows(text: &str) -> Vec<Vec<String>> {
    let mut rows = vec![vec![String::new()]];
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let row = rows.last_mut().unwrap();
        match c {
            '"' if quoted && chars.next_if_eq(&'"').is_some() => row.last_mut().unwrap().push('"'),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(String::new()),
            '\n' if !quoted => rows.push(vec![String::new()]),
            c => row.last_mut().unwrap().push(c),
        }
    }
    rows.retain(|row| row.len() > 1);
    rows
}

fn outcome(verdict: Verdict) -> CheckOutcome {
    CheckOutcome {
        status: verdict.status,
        code: verdict.code,
        description: verdict.description,
        duration_ms: 7,
    }
}

impl Agent {
    fn asked(&self) -> Verdict {
        let said = match self {
            Self::Refuses => return Verdict::said(CheckStatus::L4Connection, "Connection refused"),
            Self::Hangs => return Verdict::plain(CheckStatus::L7Timeout),
            Self::Says(said) => said,
        };
        let mut probe = Probe::of_agent(b"");
        assert_eq!(probe.connected(false), Next::Read);
        if !said.is_empty()
            && let Next::Done(verdict) = probe.received(said)
        {
            return verdict;
        }
        match probe.closed() {
            Next::Done(verdict) => verdict,
            next => panic!("an agent that has gone is asked further: {next:?}"),
        }
    }
}

fn text(bytes: &[u8]) -> String {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    text.replace("duration: 7ms", "duration: Nms")
}

#[test]
fn agents_are_obeyed_and_told_of_as_by_haproxy() {
    let cases = replay(include_str!("../../../compat-fixtures/checks/agents.json"));
    assert!(cases > 30, "the recording is whole");
}

#[test]
fn weights_by_name_are_taken_as_by_haproxy_3_2() {
    assert_eq!(
        replay(include_str!("../../../compat-fixtures/checks/agents-newer.json")),
        2
    );
}

fn replay(recorded: &str) -> usize {
    let cases: BTreeMap<String, Case> = serde_json::from_str(recorded).unwrap();
    for (name, case) in &cases {
        let mut replay = Replay::new(name, case);
        let mut wanted: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
        for step in &case.steps {
            let at = format!("{name}, step {:?}", step.step);
            let answer = replay.step(&step.step);
            assert_eq!(answer, step.answer, "{at}");
            replay.checks();
            let mut events = replay.events.take();
            if step.step == "start" {
                events.sort_by(|one, other| one.text.cmp(&other.text));
            }
            let ours: Vec<(u8, String)> = events.iter().map(|e| (e.level as u8, text(&e.text))).collect();
            assert_eq!(ours, step.log, "{at}: log");
            if step.step != "start" {
                let told = events.iter().filter_map(Event::on_stderr);
                let ours: Vec<String> = told
                    .map(|(notice, words)| match notice {
                        Notice::Warning => format!("[WARNING]  (PID) : {}", text(words)),
                        Notice::Alert => format!("[ALERT]    (PID) : {}", text(words)),
                    })
                    .collect();
                assert_eq!(ours, step.stderr, "{at}: standard error");
            }
            for (server, news) in &step.columns {
                wanted.entry(server.clone()).or_default().extend(news.clone());
            }
            let shown = replay.shown();
            for (server, columns) in &wanted {
                for (column, value) in columns.iter().filter(|(_, value)| !value.is_null()) {
                    assert_eq!(
                        shown[server].get(column),
                        Some(value),
                        "{at}: {column} of {server}"
                    );
                }
            }
        }
    }
    cases.len()
}
