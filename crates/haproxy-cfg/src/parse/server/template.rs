//! `server-template`: several servers of one line (manual, section 4.2).

use syntax::Diagnostic;

use super::super::line::{Line, shown};
use super::super::reading::Reading;
use super::{allowed, described, permitted, tell};
use crate::values::loose_integer;

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
    let prefix = shown(name).into_owned();
    // 2.6 has no name for it yet.
    let spoken = if reading.dialect.strict && !reading.dialect.at_least(2, 7) {
        "(null)"
    } else {
        &prefix
    };
    let Some(server) = described(reading, line, "server-template", [name, address], spoken) else {
        return;
    };
    let Some(proxy) = reading.proxy() else { return };
    for number in first..=last {
        let mut server = server.clone();
        server.name = format!("{prefix}{number}").into();
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
