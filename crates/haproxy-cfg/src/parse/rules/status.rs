//! `set-status CODE [reason TEXT]`.

use crate::signature::{Arg, Value, rest};
use crate::values::loose_integer;

/// A status code from 100 to 999.
pub(crate) const fn code(name: &'static str) -> Arg {
    rest(name, |reading, cursor, subject| {
        let Some(word) = cursor.next() else {
            let message = "expects 1 argument: <status>; or 3 arguments: <status> reason <fmt>";
            subject.alert(
                reading,
                "missing-argument",
                subject.behind,
                message,
                "write: set-status 503",
            );
            return None;
        };
        let read = loose_integer(&word.text);
        if read.exact && (100..=999).contains(&read.value) {
            return Some(Value::Int(read.value));
        }
        let message = "expects an integer status code between 100 and 999";
        subject.alert(
            reading,
            "bad-status",
            word.span,
            message,
            "write a status code, such as 503",
        );
        None
    })
}

/// `reason TEXT`, where both words stand.
pub(crate) const fn reason(name: &'static str) -> Arg {
    rest(name, |_, cursor, _| {
        let given = cursor.peek().is_some_and(|word| &*word.text == b"reason") && cursor.ahead(1).is_some();
        if !given {
            return Some(Value::Text(Vec::new().into()));
        }
        cursor.next();
        cursor.next().map(|word| Value::Text(word.text.to_vec().into()))
    })
}
