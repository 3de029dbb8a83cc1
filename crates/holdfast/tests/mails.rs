//! Mails about servers whose state changes (`email-alert`, `mailers`): what mail servers are told, beside haproxy 2.6 where that is
//! installed.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex};

use test_support::admin;
use test_support::process::{Program, both_programs, free_address, wait_for};

/// How a mail server behaves.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// As it should.
    Takes,
    /// It answers in several lines.
    Wordy,
    /// Its greeting to the first connection is a refusal.
    RefusesFirst,
    /// It knows no recipient.
    KnowsNobody,
    /// It never says anything on its first connection.
    SilentFirst,
}

/// A mail server that keeps what it is told, connection by connection in the order in which they end.
struct MailServer {
    address: SocketAddr,
    told: Arc<Mutex<Vec<Vec<String>>>>,
}

impl MailServer {
    fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let told: Arc<Mutex<Vec<Vec<String>>>> = Arc::default();
        let all = Arc::clone(&told);
        std::thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                let lines = converse(stream.unwrap(), manner, number == 0);
                all.lock().unwrap().push(lines);
            }
        });
        Self { address, told }
    }

    /// What each of the first `count` connections said, once they have ended.
    fn wait_for(&self, count: usize) -> Vec<Vec<String>> {
        let all = wait_for(|| Some(self.told.lock().unwrap().clone()).filter(|all| all.len() >= count));
        all.unwrap_or_else(|| panic!("{:?} of {count} came", self.told.lock().unwrap()))
    }

    /// The subjects of what it took so far.
    fn subjects(&self) -> Vec<String> {
        let told = self.told.lock().unwrap();
        let subject = |lines: &Vec<String>| {
            let line = lines.iter().find(|line| line.starts_with("Subject: "))?;
            Some(line["Subject: [HAProxy Alert] ".len()..].to_owned())
        };
        told.iter().filter_map(subject).collect()
    }
}

/// The lines of one connection, until it ends.
fn converse(mut stream: TcpStream, manner: Manner, first: bool) -> Vec<String> {
    let mut lines = Vec::new();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let greeting: &[u8] = match manner {
        Manner::RefusesFirst if first => b"554 no\r\n",
        Manner::SilentFirst if first => b"",
        Manner::Wordy => b"220-one\r\n220 two\r\n",
        _ => b"220 hello\r\n",
    };
    // Whoever does not want to read on has gone, which its lines show.
    drop(stream.write_all(greeting));
    let mut in_data = false;
    let mut line = String::new();
    while reader.read_line(&mut line).is_ok_and(|bytes| bytes > 0) {
        let said = std::mem::take(&mut line).trim_end_matches("\r\n").to_owned();
        assert!(!said.contains('\r'));
        let answer: &[u8] = match said.as_str() {
            "." if in_data => {
                in_data = false;
                b"250 taken\r\n"
            }
            _ if in_data => b"",
            "DATA" => {
                in_data = true;
                b"354 go on\r\n"
            }
            "QUIT" => b"221 bye\r\n",
            rcpt if rcpt.starts_with("RCPT") && manner == Manner::KnowsNobody => b"550 nobody\r\n",
            _ if manner == Manner::Wordy => b"250-one\r\n250 two\r\n",
            _ => b"250 fine\r\n",
        };
        drop(stream.write_all(answer));
        lines.push(said);
    }
    lines
}

/// A proxy with backends of one server each, all at the same address, which has somebody who listens or not.
struct Proxy {
    program: Program,
    folder: tempfile::TempDir,
    server: SocketAddr,
    listener: Option<TcpListener>,
}

impl Proxy {
    /// `backends` are names with their lines.
    fn start(mut command: Command, mailers: &str, backends: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = listener.local_addr().unwrap();
        let mut text = format!(
            "global\n nbthread 1\n stats socket {}/stats level admin\n{mailers}defaults\n mode http\n timeout connect 2s\n timeout client 2s\n \
             timeout server 2s\n email-alert from lb@example.org\n email-alert to root@example.org\nfrontend f\n bind {}\n",
            folder.path().display(),
            free_address().unwrap()
        );
        for (name, lines) in backends {
            text.push_str(&format!(
                "backend {name}\n{lines} server s {server} check inter 100ms rise 1 fall 1\n"
            ));
        }
        let path = folder.path().join("haproxy.cfg");
        fs::write(&path, text).unwrap();
        let program = Program::start(command.arg("-db").arg("-f").arg(path)).unwrap();
        let proxy = Self {
            program,
            folder,
            server,
            listener: Some(listener),
        };
        proxy.wait_for_checks("UP", "L4OK");
        proxy
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("stats")
    }

    /// Waits until all servers are in that state and their last check came to that.
    fn wait_for_checks(&self, state: &str, check: &str) {
        let are_so = wait_for(|| {
            let stat = admin::ask(&self.socket(), "show stat").ok()?;
            let mut servers = stat.lines().filter(|line| line.split(',').nth(1) == Some("s"));
            let is_so = |line: &str| {
                let cells: Vec<&str> = line.split(',').collect();
                cells[17] == state && cells[36] == check
            };
            servers.all(is_so).then_some(())
        });
        assert!(are_so.is_some(), "{}", self.program.output().unwrap());
    }

    /// The server goes away.
    fn server_dies(&mut self) {
        self.listener = None;
        self.wait_for_checks("DOWN", "L4CON");
    }

    /// The server comes back.
    fn server_returns(&mut self) {
        self.listener = Some(TcpListener::bind(self.server).unwrap());
        self.wait_for_checks("UP", "L4OK");
    }
}

/// Text without how long checks took, and the date without its figures.
fn plain(line: &str) -> String {
    let line = match line.split_once("check duration: ") {
        Some((before, after)) => {
            format!(
                "{before}check duration: N{}",
                after.trim_start_matches(|c: char| c.is_ascii_digit())
            )
        }
        None => line.to_owned(),
    };
    if line.starts_with("Date: ") {
        return line
            .chars()
            .map(|c| if c.is_ascii_digit() { '0' } else { c })
            .collect();
    }
    line
}

#[test]
fn mail_servers_are_told_of_what_is_severe_enough() {
    let mut seen: Vec<(String, Vec<Vec<String>>)> = Vec::new();
    for command in both_programs(env!("CARGO_BIN_EXE_holdfast")) {
        let program = format!("{command:?}");
        let servers: Vec<MailServer> = (0..5).map(|_| MailServer::start(Manner::Takes)).collect();
        let mailers: String = [(0, 0), (1, 1), (2, 2), (3, 4)]
            .iter()
            .zip(["a", "w", "n", "i"])
            .map(|((one, other), name)| {
                let second = if one == other {
                    String::new()
                } else {
                    format!(" mailer second {}\n", servers[*other].address)
                };
                format!(
                    "mailers {name}\n timeout mail 5s\n mailer first {}\n{second}",
                    servers[*one].address
                )
            })
            .collect();
        let mut proxy = Proxy::start(
            command,
            &mailers,
            &[
                ("alert", " email-alert mailers a\n"),
                (
                    "warning",
                    " email-alert mailers w\n email-alert level warning\n email-alert myhostname lb.example.org\n",
                ),
                (
                    "notice",
                    " email-alert mailers n\n email-alert level notice\n email-alert to team@example.org\n",
                ),
                (
                    "info",
                    " email-alert mailers i\n email-alert level info\n option log-health-checks\n",
                ),
                ("quiet", ""),
            ],
        );
        proxy.server_dies();
        // What nobody is mailed of.
        for line in [
            "set server quiet/s state maint",
            "set server quiet/s state ready",
            "set server alert/s state maint",
        ] {
            admin::ask(&proxy.socket(), line).unwrap();
        }
        admin::ask(&proxy.socket(), "set server alert/s state ready").unwrap();
        proxy.server_returns();
        let counts = [1, 1, 2, 5, 5];
        let told: Vec<Vec<Vec<String>>> = servers
            .iter()
            .zip(counts)
            .map(|(server, count)| server.wait_for(count))
            .collect();
        for (told, count) in told.iter().zip(counts) {
            // The maintenance of the first ends with a failed check, which is a second time that it goes down.
            assert!(
                told.len() == count || count == 1 && told.len() == 2,
                "{program}: {told:#?}"
            );
        }
        let flat = |told: &Vec<Vec<String>>| {
            told.iter()
                .map(|lines| lines.iter().map(|line| plain(line)).collect())
                .collect()
        };
        seen.push((
            program,
            told.iter()
                .skip(1)
                .flat_map(|told| -> Vec<Vec<String>> { flat(told) })
                .collect(),
        ));
    }
    let (_, ours) = &seen[0];
    let host = nix::unistd::gethostname().unwrap();
    let host = host.to_string_lossy();
    let text = "Server warning/s is DOWN, reason: Layer4 connection problem, info: \"Connection refused\", check duration: Nms. \
                0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue";
    let date = ours[0].iter().find(|line| line.starts_with("Date: ")).unwrap();
    assert_eq!(
        ours[0],
        [
            "HELO lb.example.org",
            "MAIL FROM:<lb@example.org>",
            "RCPT TO:<root@example.org>",
            "DATA",
            "From: lb@example.org",
            "To: root@example.org",
            date,
            &format!("Subject: [HAProxy Alert] {text}"),
            "",
            text,
            "",
            ".",
            "QUIT",
        ]
    );
    assert_eq!(ours[1][0], format!("HELO {host}"));
    assert_eq!(ours[1][2], "RCPT TO:<team@example.org>");
    for (program, theirs) in &seen[1..] {
        assert_eq!(theirs, ours, "{program} and Holdfast");
    }
}

#[test]
fn a_mail_that_is_not_taken_is_lost_and_the_next_one_comes() {
    for command in both_programs(env!("CARGO_BIN_EXE_holdfast")) {
        let program = format!("{command:?}");
        let manners = [
            Manner::Wordy,
            Manner::RefusesFirst,
            Manner::KnowsNobody,
            Manner::SilentFirst,
        ];
        let servers = manners.map(MailServer::start);
        let names = ["wordy", "refuses", "nobody", "silent"];
        let mailers: String = names
            .iter()
            .zip(&servers)
            .map(|(name, server)| format!("mailers {name}\n timeout mail 1s\n mailer m {}\n", server.address))
            .collect();
        let lines = names.map(|name| format!(" email-alert mailers {name}\n email-alert level notice\n"));
        let backends: Vec<(&str, &str)> = names.into_iter().zip(lines.iter().map(String::as_str)).collect();
        let mut proxy = Proxy::start(command, &mailers, &backends);
        proxy.server_dies();
        proxy.server_returns();
        servers.iter().for_each(|server| drop(server.wait_for(2)));
        let words = |server: &MailServer| -> Vec<String> {
            let subjects = server.subjects();
            subjects
                .iter()
                .filter_map(|text| text.split(',').next())
                .map(str::to_owned)
                .collect()
        };
        assert_eq!(
            words(&servers[0]),
            ["Server wordy/s is DOWN", "Server wordy/s is UP"],
            "{program}"
        );
        assert_eq!(words(&servers[1]), ["Server refuses/s is UP"], "{program}");
        assert_eq!(words(&servers[2]), Vec::<String>::new(), "{program}");
        assert_eq!(words(&servers[3]), ["Server silent/s is UP"], "{program}");
    }
}
