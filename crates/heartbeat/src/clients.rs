//! Programs of this machine that are signed on, as `cl_status` and `ipfail`: who may, what they ask, and what they are told.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use heartbeat_conf::model::ApiAuth;
use heartbeat_proto::wire::Message;
use heartbeat_proto::wire::local::{Frames, encode};
use heartbeat_proto::{Level, Node, Time};
use nix::unistd::{Group, User};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, spawn_local};

use crate::answers::{Facts, answer, welcome};
use crate::log::Log;

/// The most that are connected at a time.
const MOST: usize = 200;

/// The most messages that wait for one that does not read.
const MOST_WAITING: usize = 1000;

/// The users that may have a name which no line speaks of, and the group that may ask without one.
const USERS: [(&str, &str); 4] = [
    ("ipfail", "hacluster"),
    ("ccm", "hacluster"),
    ("ping", "root"),
    ("lha-snmpagent", "root"),
];
const CASUAL_GROUP: &str = "haclient";

/// What comes from a client.
#[derive(Debug)]
pub(crate) enum Said {
    /// A message.
    Message(u64, Message),
    /// It is gone, or says what cannot be understood.
    Gone(u64),
}

#[derive(Debug)]
struct Session {
    uid: u32,
    gid: u32,
    /// What it is called; none before it has signed on.
    id: Option<String>,
    /// Whether it asks without a name of its own, and is told nothing else.
    casual: bool,
    out: mpsc::Sender<Vec<u8>>,
    reading: AbortHandle,
}

impl Drop for Session {
    fn drop(&mut self) {
        // The half that writes ends by itself, when what waits is written.
        self.reading.abort();
    }
}

/// Where they come.
#[derive(Debug)]
pub(crate) struct Clients {
    listener: UnixListener,
    sessions: BTreeMap<u64, Session>,
    next: u64,
    say: mpsc::UnboundedSender<Said>,
    said: mpsc::UnboundedReceiver<Said>,
    facts: Facts,
    auth: Vec<ApiAuth>,
}

impl Clients {
    /// Opens the socket. To be called within a local runtime.
    pub(crate) fn open(path: &Path, auth: &[ApiAuth], facts: Facts) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(path)?;
        // Who may do what is decided by who connects.
        fs::set_permissions(path, fs::Permissions::from_mode(0o777))?;
        let (say, said) = mpsc::unbounded_channel();
        Ok(Self {
            listener,
            sessions: BTreeMap::new(),
            next: 0,
            say,
            said,
            facts,
            auth: auth.to_vec(),
        })
    }

    /// What comes next. May be given up and called again.
    pub(crate) async fn next(&mut self) -> Said {
        loop {
            tokio::select! {
                biased;
                Some(said) = self.said.recv() => return said,
                accepted = self.listener.accept() => {
                    // One that is gone again was none.
                    if let Ok((stream, _)) = accepted {
                        self.greet(stream);
                    }
                }
            }
        }
    }

    fn greet(&mut self, stream: UnixStream) {
        let Ok(who) = stream.peer_cred() else { return };
        if self.sessions.len() >= MOST {
            return;
        }
        let number = self.next;
        self.next += 1;
        let (mut reader, mut writer) = stream.into_split();
        let say = self.say.clone();
        let reading = spawn_local(async move {
            let mut frames = Frames::default();
            let mut buffer = [0; 4096];
            loop {
                let length = match reader.read(&mut buffer).await {
                    Ok(length) if length > 0 => length,
                    _ => break,
                };
                frames.push(buffer.get(..length).unwrap_or_default());
                loop {
                    match frames.take() {
                        Ok(Some(message)) => {
                            // Nobody listens at the end of the program.
                            let _ = say.send(Said::Message(number, message));
                        }
                        Ok(None) => break,
                        Err(_) => {
                            let _ = say.send(Said::Gone(number));
                            return;
                        }
                    }
                }
            }
            let _ = say.send(Said::Gone(number));
        });
        let (out, mut waiting) = mpsc::channel::<Vec<u8>>(MOST_WAITING);
        spawn_local(async move {
            while let Some(octets) = waiting.recv().await {
                // Whoever reads no more is gone, which the other half tells.
                if writer.write_all(&octets).await.is_err() {
                    return;
                }
            }
        });
        let session = Session {
            uid: who.uid(),
            gid: who.gid(),
            id: None,
            casual: false,
            out,
            reading: reading.abort_handle(),
        };
        self.sessions.insert(number, session);
    }

    /// Does what a client asks for.
    pub(crate) fn act(&mut self, now: Time, said: Said, node: &mut Node, log: &Log) {
        let (number, message) = match said {
            Said::Message(number, message) => (number, message),
            Said::Gone(number) => return self.part(now, number, node),
        };
        let Some(session) = self.sessions.get(&number) else {
            return;
        };
        let request = (message.kind() == "hbapi-req").then(|| message.text("reqtype").unwrap_or_default());
        match (&session.id, request) {
            (None, Some("signon")) => self.sign_on(now, number, &message, node, log),
            (None, _) => self.part(now, number, node),
            (Some(_), Some("signoff")) => self.part(now, number, node),
            (Some(id), Some("clientstatus")) => {
                let asked = message.text("node").unwrap_or_default();
                if asked.eq_ignore_ascii_case(node.name()) {
                    let answers = answer(node, &self.facts, "clientstatus", &message);
                    self.tell(number, &answers);
                } else {
                    let id = id.clone();
                    let client = message.text("cn").unwrap_or_default();
                    node.ask_for_client(now, &id, asked, client);
                }
            }
            (Some(_), Some(kind)) => {
                let answers = answer(node, &self.facts, kind, &message);
                self.tell(number, &answers);
            }
            (Some(id), None) if !session.casual => {
                let id = id.clone();
                node.client_says(now, &id, &message);
            }
            (Some(_), None) => {}
        }
    }

    fn sign_on(&mut self, now: Time, number: u64, message: &Message, node: &mut Node, log: &Log) {
        let id = message.text("from_id").unwrap_or_default().to_owned();
        let casual = !id.is_empty() && id.bytes().all(|octet| octet.is_ascii_digit());
        let Some(session) = self.sessions.get_mut(&number) else {
            return;
        };
        let may = !id.is_empty() && may_sign_on(&self.auth, &id, casual, session.uid, session.gid);
        let taken = !casual && node.has_client(&id);
        if !may || taken {
            let why = if may {
                "client is already signed on"
            } else {
                "client failed authorization"
            };
            log.at(Level::Warning, format!("client [{id}]: {why}"));
            let answer = welcome(node, &self.facts, Some(why));
            self.tell(number, &[answer]);
            return;
        }
        session.id = Some(id.clone());
        session.casual = casual;
        if !casual {
            node.client_joined(now, &id);
        }
        let answer = welcome(node, &self.facts, None);
        self.tell(number, &[answer]);
    }

    fn part(&mut self, now: Time, number: u64, node: &mut Node) {
        if let Some(session) = self.sessions.remove(&number)
            && let Some(id) = session.id.as_ref().filter(|_| !session.casual)
        {
            node.client_left(now, id);
        }
    }

    fn tell(&mut self, number: u64, messages: &[Message]) {
        let full = self.sessions.get(&number).is_some_and(|session| {
            messages
                .iter()
                .any(|message| session.out.try_send(encode(message)).is_err())
        });
        if full {
            // One that does not read is let go; the loop hears of it as of any other.
            let _ = self.say.send(Said::Gone(number));
        }
    }

    /// Tells those whom it concerns.
    pub(crate) fn spread(&mut self, message: &Message) {
        let to = message.text("to_id");
        let concerned: Vec<u64> = self
            .sessions
            .iter()
            .filter(|(_, session)| match (to, &session.id) {
                (_, None) => false,
                (Some(to), Some(id)) => to == id,
                (None, Some(_)) => !session.casual,
            })
            .map(|(number, _)| *number)
            .collect();
        for number in concerned {
            self.tell(number, std::slice::from_ref(message));
        }
    }
}

/// Whether a user may sign on under that name. Root may do everything.
fn may_sign_on(auth: &[ApiAuth], id: &str, casual: bool, uid: u32, gid: u32) -> bool {
    let is_user = |name: &str| {
        name.parse() == Ok(uid) || matches!(User::from_name(name), Ok(Some(user)) if user.uid.as_raw() == uid)
    };
    let is_group = |name: &str| {
        name.parse() == Ok(gid)
            || matches!(Group::from_name(name), Ok(Some(group)) if group.gid.as_raw() == gid)
    };
    let line = |name: &str| auth.iter().rfind(|line| line.client == name);
    let name = if casual { "casual" } else { id };
    if uid == 0 {
        return true;
    }
    if let Some(line) = line(name).or_else(|| line("default")) {
        return line.users.iter().any(|name| is_user(name)) || line.groups.iter().any(|name| is_group(name));
    }
    if casual {
        return is_group(CASUAL_GROUP);
    }
    USERS.iter().any(|(client, user)| *client == id && is_user(user))
}

#[cfg(test)]
mod tests {
    use heartbeat_conf::{Elsewhere, Input, Inputs, Source, load};

    use super::*;

    fn lines(text: &str) -> Vec<ApiAuth> {
        let missing = || Source::Missing("none".to_owned());
        let inputs = Inputs {
            ha_cf: Source::File(Input::new("ha.cf".to_owned(), text.as_bytes().to_vec())),
            haresources: missing(),
            authkeys: missing(),
        };
        load(&inputs, &Elsewhere).configuration.settings.apiauth
    }

    #[test]
    fn who_may_sign_on_is_what_the_lines_say() {
        let lines = lines("apiauth ipfail uid=111\napiauth other gid=7\n");
        assert!(may_sign_on(&lines, "ipfail", false, 111, 1));
        assert!(!may_sign_on(&lines, "ipfail", false, 112, 1));
        assert!(may_sign_on(&lines, "other", false, 112, 7));
        assert!(!may_sign_on(&lines, "third", false, 112, 7));
        assert!(may_sign_on(&lines, "third", false, 0, 0));
        let lines = self::lines("apiauth default uid=5\n");
        assert!(may_sign_on(&lines, "third", false, 5, 5));
        assert!(may_sign_on(&lines, "4711", true, 5, 5));
        assert!(!may_sign_on(&lines, "4711", true, 6, 6));
    }
}
