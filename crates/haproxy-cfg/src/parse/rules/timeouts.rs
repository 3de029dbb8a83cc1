//! `set-timeout`: where it may stand.

use crate::parse::Reading;
use crate::signature::{Argument, Subject, Value};

/// Timeouts of the server's side are for what has servers.
pub(crate) fn allowed(reading: &mut Reading<'_>, _: &mut [Argument], subject: &Subject<'_>) -> Option<()> {
    let client = !reading.dialect.strict || reading.dialect.at_least(2, 9);
    if reading.has_backend_side() || client {
        return Some(());
    }
    let name = String::from_utf8_lossy(&reading.own_name()).into_owned();
    let message = format!("proxy '{name}' has no backend capability");
    subject.alert(
        reading,
        "not-in-frontend",
        subject.rule?.span,
        message,
        "move it into a backend",
    );
    None
}

/// Refuses a timeout of a side that the proxy has not, in the verdict of a version that has others, too.
pub(crate) fn of_backend(
    reading: &mut Reading<'_>,
    arguments: &mut [Argument],
    subject: &Subject<'_>,
) -> Option<()> {
    let client = arguments
        .iter()
        .any(|argument| matches!(argument.value, Value::Option("client", _)));
    // A tarpit is the client's as much as the server's.
    let either = arguments
        .iter()
        .any(|argument| matches!(argument.value, Value::Option("tarpit", _)));
    if either {
        return Some(());
    }
    let (has_side, code, side) = if client {
        (reading.has_frontend_side(), "not-in-backend", "frontend")
    } else {
        (reading.has_backend_side(), "not-in-frontend", "backend")
    };
    if !reading.dialect.strict || has_side {
        return Some(());
    }
    let name = String::from_utf8_lossy(&reading.own_name()).into_owned();
    let message = format!("'{name}' has no {side} capability");
    let help = format!("move it into a {side}");
    subject.alert(reading, code, subject.rule?.span, message, help);
    None
}
