//! Who asks how the program is: `/metrics`, `/state` and `/healthz` over HTTP, on this machine alone. It has a thread of its own. What
//! that asks of the program is a snapshot now and then, however many ask, so that nobody who does keeps an advert waiting.

mod metrics;
mod state;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::net::TcpListener as StdTcpListener;
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _, chown};
use std::os::unix::net::{UnixListener as StdUnixListener, UnixStream as StdUnixStream};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use keepalived_conf::model::{HttpEndpoint, HttpPlace};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::time::{Instant, sleep, timeout};
use vrrp_proto::StateKind;
use vrrp_proto::wire::FaultKind;

use crate::snapshot::Snapshot;

/// Connections that are open at a time; further ones are closed at once.
const MOST_AT_ONCE: usize = 16;

/// How long a connection may take from its beginning to its end.
const PATIENCE: Duration = Duration::from_secs(10);

/// The longest head of a request.
const LONGEST_HEAD: usize = 8192;

/// Header lines of a request that are looked at.
const MOST_HEADERS: usize = 64;

/// For so long a snapshot is as good as a new one.
const FRESH: Duration = Duration::from_millis(250);

/// A program that takes longer to answer is not well.
const UNWELL_AFTER: Duration = Duration::from_secs(1);

/// Who wants a snapshot.
pub(crate) type Asker = oneshot::Sender<Snapshot>;

/// The endpoint while it runs. Dropped, it is closed.
#[derive(Debug)]
pub(crate) struct Server {
    endpoint: HttpEndpoint,
    /// Its thread ends when this is dropped.
    _stop: oneshot::Sender<()>,
}

enum Listener {
    Tcp(StdTcpListener),
    Unix(StdUnixListener),
}

impl Server {
    /// Opens it. Who asks there is passed on to `asked`.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn open(endpoint: &HttpEndpoint, asked: mpsc::UnboundedSender<Asker>) -> io::Result<Self> {
        let listener = listen(endpoint)?;
        let (stop, stopped) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        std::thread::Builder::new()
            .name("http".to_owned())
            .spawn(move || {
                // What asks from outside is served without any of the program's rights; a thread that has none to give up
                // needs none.
                let _ = caps::clear(None, caps::CapSet::Effective);
                let _ = caps::clear(None, caps::CapSet::Permitted);
                let local = tokio::task::LocalSet::new();
                local.block_on(&runtime, async {
                    tokio::select! {
                        () = serve(listener, asked) => {}
                        _ = stopped => {}
                    }
                });
            })?;
        Ok(Self {
            endpoint: endpoint.clone(),
            _stop: stop,
        })
    }

    /// Where it is.
    pub(crate) fn endpoint(&self) -> &HttpEndpoint {
        &self.endpoint
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let HttpPlace::Unix(path) = &self.endpoint.place {
            // Somebody may have taken it away already.
            let _ = fs::remove_file(path);
        }
    }
}

fn listen(endpoint: &HttpEndpoint) -> io::Result<Listener> {
    match &endpoint.place {
        HttpPlace::Loopback(address) => {
            let listener = StdTcpListener::bind(address)?;
            listener.set_nonblocking(true)?;
            Ok(Listener::Tcp(listener))
        }
        HttpPlace::Unix(path) => {
            let path = Path::new(path);
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            let is_left_behind = fs::symlink_metadata(path).is_ok_and(|what| what.file_type().is_socket())
                && StdUnixStream::connect(path).is_err();
            if is_left_behind {
                fs::remove_file(path)?;
            }
            let listener = StdUnixListener::bind(path)?;
            listener.set_nonblocking(true)?;
            let mode = if endpoint.owner.is_some() { 0o660 } else { 0o600 };
            fs::set_permissions(path, fs::Permissions::from_mode(mode))?;
            if let Some((user, group)) = endpoint.owner {
                chown(path, Some(user), Some(group))?;
            }
            Ok(Listener::Unix(listener))
        }
    }
}

/// What was asked for so far.
#[derive(Clone, Debug, Default)]
struct Requests {
    /// By status.
    answered: BTreeMap<u16, u64>,
    /// Connections that were closed at once.
    refused: u64,
}

struct Shared {
    asked: mpsc::UnboundedSender<Asker>,
    requests: RefCell<Requests>,
    /// The last snapshot. Whoever comes while one is on its way waits for that one.
    last: tokio::sync::Mutex<Option<(Instant, Arc<Snapshot>)>>,
}

async fn serve(listener: Listener, asked: mpsc::UnboundedSender<Asker>) {
    let shared = Rc::new(Shared {
        asked,
        requests: RefCell::default(),
        last: tokio::sync::Mutex::default(),
    });
    match listener {
        Listener::Tcp(listener) => {
            let Ok(listener) = TcpListener::from_std(listener) else {
                return;
            };
            accept(&shared, async || Ok(listener.accept().await?.0)).await;
        }
        Listener::Unix(listener) => {
            let Ok(listener) = UnixListener::from_std(listener) else {
                return;
            };
            accept(&shared, async || Ok(listener.accept().await?.0)).await;
        }
    }
}

async fn accept<S>(shared: &Rc<Shared>, next: impl AsyncFn() -> io::Result<S>)
where
    S: AsyncRead + AsyncWrite + Unpin + 'static,
{
    let places = Arc::new(Semaphore::new(MOST_AT_ONCE));
    loop {
        let Ok(stream) = next().await else {
            // No descriptor is left, or the like: it may pass.
            sleep(Duration::from_millis(100)).await;
            continue;
        };
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
            shared.requests.borrow_mut().refused += 1;
            continue;
        };
        let shared = Rc::clone(shared);
        tokio::task::spawn_local(async move {
            // Whoever is slower, or goes away, gets no answer.
            let _ = timeout(PATIENCE, answer(&shared, stream)).await;
            drop(place);
        });
    }
}

async fn answer(shared: &Shared, mut stream: impl AsyncRead + AsyncWrite + Unpin) -> io::Result<()> {
    let mut head = Vec::new();
    let request = loop {
        match read_request(&head) {
            Some(request) => break request,
            None if head.len() >= LONGEST_HEAD => break Err(431),
            None => {}
        }
        if stream.read_buf(&mut head).await? == 0 {
            return Ok(());
        }
    };
    let (status, kind, body, head_only) = match request {
        Err(status) => (status, "text/plain", String::new(), false),
        Ok(Request { path, head_only }) => {
            let (status, kind, body) = page(shared, &path).await;
            (status, kind, body, head_only)
        }
    };
    let reason = match status {
        200 => "OK",
        404 => "Not Found",
        405 => "Method Not Allowed",
        431 => "Request Header Fields Too Large",
        503 => "Service Unavailable",
        _ => "Bad Request",
    };
    let body = if body.is_empty() {
        format!("{reason}\n")
    } else {
        body
    };
    *shared.requests.borrow_mut().answered.entry(status).or_default() += 1;
    let mut out = format!(
        "HTTP/1.1 {status} {reason}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nCache-Control: no-store\r\n{}Connection: close\r\n\r\n",
        body.len(),
        if status == 405 { "Allow: GET, HEAD\r\n" } else { "" },
    );
    if !head_only {
        out.push_str(&body);
    }
    stream.write_all(out.as_bytes()).await?;
    stream.shutdown().await
}

#[derive(Debug, PartialEq, Eq)]
struct Request {
    path: String,
    head_only: bool,
}

/// The request in a head, or the status that it deserves; none while it is not whole.
fn read_request(head: &[u8]) -> Option<Result<Request, u16>> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(head) {
        Ok(httparse::Status::Partial) => return None,
        Ok(httparse::Status::Complete(_)) => {}
        Err(httparse::Error::TooManyHeaders) => return Some(Err(431)),
        Err(_) => return Some(Err(400)),
    }
    let (Some(method), Some(target)) = (request.method, request.path) else {
        return Some(Err(400));
    };
    let path = target.split(['?', '#']).next().unwrap_or_default().to_owned();
    Some(match method {
        "GET" | "HEAD" => Ok(Request {
            path,
            head_only: method == "HEAD",
        }),
        _ => Err(405),
    })
}

async fn page(shared: &Shared, path: &str) -> (u16, &'static str, String) {
    if !["/metrics", "/state", "/healthz"].contains(&path) {
        return (
            404,
            "text/plain",
            "There are /metrics, /state and /healthz.\n".to_owned(),
        );
    }
    let Some(snapshot) = snapshot(shared).await else {
        let said = "The program does not answer.\n".to_owned();
        return (503, "text/plain", said);
    };
    match path {
        "/metrics" => {
            let requests = shared.requests.borrow().clone();
            (200, metrics::TYPE, metrics::text(&snapshot, &requests))
        }
        "/state" => (200, "application/json", state::text(&snapshot)),
        _ => (200, "text/plain", "ok\n".to_owned()),
    }
}

/// A snapshot that is fresh; none when the program does not give one in time.
async fn snapshot(shared: &Shared) -> Option<Arc<Snapshot>> {
    let mut last = shared.last.lock().await;
    if let Some((taken, snapshot)) = &*last
        && taken.elapsed() < FRESH
    {
        return Some(Arc::clone(snapshot));
    }
    let (asker, answer) = oneshot::channel();
    shared.asked.send(asker).ok()?;
    let snapshot = Arc::new(timeout(UNWELL_AFTER, answer).await.ok()?.ok()?);
    *last = Some((Instant::now(), Arc::clone(&snapshot)));
    Some(snapshot)
}

/// A state in the words of metrics.
fn state_word(state: StateKind) -> &'static str {
    match state {
        StateKind::Init => "init",
        StateKind::Backup => "backup",
        StateKind::Master => "master",
        StateKind::Fault => "fault",
    }
}

/// A reason to refuse a packet in the words of metrics: `address_list`.
fn fault_name(kind: FaultKind) -> String {
    let mut name = String::new();
    for c in format!("{kind:?}").chars() {
        if c.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_read_and_refused_by_their_head() {
        let path = |head: &str| read_request(head.as_bytes());
        let wanted = |path: &str, head_only| {
            Some(Ok(Request {
                path: path.to_owned(),
                head_only,
            }))
        };
        assert_eq!(
            path("GET /metrics?x=1 HTTP/1.1\r\nHost: a\r\n\r\n"),
            wanted("/metrics", false)
        );
        assert_eq!(path("HEAD /state HTTP/1.0\r\n\r\n"), wanted("/state", true));
        assert_eq!(path("GET /metrics HTTP/1.1\r\nHost"), None);
        assert_eq!(path("POST / HTTP/1.1\r\n\r\n"), Some(Err(405)));
        assert_eq!(path("\u{1}\u{2}\r\n\r\n"), Some(Err(400)));
        let many = format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(100));
        assert_eq!(path(&many), Some(Err(431)));
    }

    #[test]
    fn reasons_have_names_that_metrics_take() {
        assert_eq!(fault_name(FaultKind::AddressList), "address_list");
        assert!(FaultKind::ALL.into_iter().all(|kind| {
            fault_name(kind)
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        }));
    }
}
