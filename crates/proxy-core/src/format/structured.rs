//! Values as JSON (RFC 8259) and CBOR (RFC 8949) have them, for formats with `+json` and `+cbor`.

use haproxy_cfg::model::Encoding;

use crate::sample::Sink;

/// A part's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// There is none.
    Missing,
    /// There is none, and JSON says so.
    Null,
    /// Text that is put together: CBOR has it as a string whose end says how long it is.
    Pieces(&'a [u8]),
    /// A number.
    Int(i64),
    /// Yes or no.
    Bool(bool),
    /// Text.
    Text(&'a [u8]),
    /// Bytes that are no text.
    Bytes(&'a [u8]),
}

/// Writes values into `out`, one after the other.
pub(super) struct Writer<'o, O> {
    out: &'o mut O,
    encoding: Encoding,
    /// Something has been written into the object.
    begun: bool,
}

impl<'o, O: Sink> Writer<'o, O> {
    pub(super) fn new(out: &'o mut O, encoding: Encoding) -> Self {
        Self {
            out,
            encoding,
            begun: false,
        }
    }

    /// The beginning of an object.
    pub(super) fn open(&mut self) {
        match self.encoding {
            Encoding::Plain => {}
            Encoding::Json => self.raw(b"{"),
            // A map of a length that its end tells.
            Encoding::Cbor | Encoding::CborBytes => self.octet(0xbf),
        }
    }

    /// The end of an object.
    pub(super) fn close(&mut self) {
        match self.encoding {
            Encoding::Plain => {}
            Encoding::Json => self.raw(b"}"),
            Encoding::Cbor | Encoding::CborBytes => self.octet(0xff),
        }
    }

    /// A member of an object.
    pub(super) fn member(&mut self, name: &[u8], value: Value<'_>) {
        if self.encoding == Encoding::Json && std::mem::replace(&mut self.begun, true) {
            self.raw(b", ");
        }
        self.value(Value::Text(name));
        if self.encoding == Encoding::Json {
            self.raw(b": ");
        }
        self.value(value);
    }

    /// A value alone.
    pub(super) fn value(&mut self, value: Value<'_>) {
        match self.encoding {
            Encoding::Json | Encoding::Plain => self.json(value),
            Encoding::Cbor | Encoding::CborBytes => self.cbor(value),
        }
    }

    fn json(&mut self, value: Value<'_>) {
        match value {
            // The original writes no null.
            Value::Missing => self.raw(b"\"\""),
            Value::Null => self.raw(b"null"),
            Value::Int(number) => self.raw(number.to_string().as_bytes()),
            Value::Bool(true) => self.raw(b"true"),
            Value::Bool(false) => self.raw(b"false"),
            Value::Text(text) | Value::Bytes(text) | Value::Pieces(text) => self.json_string(text),
        }
    }

    fn json_string(&mut self, text: &[u8]) {
        self.raw(b"\"");
        for byte in text {
            self.json_octet(*byte);
        }
        self.raw(b"\"");
    }

    /// Octets beyond ASCII stand each for itself, as Latin-1 has them, whatever they make together.
    fn json_octet(&mut self, byte: u8) {
        match byte {
            b'"' | b'\\' => self.raw(&[b'\\', byte]),
            8 => self.raw(b"\\b"),
            12 => self.raw(b"\\f"),
            b'\n' => self.raw(b"\\n"),
            b'\r' => self.raw(b"\\r"),
            b'\t' => self.raw(b"\\t"),
            0..32 | 127.. => self.raw(format!("\\u{byte:04X}").as_bytes()),
            _ => self.raw(&[byte]),
        }
    }

    fn cbor(&mut self, value: Value<'_>) {
        match value {
            Value::Missing | Value::Null => self.octet(0xf6),
            Value::Pieces(text) => {
                self.octet(0x7f);
                if !text.is_empty() {
                    self.head(3, text.len() as u64);
                    self.octets(text);
                }
                self.octet(0xff);
            }
            Value::Bool(false) => self.octet(0xf4),
            Value::Bool(true) => self.octet(0xf5),
            Value::Int(number @ 0..) => self.head(0, number.cast_unsigned()),
            // -1 is 0, -2 is 1 …
            Value::Int(number) => self.head(1, !number.cast_unsigned()),
            Value::Bytes(bytes) => {
                self.head(2, bytes.len() as u64);
                self.octets(bytes);
            }
            // As the original, which does not look whether it is UTF-8.
            Value::Text(text) => {
                self.head(3, text.len() as u64);
                self.octets(text);
            }
        }
    }

    /// A major type and its argument, in as few bytes as can be.
    fn head(&mut self, kind: u8, argument: u64) {
        let kind = kind << 5;
        let bytes = argument.to_be_bytes();
        let (additional, length) = match argument {
            0..24 => return self.octet(kind | bytes[7]),
            24..=0xff => (24, 1),
            0x100..=0xffff => (25, 2),
            0x1_0000..=0xffff_ffff => (26, 4),
            _ => (27, 8),
        };
        self.octet(kind | additional);
        self.octets(&bytes[8 - length..]);
    }

    fn octets(&mut self, octets: &[u8]) {
        for octet in octets {
            self.octet(*octet);
        }
    }

    fn octet(&mut self, octet: u8) {
        const HEX: &[u8; 16] = b"0123456789ABCDEF";
        if self.encoding == Encoding::CborBytes {
            self.out.put(&[octet]);
        } else {
            self.out
                .put(&[HEX[usize::from(octet >> 4)], HEX[usize::from(octet & 15)]]);
        }
    }

    fn raw(&mut self, bytes: &[u8]) {
        self.out.put(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(encoding: Encoding, value: Value<'_>) -> String {
        let mut out = Vec::new();
        Writer::new(&mut out, encoding).value(value);
        String::from_utf8(out).unwrap()
    }

    /// From appendix A of RFC 8949.
    #[test]
    fn cbor_is_that_of_the_rfc() {
        let cases = [
            (Value::Int(0), "00"),
            (Value::Int(10), "0A"),
            (Value::Int(23), "17"),
            (Value::Int(24), "1818"),
            (Value::Int(100), "1864"),
            (Value::Int(1000), "1903E8"),
            (Value::Int(1_000_000), "1A000F4240"),
            (Value::Int(1_000_000_000_000), "1B000000E8D4A51000"),
            (Value::Int(-1), "20"),
            (Value::Int(-10), "29"),
            (Value::Int(-100), "3863"),
            (Value::Int(-1000), "3903E7"),
            (Value::Bool(false), "F4"),
            (Value::Bool(true), "F5"),
            (Value::Missing, "F6"),
            (Value::Bytes(&[1, 2, 3, 4]), "4401020304"),
            (Value::Text(b""), "60"),
            (Value::Text(b"IETF"), "6449455446"),
            (Value::Text(b"\"\\"), "62225C"),
            (Value::Text("\u{fc}".as_bytes()), "62C3BC"),
            (Value::Text(b"\xfc"), "61FC"),
        ];
        for (value, expected) in cases {
            assert_eq!(written(Encoding::Cbor, value), expected, "{value:?}");
        }
        let mut out = Vec::new();
        Writer::new(&mut out, Encoding::CborBytes).value(Value::Int(1000));
        assert_eq!(out, [0x19, 0x03, 0xe8]);
    }

    #[test]
    fn json_is_valid_whatever_the_bytes_are() {
        let every: Vec<u8> = (0..=255).chain("\u{fc}\u{1f600}".bytes()).collect();
        let text = written(Encoding::Json, Value::Text(&every));
        let read: String = serde_json::from_str(&text).unwrap();
        let latin: String = every.iter().copied().map(char::from).collect();
        assert_eq!(read, latin);
        assert_eq!(
            written(Encoding::Json, Value::Int(i64::MIN)),
            "-9223372036854775808"
        );
        assert_eq!(written(Encoding::Json, Value::Missing), "\"\"");
    }

    #[test]
    fn objects_have_their_members_in_order() {
        let members = |encoding| {
            let mut out = Vec::new();
            let mut writer = Writer::new(&mut out, encoding);
            writer.open();
            writer.member(b"a", Value::Int(1));
            writer.member(b"b\"", Value::Text(b"x"));
            writer.close();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(members(Encoding::Json), r#"{"a": 1, "b\"": "x"}"#);
        assert_eq!(members(Encoding::Cbor), "BF6161016262226178FF");
    }
}
