//! `server-template`: several servers of one line (manual, section 4.2).

use syntax::Diagnostic;

use super::super::line::{Line, shown};
use super::super::reading::Reading;
use super::address::host;
use super::{LEAD_END, allowed, flags, keep, lead, permitted, tell};
use crate::values::loose_integer;
use crate::written::ServerLine;

/// `server-template PREFIX NUMBER|FIRST-LAST ADDRESS [OPTIONS]`: a server for each number.
pub(crate) fn server_template(reading: &mut Reading<'_>, line: &Line<'_>) {
    if !allowed(reading, line, "server-template") {
        return;
    }
    let (Some(name), Some(range), Some(address)) = (line.arg(0), line.arg(1), line.arg(2)) else {
        let message = "'server-template' expects <prefix> <nb | range> <addr>[:<port>] as arguments.";
        let told = Diagnostic::alert("missing-argument", message).at(line.behind());
        return tell(
            reading,
            told.help("write: server-template PREFIX 1-10 ADDRESS:PORT"),
        );
    };
    if !permitted(reading, name, "server-template prefix") {
        return;
    }
    let Some((first, last)) = template_range(&range.text) else {
        let message = format!("Wrong server-template number or range arg '{}'.", shown(range));
        let told = Diagnostic::alert("bad-number", message).at(range.span);
        return tell(reading, told.help("write how many servers, or FIRST-LAST"));
    };
    let prefix_text = shown(name).into_owned();
    // 2.6 has no name for it yet.
    let spoken = if reading.dialect.strict && !reading.dialect.at_least(2, 7) {
        "(null)"
    } else {
        &prefix_text
    };
    let lead = lead(reading, spoken);
    let prefix = lead.strip_suffix(LEAD_END).unwrap_or(&lead);
    let host = host(reading, address, prefix);
    if host.is_none() && reading.dialect.strict {
        return;
    }
    let read = flags(reading, &line.args()[3..], &lead, spoken, false);
    let (Some((params, kept)), Some(host)) = (read, host) else {
        return;
    };
    keep(reading, "server-template", kept, name, line.span());
    let params = match reading.settings().default_server.written() {
        Some(below) => params.over(below),
        None => params,
    };
    let server = ServerLine {
        name: (&*name.text).into(),
        host,
        params,
        span: line.span(),
        name_span: name.span,
        addr_span: address.span,
    };
    let Some(proxy) = reading.proxy() else { return };
    for number in first..=last {
        let mut server = server.clone();
        server.name = format!("{prefix_text}{number}").into();
        if number > first {
            server.params.more.id = None;
        }
        proxy.servers.push(Box::new(server));
    }
}

/// The numbers of a template's first and last server.
fn template_range(text: &[u8]) -> Option<(u32, u32)> {
    let number = |text: &[u8]| {
        let digits = text.first().is_some_and(u8::is_ascii_digit);
        digits
            .then(|| u32::try_from(loose_integer(text).value).ok())
            .flatten()
    };
    match text.iter().position(|byte| *byte == b'-') {
        None => number(text).filter(|count| *count > 0).map(|count| (1, count)),
        Some(at) => {
            let (first, last) = (number(&text[..at])?, number(&text[at + 1..])?);
            (first <= last).then_some((first, last))
        }
    }
}
