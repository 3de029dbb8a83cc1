//! Every sample fetch and every converter in rules of all kinds and in log lines, held to what the original took there, as
//! recorded in `compat-fixtures/samples`.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};

use haproxy_cfg::keywords::{CONVERTERS, FETCHES};
use serde::Deserialize;
use socket2::{Domain, SockAddr, Socket, Type};
use syntax::Version;
use test_support::process::{PATIENCE, Program, wait_for};

/// One version's record.
#[derive(Deserialize)]
struct Record {
    version: String,
    /// Files that expressions name, by their names in the folder.
    files: BTreeMap<String, String>,
    http: Talk,
    tcp: Talk,
    /// The configuration's lines, with `{port:NAME}` and `{dir}` for ports and the folder.
    config: Vec<String>,
    groups: Vec<Group>,
}

#[derive(Clone, Deserialize)]
struct Talk {
    request: String,
    answer: String,
}

/// What one proxy takes.
#[derive(Deserialize)]
struct Group {
    /// The site and a number.
    name: String,
    mode: String,
    /// Expressions with their values: one for each line, or one for all.
    values: Vec<Vec<String>>,
}

impl Group {
    fn site(&self) -> &str {
        self.name.trim_end_matches(|c: char| c.is_ascii_digit())
    }
}

/// compat-fixtures/samples/differences.toml.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Differences {
    moves: Vec<Difference>,
    differs: Vec<Difference>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Difference {
    /// All where it is left out.
    versions: Option<Vec<String>>,
    /// They may begin or end with `*`.
    expressions: Vec<String>,
    /// All where it is left out.
    sites: Option<Vec<String>>,
    #[expect(dead_code, reason = "for the reader of the file")]
    why: String,
}

impl Difference {
    fn is_of(&self, version: &str) -> bool {
        self.versions
            .as_ref()
            .is_none_or(|all| all.iter().any(|one| one == version))
    }

    /// The number of the expression that stands for this one at the site.
    fn names(&self, version: &str, site: &str, expression: &str) -> Option<usize> {
        let is_here = self
            .sites
            .as_ref()
            .is_none_or(|all| all.iter().any(|one| one == site));
        if !is_here || !self.is_of(version) {
            return None;
        }
        self.expressions
            .iter()
            .position(|pattern| matches(pattern, expression))
    }
}

fn matches(pattern: &str, text: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(_), Some(_)) if pattern.len() > 1 => text.contains(&pattern[1..pattern.len() - 1]),
        (Some(end), _) => text.ends_with(end),
        (None, Some(start)) => text.starts_with(start),
        (None, None) => text == pattern,
    }
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../compat-fixtures/samples")
}

fn record(version: &str) -> Record {
    let text = std::fs::read_to_string(fixtures().join(format!("{version}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn differences() -> Differences {
    toml::from_str(&std::fs::read_to_string(fixtures().join("differences.toml")).unwrap()).unwrap()
}

#[test]
fn samples_are_those_of_2_6() {
    hold_to("2.6");
}

#[test]
fn samples_are_those_of_3_2() {
    hold_to("3.2");
}

#[test]
fn samples_are_those_of_3_4() {
    hold_to("3.4");
}

/// A fetch or converter that is acted on stands in a record, unless no record can have it.
#[test]
fn all_that_is_acted_on_is_recorded() {
    let records = [record("2.6"), record("3.2"), record("3.4")];
    let words: BTreeSet<String> = records
        .iter()
        .flat_map(|record| &record.groups)
        .flat_map(|group| &group.values)
        .flat_map(|row| row[0].split(','))
        .map(|part| part.split('(').next().unwrap().to_owned())
        .collect();
    // What is about TLS wants certificates, and is tested where these are; what came after 3.4 has no original to record.
    let elsewhere = |name: &str| {
        ["ssl_", "jwt_", "aes_"]
            .iter()
            .any(|start| name.starts_with(start))
    };
    let is_later = |since: Option<Version>| since.is_some_and(|since| since > Version::new(3, 4));
    let fetches = FETCHES.iter().map(|row| (row.name, row.acts, row.since));
    let converters = CONVERTERS.iter().map(|row| (row.name, row.acts, row.since));
    let missing: Vec<&str> = fetches
        .chain(converters)
        .filter(|(name, acts, since)| *acts && !is_later(*since) && !elsewhere(name))
        .map(|(name, ..)| name)
        .filter(|name| !words.contains(*name))
        .collect();
    assert!(missing.is_empty(), "not recorded: {missing:?}");
}

/// Sends what was recorded through Holdfast, and fails with the values that are others.
fn hold_to(version: &str) {
    let record = record(version);
    let differences = differences();
    assert_eq!(record.version, version);
    let mut rig = Rig::start(&record);
    let mut faults = Vec::new();
    let mut used = BTreeSet::new();
    for (number, group) in record.groups.iter().enumerate() {
        let lines = rig.ask(&record, group, number);
        for (at, row) in group.values.iter().enumerate() {
            let expression = row[0].as_str();
            let named = |one: &Difference| one.names(version, group.site(), expression);
            let mut entries = differences.differs.iter().enumerate();
            let known = entries.find_map(|(entry, one)| Some((entry, named(one)?)));
            let moves = differences.moves.iter().any(|one| named(one).is_some());
            for (line, ours) in lines.iter().enumerate() {
                let theirs = &row[(line + 1).min(row.len() - 1)];
                let ours = &ours[at];
                if ours == theirs {
                    continue;
                }
                if let Some(known) = known {
                    used.insert(known);
                } else if !moves || (ours == "-") != (theirs == "-") {
                    let name = &group.name;
                    faults.push(format!("{expression} at {name}: {theirs:?}, but here {ours:?}"));
                }
            }
        }
    }
    for (entry, difference) in differences.differs.iter().enumerate() {
        for (at, expression) in difference.expressions.iter().enumerate() {
            // An entry for all versions may hold in one of them only.
            if difference.versions.is_some() && difference.is_of(version) && !used.contains(&(entry, at)) {
                faults.push(format!("{expression} is as in {version} again: differences.toml"));
            }
        }
    }
    assert!(
        faults.is_empty(),
        "{} of {version}:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

/// Holdfast on the recorded configuration, with a server behind it and a log.
struct Rig {
    ports: BTreeMap<String, u16>,
    folder: tempfile::TempDir,
    log: UdpSocket,
    /// The ports that the server was connected from.
    sources: Receiver<u16>,
    _program: Program,
}

/// Taken while a rig chooses its ports and until its program has them: another one must not choose the same.
static STARTING: Mutex<()> = Mutex::new(());

impl Rig {
    fn start(record: &Record) -> Self {
        let _alone = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in &record.files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let log = Socket::new(Domain::IPV4, Type::DGRAM, None).unwrap();
        log.set_recv_buffer_size(4 << 20).unwrap();
        log.bind(&SockAddr::from(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))))
            .unwrap();
        let log = UdpSocket::from(log);
        log.set_read_timeout(Some(PATIENCE)).unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let mut ports = BTreeMap::from([
            ("log".to_owned(), log.local_addr().unwrap().port()),
            ("server".to_owned(), listener.local_addr().unwrap().port()),
        ]);
        let mut text = record.config.join("\n");
        // Held until all are chosen: frontends that got the same would share it.
        let mut held = Vec::new();
        while let Some((name, _)) = text
            .split_once("{port:")
            .map(|(_, rest)| rest.split_once('}').unwrap())
        {
            let name = name.to_owned();
            let port = *ports.entry(name.clone()).or_insert_with(|| {
                let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
                let port = listener.local_addr().unwrap().port();
                held.push(listener);
                port
            });
            text = text.replace(&format!("{{port:{name}}}"), &port.to_string());
        }
        let text = text.replace("{dir}", folder.path().to_str().unwrap());
        let path = folder.path().join("haproxy.cfg");
        std::fs::write(&path, text).unwrap();
        drop(held);

        let (tell, sources) = channel();
        let talks = [record.http.clone(), record.tcp.clone()];
        std::thread::spawn(move || serve(&listener, &talks, &tell));
        let program = Program::start(
            Command::new(env!("CARGO_BIN_EXE_holdfast"))
                .args(["haproxy", "--dialect", &record.version, "-db", "-f"])
                .arg(&path)
                .env("TZ", "UTC")
                .env("LC_ALL", "C")
                .env_remove("SAMPLE_UNTOLD"),
        )
        .unwrap();
        let socket = folder.path().join("stats");
        let is_up = wait_for(|| UnixStream::connect(&socket).ok()).is_some();
        assert!(is_up, "does not come up: {}", program.output().unwrap());
        Self {
            ports,
            folder,
            log,
            sources,
            _program: program,
        }
    }

    /// The values of each line of what is sent through a group's proxy, from an address of its own.
    fn ask(&mut self, record: &Record, group: &Group, number: usize) -> Vec<Vec<String>> {
        let client = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        let own = Ipv4Addr::new(127, 0, 1, u8::try_from(number + 1).unwrap());
        client.bind(&SockAddr::from(SocketAddr::from((own, 0)))).unwrap();
        let front = self.ports[&group.name];
        client
            .connect(&SockAddr::from(SocketAddr::from((Ipv4Addr::LOCALHOST, front))))
            .unwrap();
        let client = TcpStream::from(client);
        client.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut ports = vec![
            ("front", front),
            ("client", client.local_addr().unwrap().port()),
            ("server", self.ports["server"]),
        ];
        let mut lines = Vec::new();
        let mut client = Some(client);
        let (talk, requests) = if group.mode == "http" {
            (&record.http, 2)
        } else {
            (&record.tcp, 1)
        };
        for _ in 0..requests {
            let mut connection = client.as_ref().unwrap();
            connection.write_all(&latin1(&talk.request)).unwrap();
            let end = latin1(talk.answer.rsplit("\r\n\r\n").next().unwrap());
            let mut got = Vec::new();
            while !got.ends_with(&end) {
                let mut more = [0; 4096];
                let len = connection.read(&mut more).unwrap();
                assert!(len > 0, "{}: {:?}", group.name, String::from_utf8_lossy(&got));
                got.extend_from_slice(&more[..len]);
            }
            if group.mode == "tcp" {
                // The line may wait for the end.
                client = None;
            }
            let mut line = vec![0; 1 << 16];
            let len = self.log.recv(&mut line).unwrap();
            line.truncate(len);
            lines.push(line.iter().map(|&byte| char::from(byte)).collect::<String>());
        }
        ports.extend(self.sources.try_iter().last().map(|source| ("source", source)));
        let folder = self.folder.path().to_str().unwrap();
        lines
            .into_iter()
            .map(|line| {
                let line = line.replace(folder, "<dir>");
                let line = ports
                    .iter()
                    .fold(line, |line, (name, port)| name_port(&line, name, *port));
                values(&line, group)
            })
            .collect()
    }
}

fn latin1(text: &str) -> Vec<u8> {
    text.chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect()
}

/// Answers requests as the recorder's server does.
fn serve(listener: &TcpListener, talks: &[Talk; 2], tell: &Sender<u16>) {
    for connection in listener.incoming() {
        let mut connection = connection.unwrap();
        // The test that asks may be over.
        let _ = tell.send(connection.peer_addr().unwrap().port());
        let [http, tcp] = talks.clone();
        std::thread::spawn(move || {
            let (http_body, tcp_request) = (
                http.request.rsplit("\r\n\r\n").next().unwrap(),
                latin1(&tcp.request),
            );
            let mut got = Vec::new();
            let mut more = [0; 4096];
            while let Ok(len @ 1..) = connection.read(&mut more) {
                got.extend_from_slice(&more[..len]);
                let answer = if got == tcp_request {
                    &tcp.answer
                } else if got.ends_with(http_body.as_bytes()) {
                    &http.answer
                } else {
                    continue;
                };
                got.clear();
                if connection.write_all(&latin1(answer)).is_err() {
                    return;
                }
            }
        });
    }
}

/// The text with a port's number, where it stands by itself, replaced by a name.
fn name_port(text: &str, name: &str, port: u16) -> String {
    let number = port.to_string();
    let mut named = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(&number) {
        let (before, behind) = (&rest[..at], &rest[at + number.len()..]);
        let is_digit = |c: char| c.is_ascii_digit();
        let is_alone = !before.ends_with(is_digit) && !behind.starts_with(is_digit);
        named.push_str(before);
        if is_alone {
            named.push_str(&format!("<{name}>"));
        } else {
            named.push_str(&number);
        }
        rest = behind;
    }
    named + rest
}

/// The values that a line tells, in the order of the group's expressions.
fn values(line: &str, group: &Group) -> Vec<String> {
    let mut rest = line.trim_end_matches('\n');
    let mut values = Vec::new();
    for number in 0..group.values.len() {
        let (mark, next) = (format!("~{number}~"), format!("~{}~", number + 1));
        let (_, behind) = rest.split_once(&mark).unwrap_or_else(|| {
            panic!(
                "{}: no value {number} in a line of {} bytes behind {:?}",
                group.name,
                line.len(),
                rest.get(..200).unwrap_or(rest)
            )
        });
        let end = behind.find(&next).unwrap_or(behind.len());
        values.push(behind[..end].trim_end_matches('\n').to_owned());
        rest = &behind[end..];
    }
    values
}
