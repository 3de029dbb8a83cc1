//! What types of arguments ask for beyond their form: units, variables, digests, files. What a row is called matters to none
//! of it: the types of its arguments say it all.

use super::map;
use super::variable::variable;
use crate::keywords::ArgType;
use crate::model::{Arg, ArgValue, Word};
use crate::parse::Reading;
use crate::values::{Loose, loose_integer};

/// Digests that OpenSSL 3 knows by name, without dashes.
const DIGESTS: &[&str] = &[
    "md4",
    "md5",
    "md5sha1",
    "sha1",
    "sha224",
    "sha256",
    "sha384",
    "sha512",
    "sha512224",
    "sha512256",
    "sha2224",
    "sha2256",
    "sha2384",
    "sha2512",
    "sha2512/224",
    "sha2512/256",
    "sha3224",
    "sha3256",
    "sha3384",
    "sha3512",
    "shake128",
    "shake256",
    "blake2b512",
    "blake2s256",
    "ripemd160",
    "ripemd",
    "rmd160",
    "sm3",
    "whirlpool",
    "ssl3md5",
    "ssl3sha1",
];
const FIX_TAGS: &[&str] = &[
    "beginstring",
    "bodylength",
    "msgtype",
    "sendercompid",
    "targetcompid",
    "checksum",
];
const JWT_ALGORITHMS: &[&str] = &[
    "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384",
    "PS512", "none",
];
const PROTOBUF_TYPES: &[&str] = &[
    "int32", "uint32", "sint32", "int64", "uint64", "sint64", "bool", "enum", "fixed32", "sfixed32", "float",
    "fixed64", "sfixed64", "double",
];
/// Packet types of MQTT; the number of one is its place, from 1.
const MQTT_TYPES: &[&str] = &[
    "connect",
    "connack",
    "publish",
    "puback",
    "pubrec",
    "pubrel",
    "pubcomp",
    "subscribe",
    "suback",
    "unsubscribe",
    "unsuback",
    "pingreq",
    "pingresp",
    "disconnect",
    "auth",
];
const MQTT_CONNECT: &[&str] = &[
    "flags",
    "protocol_name",
    "protocol_version",
    "client_identifier",
    "will_topic",
    "will_payload",
    "username",
    "password",
    "keepalive",
    "17",
    "33",
    "39",
    "34",
    "25",
    "23",
    "21",
    "22",
    "24",
    "1",
    "2",
    "3",
    "8",
    "9",
    "38",
];
const MQTT_CONNACK: &[&str] = &[
    "flags",
    "protocol_version",
    "reason_code",
    "17",
    "33",
    "36",
    "37",
    "39",
    "18",
    "34",
    "31",
    "40",
    "41",
    "42",
    "19",
    "26",
    "28",
    "21",
    "22",
    "38",
];

/// What a call's arguments are told besides being right.
pub(super) type Remark = Option<&'static str>;

/// Judges `args` of the call of `name`, whose types are `types`, and gives those that are variables or bytes their value.
///
/// # Errors
/// The original's words for the first fault, without a full stop.
pub(super) fn check(
    reading: &mut Reading<'_>,
    name: &str,
    types: &[ArgType],
    args: &mut [Arg],
) -> Result<Remark, String> {
    let mut remark = None;
    // The original looks at this one first.
    let offset = types.iter().position(|kind| *kind == ArgType::SignedOffset);
    if let Some(Arg {
        value: ArgValue::Text(text),
        ..
    }) = offset.and_then(|at| args.get(at))
        && !text.is_empty()
        && !loose_integer(text).exact
    {
        return Err("payload offset2 is not a number".to_owned());
    }
    for (at, kind) in types.iter().enumerate() {
        let given = args.get(at).map(|arg| arg.value.clone());
        match given {
            None => missing(reading, *kind, args)?,
            Some(ArgValue::Integer(value)) => integer(reading, *kind, value, at, args)?,
            Some(ArgValue::File(path)) if *kind == ArgType::Map => {
                let default = args.get(at + 1).map(|arg| arg.value.clone());
                map::check(reading, name, &path, default.as_ref())?;
            }
            Some(ArgValue::File(path)) => key_file(reading, &path, args),
            Some(ArgValue::Text(text)) => {
                if *kind == ArgType::Unused {
                    remark = Some("no argument supported for 'fc_*' sample expressions returning counters.");
                }
                match word(reading, *kind, &text, at, args)? {
                    Some(value) => args[at].value = value,
                    None if *kind == ArgType::KeyFile => {
                        key_file(reading, &text, args);
                        if name == "jwt_decrypt_cert" && !reading.written.key_files.contains_key(&text) {
                            return Err(format!("unknown certificate {text}"));
                        }
                        let judged =
                            name == "jwt_verify" && reading.dialect.strict && reading.dialect.at_least(3, 3);
                        if judged && lacks_key(reading, &text, args) {
                            return Err("(null)".to_owned());
                        }
                    }
                    None => {}
                }
            }
            Some(_) => {}
        }
    }
    Ok(remark)
}

/// Whether an algorithm of certificates is given a file that cannot be read.
fn lacks_key(reading: &Reading<'_>, path: &Word, args: &[Arg]) -> bool {
    let of_certificates = matches!(args.first(), Some(Arg { value: ArgValue::Text(name), .. })
        if !name.starts_with(b"HS") && **name != *b"none");
    of_certificates && !reading.written.key_files.contains_key(path)
}

/// Keeps what a file with a key holds, for all expressions. One that cannot be read is none: there is no key then, which
/// whoever asks is told at run time.
fn key_file(reading: &mut Reading<'_>, path: &Word, args: &[Arg]) {
    // Where the algorithm takes a secret, it is that.
    let takes_secret = matches!(args.first(), Some(Arg { value: ArgValue::Text(name), .. })
        if name.starts_with(b"HS") || **name == *b"none");
    if takes_secret || reading.written.key_files.contains_key(path) {
        return;
    }
    if let Ok(content) = reading.host.read_file(&path.to_string()) {
        reading.written.key_files.insert(path.clone(), content.into());
    }
}

/// What is wrong with leaving an argument out.
fn missing(_reading: &Reading<'_>, kind: ArgType, args: &[Arg]) -> Result<(), String> {
    let separator = matches!(args.first(), Some(Arg { value: ArgValue::Text(text), .. }) if !text.is_empty());
    match kind {
        ArgType::ChunkOf8 => Err("chunk_size out of [1..8] range (0)".to_owned()),
        ArgType::Chunk if separator => Err("chunk_size needs to be positive (0)".to_owned()),
        _ => Ok(()),
    }
}

fn integer(reading: &Reading<'_>, kind: ArgType, value: i64, at: usize, args: &[Arg]) -> Result<(), String> {
    let separator = matches!(args.first(), Some(Arg { value: ArgValue::Text(text), .. }) if !text.is_empty());
    let fault = match kind {
        ArgType::Occurrence if value < -10 => "header occurrence must be >= -10".to_owned(),
        ArgType::NonNegative if value < 0 => format!("payload offset{} must be positive", at + 1),
        ArgType::Positive if value < 1 => "payload length must be > 0".to_owned(),
        ArgType::UuidVersion
            if value != 4 && (value != 7 || (reading.dialect.strict && !reading.dialect.at_least(3, 0))) =>
        {
            format!("Unsupported UUID version: '{value}'")
        }
        ArgType::KeyBits if !matches!(value, 128 | 192 | 256) => {
            "key size must be 128, 192 or 256 (bits).".to_owned()
        }
        ArgType::ChunkOf8 if !(1..=8).contains(&value) => format!("chunk_size out of [1..8] range ({value})"),
        ArgType::Chunk if value < 1 && separator => format!("chunk_size needs to be positive ({value})"),
        ArgType::Truncate if !matches!(value, 0 | 1) => format!("Unsupported truncate value ({value})"),
        ArgType::Index if value == 0 => "Unexpected value 0 for index".to_owned(),
        ArgType::Sha2Bits if !matches!(value, 224 | 256 | 384 | 512) => {
            format!("Unsupported number of bits: '{value}'")
        }
        _ => return Ok(()),
    };
    Err(fault)
}

/// Judges an argument of words; gives its value where that is not the text itself.
fn word(
    reading: &Reading<'_>,
    kind: ArgType,
    text: &[u8],
    at: usize,
    args: &[Arg],
) -> Result<Option<ArgValue>, String> {
    let shown = String::from_utf8_lossy(text);
    let is_one_of = |words: &[&str]| words.iter().any(|word| word.as_bytes() == text);
    // Older versions took them, and gave nothing, or all that is there.
    let is_negative = || {
        let refused = reading.dialect.strict && reading.dialect.at_least(2, 9);
        refused && matches!(operand(text), Some(Some(ArgValue::Integer(..0))))
    };
    let fault = match kind {
        // Letters that are no options are passed over.
        ArgType::OneOf(["i"]) if reading.dialect.strict => return Ok(None),
        ArgType::OneOf(words) if is_one_of(words) || (text.is_empty() && optional_word(words)) => {
            return Ok(None);
        }
        // A condition of `when` may be turned round.
        ArgType::OneOf(words)
            if words.contains(&"toapplet")
                && words.iter().any(|word| text == format!("!{word}").as_bytes()) =>
        {
            return Ok(None);
        }
        ArgType::OneOf(words) => return Err(not_one_of(words, &shown)),
        ArgType::Variable => return variable(text).map(|found| Some(ArgValue::Variable(found))),
        ArgType::OptionalVariable if text.is_empty() => {
            // Joining nothing would give nothing; `concat` takes its text alone.
            let alone = args
                .get(at + 1)
                .is_none_or(|arg| arg.value == ArgValue::Text("".into()));
            let joins = matches!(args.first(), Some(arg) if arg.value != ArgValue::Text("".into()));
            return match alone && joins && at == 1 && args.len() == 2 {
                true => Err("one of the optional arguments has to be nonempty".to_owned()),
                false => Ok(None),
            };
        }
        ArgType::RequiredVariable if text.is_empty() => "missing variable name".to_owned(),
        ArgType::OptionalVariable | ArgType::RequiredVariable => {
            return variable(text)
                .map(|found| Some(ArgValue::Variable(found)))
                .map_err(|_| format!("failed to register variable name '{shown}'"));
        }
        ArgType::Offset if is_negative() => "expects a non-negative integer".to_owned(),
        ArgType::Length if is_negative() => "expects a positive integer".to_owned(),
        ArgType::TlvType if !text.is_empty() => {
            return match tlv_type(&shown) {
                Some(..=255) => Ok(None),
                Some(_) => Err(format!("Invalid TLV Type '{shown}'")),
                None => Err(format!("Could not convert type '{shown}'")),
            };
        }
        // As long as the ACL is not looked for, its name must be there at least.
        ArgType::AclName if text.is_empty() && at == 0 => "ACL '' not found".to_owned(),
        ArgType::Operand | ArgType::Offset | ArgType::Length => {
            return operand(text).ok_or_else(|| "expects an integer or a variable name".to_owned());
        }
        ArgType::TextOrVariable | ArgType::KeyFile => return Ok(variable(text).ok().map(ArgValue::Variable)),
        ArgType::Secret(name) => return secret(name, text),
        ArgType::TagVariable => return secret("aead_tag", text),
        ArgType::Scope
            if !text.is_empty() && !crate::model::Scope::ALL.iter().any(|scope| scope.name() == shown) =>
        {
            format!("invalid scope '{shown}', must be one of: sess, txn, req, res, proc")
        }
        ArgType::Hex if text.is_empty() => "(null)".to_owned(),
        ArgType::Hex => return super::pattern::hexadecimal(text).map(|bytes| Some(ArgValue::Bytes(bytes))),
        ArgType::Boolean => {
            return match text.to_ascii_lowercase().as_slice() {
                b"true" | b"1" => Ok(Some(ArgValue::Bool(true))),
                b"false" | b"0" => Ok(Some(ArgValue::Bool(false))),
                _ => Err("Expects 'true', 'false', '0' or '1'".to_owned()),
            };
        }
        ArgType::Method if !text.iter().all(is_token) => "expects valid method.".to_owned(),
        ArgType::Token4 if text.len() != 4 => "token name must be exactly 4 characters".to_owned(),
        ArgType::Block if text.is_empty() => {
            "a block position is expected (> 0) or a special block name (head, tail, first)".to_owned()
        }
        ArgType::Block if !is_one_of(&["head", "tail", "first"]) && natural(text).is_none() => {
            "invalid block position".to_owned()
        }
        ArgType::SignedOffset if !text.is_empty() => return signed_offset(text, args),
        ArgType::DnFormat if !text.is_empty() && text != b"rfc2253" => {
            "only rfc2253 or a blank value are currently supported as the format argument.".to_owned()
        }
        ArgType::Sink if !sink(reading, &shown) && reading.spoken_before(3, 1) => {
            format!("No such sink '{shown}'")
        }
        ArgType::Digest if !digest(&shown) => {
            "algorithm must be a valid OpenSSL message digest name.".to_owned()
        }
        ArgType::Separators if text.is_empty() => "Empty separators list".to_owned(),
        ArgType::FixTag
            if !FIX_TAGS.contains(&&*shown.to_ascii_lowercase())
                && natural(text).is_none_or(|tag| tag == 0) =>
        {
            format!("Unknown FIX tag name '{shown}'")
        }
        ArgType::JsonCode
            if !text.is_empty() && !is_one_of(&["ascii", "utf8", "utf8s", "utf8p", "utf8ps"]) =>
        {
            "Unexpected input code type. Allowed value are 'ascii', 'utf8', 'utf8s', 'utf8p' and 'utf8ps'"
                .to_owned()
        }
        ArgType::JsonPath if text.is_empty() => "json_path must not be empty".to_owned(),
        ArgType::JsonOutput if !text.is_empty() && text != b"int" => {
            "output_type only supports \"int\" as argument".to_owned()
        }
        ArgType::JwtAlgorithm => return jwt_algorithm(reading, text, &shown),
        ArgType::MqttType if mqtt_type(&shown).is_none() => format!("Unknown MQTT type '{shown}'"),
        ArgType::MqttField => return mqtt_field(&shown, args),
        ArgType::ProtobufType if !is_one_of(PROTOBUF_TYPES) => {
            format!("Wrong protocol buffer type '{shown}'")
        }
        ArgType::RegexFlags => match shown.chars().find(|flag| !matches!(flag, 'i' | 'g')) {
            Some(flag) => format!("invalid regex flag '{flag}', only 'i' and 'g' are supported"),
            None => return Ok(None),
        },
        ArgType::UrlEncoding if !text.is_empty() && text != b"query" => {
            "Unexpected encode type. Allowed value is 'query'".to_owned()
        }
        _ => return Ok(None),
    };
    Err(fault)
}

/// Whether a list of words may be left empty: all but units, which must be given once their place is.
fn optional_word(words: &[&str]) -> bool {
    !words.contains(&"us") && !words.contains(&"toapplet")
}

fn not_one_of(words: &[&str], shown: &str) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    if words.contains(&"ifset") {
        return format!("unknown condition \"{shown}\"");
    }
    if words.contains(&"toapplet") {
        return format!(
            "expects a supported keyword among {{stopping,normal,error,forwarded,toapplet,processed,acl}} but got '{shown}'"
        );
    }
    match quoted.as_slice() {
        [front @ .., last] if !front.is_empty() => {
            format!("expects {} or {last}, got '{shown}'", front.join(", "))
        }
        _ => format!("expects {}, got '{shown}'", quoted.join("")),
    }
}

/// Whether a byte may stand in the name of a method.
fn is_token(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte)
}

fn natural(text: &[u8]) -> Option<u64> {
    Some(text)
        .filter(|text| text.iter().all(u8::is_ascii_digit))
        .and_then(|text| std::str::from_utf8(text).ok()?.parse().ok())
}

/// A number or a variable; nothing counts as 0.
fn operand(text: &[u8]) -> Option<Option<ArgValue>> {
    match loose_integer(text) {
        Loose { value, exact: true } => Some(Some(ArgValue::Integer(value))),
        _ if text.is_empty() => Some(Some(ArgValue::Integer(0))),
        _ => variable(text).ok().map(|found| Some(ArgValue::Variable(found))),
    }
}

fn secret(name: &str, text: &[u8]) -> Result<Option<ArgValue>, String> {
    if let Ok(found) = variable(text) {
        return Ok(Some(ArgValue::Variable(found)));
    }
    match base64(text) {
        Some(bytes) => Ok(Some(ArgValue::Bytes(bytes))),
        None => Err(format!(
            "failed to parse {name} : argument needs to be base64 encoded, and can either be a string or a variable"
        )),
    }
}

/// The bytes of a text in base 64 with its padding.
fn base64(text: &[u8]) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(4) {
        return None;
    }
    let padding = text.iter().rev().take_while(|byte| **byte == b'=').count();
    if padding > 2 {
        return None;
    }
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    for group in text.chunks(4) {
        let mut bits = 0_u32;
        for byte in group {
            let value = match byte {
                b'A'..=b'Z' => byte - b'A',
                b'a'..=b'z' => byte - b'a' + 26,
                b'0'..=b'9' => byte - b'0' + 52,
                b'+' => 62,
                b'/' => 63,
                b'=' => 0,
                _ => return None,
            };
            bits = bits << 6 | u32::from(value);
        }
        out.extend_from_slice(&bits.to_be_bytes()[1..]);
    }
    let body = &text[..text.len() - padding];
    if body.contains(&b'=') {
        return None;
    }
    out.truncate(out.len().saturating_sub(padding));
    Some(out)
}

fn digest(name: &str) -> bool {
    let plain = name.to_ascii_lowercase().replace('-', "");
    DIGESTS.contains(&&*plain)
}

/// Sinks that every process has, and those of `ring` sections above.
/// The type of a value in a PROXY header, as a number or by its name.
fn tlv_type(text: &str) -> Option<u64> {
    const NAMES: &[&str] = &[
        "ALPN",
        "AUTHORITY",
        "CRC32C",
        "UNIQUE_ID",
        "NOOP",
        "SSL",
        "SSL_VERSION",
        "SSL_CN",
        "SSL_CIPHER",
        "SSL_SIG_ALG",
        "SSL_KEY_ALG",
        "NETNS",
    ];
    if NAMES.iter().any(|name| name.eq_ignore_ascii_case(text)) {
        return Some(0);
    }
    match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

fn sink(reading: &Reading<'_>, name: &str) -> bool {
    let buffer = name
        .strip_prefix("buf")
        .is_some_and(|number| matches!(number, "0"));
    let ring = |section: &crate::SectionLines| section.keyword == "ring" && section.name == *name.as_bytes();
    buffer || matches!(name, "stdout" | "stderr") || reading.written.sections.iter().any(ring)
}

fn jwt_algorithm(reading: &Reading<'_>, text: &[u8], shown: &str) -> Result<Option<ArgValue>, String> {
    if let Ok(found) = variable(text) {
        return Ok(Some(ArgValue::Variable(found)));
    }
    if !JWT_ALGORITHMS.contains(&shown) {
        return Err(format!("unknown JWT algorithm: {shown}"));
    }
    let unsigned = reading.dialect.strict && reading.dialect.at_least(3, 3) && shown == "none";
    let allowed = || {
        let mut sections = reading.written.sections.iter().flat_map(|section| &section.lines);
        sections.any(|line| line.name == "jwt.allow_none_alg")
    };
    if unsigned && !allowed() {
        return Err("(null)".to_owned());
    }
    if shown.starts_with("PS") && reading.dialect.strict && !reading.dialect.at_least(2, 7) {
        return Err("RSASSA-PSS JWS signing not managed yet".to_owned());
    }
    Ok(None)
}

/// Index into [`MQTT_TYPES`].
fn mqtt_type(shown: &str) -> Option<usize> {
    match shown.parse::<usize>() {
        Ok(number) => number.checked_sub(1).filter(|index| *index < MQTT_TYPES.len()),
        Err(_) => MQTT_TYPES
            .iter()
            .position(|name| shown.eq_ignore_ascii_case(name)),
    }
}

fn mqtt_field(shown: &str, args: &[Arg]) -> Result<Option<ArgValue>, String> {
    let packet = match args.first().map(|arg| &arg.value) {
        Some(ArgValue::Text(text)) => text.to_string(),
        _ => String::new(),
    };
    let lower = shown.to_ascii_lowercase();
    let known = match mqtt_type(&packet).map(|index| MQTT_TYPES[index]) {
        Some("connect") => MQTT_CONNECT.contains(&&*lower),
        Some("connack") => MQTT_CONNACK.contains(&&*lower),
        Some("puback" | "pubrec" | "pubrel" | "pubcomp") => lower == "reason_code",
        _ => false,
    };
    if known {
        Ok(None)
    } else {
        Err(format!(
            "Unknown MQTT field name '{shown}' for packet type '{packet}'"
        ))
    }
}

/// An offset behind what was read before; it may go back no further than to the beginning.
fn signed_offset(text: &[u8], args: &[Arg]) -> Result<Option<ArgValue>, String> {
    let Loose { value, exact: true } = loose_integer(text) else {
        return Err("payload offset2 is not a number".to_owned());
    };
    let before = |at: usize| match args.get(at) {
        Some(Arg {
            value: ArgValue::Integer(value),
            ..
        }) => *value,
        _ => 0,
    };
    if value < 0 && value.saturating_add(before(0)).saturating_add(before(1)) < 0 {
        return Err("payload offset2 too negative".to_owned());
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_64_is_whole_groups_with_their_padding() {
        assert_eq!(base64(b""), Some(vec![]));
        assert_eq!(base64(b"YWJj"), Some(b"abc".to_vec()));
        assert_eq!(base64(b"YWI="), Some(b"ab".to_vec()));
        assert_eq!(base64(b"YQ=="), Some(b"a".to_vec()));
        assert_eq!(base64(b"a"), None);
        assert_eq!(base64(b"!!!!"), None);
        assert_eq!(base64(b"Y=Jj"), None);
    }

    #[test]
    fn digests_are_known_whatever_their_case_and_dashes() {
        assert!(digest("SHA-256") && digest("sha512-224") && digest("MD5"));
        assert!(!digest("sha") && !digest("null") && !digest(""));
    }
}
