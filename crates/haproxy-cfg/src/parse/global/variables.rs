//! Variables of the process.

use syntax::Diagnostic;

use super::super::line::shown;
use super::super::reading::Reading;
use crate::lex::Word;
use crate::signature::{Argument, Cursor, ReadArgument, Subject, Value};

/// `set-var NAME EXPRESSION`.
pub(crate) const SET_VAR: ReadArgument =
    ReadArgument(|reading, cursor, subject| assignment(reading, cursor, subject, "sample expression"));
/// `set-var-fmt NAME FORMAT`.
pub(crate) const SET_VAR_FMT: ReadArgument =
    ReadArgument(|reading, cursor, subject| assignment(reading, cursor, subject, "format string"));

fn assignment(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
    what: &str,
) -> Option<Value> {
    let name = cursor.next();
    let (Some(name), Some(value)) = (name, cursor.next()) else {
        let message = format!(
            "'{}' requires a process-wide variable name ('proc.<name>') and a {what}.",
            subject.name
        );
        let told = Diagnostic::alert("missing-argument", message).at(subject.behind);
        subject.tell(
            reading,
            told.help(format!("write: {} proc.NAME VALUE", subject.name)),
        );
        return None;
    };
    // What stands behind the value is read over.
    while cursor.next().is_some() {}
    check_name(reading, subject, name)?;
    let text = |name: &'static str, word: &Word<'_>| Argument {
        name,
        value: Value::Text(word.text.to_vec().into()),
        span: word.span,
    };
    Some(Value::Option(
        "assignment",
        vec![text("name", name), text("value", value)],
    ))
}

/// The name of a variable of the process.
fn check_name(reading: &mut Reading<'_>, subject: &Subject<'_>, word: &Word<'_>) -> Option<()> {
    let name = shown(word).into_owned();
    let scope = name.split_once('.').filter(|(_, rest)| !rest.is_empty());
    let known = ["proc", "sess", "txn", "req", "res", "check"];
    let message = match scope {
        Some(("proc", rest)) => {
            let odd = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.');
            match odd {
                None => return Some(()),
                Some(at) => format!("invalid syntax at char '{})'", &rest[at..]),
            }
        }
        Some((scope, _)) if known.contains(&scope) => format!(
            "'{}': cannot set variable '{name}', only scope 'proc' is permitted in the global section.",
            subject.name
        ),
        _ => format!(
            "invalid variable name '{name}'. A variable name must be start by its scope. The scope can be 'proc', 'sess', \
             'txn', 'req', 'res' or 'check'"
        ),
    };
    let told = Diagnostic::alert("bad-name", message).at(word.span);
    subject.tell(reading, told.help("write: proc.NAME"));
    None
}
