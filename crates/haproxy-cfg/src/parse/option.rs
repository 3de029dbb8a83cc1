//! `option NAME …`: which row it is, and the options that are on or off.

use syntax::{Applicability, Context, Diagnostic, Severity, closest};

use super::line::{Line, Prefix, shown};
use super::reading::Reading;
use crate::keywords::{Keyword, OPTION_INDEX, place};
use crate::model::ConnectionMode;
use crate::written::{LogLine, OptionFlag, Set};

/// An `option` line: its keyword is `option`, its first argument the option's name.
pub(crate) struct OptionLine<'l> {
    pub(crate) line: &'l Line<'l>,
}

/// What an option's row does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum OptionParse {
    /// On or off.
    Flag(OptionFlag),
    /// On or off, under both flags.
    Both(OptionFlag, OptionFlag),
    /// One of the modes of a connection.
    Connection(ConnectionMode),
    /// A log line.
    Log(LogLine),
    /// `redispatch`.
    Redispatch,
    /// Read by a function of its own; cannot be negated.
    Call(for<'h> fn(&mut Reading<'h>, &OptionLine<'_>)),
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
        .filter(|row| !reading.too_new(&row.row));
    let Some(row) = row else {
        let text = shown(name).into_owned();
        let mut told = Diagnostic::alert("unknown-option", format!("unknown option '{text}'.")).at(name.span);
        if let Some(near) = closest(&name.text, OPTION_INDEX.names()) {
            told = told.help(format!("did you mean '{near}'?")).fix(
                format!("write '{near}'"),
                name.span,
                near,
                Applicability::MaybeIncorrect,
            );
        }
        return reading.tell(told);
    };
    if !reading.in_language(&row.row, Some(line), name.span, || removed(row)) {
        return;
    }
    if line.prefix != Prefix::None && !negatable(row) {
        let message = format!("negation/default is not supported for option '{}'.", row.row.name);
        let told = Diagnostic::alert("not-negatable", message)
            .at(line.span())
            .context(Context::ParsingTight);
        return reading.tell(told.help("remove the line"));
    }
    if reading.place() & (row.row.places | place::DEFAULTS) == 0 {
        return misplaced(reading, row, line);
    }
    let max = usize::from(row.row.arity.max);
    if row.row.arity.max != u8::MAX && !reading.at_most_of(line, max + 1, &format!("option {}", row.row.name))
    {
        return;
    }
    act(reading, row, line);
}

fn act(reading: &mut Reading<'_>, row: &'static Keyword<OptionParse>, line: &Line<'_>) {
    let span = line.span();
    let on = line.prefix == Prefix::None;
    if on && row.is_read_only() {
        reading.tell_read_only(&format!("'option {}'", row.row.name), span);
    }
    match row.act {
        None | Some(OptionParse::Nothing) => {}
        Some(OptionParse::Flag(flag)) => {
            reading.settings().options[flag as usize] = Some(Set::new(on, span));
        }
        Some(OptionParse::Both(one, other)) => {
            let settings = reading.settings();
            settings.options[one as usize] = Some(Set::new(on, span));
            settings.options[other as usize] = Some(Set::new(on, span));
        }
        Some(OptionParse::Connection(mode)) => {
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
        Some(OptionParse::Log(log_line)) => log_option(reading, log_line, line),
        Some(OptionParse::Redispatch) => redispatch(reading, line),
        Some(OptionParse::Call(parse)) => parse(reading, &OptionLine { line }),
    }
}

fn negatable(row: &Keyword<OptionParse>) -> bool {
    match row.act {
        Some(OptionParse::Call(_) | OptionParse::Log(_)) => false,
        Some(_) => true,
        // Rows that are only read take no argument when they are on or off.
        None => row.row.arity.max == 0,
    }
}

fn removed(row: &Keyword<OptionParse>) -> String {
    let name = row.row.name;
    let since = row
        .row
        .removed_in
        .map(|version| version.to_string())
        .unwrap_or_default();
    let instead = row.row.replacement;
    if instead.is_empty() || instead == "delete the line" {
        format!("option '{name}' is not supported any more since HAProxy {since}, please just remove it.")
    } else {
        format!("option '{name}' is not supported any more since HAProxy {since}, use '{instead}'.")
    }
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
    super::section::ignored(reading, name, line.span(), row.row.places);
}

/// `option httplog [clf]` and `option tcplog [clf]`.
fn log_option(reading: &mut Reading<'_>, log_line: LogLine, line: &Line<'_>) {
    let mut value = log_line;
    if let Some(word) = line.arg(1) {
        let name = if log_line == LogLine::Http {
            "httplog"
        } else {
            "tcplog"
        };
        if &*word.text != b"clf" {
            let message = format!("keyword '{name}' only supports option 'clf'.");
            return reading.tell(
                Diagnostic::alert("unknown-option", message)
                    .at(word.span)
                    .help("remove it"),
            );
        }
        if log_line == LogLine::Http {
            value = LogLine::HttpClf;
        } else {
            reading.tell_read_only("'option tcplog clf'", line.span());
        }
    }
    let span = line.span();
    let before = reading.settings().log_line.replace(Set::new(value, span));
    let own = reading.place() & place::DEFAULTS == 0;
    if let Some(before) = before.filter(|before| own && before.value != value) {
        let what = |line| {
            if line == LogLine::Tcp {
                "option tcplog"
            } else {
                "option httplog"
            }
        };
        let message = format!("'{}' overrides previous '{}'.", what(value), what(before.value));
        reading.tell(
            Diagnostic::warning("overwritten", message)
                .at(span)
                .label(before.span, "given here before"),
        );
    }
}

/// `option redispatch [INTERVAL]`.
fn redispatch(reading: &mut Reading<'_>, line: &Line<'_>) {
    if line.prefix == Prefix::No {
        reading.settings().redispatch = Some(Set::new(None, line.span()));
        return;
    }
    let mut interval = -1;
    if let Some(word) = line.arg(1) {
        let loose = crate::values::loose_integer(&word.text);
        if !loose.exact {
            let text = shown(word).into_owned();
            let message = format!(
                "'option redispatch' expects an integer, '{text}' is read as {}.",
                loose.value
            );
            reading.tell(Diagnostic::new(Severity::Warning, "loose-number", message).at(word.span));
        }
        interval = i32::try_from(loose.value).unwrap_or(-1);
    }
    let value = (interval != 0).then_some(interval);
    reading.settings().redispatch = Some(Set::new(value, line.span()));
}

/// The old line `redispatch`.
pub(crate) fn old_redispatch(reading: &mut Reading<'_>, line: &Line<'_>) {
    reading.settings().redispatch = Some(Set::new(Some(-1), line.span()));
}
