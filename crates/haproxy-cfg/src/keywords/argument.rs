//! Types of the arguments of sample fetches and converters (manual, section 7.3). What an argument's text must be is judged
//! by `parse::sample`; here it is only named.

/// What an argument of a fetch or a converter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArgType {
    /// Any text.
    Text,
    /// A signed integer of 64 bits.
    Integer,
    /// An IPv4 address.
    Ipv4Address,
    /// An IPv6 address.
    Ipv6Address,
    /// An IPv4 mask: a prefix length, or dotted.
    Mask4,
    /// An IPv6 mask: a prefix length, or an address.
    Mask6,
    /// The name of a frontend; none stands for the proxy itself.
    Frontend,
    /// The name of a backend; none stands for the proxy itself.
    Backend,
    /// A server as `BACKEND/SERVER`, or `SERVER` of the proxy itself.
    Server,
    /// The name of a stick table; none stands for the proxy's own.
    Table,
    /// The name of a userlist.
    Userlist,
    /// A regular expression.
    Regex,
    /// The path of a field in protocol buffers: numbers with dots between them.
    Field,

    /// One of some words.
    OneOf(&'static [&'static str]),
    /// A variable with its scope: `txn.name`.
    Variable,
    /// A variable, or nothing.
    OptionalVariable,
    /// A variable of `strcmp` and `secure_memcmp`.
    RequiredVariable,
    /// A variable that an authentication tag is read from or written to.
    TagVariable,
    /// The scope of variables.
    Scope,
    /// An integer, or a variable that holds one.
    Operand,
    /// Where bytes begin: an integer, or a variable that holds one.
    Offset,
    /// A number of bytes, or a variable that holds one.
    Length,
    /// Text, or a variable that holds it.
    TextOrVariable,
    /// A file that holds a key, or a variable that names one.
    KeyFile,
    /// A secret in base 64, or a variable that holds one; named so in messages.
    Secret(&'static str),
    /// The name of a header; none stands for all of them.
    HeaderName,
    /// Which occurrence of a header: 1 is the first, -1 the last; not before the tenth from the end.
    Occurrence,
    /// The name of a cookie; none stands for all of them.
    CookieName,
    /// The name of an environment variable.
    EnvName,
    /// The name of an ACL, perhaps with `!` in front.
    AclName,
    /// Bytes in hexadecimal digits.
    Hex,
    /// `true`, `false`, `1` or `0`.
    Boolean,
    /// The name of an HTTP method.
    Method,
    /// A token of four characters.
    Token4,
    /// Nothing that is looked at: an argument is accepted with a complaint.
    Unused,
    /// A TLV of the PROXY protocol: a number or a known name.
    TlvType,
    /// A block of a message: `head`, `tail`, `first`, or a number.
    Block,
    /// An integer that is not negative.
    NonNegative,
    /// An integer above 0.
    Positive,
    /// An offset; with a sign it counts from the end of what was read before.
    SignedOffset,
    /// The version of a UUID.
    UuidVersion,
    /// The format of a distinguished name.
    DnFormat,
    /// The size of a key in bits: 128, 192 or 256.
    KeyBits,
    /// A number of bytes from 1 to 8.
    ChunkOf8,
    /// A number of bytes above 0.
    Chunk,
    /// 0 or 1: whether what is left over is cut off.
    Truncate,
    /// Where debugging output goes.
    Sink,
    /// The name of a message digest.
    Digest,
    /// Which word or field: not 0.
    Index,
    /// Characters that separate words.
    Separators,
    /// A tag of FIX messages: a number or a known name.
    FixTag,
    /// How text for JSON is encoded.
    JsonCode,
    /// A path into JSON.
    JsonPath,
    /// What a JSON query gives: `int`, or nothing.
    JsonOutput,
    /// An algorithm of JSON web tokens, or a variable.
    JwtAlgorithm,
    /// The path of a file.
    File,
    /// The path of a map file.
    Map,
    /// A packet type of MQTT, by number or name.
    MqttType,
    /// A field of that packet.
    MqttField,
    /// A type of protocol buffers.
    ProtobufType,
    /// Letters `i` and `g`.
    RegexFlags,
    /// The length of SHA-2 in bits.
    Sha2Bits,
    /// How a URL is encoded: `query`, or nothing.
    UrlEncoding,
}

/// No arguments.
pub(super) const NONE: &[ArgType] = &[];
/// Units of a time stamp.
pub(super) const TIME_UNITS: &[&str] = &["s", "ms", "us"];
/// Units of a round-trip time.
pub(super) const RTT_UNITS: &[&str] = &["us", "ms"];
/// Options of `query`.
pub(super) const QUERY_OPTIONS: &[&str] = &["with_qm"];
/// Whether letters' case counts in the name of a parameter.
pub(super) const CASE_OPTIONS: &[&str] = &["i"];
/// What `rfc7239_field` takes.
pub(super) const RFC7239_FIELDS: &[&str] = &["proto", "host", "for", "by"];
/// When `set-var` is to set.
pub(super) const SET_VAR_CONDITIONS: &[&str] = &[
    "ifexists",
    "ifnotexists",
    "ifempty",
    "ifnotempty",
    "ifset",
    "ifnotset",
    "ifgt",
    "iflt",
];
/// When a sample passes `when`.
pub(super) const WHEN_CONDITIONS: &[&str] = &[
    "error",
    "forwarded",
    "normal",
    "processed",
    "stopping",
    "toapplet",
    "acl",
];

impl ArgType {
    /// The type as the original's listing and messages name it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Integer
            | Self::Occurrence
            | Self::NonNegative
            | Self::Positive
            | Self::UuidVersion
            | Self::KeyBits
            | Self::ChunkOf8
            | Self::Chunk
            | Self::Truncate
            | Self::Index
            | Self::Sha2Bits => "integer",
            Self::Ipv4Address => "IPv4 address",
            Self::Ipv6Address => "IPv6 address",
            Self::Mask4 => "IPv4 mask",
            Self::Mask6 => "IPv6 mask",
            Self::Frontend => "frontend",
            Self::Backend => "backend",
            Self::Server => "server",
            Self::Table => "table",
            Self::Userlist => "user list",
            Self::Regex => "regex",
            Self::Field => "Protocol buffers field number",
            _ => "string",
        }
    }

    /// What the generated reference calls it.
    #[must_use]
    pub fn describe(self) -> String {
        match self {
            Self::OneOf(words) => words.join("\\|"),
            Self::Variable | Self::OptionalVariable | Self::RequiredVariable | Self::TagVariable => {
                "variable".to_owned()
            }
            Self::Scope => "scope".to_owned(),
            Self::Operand | Self::Offset | Self::Length => "integer or variable".to_owned(),
            Self::TextOrVariable => "text or variable".to_owned(),
            Self::KeyFile => "key file, secret or variable".to_owned(),
            Self::Secret(name) => format!("{name} (base 64 or variable)"),
            Self::HeaderName => "header".to_owned(),
            Self::Occurrence => "occurrence".to_owned(),
            Self::CookieName => "cookie".to_owned(),
            Self::EnvName => "environment variable".to_owned(),
            Self::AclName => "ACL".to_owned(),
            Self::Hex => "hexadecimal".to_owned(),
            Self::Boolean => "boolean".to_owned(),
            Self::Method => "method".to_owned(),
            Self::Token4 => "4 characters".to_owned(),
            Self::Unused => "ignored".to_owned(),
            Self::TlvType => "TLV".to_owned(),
            Self::Block => "head\\|tail\\|first\\|number".to_owned(),
            Self::SignedOffset => "offset, or +/- offset".to_owned(),
            Self::UuidVersion => "4\\|7".to_owned(),
            Self::DnFormat => "rfc2253".to_owned(),
            Self::KeyBits => "128\\|192\\|256".to_owned(),
            Self::ChunkOf8 => "1 to 8".to_owned(),
            Self::Chunk | Self::Positive => "integer above 0".to_owned(),
            Self::NonNegative => "integer from 0".to_owned(),
            Self::Truncate => "0\\|1".to_owned(),
            Self::Sink => "sink".to_owned(),
            Self::Digest => "digest".to_owned(),
            Self::Index => "integer, not 0".to_owned(),
            Self::Separators => "characters".to_owned(),
            Self::FixTag => "tag".to_owned(),
            Self::JsonCode => "encoding".to_owned(),
            Self::JsonPath => "JSON path".to_owned(),
            Self::JsonOutput => "int".to_owned(),
            Self::JwtAlgorithm => "algorithm or variable".to_owned(),
            Self::File => "file".to_owned(),
            Self::Map => "map file".to_owned(),
            Self::MqttType => "packet type".to_owned(),
            Self::MqttField => "packet field".to_owned(),
            Self::ProtobufType => "protocol buffers type".to_owned(),
            Self::RegexFlags => "i\\|g\\|ig".to_owned(),
            Self::Sha2Bits => "224\\|256\\|384\\|512".to_owned(),
            Self::UrlEncoding => "query".to_owned(),
            Self::Text => "text".to_owned(),
            plain => plain.name().to_owned(),
        }
    }

    /// Whether nothing at all may stand for it: the text is empty, or a name of the proxy's own.
    #[must_use]
    pub fn may_be_empty(self) -> bool {
        matches!(
            self.name(),
            "string" | "frontend" | "backend" | "server" | "table" | "user list" | "regex"
        )
    }
}
