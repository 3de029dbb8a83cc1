//! Keywords of `healthcheck` sections.

use syntax::Arity;

use super::super::option::{MYSQL, PGSQL};
use super::super::row::{Keyword, Parse, kw, place::OTHER};
use crate::parse::rules::check;
use crate::signature::{Arg, Kind, ReadArgument, Subject, Value, arg, sequence, text};

const ANY: Arity = Arity::ANY;

pub(super) const ROWS: &[Keyword<Parse>] = &[
    kw("http-check", OTHER, ANY, "what HTTP checks send and expect")
        .takes(check::HTTP_CHECK)
        .checked(check::check_rule),
    kw("tcp-check", OTHER, ANY, "steps of a scripted check")
        .takes(check::TCP_CHECK)
        .checked(check::check_rule),
    kw("type", OTHER, ANY, "kind of the check").takes(&[arg("kind", Kind::Rest(KIND))]),
];

/// The kinds of checks, and what each takes.
const KINDS: &[(&str, &[Arg])] = &[
    ("httpchk", HTTP),
    ("ldap-check", WORDS),
    ("mysql-check", MYSQL),
    ("pgsql-check", PGSQL),
    ("redis-check", WORDS),
    ("smtpchk", SMTP),
    ("spop-check", WORDS),
    ("ssl-hello-chk", WORDS),
    ("tcp-check", WORDS),
];

/// `KIND [ARGUMENTS]`, as the options of proxies have them.
const KIND: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let word = cursor.next();
    let text = word
        .map(|word| String::from_utf8_lossy(&word.text).into_owned())
        .unwrap_or_default();
    let Some((name, takes)) = KINDS.iter().find(|(name, _)| *name == text) else {
        let message = if word.is_none() {
            format!("'{}' expects a healthcheck type.", subject.name)
        } else {
            format!(
                "unknown healthcheck type '{text}' (expects 'tcp-check', 'httpchk', 'ssl-hello-chk', 'smtpchk', \
                 'pgsql-check', 'redis-check', 'mysql-check', 'ldap-check', 'spop-check')."
            )
        };
        let names = KINDS.iter().map(|(name, _)| *name);
        let near = syntax::closest(text.as_bytes(), names).map(|near| format!("did you mean '{near}'?"));
        let span = word.map_or(subject.behind, |word| word.span);
        let help = near.unwrap_or_else(|| "write for example: type httpchk".to_owned());
        subject.alert(reading, "unknown-option", span, message, &help);
        return None;
    };
    let own = format!("{} {name}", subject.name);
    let own = Subject {
        name: &own,
        ..*subject
    };
    let values = sequence(reading, cursor, takes, &own)?;
    // What stands behind is read over, but for logins.
    while !matches!(*name, "mysql-check" | "pgsql-check") && cursor.next().is_some() {}
    Some(Value::Option(name, values))
});

/// The request of a check.
const HTTP: &[Arg] = &[
    text("method-or-uri").optional(),
    text("uri").optional(),
    text("version").optional(),
    text("host").optional(),
];
/// The greeting of a check, and the name in it.
const SMTP: &[Arg] = &[text("hello").optional(), text("domain").optional()];
/// What the original reads over.
const WORDS: &[Arg] = &[];
