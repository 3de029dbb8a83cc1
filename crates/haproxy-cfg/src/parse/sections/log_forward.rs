//! Lines of `log-forward` (manual, section 3.10).

use syntax::{Diagnostic, Span};

use super::super::bind::{bind_flags, of_datagrams, of_section};
use super::super::line::{Line, Prefix, shown};
use super::super::log::target;
use super::super::reading::Reading;
use super::{given, is_faulty, whole};
use crate::model::Word;
use crate::model::sections::{HostField, LogForward};
use crate::signature::{TimeWords, Value};
use crate::values::{Wants, bind_addresses};

pub(super) fn open(reading: &mut Reading<'_>, name: Word, span: Span) {
    let host = match reading.dialect.does_as(3, 2) {
        true => HostField::Fill,
        false => HostField::Keep,
    };
    reading.written.beside.log_forwards.push(LogForward {
        name,
        span,
        binds: Vec::new(),
        datagrams: Vec::new(),
        global_logs: false,
        logs: Vec::new(),
        maxconn: None,
        backlog: None,
        timeout_client: None,
        host,
        options: Vec::new(),
    });
}

fn section<'r>(reading: &'r mut Reading<'_>) -> Option<&'r mut LogForward> {
    reading.written.beside.log_forwards.last_mut()
}

/// `bind ADDRESS [OPTIONS]`: logs over streams. A wrong address is an alert that versions up to 2.6 go on behind.
pub(crate) fn bind(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(address) = line.arg(0) else {
        let message = "'bind' without an address is read over.";
        let told = Diagnostic::warning("extra-argument", message).at(line.behind());
        return reading.tell(told.help("write: bind ADDRESS:PORT"));
    };
    let text = shown(address).into_owned();
    let wants = Wants::streams(reading.dialect);
    let addresses = bind_addresses(&reading.expanded(&address.text), reading.host, wants);
    if let Err(fault) = &addresses {
        let told = Diagnostic::alert("bad-address", format!("'bind {text}' : {fault}"))
            .refusing(reading.dialect.strict && reading.dialect.at_least(2, 7))
            .at(address.span);
        return reading.tell(told.help("write: bind ADDRESS:PORT"));
    }
    let prefix = format!("'bind {text}' in section 'log-forward'");
    let mut flags = bind_flags(reading, line.args().get(1..).unwrap_or(&[]), &prefix);
    let (Ok((addresses, _)), false) = (addresses, flags.faulty) else {
        return;
    };
    // 2.6 has no name for the listener here.
    let unnamed = reading.dialect.strict && !reading.dialect.at_least(2, 7);
    let spoken = if unnamed { "(null)" } else { &text };
    let binds = of_section(
        reading,
        addresses,
        &mut flags,
        (&prefix, spoken, address),
        line.span(),
    );
    if let Some(section) = section(reading) {
        section.binds.extend(binds);
    }
}

/// `dgram-bind ADDRESS [OPTIONS]`: logs in datagrams.
pub(crate) fn dgram_bind(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(address) = line.arg(0) else {
        let message = "'dgram-bind' without an address is read over.";
        let told = Diagnostic::warning("extra-argument", message).at(line.behind());
        return reading.tell(told.help("write: dgram-bind ADDRESS:PORT"));
    };
    let Some(given) = given(reading, line) else { return };
    let wants = Wants::datagrams(reading.dialect);
    // It was read a moment ago.
    if let Ok((addresses, _)) = bind_addresses(&reading.expanded(&address.text), reading.host, wants) {
        let words = match given.get("address-and-options") {
            Some(Value::List(words)) => words.as_slice(),
            _ => &[],
        };
        let sockets = of_datagrams(reading, addresses, words, line.span());
        if let Some(section) = section(reading) {
            section.datagrams.extend(sockets);
        }
    }
}

/// `log global`, `log TARGET`, `no log`.
pub(crate) fn log(reading: &mut Reading<'_>, line: &Line<'_>) {
    if line.prefix == Prefix::No {
        if let Some(section) = section(reading) {
            section.logs.clear();
            section.global_logs = false;
        }
        return;
    }
    if line.arg(0).is_some_and(|word| &*word.text == b"global") && line.arg(1).is_none() {
        if let Some(section) = section(reading) {
            section.global_logs = true;
        }
        return;
    }
    if let Some(target) = target(reading, line)
        && let Some(section) = section(reading)
    {
        section.logs.push(target);
    }
}

/// `maxconn NUMBER`, `backlog NUMBER`.
pub(crate) fn number(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(given) = given(reading, line) else { return };
    let number = given.get("number").and_then(Value::number);
    if let Some(section) = section(reading) {
        match given.name {
            "maxconn" => section.maxconn = number,
            _ => section.backlog = number,
        }
    }
}

/// `option NAME`.
pub(crate) fn option(reading: &mut Reading<'_>, line: &Line<'_>) {
    // Version 2.6 has none, and does not know the keyword.
    if reading.dialect.strict && !reading.dialect.at_least(3, 0) {
        let message = "unknown keyword 'option' in log-forward section.";
        return reading.alert("unknown-keyword", line.keyword().span, message);
    }
    let name = given(reading, line).and_then(|given| given.get("name").and_then(Value::word));
    let how = line.arg(1).and_then(|word| HostField::named(&word.text));
    if name == Some("host") && how.is_none() {
        let message = "option 'host' expects {replace|fill|keep|append}.";
        let at = line.arg(1).map_or(line.behind(), |word| word.span);
        return reading.alert("unknown-option", at, message);
    }
    if let (Some(name), Some(section)) = (name, section(reading)) {
        match how {
            Some(how) if name == "host" => section.host = how,
            _ => section.options.push(name),
        }
    }
}

/// What is said of times of `timeout client`.
pub(crate) const CLIENT_TIME: TimeWords = TimeWords {
    unexpected: "timeout : unexpected character '{byte}' in 'timeout client'",
    overflow: "timeout : timer overflow in argument '{got}' to 'timeout client' (maximum value is 2147483647 ms or ~24.8 days)",
    underflow: "",
};

/// `timeout client TIME`.
pub(crate) fn timeout(reading: &mut Reading<'_>, line: &Line<'_>) {
    let which = line
        .arg(0)
        .map(|word| shown(word).into_owned())
        .unwrap_or_default();
    if which != "client" {
        let span = line.arg(0).map_or(line.keyword().span, |word| word.span);
        let message = format!("unknown keyword 'timeout {which}' in log-forward section.");
        let told = Diagnostic::alert("unknown-keyword", message).at(span);
        return reading.tell(told.help("write: timeout client 10s"));
    }
    let Some(given) = given(reading, line) else { return };
    let time = given
        .option("client")
        .and_then(|arguments| match arguments.first()?.value {
            Value::Millis(time) => Some(time),
            _ => None,
        });
    if let Some(section) = section(reading) {
        section.timeout_client = time;
    }
}

/// What can be said of all sections once they are read.
pub(crate) fn finish(reading: &mut Reading<'_>) {
    let mut told = Vec::new();
    for section in &reading.written.beside.log_forwards {
        if section.binds.is_empty() && section.datagrams.is_empty() && !is_faulty(reading, section.span) {
            let message = format!(
                "frontend '{}' has no 'bind' directive. Please declare it as a backend if this was intended.",
                section.name
            );
            let one = Diagnostic::warning("no-bind", message).at(section.span);
            told.push(whole(one).help("add: dgram-bind ADDRESS:PORT, or bind ADDRESS:PORT"));
        }
        // Its name may not be that of a proxy either.
        let (file, place) = reading.sources.locate(section.span);
        for proxy in &reading.written.proxies {
            if proxy.name == section.name {
                let kind = Reading::proxy_words(proxy.kind);
                let message = format!(
                    "{kind} '{0}' has the same name as log forward section '{0}' declared at {file}:{1}.",
                    proxy.name, place.line
                );
                let one = Diagnostic::alert("duplicate-name", message).at(proxy.name_span);
                told.push(
                    one.label(section.span, "declared here")
                        .help("rename one of them"),
                );
            }
        }
    }
    reading.diagnostics.extend(told);
}
