//! A message: fields in order, in one of two forms. In the form of net strings each field has its length in front and its kind in
//! brackets, and the signature of everything stands behind the end. In the classic form each field is a line, binary ones in base 64,
//! and the field `auth` signs the lines before it. Who sends the first form has that field too.
//!
//! Found by watching heartbeat 3.0.6.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::{Fault, Keys};

/// The largest message, octets: what a UDP packet holds.
pub const LARGEST: usize = 65_507;

/// The most fields that are looked at. The original's have some twenty.
const MOST_FIELDS: usize = 1024;

const START: &[u8] = b"###\n";
const END: &[u8] = b"%%%\n";

/// The field that signs.
const AUTH: &str = "auth";

/// What a field's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// Octets.
    Binary,
    /// Something else, which is carried and not looked into: messages within messages, lists, and what is compressed.
    Other(u8),
}

impl Kind {
    const fn digit(self) -> u8 {
        match self {
            Self::Text => b'0',
            Self::Binary => b'1',
            Self::Other(digit) => digit,
        }
    }

    const fn of(digit: u8) -> Option<Self> {
        match digit {
            b'0' => Some(Self::Text),
            b'1' => Some(Self::Binary),
            b'2'..=b'9' => Some(Self::Other(digit)),
            _ => None,
        }
    }
}

/// A field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// What its value is.
    pub kind: Kind,
    /// The value.
    pub value: Vec<u8>,
}

/// A message, without its signatures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    fields: Vec<Field>,
}

impl Message {
    /// One of that type.
    #[must_use]
    pub fn new(kind: &str) -> Self {
        Self::default().with("t", kind)
    }

    /// With a field of text behind the others. Ends of lines would end the field, and are left out.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        let value = value.bytes().filter(|byte| !matches!(byte, b'\n' | 0)).collect();
        self.fields.push(Field {
            name: name.to_owned(),
            kind: Kind::Text,
            value,
        });
        self
    }

    /// With a field of octets behind the others.
    #[must_use]
    pub fn with_binary(mut self, name: &str, value: &[u8]) -> Self {
        self.fields.push(Field {
            name: name.to_owned(),
            kind: Kind::Binary,
            value: value.to_vec(),
        });
        self
    }

    /// With a field of another message behind the others.
    #[must_use]
    pub fn with_field(mut self, field: Field) -> Self {
        self.fields.push(field);
        self
    }

    /// All fields.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The value of a field of text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        let field = self
            .fields
            .iter()
            .find(|field| field.name == name && field.kind == Kind::Text)?;
        std::str::from_utf8(&field.value).ok()
    }

    /// The value of a field of octets.
    #[must_use]
    pub fn binary(&self, name: &str) -> Option<&[u8]> {
        self.fields
            .iter()
            .find(|field| field.name == name && field.kind == Kind::Binary)
            .map(|field| field.value.as_slice())
    }

    /// The value of a field that is a hexadecimal number.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<u32> {
        let text = self.text(name)?;
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        u32::from_str_radix(text, 16).ok()
    }

    /// Its type; empty when it says none.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.text("t").unwrap_or_default()
    }

    /// The lines of the classic form, which the field `auth` signs.
    fn lines(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for field in self.fields.iter().filter(|field| field.name != AUTH) {
            line(field, &mut out);
        }
        out
    }

    /// In the form of net strings, signed.
    #[must_use]
    pub fn encode(&self, keys: &Keys) -> Vec<u8> {
        let mut out = START.to_vec();
        for field in self.fields.iter().filter(|field| field.name != AUTH) {
            net_string(field, &mut out);
        }
        let auth = Field {
            name: AUTH.to_owned(),
            kind: Kind::Text,
            value: keys.seal(&self.lines()).into_bytes(),
        };
        net_string(&auth, &mut out);
        out.extend_from_slice(END);
        let seal = keys.seal(&out);
        out.extend_from_slice(format!("{}:{seal},", seal.len()).as_bytes());
        out
    }

    /// In the classic form, signed.
    #[must_use]
    pub fn encode_classic(&self, keys: &Keys) -> Vec<u8> {
        let lines = self.lines();
        let mut out = START.to_vec();
        out.extend_from_slice(&lines);
        out.extend_from_slice(format!("{AUTH}={}\n", keys.seal(&lines)).as_bytes());
        out.extend_from_slice(END);
        out
    }

    /// Reads a packet of either form and proves its signature.
    ///
    /// # Errors
    /// A fault, when it is no message or not rightly signed.
    pub fn decode(packet: &[u8], keys: &Keys) -> Result<Self, Fault> {
        if packet.len() > LARGEST {
            return Err(Fault::Oversized);
        }
        let Some(rest) = packet.strip_prefix(START) else {
            return Err(if START.starts_with(packet) && !packet.is_empty() {
                Fault::Truncated
            } else {
                Fault::Foreign
            });
        };
        if rest.first().is_some_and(u8::is_ascii_digit) {
            Self::decode_net_strings(packet, rest, keys)
        } else {
            Self::decode_lines(rest, keys)
        }
    }

    fn decode_net_strings(packet: &[u8], mut rest: &[u8], keys: &Keys) -> Result<Self, Fault> {
        let mut message = Self::default();
        loop {
            if let Some(behind) = rest.strip_prefix(END) {
                let signed = packet.len() - behind.len();
                if behind.iter().all(|byte| *byte == 0) {
                    return Err(Fault::Unsigned);
                }
                let (seal, _) = take_net_string(behind)?;
                keys.check(packet.get(..signed).unwrap_or_default(), seal)?;
                message.fields.retain(|field| field.name != AUTH);
                return Ok(message);
            }
            if message.fields.len() == MOST_FIELDS {
                return Err(Fault::Malformed);
            }
            let (octets, behind) = take_net_string(rest)?;
            let [b'(', digit, b')', named @ ..] = octets else {
                return Err(Fault::Malformed);
            };
            let kind = Kind::of(*digit).ok_or(Fault::Malformed)?;
            let (name, value) = name_and_value(named)?;
            message.fields.push(Field {
                name,
                kind,
                value: value.to_vec(),
            });
            rest = behind;
        }
    }

    fn decode_lines(mut rest: &[u8], keys: &Keys) -> Result<Self, Fault> {
        let mut message = Self::default();
        let mut seal = None;
        loop {
            if rest.starts_with(END) {
                break;
            }
            if message.fields.len() == MOST_FIELDS {
                return Err(Fault::Malformed);
            }
            let end = rest
                .iter()
                .position(|byte| *byte == b'\n')
                .ok_or(Fault::Truncated)?;
            let (one, behind) = rest.split_at(end);
            rest = behind.get(1..).unwrap_or_default();
            let field = read_line(one)?;
            if field.name == AUTH {
                seal = Some(field.value);
                continue;
            }
            message.fields.push(field);
        }
        let seal = seal.ok_or(Fault::Unsigned)?;
        keys.check(&message.lines(), &seal)?;
        Ok(message)
    }
}

/// The lines of all fields.
pub(super) fn lines_of(message: &Message) -> Vec<u8> {
    let mut out = Vec::new();
    message.fields.iter().for_each(|field| line(field, &mut out));
    out
}

/// A message of lines that nobody signed.
pub(super) fn read_lines(text: &[u8]) -> Result<Message, Fault> {
    let Some(text) = text.strip_suffix(b"\n") else {
        return if text.is_empty() {
            Ok(Message::default())
        } else {
            Err(Fault::Truncated)
        };
    };
    let mut message = Message::default();
    for one in text.split(|byte| *byte == b'\n') {
        if message.fields.len() == MOST_FIELDS {
            return Err(Fault::Malformed);
        }
        message.fields.push(read_line(one)?);
    }
    Ok(message)
}

fn read_line(line: &[u8]) -> Result<Field, Fault> {
    let (kind, named) = match line {
        [b'(', digit, b')', named @ ..] => (Kind::of(*digit).ok_or(Fault::Malformed)?, named),
        named => (Kind::Text, named),
    };
    let (name, value) = name_and_value(named)?;
    let value = match kind {
        Kind::Binary => BASE64.decode(value).map_err(|_| Fault::Malformed)?,
        Kind::Text | Kind::Other(_) => value.to_vec(),
    };
    Ok(Field { name, kind, value })
}

/// A field as a line of the classic form.
fn line(field: &Field, out: &mut Vec<u8>) {
    if field.kind != Kind::Text {
        out.extend_from_slice(&[b'(', field.kind.digit(), b')']);
    }
    out.extend_from_slice(field.name.as_bytes());
    out.push(b'=');
    match field.kind {
        Kind::Binary => out.extend_from_slice(BASE64.encode(&field.value).as_bytes()),
        Kind::Text | Kind::Other(_) => out.extend_from_slice(&field.value),
    }
    out.push(b'\n');
}

/// A field as a net string.
fn net_string(field: &Field, out: &mut Vec<u8>) {
    let length = 3 + field.name.len() + 1 + field.value.len();
    out.extend_from_slice(format!("{length}:(").as_bytes());
    out.extend_from_slice(&[field.kind.digit(), b')']);
    out.extend_from_slice(field.name.as_bytes());
    out.push(b'=');
    out.extend_from_slice(&field.value);
    out.push(b',');
}

fn name_and_value(octets: &[u8]) -> Result<(String, &[u8]), Fault> {
    let equals = octets
        .iter()
        .position(|byte| *byte == b'=')
        .ok_or(Fault::Malformed)?;
    let (name, value) = octets.split_at(equals);
    let name = std::str::from_utf8(name).map_err(|_| Fault::Malformed)?;
    // A name that looks like a kind in brackets would be read as that kind when its line is written again.
    if name.is_empty() || name.starts_with('(') {
        return Err(Fault::Malformed);
    }
    Ok((name.to_owned(), value.get(1..).unwrap_or_default()))
}

/// Takes a net string from the front: its octets, and what stands behind.
fn take_net_string(octets: &[u8]) -> Result<(&[u8], &[u8]), Fault> {
    // A length beyond five digits is beyond any packet.
    let digits = octets
        .iter()
        .take(6)
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    if digits == 6 {
        return Err(Fault::Malformed);
    }
    let (number, rest) = octets.split_at(digits);
    let rest = match rest.first() {
        None => return Err(Fault::Truncated),
        Some(b':') if digits > 0 => rest.get(1..).unwrap_or_default(),
        Some(_) => return Err(Fault::Malformed),
    };
    let length: usize = std::str::from_utf8(number)
        .ok()
        .and_then(|text| text.parse().ok())
        .ok_or(Fault::Malformed)?;
    let (octets, rest) = rest.split_at_checked(length).ok_or(Fault::Truncated)?;
    match rest.first() {
        None => Err(Fault::Truncated),
        Some(b',') => Ok((octets, rest.get(1..).unwrap_or_default())),
        Some(_) => Err(Fault::Malformed),
    }
}
