//! `guid`: a name of a proxy that lasts over reloads.

use syntax::Diagnostic;

use super::line::shown;
use crate::signature::{ReadArgument, Value};

/// A name of letters, digits, `-`, `_`, `.` and `:`, which no other proxy has.
pub(crate) const GUID: ReadArgument = ReadArgument(|reading, cursor, subject| {
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
    let proxy = String::from_utf8_lossy(&reading.own_name()).into_owned();
    let before = reading
        .written
        .guids
        .get(&name)
        .filter(|(before, _)| *before != proxy);
    if let Some((before, span)) = before.cloned() {
        let message = format!("'{}': duplicate entry with proxy {before}", subject.name);
        let told = Diagnostic::alert("duplicate-name", message)
            .at(word.span)
            .label(span, "given here before");
        subject.tell(reading, told.help("give each a name of its own"));
        return None;
    }
    reading.written.guids.insert(name, (proxy, word.span));
    Some(Value::Text(word.text.to_vec().into()))
});
