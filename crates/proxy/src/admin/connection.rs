//! One connection to a stats socket: lines in, answers out, closed after the first lines unless `prompt` was said.

use std::io;
use std::net::SocketAddr;
use std::os::fd::AsRawFd;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use haproxy_cfg::model::Level;
use proxy_core::check::Origin;
use proxy_core::cli::{
    Answer, CliContext, Live, LiveStream, NoTls, Owner, Question, Session, Sinks as _, Stage, Wants, execute,
    go_on, stop_following,
};
use proxy_core::stats::StatsView;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::{Notify, OwnedSemaphorePermit};
use tokio::time::timeout;

use super::AdminContext;
use crate::handover;

/// What is said to a line that fits no buffer.
const TOO_LONG: &[u8] =
    b"The command line is too big for the buffer size. Please change 'tune.bufsize' in the configuration \
to use a bigger command.\n";

/// What those may do who connect to a socket.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rights {
    pub(super) level: Level,
    /// They may take the listening sockets.
    pub(super) exposes_listeners: bool,
    /// The number of the socket, 0 for a master's line.
    pub(super) socket: u32,
}

/// A connection, of whatever kind.
pub(super) trait Stream: AsyncRead + AsyncWrite + AsRawFd + Unpin {
    /// Where it comes from; none over a unix socket.
    fn source(&self) -> Option<SocketAddr>;

    /// The connection without the runtime, if descriptors can be sent over it.
    fn for_descriptors(self) -> io::Result<Option<std::os::unix::net::UnixStream>>;
}

impl Stream for UnixStream {
    fn source(&self) -> Option<SocketAddr> {
        None
    }

    fn for_descriptors(self) -> io::Result<Option<std::os::unix::net::UnixStream>> {
        self.into_std().map(Some)
    }
}

impl Stream for TcpStream {
    fn source(&self) -> Option<SocketAddr> {
        self.peer_addr().ok()
    }

    fn for_descriptors(self) -> io::Result<Option<std::os::unix::net::UnixStream>> {
        Ok(None)
    }
}

/// Serves a connection to its end; the slot, where connections are limited, becomes free with it.
pub(super) async fn serve<S: Stream>(
    stream: S,
    rights: Rights,
    context: Rc<AdminContext>,
    slot: Option<OwnedSemaphorePermit>,
) {
    // Their rate is no business of the limits, and is not shown.
    context.runtime.counters[context.thread].process.conn_tot.inc();
    let listed = Listed::new(&stream, rights, &context);
    let mut connection = Connection {
        stream,
        session: Session::new(rights.level),
        input: Vec::new(),
        asks_for_listeners: false,
        context: &context,
    };
    let ended = Rc::clone(&listed.ended);
    tokio::select! {
        // A peer that went away is the only one who could be told.
        _gone = connection.run() => {}
        () = ended.notified() => return,
    }
    let asks = connection.asks_for_listeners && rights.exposes_listeners;
    let stream = connection.stream;
    if asks && let Ok(Some(stream)) = stream.for_descriptors() {
        let exports = context.exports.current();
        // The other side is waited for, by a thread of its own. One that was not made, or a side that went away, is seen there
        // by the connection's end.
        let _ = std::thread::Builder::new()
            .name("handover".to_owned())
            .spawn(move || handover::give(stream, &exports));
    }
    drop(slot);
}

/// A connection among those that `show sess` lists, until it is dropped.
struct Listed<'a> {
    context: &'a AdminContext,
    key: usize,
    /// Told when it is to end.
    ended: Rc<Notify>,
}

impl<'a> Listed<'a> {
    fn new(stream: &impl Stream, rights: Rights, context: &'a AdminContext) -> Self {
        let ended = Rc::<Notify>::default();
        let listed = LiveStream {
            number: context.runtime.streams.fetch_add(1, Relaxed),
            owner: Owner::StatsSocket(rights.socket),
            src: stream.source(),
            backend: None,
            server: None,
            // It has its answers at once.
            stage: Stage::Established,
            client_fd: stream.as_raw_fd(),
            server_fd: -1,
            retries: 0,
            began_ms: context.clock.now_ms(),
            deadline_ms: None,
            thread: context.thread as u32,
            began: Vec::new(),
        };
        let mut connections = context.connections.borrow_mut();
        Self {
            key: connections.insert((listed, Rc::clone(&ended))),
            context,
            ended,
        }
    }
}

impl Drop for Listed<'_> {
    fn drop(&mut self) {
        self.context.connections.borrow_mut().remove(self.key);
    }
}

struct Connection<'a, S> {
    stream: S,
    session: Session,
    input: Vec<u8>,
    /// The other side is a process that wants the listening sockets: no command is answered any more.
    asks_for_listeners: bool,
    context: &'a AdminContext,
}

impl<S: Stream> Connection<'_, S> {
    async fn run(&mut self) -> io::Result<()> {
        let limit = self.context.config.global.tune.bufsize as usize;
        loop {
            let wait = self.timeout();
            let Ok(read) = timeout(wait, self.stream.read_buf(&mut self.input)).await else {
                return Ok(());
            };
            let at_end = read? == 0;
            let answered = self.answer(at_end).await?;
            // What ended it is a command, where the session goes on.
            while self.follow().await? && self.session.interactive {
                self.answer(false).await?;
            }
            // What was said during a pause.
            while self.session.interactive && !self.session.quits && self.input.contains(&b'\n') {
                self.answer(false).await?;
            }
            if self.asks_for_listeners {
                return Ok(());
            }
            let is_over = self.session.quits
                || (answered && !self.session.interactive && !self.session.awaits_payload());
            if self.input.len() >= limit {
                self.send(TOO_LONG).await?;
                return self.stream.shutdown().await;
            }
            if at_end || is_over {
                return self.stream.shutdown().await;
            }
        }
    }

    fn timeout(&self) -> Duration {
        self.session
            .timeout_ms
            .map_or(self.context.timeout, Duration::from_millis)
    }

    /// Runs the whole lines that are there, and at the end what a `;` has completed. Gives whether there was any.
    async fn answer(&mut self, at_end: bool) -> io::Result<bool> {
        let end = match self.input.iter().rposition(|&b| b == b'\n') {
            Some(at) => at + 1,
            None => 0,
        };
        let whole = if at_end {
            let complete = self.input[end..]
                .iter()
                .rposition(|&b| b == b';')
                .map_or(0, |at| at + 1);
            end + complete
        } else {
            end
        };
        if whole == 0 {
            return Ok(false);
        }
        let rest = self.input.split_off(whole);
        let lines = std::mem::replace(&mut self.input, rest);
        let lines = lines.strip_suffix(b"\n").unwrap_or(&lines);
        for line in lines.split(|&b| b == b'\n') {
            if line == handover::COMMAND {
                self.asks_for_listeners = true;
                break;
            }
            let out = self.execute(line);
            self.send(&out).await?;
            self.finish().await?;
            if self.session.quits {
                break;
            }
        }
        Ok(true)
    }

    fn execute(&mut self, line: &[u8]) -> Vec<u8> {
        let context = self.context;
        context.runtime.counters[context.thread].process.req_tot.inc();
        self.with_context(|session, cli, out| execute(session, line, cli, out))
    }

    /// Brings answers to their end that are not whole.
    async fn finish(&mut self) -> io::Result<()> {
        while let Some(wants) = self.session.wants() {
            let answer = match wants {
                Wants::Turn => {
                    tokio::task::yield_now().await;
                    None
                }
                Wants::Answer(question) => self.ask(question).await,
                Wants::Time(ms) => self.pause(ms).await?,
            };
            let out = self.with_context(|session, cli, out| go_on(session, answer, cli, out));
            self.send(&out).await?;
        }
        Ok(())
    }

    /// Lets time go by, unless the other side ends. What it says meanwhile is kept for later.
    async fn pause(&mut self, ms: u64) -> io::Result<Option<Answer>> {
        let limit = self.context.config.global.tune.bufsize as usize;
        let mut over = std::pin::pin!(tokio::time::sleep(Duration::from_millis(ms)));
        loop {
            if self.input.len() >= limit {
                over.await;
                return Ok(None);
            }
            tokio::select! {
                () = &mut over => return Ok(None),
                said = self.stream.read_buf(&mut self.input) => if said? == 0 {
                    return Ok(Some(Answer::Interrupted));
                },
            }
        }
    }

    /// What the threads say, and what is known of the connections to stats sockets.
    async fn ask(&self, question: Question) -> Option<Answer> {
        let context = self.context;
        let number = match question {
            Question::EndStream(number) => Some(number),
            _ => None,
        };
        let mut answer = context.answers.answer(question).await?;
        let connections = context.connections.borrow();
        match &mut answer {
            Answer::Streams(streams) => streams.extend(connections.iter().map(|(_, (listed, _))| {
                let mut listed = listed.clone();
                listed.began = context.answers.date(listed.began_ms);
                listed
            })),
            Answer::Now(_)
            | Answer::Threads { .. }
            | Answer::Libraries(_)
            | Answer::Descriptors(_)
            | Answer::Machine(_)
            | Answer::Interrupted => {}
            Answer::Ended(ended) => {
                for (_, (listed, end)) in &*connections {
                    if Some(listed.number) == number {
                        end.notify_one();
                        *ended = true;
                    }
                }
            }
        }
        Some(answer)
    }

    /// Runs `act` on the session with all that commands see; gives what it wrote.
    fn with_context(&mut self, act: impl FnOnce(&mut Session, &mut CliContext<'_>, &mut Vec<u8>)) -> Vec<u8> {
        let context = self.context;
        let now_ms = context.clock.now_ms();
        let mut hooks = context.hooks.borrow_mut();
        let mut control = Live {
            config: &context.config,
            runtime: &context.runtime,
            origin: Origin::Cli,
            now_ms,
            hooks: &mut *hooks,
        };
        let view = StatsView {
            config: &context.config,
            runtime: &context.runtime,
            now_ms,
            process: &context.process,
        };
        let mut cli = CliContext {
            view,
            control: &mut control,
            sinks: &*context.logs,
            tls: match &context.tls {
                Some(store) => &**store,
                None => &NoTls,
            },
        };
        let mut out = Vec::new();
        act(&mut self.session, &mut cli, &mut out);
        out
    }

    /// After `show events -w`: shows what comes until something is said, or the other side ends. Gives
    /// whether there was something to show.
    async fn follow(&mut self) -> io::Result<bool> {
        let logs = Arc::clone(&self.context.logs);
        let Some(mut news) = self
            .session
            .follows
            .as_ref()
            .and_then(|follow| logs.news(&follow.name))
        else {
            return Ok(false);
        };
        while let Some(follow) = &mut self.session.follows {
            let mut out = Vec::new();
            if let Some(held) = logs.held(&follow.name, follow.next) {
                follow.write(&held, &mut out);
            }
            self.send(&out).await?;
            let mut out = Vec::new();
            tokio::select! {
                said = self.stream.read_buf(&mut self.input) => {
                    let _ends_below = said?;
                    stop_following(&mut self.session, &mut out);
                }
                told = news.changed() => {
                    // The ring outlives its readers.
                    if told.is_err() {
                        stop_following(&mut self.session, &mut out);
                    }
                }
            }
            self.send(&out).await?;
        }
        Ok(true)
    }

    /// Sends an answer; each part may take as long as the timeout.
    async fn send(&mut self, out: &[u8]) -> io::Result<()> {
        let mut rest = out;
        while !rest.is_empty() {
            let Ok(written) = timeout(self.timeout(), self.stream.write(rest)).await else {
                return Err(io::ErrorKind::TimedOut.into());
            };
            rest = &rest[written?..];
        }
        Ok(())
    }
}
