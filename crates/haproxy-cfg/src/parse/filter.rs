//! `filter` lines: each filter with its own arguments.

use syntax::{Diagnostic, closest};

use super::bandwidth;
use super::line::{Line, shown};
use super::reading::{Reading, Section};
use super::spoe;
use crate::keywords::{filters, place};
use crate::lex::Word;
use crate::signature::{self, Arg, Cursor, Given, Opt, Subject, Value, choice, opt, options, path, text};
use crate::values::strip_os_code;

/// What stands behind the name of a bandwidth limit.
const LIMITS: &[Arg] = &[
    text("name"),
    options(&[
        opt("limit", &[text("size")]),
        opt("key", &[text("expression")]),
        opt("table", &[text("table")]),
        opt("default-limit", &[text("size")]),
        opt("default-period", &[text("time")]),
        opt("min-size", &[text("size")]),
    ]),
];

/// Filters with their arguments. Those that newer versions brought say so.
const ARGUMENTS: &[Opt] = &[
    opt("bwlim-in", LIMITS).since(2, 7),
    opt("bwlim-out", LIMITS).since(2, 7),
    opt(
        "cache",
        &[text("name").missing("'filter' : 'cache : expects a <name> argument'")],
    ),
    opt("comp-req", &[]).since(3, 4),
    opt("comp-res", &[]).since(3, 4),
    opt("compression", &[]),
    opt(
        "fcgi-app",
        &[text("name").missing("'filter' : 'fcgi-app : expects a <name> argument'")],
    ),
    opt(
        "opentracing",
        &[choice(
            "option",
            &[opt("id", &[text("id")]), opt("config", &[path("file")])],
        )
        .any()
        .wrong("'filter' : ''opentracing' : unknown keyword '{got}''")],
    ),
    opt(
        "otel",
        &[choice(
            "option",
            &[opt("id", &[text("id")]), opt("config", &[path("file")])],
        )
        .any()],
    )
    .since(3, 5),
    opt(
        "spoe",
        &[choice(
            "option",
            &[
                opt(
                    "engine",
                    &[text("name").missing("'filter' : ''spoe' : 'engine' option without value'")],
                ),
                opt(
                    "config",
                    &[path("file").missing("'filter' : ''spoe' : 'config' option without value'")],
                ),
            ],
        )
        .any()
        .wrong("'filter' : 'unknown keyword '{got}''")],
    ),
    opt(
        "trace",
        &[options(&[
            opt(
                "name",
                &[text("name").missing("'filter' : ''trace' : 'name' option without value'")],
            ),
            opt("random-forwarding", &[]),
            opt("random-parsing", &[]),
            opt("hexdump", &[]),
            opt("quiet", &[]),
            opt("max-fwd", &[text("bytes")]).since(3, 5),
            opt("min-fwd", &[text("bytes")]).since(3, 5),
        ])],
    ),
];

/// What the documentation shows of a line.
pub(crate) const SIGNATURE: &[Arg] = &[choice("filter", ARGUMENTS)];

/// `filter NAME …`.
pub(crate) fn filter(reading: &mut Reading<'_>, line: &Line<'_>) {
    let subject = Subject::new("filter", line.behind());
    if reading.place() & place::DEFAULTS != 0 {
        let mut message = "filter is not allowed in a 'default' section.".to_owned();
        // The original names the place twice here.
        if reading.dialect.strict {
            let (file, at) = reading.sources.locate(line.keyword().span);
            message = format!("parsing [{file}:{}] : {message}", at.line);
        }
        let told = Diagnostic::alert("not-in-defaults", message).at(line.keyword().span);
        return reading.tell(told.help("move the line into the proxies that need it"));
    }
    let Some(name) = line.arg(0) else {
        return nameless(reading, line);
    };
    let newer = !reading.dialect.strict || reading.dialect.at_least(2, 7);
    let script = reading.written.sections.iter().flat_map(|section| &section.lines);
    let script = script.clone().any(|line| line.name.starts_with("lua-load"));
    if newer && name.text.starts_with(b"lua.") && (script || !reading.dialect.strict) {
        reading.tell_read_only("'filter'", line.span());
        return;
    }
    let row = ARGUMENTS
        .iter()
        .find(|row| row.name.as_bytes() == &*name.text)
        .filter(|row| {
            row.since
                .is_none_or(|since| !reading.dialect.strict || since <= reading.dialect.version)
        });
    let Some(row) = row else {
        return unknown(reading, name);
    };
    if row.name.starts_with("bwlim-") {
        if bandwidth::read(reading, line, row.name) {
            reading.keep(given(row.name, Vec::new(), name.span, line));
        }
        return;
    }
    // What `compression` lines and the rules of a cache ask for is done with the filter and without.
    if !matches!(row.name, "cache" | "compression" | "comp-res") {
        reading.tell_read_only("'filter'", line.span());
    }
    let mut cursor = Cursor::new(line.args(), 1);
    let Some(arguments) = signature::sequence(reading, &mut cursor, row.args, &subject) else {
        return;
    };
    if let Some(extra) = cursor.peek() {
        let message = format!("'filter {}' : unknown keyword '{}'.", row.name, shown(extra));
        let told = Diagnostic::alert("unknown-keyword", message).at(extra.span);
        return reading.tell(told.help("remove it"));
    }
    let given = given(row.name, arguments, name.span, line);
    if row.name == "opentracing"
        && given
            .arguments
            .first()
            .is_some_and(|argument| !names_itself(&argument.value))
    {
        let message = "parsing : 'filter' : 'opentracing' : 'no filter id set, using default id 'ot-filter'";
        let told = Diagnostic::warning("missing-argument", message)
            .at(name.span)
            .context(syntax::Context::Whole);
        reading.tell(told.help("add: id NAME"));
    }
    if given_before(reading, &given) {
        return;
    }
    named(reading, line, row.name);
    if matches!(row.name, "spoe" | "opentracing") && !configured(reading, line, row.name) {
        return;
    }
    reading.keep(given);
}

/// The line of a filter, to be kept with its section.
fn given(
    filter: &'static str,
    arguments: Vec<signature::Argument>,
    span: syntax::Span,
    line: &Line<'_>,
) -> Given {
    Given {
        name: "filter",
        arguments: vec![signature::Argument {
            name: "filter",
            value: Value::Option(filter, arguments),
            span,
        }],
        span: line.span(),
    }
}

/// Whether the section has a filter already of which it can have one; tells it.
fn given_before(reading: &mut Reading<'_>, given: &Given) -> bool {
    let Some(section) = reading.written.sections.last() else {
        return false;
    };
    let filter = |given: &Given| given.arguments.first().map(|filter| filter.value.clone());
    let own = filter(given);
    let name = match &own {
        Some(Value::Option("cache", values)) => values.first().and_then(|name| name.value.text()),
        Some(Value::Option("compression", _)) => None,
        _ => return false,
    };
    let same = |other: &&Given| match (filter(other), name) {
        (Some(Value::Option("cache", values)), Some(name)) => {
            values.first().and_then(|other| other.value.text()) == Some(name)
        }
        (Some(Value::Option("compression", _)), None) => true,
        _ => false,
    };
    let before = section
        .lines
        .iter()
        .filter(|line| line.name == "filter")
        .find(same);
    let Some(before) = before.map(|before| before.span) else {
        return false;
    };
    let what = match name {
        Some(name) => format!("multiple explicit declarations of the cache filter '{name}'"),
        // The original ends its line too early.
        None if reading.dialect.strict => "Proxy supports only one compression filter\n".to_owned(),
        None => "Proxy supports only one compression filter".to_owned(),
    };
    let message = format!("'filter' : '{}: {what}'", section.name);
    let told = Diagnostic::alert("given-twice", message).at(given.span);
    reading.tell(told.label(before, "given here before").help("remove one of them"));
    true
}

/// Remembers a filter that rules may name.
fn named(reading: &mut Reading<'_>, line: &Line<'_>, kind: &'static str) {
    let option = match kind {
        "spoe" => &b"engine"[..],
        "opentracing" => &b"id"[..],
        _ => return,
    };
    let at = line.args().iter().position(|word| &*word.text == option);
    let name = at.and_then(|at| line.arg(at + 1)).map(|word| word.text.to_vec());
    if let (Some(name), Section::Proxy(index)) = (name, reading.section) {
        reading.written.named_filters.push((index, kind, name.into()));
    }
}

/// Whether a tracer's line has an `id`.
fn names_itself(value: &Value) -> bool {
    match value {
        Value::Option(_, values) => values
            .iter()
            .any(|argument| matches!(&argument.value, Value::Option("id", _))),
        _ => false,
    }
}

fn nameless(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(proxy) = reading.proxy_ref() else { return };
    let kind = Reading::proxy_words(proxy.kind);
    let mut message = format!("missing argument for 'filter' in {kind} '{}'.", proxy.name);
    // The original names the place twice here.
    if reading.dialect.strict {
        let (file, at) = reading.sources.locate(line.keyword().span);
        message = format!("parsing [{file}:{}] : {message}", at.line);
    }
    let told = Diagnostic::alert("missing-argument", message).at(line.behind());
    reading.tell(told.help("name a filter, such as compression"));
}

fn unknown(reading: &mut Reading<'_>, name: &Word<'_>) {
    let mut message = format!("'filter' : unknown keyword '{}'.", shown(name));
    if reading.dialect.strict && !reading.dialect.at_least(2, 7) {
        message += " Registered keywords :\n    [CACHE] cache\n    [COMP] compression\n    [FCGI] fcgi-app\n    [  OT] \
                    opentracing\n    [SPOE] spoe\n    [TRACE] trace";
    }
    let near = closest(&name.text, filters(reading.dialect).map(|filter| filter.name));
    let help = near.map_or_else(
        || "write the name of a filter, such as compression".to_owned(),
        |near| format!("did you mean '{near}'?"),
    );
    let told = Diagnostic::alert("unknown-option", message).at(name.span);
    reading.tell(told.help(help));
}

/// Whether the file that a filter's engine is configured by is named and there.
fn configured(reading: &mut Reading<'_>, line: &Line<'_>, filter: &str) -> bool {
    let config = line
        .args()
        .iter()
        .position(|word| &*word.text == b"config")
        .and_then(|at| line.arg(at + 1));
    let Some(file) = config else {
        let message = if filter == "spoe" {
            "'filter' : ''spoe' : missing config file'"
        } else {
            "'filter' : ''opentracing' : no configuration file specified'"
        };
        let told = Diagnostic::alert("missing-argument", message).at(line.behind());
        reading.tell(told.help("add: config PATH"));
        return false;
    };
    if filter == "spoe" {
        let engine = line.args().iter().position(|word| &*word.text == b"engine");
        let engine = engine.and_then(|at| line.arg(at + 1));
        return spoe::configured(reading, engine, file, line.span());
    }
    let path = shown(file);
    let Err(error) = reading.host.path_kind(&path) else {
        return true;
    };
    let why = strip_os_code(&error);
    let message = format!("'filter' : ''{path}' : {why}'");
    let told = Diagnostic::alert("missing-file", message).at(file.span);
    reading.tell(told.help("check the path"));
    false
}
