//! `show events`: what sinks there are, and what those that are rings hold.

use super::{Call, Reply};

/// Where messages of the program and lines of logs go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SinkState {
    /// Its name.
    pub name: Box<[u8]>,
    /// It keeps what it gets: it is a ring.
    pub keeps: bool,
    /// Messages that had no room.
    pub dropped: u64,
    /// What it is.
    pub about: Box<[u8]>,
}

/// What a sink holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The messages, without ends.
    pub messages: Vec<Box<[u8]>>,
    /// The number of the next one.
    pub next: u64,
}

/// The sinks of the running process.
pub trait Sinks {
    /// Each, in the order in which they are shown.
    fn list(&self) -> Vec<SinkState>;
    /// What the ring of that name holds from message number `from` on; none where there is no such ring.
    fn held(&self, name: &[u8], from: u64) -> Option<Held>;
}

/// Sinks of who has none.
#[derive(Clone, Copy, Debug)]
pub struct NoSinks;

impl Sinks for NoSinks {
    fn list(&self) -> Vec<SinkState> {
        Vec::new()
    }

    fn held(&self, _: &[u8], _: u64) -> Option<Held> {
        None
    }
}

/// How the messages that follow are shown, until something comes over the connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Follow {
    /// The sink.
    pub name: Vec<u8>,
    /// The message that comes next.
    pub next: u64,
    ends: u8,
    sanitizes: bool,
}

impl Follow {
    /// Appends the messages that came, and goes on behind them.
    pub fn write(&mut self, held: &Held, out: &mut Vec<u8>) {
        for message in &held.messages {
            let start = out.len();
            out.extend_from_slice(message);
            if self.sanitizes {
                for byte in &mut out[start..] {
                    if !matches!(byte, b' '..=b'~') {
                        *byte = b'.';
                    }
                }
            }
            out.push(self.ends);
        }
        self.next = held.next;
    }
}

/// `show events [SINK] [-w] [-n] [-0] [-s]`.
pub(super) fn show(call: &mut Call<'_, '_>) -> Reply {
    let [name, options @ ..] = call.arguments else {
        list(call);
        return Reply::Done;
    };
    let sinks = call.sinks.list();
    let Some(sink) = sinks.iter().find(|sink| *sink.name == **name) else {
        return Reply::error("No such event sink");
    };
    let (mut waits, mut only_new) = (false, false);
    let mut follow = Follow {
        name: name.clone(),
        next: 0,
        ends: b'\n',
        sanitizes: false,
    };
    for option in options {
        let Some(letters) = option.strip_prefix(b"-") else {
            return Reply::error("unknown option");
        };
        for letter in letters {
            match letter {
                b'w' => waits = true,
                b'n' => only_new = true,
                b'0' => follow.ends = 0,
                b's' => follow.sanitizes = true,
                _ => return Reply::error("unknown option"),
            }
        }
    }
    let Some(held) = call.sinks.held(name, 0).filter(|_| sink.keeps) else {
        return Reply::error("Nothing to report for this sink");
    };
    if only_new {
        follow.next = held.next;
    } else {
        follow.write(&held, call.out);
    }
    if waits {
        call.session.follows = Some(follow);
    }
    Reply::Done
}

fn list(call: &mut Call<'_, '_>) {
    let words = if call.view.config.dialect.does_as(3, 0) {
        "-0(zero), -w(wait), -n(new), -s(anitize). Any key to stop."
    } else {
        "-w(wait), -n(new). Any key to stop"
    };
    let head = format!("Supported events sinks are listed below. Add {words}\n");
    call.out.extend_from_slice(head.as_bytes());
    for sink in call.sinks.list() {
        call.out.extend_from_slice(b"    ");
        call.out.extend_from_slice(&sink.name);
        let room = 10_usize.saturating_sub(sink.name.len());
        call.out.extend(std::iter::repeat_n(b' ', room));
        let kind = if sink.keeps { "buffer" } else { "fd" };
        let figures = format!(" : type={kind}, {} dropped, ", sink.dropped);
        call.out.extend_from_slice(figures.as_bytes());
        call.out.extend_from_slice(&sink.about);
        call.out.push(b'\n');
    }
}
