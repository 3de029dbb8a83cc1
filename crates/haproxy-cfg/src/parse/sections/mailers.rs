//! Lines of `mailers` (manual, section 3.6).

use syntax::{Diagnostic, Span};

use super::super::line::{Line, shown};
use super::super::reading::Reading;
use super::endpoint::{Rules, endpoint};
use super::{given, is_faulty, whole};
use crate::model::Word;
use crate::model::sections::{Endpoint, Mailer, Mailers};
use crate::signature::{TimeWords, Value};

pub(super) fn open(reading: &mut Reading<'_>, name: Word, span: Span) {
    reading.written.beside.mailers.push(Mailers {
        name,
        span,
        mailers: Vec::new(),
        timeout: None,
    });
}

/// What is said of times of `timeout mail`.
pub(crate) const MAIL_TIME: TimeWords = TimeWords {
    unexpected: "unexpected character '{byte}' in argument to <timeout mail>.",
    overflow: "timer overflow in argument <{got}> to <timeout mail>, maximum value is 2147483647 ms (~24.8 days).",
    underflow: "",
};

/// `timeout mail TIME`.
pub(crate) fn timeout(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(given) = given(reading, line) else { return };
    let time = given
        .option("mail")
        .and_then(|arguments| match arguments.first()?.value {
            Value::Millis(time) => Some(time),
            _ => None,
        });
    if let Some(section) = reading.written.beside.mailers.last_mut() {
        section.timeout = time;
    }
}

/// `mailer NAME ADDRESS`.
pub(crate) fn mailer(reading: &mut Reading<'_>, line: &Line<'_>) {
    let (Some(name), Some(address)) = (line.arg(0), line.arg(1)) else {
        let message = "'mailer' expects <name> and <addr>[:<port>] as arguments.";
        let told = Diagnostic::alert("missing-argument", message).at(line.behind());
        return reading.tell(told.help("write: mailer NAME ADDRESS:25"));
    };
    let rules = Rules {
        datagrams: false,
        streams: true,
        needs_port: true,
        any_port: false,
    };
    let found = endpoint(reading, address, rules).and_then(|found| match found.endpoint {
        Endpoint::Unix(_) | Endpoint::Abstract(_) => {
            Err("TCP not supported for this address family.".to_owned())
        }
        endpoint => Ok(endpoint),
    });
    let endpoint = match found {
        Ok(endpoint) => endpoint,
        Err(fault) => {
            let message = format!("'mailer {}' : {fault}", shown(name));
            let told = Diagnostic::alert("bad-address", message).at(address.span);
            return reading.tell(told.help("write: mailer NAME ADDRESS:25"));
        }
    };
    let mailer = Mailer {
        name: name.text.to_vec().into(),
        endpoint,
        span: line.span(),
    };
    if let Some(section) = reading.written.beside.mailers.last_mut() {
        section.mailers.push(mailer);
    }
}

/// What can be said of all sections once they are read; `used` are those that proxies name.
pub(crate) fn finish(reading: &mut Reading<'_>, used: &[Word]) {
    let mut told = Vec::new();
    for section in &reading.written.beside.mailers {
        if !used.contains(&section.name) && !is_faulty(reading, section.span) {
            let message = format!("Removing incomplete section 'mailers {}'.", section.name);
            let one = Diagnostic::warning("unused-section", message).at(section.span);
            told.push(whole(one).help(format!(
                "name it in a proxy: email-alert mailers {}",
                section.name
            )));
        }
    }
    reading.diagnostics.extend(told);
}
