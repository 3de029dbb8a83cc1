//! The stats socket's language: commands, their answers, and what they do to the running proxy (management guide,
//! section 9.3). No socket here: lines come in, answers go out.

mod address;
mod anonymous;
mod backend;
mod cache;
mod check;
mod command;
mod control;
mod cookie;
mod descriptors;
mod errors;
mod events;
mod frontend;
mod live;
mod machine;
mod newcomer;
mod ongoing;
mod pattern;
mod pause;
mod peers;
mod rare_events;
mod server;
mod session;
mod show;
mod streams;
mod table;
mod table_walk;
mod threads;
mod tls;
mod trace;
mod variable;
mod words;

use std::collections::VecDeque;

use haproxy_cfg::model::{Level, ProxyId, ProxyKind};

use crate::stats::StatsView;

pub use control::{AdminState, Control, FrontendChange, OldAction, Refused, ServerId};
pub use descriptors::{Descriptor, DescriptorKind};
pub use events::{Follow, Held, NoSinks, SinkState, Sinks};
pub use live::{Hooks, Live, NoShell};
pub use machine::Machine;
pub use ongoing::{Answer, Question, Wants};
pub use session::Severity;
pub use streams::{LiveStream, Owner, Stage};

pub use threads::{PoolReport, ThreadReport};
pub use tls::{FileKind, NoTls, Part, Refusal, ServedName, TicketKeys, TlsFile, TlsStore, in_pem};

use ongoing::Ongoing;

/// Words that a command may have.
const MOST_WORDS: usize = 64;

/// A connection to a stats socket.
#[derive(Debug)]
pub struct Session {
    /// What it may do.
    pub level: Level,
    /// After `prompt`: lines go on until `quit`.
    pub interactive: bool,
    /// And each answer is followed by a prompt.
    prompts: bool,
    /// The prompt tells how long the process has run.
    timed: bool,
    /// How long that is, ms.
    uptime_ms: u64,
    /// How messages say how severe they are.
    pub severity: Severity,
    /// The timeout that `set timeout cli` gave, ms.
    pub timeout_ms: Option<u64>,
    /// After `show events -w`: what comes is shown until something is said.
    pub follows: Option<Follow>,
    /// After `expert-mode on`.
    expert: bool,
    /// After `experimental-mode on`.
    experimental: bool,
    /// After `set anon on`: how names are shown.
    marks: anonymous::Marks,
    /// The connection is to be closed once the answers are sent.
    pub quits: bool,
    payload_of: Option<Payload>,
    /// The commands of a line that were not run yet.
    commands: VecDeque<Vec<u8>>,
    /// The command whose answer goes on.
    ongoing: Option<Ongoing>,
}

/// A command whose payload is coming in.
#[derive(Clone, Debug)]
struct Payload {
    command: Vec<u8>,
    lines: Vec<u8>,
}

impl Session {
    /// A new connection to a socket of that level.
    #[must_use]
    pub fn new(level: Level) -> Self {
        Self {
            level,
            interactive: false,
            prompts: false,
            timed: false,
            uptime_ms: 0,
            severity: Severity::None,
            timeout_ms: None,
            follows: None,
            expert: false,
            experimental: false,
            marks: anonymous::Marks::default(),
            quits: false,
            payload_of: None,
            commands: VecDeque::new(),
            ongoing: None,
        }
    }

    /// What the answer at hand waits for, if it is not whole: [`go_on`] goes on with it.
    #[must_use]
    pub fn wants(&self) -> Option<Wants> {
        self.ongoing.as_ref().map(Ongoing::wants)
    }

    /// The last line ended in `<<`: what follows, up to an empty line, belongs to its command.
    #[must_use]
    pub fn awaits_payload(&self) -> bool {
        self.payload_of.is_some()
    }
}

/// What commands see and change.
pub struct CliContext<'a> {
    /// Configuration, state, time.
    pub view: StatsView<'a>,
    /// The running proxy.
    pub control: &'a mut dyn Control,
    /// Where messages go.
    pub sinks: &'a dyn Sinks,
    /// Certificates and what belongs to them.
    pub tls: &'a dyn TlsStore,
}

/// Runs the commands of one line (without its end) and appends their answers, each with its empty line, and with the prompt
/// when the session is interactive. It stops at a command whose answer goes on: see [`Session::wants`].
pub fn execute(session: &mut Session, line: &[u8], context: &mut CliContext<'_>, out: &mut Vec<u8>) {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    session.uptime_ms = context.view.now_ms;
    if let Some(mut payload) = session.payload_of.take() {
        if line.is_empty() {
            let lines = payload.lines.strip_suffix(b"\n").unwrap_or(&payload.lines);
            run(session, &payload.command, Some(lines), context, out);
        } else {
            payload.lines.extend_from_slice(line);
            payload.lines.push(b'\n');
            session.payload_of = Some(payload);
            prompt(session, out);
        }
        return;
    }
    session.commands = words::commands(line).into_iter().map(<[u8]>::to_vec).collect();
    run_rest(session, context, out);
}

/// Goes on with an answer that was not whole, then with the commands behind it.
pub fn go_on(session: &mut Session, answer: Option<Answer>, context: &mut CliContext<'_>, out: &mut Vec<u8>) {
    session.uptime_ms = context.view.now_ms;
    if let Some(ongoing) = session.ongoing.take() {
        let Ongoing { arguments, next } = ongoing;
        let mut call = Call {
            session,
            view: &context.view,
            control: context.control,
            sinks: context.sinks,
            tls: context.tls,
            arguments: &arguments,
            payload: None,
            out,
        };
        let reply = next.run(answer, &mut call);
        if !settle(session, reply, arguments, out) {
            return;
        }
    }
    run_rest(session, context, out);
}

/// Runs what is left of a line.
fn run_rest(session: &mut Session, context: &mut CliContext<'_>, out: &mut Vec<u8>) {
    while session.ongoing.is_none() && !session.quits {
        let Some(command) = session.commands.pop_front() else {
            return;
        };
        if session.commands.is_empty()
            && let Some(command) = command.strip_suffix(b" <<")
        {
            session.payload_of = Some(Payload {
                command: command.to_vec(),
                lines: Vec::new(),
            });
            prompt(session, out);
            return;
        }
        // Whatever is said ends what is shown as it comes.
        stop_following(session, out);
        run(session, &command, None, context, out);
    }
}

fn prompt(session: &Session, out: &mut Vec<u8>) {
    if !session.prompts {
        return;
    }
    if session.payload_of.is_some() {
        out.extend_from_slice(b"+ ");
        return;
    }
    if session.timed {
        let seconds = session.uptime_ms / 1000;
        let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
        let time = format!("[{days}:{hours:02}:{minutes:02}:{:02}]", seconds % 60);
        out.extend_from_slice(time.as_bytes());
    }
    out.extend_from_slice(b"> ");
}

/// Runs one command.
fn run(
    session: &mut Session,
    command: &[u8],
    payload: Option<&[u8]>,
    context: &mut CliContext<'_>,
    out: &mut Vec<u8>,
) {
    let mut words = words::words(command);
    if words.len() > MOST_WORDS {
        let text = format!("Too many arguments. Commands must have at most {MOST_WORDS} arguments.");
        Reply::error(&text).write(session.severity, out);
        end_answer(session, out);
        return;
    }
    match words.first().map(Vec::as_slice) {
        Some(b"quit") => {
            session.quits = true;
            return;
        }
        Some(b"prompt") => {
            let dialect = context.view.config.dialect;
            session::set_prompt(session, &words[1..], dialect).write(session.severity, out);
        }
        Some(b"help") => help(&words[1..], out),
        _ => match command::find(&words) {
            None if is_nothing(&words, context.view.config.dialect) => {}
            None => unknown(&words, out),
            Some(known) => {
                let arguments = words.split_off(known.len());
                let reply = match (known.refusal(session), known.run) {
                    (Some(refusal), _) => Reply::error(refusal),
                    (None, None) => Reply::Error(format!(
                        "'{}' is known and not built into this program yet: nothing was done.\n",
                        known.row.name
                    )),
                    (None, Some(run)) => run(&mut Call {
                        session,
                        view: &context.view,
                        control: context.control,
                        sinks: context.sinks,
                        tls: context.tls,
                        arguments: &arguments,
                        payload,
                        out,
                    }),
                };
                settle(session, reply, arguments, out);
                return;
            }
        },
    }
    end_answer(session, out);
}

/// Ends a command with its reply; gives whether it has ended, which it has not where its answer goes on.
fn settle(session: &mut Session, reply: Reply, arguments: Vec<Vec<u8>>, out: &mut Vec<u8>) -> bool {
    match reply {
        Reply::Later(next) => {
            session.ongoing = Some(Ongoing { arguments, next });
            return false;
        }
        reply => reply.write(session.severity, out),
    }
    end_answer(session, out);
    true
}

fn end_answer(session: &Session, out: &mut Vec<u8>) {
    if session.follows.is_some() {
        // Its answer goes on.
        return;
    }
    out.push(b'\n');
    prompt(session, out);
}

/// Ends what `show events -w` shows: its empty line, and the prompt of an interactive session.
pub fn stop_following(session: &mut Session, out: &mut Vec<u8>) {
    if session.follows.take().is_some() {
        out.push(b'\n');
        prompt(session, out);
    }
}

fn help(words: &[Vec<u8>], out: &mut Vec<u8>) {
    out.extend_from_slice(b"The following commands are valid at this level:\n");
    command::list(&command::like(words), out);
}

/// A line that says nothing, to which those before 3.0 say what commands there are.
fn is_nothing(words: &[Vec<u8>], dialect: haproxy_cfg::Dialect) -> bool {
    words.is_empty() && dialect.does_as(3, 0)
}

fn unknown(words: &[Vec<u8>], out: &mut Vec<u8>) {
    let like = if words.is_empty() {
        Vec::new()
    } else {
        command::like(words)
    };
    if like.is_empty() {
        out.extend_from_slice(b"Unknown command. Please enter one of the following commands only:\n");
        command::list(&command::all(), out);
    } else {
        out.extend_from_slice(b"Unknown command, but maybe one of the following ones is a better match:\n");
        command::list(&like, out);
    }
}

/// A command under way.
struct Call<'a, 'v> {
    session: &'a mut Session,
    view: &'a StatsView<'v>,
    control: &'a mut dyn Control,
    sinks: &'a dyn Sinks,
    tls: &'a dyn TlsStore,
    arguments: &'a [Vec<u8>],
    /// The lines behind a command that ended in `<<`.
    payload: Option<&'a [u8]>,
    out: &'a mut Vec<u8>,
}

impl<'a> Call<'a, '_> {
    /// An argument, empty where there is none.
    fn argument(&self, index: usize) -> &'a [u8] {
        self.arguments.get(index).map_or(b"", Vec::as_slice)
    }

    /// One of the arguments is that word.
    fn has_word(&self, word: &[u8]) -> bool {
        self.arguments.iter().any(|a| a == word)
    }

    /// The proxy of that name or, after a `#`, number, among those of a kind: a frontend and a backend may share a name.
    fn find_proxy(&self, word: &[u8], kind: fn(ProxyKind) -> bool) -> Option<ProxyId> {
        let number = number_after_hash(word);
        self.view
            .proxies()
            .filter(|(_, p)| kind(p.kind))
            .find(|(_, p)| match number {
                Some(n) => p.id == n,
                None => p.name == word,
            })
            .map(|(id, _)| id)
    }
}

/// The number in `#12`.
fn number_after_hash(word: &[u8]) -> Option<u32> {
    std::str::from_utf8(word.strip_prefix(b"#")?).ok()?.parse().ok()
}

/// What a command says besides what it has written.
#[derive(Debug)]
enum Reply {
    /// Nothing.
    Done,
    /// What was written is not all.
    Later(ongoing::Next),
    /// A short message.
    Info(String),
    /// Why it was not done.
    Error(String),
}

impl Reply {
    fn error(text: &str) -> Self {
        Self::Error(format!("{text}\n"))
    }

    /// An error that the original sends without the empty line behind it.
    fn bare_error(text: &str) -> Self {
        Self::Error(text.to_owned())
    }

    fn denied() -> Self {
        Self::error("Permission denied")
    }

    fn write(&self, severity: Severity, out: &mut Vec<u8>) {
        let (text, number, word) = match self {
            Self::Done | Self::Later(_) => return,
            Self::Info(text) => (text, "[6]: ", "[info]: "),
            Self::Error(text) => (text, "[3]: ", "[err]: "),
        };
        match severity {
            Severity::None => {}
            Severity::Number => out.extend_from_slice(number.as_bytes()),
            Severity::Word => out.extend_from_slice(word.as_bytes()),
        }
        out.extend_from_slice(text.as_bytes());
    }
}
