//! What the machine's SNMP agent is told of the instances (AgentX, RFC 2741), on a thread of its own: an agent that is slow, or
//! goes away, keeps no advert waiting. What it asks for is answered from a snapshot that is taken now and then, however much it asks.

mod rfc2787;
mod rfc6527;

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::time::{Duration, Instant};

use keepalived_conf::model::Snmp;
use tokio::sync::{mpsc, oneshot};
use vrrp_proto::agentx::{Header, Oid, Packet, Tree};

use crate::driver::Options;
use crate::http::Asker;

/// Where an agent listens unless something else is said.
const USUAL_SOCKET: &str = "/var/agentx/master";

/// The port of AgentX.
const PORT: u16 = 705;

/// Time until a connection that was lost, or refused, is tried again.
const AGAIN: Duration = Duration::from_secs(15);

/// How long is waited for bytes before it is looked at whether the program ends.
const GLANCE: Duration = Duration::from_millis(250);

/// How long an agent may take for bytes that are sent to it.
const PATIENCE: Duration = Duration::from_secs(5);

/// For so long an answer is as good as a new one.
const FRESH: Duration = Duration::from_millis(250);

/// What is to be told, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    socket: String,
    rfc2787: bool,
    rfc6527: bool,
}

impl Wanted {
    /// What the configuration and the command line ask for; none for nothing.
    pub(crate) fn of(snmp: &Snmp, options: &Options) -> Option<Self> {
        let wanted = Self {
            socket: options
                .snmp_socket
                .as_ref()
                .or(snmp.socket.as_ref())
                .map_or_else(|| USUAL_SOCKET.to_owned(), Clone::clone),
            rfc2787: snmp.rfc2787 || options.snmp,
            rfc6527: snmp.rfc6527 || options.snmp,
        };
        (wanted.rfc2787 || wanted.rfc6527).then_some(wanted)
    }

    /// The parts of the tree that it answers for.
    fn subtrees(&self) -> impl Iterator<Item = &'static [u32]> {
        let first = self.rfc2787.then_some(rfc2787::SUBTREE);
        first.into_iter().chain(self.rfc6527.then_some(rfc6527::SUBTREE))
    }
}

/// The thread while it runs. Dropped, its session ends.
#[derive(Debug)]
pub(crate) struct SnmpAgent {
    wanted: Wanted,
    /// The thread ends when this is dropped.
    _stop: Sender<()>,
}

impl SnmpAgent {
    /// Starts it. Who asks is passed on to `asked`, and what is to be logged to `tells`.
    ///
    /// # Errors
    /// What the system says of a thread.
    pub(crate) fn start(
        wanted: Wanted,
        asked: mpsc::UnboundedSender<Asker>,
        tells: mpsc::UnboundedSender<String>,
    ) -> io::Result<Self> {
        let (stop, stopped) = channel();
        let thread = Session {
            wanted: wanted.clone(),
            asked,
            tells,
            stopped,
            tree: None,
        };
        std::thread::Builder::new()
            .name("snmp".to_owned())
            .spawn(move || thread.run())?;
        Ok(Self { wanted, _stop: stop })
    }

    /// What it tells.
    pub(crate) fn wanted(&self) -> &Wanted {
        &self.wanted
    }
}

struct Session {
    wanted: Wanted,
    asked: mpsc::UnboundedSender<Asker>,
    tells: mpsc::UnboundedSender<String>,
    stopped: Receiver<()>,
    /// What was last known, and since when.
    tree: Option<(Instant, Tree)>,
}

/// How a connection came to its end.
enum End {
    /// The program ends, or wants something else.
    Wanted,
    /// The agent ended it, or it failed.
    Lost(io::Error),
}

impl Session {
    fn run(mut self) {
        // It needs none of the program's rights; a thread that has none to give up needs none.
        let _ = caps::clear(None, caps::CapSet::Effective);
        let _ = caps::clear(None, caps::CapSet::Permitted);
        let mut told = false;
        loop {
            match self.connect().and_then(|stream| self.serve(stream)) {
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
            match self.stopped.recv_timeout(AGAIN) {
                Err(RecvTimeoutError::Timeout) => {}
                Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Has a line logged.
    fn tell(&self, line: String) {
        // A program that hears it no more is ending.
        let _ = self.tells.send(line);
    }

    fn connect(&self) -> io::Result<Box<dyn Stream>> {
        let socket = &*self.wanted.socket;
        let (kind, place) = match socket.split_once(':') {
            Some((kind @ ("unix" | "tcp" | "udp"), place)) => (kind, place),
            // A path may have a colon, and an address has one.
            _ if socket.contains('/') => ("unix", socket),
            _ => ("tcp", socket),
        };
        if kind == "udp" {
            return Err(io::Error::new(
                ErrorKind::Unsupported,
                "AgentX is not spoken over UDP: write unix:PATH or tcp:ADDRESS:PORT",
            ));
        }
        if kind == "unix" {
            let stream = UnixStream::connect(place)?;
            stream.set_read_timeout(Some(GLANCE))?;
            stream.set_write_timeout(Some(PATIENCE))?;
            return Ok(Box::new(stream));
        }
        let stream = match place.rsplit_once(':') {
            Some((_, port)) if port.parse::<u16>().is_ok() => TcpStream::connect(place)?,
            _ => TcpStream::connect((place, PORT))?,
        };
        stream.set_read_timeout(Some(GLANCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Box::new(stream))
    }

    /// Opens a session, registers, and answers until it ends.
    fn serve(&mut self, mut stream: Box<dyn Stream>) -> io::Result<End> {
        let mut bytes = Vec::new();
        let mut header = Header::default();
        let open = Packet::Open("Keepalived".to_owned());
        let Some(session) = self.ask(&mut *stream, &mut bytes, header, &open)? else {
            return Ok(End::Wanted);
        };
        header.session = session;
        for subtree in self.wanted.subtrees() {
            header.packet += 1;
            let register = Packet::Register(Oid::from(subtree));
            if self.ask(&mut *stream, &mut bytes, header, &register)?.is_none() {
                return Ok(End::Wanted);
            }
        }
        self.tell("AgentX subagent connected".to_owned());
        loop {
            match self.next(&mut *stream, &mut bytes) {
                Ok(Some((asked, packet))) => {
                    if packet == Packet::Close {
                        return Ok(End::Lost(ErrorKind::ConnectionAborted.into()));
                    }
                    let answer = match self.tree() {
                        Some(tree) => tree.answer(&packet),
                        // The program is ending.
                        None => return Ok(End::Wanted),
                    };
                    if let Some(answer) = answer
                        && let Err(error) = stream.write_all(&answer.encode(asked))
                    {
                        return Ok(End::Lost(error));
                    }
                }
                Ok(None) => {
                    // The agent may be gone as well.
                    let _ = stream.write_all(&Packet::Close.encode(header));
                    let _ = stream.end();
                    return Ok(End::Wanted);
                }
                Err(error) => return Ok(End::Lost(error)),
            }
        }
    }

    /// Sends a packet and waits for the answer; the session that it names. None when the program ends meanwhile.
    fn ask(
        &self,
        stream: &mut dyn Stream,
        bytes: &mut Vec<u8>,
        header: Header,
        packet: &Packet,
    ) -> io::Result<Option<u32>> {
        stream.write_all(&packet.encode(header))?;
        loop {
            match self.next(stream, bytes)? {
                None => return Ok(None),
                Some((answered, Packet::Response { error: 0, .. })) if answered.packet == header.packet => {
                    return Ok(Some(answered.session));
                }
                Some((answered, Packet::Response { error, .. })) if answered.packet == header.packet => {
                    return Err(io::Error::other(format!("it refuses with error {error}")));
                }
                Some(_) => {}
            }
        }
    }

    /// The next packet; none when the program ends.
    fn next(&self, stream: &mut dyn Stream, bytes: &mut Vec<u8>) -> io::Result<Option<(Header, Packet)>> {
        loop {
            let read = Packet::read(bytes).map_err(|fault| io::Error::other(fault.to_string()))?;
            if let Some((header, packet, length)) = read {
                bytes.drain(..length);
                return Ok(Some((header, packet)));
            }
            if self.stopped.try_recv() != Err(TryRecvError::Empty) {
                return Ok(None);
            }
            let mut more = [0; 4096];
            match stream.read(&mut more) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(count) => bytes.extend(&more[..count]),
                Err(error)
                    if matches!(
                        error.kind(),
                        ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
                    ) => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// What is known; none when the program no longer tells.
    fn tree(&mut self) -> Option<&Tree> {
        let is_fresh = |(since, _): &(Instant, Tree)| since.elapsed() < FRESH;
        if !self.tree.as_ref().is_some_and(is_fresh) {
            let (asker, answer) = oneshot::channel();
            self.asked.send(asker).ok()?;
            let snapshot = answer.blocking_recv().ok()?;
            let mut tree = Tree::default();
            if self.wanted.rfc2787 {
                rfc2787::put(&mut tree, &snapshot);
            }
            if self.wanted.rfc6527 {
                rfc6527::put(&mut tree, &snapshot);
            }
            self.tree = Some((Instant::now(), tree));
        }
        self.tree.as_ref().map(|(_, tree)| tree)
    }
}

/// A connection to an agent.
trait Stream: Read + Write {
    /// Ends it in both directions.
    fn end(&self) -> io::Result<()>;
}

impl Stream for UnixStream {
    fn end(&self) -> io::Result<()> {
        self.shutdown(Shutdown::Both)
    }
}

impl Stream for TcpStream {
    fn end(&self) -> io::Result<()> {
        self.shutdown(Shutdown::Both)
    }
}

/// TRUE and FALSE, as SNMP has them (RFC 2579).
fn truth(value: bool) -> i32 {
    if value { 1 } else { 2 }
}

/// A state: initialize, backup, master. FAULT is none of SNMP's.
fn state(state: vrrp_proto::StateKind) -> i32 {
    use vrrp_proto::StateKind;

    match state {
        StateKind::Init | StateKind::Fault => 1,
        StateKind::Backup => 2,
        StateKind::Master => 3,
    }
}

/// Hundredths of a second from one time to another.
fn ticks(from: jiff::Timestamp, to: jiff::Timestamp) -> u32 {
    let hundredths = from.duration_until(to).as_millis() / 10;
    u32::try_from(hundredths.rem_euclid(1 << 32)).unwrap_or(0)
}

/// A count as a Counter32, which begins anew behind its end.
fn count(number: u64) -> u32 {
    (number & u64::from(u32::MAX)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_asks_for_all_and_goes_before_the_file() {
        let file = Snmp {
            socket: Some("tcp:127.0.0.1:7050".to_owned()),
            rfc2787: true,
            rfc6527: false,
        };
        let wanted = Wanted::of(&file, &Options::default()).unwrap();
        assert_eq!(wanted.socket, "tcp:127.0.0.1:7050");
        assert_eq!(wanted.subtrees().count(), 1);
        let options = Options {
            snmp: true,
            snmp_socket: Some("/run/agentx".to_owned()),
            ..Options::default()
        };
        let wanted = Wanted::of(&file, &options).unwrap();
        assert_eq!((&*wanted.socket, wanted.subtrees().count()), ("/run/agentx", 2));
        assert_eq!(Wanted::of(&Snmp::default(), &Options::default()), None);
        let usual = Wanted::of(
            &Snmp::default(),
            &Options {
                snmp: true,
                ..Options::default()
            },
        )
        .unwrap();
        assert_eq!(usual.socket, USUAL_SOCKET);
    }
}
