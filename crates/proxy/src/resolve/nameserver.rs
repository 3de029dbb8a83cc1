//! One name server: questions go to it and answers come back, over UDP or TCP. Who asks waits for answers no longer than it likes,
//! so what fails here is counted and forgotten.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

use haproxy_cfg::model::sections::{Endpoint, Nameserver as Model};
use proxy_core::resolve::{NAMESERVER_PORT, Settings};
use proxy_core::state::{NameserverCounter, NameserverCounters};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::thread::Thread;

/// What a name server sent.
#[derive(Debug)]
pub(super) struct Heard {
    /// The indices of its section and of itself.
    pub(super) from: (usize, usize),
    pub(super) bytes: Vec<u8>,
}

/// A name server and the way to it.
pub(super) struct Nameserver {
    address: SocketAddr,
    from: (usize, usize),
    /// The longest answer that is taken; one byte more shows that one is longer.
    payload: usize,
    /// How long connecting may take.
    patience: Duration,
    questions: mpsc::UnboundedReceiver<Vec<u8>>,
    heard: mpsc::Sender<Heard>,
    thread: Rc<Thread>,
}

impl Nameserver {
    /// Starts what talks to a name server; gives where questions go.
    pub(super) fn start(
        model: &Model,
        from: (usize, usize),
        settings: &Settings,
        heard: mpsc::Sender<Heard>,
        thread: &Rc<Thread>,
    ) -> mpsc::UnboundedSender<Vec<u8>> {
        let (ask, questions) = mpsc::unbounded_channel();
        let address = match model.endpoint {
            Endpoint::Inet(address) => address,
            Endpoint::Host(ip) => SocketAddr::new(ip, NAMESERVER_PORT),
            // The file is refused for those.
            Endpoint::Unix(_) | Endpoint::Abstract(_) => return ask,
        };
        let server = Self {
            address,
            from,
            payload: usize::from(settings.payload),
            patience: Duration::from_millis(settings.retry_ms),
            questions,
            heard,
            thread: Rc::clone(thread),
        };
        if model.stream {
            tokio::task::spawn_local(server.over_stream());
        } else {
            tokio::task::spawn_local(server.over_datagrams());
        }
        ask
    }

    fn count(&self, counter: NameserverCounter) {
        let counters: &NameserverCounters = &self.thread.shared.runtime.resolvers[self.from.0][self.from.1];
        counters.inc(counter);
    }

    fn count_sent(&self, result: &io::Result<()>) {
        self.count(match result {
            Ok(()) => NameserverCounter::Sent,
            Err(_) => NameserverCounter::SendError,
        });
    }

    /// Passes on what came; false when nobody listens any more.
    async fn tell(&self, bytes: &[u8]) -> bool {
        let heard = Heard {
            from: self.from,
            bytes: bytes.to_vec(),
        };
        self.heard.send(heard).await.is_ok()
    }

    async fn over_datagrams(mut self) {
        let mut buffer = vec![0; self.payload + 1];
        let mut socket: Option<UdpSocket> = None;
        loop {
            let answer = async {
                match &socket {
                    Some(socket) => socket.recv(&mut buffer).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                question = self.questions.recv() => {
                    let Some(question) = question else { return };
                    let result = send(&mut socket, self.address, &question).await;
                    self.count_sent(&result);
                }
                received = answer => match received {
                    Ok(length) => {
                        if !self.tell(&buffer[..length]).await {
                            return;
                        }
                    }
                    // Nobody listens there, for now: the next question finds out anew.
                    Err(_) => socket = None,
                },
            }
        }
    }

    async fn over_stream(mut self) {
        let mut connection: Option<TcpStream> = None;
        let mut received: Vec<u8> = Vec::new();
        loop {
            let more = async {
                match &mut connection {
                    Some(stream) => stream.read_buf(&mut received).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                question = self.questions.recv() => {
                    let Some(question) = question else { return };
                    if connection.is_none() {
                        received.clear();
                        let connecting = timeout(self.patience, TcpStream::connect(self.address));
                        connection = connecting.await.ok().and_then(Result::ok);
                    }
                    let result = write(&mut connection, &question, self.patience).await;
                    self.count_sent(&result);
                }
                length = more => match length {
                    Ok(0) | Err(_) => connection = None,
                    Ok(_) => {
                        while let Some(length) = framed(&received) {
                            let told = self.tell(&received[2..length]).await;
                            received.drain(..length);
                            if !told {
                                return;
                            }
                        }
                    }
                },
            }
        }
    }
}

/// Where the first whole message of a stream ends; none while it has not come.
fn framed(received: &[u8]) -> Option<usize> {
    let length = received.first_chunk::<2>()?;
    let end = 2 + usize::from(u16::from_be_bytes(*length));
    (received.len() >= end).then_some(end)
}

/// Sends a question, from a socket of its own that takes answers from the name server alone.
async fn send(socket: &mut Option<UdpSocket>, to: SocketAddr, question: &[u8]) -> io::Result<()> {
    let open = match socket.take() {
        Some(open) => open,
        None => {
            let any = match to {
                SocketAddr::V4(_) => SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)),
                SocketAddr::V6(_) => SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)),
            };
            let open = UdpSocket::bind(any).await?;
            open.connect(to).await?;
            open
        }
    };
    open.send(question).await?;
    *socket = Some(open);
    Ok(())
}

/// Writes a question behind its length; a connection on which that fails is closed.
async fn write(connection: &mut Option<TcpStream>, question: &[u8], patience: Duration) -> io::Result<()> {
    let Some(mut stream) = connection.take() else {
        return Err(io::ErrorKind::NotConnected.into());
    };
    let length = u16::try_from(question.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    let framed = [&length.to_be_bytes(), question].concat();
    match timeout(patience, stream.write_all(&framed)).await {
        Ok(Ok(())) => {
            *connection = Some(stream);
            Ok(())
        }
        Ok(Err(error)) => Err(error),
        Err(_) => Err(io::ErrorKind::TimedOut.into()),
    }
}
