//! Lines of `fcgi-app` (manual, section 10.1.1).

use syntax::{Diagnostic, Severity, Span};

use super::super::acl::acl as acl_line;
use super::super::condition::condition;
use super::super::format;
use super::super::frame::Frame;
use super::super::line::{Line, Prefix, shown};
use super::super::log;
use super::super::reading::Reading;
use super::super::sample::{Usage, regex};
use super::{given, is_faulty, whole};
use crate::model::Word;
use crate::model::sections::{FcgiApp, FcgiHeader, FcgiParam};
use crate::signature::{ReadArgument, Value};
use crate::values::loose_integer;
use crate::written::{FcgiWritten, WrittenCond};

pub(super) fn open(reading: &mut Reading<'_>, name: Word, span: Span) {
    reading.written.fcgi_apps.push(FcgiWritten::default());
    reading.written.beside.fcgi_apps.push(FcgiApp {
        name,
        span,
        docroot: None,
        index: None,
        path_info: None,
        get_values: false,
        keep_conn: true,
        mpxs_conns: false,
        max_reqs: None,
        global_logs: false,
        logs: Vec::new(),
        acls: Vec::new(),
        params: Vec::new(),
        headers: Vec::new(),
    });
}

fn app<'r>(reading: &'r mut Reading<'_>) -> Option<&'r mut FcgiApp> {
    reading.written.beside.fcgi_apps.last_mut()
}

/// `acl NAME CRITERION …`: the application's own.
pub(crate) fn acl(reading: &mut Reading<'_>, line: &Line<'_>) {
    if line.arg(0).is_some() {
        return acl_line(reading, line);
    }
    let told = Diagnostic::alert("missing-argument", "").at(line.behind());
    reading.tell(told.help("write: acl NAME CRITERION VALUE"));
}

/// One word, named in the original's words when another follows.
fn alone(reading: &mut Reading<'_>, line: &Line<'_>, missing: &str) -> Option<Word> {
    let keyword = shown(line.keyword()).into_owned();
    let Some(word) = line.arg(0) else {
        let message = format!("'{keyword}' expects {missing} as argument.");
        let told = Diagnostic::alert("missing-argument", message).at(line.behind());
        reading.tell(told.help(format!("write: {keyword} {missing}")));
        return None;
    };
    let text = shown(word).into_owned();
    reading
        .at_most_of(line, 1, &format!("{keyword} {text}"))
        .then(|| word.text.to_vec().into())
}

/// `docroot PATH`.
pub(crate) fn docroot(reading: &mut Reading<'_>, line: &Line<'_>) {
    let path = alone(reading, line, "<path>");
    if let (Some(path), Some(app)) = (path, app(reading)) {
        app.docroot = Some(path);
    }
}

/// `index NAME`.
pub(crate) fn index(reading: &mut Reading<'_>, line: &Line<'_>) {
    let name = alone(reading, line, "<filename>");
    if let (Some(name), Some(app)) = (name, app(reading)) {
        app.index = Some(name);
    }
}

/// `path-info EXPRESSION`.
pub(crate) fn path_info(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(text) = alone(reading, line, "<regex>") else {
        return;
    };
    if let Some(fault) = regex::fault(&text) {
        let span = line.arg(0).map_or(line.span(), |word| word.span);
        let told = Diagnostic::alert("bad-regex", format!("'{text}' : {fault}.")).at(span);
        return reading.tell(told.help("write for example: path-info ^(/.+\\.php)(/.*)?$"));
    }
    if let Some(app) = app(reading) {
        app.path_info = Some(text);
    }
}

/// `log-stderr global`, `log-stderr TARGET`.
pub(crate) fn log_stderr(reading: &mut Reading<'_>, line: &Line<'_>) {
    let told = reading.diagnostics.len();
    log_line(reading, line);
    // Its faults are those of `log`, in its own name.
    for diagnostic in reading.diagnostics.iter_mut().skip(told) {
        if let Some(rest) = diagnostic.message.strip_prefix("log : ") {
            diagnostic.message = format!("log-stderr : {rest}");
        }
    }
}

fn log_line(reading: &mut Reading<'_>, line: &Line<'_>) {
    if line.prefix != Prefix::None {
        if line.prefix == Prefix::No && line.arg(0).is_some() {
            log::arguments_of_no_log(reading, line);
        }
        return;
    }
    if line.arg(0).is_some_and(|word| &*word.text == b"global") && line.arg(1).is_none() {
        if let Some(app) = app(reading) {
            app.global_logs = true;
        }
        return;
    }
    if let Some(target) = log::target(reading, line)
        && let Some(app) = app(reading)
    {
        app.logs.push(target);
    }
}

/// The most requests of a connection.
pub(crate) const REQUESTS: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let message = "option 'max-reqs' expects an integer argument.";
    let Some(word) = cursor.next() else {
        let told = Diagnostic::alert("missing-argument", message).at(subject.behind);
        reading.tell(told.help("write: option max-reqs 10"));
        return None;
    };
    let value = loose_integer(&word.text).value;
    if cursor.peek().is_none() && value == 0 {
        let message = "option 'max-reqs' expects a strictly positive integer argument.";
        let told = Diagnostic::alert("bad-number", message).at(word.span);
        reading.tell(told.help("write: option max-reqs 10"));
        return None;
    }
    Some(Value::Int(value))
});

/// `[no] option NAME`.
pub(crate) fn option(reading: &mut Reading<'_>, line: &Line<'_>) {
    let name = line
        .arg(0)
        .map(|word| shown(word).into_owned())
        .unwrap_or_default();
    if name == "max-reqs" && line.prefix != Prefix::None {
        let message = "negation/default is not supported for option 'max-reqs'.";
        return reading.alert("not-negatable", line.keyword().span, message);
    }
    let known = ["get-values", "keep-conn", "mpxs-conns", "max-reqs"];
    let most = if name == "max-reqs" { 2 } else { 1 };
    if known.contains(&&*name) && !reading.at_most_of(line, most, &format!("option {name}")) {
        return;
    }
    let Some(given) = given(reading, line) else { return };
    let Some(Value::Option(which, arguments)) = given.get("option") else {
        return;
    };
    let on = line.prefix == Prefix::None;
    let number = arguments
        .first()
        .and_then(|argument| argument.value.number())
        .map(|number| u32::try_from(number.rem_euclid(1 << 32)).unwrap_or(u32::MAX));
    let Some(app) = app(reading) else { return };
    match *which {
        "get-values" => app.get_values = on,
        "keep-conn" => app.keep_conn = on,
        "mpxs-conns" => app.mpxs_conns = on,
        _ => app.max_reqs = number,
    }
}

/// The condition from argument `at`. None when it is wrong, which is told in the name of `of`.
fn cond(reading: &mut Reading<'_>, line: &Line<'_>, at: usize, of: &str) -> Option<Option<WrittenCond>> {
    let Some(word) = line.arg(at) else {
        return Some(None);
    };
    if !matches!(&*word.text, b"if" | b"unless") {
        let told = Diagnostic::alert("extra-argument", format!("'{of}' : (null).")).at(word.span);
        reading.tell(told.help("write: if CONDITION"));
        return None;
    }
    let lead = format!("'{of}' : ");
    let read = condition(reading, line.args(), at, Usage::HTTP_REQUEST, Frame::new(&lead))?;
    Some(read.cond)
}

/// `pass-header NAME [if CONDITION]`.
pub(crate) fn pass_header(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(name) = line.arg(0) else {
        let message = "'pass-header' expects <name> as arguments.";
        let told = Diagnostic::alert("missing-argument", message).at(line.behind());
        return reading.tell(told.help("write: pass-header NAME"));
    };
    let Some(cond) = cond(reading, line, 1, &shown(name)) else {
        return;
    };
    let header = FcgiHeader {
        name: name.text.to_vec().into(),
        cond: None,
    };
    if let Some(app) = app(reading) {
        app.headers.push(header);
    }
    if let Some(written) = reading.written.fcgi_apps.last_mut() {
        written.header_conds.push(cond);
    }
}

/// `set-param NAME FORMAT [if CONDITION]`. What is wrong with the string is told only when a proxy uses the application.
pub(crate) fn set_param(reading: &mut Reading<'_>, line: &Line<'_>) {
    let (Some(name), Some(value)) = (line.arg(0), line.arg(1)) else {
        let message = "'set-param' expects <name> and <value> as arguments.";
        let told = Diagnostic::alert("missing-argument", message).at(line.behind());
        return reading.tell(told.help("write: set-param NAME VALUE"));
    };
    let Some(cond) = cond(reading, line, 2, &shown(name)) else {
        return;
    };
    let format = match format::read(reading, value, Usage::HTTP_REQUEST) {
        Ok(format) => Some(format),
        // No version tells it before a proxy uses the application.
        Err(_) if reading.dialect.strict => None,
        Err(wrong) => {
            let told =
                Diagnostic::warning("bad-format", format!("'set-param' : {}.", wrong.words)).at(wrong.span);
            reading.tell(told.help(wrong.help));
            None
        }
    };
    let param = FcgiParam {
        name: name.text.to_vec().into(),
        value: format,
        cond: None,
    };
    if let Some(app) = app(reading) {
        app.params.push(param);
    }
    if let Some(written) = reading.written.fcgi_apps.last_mut() {
        written.param_conds.push(cond);
    }
}

/// What can be said of all sections once they are read.
pub(crate) fn finish(reading: &mut Reading<'_>) {
    let mut told = Vec::new();
    for app in &reading.written.beside.fcgi_apps {
        if app.docroot.is_none() && !is_faulty(reading, app.span) {
            let message = format!("fcgi-app '{}': no docroot configured.", app.name);
            let one = Diagnostic::alert("missing-docroot", message).at(app.span);
            told.push(whole(one).help("add: docroot PATH"));
        }
        if app.max_reqs.is_some_and(|most| most > 1) && !app.mpxs_conns {
            let message = format!(
                "fcgi-app '{}': multiplexing not supported, ignore the option 'max-reqs'.",
                app.name
            );
            // A warning by its words, and the file is refused for it.
            let refuses = reading.dialect.strict;
            let one = Diagnostic::new(Severity::Warning, "ignored-option", message)
                .refusing(refuses)
                .at(app.span);
            told.push(whole(one).help("add: option mpxs-conns, or remove max-reqs"));
        }
    }
    reading.diagnostics.extend(told);
}
