//! The conversation with the agent: a session is opened, questions are answered, values set, notifications sent; and all of it again
//! when the agent was away.

use std::io::{self, ErrorKind};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use vrrp_proto::agentx::{Error, Header, Packet, Tree, VarBind};

use super::view::{Asked, Change, View};
use super::{Notification, Wanted, keepalived};

/// The port of AgentX.
const PORT: u16 = 705;

/// Time until a connection that was lost, or refused, is tried again.
const AGAIN: Duration = Duration::from_secs(15);

/// How long an agent may take for what is sent to it, and for its answers.
const PATIENCE: Duration = Duration::from_secs(5);

/// For so long an answer is as good as a new one.
const FRESH: Duration = Duration::from_millis(250);

/// All of it.
pub(super) struct Session {
    wanted: Wanted,
    asked: mpsc::UnboundedSender<Asked>,
    /// What is to be told; the program ends, or wants something else, when its other end is gone.
    notified: mpsc::Receiver<Notification>,
    /// What was last known, and since when.
    known: Option<(Instant, Box<View>, Tree)>,
    /// What is about to be set.
    tested: Vec<Change>,
    /// What puts back what was set last.
    before: Vec<Change>,
    header: Header,
}

/// How a connection came to its end.
enum End {
    /// The program ends, or wants something else.
    Wanted,
    /// The agent ended it, or it failed.
    Lost(io::Error),
}

impl Session {
    pub(super) fn new(
        wanted: Wanted,
        asked: mpsc::UnboundedSender<Asked>,
        notified: mpsc::Receiver<Notification>,
    ) -> Self {
        Self {
            wanted,
            asked,
            notified,
            known: None,
            tested: Vec::new(),
            before: Vec::new(),
            header: Header::default(),
        }
    }

    pub(super) async fn run(mut self) {
        let mut told = false;
        loop {
            match self.connect_and_serve().await {
                Ok(End::Wanted) => return,
                Ok(End::Lost(error)) => {
                    self.tell(format!(
                        "AgentX master disconnected us ({error}), reconnecting in {}",
                        AGAIN.as_secs()
                    ));
                    told = false;
                }
                Err(error) if !told => {
                    // Once: it may never come.
                    told = true;
                    let socket = &self.wanted.socket;
                    self.tell(format!("AgentX master at {socket} cannot be reached: {error}"));
                }
                Err(_) => {}
            }
            let pause = tokio::time::sleep(AGAIN);
            tokio::pin!(pause);
            loop {
                tokio::select! {
                    () = &mut pause => break,
                    // Nobody is there to be told.
                    notification = self.notified.recv() => if notification.is_none() { return },
                }
            }
        }
    }

    /// Has a line logged.
    fn tell(&self, line: String) {
        // A program that hears it no more is ending.
        let _ = self.asked.send(Asked::Log(line));
    }

    async fn connect_and_serve(&mut self) -> io::Result<End> {
        let socket = self.wanted.socket.clone();
        let (kind, place) = match socket.split_once(':') {
            Some((kind @ ("unix" | "tcp" | "udp"), place)) => (kind, place),
            // A path may have a colon, and an address has one.
            _ if socket.contains('/') => ("unix", &*socket),
            _ => ("tcp", &*socket),
        };
        if kind == "udp" {
            return Err(io::Error::new(
                ErrorKind::Unsupported,
                "AgentX is not spoken over UDP: write unix:PATH or tcp:ADDRESS:PORT",
            ));
        }
        if kind == "unix" {
            let stream = in_time(UnixStream::connect(place)).await?;
            return self.serve(stream).await;
        }
        let stream = match place.rsplit_once(':') {
            Some((_, port)) if port.parse::<u16>().is_ok() => in_time(TcpStream::connect(place)).await?,
            _ => in_time(TcpStream::connect((place, PORT))).await?,
        };
        self.serve(stream).await
    }

    /// Opens a session, registers, and answers until it ends.
    async fn serve(&mut self, mut stream: impl AsyncRead + AsyncWrite + Unpin) -> io::Result<End> {
        let mut bytes = Vec::new();
        self.header = Header::default();
        let open = Packet::Open("Keepalived".to_owned());
        self.header.session = self.ask(&mut stream, &mut bytes, &open).await?;
        for subtree in self.wanted.subtrees() {
            self.header.packet += 1;
            self.ask(&mut stream, &mut bytes, &Packet::Register(subtree.to_vec()))
                .await?;
        }
        self.tell("AgentX subagent connected".to_owned());
        Ok(self.converse(&mut stream, &mut bytes).await)
    }

    /// Answers until the connection ends.
    async fn converse(
        &mut self,
        stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
        bytes: &mut Vec<u8>,
    ) -> End {
        loop {
            let read = tokio::select! {
                notification = self.notified.recv() => {
                    let Some(notification) = notification else {
                        // The agent may be gone as well.
                        let _ = send(stream, self.header, &Packet::Close).await;
                        return End::Wanted;
                    };
                    self.header.packet = self.header.packet.wrapping_add(1);
                    let packet = Packet::Notify(notification.values());
                    if let Err(error) = send(stream, self.header, &packet).await {
                        return End::Lost(error);
                    }
                    continue;
                }
                read = next(stream, bytes) => read,
            };
            let (asked, packet) = match read {
                Ok((_, Packet::Close)) => return End::Lost(ErrorKind::ConnectionAborted.into()),
                Ok(read) => read,
                Err(error) => return End::Lost(error),
            };
            // Without a program that knows anything there is none to answer for.
            let Some(answer) = self.answer(&packet).await else {
                return End::Wanted;
            };
            if let Some(answer) = answer
                && let Err(error) = send(stream, asked, &answer).await
            {
                return End::Lost(error);
            }
        }
    }

    /// What is answered, if anything; none when the program is gone.
    async fn answer(&mut self, packet: &Packet) -> Option<Option<Packet>> {
        let done = |error: Option<Error>| {
            Some(Packet::Response {
                error: error.map_or(0, Error::number),
                index: u16::from(error.is_some()),
                values: Vec::new(),
            })
        };
        Some(match packet {
            Packet::TestSet(values) => match self.test(values).await? {
                Ok(changes) => {
                    self.tested = changes;
                    done(None)
                }
                Err((error, index)) => Some(Packet::Response {
                    error: error.number(),
                    index,
                    values: Vec::new(),
                }),
            },
            Packet::CommitSet => {
                let changes = std::mem::take(&mut self.tested);
                self.before = self.change(changes).await?;
                done(None)
            }
            Packet::UndoSet => {
                let changes = std::mem::take(&mut self.before);
                self.change(changes).await?;
                done(None)
            }
            Packet::CleanupSet => {
                self.tested.clear();
                self.before.clear();
                None
            }
            question => {
                self.learn().await?;
                let (_, _, tree) = self.known.as_ref()?;
                tree.answer(question)
            }
        })
    }

    /// What values would change; or which of them, from 1 on, cannot be set, and why. None when the program is gone.
    async fn test(&mut self, values: &[VarBind]) -> Option<Result<Vec<Change>, (Error, u16)>> {
        self.learn().await?;
        let (_, view, _) = self.known.as_ref()?;
        let number = |at: usize| u16::try_from(at + 1).unwrap_or(u16::MAX);
        let changes = values.iter().enumerate().map(|(at, value)| {
            let change = if self.wanted.keepalived {
                keepalived::change(view, value)
            } else {
                Err(Error::NotWritable)
            };
            change.map_err(|error| (error, number(at)))
        });
        Some(changes.collect())
    }

    /// Has something changed; what puts it back. None when the program is gone.
    async fn change(&mut self, changes: Vec<Change>) -> Option<Vec<Change>> {
        let (answer, answered) = oneshot::channel();
        self.asked.send(Asked::Change(changes, answer)).ok()?;
        self.known = None;
        answered.await.ok()
    }

    /// Sees to it that what is known is fresh; none when the program no longer tells.
    async fn learn(&mut self) -> Option<()> {
        if self
            .known
            .as_ref()
            .is_none_or(|(since, ..)| since.elapsed() >= FRESH)
        {
            let (answer, answered) = oneshot::channel();
            self.asked.send(Asked::View(answer)).ok()?;
            let view = answered.await.ok()?;
            let tree = self.wanted.tree(&view);
            self.known = Some((Instant::now(), view, tree));
        }
        Some(())
    }

    /// Sends a packet and waits for the answer; the session that it names.
    async fn ask(
        &self,
        stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
        bytes: &mut Vec<u8>,
        packet: &Packet,
    ) -> io::Result<u32> {
        send(stream, self.header, packet).await?;
        in_time(async {
            loop {
                match next(stream, bytes).await? {
                    (answered, Packet::Response { error: 0, .. })
                        if answered.packet == self.header.packet =>
                    {
                        return Ok(answered.session);
                    }
                    (answered, Packet::Response { error, .. }) if answered.packet == self.header.packet => {
                        return Err(io::Error::other(format!("it refuses with error {error}")));
                    }
                    _ => {}
                }
            }
        })
        .await
    }
}

async fn in_time<T>(work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    timeout(PATIENCE, work)
        .await
        .unwrap_or_else(|_| Err(ErrorKind::TimedOut.into()))
}

async fn send(stream: &mut (impl AsyncWrite + Unpin), header: Header, packet: &Packet) -> io::Result<()> {
    in_time(stream.write_all(&packet.encode(header))).await
}

/// The next packet. It may be given up at any time: what has come stays in `bytes`.
async fn next(stream: &mut (impl AsyncRead + Unpin), bytes: &mut Vec<u8>) -> io::Result<(Header, Packet)> {
    loop {
        let read = Packet::read(bytes).map_err(|fault| io::Error::other(fault.to_string()))?;
        if let Some((header, packet, length)) = read {
            bytes.drain(..length);
            return Ok((header, packet));
        }
        if stream.read_buf(bytes).await? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
    }
}
