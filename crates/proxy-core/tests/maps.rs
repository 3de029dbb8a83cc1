//! Looks up what compat-fixtures/maps/lookups.json holds, and says the commands of commands.json to our stats socket: what is
//! found and answered is what haproxy found and answered.
#![allow(
    clippy::unwrap_used,
    reason = "a recording that does not read is a failed test"
)]

use std::collections::HashMap;
use std::sync::Arc;

use haproxy_cfg::model::{Config, Level, MapOutput};
use haproxy_cfg::testing::FakeHost;
use haproxy_cfg::{Dialect, Input, LoadOptions, load};
use proxy_core::check::Origin;
use proxy_core::cli::{CliContext, Live, NoShell, NoSinks, Session, execute};
use proxy_core::pattern::{Key, References, Value};
use proxy_core::state::Runtime;
use proxy_core::stats::{Process, StatsView};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// The folder of the files.
const DIR: &str = "/etc/haproxy";

#[derive(Deserialize)]
struct Lookups {
    maps: Vec<Map>,
}

#[derive(Deserialize)]
struct Map {
    converter: String,
    lines: String,
    keys: Vec<Looked>,
}

#[derive(Deserialize)]
struct Looked {
    key: String,
    /// Empty where nothing is found.
    found: String,
    /// What `get map` says.
    get: Option<String>,
}

#[derive(Deserialize)]
struct Commands {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    config: String,
    files: HashMap<String, String>,
    commands: Vec<(String, String)>,
}

fn recorded<T: DeserializeOwned>(name: &str) -> T {
    let path = format!("{}/../../compat-fixtures/maps/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// The recording holds bytes as the characters of the same number.
fn bytes(text: &str) -> Vec<u8> {
    text.chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect()
}

fn text(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

/// A running proxy as far as its maps go.
struct Running {
    config: Config,
    runtime: Runtime,
    process: Process,
}

impl Running {
    fn new(config: &str, files: &HashMap<String, String>) -> Self {
        let host = files.iter().fold(FakeHost::new(), |host, (name, lines)| {
            host.with_file(&format!("{DIR}/{name}"), bytes(lines))
        });
        let input = Input::Text {
            name: format!("{DIR}/haproxy.cfg"),
            bytes: config
                .replace("{dir}", DIR)
                .replace("{port:front}", "8080")
                .into_bytes(),
        };
        let loaded = load(&[input], Dialect::default(), &host, LoadOptions::default());
        assert!(!loaded.has_errors(), "{:?}", loaded.diagnostics);
        let references = References::load(&loaded.config.patterns).unwrap();
        let runtime = Runtime::new(&loaded.config, 1, 0).with_references(Arc::new(references));
        Self {
            config: loaded.config,
            runtime,
            process: Process::default(),
        }
    }

    fn say(&self, level: Level, lines: &str) -> String {
        let mut out = Vec::new();
        let mut session = Session::new(level);
        for line in lines.replace("{dir}", DIR).split('\n') {
            let mut control = Live {
                config: &self.config,
                runtime: &self.runtime,
                origin: Origin::Cli,
                now_ms: 0,
                hooks: &mut NoShell,
            };
            let view = StatsView {
                config: &self.config,
                runtime: &self.runtime,
                now_ms: 0,
                process: &self.process,
            };
            execute(
                &mut session,
                &bytes(line),
                &mut CliContext {
                    view,
                    control: &mut control,
                    sinks: &NoSinks,
                    tls: &proxy_core::cli::NoTls,
                },
                &mut out,
            );
        }
        text(&out)
    }
}

/// An answer with its entries counted, and without counts that the original gets wrong.
fn hide(answer: &str) -> String {
    let mut entries = 0;
    let lines = answer.split('\n').map(|line| {
        let line = line.split_once(" entry_cnt=").map_or(line, |(front, _)| front);
        match line.split_once(' ') {
            Some((number, rest)) if number.starts_with("0x") => {
                entries += 1;
                format!("0x{entries} {rest}")
            }
            _ => line.to_owned(),
        }
    });
    lines.collect::<Vec<_>>().join("\n").replace(DIR, "{dir}")
}

#[test]
fn what_a_map_gives_is_what_haproxy_finds() {
    let mut faults = Vec::new();
    for map in recorded::<Lookups>("lookups.json").maps {
        let config = format!(
            "frontend fe\n mode http\n bind :80\n timeout client 1s\n http-request set-var(txn.a) path,{}({{dir}}/m)\n",
            map.converter
        );
        let files = HashMap::from([("m".to_owned(), map.lines.clone())]);
        let running = Running::new(&config, &files);
        let lookup = running
            .runtime
            .references
            .map(&map.converter, format!("{DIR}/m").as_bytes())
            .unwrap();
        for looked in &map.keys {
            let key = bytes(&looked.key);
            let mut found = Vec::new();
            // A header without a value gives no sample.
            if let Some(key) = Key::of_text(lookup.matcher(), &key).filter(|_| !key.is_empty()) {
                lookup.append(key, &mut found);
                let typed = lookup.look(key, |found| {
                    match found.and_then(|found| found.typed(lookup.gives()?)) {
                        Some(Value::Int(number)) => Some(number.to_string()),
                        Some(Value::Ip(address)) => Some(address.to_string()),
                        Some(Value::Text(_)) | None => None,
                    }
                });
                if lookup.gives() != Some(MapOutput::Str) {
                    found = typed.unwrap_or_default().into_bytes();
                }
            }
            if text(&found) != looked.found {
                faults.push(format!(
                    "{} {:?}: {:?}, not {:?} among {:?}",
                    map.converter,
                    looked.key,
                    text(&found),
                    looked.found,
                    map.lines
                ));
            }
            let Some(get) = &looked.get else { continue };
            let said = running.say(Level::Admin, &format!("get map #0 {}", looked.key));
            if said != *get {
                faults.push(format!(
                    "{} get {:?}: {said:?}, not {get:?}",
                    map.converter, looked.key
                ));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn an_entry_is_changed_and_deleted_by_its_number() {
    let config = "frontend fe\n mode http\n bind :80\n timeout client 1s\n http-request set-var(txn.a) path,map({dir}/m)\n";
    let running = Running::new(
        config,
        &HashMap::from([("m".to_owned(), "a 1\na 2\nb 3\n".to_owned())]),
    );
    let shown = |running: &Running| running.say(Level::User, "show map #0");
    let numbers: Vec<String> = shown(&running)
        .lines()
        .filter_map(|line| Some(line.split_once(' ')?.0.to_owned()))
        .collect();
    assert_eq!(
        running.say(Level::User, &format!("set map #0 #{} 9", numbers[1])),
        "\n"
    );
    assert_eq!(hide(&shown(&running)), "0x1 a 1\n0x2 a 9\n0x3 b 3\n\n");
    assert_eq!(
        running.say(Level::User, &format!("del map #0 #{}", numbers[0])),
        "\n"
    );
    assert_eq!(hide(&shown(&running)), "0x1 a 9\n0x2 b 3\n\n");
    assert!(running.say(Level::User, "get map #0 a").contains("value=\"9\""));
    assert_eq!(
        running.say(Level::User, &format!("del map #0 #{}", numbers[0])),
        "Key not found.\n\n"
    );
}

#[test]
fn the_stats_socket_shows_and_changes_maps_as_haproxys_does() {
    let mut faults = Vec::new();
    for case in recorded::<Commands>("commands.json").cases {
        let running = Running::new(&case.config, &case.files);
        for (command, answer) in &case.commands {
            let (level, lines) = match command.split_once(':') {
                Some(("operator", lines)) => (Level::Operator, lines),
                Some(("user", lines)) => (Level::User, lines),
                _ => (Level::Admin, command.as_str()),
            };
            let said = hide(&running.say(level, lines));
            if said != *answer {
                faults.push(format!("{command:?}: {said:?}, not {answer:?}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
