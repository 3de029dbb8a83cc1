//! A program that is signed on to the heartbeat of its machine.

use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use heartbeat_proto::wire::Message;
use heartbeat_proto::wire::local::{Frames, SOCKET, encode};

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// A client. What it is told besides the answers waits.
#[derive(Debug)]
pub(super) struct Client {
    stream: UnixStream,
    frames: Frames,
    waiting: Vec<Message>,
    id: String,
    node: String,
    version: String,
}

impl Client {
    /// Signs on, by a name or by the number of the process.
    ///
    /// # Errors
    /// What the original says of it.
    pub(super) fn sign_on(name: Option<&str>) -> Result<Self, String> {
        let stream = UnixStream::connect(SOCKET)
            .map_err(|_| "hb_api_signon: Can't initiate connection to heartbeat".to_owned())?;
        let pid = std::process::id().to_string();
        let mut client = Self {
            stream,
            frames: Frames::default(),
            waiting: Vec::new(),
            id: name.map_or_else(|| pid.clone(), ToOwned::to_owned),
            node: super::node_name(),
            version: String::new(),
        };
        let (uid, gid) = (nix::unistd::getuid(), nix::unistd::getgid());
        let request = client
            .request("signon")
            .with("uid", &uid.to_string())
            .with("gid", &gid.to_string());
        let answer = client.ask_with(&request).map_err(|error| error.to_string())?;
        if answer.text("result") != Some("OK") {
            return Err(answer.text("info").unwrap_or_default().to_owned());
        }
        answer
            .text("node")
            .unwrap_or_default()
            .clone_into(&mut client.node);
        answer
            .text("hbversion")
            .unwrap_or_default()
            .clone_into(&mut client.version);
        Ok(client)
    }

    /// The node that it runs on.
    pub(super) fn node(&self) -> &str {
        &self.node
    }

    /// The version that heartbeat says it has.
    pub(super) fn version(&self) -> &str {
        &self.version
    }

    /// A question of that type.
    pub(super) fn request(&self, kind: &str) -> Message {
        Message::new("hbapi-req")
            .with("reqtype", kind)
            .with("dest", &self.node)
            .with("pid", &std::process::id().to_string())
            .with("from_id", &self.id)
    }

    /// Says something.
    pub(super) fn say(&mut self, message: &Message) -> io::Result<()> {
        self.stream.write_all(&encode(message))
    }

    /// Asks and gives the answer.
    pub(super) fn ask_with(&mut self, request: &Message) -> io::Result<Message> {
        let kind = request.text("reqtype").unwrap_or_default().to_owned();
        self.say(request)?;
        self.answer(&kind)
    }

    /// The next answer to a question of that type.
    fn answer(&mut self, kind: &str) -> io::Result<Message> {
        let end = Instant::now() + PATIENCE;
        loop {
            let Some(message) = self.read(end)? else {
                return Err(io::Error::new(io::ErrorKind::TimedOut, "No timely response."));
            };
            if message.kind() == "hbapi-resp" && message.text("reqtype") == Some(kind) {
                return Ok(message);
            }
            self.waiting.push(message);
        }
    }

    /// Asks, and gives all answers: there may be several.
    pub(super) fn ask_for_all(&mut self, request: &Message) -> io::Result<Vec<Message>> {
        let kind = request.text("reqtype").unwrap_or_default().to_owned();
        self.say(request)?;
        let mut out = Vec::new();
        loop {
            let message = self.answer(&kind)?;
            let more = message.text("result") == Some("ok/more");
            out.push(message);
            if !more {
                return Ok(out);
            }
        }
    }

    /// What it is told next; nothing when it is told nothing until `end`.
    pub(super) fn told(&mut self, end: Instant) -> io::Result<Option<Message>> {
        if !self.waiting.is_empty() {
            return Ok(Some(self.waiting.remove(0)));
        }
        self.read(end)
    }

    fn read(&mut self, end: Instant) -> io::Result<Option<Message>> {
        let mut buffer = [0; 4096];
        loop {
            let taken = self
                .frames
                .take()
                .map_err(|fault| io::Error::new(io::ErrorKind::InvalidData, fault))?;
            if taken.is_some() {
                return Ok(taken);
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            self.stream.set_read_timeout(Some(left))?;
            match self.stream.read(&mut buffer) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(length) => self.frames.push(buffer.get(..length).unwrap_or_default()),
                Err(error)
                    if matches!(
                        error.kind(),
                        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted
                    ) => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let goodbye = self.request("signoff");
        // The end of the connection says as much.
        let _ = self.say(&goodbye);
    }
}
