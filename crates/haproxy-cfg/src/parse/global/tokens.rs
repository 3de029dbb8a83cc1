//! Algorithms of encrypted tokens (RFC 7518), as `jwt.decrypt_alg_list` and `jwt.decrypt_enc_list` name them.

use syntax::{Diagnostic, closest};

use super::super::line::shown;
use crate::signature::{ReadArgument, Value};

/// Algorithms for keys, and for content.
const ALGORITHMS: [&[&str]; 2] = [
    &[
        "RSA1_5",
        "RSA-OAEP",
        "RSA-OAEP-256",
        "A128KW",
        "A192KW",
        "A256KW",
        "dir",
        "ECDH-ES",
        "ECDH-ES+A128KW",
        "ECDH-ES+A192KW",
        "ECDH-ES+A256KW",
        "A128GCMKW",
        "A192GCMKW",
        "A256GCMKW",
    ],
    &[
        "A128CBC-HS256",
        "A192CBC-HS384",
        "A256CBC-HS512",
        "A128GCM",
        "A192GCM",
        "A256GCM",
    ],
];

/// Algorithms, a word each.
pub(crate) const JWE_ALGORITHMS: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let of_content = subject.name.contains("enc");
    let known = ALGORITHMS[usize::from(of_content)];
    let mut list = Vec::new();
    while let Some(word) = cursor.next() {
        let Some(name) = known.iter().find(|name| name.as_bytes() == &*word.text) else {
            let message = format!("Unknown algorithm/encoding {}", shown(word));
            let near = closest(&word.text, known.iter().copied());
            let help = near.map_or(format!("write some of {}", known.join(", ")), |near| {
                format!("did you mean '{near}'?")
            });
            let told = Diagnostic::alert("unknown-option", message).at(word.span);
            subject.tell(reading, told.help(help));
            return None;
        };
        list.push(Value::Word(name));
    }
    Some(Value::List(list))
});

/// No arguments at all, in the words of `jwt.allow_none_alg`.
pub(crate) const NOTHING: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let Some(word) = cursor.next() else {
        return Some(Value::Word("on"));
    };
    let message = format!(
        "keyword '{}' in 'global' section does not take any arguments.",
        subject.name
    );
    let (file, at) = reading.sources.locate(word.span);
    // The original names the place twice here.
    let message = if reading.dialect.strict {
        format!("parsing [{file}:{}]: {message}", at.line)
    } else {
        message
    };
    subject.alert(reading, "extra-argument", word.span, message, "remove it");
    None
});
