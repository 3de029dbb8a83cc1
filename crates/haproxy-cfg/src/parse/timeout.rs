//! `timeout NAME TIME` and the lines of old dialects that stand for it.

use syntax::{Applicability, Context, Diagnostic, Span, closest};

use super::line::{Line, shown};
use super::reading::Reading;
use crate::keywords::{Keyword, TIMEOUT_INDEX, place};
use crate::lex::Word;
use crate::signature::{self, Arg, Cursor, Subject, TimeWords, millis};
use crate::values::{Unit, time};
use crate::written::{Set, TimeoutKind};

/// The value of a timeout.
pub(crate) const TIME: &[Arg] = &[millis("time")
    .missing("'{kw}' expects an integer value (in milliseconds)")
    .help("write a number with a unit, such as 30s")
    .time_words(&TimeWords {
        unexpected: "unexpected character '{byte}' in '{kw}'",
        overflow: "timer overflow in argument '{got}' to '{kw}' (maximum value is 2147483647 ms or ~24.8 days)",
        underflow: "",
    })];

/// `timeout NAME TIME`.
pub(crate) fn timeout(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(name) = line.arg(0) else {
        return unsupported(reading, line.behind(), "");
    };
    let row = TIMEOUT_INDEX
        .find(&name.text)
        .filter(|row| !reading.too_new(&row.row));
    let Some(row) = row else {
        if time(&name.text, Unit::Millisecond).is_ok() {
            return bare(reading, line, name);
        }
        let name_text = shown(name).into_owned();
        return unsupported(reading, name.span, &name_text);
    };
    let span = line.keyword().span.to(name.span);
    if !reading.in_language(&row.row, Some(line), span, || removed(row)) {
        return;
    }
    set(reading, row, &format!("timeout {}", row.row.name), line, 1);
}

/// `contimeout TIME`, `clitimeout TIME` and `srvtimeout TIME`: each is also a name behind `timeout`.
pub(crate) fn old_timeout(reading: &mut Reading<'_>, line: &Line<'_>) {
    let name = shown(line.keyword()).into_owned();
    if let Some(row) = TIMEOUT_INDEX.find(name.as_bytes()) {
        set(reading, row, &name, line, 0);
    }
}

fn removed(row: &Keyword<TimeoutKind>) -> String {
    let since = row
        .row
        .removed_in
        .map(|version| version.to_string())
        .unwrap_or_default();
    let (name, instead) = (row.row.name, row.row.replacement);
    format!("the '{name}' directive is not supported anymore since HAProxy {since}. Use '{instead}'.")
}

/// `timeout TIME`, without a name, as HAProxy 1.3 took it: the connect timeout.
fn bare(reading: &mut Reading<'_>, line: &Line<'_>, value: &Word<'_>) {
    let text = shown(value).into_owned();
    if reading.dialect.strict {
        return unsupported(reading, value.span, &text);
    }
    let message = format!("'timeout' without a name (got '{text}') is read as 'timeout connect'.");
    reading.tell(
        Diagnostic::warning("bare-timeout", message)
            .at(line.span())
            .help(format!("write instead: timeout connect {text}"))
            .fix(
                "name the timeout",
                line.span(),
                format!("timeout connect {text}"),
                Applicability::MaybeIncorrect,
            ),
    );
    store(reading, TimeoutKind::Connect, "timeout", line, 0);
}

fn set(
    reading: &mut Reading<'_>,
    row: &'static Keyword<TimeoutKind>,
    full: &str,
    line: &Line<'_>,
    at: usize,
) {
    if reading.place() & (place::DEFAULTS | row.row.places) == 0 {
        // The value is checked all the same.
        if read_time(reading, full, line, at).is_some() {
            misplaced(reading, row, full, line);
        }
        return;
    }
    if let Some(kind) = row.act {
        if row.is_read_only() {
            reading.tell_read_only(&format!("'{full}'"), line.span());
        }
        store(reading, kind, full, line, at);
    }
}

fn misplaced(reading: &mut Reading<'_>, row: &'static Keyword<TimeoutKind>, full: &str, line: &Line<'_>) {
    let Some(proxy) = reading.proxy_ref() else { return };
    let kind = Reading::proxy_words(proxy.kind);
    let lacks = if row.row.places & place::FRONTEND != 0 {
        "frontend"
    } else {
        "backend"
    };
    let message = format!(
        "'{full}' will be ignored because {kind} '{}' has no {lacks} capability",
        proxy.name
    );
    let told = Diagnostic::warning("ignored-keyword", message).at(line.keyword().span);
    reading.tell(told.help(format!("move it into a {lacks}, or remove it")));
}

fn store(reading: &mut Reading<'_>, kind: TimeoutKind, full: &str, line: &Line<'_>, at: usize) {
    let Some(millis) = read_time(reading, full, line, at) else {
        return;
    };
    let given = Set::new(millis, line.span());
    let inherited = reading
        .inherited()
        .find_map(|defaults| defaults.settings.timeout(kind))
        .map_or(0, |set| set.value);
    let before = reading.settings().set_timeout(kind, given);
    // It counts as said only where it differs from what the defaults say.
    let before = before.filter(|before| before.value != inherited);
    if let Some(before) = before.filter(|_| reading.place() & place::DEFAULTS == 0) {
        reading.tell(
            Diagnostic::warning(
                "overwritten",
                format!("overwriting '{full}' which was already specified"),
            )
            .at(line.span())
            .label(before.span, "given here before"),
        );
    }
}

fn read_time(reading: &mut Reading<'_>, full: &str, line: &Line<'_>, at: usize) -> Option<u32> {
    let subject = Subject::new(full, line.behind());
    let values = signature::sequence(reading, &mut Cursor::new(line.args(), at), TIME, &subject)?;
    let millis = values.first().and_then(|argument| argument.value.number())?;
    let millis = u32::try_from(millis).ok()?;
    let word = line.arg(at)?;
    if let Some(extra) = line.arg(at + 1) {
        let (value, more) = (shown(word).into_owned(), shown(extra).into_owned());
        let message = format!("'{full}' : unexpected extra argument '{more}' after value '{value}'.");
        let joined = format!("{value}{more}");
        let help = if time(joined.as_bytes(), Unit::Millisecond).is_ok() {
            format!("write the unit without a blank: {joined}")
        } else {
            "remove it".to_owned()
        };
        reading.tell(
            Diagnostic::alert("extra-argument", message)
                .at(extra.span)
                .help(help),
        );
        return None;
    }
    Some(millis)
}

/// What stands behind the unit is warned of, up to 3.2 at least, whatever the warning says of later versions.
pub(crate) fn stray(
    reading: &mut Reading<'_>,
    subject: &Subject<'_>,
    word: &Word<'_>,
    value: u32,
    byte: u8,
) -> Option<u32> {
    let text = shown(word).into_owned();
    let end = if subject.tail.is_empty() { "." } else { "" };
    let message = format!(
        "unexpected character '{}' after the timer value '{text}', only (us=microseconds,ms=milliseconds,s=seconds,\
         m=minutes,h=hours,d=days) are supported. This will be reported as an error in next versions{end}",
        char::from(byte)
    );
    let mut told = Diagnostic::warning("bad-time", message).at(word.span);
    // The original warns of it while it reads the number, where it knows no line.
    if subject.lead.is_empty() && subject.context == Context::Parsing {
        told = told.context(Context::Whole);
    }
    subject.tell(reading, told.help("remove what stands behind the unit"));
    Some(value)
}

fn unsupported(reading: &mut Reading<'_>, span: Span, got: &str) {
    let message = format!(
        "'timeout' supports 'client', 'server', 'connect', 'check', 'queue', 'http-keep-alive', 'http-request', \
         'tunnel', 'tarpit', 'client-fin' and 'server-fin' (got '{got}')"
    );
    let mut told = Diagnostic::alert("unknown-timeout", message).at(span);
    told = match closest(got.as_bytes(), TIMEOUT_INDEX.names()) {
        Some(near) => told.help(format!("did you mean '{near}'?")).fix(
            format!("write '{near}'"),
            span,
            near,
            Applicability::MaybeIncorrect,
        ),
        None => told.help("write for example: timeout connect 5s"),
    };
    reading.tell(told);
}
