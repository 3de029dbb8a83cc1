//! Lines of sections that have no model yet: they are held against their rows, and names in them are remembered.

use syntax::{Applicability, Context, Diagnostic, closest};

use super::line::{Line, shown};
use super::reading::Reading;
use crate::keywords::{SECTION_INDEX, other_rows};
use crate::signature;

/// A line of the section `name`.
pub(super) fn line_of_other(reading: &mut Reading<'_>, name: &'static str, line: &Line<'_>) {
    let rows = other_rows(name);
    let keyword = &line.keyword().text;
    let Some(row) = rows.iter().find(|row| row.row.name.as_bytes() == &**keyword) else {
        let word = shown(line.keyword()).into_owned();
        let span = line.keyword().span;
        let section = if name == "userlist" { "users" } else { name };
        let mut told = Diagnostic::alert(
            "unknown-keyword",
            format!("unknown keyword '{word}' in '{section}' section"),
        )
        .at(span);
        if let Some(near) = closest(
            keyword,
            rows.iter().map(|row| row.row.name).chain(SECTION_INDEX.names()),
        ) {
            told = told.help(format!("did you mean '{near}'?")).fix(
                format!("write '{near}'"),
                span,
                near,
                Applicability::MaybeIncorrect,
            );
        }
        reading.tell(told);
        return super::section::enter_meant(reading, line);
    };
    if let Some(signature) = row.signature {
        return signature::keep_line(reading, line, row.row.name, signature);
    }
    let min = usize::from(row.row.arity.min);
    if min > 0 && line.arg(min - 1).is_none() {
        let word = row.row.name;
        let message = format!("'{word}' expects at least {min} argument(s).");
        return reading.tell(
            Diagnostic::alert("missing-argument", message)
                .at(line.behind())
                .help("add what is missing"),
        );
    }
    if name == "userlist" {
        user(reading, line);
    }
}

/// `user NAME …` and `group NAME …`: the second of a name is read over.
fn user(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(name) = line.arg(0) else { return };
    let kind = shown(line.keyword()).into_owned();
    let (text, span) = (shown(name).into_owned(), name.span);
    if kind == "user" {
        let known = ["password", "insecure-password", "groups"];
        let mut at = 1;
        while let Some(option) = line.arg(at) {
            if !known.iter().any(|known| known.as_bytes() == &*option.text) {
                let message = "'user' only supports 'password', 'insecure-password' and 'groups' options.";
                let told = Diagnostic::alert("unknown-option", message).at(option.span);
                return reading.tell(told.context(Context::ParsingTight));
            }
            at += 2;
        }
    }
    let Some(list) = reading.written.userlists.last_mut() else {
        return;
    };
    let entry = (kind.clone(), text.clone());
    if list.entries.contains(&entry) {
        let list = list.name.to_string();
        let message = format!("ignoring duplicated {kind} '{text}' in userlist '{list}'.");
        let told = Diagnostic::warning("duplicate-name", message)
            .at(span)
            .context(Context::ParsingTight);
        return reading.tell(told.help("remove it, or rename it"));
    }
    list.entries.push(entry);
}
