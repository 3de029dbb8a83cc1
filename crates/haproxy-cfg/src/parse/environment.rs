//! `setenv`, `presetenv`, `unsetenv` and `resetenv` (manual, section 3.1). They act while the files are read.

use syntax::{Context, Diagnostic, Span};

use super::line::{Line, shown};
use super::reading::Reading;
use crate::environment::Variables;

/// A line of any of them.
pub(crate) fn environment(reading: &mut Reading<'_>, line: &Line<'_>) {
    let keyword = shown(line.keyword()).into_owned();
    match keyword.as_str() {
        "setenv" | "presetenv" => set(reading, line, &keyword),
        "unsetenv" => unset(reading, line),
        _ => {
            let kept: Vec<String> = line.args().iter().map(|word| shown(word).into_owned()).collect();
            reading
                .variables
                .keep_only(kept.iter().map(String::as_str), reading.host);
        }
    }
}

fn set(reading: &mut Reading<'_>, line: &Line<'_>, keyword: &str) {
    let (Some(name), Some(value)) = (line.args().first(), line.arg(1)) else {
        let message = format!("'{keyword}' expects a name and a value.");
        return reading.tell(
            Diagnostic::alert("missing-argument", message)
                .at(line.behind())
                .context(Context::ParsingTight)
                .help(format!(
                    "write: {keyword} NAME VALUE; '.if defined(NAME)' is false after 'unsetenv NAME'"
                )),
        );
    };
    if let Some(extra) = line
        .arg(2)
        .filter(|_| !reading.spoken_before(3, 0) && reading.dialect.strict)
    {
        let message = format!(
            "'{keyword}' cannot handle unexpected argument '{}'.",
            shown(extra)
        );
        return reading.alert("extra-argument", extra.span, message);
    }
    let (variable, span) = (shown(name).into_owned(), name.span);
    if !Variables::is_name(&variable) {
        return not_a_name(reading, keyword, &variable, span);
    }
    if keyword == "setenv" || reading.variables.get(&variable, reading.host).is_none() {
        reading.variables.set(&variable, value.text.to_vec());
    }
}

fn unset(reading: &mut Reading<'_>, line: &Line<'_>) {
    if line.arg(0).is_none() {
        let message = "'unsetenv' expects at least one variable name.";
        return reading.alert_tight("missing-argument", line.behind(), message);
    }
    for word in line.args() {
        let name = shown(word).into_owned();
        if Variables::is_name(&name) {
            reading.variables.unset(&name);
        } else {
            not_a_name(reading, "unsetenv", &name, word.span);
        }
    }
}

fn not_a_name(reading: &mut Reading<'_>, keyword: &str, name: &str, span: Span) {
    let message = format!("'{keyword}' failed on variable '{name}' : Invalid argument.");
    reading.tell(
        Diagnostic::alert("bad-variable", message)
            .at(span)
            .context(Context::ParsingTight)
            .help("use letters, digits and '_', and no digit first"),
    );
}
