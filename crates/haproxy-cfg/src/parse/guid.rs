//! `guid`: a name of a proxy or a server that lasts over reloads.

use syntax::Diagnostic;

use super::Reading;
use super::line::shown;
use crate::signature::{Cursor, ReadArgument, Subject, Value};

/// A name of letters, digits, `-`, `_`, `.` and `:`, which nothing else has: that of a proxy.
pub(crate) const GUID: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let proxy = String::from_utf8_lossy(&reading.own_name()).into_owned();
    guid(reading, cursor, subject, format!("proxy {proxy}"))
});

/// The same of a server.
pub(crate) const OF_SERVER: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let backend = String::from_utf8_lossy(&reading.own_name()).into_owned();
    let owner = format!("server {backend}/{}", subject.of);
    guid(reading, cursor, subject, owner)
});

fn guid(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
    owner: String,
) -> Option<Value> {
    let Some(word) = cursor.next() else {
        let message = format!("'{}' : expects an argument", subject.name);
        subject.alert(reading, "missing-argument", subject.behind, message, "add a name");
        return None;
    };
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':');
    if let Some(wrong) = word.text.iter().find(|byte| !allowed(byte)) {
        let wrong = String::from_utf8_lossy(std::slice::from_ref(wrong)).into_owned();
        let message = format!("'{}': invalid character '{wrong}'", subject.name);
        let help = "use letters, digits, '-', '_', '.' and ':'";
        subject.alert(reading, "bad-name", word.span, message, help);
        return None;
    }
    let name = shown(word).into_owned();
    let before = reading
        .written
        .guids
        .get(&name)
        .filter(|(before, _)| *before != owner);
    if let Some((before, span)) = before.cloned() {
        let message = format!("'{}': duplicate entry with {before}", subject.name);
        let told = Diagnostic::alert("duplicate-name", message)
            .at(word.span)
            .label(span, "given here before");
        subject.tell(reading, told.help("give each a name of its own"));
        return None;
    }
    reading.written.guids.insert(name, (owner, word.span));
    Some(Value::Text(word.text.to_vec().into()))
}
