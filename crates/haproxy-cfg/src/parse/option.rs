//! `option NAME …`: which row it is, and the options that are on or off.

use syntax::{Applicability, Context, Diagnostic, closest};

use super::line::{Line, Prefix, shown};
use super::reading::Reading;
use crate::keywords::{Keyword, OPTION_INDEX, option_places, place};
use crate::lex::Word;
use crate::model::ConnectionMode;
use crate::signature::{self, Arg, Cursor, Given, Subject, Value};
use crate::written::{FormatKind, FormatLine, LogLine, OptionFlag, Set};

/// What an option's row does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum OptionParse {
    /// On or off.
    Flag(OptionFlag),
    /// On for the client and for the server.
    Both(OptionFlag, OptionFlag),
    /// One of the modes of a connection.
    Connection(ConnectionMode),
    /// A log line.
    Log(LogLine),
    /// `redispatch`.
    Redispatch,
    /// What its arguments say; cannot be negated.
    Given(for<'h> fn(&mut Reading<'h>, &Given)),
    /// What its arguments say, which nothing acts on yet; it can be negated.
    Switch,
    /// Old: it asks for what is done anyway.
    Nothing,
}

/// `option NAME …`.
pub(crate) fn option(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(name) = line.arg(0) else {
        return reading.alert_tight(
            "missing-argument",
            line.behind(),
            "'option' expects an option name.",
        );
    };
    let row = OPTION_INDEX
        .find(&name.text)
        .filter(|row| !reading.too_new(&row.row))
        .filter(|row| !forgotten(reading, row));
    let Some(row) = row else {
        return unknown(reading, line, name);
    };
    if !reading.in_language(&row.row, Some(line), name.span, || removed(row)) {
        return;
    }
    if line.prefix != Prefix::None && !negatable(row) {
        return not_negatable(reading, line, name);
    }
    let mode = matches!(row.act, Some(OptionParse::Connection(_)));
    if mode && line.prefix == Prefix::Default && reading.dialect.strict && reading.dialect.at_least(2, 7) {
        return not_negatable(reading, line, name);
    }
    let places = option_places(&row.row, reading.dialect);
    let here = reading.place() & (places | place::DEFAULTS) != 0;
    // Those that are on or off are judged by their arguments first.
    if row.signature.is_none() && !extra(reading, row, line) {
        return;
    }
    if here {
        return act(reading, row, line);
    }
    let told = reading.diagnostics.len();
    if !matches!(row.act, Some(OptionParse::Log(_))) {
        misplaced(reading, row, line);
    }
    super::section::without_effect(reading, |reading| act(reading, row, line));
    let refused = reading.diagnostics[told..].iter().any(|told| told.refuses);
    if matches!(row.act, Some(OptionParse::Log(_))) && !refused {
        misplaced(reading, row, line);
    }
}

/// Options that a strict dialect's version knows no more, not even to say so.
fn forgotten(reading: &Reading<'_>, row: &Keyword<OptionParse>) -> bool {
    let dialect = reading.dialect;
    let removed = row.row.removed_in.is_some_and(|since| since <= dialect.version);
    dialect.strict && removed && !SPOKEN_OF.iter().any(|(name, _)| *name == row.row.name)
}

/// What newer versions say of options that they have dropped.
const SPOKEN_OF: &[(&str, &str)] = &[
    (
        "forceclose",
        "2.0, please just remove it, or use 'option httpclose' if absolutely needed.",
    ),
    (
        "http-tunnel",
        "2.1, please just remove it, it shouldn't be needed.",
    ),
    (
        "http_proxy",
        "2.5. This option stopped working in HAProxy 1.9 and usually had nasty side effects. It can be more reliably \
         implemented with combinations of 'http-request set-dst' and 'http-request set-uri', and even 'http-request \
         do-resolve' if DNS resolution is desired.",
    ),
];

fn unknown(reading: &mut Reading<'_>, line: &Line<'_>, name: &Word<'_>) {
    if line.prefix != Prefix::None {
        return not_negatable(reading, line, name);
    }
    let text = shown(name).into_owned();
    let mut told = Diagnostic::alert("unknown-option", format!("unknown option '{text}'.")).at(name.span);
    let row = OPTION_INDEX.find(&name.text);
    if let Some(later) = reading.came_later(row.and_then(|row| row.row.since)) {
        told = told.help(later);
    } else if let Some(near) = closest(&name.text, OPTION_INDEX.names()) {
        told = told.help(format!("did you mean '{near}'?")).fix(
            format!("write '{near}'"),
            name.span,
            near,
            Applicability::MaybeIncorrect,
        );
    }
    reading.tell(told);
}

fn not_negatable(reading: &mut Reading<'_>, line: &Line<'_>, name: &Word<'_>) {
    let message = format!("negation/default is not supported for option '{}'.", shown(name));
    let told = Diagnostic::alert("not-negatable", message)
        .at(line.span())
        .context(Context::ParsingTight);
    reading.tell(told.help("remove the line"));
}

/// Tells an argument that is one too many; gives false when there is one.
fn extra(reading: &mut Reading<'_>, row: &Keyword<OptionParse>, line: &Line<'_>) -> bool {
    let max = usize::from(row.row.arity.max);
    row.row.arity.max == u8::MAX || reading.at_most_of(line, max + 1, &format!("option {}", row.row.name))
}

fn act(reading: &mut Reading<'_>, row: &'static Keyword<OptionParse>, line: &Line<'_>) {
    let span = line.span();
    let on = line.prefix == Prefix::None;
    if on && row.is_read_only() {
        reading.tell_read_only(&format!("'option {}'", row.row.name), span);
    }
    if matches!(row.act, Some(OptionParse::Flag(OptionFlag::AbortOnClose)))
        && reading.place() == place::FRONTEND
    {
        // What the data path goes by is what the backend says.
        reading.tell_read_only("'option abortonclose' of a frontend", span);
    }
    let given = match row.signature {
        Some(signature) if on => match given(reading, row, signature, line) {
            Some(given) => Some(given),
            None => return,
        },
        _ => None,
    };
    match (row.act, given) {
        (Some(OptionParse::Nothing), _) | (None, None) => {}
        (Some(OptionParse::Flag(flag)), _) => {
            reading.settings().set_option(flag, Set::new(on, span));
        }
        (Some(OptionParse::Both(one, other)), _) => {
            let settings = reading.settings();
            settings.set_option(one, Set::new(on, span));
            settings.set_option(other, Set::new(on, span));
        }
        (Some(OptionParse::Connection(mode)), _) => {
            let settings = reading.settings();
            if on {
                settings.connection_mode = Some(Set::new(mode, span));
            } else if settings
                .connection_mode
                .as_ref()
                .is_none_or(|given| given.value == mode)
            {
                settings.connection_mode = Some(Set::new(ConnectionMode::KeepAlive, span));
            }
        }
        (Some(OptionParse::Log(log_line)), given) => log_option(reading, log_line, given.as_ref(), line),
        (Some(OptionParse::Redispatch), given) => redispatch(reading, given.as_ref(), line),
        (Some(OptionParse::Given(store)), Some(given)) => store(reading, &given),
        (Some(OptionParse::Given(_) | OptionParse::Switch), None) => {}
        (None | Some(OptionParse::Switch), Some(given)) => reading.keep(given),
    }
}

/// The arguments of an option, read by its signature.
fn given(
    reading: &mut Reading<'_>,
    row: &'static Keyword<OptionParse>,
    signature: &'static [Arg],
    line: &Line<'_>,
) -> Option<Given> {
    // This one is worded as if its own name were no part of the keyword.
    let name = if row.row.name == "http-restrict-req-hdr-names" {
        "option".to_owned()
    } else {
        format!("option {}", row.row.name)
    };
    let subject = Subject::new(&name, line.behind());
    let arguments = signature::read(reading, &mut Cursor::new(line.args(), 1), signature, &subject)?;
    Some(Given {
        name: row.row.name,
        arguments,
        span: line.span(),
    })
}

fn negatable(row: &Keyword<OptionParse>) -> bool {
    matches!(
        row.act,
        Some(
            OptionParse::Flag(_)
                | OptionParse::Connection(_)
                | OptionParse::Redispatch
                | OptionParse::Switch
                | OptionParse::Nothing
        )
    )
}

fn removed(row: &Keyword<OptionParse>) -> String {
    let name = row.row.name;
    let words = SPOKEN_OF
        .iter()
        .find(|(spoken, _)| *spoken == name)
        .map_or("", |(_, words)| words);
    format!("option '{name}' is not supported any more since HAProxy {words}")
}

/// Options that the kind of proxy makes meaningless are warned of and left out.
fn misplaced(reading: &mut Reading<'_>, row: &'static Keyword<OptionParse>, line: &Line<'_>) {
    let name = row.row.name;
    if let (Some(OptionParse::Log(_)), Some(proxy)) = (row.act, reading.proxy_ref()) {
        let message = format!(
            "backend '{}' : 'option {name}' directive is ignored in backends.",
            proxy.name
        );
        let told = Diagnostic::warning("ignored-keyword", message).at(line.span());
        return reading.tell(told.help("move it into the frontend, which writes the log"));
    }
    let places = option_places(&row.row, reading.dialect);
    super::section::ignored(reading, name, line.span(), places);
    // Since 3.2 it is looked for among other options too, and refused, which before was only warned of.
    let judged = reading.dialect.strict && reading.dialect.at_least(3, 2);
    let found = name.starts_with("accept-invalid-http-");
    if judged && !found && matches!(row.act, Some(OptionParse::Flag(_))) {
        if let (true, Some(word)) = (line.prefix != Prefix::None, line.arg(0)) {
            return not_negatable(reading, line, word);
        }
        let message = format!("unknown option '{name}'.");
        let told = Diagnostic::alert("unknown-option", message).at(line.span());
        reading.tell(told.help("move it to the other side's section"));
    }
}

/// `option httplog [clf]`, `option tcplog [clf]` and `option httpslog`.
fn log_option(reading: &mut Reading<'_>, log_line: LogLine, given: Option<&Given>, line: &Line<'_>) {
    let clf = given.is_some_and(|given| given.get("clf").is_some());
    let value = match log_line {
        LogLine::Http if clf => LogLine::HttpClf,
        LogLine::Tcp if clf => LogLine::TcpClf,
        other => other,
    };
    let span = line.span();
    reading.settings().log_line = Some(Set::new(value, span));
    let words = match value {
        LogLine::Http => "option httplog",
        LogLine::HttpClf => "option httplog clf",
        LogLine::Https => "option httpslog",
        LogLine::Tcp => "option tcplog",
        LogLine::TcpClf => "option tcplog clf",
    };
    let line = FormatLine {
        kind: FormatKind::Log,
        words,
        span,
        faults: Vec::new(),
        format: None,
    };
    super::log_format::give(reading, line);
}

/// `option redispatch [INTERVAL]`.
fn redispatch(reading: &mut Reading<'_>, given: Option<&Given>, line: &Line<'_>) {
    let value = given.map(|given| {
        let interval = given.get("interval").and_then(Value::number).unwrap_or(-1);
        i32::try_from(interval).unwrap_or(-1)
    });
    reading.settings().redispatch = Some(Set::new(value, line.span()));
}

/// The old line `redispatch`.
pub(crate) fn old_redispatch(reading: &mut Reading<'_>, line: &Line<'_>) {
    reading.settings().redispatch = Some(Set::new(Some(-1), line.span()));
}
