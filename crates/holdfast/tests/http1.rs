//! Well-formed and odd requests and responses through Holdfast, held to what the original made of them: what reached the server,
//! what the client got, and the log lines, as recorded in `compat-fixtures/http1`.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::collections::BTreeSet;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use serde::Deserialize;
use test_support::process::{PATIENCE, Program, free_address, wait_for};

/// Cases go through so many processes at once: most of their time is waiting.
const WORKERS: usize = 12;

/// How long a server that did not get what it expects waits for more of it before it answers all the same.
const QUIET: Duration = Duration::from_millis(400);

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

/// One recorded message.
#[derive(Deserialize)]
struct Case {
    name: String,
    sent: String,
    /// The request that a response answers.
    asked: Option<String>,
    /// What the server answers, where it is not asked for a response of its own.
    answer: Option<String>,
    /// Lines of the sections.
    #[serde(default)]
    global: Vec<String>,
    #[serde(default)]
    frontend: Vec<String>,
    #[serde(default)]
    backend: Vec<String>,
    strict: Outcome,
    /// What is different where violations are let through.
    #[serde(rename = "unsafe")]
    lenient: Option<Outcome>,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
struct Outcome {
    #[serde(default)]
    server: Vec<String>,
    client: String,
    log: Vec<String>,
}

/// compat-fixtures/http1/differences.toml: where Holdfast differs on purpose.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Differences {
    differs: Vec<Difference>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Difference {
    /// `requests` or `responses`.
    of: String,
    names: BTreeSet<String>,
    /// Whether it differs where violations are let through as well.
    #[serde(default)]
    always: bool,
    /// Whether it differs only there.
    #[serde(default)]
    lenient: bool,
    /// The status that the client gets.
    gets: u16,
    /// Why that is right.
    #[expect(dead_code, reason = "for the reader of the file")]
    why: String,
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../compat-fixtures/http1")
}

/// A version that was recorded: what its files are called behind their names, and the dialect that is held to it.
#[derive(Clone, Copy)]
struct Version {
    suffix: &'static str,
    dialect: &'static str,
    /// The option that lets violations through, up to its last word.
    violations: &'static str,
}

const V2_6: Version = Version {
    suffix: "",
    dialect: "2.6",
    violations: "accept-invalid-http",
};
const V3_4: Version = Version {
    suffix: "-3.4",
    dialect: "3.4",
    violations: "accept-unsafe-violations-in-http",
};

#[test]
fn requests_are_judged_as_by_the_original() {
    judge("requests", false, V2_6);
    judge("requests", true, V2_6);
}

#[test]
fn responses_are_judged_as_by_the_original() {
    judge("responses", false, V2_6);
    judge("responses", true, V2_6);
}

#[test]
fn requests_are_judged_as_by_3_4() {
    judge("requests", false, V3_4);
    judge("requests", true, V3_4);
}

#[test]
fn responses_are_judged_as_by_3_4() {
    judge("responses", false, V3_4);
    judge("responses", true, V3_4);
}

#[test]
fn options_about_heads_act_as_in_the_original() {
    let text = std::fs::read_to_string(fixtures().join("options.json")).unwrap();
    let cases: Vec<Case> = serde_json::from_str(&text).unwrap();
    for case in &cases {
        let rig = Rig::start(V2_6, &case.global, &case.frontend, &case.backend);
        let ours = rig.run(case, &case.strict, case.strict.log.len());
        assert_eq!(ours, canonical_outcome(&case.strict), "{}", case.name);
    }
}

/// Sends all cases of a file and fails with what is not as recorded.
fn judge(of: &str, lenient: bool, version: Version) {
    let read = |name: String| std::fs::read_to_string(fixtures().join(name)).unwrap();
    let cases: Vec<Case> = serde_json::from_str(&read(format!("{of}{}.json", version.suffix))).unwrap();
    let text = read(format!("differences{}.toml", version.suffix));
    let differences: Differences = toml::from_str(&text).unwrap();
    let differences: Vec<_> = differences
        .differs
        .iter()
        .filter(|difference| difference.of == of)
        .collect();
    for name in differences.iter().flat_map(|difference| &difference.names) {
        assert!(
            cases.iter().any(|case| case.name == *name),
            "no case {name:?} of {of}"
        );
    }
    let faults = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for worker in 0..WORKERS {
            let (cases, differences, faults) = (&cases, &differences, &faults);
            scope.spawn(move || {
                let option = |of| format!("option {}-{of}", version.violations);
                let (mut front, mut back) = (Vec::new(), Vec::new());
                if lenient {
                    front.push(option("request"));
                    back.push(option("response"));
                }
                if of == "responses" {
                    // No client is slow there on purpose.
                    front.extend([
                        "timeout client 20s".to_owned(),
                        "timeout http-request 20s".to_owned(),
                    ]);
                }
                let rig = Rig::start(version, &[], &front, &back);
                for case in cases.iter().skip(worker).step_by(WORKERS) {
                    let recorded = case.lenient.as_ref().filter(|_| lenient).unwrap_or(&case.strict);
                    let difference = differences.iter().find(|difference| {
                        difference.names.contains(&case.name)
                            && (difference.always || difference.lenient == lenient)
                    });
                    // What is refused or let through in another way is one request, and one line.
                    let lines = difference.map_or(recorded.log.len(), |_| 1);
                    let mut ours = rig.run(case, recorded, lines);
                    let recorded = &in_frames(recorded);
                    ours = in_frames(&ours);
                    if version.dialect == "3.4" {
                        as_3_4_counts(&mut ours, recorded);
                    }
                    let fault = match difference {
                        None if ours != canonical_outcome(recorded) => Some("differs"),
                        Some(difference) if ours == canonical_outcome(recorded) => {
                            Some(if difference.always && lenient {
                                continue;
                            } else {
                                "does not differ any more"
                            })
                        }
                        Some(difference) if status(&ours.client) != Some(difference.gets) => {
                            Some("differs from differences.toml")
                        }
                        _ => None,
                    };
                    if let Some(fault) = fault {
                        lock(faults).push(format!(
                            "{} {fault}: {:?}\n  recorded {:?}\n  ours     {ours:?}",
                            case.name,
                            case.sent.get(..200.min(case.sent.len())).unwrap_or_default(),
                            canonical_outcome(recorded)
                        ));
                    }
                }
            });
        }
    });
    let faults = faults.into_inner().unwrap();
    assert!(
        faults.is_empty(),
        "{} of {of}, violations let through: {lenient}\n{}",
        faults.len(),
        faults.join("\n")
    );
}

/// An answer in HTTP/2 with its frames by their names, their flags and, of the last of them, the error: what a program wants of its peer
/// is its own matter, in SETTINGS and WINDOW_UPDATE.
fn in_frames(outcome: &Outcome) -> Outcome {
    let mut bytes: Vec<u8> = outcome
        .client
        .chars()
        .map(|octet| u8::try_from(octet).unwrap_or(0xff))
        .collect();
    if bytes.get(3) != Some(&4) || bytes[0] != 0 {
        return outcome.clone();
    }
    let mut client = String::new();
    while bytes.len() >= 9 {
        let len = usize::from(bytes[1]) << 8 | usize::from(bytes[2]);
        let frame: Vec<u8> = bytes.drain(..(9 + len).min(bytes.len())).collect();
        match frame[3] {
            4 => client += &format!("SETTINGS {} ", frame[4]),
            // Some say it twice.
            7 if client.contains("GOAWAY") => {}
            7 => client += &format!("GOAWAY {:?} ", &frame[9..]),
            8 => {}
            other => client += &format!("{other} "),
        }
    }
    Outcome {
        client,
        ..outcome.clone()
    }
}

/// 3.4 counts no bytes of answers of its own, where every version before it does, and so do we. Where it closes before it has read
/// all, its answer may get lost.
fn as_3_4_counts(ours: &mut Outcome, recorded: &Outcome) {
    for (line, theirs) in ours.log.iter_mut().zip(&recorded.log) {
        let own = theirs.split(' ').nth(3) == Some("0");
        let mut words: Vec<&str> = line.split(' ').collect();
        if own && words.len() > 3 {
            words[3] = "0";
            *line = words.join(" ");
        }
    }
    if recorded.client.is_empty() && recorded.server.is_empty() {
        ours.client.clear();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn status(answer: &str) -> Option<u16> {
    answer.split(' ').nth(1)?.parse().ok()
}

/// A process with its server and its log.
struct Rig {
    front: SocketAddr,
    log: UdpSocket,
    to_server: Sender<Task>,
    from_server: Receiver<Vec<Vec<u8>>>,
    _program: Program,
    _folder: tempfile::TempDir,
}

/// What a server is to do for one case.
struct Task {
    answer: Vec<u8>,
    /// What each connection is to bring, in canonical form, as soon as which the answer goes out.
    expected: Vec<String>,
    /// Ended when the case is over.
    over: Receiver<()>,
}

impl Rig {
    /// With these lines in `global`, the frontend and the backend.
    fn start(version: Version, global: &[String], frontend: &[String], backend: &[String]) -> Self {
        // One after the other: two that look for a free port at once could share it.
        static STARTING: Mutex<()> = Mutex::new(());
        let _starting = lock(&STARTING);
        let folder = tempfile::tempdir().unwrap();
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let log = UdpSocket::bind("127.0.0.1:0").unwrap();
        let front = free_address().unwrap();
        let text = format!(
            "global\n nbthread 1\n {}\ndefaults\n mode http\n log {} len 4096 local0\n option httplog\n timeout connect 5s\n \
             timeout client 1s\n timeout server 5s\n timeout http-request 1s\n timeout http-keep-alive 50ms\n \
             retries 0\n\
             frontend fe\n bind {front}\n {}\n default_backend be\n\
             backend be\n {}\n server s1 {}\n",
            global.join("\n "),
            log.local_addr().unwrap(),
            frontend.join("\n "),
            backend.join("\n "),
            server.local_addr().unwrap(),
        );
        let path = folder.path().join("haproxy.cfg");
        std::fs::write(&path, text).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_holdfast"));
        let dialect = ["--dialect", version.dialect];
        let program =
            Program::start(command.args(["haproxy", "-db", "-f"]).arg(&path).args(dialect)).unwrap();
        let reached = wait_for(|| TcpStream::connect(front).ok());
        assert!(reached.is_some(), "it said: {}", program.output().unwrap());
        drop(reached);
        let (to_server, tasks) = channel();
        let (results, from_server) = channel();
        std::thread::spawn(move || serve(&server, &tasks, &results));
        let rig = Self {
            front,
            log,
            to_server,
            from_server,
            _program: program,
            _folder: folder,
        };
        // The connection that showed that it runs.
        rig.log_line();
        rig
    }

    fn run(&self, case: &Case, recorded: &Outcome, lines: usize) -> Outcome {
        let (answer, sent) = match &case.asked {
            Some(asked) => (bytes(&case.sent), bytes(asked)),
            None => (
                case.answer.as_deref().map_or(ANSWER.to_vec(), bytes),
                bytes(&case.sent),
            ),
        };
        self.drop_lines();
        let (done, over) = channel();
        let task = Task {
            answer,
            expected: canonical_outcome(recorded).server,
            over,
        };
        self.to_server.send(task).unwrap();
        let mut client = TcpStream::connect(self.front).unwrap();
        client.set_read_timeout(Some(PATIENCE)).unwrap();
        // It may be refused before all of it is sent.
        let _refused = client.write_all(&sent);
        let mut got = Vec::new();
        match client.read_to_end(&mut got) {
            Err(error) if error.kind() != ErrorKind::ConnectionReset => panic!("{}: {error}", case.name),
            _ => {}
        }
        drop(client);
        let log = (0..lines).map(|_| self.log_line()).collect();
        drop(done);
        let server = self.from_server.recv_timeout(PATIENCE).unwrap();
        Outcome {
            server: if case.asked.is_some() {
                Vec::new()
            } else {
                server
                    .iter()
                    .filter(|part| !part.is_empty())
                    .map(|part| canonical(part))
                    .collect()
            },
            client: canonical(&got),
            log,
        }
    }

    /// Takes away what an earlier case logged beyond what was expected of it.
    fn drop_lines(&self) {
        let mut line = [0; 8192];
        self.log.set_nonblocking(true).unwrap();
        while self.log.recv(&mut line).is_ok() {}
        self.log.set_nonblocking(false).unwrap();
    }

    /// The next log line, without what differs from run to run; empty when none comes.
    fn log_line(&self) -> String {
        let mut line = [0; 8192];
        self.log.set_read_timeout(Some(PATIENCE)).unwrap();
        match self.log.recv(&mut line) {
            Ok(len) => log_fields(&latin1(&line[..len])),
            Err(_) => String::new(),
        }
    }
}

/// Takes one connection after the other for each case; answers when what is expected has come.
fn serve(listener: &TcpListener, tasks: &Receiver<Task>, results: &Sender<Vec<Vec<u8>>>) {
    listener.set_nonblocking(true).unwrap();
    while let Ok(task) = tasks.recv() {
        let mut received = Vec::new();
        loop {
            // The case itself ends in time.
            let next = loop {
                let next = wait_for(|| match listener.accept() {
                    Ok((connection, _)) => Some(Some(connection)),
                    Err(_) => matches!(task.over.try_recv(), Err(TryRecvError::Disconnected)).then_some(None),
                });
                if let Some(next) = next {
                    break next;
                }
            };
            let Some(connection) = next else { break };
            let expected = task.expected.get(received.len()).map(String::as_str);
            received.push(take(connection, &task.answer, expected));
        }
        if results.send(received).is_err() {
            return;
        }
    }
}

/// What one connection brings; it is answered once.
fn take(mut connection: TcpStream, answer: &[u8], expected: Option<&str>) -> Vec<u8> {
    connection.set_nonblocking(false).unwrap();
    connection.set_read_timeout(Some(QUIET)).unwrap();
    let mut got = Vec::new();
    let mut answered = false;
    let mut chunk = [0; 65536];
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        match connection.read(&mut chunk) {
            Ok(0) => break,
            Ok(n) => got.extend_from_slice(&chunk[..n]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                if answered {
                    break;
                }
                answered = true;
                // What goes through a tunnel follows its answer, and the end comes before any timeout of the proxy.
                connection.set_read_timeout(Some(QUIET / 4)).unwrap();
                if connection.write_all(answer).is_err() {
                    break;
                }
                continue;
            }
            Err(_) => break,
        }
        let is_whole = match expected {
            Some(expected) => canonical(&got) == expected,
            // The requests that responses answer have no bodies.
            None => got.ends_with(b"\r\n\r\n"),
        };
        if is_whole && !answered {
            answered = true;
            if connection.write_all(answer).is_err() {
                break;
            }
            // What ends with the connection ends here; more of the request would be a fault, and comes at once or not at all.
            if connection.shutdown(std::net::Shutdown::Write).is_err() {
                break;
            }
        }
    }
    got
}

fn bytes(text: &str) -> Vec<u8> {
    text.chars().map(|char| char as u8).collect()
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}

fn canonical_outcome(recorded: &Outcome) -> Outcome {
    Outcome {
        server: recorded
            .server
            .iter()
            .filter(|part| !part.is_empty())
            .map(|part| canonical(&bytes(part)))
            .collect(),
        client: canonical(&bytes(&recorded.client)),
        log: recorded.log.clone(),
    }
}

/// A message whose chunks, if it has any, do not show any more: where one ends is not the same from run to run.
fn canonical(message: &[u8]) -> String {
    let text = latin1(message);
    let Some((head, rest)) = text.split_once("\r\n\r\n") else {
        return text;
    };
    if !head.to_ascii_lowercase().contains("transfer-encoding: chunked") {
        return text;
    }
    let mut data = String::new();
    let mut rest = rest;
    loop {
        let Some((size, behind)) = rest.split_once("\r\n") else {
            return format!("{head} [{data}] cut");
        };
        let Ok(size) = usize::from_str_radix(size, 16) else {
            return format!("{head} [{data}] cut");
        };
        if size == 0 {
            rest = behind;
            break;
        }
        data.extend(behind.chars().take(size));
        let taken: usize = behind.chars().take(size).map(char::len_utf8).sum();
        match behind[taken..].strip_prefix("\r\n") {
            Some(next) => rest = next,
            None => return format!("{head} [{data}] cut"),
        }
    }
    // The end is there only with its empty line.
    let Some(end) = rest
        .strip_prefix("\r\n")
        .map(|_| 0)
        .or_else(|| rest.find("\r\n\r\n"))
    else {
        return format!("{head} [{data}] cut");
    };
    let trailers: Vec<_> = rest[..end]
        .split("\r\n")
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| format!("{name}: {}", value.trim_matches([' ', '\t'])))
        .collect();
    format!("{head} [{data}] {trailers:?}")
}

/// What of a log line stays the same from run to run: `N` for times and counts.
fn log_fields(line: &str) -> String {
    let kept = line
        .split_once("] fe ")
        .map_or(line, |(_, kept)| kept)
        .trim_end_matches('\n');
    let words: Vec<&str> = kept.splitn(10, ' ').collect();
    let times = |times: &str| {
        let times: Vec<_> = times
            .split('/')
            .map(|time| if time == "-1" { "-1" } else { "N" })
            .collect();
        times.join("/")
    };
    let mut fields: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
    if let [_, spent, _, _, _, _, _, counts, queues, ..] = fields.as_mut_slice() {
        *spent = times(spent);
        *counts = times(counts);
        *queues = times(queues);
    }
    fields.join(" ")
}
