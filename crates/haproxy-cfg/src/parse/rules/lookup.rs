//! `do-resolve(VARIABLE,RESOLVERS[,OPTIONS]) EXPRESSION`.

use super::arguments::behind_parenthesis;
use super::{Pending, sample};
use crate::parse::sample::variable;
use crate::parse::{Reading, shown};
use crate::signature::{Arg, Cursor, Subject, Value, custom};

/// Variable, resolvers and family of a name that is looked up, and the name.
pub(crate) const fn looked_up(name: &'static str) -> Arg {
    custom(name, read)
}

fn read(reading: &mut Reading<'_>, cursor: &mut Cursor<'_>, subject: &Subject<'_>) -> Option<Value> {
    let word = cursor.next()?;
    let fault = |reading: &mut Reading<'_>, span, got: &str| {
        let message = format!(
            "Can't parse '{got}'. Expects 'do-resolve(<varname>,<resolvers>[,<options>]) <expr>'. Available options \
             are 'ipv4' and 'ipv6'"
        );
        subject.alert(
            reading,
            "bad-argument",
            span,
            message,
            "write: do-resolve(txn.address,RESOLVERS) hdr(host)",
        );
        None
    };
    let text = shown(word).into_owned();
    let inside = behind_parenthesis(word).and_then(|inside| inside.strip_suffix(b")"));
    let parts: Vec<&[u8]> = inside.map_or(Vec::new(), |inside| inside.split(|byte| *byte == b',').collect());
    let family = match parts.get(2) {
        None => None,
        Some(&b"ipv4") => Some("ipv4"),
        Some(&b"ipv6") => Some("ipv6"),
        Some(_) => return fault(reading, word.span, &text),
    };
    let (&[variable, resolvers] | &[variable, resolvers, _]) = &*parts else {
        return fault(reading, word.span, &text);
    };
    let resolvers = resolvers.to_vec();
    let name = variable.to_vec();
    let Some(asked) = cursor.peek() else {
        return fault(reading, subject.behind, "");
    };
    if !sample::is_known(asked) {
        let got = shown(asked).into_owned();
        return fault(reading, asked.span, &got);
    }
    let value = sample::read_nowhere(reading, cursor, subject, "")?;
    super::pend(reading, Pending::Resolvers, &resolvers, word.span);
    // One with a name that variables cannot have is never set.
    let variable = match variable::variable(&name) {
        Ok(variable) => Value::Variable(variable),
        Err(_) => Value::Text(name.into()),
    };
    let mut values = vec![variable, Value::Text(resolvers.into()), value];
    values.extend(family.map(Value::Word));
    Some(Value::List(values))
}
