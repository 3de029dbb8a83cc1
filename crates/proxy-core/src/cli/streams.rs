//! `show sess` and `shutdown session`: what is under way, and the end of one of them (management guide, section 9.3).

use std::net::SocketAddr;

use haproxy_cfg::model::{ProxyId, ProxyKind};

use super::anonymous::Marks;
use super::ongoing::{Answer, PART, Part, Question};
use super::{Call, Reply, ServerId, server, session};

/// A request with its response, a TCP session, or a connection to a stats socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveStream {
    /// Its number among all of the process.
    pub number: u32,
    /// Whose it is.
    pub owner: Owner,
    /// The client's address; none over a unix socket.
    pub src: Option<SocketAddr>,
    /// The backend, once it is chosen.
    pub backend: Option<ProxyId>,
    /// The server, once it is chosen.
    pub server: Option<u32>,
    /// How far it is on its way to a server.
    pub stage: Stage,
    /// The descriptor of the client's connection.
    pub client_fd: i32,
    /// The descriptor of the connection to the server; -1 for none.
    pub server_fd: i32,
    /// Attempts to connect beyond the first.
    pub retries: u32,
    /// When it began; milliseconds of the process's clock.
    pub began_ms: u64,
    /// When it is over unless something happens; milliseconds of the process's clock, none for never.
    pub deadline_ms: Option<u64>,
    /// The thread that it is on.
    pub thread: u32,
    /// When it began, as text, where that was asked for.
    pub began: Vec<u8>,
}

/// Where a stream came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Over a bind of a frontend.
    Bind(ProxyId, u16),
    /// Over a stats socket, counted from 1.
    StatsSocket(u32),
}

/// How far a stream is on its way to a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// None was sought yet.
    Begun,
    /// It waits in a queue.
    Queued,
    /// The connection is under way.
    Connecting,
    /// It stands.
    Established,
}

impl Stage {
    /// The number and the name of the original's state.
    fn original(self) -> (u8, &'static str) {
        match self {
            Self::Begun => (0, "INI"),
            Self::Queued => (2, "QUE"),
            Self::Connecting => (5, "CON"),
            Self::Established => (8, "EST"),
        }
    }
}

const HELP: &str = "\
Usage: show sess [<id> | all | help] [<options>*]
Lists the streams that are under way (once called sessions). One may choose:
   <id>         the stream with this identifier (0x...), with details
   all          all that match, with details
   help         this text
   susp         those that look as if something were wrong with them
Options, in any order:
   show-uri     show the URI as well, where it was kept
   older <age>  those that are older than so many seconds
   server <b/s> those that are at this server of a backend
   backend <b>  those that are in this backend
   frontend <f> those that came in through this frontend
Without any of them all streams are listed, in a line each.
";

/// What is asked for.
#[derive(Clone, Debug, Default)]
struct Wanted {
    number: Option<u32>,
    has_details: bool,
    suspicious: bool,
    older_ms: u64,
    server: Option<ServerId>,
    backend: Option<ProxyId>,
    frontend: Option<ProxyId>,
}

impl Wanted {
    /// Reads the arguments; the answer where there is nothing to list.
    fn read(call: &Call<'_, '_>) -> Result<Self, Reply> {
        let mut wanted = Self::default();
        let mut at = 0;
        while at < call.arguments.len() {
            let value = call.argument(at + 1);
            match call.argument(at) {
                b"help" if at == 0 => return Err(Reply::Info(HELP.to_owned())),
                b"all" if at == 0 => wanted.has_details = true,
                b"susp" if at == 0 => (wanted.suspicious, wanted.has_details) = (true, true),
                b"show-uri" => {}
                b"older" => {
                    // Standing first it is a choice rather than an option, for the original, and choices have details.
                    wanted.has_details |= at == 0;
                    wanted.older_ms = age(value)?;
                    at += 1;
                }
                b"server" => {
                    if value.is_empty() {
                        return Err(Reply::error("Missing server name (<backend>/<server>)."));
                    }
                    wanted.server = Some(server::find(call, value)?);
                    at += 1;
                }
                b"backend" => {
                    if value.is_empty() {
                        return Err(Reply::error("Missing backend name."));
                    }
                    let found = call.find_proxy(value, ProxyKind::is_backend);
                    wanted.backend = Some(found.ok_or_else(|| Reply::error("No such backend."))?);
                    at += 1;
                }
                b"frontend" => {
                    if value.is_empty() {
                        return Err(Reply::error("Missing frontend name."));
                    }
                    let found = call.find_proxy(value, ProxyKind::is_frontend);
                    wanted.frontend = Some(found.ok_or_else(|| Reply::error("No such frontend."))?);
                    at += 1;
                }
                word if at == 0 && word.first().is_some_and(u8::is_ascii_digit) => {
                    let found = number(word).ok_or_else(|| Reply::error("Session not found."))?;
                    (wanted.number, wanted.has_details) = (Some(found), true);
                }
                word => {
                    let word = String::from_utf8_lossy(word);
                    return Err(Reply::error(&format!(
                        "Unsupported option '{word}', try 'help' for more info."
                    )));
                }
            }
            at += 1;
        }
        Ok(wanted)
    }

    fn matches(&self, stream: &LiveStream, now_ms: u64) -> bool {
        let frontend = match stream.owner {
            Owner::Bind(proxy, _) => Some(proxy),
            Owner::StatsSocket(_) => None,
        };
        let is_at = |server: ServerId| {
            stream.backend == Some(server.proxy) && stream.server == u32::try_from(server.index).ok()
        };
        self.number.is_none_or(|number| number == stream.number)
            // What is past its time and still there has been forgotten by somebody.
            && (!self.suspicious || stream.deadline_ms.is_some_and(|at| at.saturating_add(1000) < now_ms))
            && now_ms.saturating_sub(stream.began_ms) >= self.older_ms
            && self.server.is_none_or(is_at)
            && (self.backend.is_none() || self.backend == stream.backend)
            && (self.frontend.is_none() || self.frontend == frontend)
    }
}

/// A stream's number from its identifier, `0x` and hexadecimal digits.
fn number(word: &[u8]) -> Option<u32> {
    let digits = std::str::from_utf8(word.strip_prefix(b"0x")?).ok()?;
    u64::from_str_radix(digits, 16)
        .ok()?
        .checked_sub(BASE)?
        .try_into()
        .ok()
}

/// What identifiers begin at: programs take them for addresses, which are never small.
const BASE: u64 = 0x1_0000_0000;

fn age(word: &[u8]) -> Result<u64, Reply> {
    if word.is_empty() {
        return Err(Reply::error("Expects a minimum age (in seconds by default)."));
    }
    session::milliseconds(word).ok_or_else(|| Reply::error("Invalid age."))
}

/// `show sess`.
pub(super) fn show(call: &mut Call<'_, '_>) -> Reply {
    match Wanted::read(call) {
        Ok(wanted) => Reply::ask(
            Question::Streams {
                dates: wanted.has_details,
            },
            list,
        ),
        Err(reply) => reply,
    }
}

fn list(call: &mut Call<'_, '_>, answer: Answer) -> Reply {
    let Answer::Streams(mut streams) = answer else {
        return Reply::Done;
    };
    let wanted = match Wanted::read(call) {
        Ok(wanted) => wanted,
        // A proxy or server that has gone in between.
        Err(reply) => return reply,
    };
    streams.retain(|stream| wanted.matches(stream, call.view.now_ms));
    if streams.is_empty() && wanted.number.is_some() {
        return Reply::error("Session not found.");
    }
    let rest = List {
        streams: streams.into_iter(),
        has_details: wanted.has_details,
        // The ages of all are those of the same moment.
        now_ms: call.view.now_ms,
    };
    Box::new(rest).write(call)
}

/// Those that were not written yet.
#[derive(Debug)]
struct List {
    streams: std::vec::IntoIter<LiveStream>,
    has_details: bool,
    now_ms: u64,
}

impl Part for List {
    fn write(mut self: Box<Self>, call: &mut Call<'_, '_>) -> Reply {
        let until = call.out.len() + PART;
        while call.out.len() < until {
            let Some(stream) = self.streams.next() else {
                return Reply::Done;
            };
            if self.has_details {
                details(call, &stream, self.now_ms);
            } else {
                line(call, &stream, self.now_ms);
            }
        }
        Reply::Later(super::ongoing::Next::Part(self))
    }
}

/// What both forms say.
struct Shown {
    id: String,
    proto: &'static str,
    source: String,
    age: String,
    expires: Option<String>,
}

impl Shown {
    fn of(call: &Call<'_, '_>, stream: &LiveStream, now_ms: u64) -> Self {
        let marks = call.session.marks;
        let (proto, source) = match (stream.src, stream.owner) {
            (Some(src), _) if src.is_ipv4() => ("tcpv4", marks.socket(src)),
            (Some(src), _) => ("tcpv6", marks.socket(src)),
            (None, Owner::Bind(proxy, bind)) => {
                let bind = call.view.config.proxy(proxy).binds.get(usize::from(bind));
                ("unix_stream", format!("unix:{}", bind.map_or(0, |bind| bind.id)))
            }
            (None, Owner::StatsSocket(number)) => ("unix_stream", format!("unix:{number}")),
        };
        Self {
            id: format!("{:#x}", BASE + u64::from(stream.number)),
            proto,
            source,
            age: span(now_ms.saturating_sub(stream.began_ms)),
            expires: stream.deadline_ms.map(|at| span(at.saturating_sub(now_ms))),
        }
    }
}

/// A duration in its two largest units.
fn span(ms: u64) -> String {
    let seconds = ms / 1000;
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    let pair = |large: u64, unit: char, small: u64, of: char| match small {
        0 => format!("{large}{unit}"),
        _ => format!("{large}{unit}{small}{of}"),
    };
    match seconds {
        86_400.. => pair(days, 'd', hours, 'h'),
        3600.. => pair(hours, 'h', minutes, 'm'),
        60.. => pair(minutes, 'm', seconds % 60, 's'),
        _ => format!("{seconds}s"),
    }
}

fn name(out: &mut Vec<u8>, marks: Marks, before: &str, name: Option<&[u8]>, none: &str) {
    out.extend_from_slice(before.as_bytes());
    match name {
        Some(name) => out.extend_from_slice(&marks.name(name)),
        None => out.extend_from_slice(none.as_bytes()),
    }
}

fn line(call: &mut Call<'_, '_>, stream: &LiveStream, now_ms: u64) {
    let shown = Shown::of(call, stream, now_ms);
    let config = call.view.config;
    let frontend = match stream.owner {
        Owner::Bind(proxy, _) => Some(&config.proxy(proxy).name[..]),
        Owner::StatsSocket(_) => Some(&b"GLOBAL"[..]),
    };
    let backend = stream.backend.map(|id| config.proxy(id));
    let server = stream
        .server
        .zip(backend)
        .map(|(at, proxy)| &proxy.servers[at as usize].name[..]);
    let marks = call.session.marks;
    let out = &mut *call.out;
    out.extend_from_slice(format!("{}: proto={} src={}", shown.id, shown.proto, shown.source).as_bytes());
    name(out, marks, " fe=", frontend, "");
    name(out, marks, " be=", backend.map(|proxy| &proxy.name[..]), "<NONE>");
    name(out, marks, " srv=", server, "<none>");
    let expires = shown.expires.unwrap_or_default();
    let state = stream.stage.original().0;
    let text = format!(
        " ts=00 epoch=0 age={} calls=0 rate=0 cpu=0 lat=0 rq[f=00h,i=0,an=00h,ax=] rp[f=00h,i=0,an=00h,ax=] \
         scf=[8,0h,fd={},rex={expires},wex=] scb=[{state},0h,fd={},rex=,wex=] exp={expires} rc={} c_exp=\n",
        shown.age, stream.client_fd, stream.server_fd, stream.retries,
    );
    out.extend_from_slice(text.as_bytes());
}

fn details(call: &mut Call<'_, '_>, stream: &LiveStream, now_ms: u64) {
    let shown = Shown::of(call, stream, now_ms);
    let view = call.view;
    let config = view.config;
    let marks = call.session.marks;
    let out = &mut *call.out;
    out.extend_from_slice(format!("{}: [", shown.id).as_bytes());
    out.extend_from_slice(&stream.began);
    out.extend_from_slice(
        format!(
            "] id={} proto={} source={}\n  flags=0x0, conn_retries={}, conn_exp=<NEVER> conn_et=0x000 \
             srv_conn=(nil), pend_pos=(nil) waiting={} epoch=0\n",
            stream.number,
            shown.proto,
            shown.source,
            stream.retries,
            u8::from(stream.stage == Stage::Queued),
        )
        .as_bytes(),
    );
    match stream.owner {
        Owner::Bind(id, bind) => {
            let proxy = config.proxy(id);
            let bind = proxy.binds.get(usize::from(bind));
            name(out, marks, "  frontend=", Some(&proxy.name), "");
            let text = format!(" (id={} mode={}), listener=", proxy.id, proxy.mode.spoken());
            let named = bind.and_then(|bind| bind.name.as_deref());
            name(out, marks, &text, named, "?");
            out.extend_from_slice(format!(" (id={})\n", bind.map_or(0, |bind| bind.id)).as_bytes());
        }
        Owner::StatsSocket(number) => {
            name(out, marks, "  frontend=", Some(b"GLOBAL"), "");
            let text = format!(" (id=0 mode=tcp), listener=? (id={number}) addr=unix:{number}\n");
            out.extend_from_slice(text.as_bytes());
        }
    }
    let backend = stream.backend.map(|id| (id, config.proxy(id)));
    match backend {
        Some((_, proxy)) => {
            name(out, marks, "  backend=", Some(&proxy.name), "");
            out.extend_from_slice(format!(" (id={} mode={})\n", proxy.id, proxy.mode.spoken()).as_bytes());
        }
        None => out.extend_from_slice(b"  backend=<NONE> (id=-1 mode=-)\n"),
    }
    match stream.server.zip(backend) {
        Some((at, (id, proxy))) => {
            let server = &proxy.servers[at as usize];
            let state = &view.runtime.proxies[id.0 as usize].servers[at as usize];
            name(out, marks, "  server=", Some(&server.name), "");
            out.extend_from_slice(format!(" (id={})", server.id).as_bytes());
            let moved = state.address(server);
            if let haproxy_cfg::model::ServerAddr::Inet {
                ip, port: Some(port), ..
            } = moved.as_ref().unwrap_or(&server.addr)
            {
                out.extend_from_slice(format!(" addr={}:{port}", marks.address(*ip)).as_bytes());
            }
            out.push(b'\n');
        }
        None if backend.is_some() => out.extend_from_slice(b"  server=<none> (id=0)\n"),
        None => out.extend_from_slice(b"  server=<NONE> (id=-1)\n"),
    }
    let expires = shown.expires.unwrap_or_else(|| "<NEVER>".to_owned());
    let state = stream.stage.original().1;
    out.extend_from_slice(
        format!(
            "  task={} (state=0x00 nice=0 calls=0 rate=0 exp={expires} tid={}(1/{}) age={})\n  \
             scf: state=EST fd={} rex={expires} wex=<NEVER>\n  scb: state={state} fd={}\n",
            shown.id, stream.thread, stream.thread, shown.age, stream.client_fd, stream.server_fd,
        )
        .as_bytes(),
    );
}

/// `shutdown session ID`.
pub(super) fn shutdown(call: &mut Call<'_, '_>) -> Reply {
    let word = call.argument(0);
    if !word.first().is_some_and(u8::is_ascii_digit) || word == b"0" {
        return Reply::error("Session pointer expected (use 'show sess').");
    }
    match number(word) {
        Some(number) => Reply::ask(Question::EndStream(number), ended),
        None => missing(),
    }
}

fn missing() -> Reply {
    Reply::error("No such session (use 'show sess').")
}

#[allow(clippy::needless_pass_by_value, reason = "as all that go on with an answer")]
fn ended(_: &mut Call<'_, '_>, answer: Answer) -> Reply {
    if answer == Answer::Ended(true) {
        Reply::Done
    } else {
        missing()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_shown_in_its_two_largest_units() {
        let shown = [0, 59_999, 60_000, 90_000, 7_199_000, 7_200_000, 259_199_000].map(span);
        assert_eq!(shown, ["0s", "59s", "1m", "1m30s", "1h59m", "2h", "2d23h"]);
    }

    #[test]
    fn an_identifier_gives_its_number_and_nothing_else_does() {
        assert_eq!(number(b"0x100000000"), Some(0));
        assert_eq!(number(b"0x1ffffffff"), Some(u32::MAX));
        for odd in [
            "0x1",
            "0xffffffff",
            "0x200000000",
            "0x",
            "0xg",
            "100000000",
            "0x1ffffffffffffffff",
        ] {
            assert_eq!(number(odd.as_bytes()), None, "{odd}");
        }
    }
}
