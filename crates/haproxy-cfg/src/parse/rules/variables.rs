//! Variables that rules set and forget: `set-var(SCOPE.NAME[,COND…])`.

use super::arguments::behind_parenthesis;
use crate::lex::Word;
use crate::parse::{Reading, sample, shown};
use crate::signature::{Arg, Subject, Value, custom};

/// When a variable is set.
const CONDITIONS: &[&str] = &[
    "ifexists",
    "ifnotexists",
    "ifempty",
    "ifnotempty",
    "ifset",
    "ifnotset",
    "ifgt",
    "iflt",
];

/// The variable in the parentheses of an action's name, with its conditions.
pub(crate) const fn variable(name: &'static str) -> Arg {
    custom(name, |reading, cursor, subject| {
        let word = cursor.next()?;
        let value = read(reading, word, subject)?;
        Some(value)
    })
}

fn read(reading: &mut Reading<'_>, word: &Word<'_>, subject: &Subject<'_>) -> Option<Value> {
    const FORMS: &str = "'set-var(<var-name>)', 'set-var-fmt(<var-name>)' or 'unset-var(<var-name>)'";
    let text = shown(word).into_owned();
    let stem = text.split('(').next().unwrap_or(&text).to_owned();
    let help = format!("write: {stem}(SCOPE.NAME), such as {stem}(txn.id)");
    let mut fault = |message: String| {
        subject.alert(reading, "bad-variable", word.span, message, help.clone());
        None
    };
    let Some(inside) = behind_parenthesis(word) else {
        return fault(format!("invalid or incomplete action '{text}'. Expects {FORMS}"));
    };
    let Some(inside) = inside.strip_suffix(b")") else {
        return fault(format!(
            "incomplete argument after action '{text}'. Expects {FORMS}"
        ));
    };
    let mut parts = inside.split(|byte| *byte == b',');
    let name = String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned();
    let conditions: Vec<String> = parts
        .map(|part| String::from_utf8_lossy(part).into_owned())
        .collect();
    if !conditions.is_empty() && stem == "unset-var" {
        return fault(
            "unset-var does not expect parameters after the variable name. Only \"set-var\" and \"set-var-fmt\" \
             manage conditions"
                .to_owned(),
        );
    }
    let known = |condition: &String| condition.is_empty() || CONDITIONS.contains(&condition.as_str());
    if let Some(unknown) = conditions.iter().find(|condition| !known(condition)) {
        return fault(format!("unknown condition \"{unknown}\""));
    }
    let variable = match sample::variable::variable(name.as_bytes()) {
        Ok(variable) => variable,
        Err(message) => return fault(in_parentheses(&message)),
    };
    let mut values = vec![Value::Variable(variable)];
    let condition = |given: &String| CONDITIONS.iter().find(|known| *known == given);
    values.extend(
        conditions
            .iter()
            .filter_map(condition)
            .map(|known| Value::Word(known)),
    );
    Some(Value::List(values))
}

/// The words about a wrong name; where one names the rest of the text, the parenthesis behind it is named too.
pub(super) fn in_parentheses(message: &str) -> String {
    match message.strip_prefix("invalid syntax at char '") {
        Some(rest) => format!("invalid syntax at char '{})'", rest.trim_end_matches('\'')),
        None => message.to_owned(),
    }
}
