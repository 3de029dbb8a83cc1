//! Servers and requests whose names are asked for while the process runs, with a name server of the test's own. What is logged is
//! the same with the original, where it is installed.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use simple_dns::rdata::{A, AAAA, RData, SRV};
use simple_dns::{CLASS, Name, Packet, PacketFlag, QTYPE, RCODE, ResourceRecord, TYPE};
use test_support::admin;
use test_support::process::{Program, free_address, wait_for};

/// Debian's place of the original.
const ORIGINAL: &str = "/usr/sbin/haproxy";

/// How long a name server waits before it looks whether it is to end.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// The commands that start the programs that there are.
fn programs() -> Vec<Command> {
    let mut ours = Command::new(env!("CARGO_BIN_EXE_holdfast"));
    ours.arg("haproxy");
    let mut programs = vec![ours];
    programs.extend(Path::new(ORIGINAL).exists().then(|| Command::new(ORIGINAL)));
    programs
}

/// What a name server knows: by name an address, or `TARGET PORT` of a service; `refused` refuses, other names do not exist.
type Zone = BTreeMap<&'static str, Vec<&'static str>>;

/// A name server on loopback, over UDP and TCP.
struct NameServer {
    udp: SocketAddr,
    tcp: SocketAddr,
    zone: Arc<Mutex<Zone>>,
    ends: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl NameServer {
    fn start(zone: &[(&'static str, &[&'static str])]) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (udp, tcp) = (socket.local_addr().unwrap(), listener.local_addr().unwrap());
        let (known, ends) = (
            Arc::new(Mutex::new(Zone::new())),
            Arc::new(AtomicBool::new(false)),
        );
        let over_udp = {
            let (known, ends) = (Arc::clone(&known), Arc::clone(&ends));
            std::thread::spawn(move || serve_datagrams(&socket, &known, &ends))
        };
        let over_tcp = {
            let (known, ends) = (Arc::clone(&known), Arc::clone(&ends));
            std::thread::spawn(move || serve_streams(&listener, &known, &ends))
        };
        let server = Self {
            udp,
            tcp,
            zone: known,
            ends,
            threads: vec![over_udp, over_tcp],
        };
        server.knows(zone);
        server
    }

    /// From now on it knows this and nothing else.
    fn knows(&self, zone: &[(&'static str, &[&'static str])]) {
        *self.zone.lock().unwrap() = zone.iter().map(|(name, data)| (*name, data.to_vec())).collect();
    }
}

impl Drop for NameServer {
    fn drop(&mut self) {
        self.ends.store(true, Relaxed);
        // It waits in accept.
        drop(TcpStream::connect(self.tcp));
        for thread in self.threads.drain(..) {
            drop(thread.join());
        }
    }
}

fn serve_datagrams(socket: &UdpSocket, zone: &Mutex<Zone>, ends: &AtomicBool) {
    socket.set_read_timeout(Some(LOOK_EVERY)).unwrap();
    let mut buffer = [0; 4096];
    while !ends.load(Relaxed) {
        if let Ok((length, from)) = socket.recv_from(&mut buffer) {
            let bytes = answer(&buffer[..length], &zone.lock().unwrap());
            drop(socket.send_to(&bytes, from));
        }
    }
}

/// Takes one connection after the other.
fn serve_streams(listener: &TcpListener, zone: &Mutex<Zone>, ends: &AtomicBool) {
    while let Ok((mut stream, _)) = listener.accept() {
        stream.set_read_timeout(Some(LOOK_EVERY)).unwrap();
        let mut received = Vec::new();
        let mut buffer = [0; 4096];
        while !ends.load(Relaxed) {
            match stream.read(&mut buffer) {
                Ok(0) => break,
                Ok(length) => received.extend_from_slice(&buffer[..length]),
                Err(_) => continue,
            }
            while received.len() >= 2 {
                let end = 2 + usize::from(u16::from_be_bytes([received[0], received[1]]));
                if received.len() < end {
                    break;
                }
                let bytes = answer(&received[2..end], &zone.lock().unwrap());
                received.drain(..end);
                let length = u16::try_from(bytes.len()).unwrap().to_be_bytes();
                drop(stream.write_all(&[&length[..], &bytes].concat()));
            }
        }
        if ends.load(Relaxed) {
            return;
        }
    }
}

fn answer(question: &[u8], zone: &Zone) -> Vec<u8> {
    let question = Packet::parse(question).unwrap();
    let asked = &question.questions[0];
    let name = asked.qname.to_string();
    let mut packet = Packet::new_reply(question.id());
    packet.set_flags(PacketFlag::RESPONSE);
    packet.questions = question.questions.clone();
    match zone.get(name.as_str()).map(Vec::as_slice) {
        None => *packet.rcode_mut() = RCODE::NameError,
        Some(["refused"]) => *packet.rcode_mut() = RCODE::Refused,
        Some(records) => {
            packet.answers = records
                .iter()
                .filter_map(|text| rdata(text, asked.qtype))
                .map(|data| ResourceRecord::new(asked.qname.clone(), CLASS::IN, 60, data))
                .collect();
        }
    }
    packet.build_bytes_vec().unwrap()
}

fn rdata(text: &str, asked: QTYPE) -> Option<RData<'static>> {
    let service = text.split_once(' ');
    match (asked, text.parse::<IpAddr>(), service) {
        (QTYPE::TYPE(TYPE::A), Ok(IpAddr::V4(ip)), _) => Some(RData::A(A { address: ip.into() })),
        (QTYPE::TYPE(TYPE::AAAA), Ok(IpAddr::V6(ip)), _) => Some(RData::AAAA(AAAA { address: ip.into() })),
        (QTYPE::TYPE(TYPE::SRV), _, Some((target, port))) => Some(RData::SRV(SRV {
            priority: 1,
            weight: 2560,
            port: port.parse().unwrap(),
            target: Name::new(target).unwrap().into_owned(),
        })),
        _ => None,
    }
}

/// A web server that says its own address, on several addresses and one port.
struct Web {
    port: u16,
    ends: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Web {
    fn start(addresses: &[&str]) -> Self {
        let first = TcpListener::bind((addresses[0], 0)).unwrap();
        let port = first.local_addr().unwrap().port();
        let mut listeners = vec![first];
        listeners.extend(
            addresses[1..]
                .iter()
                .map(|ip| TcpListener::bind((*ip, port)).unwrap()),
        );
        let ends = Arc::new(AtomicBool::new(false));
        let threads = listeners.into_iter().map(|listener| {
            let ends = Arc::clone(&ends);
            std::thread::spawn(move || {
                listener.set_nonblocking(false).unwrap();
                let own = listener.local_addr().unwrap();
                while let Ok((mut stream, _)) = listener.accept() {
                    if ends.load(Relaxed) {
                        return;
                    }
                    let mut head = [0; 2048];
                    drop(stream.read(&mut head));
                    let text = format!(
                        "HTTP/1.1 200 OK\r\nx-web: {}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
                        own.ip()
                    );
                    drop(stream.write_all(text.as_bytes()));
                }
            })
        });
        Self {
            port,
            threads: threads.collect(),
            ends,
        }
    }

    fn stop(self, addresses: &[&str]) {
        self.ends.store(true, Relaxed);
        for ip in addresses {
            drop(TcpStream::connect((*ip, self.port)));
        }
        for thread in self.threads {
            drop(thread.join());
        }
    }
}

/// A proxy with a `resolvers` section `d` that asks often and forgets soon.
struct Proxy {
    program: Program,
    folder: tempfile::TempDir,
    front: SocketAddr,
}

impl Proxy {
    fn start(mut command: Command, nameserver: &str, sections: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let front = free_address().unwrap();
        let text = format!(
            "global\n log stdout format raw local0\n stats socket {}/stats.sock level admin\n\
             defaults\n mode http\n log global\n timeout connect 2s\n timeout client 5s\n timeout server 5s\n timeout queue 1s\n\
             resolvers d\n nameserver ns1 {nameserver}\n resolve_retries 2\n timeout resolve 100ms\n timeout retry 50ms\n\
             hold nx 200ms\n hold refused 200ms\n hold timeout 200ms\n hold other 200ms\n hold obsolete 200ms\n\
             frontend f\n bind {front}\n no log\n{sections}",
            folder.path().display()
        );
        fs::write(folder.path().join("haproxy.cfg"), text).unwrap();
        let cfg = folder.path().join("haproxy.cfg");
        let program = Program::start(command.arg("-db").arg("-f").arg(cfg)).unwrap();
        Self {
            program,
            folder,
            front,
        }
    }

    /// The answer to a request for `host`; nothing while nobody answers.
    fn ask(&self, host: &str) -> Option<String> {
        let mut stream = TcpStream::connect(self.front).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
        write!(
            stream,
            "GET / HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n"
        )
        .ok()?;
        let mut text = String::new();
        stream.read_to_string(&mut text).ok()?;
        Some(text)
    }

    /// Waits until a request is answered so.
    fn answers(&self, host: &str, with: &str) {
        let answered = wait_for(|| self.ask(host).filter(|answer| answer.contains(with)));
        assert!(
            answered.is_some(),
            "never {with:?} but {:?}; it said: {}",
            self.ask(host),
            self.said().join("\n")
        );
    }

    /// Lines of the log, without those that go to standard error as well.
    fn said(&self) -> Vec<String> {
        let output = self.program.output().unwrap();
        let lines = output.lines().map(|line| line.trim_matches('\0'));
        let of_log = |line: &&str| !line.starts_with('[') && !line.is_empty();
        lines.filter(of_log).map(str::to_owned).collect()
    }

    /// Waits until the log has all these lines, in this order.
    fn says(&self, lines: &[&str]) {
        let found = || {
            let said = self.said();
            let mut rest = said.iter();
            lines
                .iter()
                .all(|line| rest.any(|said| said == line))
                .then_some(())
        };
        assert!(
            wait_for(found).is_some(),
            "not all of {lines:#?}\nin {:#?}",
            self.said()
        );
    }

    fn command(&self, command: &str) -> String {
        admin::ask(&self.folder.path().join("stats.sock"), command).unwrap()
    }
}

#[test]
fn a_server_follows_its_name_and_goes_down_with_it() {
    let addresses = ["127.0.0.2", "127.0.0.3"];
    for program in programs() {
        let web = Web::start(&addresses);
        let names = NameServer::start(&[("app.test", &["127.0.0.2"])]);
        let sections = format!(
            " default_backend b\nbackend b\n server s1 app.test:{0} resolvers d init-addr none resolve-prefer ipv4\n \
             server s2 app.test:{0} resolvers d init-addr none resolve-prefer ipv4\n",
            web.port
        );
        let proxy = Proxy::start(program, &names.udp.to_string(), &sections);
        proxy.answers("x", "x-web: 127.0.0.2");
        proxy.says(&[
            "b/s1 changed its IP from (none) to 127.0.0.2 by d/ns1.",
            "Server b/s1 ('app.test') is UP/READY (resolves again).",
            "Server b/s1 administratively READY thanks to valid DNS answer.",
        ]);
        // One address is one server's.
        let stat = proxy.command("show stat");
        assert!(
            stat.lines().any(|line| line.contains(",MAINT (resolution),")),
            "{stat}"
        );
        let state = proxy.command("show servers state b");
        assert!(
            state.contains(" s2 - 0 32 ") && state.contains(" s1 127.0.0.2 2 0 "),
            "{state}"
        );

        names.knows(&[("app.test", &["127.0.0.3"])]);
        proxy.says(&["b/s2 changed its IP from (none) to 127.0.0.3 by DNS cache."]);
        proxy.answers("x", "x-web: 127.0.0.3");

        names.knows(&[]);
        proxy.says(&["backend b has no server available!"]);
        proxy.answers("x", "503 Service Unavailable");
        let said = proxy.said().join("\n");
        assert!(
            said.contains("is going DOWN for maintenance (DNS NX status)."),
            "{said}"
        );

        names.knows(&[("app.test", &["127.0.0.2", "127.0.0.3"])]);
        proxy.answers("x", "200 OK");
        names.knows(&[("app.test", &["refused"])]);
        let refused = || {
            proxy
                .said()
                .join("\n")
                .contains("(DNS refused status)")
                .then_some(())
        };
        assert!(wait_for(refused).is_some(), "{:#?}", proxy.said());
        let shown = proxy.command("show resolvers d");
        assert!(
            shown.starts_with("Resolvers section d\n nameserver ns1:\n  sent:        "),
            "{shown}"
        );
        web.stop(&addresses);
    }
}

#[test]
fn a_server_with_another_name_goes_where_that_leads() {
    let addresses = ["127.0.0.2", "127.0.0.3"];
    for program in programs() {
        let web = Web::start(&addresses);
        let names = NameServer::start(&[("app.test", &["127.0.0.2"]), ("other.test", &["127.0.0.3"])]);
        let sections = format!(
            " default_backend b\nbackend b\n server s app.test:{} resolvers d init-addr none resolve-prefer ipv4\n",
            web.port
        );
        let proxy = Proxy::start(program, &names.udp.to_string(), &sections);
        proxy.answers("x", "x-web: 127.0.0.2");
        let told = proxy.command("set server b/s fqdn other.test");
        assert!(
            told.starts_with("b/s changed its FQDN from app.test to other.test by 'stats socket command'"),
            "{told}"
        );
        proxy.answers("x", "x-web: 127.0.0.3");
        let state = proxy.command("show servers state b");
        assert!(state.contains(" s 127.0.0.3 2 0 "), "{state}");
        assert!(state.contains(" other.test "), "{state}");

        // The name that it had is of no account any more.
        names.knows(&[("app.test", &["127.0.0.2"])]);
        proxy.says(&["backend b has no server available!"]);
        names.knows(&[("other.test", &["127.0.0.2"])]);
        proxy.answers("x", "x-web: 127.0.0.2");
        web.stop(&addresses);
    }
}

#[test]
fn servers_stand_for_the_records_of_a_service_over_tcp_as_well() {
    let addresses = ["127.0.0.2", "127.0.0.3"];
    for program in programs() {
        let web = Web::start(&addresses);
        let port: &'static str = Box::leak(format!("a.test {}", web.port).into_boxed_str());
        let other: &'static str = Box::leak(format!("b.test {}", web.port).into_boxed_str());
        let names = NameServer::start(&[
            ("_http._tcp.test", &[port]),
            ("a.test", &["127.0.0.2"]),
            ("b.test", &["127.0.0.3"]),
        ]);
        let sections = " default_backend b\nbackend b\n server-template t 2 _http._tcp.test resolvers d resolve-prefer ipv4\n";
        let proxy = Proxy::start(program, &format!("tcp@{}", names.tcp), sections);
        proxy.answers("x", "x-web: 127.0.0.2");
        proxy.says(&[
            "b/t1 changed its FQDN from (null) to a.test by 'SRV record'",
            "b/t1 changed its IP from (none) to 127.0.0.2 by d/ns1.",
            "Server b/t1 ('a.test') is UP/READY (resolves again).",
            "Server b/t1 administratively READY thanks to valid DNS answer.",
        ]);
        let state = proxy.command("show servers state b");
        assert!(state.contains(" t1 127.0.0.2 2 64 10 1 "), "{state}");
        assert!(
            state.contains(&format!(" a.test {} _http._tcp.test ", web.port)),
            "{state}"
        );
        assert!(state.contains(" t2 - 0 32 "), "{state}");

        names.knows(&[
            ("_http._tcp.test", &[other]),
            ("a.test", &["127.0.0.2"]),
            ("b.test", &["127.0.0.3"]),
        ]);
        let removed = "Server b/t1 is going DOWN for maintenance (entry removed from SRV record).";
        let gone = || {
            proxy
                .said()
                .iter()
                .any(|line| line.starts_with(removed))
                .then_some(())
        };
        assert!(wait_for(gone).is_some(), "{:#?}", proxy.said());
        proxy.answers("x", "x-web: 127.0.0.3");
        web.stop(&addresses);
    }
}

#[test]
fn rules_look_names_up() {
    for program in programs() {
        let web = Web::start(&["127.0.0.2"]);
        let names = NameServer::start(&[
            ("app.test", &["127.0.0.2"]),
            ("both.test", &["127.0.0.2", "::7"]),
            ("six.test", &["::6"]),
        ]);
        let sections = format!(
            " http-request do-resolve(txn.ip,d,ipv4) hdr(host),host_only\n http-request do-resolve(txn.six,d) hdr(host),host_only\n \
             http-request return status 200 hdr ip %[var(txn.ip)] hdr six %[var(txn.six)] unless {{ path /go }} || {{ hdr(host) app.test }}\n \
             default_backend b\nbackend b\n http-request set-dst var(txn.ip)\n server s 0.0.0.0:{0}\n\
             listen t\n mode tcp\n bind {1}\n tcp-request inspect-delay 5s\n tcp-request content do-resolve(sess.ip,d,ipv4) str(app.test)\n \
             tcp-request content set-dst var(sess.ip)\n server s 0.0.0.0:{0}\n",
            web.port, "127.0.0.1:0"
        );
        let sections = sections.replace("127.0.0.1:0", &free_address().unwrap().to_string());
        let proxy = Proxy::start(program, &names.udp.to_string(), &sections);
        proxy.answers("both.test", "\r\nip: 127.0.0.2\r\nsix: ::7\r\n");
        // What is not there for one family is asked for the other.
        proxy.answers("six.test:80", "\r\nip: ::6\r\nsix: ::6\r\n");
        let unknown = proxy.ask("none.test").unwrap();
        assert!(
            unknown.starts_with("HTTP/1.1 200 OK") && !unknown.contains("\r\nip:"),
            "{unknown}"
        );
        proxy.answers("app.test", "x-web: 127.0.0.2");
        let bind = sections
            .split(" bind ")
            .nth(1)
            .and_then(|rest| rest.lines().next());
        let through_tcp = Proxy {
            front: bind.unwrap().parse().unwrap(),
            ..proxy
        };
        through_tcp.answers("x", "x-web: 127.0.0.2");
        web.stop(&["127.0.0.2"]);
    }
}
