//! Packets of AgentX: those that a subagent sends, and those that it may be sent (RFC 2741, sections 5 and 6).

use std::net::Ipv4Addr;

/// Bytes of each packet's header.
pub const HEADER_LENGTH: usize = 20;

/// The longest packet that is taken.
const LONGEST: usize = 1 << 20;

/// The most parts of a name (RFC 2578, section 3.5).
const MOST_PARTS: usize = 128;

const VERSION: u8 = 1;
const NON_DEFAULT_CONTEXT: u8 = 0x08;
const NETWORK_BYTE_ORDER: u8 = 0x10;

const OPEN: u8 = 1;
const CLOSE: u8 = 2;
const REGISTER: u8 = 3;
const GET: u8 = 5;
const GET_NEXT: u8 = 6;
const GET_BULK: u8 = 7;
const TEST_SET: u8 = 8;
const COMMIT_SET: u8 = 9;
const UNDO_SET: u8 = 10;
const CLEANUP_SET: u8 = 11;
const NOTIFY: u8 = 12;
const RESPONSE: u8 = 18;

/// The name of an object.
pub type Oid = Vec<u32>;

/// What is wrong with a packet: the connection is of no use after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Another version of the protocol.
    Version(u8),
    /// It ends before what it says is there.
    Short,
    /// It says that it is longer than any packet is.
    Long(usize),
    /// A value in it is of a type that there is not.
    Type(u16),
    /// A name in it has more parts than any name of SNMP.
    Name,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Version(version) => write!(f, "version {version} of AgentX is not known"),
            Self::Short => f.write_str("a packet of AgentX ends too early"),
            Self::Long(length) => write!(f, "a packet of AgentX has {length} bytes"),
            Self::Type(kind) => write!(f, "a packet of AgentX has a value of type {kind}"),
            Self::Name => write!(
                f,
                "a packet of AgentX names something by more than {MOST_PARTS} parts"
            ),
        }
    }
}

/// Why a value cannot be set (RFC 3416, section 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// It is of another type.
    WrongType,
    /// It may not have that value.
    WrongValue,
    /// It cannot be set at all.
    NotWritable,
}

impl Error {
    /// Its number in answers.
    #[must_use]
    pub const fn number(self) -> u16 {
        match self {
            Self::WrongType => 7,
            Self::WrongValue => 10,
            Self::NotWritable => 17,
        }
    }
}

/// What stands in every header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// The session, which the agent numbers.
    pub session: u32,
    /// The question that SNMP asked.
    pub transaction: u32,
    /// The packet that an answer is for.
    pub packet: u32,
}

/// A value of SNMP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// INTEGER.
    Integer(i32),
    /// OCTET STRING.
    Octets(Vec<u8>),
    /// OBJECT IDENTIFIER.
    Name(Oid),
    /// IpAddress.
    Address(Ipv4Addr),
    /// Counter32, which begins anew behind its end.
    Counter32(u32),
    /// Gauge32.
    Gauge32(u32),
    /// TimeTicks: hundredths of a second.
    TimeTicks(u32),
    /// Counter64.
    Counter64(u64),
    /// A value of a type that nothing here has, by the number of its type.
    Other(u16),
    /// There is no such object.
    NoSuchObject,
    /// Nothing follows in this tree.
    EndOfMibView,
}

/// A name with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VarBind {
    /// The name.
    pub name: Oid,
    /// The value.
    pub value: Value,
}

/// What is looked for: from a name on, up to another one, which is out of it; without one, to the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Range {
    /// Where it begins.
    pub start: Oid,
    /// Whether `start` itself may be the answer.
    pub include: bool,
    /// Where it ends; empty for no end.
    pub end: Oid,
}

/// A packet, without its header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Packet {
    /// A subagent begins a session: who it is.
    Open(String),
    /// A session ends.
    Close,
    /// A subagent answers for all below a name.
    Register(Oid),
    /// Values of these names are asked for.
    Get(Vec<Range>),
    /// The next values in these ranges are asked for.
    GetNext(Vec<Range>),
    /// The same, and for ranges behind the first `single` up to `most` values each.
    GetBulk {
        /// Ranges of which one value each is asked for.
        single: u16,
        /// Values of each other range.
        most: u16,
        /// The ranges.
        ranges: Vec<Range>,
    },
    /// Something is to be set: whether that is possible.
    TestSet(Vec<VarBind>),
    /// Managers are to be told of something.
    Notify(Vec<VarBind>),
    /// It is to be set now.
    CommitSet,
    /// It is to be as it was.
    UndoSet,
    /// What was kept for that is no longer needed.
    CleanupSet,
    /// An answer.
    Response {
        /// 0, or the number of an error.
        error: u16,
        /// Which value the error is about, from 1 on.
        index: u16,
        /// Values, in the order of the questions.
        values: Vec<VarBind>,
    },
    /// A packet that a subagent has no answer for.
    Other(u8),
}

impl Packet {
    /// The whole packet, in the network's order of bytes.
    #[must_use]
    pub fn encode(&self, header: Header) -> Vec<u8> {
        let mut out = vec![VERSION, self.kind(), NETWORK_BYTE_ORDER, 0];
        for word in [header.session, header.transaction, header.packet, 0] {
            out.extend(word.to_be_bytes());
        }
        match self {
            Self::Open(description) => {
                // No limit of its own for answers, and no name.
                out.extend([0; 4]);
                put_oid(&mut out, &[], false);
                put_octets(&mut out, description.as_bytes());
            }
            // "Shutdown": the program ends.
            Self::Close => out.extend([5, 0, 0, 0]),
            Self::Register(oid) => {
                // The usual priority.
                out.extend([0, 127, 0, 0]);
                put_oid(&mut out, oid, false);
            }
            Self::Get(ranges) | Self::GetNext(ranges) => put_ranges(&mut out, ranges),
            Self::GetBulk { single, most, ranges } => {
                out.extend(single.to_be_bytes());
                out.extend(most.to_be_bytes());
                put_ranges(&mut out, ranges);
            }
            Self::TestSet(values) | Self::Notify(values) => {
                for one in values {
                    put_value(&mut out, one);
                }
            }
            Self::CommitSet | Self::UndoSet | Self::CleanupSet | Self::Other(_) => {}
            Self::Response { error, index, values } => {
                out.extend([0; 4]);
                out.extend(error.to_be_bytes());
                out.extend(index.to_be_bytes());
                for one in values {
                    put_value(&mut out, one);
                }
            }
        }
        let length = u32::try_from(out.len() - HEADER_LENGTH).unwrap_or(u32::MAX);
        out[16..20].copy_from_slice(&length.to_be_bytes());
        out
    }

    fn kind(&self) -> u8 {
        match self {
            Self::Open(_) => OPEN,
            Self::Close => CLOSE,
            Self::Register(_) => REGISTER,
            Self::Get(_) => GET,
            Self::GetNext(_) => GET_NEXT,
            Self::GetBulk { .. } => GET_BULK,
            Self::TestSet(_) => TEST_SET,
            Self::Notify(_) => NOTIFY,
            Self::CommitSet => COMMIT_SET,
            Self::UndoSet => UNDO_SET,
            Self::CleanupSet => CLEANUP_SET,
            Self::Response { .. } => RESPONSE,
            Self::Other(kind) => *kind,
        }
    }

    /// The first packet of what came, with its header and its length; none while it has not come whole.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(bytes: &[u8]) -> Result<Option<(Header, Self, usize)>, Fault> {
        let Some(first) = bytes.first_chunk::<HEADER_LENGTH>() else {
            return Ok(None);
        };
        let [version, kind, flags, ..] = *first;
        if version != VERSION {
            return Err(Fault::Version(version));
        }
        let mut reader = Reader {
            rest: &first[4..],
            big: flags & NETWORK_BYTE_ORDER != 0,
        };
        let header = Header {
            session: reader.word()?,
            transaction: reader.word()?,
            packet: reader.word()?,
        };
        let length = usize::try_from(reader.word()?).unwrap_or(usize::MAX);
        if length > LONGEST {
            return Err(Fault::Long(length));
        }
        let whole = HEADER_LENGTH + length;
        let Some(payload) = bytes.get(HEADER_LENGTH..whole) else {
            return Ok(None);
        };
        reader.rest = payload;
        let is_question = (GET..=TEST_SET).contains(&kind) || kind == NOTIFY;
        if flags & NON_DEFAULT_CONTEXT != 0 && is_question {
            reader.octets()?;
        }
        let packet = match kind {
            GET => Self::Get(reader.ranges()?),
            GET_NEXT => Self::GetNext(reader.ranges()?),
            GET_BULK => Self::GetBulk {
                single: reader.half()?,
                most: reader.half()?,
                ranges: reader.ranges()?,
            },
            CLOSE => Self::Close,
            TEST_SET => Self::TestSet(reader.values()?),
            NOTIFY => Self::Notify(reader.values()?),
            COMMIT_SET => Self::CommitSet,
            UNDO_SET => Self::UndoSet,
            CLEANUP_SET => Self::CleanupSet,
            RESPONSE => {
                reader.word()?;
                // Values in answers to a subagent's own packets tell it nothing new.
                Self::Response {
                    error: reader.half()?,
                    index: reader.half()?,
                    values: Vec::new(),
                }
            }
            other => Self::Other(other),
        };
        Ok(Some((header, packet, whole)))
    }
}

struct Reader<'a> {
    rest: &'a [u8],
    big: bool,
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let (taken, rest) = self.rest.split_first_chunk::<N>().ok_or(Fault::Short)?;
        self.rest = rest;
        Ok(*taken)
    }

    fn word(&mut self) -> Result<u32, Fault> {
        let bytes = self.take()?;
        Ok(if self.big {
            u32::from_be_bytes(bytes)
        } else {
            u32::from_le_bytes(bytes)
        })
    }

    fn half(&mut self) -> Result<u16, Fault> {
        let bytes = self.take()?;
        Ok(if self.big {
            u16::from_be_bytes(bytes)
        } else {
            u16::from_le_bytes(bytes)
        })
    }

    fn octets(&mut self) -> Result<Vec<u8>, Fault> {
        let length = usize::try_from(self.word()?).unwrap_or(usize::MAX);
        let padded = length.checked_next_multiple_of(4).ok_or(Fault::Short)?;
        let (taken, rest) = self.rest.split_at_checked(padded).ok_or(Fault::Short)?;
        self.rest = rest;
        Ok(taken[..length].to_vec())
    }

    fn long(&mut self) -> Result<u64, Fault> {
        let bytes = self.take()?;
        Ok(if self.big {
            u64::from_be_bytes(bytes)
        } else {
            u64::from_le_bytes(bytes)
        })
    }

    fn values(&mut self) -> Result<Vec<VarBind>, Fault> {
        let mut values = Vec::new();
        while !self.rest.is_empty() {
            let kind = self.half()?;
            self.half()?;
            let (name, _) = self.oid()?;
            let value = match kind {
                2 => Value::Integer(self.word()?.cast_signed()),
                4 => Value::Octets(self.octets()?),
                6 => Value::Name(self.oid()?.0),
                64 => {
                    let octets = self.octets()?;
                    let octets: [u8; 4] = octets.try_into().map_err(|_| Fault::Short)?;
                    Value::Address(octets.into())
                }
                65 => Value::Counter32(self.word()?),
                66 => Value::Gauge32(self.word()?),
                67 => Value::TimeTicks(self.word()?),
                70 => Value::Counter64(self.long()?),
                128 => Value::NoSuchObject,
                130 => Value::EndOfMibView,
                // Opaque has bytes, Null and noSuchInstance have none.
                68 => {
                    self.octets()?;
                    Value::Other(kind)
                }
                5 | 129 => Value::Other(kind),
                _ => return Err(Fault::Type(kind)),
            };
            values.push(VarBind { name, value });
        }
        Ok(values)
    }

    /// A name, and whether it is meant itself.
    fn oid(&mut self) -> Result<(Oid, bool), Fault> {
        let [count, prefix, include, _] = self.take()?;
        let mut oid = Vec::new();
        if prefix != 0 {
            // "internet" stands before it.
            oid.extend([1, 3, 6, 1, u32::from(prefix)]);
        }
        for _ in 0..count {
            oid.push(self.word()?);
        }
        if oid.len() > MOST_PARTS {
            return Err(Fault::Name);
        }
        Ok((oid, include != 0))
    }

    fn ranges(&mut self) -> Result<Vec<Range>, Fault> {
        let mut ranges = Vec::new();
        while !self.rest.is_empty() {
            let (start, include) = self.oid()?;
            let (end, _) = self.oid()?;
            ranges.push(Range { start, include, end });
        }
        Ok(ranges)
    }
}

fn put_oid(out: &mut Vec<u8>, oid: &[u32], include: bool) {
    out.extend([
        u8::try_from(oid.len()).unwrap_or(u8::MAX),
        0,
        u8::from(include),
        0,
    ]);
    for part in oid.iter().take(usize::from(u8::MAX)) {
        out.extend(part.to_be_bytes());
    }
}

fn put_octets(out: &mut Vec<u8>, octets: &[u8]) {
    out.extend(u32::try_from(octets.len()).unwrap_or(u32::MAX).to_be_bytes());
    out.extend(octets);
    out.resize(out.len().next_multiple_of(4), 0);
}

fn put_ranges(out: &mut Vec<u8>, ranges: &[Range]) {
    for range in ranges {
        put_oid(out, &range.start, range.include);
        put_oid(out, &range.end, false);
    }
}

fn put_value(out: &mut Vec<u8>, one: &VarBind) {
    let kind: u16 = match one.value {
        Value::Integer(_) => 2,
        Value::Octets(_) => 4,
        Value::Name(_) => 6,
        Value::Address(_) => 64,
        Value::Counter32(_) => 65,
        Value::Gauge32(_) => 66,
        Value::TimeTicks(_) => 67,
        Value::Counter64(_) => 70,
        Value::Other(kind) => kind,
        Value::NoSuchObject => 128,
        Value::EndOfMibView => 130,
    };
    out.extend(kind.to_be_bytes());
    out.extend([0, 0]);
    put_oid(out, &one.name, false);
    match &one.value {
        Value::Integer(number) => out.extend(number.to_be_bytes()),
        Value::Octets(octets) => put_octets(out, octets),
        Value::Name(name) => put_oid(out, name, false),
        Value::Address(address) => put_octets(out, &address.octets()),
        Value::Counter32(number) | Value::Gauge32(number) | Value::TimeTicks(number) => {
            out.extend(number.to_be_bytes());
        }
        Value::Counter64(number) => out.extend(number.to_be_bytes()),
        // Of Opaque nothing is kept: it is written as empty.
        Value::Other(68) => put_octets(out, &[]),
        Value::Other(_) | Value::NoSuchObject | Value::EndOfMibView => {}
    }
}
