//! Reading a packet (MQTT 5.0, sections 2 and 3). What the original does not look at is not looked at: whether a client's
//! identifier may be empty, whether a will is published with a quality of service that exists.

/// Types of packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Connect,
    Connack,
}

/// What can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Flags,
    ProtocolName,
    ProtocolVersion,
    ClientIdentifier,
    WillTopic,
    WillPayload,
    Username,
    Password,
    KeepAlive,
    ReasonCode,
    Property(u8),
}

/// A field's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value<'a> {
    Number(u32),
    Text(&'a [u8]),
}

/// Why there is no packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It breaks the rules.
    Wrong,
    /// Not all of it is there.
    Incomplete,
}

/// What a property's value is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// A byte, 0 or 1.
    Flag,
    /// Two bytes.
    Short,
    /// Two bytes, not both 0.
    PositiveShort,
    /// Four bytes.
    Long,
    /// Four bytes, not all 0.
    PositiveLong,
    /// Text or bytes behind their length.
    Text,
    /// The same, not empty.
    SomeText,
    /// A name and a value.
    Pair,
}

/// Properties by their numbers, and how they are shaped.
type Properties = &'static [(u8, Shape)];

const USER_PROPERTY: u8 = 38;

const OF_CONNECT: Properties = &[
    (17, Shape::Long),
    (21, Shape::Text),
    (22, Shape::Text),
    (23, Shape::Flag),
    (25, Shape::Flag),
    (33, Shape::PositiveShort),
    (34, Shape::Short),
    (USER_PROPERTY, Shape::Pair),
    (39, Shape::PositiveLong),
];

const OF_WILL: Properties = &[
    (1, Shape::Flag),
    (2, Shape::Long),
    (3, Shape::Text),
    (8, Shape::Text),
    (9, Shape::Text),
    (24, Shape::Long),
    (USER_PROPERTY, Shape::Pair),
];

const OF_CONNACK: Properties = &[
    (17, Shape::Long),
    (18, Shape::SomeText),
    (19, Shape::Short),
    (21, Shape::Text),
    (22, Shape::Text),
    (26, Shape::Text),
    (28, Shape::Text),
    (31, Shape::Text),
    (33, Shape::PositiveShort),
    (34, Shape::Short),
    (36, Shape::Flag),
    (37, Shape::Flag),
    (USER_PROPERTY, Shape::Pair),
    (39, Shape::PositiveLong),
    (40, Shape::Flag),
    (41, Shape::Flag),
    (42, Shape::Flag),
];

/// What is left of a packet.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], Fault> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(Fault::Wrong)?;
        self.0 = rest;
        Ok(taken)
    }

    fn number(&mut self, bytes: usize) -> Result<u32, Fault> {
        let taken = self.take(bytes)?.iter();
        Ok(taken.fold(0, |number, byte| number << 8 | u32::from(*byte)))
    }

    fn text(&mut self) -> Result<&'a [u8], Fault> {
        let length = self.number(2)?;
        self.take(length as usize)
    }

    /// A number with seven bits in each byte, of four bytes at most.
    fn varint(&mut self) -> Result<usize, Fault> {
        let mut number = 0;
        for shift in [0, 7, 14, 21] {
            let byte = self.number(1)?;
            number |= (byte & 127) << shift;
            if byte & 128 == 0 {
                return Ok(number as usize);
            }
        }
        Err(Fault::Wrong)
    }
}

/// A field that is looked for, and what it is.
struct Search<'a> {
    wanted: Option<Field>,
    value: Option<Value<'a>>,
}

impl<'a> Search<'a> {
    fn see(&mut self, field: Field, value: Value<'a>) {
        if self.wanted == Some(field) {
            self.value = Some(value);
        }
    }

    /// Reads properties. Those with numbers that are not there count as 0.
    ///
    /// # Errors
    /// `unknown` for a property that does not belong there.
    fn properties(
        &mut self,
        reader: &mut Reader<'a>,
        known: Properties,
        unknown: Fault,
    ) -> Result<(), Fault> {
        if let Some(Field::Property(wanted)) = self.wanted
            && known.iter().any(|(id, shape)| {
                *id == wanted && !matches!(shape, Shape::Text | Shape::SomeText | Shape::Pair)
            })
        {
            self.value = Some(Value::Number(0));
        }
        let length = reader.varint()?;
        let mut inner = Reader(reader.take(length)?);
        let mut seen = 0_u64;
        let mut authentication = [false; 2];
        while !inner.0.is_empty() {
            let id = inner.number(1)? as u8;
            let Some((_, shape)) = known.iter().find(|(known, _)| *known == id) else {
                return Err(unknown);
            };
            if seen >> id & 1 == 1 && id != USER_PROPERTY {
                return Err(Fault::Wrong);
            }
            seen |= 1 << id;
            let (value, right) = match shape {
                Shape::Text | Shape::SomeText => {
                    let text = inner.text()?;
                    authentication[0] |= id == 21 && !text.is_empty();
                    authentication[1] |= id == 22 && !text.is_empty();
                    (Value::Text(text), *shape == Shape::Text || !text.is_empty())
                }
                Shape::Pair => {
                    inner.text()?;
                    inner.text()?;
                    continue;
                }
                Shape::Flag => {
                    let number = inner.number(1)?;
                    (Value::Number(number), number < 2)
                }
                Shape::Short | Shape::PositiveShort => {
                    let number = inner.number(2)?;
                    (Value::Number(number), *shape == Shape::Short || number > 0)
                }
                Shape::Long | Shape::PositiveLong => {
                    let number = inner.number(4)?;
                    (Value::Number(number), *shape == Shape::Long || number > 0)
                }
            };
            if !right {
                return Err(Fault::Wrong);
            }
            self.see(Field::Property(id), value);
        }
        // A client that gives data for its authentication says by which method.
        if unknown == Fault::Wrong && authentication == [false, true] {
            return Err(Fault::Wrong);
        }
        Ok(())
    }
}

/// Reads the packet that `bytes` begin with and gives the value of the field that is wanted of its type, if it has that.
///
/// # Errors
/// When it is no right packet of a type that is read.
pub(super) fn parse(bytes: &[u8], wanted: Option<(Kind, Field)>) -> Result<Option<Value<'_>>, Fault> {
    let [first, rest @ ..] = bytes else {
        return Err(Fault::Incomplete);
    };
    if rest.is_empty() {
        return Err(Fault::Incomplete);
    }
    // What stands in the lower half is set in neither type.
    let kind = match first {
        0x10 => Kind::Connect,
        0x20 => Kind::Connack,
        _ => return Err(Fault::Wrong),
    };
    let mut reader = Reader(rest);
    let length = reader.varint()?;
    let Some(body) = reader.0.get(..length) else {
        return Err(Fault::Incomplete);
    };
    let mut search = Search {
        wanted: wanted.filter(|(of, _)| *of == kind).map(|(_, field)| field),
        value: None,
    };
    let mut reader = Reader(body);
    match kind {
        Kind::Connect => connect(&mut reader, &mut search)?,
        Kind::Connack => connack(&mut reader, &mut search)?,
    }
    if reader.0.is_empty() {
        Ok(search.value)
    } else {
        Err(Fault::Wrong)
    }
}

fn connect<'a>(reader: &mut Reader<'a>, search: &mut Search<'a>) -> Result<(), Fault> {
    let name = reader.text()?;
    if !name.eq_ignore_ascii_case(b"MQTT") && !name.eq_ignore_ascii_case(b"MQIsdp") {
        return Err(Fault::Wrong);
    }
    search.see(Field::ProtocolName, Value::Text(name));
    let version = reader.number(1)?;
    if !matches!(version, 3..=5) {
        return Err(Fault::Wrong);
    }
    search.see(Field::ProtocolVersion, Value::Number(version));
    let flags = reader.number(1)?;
    if flags & 1 != 0 {
        return Err(Fault::Wrong);
    }
    search.see(Field::Flags, Value::Number(flags));
    search.see(Field::KeepAlive, Value::Number(reader.number(2)?));
    if version == 5 {
        search.properties(reader, OF_CONNECT, Fault::Wrong)?;
    }
    search.see(Field::ClientIdentifier, Value::Text(reader.text()?));
    if flags & 0x04 != 0 {
        if version == 5 {
            search.properties(reader, OF_WILL, Fault::Wrong)?;
        }
        search.see(Field::WillTopic, Value::Text(reader.text()?));
        search.see(Field::WillPayload, Value::Text(reader.text()?));
    }
    if flags & 0x80 != 0 {
        search.see(Field::Username, Value::Text(reader.text()?));
    }
    if flags & 0x40 != 0 {
        search.see(Field::Password, Value::Text(reader.text()?));
    }
    Ok(())
}

fn connack<'a>(reader: &mut Reader<'a>, search: &mut Search<'a>) -> Result<(), Fault> {
    let flags = reader.number(1)?;
    if flags > 1 {
        return Err(Fault::Wrong);
    }
    search.see(Field::Flags, Value::Number(flags));
    search.see(Field::ReasonCode, Value::Number(reader.number(1)?));
    // The packet does not say its version, but only that of 5.0 goes on.
    let version = if reader.0.is_empty() { 4 } else { 5 };
    search.see(Field::ProtocolVersion, Value::Number(version));
    if version == 5 {
        search.properties(reader, OF_CONNACK, Fault::Incomplete)?;
    }
    Ok(())
}
