//! The client for our own requests, and files of Lua.

use syntax::{Context, Diagnostic};

use super::super::line::shown;
use crate::signature::{ReadArgument, Value};
use crate::written::ReferenceKind;

/// The resolvers of our own requests.
pub(crate) const CLIENT_RESOLVERS: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let word = cursor.next();
    let name = word.map(|word| word.text.to_vec()).unwrap_or_default();
    if cursor.peek().is_none() && name != b"default" {
        let span = word.map_or(subject.behind, |word| word.span);
        reading.refer(ReferenceKind::ClientResolvers, &name, span);
    }
    Some(Value::Text(name.into()))
});

/// The authorities for our own requests.
pub(crate) const CLIENT_CA: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let word = cursor.next();
    let path = word.map(|word| shown(word).into_owned()).unwrap_or_default();
    if cursor.peek().is_none()
        && path != "@system-ca"
        && (path.is_empty() || reading.host.path_kind(&path).is_err())
    {
        let span = word.map_or(subject.behind, |word| word.span);
        for message in [
            format!("Couldn't open the ca-file '{path}' (No such file or directory)."),
            format!("httpclient: cannot initialize: cannot initialize SSL verify with 'ca-file \"{path}\"'."),
        ] {
            // Since 2.7 it is said, and no more.
            let refuses = !(reading.dialect.strict && reading.dialect.at_least(2, 7));
            let told = Diagnostic::alert("missing-file", message)
                .at(span)
                .refusing(refuses);
            reading.tell(told.context(Context::Whole).help("check the path"));
        }
        return None;
    }
    Some(Value::Text(path.into()))
});

/// A file of Lua. It must be there; what stands in it is not read.
pub(crate) const LUA_FILE: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let word = cursor.next()?;
    let path = shown(word).into_owned();
    if reading.host.path_kind(&path).is_err() {
        let message = format!("error in Lua file '{path}': cannot open {path}: No such file or directory");
        let told = Diagnostic::alert("missing-file", message).at(word.span);
        subject.tell(reading, told.help("check the path"));
        return None;
    }
    Some(Value::Text(path.into()))
});
