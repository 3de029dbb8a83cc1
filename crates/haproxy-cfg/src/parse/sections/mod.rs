//! Sections beside the proxies: their first lines, and which row a line belongs to. Each kind has its file, which reads what
//! its signatures cannot say and puts what is right into the model.

pub(crate) mod acme;
pub(crate) mod cache;
pub(crate) mod crt_store;
mod endpoint;
pub(crate) mod fcgi;
pub(crate) mod http_errors;
pub(crate) mod log_forward;
pub(crate) mod log_profile;
pub(crate) mod mailers;
pub(crate) mod named;
pub(crate) mod peers;
pub(crate) mod program;
pub(crate) mod resolvers;
pub(crate) mod ring;
pub(crate) mod table;
mod trace_sources;
pub(crate) mod traces;
pub(crate) mod userlist;

use syntax::{Applicability, Context, Diagnostic, Span, closest};

use super::line::{Line, Prefix, shown};
use super::reading::{Reading, Section};
use crate::keywords::{Keyword, SECTION_INDEX, section_rows};
use crate::model::Word;
use crate::signature::{self, Given};

/// What the original says of a section's first line.
struct Words {
    /// When the name is missing.
    missing: &'static str,
    /// Whether more than the name is refused; it is read over otherwise.
    alone: bool,
    /// Whether the name may hold letters, digits, `-`, `_`, `.` and `:` alone.
    plain: bool,
}

fn words(section: &str) -> Words {
    let (missing, alone, plain) = match section {
        "peers" => ("missing name for peers section.", true, true),
        "resolvers" => ("missing name for resolvers section.", false, true),
        "userlist" => ("'userlist' expects <name> as arguments.", true, true),
        "mailers" => ("missing name for mailers section.", false, true),
        "http-errors" => ("missing name for http-errors section.", false, true),
        "ring" => ("missing ring name.", false, true),
        "log-forward" => ("missing name for ip-forward section.", true, true),
        "cache" => ("'cache' expects a <name> argument", true, false),
        "fcgi-app" => ("'fcgi-app' expects <name> as argument.", true, true),
        "program" => ("'program' expects an <id> argument", true, false),
        "healthcheck" => ("missing name for healthcheck section.", false, true),
        "acme" => ("section 'acme' requires an ID argument.", true, false),
        "log-profile" => ("missing name for log-profile section.", true, true),
        _ => ("", true, false),
    };
    Words {
        missing,
        alone,
        plain,
    }
}

/// Enters a section that is no proxy and neither `global` nor `defaults`.
pub(super) fn enter(reading: &mut Reading<'_>, section: &'static Keyword<()>, line: &Line<'_>) {
    let keyword = section.row.name;
    let words = words(keyword);
    let Some(word) = line.arg(0) else {
        if section.row.arity.min > 0 {
            let message = match words.missing {
                "" => format!("'{keyword}' expects a name as argument."),
                message => message.to_owned(),
            };
            let told = Diagnostic::alert("missing-name", message).at(line.behind());
            return reading.tell(told.help(format!("write: {keyword} NAME")));
        }
        return begin(reading, section, line);
    };
    let most = usize::from(section.row.arity.max);
    if words.alone && !reading.at_most(line, most) {
        return;
    }
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':');
    if words.plain
        && let Some(wrong) = word.text.iter().find(|byte| !allowed(byte))
    {
        let wrong = char::from(*wrong);
        let message = match keyword {
            "ring" => format!(
                "invalid ring name '{}' (character '{wrong}' is not permitted).",
                shown(word)
            ),
            _ => format!(
                "character '{wrong}' is not permitted in '{keyword}' name '{}'.",
                shown(word)
            ),
        };
        let told = Diagnostic::alert("bad-name", message).at(word.span);
        return reading.tell(told.help("use letters, digits, '-', '_', '.' and ':'"));
    }
    let name: Word = word.text.to_vec().into();
    // Stores of one name are one.
    if !matches!(keyword, "userlist" | "crt-store") && !is_new(reading, keyword, &name, line) {
        return;
    }
    begin(reading, section, line);
    open(reading, keyword, name, line);
}

fn begin(reading: &mut Reading<'_>, section: &'static Keyword<()>, line: &Line<'_>) {
    let keyword = section.row.name;
    if keyword == "acme" && reading.dialect.strict && !reading.written.experimental {
        let message =
            "section 'acme' is experimental, must be allowed via a global 'expose-experimental-directives'";
        let told = Diagnostic::alert("experimental", message).at(line.keyword().span);
        reading.tell(told.help("write in front of it, in global: expose-experimental-directives"));
    }
    if !reading.in_language(&section.row, None, line.keyword().span, || {
        format!("the '{keyword}' section is not supported anymore.")
    }) {
        return;
    }
    reading.section = Section::Other(keyword);
    if section.is_read_only() {
        reading.tell_read_only(&format!("section '{keyword}'"), line.span());
    }
}

/// Whether no section of that kind has the name yet; tells when one has.
fn is_new(reading: &mut Reading<'_>, keyword: &str, name: &Word, line: &Line<'_>) -> bool {
    let before = reading
        .written
        .sections
        .iter()
        // The last one is the section that begins here.
        .rev()
        .skip(1)
        .find(|section| section.keyword == keyword && section.name == *name);
    let Some(before) = before.map(|section| section.span) else {
        return true;
    };
    let (file, place) = reading.sources.locate(before);
    let place = format!("{file}:{}", place.line);
    let message = match keyword {
        "resolvers" => {
            format!("resolvers '{name}' has same name as another resolvers (declared at {place}).")
        }
        "http-errors" => format!("http-errors section '{name}' already exists (declared at {place})."),
        "ring" => format!("sink named '{name}' already exists."),
        "cache" => format!("Duplicate cache name '{name}'."),
        "fcgi-app" => {
            format!("fcgi-app section '{name}' has the same name as another one declared at {place}.")
        }
        "program" => format!("'{name}' program section already exists in the configuration."),
        "healthcheck" => format!("healthcheck section '{name}' already defined at {place}."),
        "acme" => format!("acme section '{name}' already exists ({place})."),
        _ => format!(
            "{keyword} section '{name}' has the same name as another {keyword} section declared at {place}."
        ),
    };
    let told = Diagnostic::alert("duplicate-name", message).at(line.span());
    reading.tell(told.label(before, "declared here").help("rename one of them"));
    false
}

/// Makes room for what the section declares.
fn open(reading: &mut Reading<'_>, keyword: &str, name: Word, line: &Line<'_>) {
    let span = line.span();
    match keyword {
        "peers" => peers::open(reading, name, span),
        "resolvers" => resolvers::open(reading, name, span),
        "userlist" => userlist::open(reading, name, line),
        "mailers" => mailers::open(reading, name, span),
        "http-errors" => http_errors::open(reading, name, span),
        "ring" => ring::open(reading, name, span),
        "log-forward" => log_forward::open(reading, name, span),
        "log-profile" => log_profile::open(reading, name, span),
        "cache" => cache::open(reading, name, span),
        "fcgi-app" => fcgi::open(reading, name, span),
        "program" => program::open(reading, name, span),
        _ => {}
    }
}

/// Keywords that may stand behind `no`.
const NEGATABLE: &[&[u8]] = &[b"option", b"log"];

/// A line of the section `section`.
pub(super) fn line(reading: &mut Reading<'_>, section: &'static str, line: &Line<'_>) {
    if line.prefix != Prefix::None && !NEGATABLE.contains(&&*line.keyword().text) {
        super::section::not_negatable(reading, line);
    }
    let found = section_rows(section)
        .iter()
        .find(|row| row.row.name.as_bytes() == &*line.keyword().text)
        .filter(|row| !reading.too_new(&row.row));
    let Some(row) = found else {
        return unknown(reading, section, line);
    };
    match (row.act.or(row.check), row.signature) {
        (Some(act), _) => act(reading, line),
        (None, Some(signature)) => signature::keep_line(reading, line, row.row.name, signature),
        (None, None) => {}
    }
}

fn unknown(reading: &mut Reading<'_>, section: &'static str, line: &Line<'_>) {
    let word = shown(line.keyword()).into_owned();
    let span = line.keyword().span;
    let message = match section {
        "ring" => format!("unknown statement '{word}'."),
        "log-forward" => format!("unknown keyword '{word}' in log-forward section."),
        "log-profile" => format!("unknown keyword '{word}' in log-profile section."),
        "userlist" if !reading.dialect.at_least(3, 1) => {
            format!("unknown keyword '{word}' in 'users' section")
        }
        // Lines of traces are those of the global section to it.
        "traces" if reading.dialect.strict => format!("unknown keyword '{word}' in 'global' section"),
        _ => format!("unknown keyword '{word}' in '{section}' section"),
    };
    let mut told = Diagnostic::alert("unknown-keyword", message).at(span);
    let names = section_rows(section).iter().map(|row| row.row.name);
    if let Some(near) = closest(&line.keyword().text, names.chain(SECTION_INDEX.names())) {
        told = told.help(format!("did you mean '{near}'?")).fix(
            format!("write '{near}'"),
            span,
            near,
            Applicability::MaybeIncorrect,
        );
    }
    reading.tell(told);
    super::section::enter_meant(reading, line);
}

/// The line's arguments as its row's signature reads them; none when they are wrong, which is told.
fn given(reading: &mut Reading<'_>, line: &Line<'_>) -> Option<Given> {
    let Section::Other(section) = reading.section else {
        return None;
    };
    let row = section_rows(section)
        .iter()
        .find(|row| row.row.name.as_bytes() == &*line.keyword().text)?;
    let given = signature::line_given(reading, line, row.row.name, row.signature?)?;
    reading.keep(given.clone());
    Some(given)
}

/// Whether a line of the section that begins at `span` is refused: what the section lacks is no further fault then.
fn is_faulty(reading: &Reading<'_>, span: Span) -> bool {
    has_fault(reading, span, |_| true)
}

/// The same, for findings that `counts` takes.
fn has_fault(reading: &Reading<'_>, span: Span, counts: impl Fn(&Diagnostic) -> bool) -> bool {
    let mut behind = reading
        .written
        .sections
        .iter()
        .skip_while(|section| section.span != span)
        .skip(1);
    let end = behind
        .find(|section| section.span.file == span.file)
        .map_or(u32::MAX, |section| section.span.start);
    reading.diagnostics.iter().any(|told| {
        let inside = told
            .span
            .is_some_and(|at| at.file == span.file && (span.start..end).contains(&at.start));
        // A second section of its name leaves it as incomplete as it is.
        let named = told.labels.iter().any(|label| label.span == span);
        told.refuses && (inside || named) && counts(told)
    })
}

/// A finding about a whole section.
fn whole(diagnostic: Diagnostic) -> Diagnostic {
    diagnostic.context(Context::Whole)
}
