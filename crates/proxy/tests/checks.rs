//! Health checks against real listeners on loopback: what accepts, refuses, keeps silent, talks nonsense, or hangs up.
#![allow(
    clippy::unwrap_used,
    reason = "a listener that cannot be made is a failed test"
)]

use std::cell::Cell;
use std::future::Future;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use haproxy_cfg::model::{CheckKind, Config, HttpCheck, Proxy, ProxyId, ProxyKind, Server, ServerAddr};
use proxy::checks::{CheckContext, spawn};
use proxy::clock::Clock;
use proxy::log::{Files, LogSender};
use proxy::thread::{Shared, Thread};
use proxy_core::check::{AdminChange, CheckStatus, Event, Origin, change_admin};
use proxy_core::logline::LocalTime;
use proxy_core::plan::Plan;
use proxy_core::state::{Health, Runtime};
use proxy_core::stats::Process;
use socket2::{Domain, Socket, Type};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixListener};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::{JoinHandle, LocalSet};

/// No single wait takes this long unless something is wrong.
const PATIENCE: Duration = Duration::from_secs(20);

const BACKEND: ProxyId = ProxyId(0);

/// A thread that does nothing but check.
fn thread(config: &Arc<Config>, runtime: &Arc<Runtime>, clock: Clock) -> Rc<Thread> {
    let process = Process {
        version: String::new(),
        released: String::new(),
        pid: 1,
        node: b"lb1".to_vec(),
        hostname: b"lb1".to_vec(),
        ulimit_n: 0,
        maxsock: 0,
        environment: Vec::new(),
        startup_log: Vec::new(),
    };
    let plan = Plan::compile(Arc::clone(config)).unwrap();
    let shared = Arc::new(Shared::new(
        plan,
        Arc::clone(runtime),
        clock,
        Arc::new(process),
        Arc::default(),
        false,
        Files::default(),
    ));
    let log = LogSender::new("lb1", Arc::clone(&shared));
    Thread::new(0, shared, log, || Box::new(|_| LocalTime::new(0, "UTC")))
}

/// A backend under check.
struct Farm {
    config: Arc<Config>,
    runtime: Arc<Runtime>,
    clock: Clock,
    events: UnboundedReceiver<String>,
    kept: Vec<String>,
    changes: Rc<Cell<u32>>,
    checks: JoinHandle<()>,
}

impl Farm {
    /// Checks servers `s1`, `s2` … at `addrs`, as `adjust` wants it.
    fn start(addrs: Vec<ServerAddr>, adjust: impl FnOnce(&mut Proxy)) -> Self {
        Self::start_beside(addrs, adjust, None)
    }

    /// The same, beside a second backend that is stopped.
    fn start_beside(addrs: Vec<ServerAddr>, adjust: impl FnOnce(&mut Proxy), stopped: Option<Proxy>) -> Self {
        let mut proxy = Proxy::new(ProxyKind::Backend, "b".into(), 1);
        proxy.options.log_health_checks = true;
        for (at, addr) in addrs.into_iter().enumerate() {
            let id = u32::try_from(at).unwrap() + 1;
            let mut server = Server::new(format!("s{id}").into(), id, addr);
            (server.check.enabled, server.check.inter) = (true, 30);
            proxy.servers.push(server);
        }
        // A machine that is busy must not look like a server that is slow.
        proxy.timeouts.check = Some(15_000);
        adjust(&mut proxy);
        let config = Arc::new(Config {
            proxies: [proxy].into_iter().chain(stopped).collect(),
            ..Config::default()
        });
        let runtime = Arc::new(Runtime::new(&config, 1, 0));
        runtime
            .proxies
            .iter()
            .skip(1)
            .for_each(|proxy| proxy.stopped.store(true, Relaxed));
        let clock = Clock::start();
        let (tell, events) = unbounded_channel();
        let changes = Rc::new(Cell::new(0));
        let counted = Rc::clone(&changes);
        let checks = spawn(CheckContext {
            thread: thread(&config, &runtime, clock),
            say: Rc::new(move |event: &Event| {
                // The test may be over and not listen any more.
                let _ = tell.send(String::from_utf8(event.text.clone()).unwrap());
            }),
            on_change: Rc::new(move |proxy| {
                assert_eq!(proxy, BACKEND);
                counted.set(counted.get() + 1);
            }),
        });
        Self {
            config,
            runtime,
            clock,
            events,
            kept: Vec::new(),
            changes,
            checks,
        }
    }

    async fn next_line(&mut self) -> String {
        tokio::time::timeout(PATIENCE, self.events.recv())
            .await
            .expect("a line in time")
            .unwrap()
    }

    /// The first line that holds `words` and was not given before. Lines of other servers are kept for later: checks end in
    /// any order.
    async fn line_with(&mut self, words: &str) -> String {
        loop {
            if let Some(at) = self.kept.iter().position(|line| line.contains(words)) {
                return self.kept.remove(at);
            }
            let line = self.next_line().await;
            self.kept.push(line);
        }
    }

    fn health(&self, server: usize) -> Health {
        self.runtime.proxies[0].servers[server].health()
    }

    fn status(&self, server: usize) -> CheckStatus {
        self.runtime.proxies[0].servers[server].check_report().status
    }

    fn failed(&self, server: usize) -> u64 {
        self.runtime.proxies[0].servers[server]
            .failed_checks
            .load(Relaxed)
    }

    fn admin(&self, server: usize, change: AdminChange) {
        let now = self.clock.now_ms();
        change_admin(
            &self.runtime,
            &self.config,
            BACKEND,
            server,
            change,
            Origin::Cli,
            now,
        );
    }
}

impl Drop for Farm {
    fn drop(&mut self) {
        self.checks.abort();
    }
}

fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    LocalSet::new().block_on(&runtime, test);
}

/// A bound socket on which nobody listens yet: connections are refused.
fn closed_port() -> (Socket, SocketAddr) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket
        .bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())
        .unwrap();
    let addr = socket.local_addr().unwrap().as_socket().unwrap();
    (socket, addr)
}

/// A listener that serves each connection with `serve`.
async fn listener<F: Future<Output = ()> + 'static>(serve: impl Fn(TcpStream) -> F + 'static) -> ServerAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let addr = listener.local_addr().unwrap().into();
    tokio::task::spawn_local(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::task::spawn_local(serve(stream));
        }
    });
    addr
}

/// Says each of `lines` and reads after each; then waits for the check's end of the connection and tells of it. A check may
/// go before all is said, so errors on the way are of no account.
async fn talk(
    lines: &'static [&'static [u8]],
    ended: UnboundedSender<Result<usize, ErrorKind>>,
) -> ServerAddr {
    listener(move |mut io| {
        let ended = ended.clone();
        async move {
            let mut room = [0; 1024];
            for line in lines {
                let _ = io.write_all(line).await;
                let _ = io.read(&mut room).await;
            }
            let end = io.read(&mut room).await.map_err(|e| e.kind());
            let _ = ended.send(end);
        }
    })
    .await
}

/// [`talk`] of which nobody wants to know how it ended.
async fn saying(lines: &'static [&'static [u8]]) -> ServerAddr {
    talk(lines, unbounded_channel().0).await
}

fn http(proxy: &mut Proxy) {
    proxy.check = CheckKind::Http(Box::new(HttpCheck {
        method: "OPTIONS".into(),
        uri: "/".into(),
        version: "HTTP/1.0".into(),
        headers: Vec::new(),
    }));
}

fn smtp(proxy: &mut Proxy) {
    proxy.check = CheckKind::Smtp {
        hello: "HELO".into(),
        domain: "localhost".into(),
    };
}

fn starts(line: &str, with: &str) {
    assert!(line.starts_with(with), "{line:?} does not start with {with:?}");
}

fn ends(line: &str, with: &str) {
    assert!(line.ends_with(with), "{line:?} does not end with {with:?}");
}

#[test]
fn a_refusing_server_is_down_at_once_and_up_after_rise() {
    run(async {
        let (socket, addr) = closed_port();
        let mut farm = Farm::start(vec![addr.into()], |_| ());
        let line = farm.next_line().await;
        starts(
            &line,
            "Health check for server b/s1 failed, reason: Layer4 connection problem, info: \"Connection refused\", \
             check duration: ",
        );
        ends(&line, "ms, status: 0/2 DOWN.");
        assert_eq!(
            farm.next_line().await,
            "Server b/s1 is DOWN. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in \
             queue."
        );
        assert_eq!(farm.next_line().await, "backend b has no server available!");
        assert_eq!(farm.health(0), Health::Down);
        assert_eq!(farm.changes.get(), 1);

        socket.listen(64).unwrap();
        ends(&farm.next_line().await, "status: 1/2 DOWN.");
        assert_eq!(farm.health(0), Health::Down, "one success is not enough");
        ends(&farm.next_line().await, "status: 3/3 UP.");
        starts(
            &farm.next_line().await,
            "Server b/s1 is UP. 1 active and 0 backup servers online.",
        );
        assert_eq!(farm.status(0), CheckStatus::L4Ok);
        assert_eq!(farm.changes.get(), 2);
    });
}

#[test]
fn a_plain_check_is_over_before_the_server_accepts() {
    run(async {
        let (socket, addr) = closed_port();
        socket.listen(64).unwrap();
        socket.set_nonblocking(true).unwrap();
        let mut farm = Farm::start(vec![addr.into()], |_| ());
        ends(&farm.next_line().await, "status: 3/3 UP.");
        let accepted = socket.accept().map(|_| ()).map_err(|e| e.kind());
        assert_eq!(
            accepted,
            Err(ErrorKind::WouldBlock),
            "the handshake was never completed"
        );
    });
}

#[test]
fn http_answers_decide() {
    run(async {
        let addrs = vec![
            saying(&[b"", b"HTTP/1.0 200 OK\r\n\r\n"]).await,
            saying(&[b"", b"HTTP/1.1 503 Not today\r\nContent-Length: 0\r\n\r\n"]).await,
            saying(&[b"", b"220 mail.example.org ESMTP\r\n"]).await,
            listener(|_| async {}).await,
        ];
        let mut farm = Farm::start(addrs, http);
        starts(
            &farm.line_with("b/s1").await,
            "Health check for server b/s1 succeeded, reason: Layer7 check passed, code: 200, check duration: ",
        );
        starts(
            &farm.line_with("b/s2").await,
            "Health check for server b/s2 failed, reason: Layer7 wrong status, code: 503, info: \"Not today\", ",
        );
        starts(
            &farm.line_with("b/s3").await,
            "Health check for server b/s3 failed, reason: Layer7 invalid response, check duration: ",
        );
        // Hung up on, the check finds a closed connection or, its request come too late, a reset one.
        let line = farm.line_with("b/s4").await;
        let ends = [
            "Layer7 invalid response",
            "Socket error, info: \"Connection reset by peer\"",
        ];
        assert!(
            ends.iter()
                .any(|reason| line.contains(&format!("failed, reason: {reason}, "))),
            "{line}"
        );
    });
}

#[test]
fn smtp_greetings_decide() {
    run(async {
        let addrs = vec![
            saying(&[b"220 mail\r\n", b"250 mail\r\n", b"221 2.0.0 Bye\r\n"]).await,
            saying(&[b"421 too busy\r\n"]).await,
            saying(&[b"SSH-2.0-OpenSSH_9.2\r\n"]).await,
        ];
        let mut farm = Farm::start(addrs, smtp);
        starts(
            &farm.line_with("b/s1").await,
            "Health check for server b/s1 succeeded, reason: Layer7 check passed, code: 221, info: \"2.0.0 Bye\", ",
        );
        starts(
            &farm.line_with("b/s2").await,
            "Health check for server b/s2 failed, reason: Layer7 wrong status, code: 421, info: \"too busy\", ",
        );
        starts(
            &farm.line_with("b/s3").await,
            "Health check for server b/s3 failed, reason: Layer7 invalid response, info: \"SSH-2.0-OpenSSH_9.2\", ",
        );
    });
}

#[test]
fn an_http_check_resets_its_connection() {
    run(async {
        let (tell, mut ended) = unbounded_channel();
        let addr = listener(move |mut io| {
            let tell = tell.clone();
            async move {
                let mut room = [0; 1024];
                let _ = io.read(&mut room).await;
                let _ = io
                    .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")
                    .await;
                let _ = tell.send(io.read(&mut room).await.map_err(|e| e.kind()));
            }
        })
        .await;
        let _farm = Farm::start(vec![addr], http);
        let end = tokio::time::timeout(PATIENCE, ended.recv())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(end, Err(ErrorKind::ConnectionReset));
    });
}

#[test]
fn an_smtp_check_closes_its_connection_in_good_order() {
    run(async {
        let (tell, mut ended) = unbounded_channel();
        let addr = talk(&[b"220 mail\r\n", b"250 mail\r\n"], tell).await;
        let _farm = Farm::start(vec![addr], |proxy| {
            smtp(proxy);
            proxy.timeouts.check = Some(100);
        });
        let end = tokio::time::timeout(PATIENCE, ended.recv())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(end, Ok(0));
    });
}

#[test]
fn a_silent_server_times_out() {
    run(async {
        let silent = || {
            listener(|io| async move {
                let _open = io;
                std::future::pending::<()>().await;
            })
        };
        for kind in [http, smtp] {
            let mut farm = Farm::start(vec![silent().await], |proxy| {
                kind(proxy);
                proxy.timeouts.check = None;
            });
            starts(
                &farm.next_line().await,
                "Health check for server b/s1 failed, reason: Layer7 timeout, check duration: ",
            );
            assert_eq!(farm.status(0), CheckStatus::L7Timeout);
        }
    });
}

#[test]
fn timeout_check_waits_longer_than_the_interval() {
    run(async {
        let slow = listener(|mut io| async move {
            let _ = io.read(&mut [0; 512]).await;
            // A slow server: longer than `inter`, which ends a check without `timeout check`. More does no harm.
            tokio::time::sleep(Duration::from_millis(120)).await;
            let _ = io.write_all(b"HTTP/1.0 200 OK\r\n\r\n").await;
        });
        let mut farm = Farm::start(vec![slow.await], http);
        let line = farm.next_line().await;
        ends(&line, "status: 3/3 UP.");
        let taken = line
            .split_once("duration: ")
            .unwrap()
            .1
            .split_once("ms")
            .unwrap()
            .0;
        assert!(taken.parse::<u32>().unwrap() >= 119, "{line}");
    });
}

#[test]
fn a_full_backlog_is_a_layer4_timeout() {
    run(async {
        let (socket, addr) = closed_port();
        socket.listen(0).unwrap();
        // A queue of 0 takes one; what comes beyond is dropped by the kernel.
        let mut fill = Vec::new();
        for _ in 0..4 {
            let socket = Socket::new(Domain::IPV4, Type::STREAM.nonblocking(), None).unwrap();
            let begun = socket.connect(&addr.into()).map_err(|e| e.raw_os_error());
            assert!(
                begun.is_ok() || begun == Err(Some(nix::libc::EINPROGRESS)),
                "{begun:?}"
            );
            fill.push(socket);
        }
        let mut farm = Farm::start(vec![addr.into()], |_| ());
        starts(
            &farm.next_line().await,
            "Health check for server b/s1 failed, reason: Layer4 timeout, check duration: ",
        );
        assert_eq!(farm.status(0), CheckStatus::L4Timeout);
    });
}

#[test]
fn a_unix_socket_is_checked_like_any_server() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app");
        let addr = ServerAddr::Unix(path.to_str().unwrap().into());
        let mut farm = Farm::start(vec![addr], |_| ());
        starts(
            &farm.next_line().await,
            "Health check for server b/s1 failed, reason: Socket error, info: \"General socket error (No such file or \
             directory)\", ",
        );
        let _listener = UnixListener::bind(&path).unwrap();
        farm.line_with("is UP").await;
    });
}

#[test]
fn another_port_is_checked_where_the_file_says_so() {
    run(async {
        let (_served, addr) = closed_port();
        let (checked, elsewhere) = closed_port();
        checked.listen(64).unwrap();
        let mut farm = Farm::start(vec![addr.into()], |proxy| {
            proxy.servers[0].check.port = Some(elsewhere.port());
        });
        ends(&farm.next_line().await, "status: 3/3 UP.");
    });
}

#[test]
fn maintenance_stops_checks_and_its_end_starts_them() {
    run(async {
        let (_kept, refusing) = closed_port();
        let (_other, other) = closed_port();
        let mut farm = Farm::start(vec![refusing.into(), other.into()], |_| ());
        farm.admin(0, AdminChange::Maint);
        farm.line_with("Server b/s2 is DOWN").await;
        // The other server's checks show that time passes: lifted up, it falls again after `fall` of them.
        for _ in 0..3 {
            farm.admin(1, AdminChange::HealthUp);
            farm.line_with("Server b/s2 is DOWN").await;
        }
        assert_eq!((farm.failed(0), farm.status(0)), (0, CheckStatus::Initializing));
        farm.admin(0, AdminChange::Ready);
        farm.line_with("Server b/s1 is DOWN").await;
    });
}

#[test]
fn paused_checks_are_not_run() {
    run(async {
        let (_kept, refusing) = closed_port();
        let (_other, other) = closed_port();
        let mut farm = Farm::start(vec![refusing.into(), other.into()], |_| ());
        farm.admin(0, AdminChange::DisableChecks);
        farm.line_with("Server b/s2 is DOWN").await;
        farm.admin(1, AdminChange::HealthUp);
        farm.line_with("Server b/s2 is DOWN").await;
        assert_eq!(
            (farm.health(0), farm.status(0)),
            (Health::Up, CheckStatus::Initializing)
        );
        farm.admin(0, AdminChange::EnableChecks);
        farm.line_with("Server b/s1 is DOWN").await;
    });
}

#[test]
fn thousands_of_servers_are_all_checked() {
    run(async {
        const SERVERS: usize = 4000;
        let (socket, addr) = closed_port();
        socket.listen(4096).unwrap();
        let mut farm = Farm::start(vec![addr.into(); SERVERS], |proxy| {
            proxy
                .servers
                .of_file_mut()
                .iter_mut()
                .for_each(|s| s.check.inter = 1000);
        });
        for _ in 0..SERVERS {
            ends(&farm.next_line().await, "status: 3/3 UP.");
        }
    });
}

#[test]
fn a_backend_that_loses_thousands_of_servers_says_so_once() {
    run(async {
        const SERVERS: usize = 4000;
        let (_refusing, addr) = closed_port();
        let mut farm = Farm::start(vec![addr.into(); SERVERS], |proxy| {
            proxy.options.log_health_checks = false;
            proxy
                .servers
                .of_file_mut()
                .iter_mut()
                .for_each(|s| s.check.inter = 1000);
        });
        for left in (0..SERVERS).rev() {
            let line = farm.next_line().await;
            assert!(
                line.contains(&format!(". {left} active and 0 backup servers left.")),
                "{line}"
            );
        }
        assert_eq!(farm.next_line().await, "backend b has no server available!");
    });
}

#[test]
fn a_stopped_proxys_servers_are_not_checked() {
    run(async {
        let (_kept, refusing) = closed_port();
        let mut stopped = Proxy::new(ProxyKind::Listen, "gone".into(), 2);
        stopped.servers.push(Server::new("s1".into(), 1, refusing.into()));
        (stopped.servers[0].check.enabled, stopped.servers[0].check.inter) = (true, 30);
        let mut farm = Farm::start_beside(vec![refusing.into()], |_| (), Some(stopped));
        for _ in 0..3 {
            farm.line_with("Server b/s1 is DOWN").await;
            farm.admin(0, AdminChange::HealthUp);
        }
        let report = farm.runtime.proxies[1].servers[0].check_report().clone();
        assert_eq!((report.status, report.health), (CheckStatus::Initializing, 2));
    });
}
