//! Lines of proxies and `defaults` that hold one value.

use syntax::{Diagnostic, Severity, Span, Version, closest};

use super::line::{Line, shown};
use super::reading::Reading;
use crate::keywords::{PROXY_INDEX, place};
use crate::model::{self, ErrorAnswer, HttpReuse, Mode};
use crate::signature::{self, Given};
use crate::values::{loose_integer, strip_os_code};
use crate::written::{Set, WrittenErrors};

/// Errors may be replaced for these statuses alone.
pub(super) const ERROR_STATUSES: &[u16] = &[
    200, 400, 401, 403, 404, 405, 407, 408, 410, 413, 421, 422, 425, 429, 431, 500, 501, 502, 503, 504,
];

/// `mode`.
pub(crate) fn mode(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(mode) = mode_of(reading, line) else {
        return;
    };
    if reading.at_most(line, 1) {
        reading.settings().mode = Some(Set::new(mode, line.span()));
    }
}

/// Whether a version knows a mode that came after 2.6. None where it does, and not in this section, which is told.
fn newer_mode(reading: &mut Reading<'_>, text: &str, span: Span) -> Option<bool> {
    let here = reading.place();
    let (since, lacks, wanted, spoken) = match text {
        "log" => ((2, 7), here == place::FRONTEND, "backend", "syslog"),
        "spop" => ((3, 1), here == place::FRONTEND, "backend", "spop"),
        _ => ((3, 3), here == place::BACKEND, "frontend", "haterm"),
    };
    let (major, minor) = since;
    // Up to 3.2 a frontend does not know those of backends.
    if reading.spoken_before(major, minor) || (lacks && reading.spoken_before(3, 3)) {
        return Some(false);
    }
    if lacks {
        let message = format!("mode {spoken} is only applicable on proxies with {wanted} capability.");
        let told = Diagnostic::alert("not-in-section", message).at(span);
        reading.tell(told.help(format!("move it into a {wanted}")));
        return None;
    }
    Some(true)
}

/// The mode that a line gives; none where it is wrong, which is told.
fn mode_of(reading: &mut Reading<'_>, line: &Line<'_>) -> Option<Mode> {
    let text = line
        .arg(0)
        .map(|word| shown(word).into_owned())
        .unwrap_or_default();
    let span = line.arg(0).map_or(line.behind(), |word| word.span);
    let mode = match text.as_str() {
        "tcp" => Mode::Tcp,
        "http" => Mode::Http,
        "health" => {
            let severity = reading.dialect.of_old_form(None, Some(Version::new(2, 3)));
            let message =
                "'mode health' doesn't exist anymore. Please use 'http-request return status 200' instead.";
            if let Some(severity) = severity {
                let told = Diagnostic::new(severity, "removed-keyword", message).at(span);
                reading.tell(told.help("write instead: mode http, with monitor-uri or http-request return"));
            }
            if severity == Some(Severity::Alert) {
                return None;
            }
            reading.tell_read_only("'mode health'", span);
            Mode::Health
        }
        "log" if newer_mode(reading, &text, span)? => Mode::Log,
        "spop" | "haterm" if newer_mode(reading, &text, span)? => {
            reading.tell_read_only(&format!("'mode {text}'"), line.span());
            Mode::Tcp
        }
        _ => {
            let mut told =
                Diagnostic::alert("unknown-mode", format!("unknown proxy mode '{text}'.")).at(span);
            told.help = Some(match closest(text.as_bytes(), ["tcp", "http"]) {
                Some(near) => format!("did you mean '{near}'?"),
                None => "write: mode tcp, or: mode http".to_owned(),
            });
            reading.tell(told);
            return None;
        }
    };
    Some(mode)
}

/// `disabled` and `enabled`.
pub(crate) fn disabled(reading: &mut Reading<'_>, line: &Line<'_>) {
    let off = &*line.keyword().text == b"disabled";
    if reading.at_most(line, 0) {
        reading.settings().disabled = Some(Set::new(off, line.span()));
    }
}

/// `be-unpublished`.
pub(crate) fn unpublished(reading: &mut Reading<'_>, _: &Line<'_>) {
    if let Some(proxy) = reading.proxy() {
        proxy.unpublished = true;
    }
}

/// A number as `atol` reads it; what it leaves behind is told.
pub(super) fn count(reading: &mut Reading<'_>, line: &Line<'_>, missing: &str) -> Option<u32> {
    let name = shown(line.keyword()).into_owned();
    let Some(word) = line.arg(0) else {
        reading.tell(
            Diagnostic::alert("missing-argument", missing)
                .at(line.behind())
                .help(format!("write: {name} NUMBER")),
        );
        return None;
    };
    if !reading.at_most(line, 1) {
        return None;
    }
    let loose = loose_integer(&word.text);
    let number = u32::try_from(loose.value.max(0)).unwrap_or(u32::MAX);
    if !loose.exact || i64::from(number) != loose.value {
        let message = format!(
            "'{name}' expects a number, '{}' is read as {number}.",
            shown(word)
        );
        let told = Diagnostic::warning("loose-number", message).at(word.span);
        reading.tell(told.help(format!("write {number}, or the number that was meant")));
    }
    Some(number)
}

/// `maxconn` of a frontend.
pub(crate) fn maxconn(reading: &mut Reading<'_>, line: &Line<'_>) {
    if let Some(number) = count(reading, line, "'maxconn' expects an integer argument.") {
        reading.settings().maxconn = Some(Set::new(number, line.span()));
    }
}

/// `backlog` of a frontend.
pub(crate) fn backlog(reading: &mut Reading<'_>, line: &Line<'_>) {
    if let Some(number) = count(reading, line, "'backlog' expects an integer argument.") {
        reading.settings().backlog = Some(Set::new(number, line.span()));
    }
}

/// `fullconn` of a backend.
pub(crate) fn fullconn(reading: &mut Reading<'_>, line: &Line<'_>) {
    if let Some(number) = count(reading, line, "'fullconn' expects an integer argument.") {
        reading.settings().fullconn = Some(Set::new(number, line.span()));
    }
}

/// `retries`.
pub(crate) fn retries(reading: &mut Reading<'_>, line: &Line<'_>) {
    let missing = "'retries' expects an integer argument (dispatch counts for one).";
    if let Some(number) = count(reading, line, missing) {
        reading.settings().retries = Some(Set::new(number, line.span()));
    }
}

/// A line of a proxy that is kept as its signature reads it; what it means is settled with the whole section.
pub(crate) fn kept(reading: &mut Reading<'_>, line: &Line<'_>) {
    if let Some(row) = PROXY_INDEX.find(&line.keyword().text) {
        signature::keep_line(reading, line, row.row.name, row.signature.unwrap_or_default());
    }
}

/// `ssl-f-use`, which its argument takes in.
pub(crate) fn ssl_f_use(reading: &mut Reading<'_>, line: &Line<'_>) {
    kept(reading, line);
}

/// `retry-on`.
pub(crate) fn retry_on(reading: &mut Reading<'_>, line: &Line<'_>) {
    kept(reading, line);
}

/// `rate-limit sessions NUMBER` of a frontend.
pub(crate) fn rate_limit(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(row) = PROXY_INDEX.find(b"rate-limit") else {
        return;
    };
    let signature = row.signature.unwrap_or_default();
    let Some(given) = signature::line_given(reading, line, row.row.name, signature) else {
        return;
    };
    let rate = |given: &Given| given.option("sessions")?.first()?.value.number();
    let last = |lines: usize| {
        let section = reading.written.sections.get(lines)?;
        section.lines.iter().rev().find(|line| line.name == row.row.name)
    };
    let own = reading.proxy_ref().and_then(|proxy| last(proxy.lines));
    let inherited = reading.inherited().find_map(|defaults| last(defaults.lines));
    // It counts as said only where it differs from what the defaults say.
    let before = own
        .filter(|own| rate(own) != inherited.and_then(rate).or(Some(0)))
        .map(|own| own.span);
    if let Some(before) = before {
        let message = "overwriting rate-limit sessions which was already specified";
        let told = Diagnostic::warning("overwritten", message).at(line.span());
        reading.tell(told.label(before, "given here before").help("remove one of them"));
    }
    reading.keep(given);
}

/// `id` of a proxy.
pub(crate) fn id(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(word) = line.arg(0) else {
        return reading.alert_tight(
            "missing-argument",
            line.behind(),
            "'id' expects an integer argument.",
        );
    };
    if !reading.at_most(line, 1) {
        return;
    }
    // The original keeps 32 bits of it.
    let value = loose_integer(&word.text).value & 0xffff_ffff;
    let number = u32::try_from(value)
        .ok()
        .filter(|id| (1..=0x7fff_ffff).contains(id));
    let Some(number) = number else {
        return reading.alert_tight("bad-id", word.span, "custom id has to be > 0.");
    };
    let span = word.span;
    if let Some(proxy) = reading.proxy_ref().filter(|proxy| proxy.id.is_some()) {
        let (file, at) = reading.sources.locate(proxy.span);
        let own = format!("{} {}", Reading::proxy_words(proxy.kind), proxy.name);
        let message = format!(
            "{own} reuses same custom id as {own} (declared at {file}:{}).",
            at.line
        );
        return reading.alert_tight("given-twice", span, message);
    }
    if let Some(proxy) = reading.proxy() {
        proxy.id = Some(Set::new(number, span));
    }
}

/// `description` of a proxy.
pub(crate) fn description(reading: &mut Reading<'_>, line: &Line<'_>) {
    if line.arg(0).is_none() {
        return reading.alert_tight(
            "missing-argument",
            line.behind(),
            "'description' expects a string argument.",
        );
    }
    let words: Vec<&[u8]> = line.args().iter().map(|word| &*word.text).collect();
    let text: model::Word = words.join(&b' ').into();
    if let Some(proxy) = reading.proxy() {
        proxy.description = Some(text);
    }
}

/// `http-reuse`.
pub(crate) fn http_reuse(reading: &mut Reading<'_>, line: &Line<'_>) {
    let text = line
        .arg(0)
        .map(|word| shown(word).into_owned())
        .unwrap_or_default();
    let policy = match text.as_str() {
        "never" => HttpReuse::Never,
        "safe" => HttpReuse::Safe,
        "aggressive" => HttpReuse::Aggressive,
        "always" => HttpReuse::Always,
        _ => {
            let span = line.arg(0).map_or(line.behind(), |word| word.span);
            let message = "'http-reuse' only supports 'never', 'safe', 'aggressive', 'always'.";
            return reading.tell(
                Diagnostic::alert("unknown-option", message)
                    .at(span)
                    .help("write: http-reuse safe"),
            );
        }
    };
    if reading.at_most_of(line, 1, &format!("http-reuse {text}")) {
        reading.settings().http_reuse = Some(Set::new(policy, line.span()));
    }
}

/// `monitor-uri`.
pub(crate) fn monitor_uri(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(word) = line.arg(0) else {
        return reading.alert("missing-argument", line.behind(), "'monitor-uri' expects an URI.");
    };
    let uri = word.text.to_vec().into();
    if reading.at_most(line, 1) {
        reading.settings().monitor_uri = Some(Set::new(uri, line.span()));
    }
}

/// Where a file stops being an answer of HTTP, as the original counts; none when it is one, or is empty.
fn no_answer(content: &[u8]) -> Option<i32> {
    if content.is_empty() || content.starts_with(b"HTTP/") {
        return None;
    }
    // Of a file with nothing but ends of lines it never sees the beginning.
    let blank = content.iter().all(|byte| matches!(byte, b'\r' | b'\n'));
    Some(if blank { -2 } else { 0 })
}

/// `errorfile STATUS PATH`.
pub(crate) fn errorfile(reading: &mut Reading<'_>, line: &Line<'_>) {
    let (Some(code), Some(path)) = (line.arg(0), line.arg(1)) else {
        let message = "errorfile : expects <status_code> and <file> as arguments.";
        return reading.tell(
            Diagnostic::alert("missing-argument", message)
                .at(line.behind())
                .help("write: errorfile 503 PATH"),
        );
    };
    if let Some(extra) = line
        .arg(2)
        .filter(|_| reading.dialect.strict && reading.dialect.at_least(3, 0))
    {
        let message = "errorfile : expects exactly two arguments.".to_owned();
        return reading.alert("extra-argument", extra.span, message);
    }
    if let Some(extra) = line.arg(2) {
        let message = format!("'errorfile' ignores the argument '{}'.", shown(extra));
        let told = Diagnostic::warning("extra-argument", message).at(extra.span);
        reading.tell(told.help("remove it"));
    }
    let number = loose_integer(&code.text).value;
    let status = u16::try_from(number).ok();
    let Some(status) = status.filter(|status| ERROR_STATUSES.contains(status)) else {
        let message = format!("errorfile : status code '{number}' not handled.");
        let known: Vec<String> = ERROR_STATUSES.iter().map(ToString::to_string).collect();
        let told = Diagnostic::alert("bad-status", message).at(code.span);
        return reading.tell(told.help(format!("write one of {}", known.join(", "))));
    };
    let path_text = shown(path).into_owned();
    match reading.host.read_file(&path_text) {
        Ok(content) => {
            if let Some(offset) = no_answer(&content) {
                let message =
                    format!("errorfile : '{path_text}': unable to parse headers (error offset: {offset})");
                let told = Diagnostic::alert("bad-file", message).at(path.span);
                return reading
                    .tell(told.help("the file holds a whole answer: HTTP/1.0 503 …, headers, a body"));
            }
            let answer = ErrorAnswer::File(content.into());
            let answers = &mut reading.settings().error_answers;
            answers.push(WrittenErrors::One(status, answer));
        }
        Err(error) => {
            let why = strip_os_code(&error);
            let message = format!("errorfile : error opening file '{path_text}'.");
            let told = Diagnostic::alert("missing-file", message).at(path.span).note(why);
            reading.tell(told.help("check the path, and that this user may read it"));
        }
    }
}
