//! Options about the headers of requests: `forwardfor`, `originalto`, `http-restrict-req-hdr-names`.

use syntax::Diagnostic;

use super::line::shown;
use super::reading::Reading;
use crate::model::{ForwardFor, HeaderNames};
use crate::signature::{Argument, Cursor, Given, Subject, Value};
use crate::values::network;
use crate::written::Set;

/// The network of `except`: an address, with a mask or without.
pub(crate) fn network_argument(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    let word = cursor.next()?;
    if network(&word.text).is_none() {
        let message = format!("'{} except' expects <address>[/mask] as argument.", subject.name);
        let told = Diagnostic::alert("bad-network", message)
            .at(word.span)
            .help("write: except 127.0.0.0/8");
        subject.tell(reading, told.note(format!("'{}' is none", shown(word))));
        return None;
    }
    Some(Value::Text(word.text.to_vec().into()))
}

/// `option forwardfor [except NET] [header NAME] [if-none]`.
pub(crate) fn forwardfor(reading: &mut Reading<'_>, given: &Given) {
    let settings = header(given, "X-Forwarded-For");
    reading.settings().forwardfor = Some(Set::new(settings, given.span));
}

/// `option originalto [except NET] [header NAME]`.
pub(crate) fn originalto(reading: &mut Reading<'_>, given: &Given) {
    let settings = header(given, "X-Original-To");
    reading.settings().originalto = Some(Set::new(settings, given.span));
}

/// What is said of a header that tells an address, and that has this name unless given.
fn header(given: &Given, name: &str) -> ForwardFor {
    let mut settings = ForwardFor {
        except: None,
        header: name.into(),
        if_none: false,
    };
    for Argument { value, .. } in &given.arguments {
        let Value::Option(name, values) = value else {
            continue;
        };
        let text = values.first().and_then(|argument| argument.value.text());
        match (*name, text) {
            ("except", Some(text)) => settings.except = network(text),
            ("header", Some(text)) => settings.header = text.clone(),
            _ => settings.if_none = true,
        }
    }
    settings
}

/// `option http-restrict-req-hdr-names POLICY`.
pub(crate) fn header_names(reading: &mut Reading<'_>, given: &Given) {
    let policy = match given.get("policy") {
        Some(Value::Word("delete")) => HeaderNames::Delete,
        Some(Value::Word("reject")) => HeaderNames::Reject,
        _ => HeaderNames::Preserve,
    };
    reading.settings().header_names = Some(Set::new(policy, given.span));
}
