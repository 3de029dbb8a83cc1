//! Lines of `program` (manual, section 3.7).

use syntax::{Diagnostic, Span};

use super::super::line::{Line, Prefix};
use super::super::reading::Reading;
use super::{given, is_faulty, whole};
use crate::model::Word;
use crate::model::sections::Program;
use crate::signature::Value;

pub(super) fn open(reading: &mut Reading<'_>, name: Word, span: Span) {
    if reading.dialect.strict && reading.dialect.at_least(3, 1) && !reading.written.deprecated {
        let message = "The 'program' section is deprecated and will be eventually removed, it can be still allowed by \
                       setting 'expose-deprecated-directives' keyword in the 'global' section defined before any \
                       'program' section. Please, consider to use a process manager instead of 'program' section, such \
                       as sysvinit, systemd, supervisord or s6.";
        let told = Diagnostic::warning("deprecated-keyword", message)
            .at(span)
            .refusing(true);
        reading.tell(told.help("write in front of it, in global: expose-deprecated-directives"));
    }
    reading.written.beside.programs.push(Program {
        name,
        span,
        command: Vec::new(),
        uid: None,
        gid: None,
        start_on_reload: true,
    });
}

/// `command PROGRAM [ARGUMENTS]`.
pub(crate) fn command(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(given) = given(reading, line) else { return };
    let words = given
        .arguments
        .iter()
        .filter_map(|argument| argument.value.text().cloned());
    if let Some(program) = reading.written.beside.programs.last_mut() {
        program.command = words.collect();
    }
}

/// `user NAME`, `group NAME`.
pub(crate) fn owner(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(given) = given(reading, line) else { return };
    let Some(name) = given.get("name").and_then(Value::text).map(ToString::to_string) else {
        return;
    };
    let (uid, gid) = (reading.host.user_id(&name), reading.host.group_id(&name));
    if let Some(program) = reading.written.beside.programs.last_mut() {
        match given.name {
            "user" => program.uid = uid,
            _ => program.gid = gid,
        }
    }
}

/// `[no] option start-on-reload`.
pub(crate) fn option(reading: &mut Reading<'_>, line: &Line<'_>) {
    let known = line.arg(0).is_some_and(|word| &*word.text == b"start-on-reload");
    if known && !reading.at_most_of(line, 1, "option start-on-reload") {
        return;
    }
    if given(reading, line).is_some()
        && let Some(program) = reading.written.beside.programs.last_mut()
    {
        program.start_on_reload = line.prefix != Prefix::No;
    }
}

/// What can be said of all sections once they are read.
pub(crate) fn finish(reading: &mut Reading<'_>) {
    let mut told = Vec::new();
    let master = reading.written.global.master_worker || reading.options.master_worker;
    let mut runnable = None;
    for program in &reading.written.beside.programs {
        if is_faulty(reading, program.span) {
            continue;
        }
        runnable = runnable.or(Some(program.span));
        if program.command.is_empty() {
            let message = format!(
                "The program section '{}' lacks a command to launch.",
                program.name
            );
            let one = Diagnostic::alert("missing-command", message).at(program.span);
            told.push(whole(one).help("add: command PROGRAM"));
        }
    }
    if let Some(span) = runnable.filter(|_| !master && reading.dialect.strict) {
        let message = "Can't use a 'program' section without master worker mode.";
        let one = Diagnostic::alert("no-master", message).at(span);
        told.push(whole(one).help("start with -W, or write: master-worker"));
    }
    reading.diagnostics.extend(told);
}
