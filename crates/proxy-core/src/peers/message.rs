//! Messages behind the greeting: their frames, and those that are short.

use super::definition::Definition;
use super::dictionary::{Known, Told};
use super::integer::{need, put, take, word};
use super::update::Update;

/// The longest message that is taken, in bytes: longer ones do not fit a buffer of the other side either.
const LONGEST: u64 = 1 << 16;

/// What came is no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what came is no message of the peers protocol")]
pub struct Fault;

/// Words about the exchange itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// Tell all entries.
    Synchronise,
    /// All were told by one who knows all.
    Finished,
    /// All were told by one who may not know all.
    Partial,
    /// That was heard.
    Confirmed,
    /// Still there.
    Heartbeat,
}

/// What was wrong with what the other side said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It made no sense.
    Protocol,
    /// It was too long.
    Size,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// About the exchange.
    Control(Control),
    /// What was wrong; the connection ends behind it.
    Trouble(Trouble),
    /// The table that updates are about from here on.
    Definition(Definition),
    /// They are about the table of that number again, which was told of before.
    Switch(u64),
    /// An entry.
    Update(Update),
    /// Updates of the reader's table of that number were read, up to that one.
    Acknowledged(u64, u32),
    /// One that nobody here knows, to be passed over.
    Unknown,
}

/// Classes of messages.
const CONTROL: u8 = 0;
const TROUBLE: u8 = 1;
const TABLES: u8 = 10;

/// From this type on messages say how long they are.
const LONG: u8 = 128;

/// Types of messages about tables, beside those of updates.
const DEFINITION: u8 = 130;
const SWITCH: u8 = 131;
const ACKNOWLEDGED: u8 = 132;

const CONTROLS: [Control; 5] = [
    Control::Synchronise,
    Control::Finished,
    Control::Partial,
    Control::Confirmed,
    Control::Heartbeat,
];
const TROUBLES: [Trouble; 2] = [Trouble::Protocol, Trouble::Size];

impl Control {
    /// Appends the message.
    pub fn write(self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[CONTROL, self as u8]);
    }
}

impl Trouble {
    /// Appends the message.
    pub fn write(self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[TROUBLE, self as u8]);
    }
}

impl Definition {
    /// Appends the message: updates behind it are of that table.
    pub fn write(&self, out: &mut Vec<u8>) {
        let mut body = Vec::new();
        self.write_body(&mut body);
        put_long(out, DEFINITION, &body);
    }
}

impl Update {
    /// Appends the message. `definition` is the last one that went before it, `told` what went before it on this connection.
    pub fn write(&self, definition: &Definition, told: &mut Told, out: &mut Vec<u8>) {
        let mut body = Vec::new();
        self.write_body(definition, told, &mut body);
        put_long(out, self.kind(), &body);
    }
}

/// Appends the message that updates of the reader's table `id` were read, up to that of `number`.
pub fn acknowledge(id: u64, number: u32, out: &mut Vec<u8>) {
    let mut body = Vec::new();
    put(&mut body, id);
    body.extend_from_slice(&number.to_be_bytes());
    put_long(out, ACKNOWLEDGED, &body);
}

fn put_long(out: &mut Vec<u8>, kind: u8, body: &[u8]) {
    out.extend_from_slice(&[TABLES, kind]);
    put(out, body.len() as u64);
    out.extend_from_slice(body);
}

/// Reads a message from the beginning of `from`, with how many bytes it has; none when its end is not there. Updates are of the table
/// that `definition` tells of, the last one that was read.
///
/// # Errors
/// When it is malformed: nothing behind it can be made sense of.
pub fn read(
    from: &[u8],
    definition: Option<&Definition>,
    known: &mut Known,
) -> Result<Option<(Message, usize)>, Fault> {
    let [class, kind, rest @ ..] = from else {
        return Ok(None);
    };
    let short = |message| Ok(Some((message, 2)));
    match (*class, *kind) {
        (CONTROL, 0..LONG) => {
            let control = CONTROLS.get(usize::from(*kind));
            return short(control.map_or(Message::Unknown, |control| Message::Control(*control)));
        }
        (TROUBLE, 0..LONG) => {
            let trouble = TROUBLES.get(usize::from(*kind));
            return short(trouble.map_or(Message::Unknown, |trouble| Message::Trouble(*trouble)));
        }
        (_, 0..LONG) => return short(Message::Unknown),
        _ => {}
    }
    let mut rest = rest;
    let Some(length) = take(&mut rest)? else {
        return Ok(None);
    };
    if length > LONGEST {
        return Err(Fault);
    }
    let Some(mut body) = rest.get(..length as usize) else {
        return Ok(None);
    };
    let used = from.len() - rest.len() + body.len();
    let message = match (*class, *kind) {
        (TABLES, 128 | 129 | 133 | 134) => match definition {
            Some(definition) => Message::Update(Update::read(*kind, body, definition, known)?),
            // Of a table that was not told of: passed over, as the original does.
            None => Message::Unknown,
        },
        (TABLES, DEFINITION) => Message::Definition(Definition::read(body)?),
        (TABLES, SWITCH) => Message::Switch(need(&mut body)?),
        (TABLES, ACKNOWLEDGED) => Message::Acknowledged(need(&mut body)?, word(&mut body)?),
        _ => Message::Unknown,
    };
    Ok(Some((message, used)))
}
