//! `option httpchk` and `option smtpchk`.

use syntax::{Diagnostic, Severity, Version};

use super::reading::Reading;
use crate::model::{CheckKind, HttpCheck, MySqlUser, ProgramCheck, ServiceCheck, Word};
use crate::signature::{Argument, Given, Value};
use crate::written::Set;

/// `option httpchk [URI | METHOD URI [VERSION [HOST]]]`.
pub(crate) fn httpchk(reading: &mut Reading<'_>, given: &Given) {
    let argument = |name| given.arguments.iter().find(|argument| argument.name == name);
    let (first, second, version) = (argument("method-or-uri"), argument("uri"), argument("version"));
    let (method, uri) = match second {
        None => (None, first),
        Some(uri) => (first, Some(uri)),
    };
    let text = |argument: &Argument| argument.value.text().cloned().unwrap_or_default();
    let mut headers = Vec::new();
    let mut version_text: Word = "HTTP/1.0".into();
    if let Some(version) = version {
        let whole = text(version);
        let mut lines = whole
            .split(|byte| *byte == b'\n')
            .map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        version_text = lines.next().unwrap_or(b"").to_vec().into();
        headers = lines.map(|line| Word::from(line.to_vec())).collect();
        // Ends of lines at the end are the request's own; an empty line before anything else begins a body.
        while headers.last().is_some_and(|line| line.is_empty()) {
            headers.pop();
        }
        if !headers.is_empty() && !headers_in_version(reading, version.span, &headers) {
            return;
        }
    }
    // Since 3.1 the host may stand behind the version.
    if let Some(host) = argument("host") {
        let host = text(host);
        headers.push([b"Host: ".as_slice(), host.as_slice()].concat().into());
    }
    let check = CheckKind::Http(Box::new(HttpCheck {
        method: method.map_or_else(|| "OPTIONS".into(), text),
        uri: uri.map_or_else(|| "/".into(), text),
        version: version_text,
        headers,
    }));
    reading.settings().check = Some(Set::new(check, given.span));
}

/// `option tcp-check`.
pub(crate) fn tcp_check(reading: &mut Reading<'_>, given: &Given) {
    reading.keep(given.clone());
    reading.settings().check = Some(Set::new(CheckKind::Tcp, given.span));
}

/// Headers behind the version were the only way to send any before 2.2.
fn headers_in_version(reading: &mut Reading<'_>, span: syntax::Span, headers: &[Word]) -> bool {
    let (warned, removed) = (Version::new(2, 2), Version::new(2, 7));
    let Some(severity) = reading.dialect.of_old_form(Some(warned), Some(removed)) else {
        return true;
    };
    let (headers, body) = match headers.iter().position(|line| line.is_empty()) {
        Some(end) => (&headers[..end], &headers[end + 1..]),
        None => (headers, &[][..]),
    };
    let mut send: Vec<String> = headers.iter().map(http_check_header).collect();
    if !body.is_empty() {
        let body: Vec<_> = body.iter().map(|line| String::from_utf8_lossy(line)).collect();
        send.push(format!("body \"{}\"", body.join("\\r\\n")));
    }
    let message = "'option httpchk' : headers at the end of the version string are deprecated.";
    reading.tell(
        Diagnostic::new(severity, "httpchk-headers", message)
            .at(span)
            .context(syntax::Context::ParsingTight)
            .help(format!("write instead: http-check send {}", send.join(" "))),
    );
    severity != Severity::Alert
}

fn http_check_header(line: &Word) -> String {
    let text = String::from_utf8_lossy(line);
    let (name, value) = text.split_once(':').unwrap_or((&text, ""));
    format!("hdr {} \"{}\"", name.trim(), value.trim())
}

/// `option smtpchk [HELO|EHLO DOMAIN]`.
pub(crate) fn smtpchk(reading: &mut Reading<'_>, given: &Given) {
    let text = |name| given.get(name).and_then(Value::text);
    let known = |word: &Word| **word == *b"HELO" || **word == *b"EHLO";
    let check = match (text("hello"), text("domain")) {
        (Some(hello), Some(domain)) if known(hello) => CheckKind::Smtp {
            hello: hello.clone(),
            domain: domain.clone(),
        },
        (Some(hello), _) => {
            let message = format!("'option smtpchk {hello}' is read as 'option smtpchk HELO localhost'.");
            let help = "write: option smtpchk EHLO NAME";
            let span = given.arguments.first().map_or(given.span, |hello| hello.span);
            let told = Diagnostic::warning("smtpchk", message).at(span);
            reading.tell(told.help(help));
            default_hello()
        }
        (None, _) => default_hello(),
    };
    reading.settings().check = Some(Set::new(check, given.span));
}

fn default_hello() -> CheckKind {
    CheckKind::Smtp {
        hello: "HELO".into(),
        domain: "localhost".into(),
    }
}

/// `option ldap-check`, `mysql-check`, `pgsql-check`, `redis-check` and `ssl-hello-chk`.
pub(crate) fn service(reading: &mut Reading<'_>, given: &Given) {
    let login = given.option("user").unwrap_or_default();
    let name = login.iter().find_map(|argument| argument.value.text());
    let how = login.iter().find_map(|argument| argument.value.word());
    let name = || name.cloned().unwrap_or_default();
    let check = match given.name {
        "ldap-check" => ServiceCheck::Ldap,
        "redis-check" => ServiceCheck::Redis,
        "pgsql-check" => ServiceCheck::Postgres(name()),
        "ssl-hello-chk" => ServiceCheck::TlsHello,
        _ if login.is_empty() => ServiceCheck::MySql(None),
        _ => ServiceCheck::MySql(Some(match how {
            Some("pre-41") => MySqlUser::Before41(name()),
            Some("post-80") => MySqlUser::Since80(name()),
            _ => MySqlUser::Since41(name()),
        })),
    };
    reading.keep(given.clone());
    reading.settings().check = Some(Set::new(CheckKind::Service(Box::new(check)), given.span));
}

/// `option external-check`; the program stands on a line of its own.
pub(crate) fn program(reading: &mut Reading<'_>, given: &Given) {
    reading.keep(given.clone());
    let check = CheckKind::Program(Box::<ProgramCheck>::default());
    reading.settings().check = Some(Set::new(check, given.span));
}
