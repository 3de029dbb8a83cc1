//! `appsession` of 1.5 and before (its manual, section 4.2): a client stays with the server that gave it the application's own
//! cookie. It becomes a stick table beside the section's own, and the rules that fill and ask it.

use std::borrow::Cow;

use super::frame::Frame;
use super::line::Line;
use super::reading::Reading;
use super::sample::{Usage, Wording, parse};
use crate::lex::Word;
use crate::model::{KeyType, Millis, Sample, StickTable, StickWhat};
use crate::signature::{Arg, Argument, int, line_given, millis, one_of, opt, options, text};
use crate::written::WrittenStick;

/// The arguments of `appsession`.
pub(crate) const SESSION: &[Arg] = &[
    text("cookie"),
    options(&[
        opt("len", &[int("bytes", 1, i32::MAX as i64)]),
        opt("timeout", &[millis("time")]),
        opt("request-learn", &[]),
        opt("prefix", &[]),
        opt("mode", &[one_of("mode", &["path-parameters", "query-string"])]),
    ]),
];

/// Most sessions that are remembered. The original knew no limit but its memory.
const SESSIONS: u32 = 1 << 20;

/// `appsession COOKIE len BYTES timeout TIME [request-learn] [prefix] [mode path-parameters|query-string]`.
pub(crate) fn app_session(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(given) = line_given(reading, line, "appsession", SESSION) else {
        return;
    };
    let option = |name: &str| given.option(name);
    let number = |name: &str| option(name).and_then(|values| values.first()?.value.number());
    let word = |values: &[Argument]| values.first().and_then(|value| value.value.word());
    if option("prefix").is_some() {
        reading.tell_read_only("'prefix' of 'appsession'", line.span());
        return;
    }
    let cookie = line.arg(0).map(|cookie| cookie.text.clone()).unwrap_or_default();
    let named = |fetch: &str, rest: &str| [fetch.as_bytes(), b"(", &*cookie, rest.as_bytes()].concat();
    let in_target = match option("mode").and_then(word) {
        Some("query-string") => named("url_param", ")"),
        // The parameters of a path end where the query begins.
        _ => named("url_param", ",;),field(1,?)"),
    };
    let mut rules = vec![
        (StickWhat::Match, named("req.cook", ")")),
        (StickWhat::Match, in_target),
        (StickWhat::StoreResponse, named("res.cook", ")")),
    ];
    if option("request-learn").is_some() {
        rules.push((StickWhat::StoreRequest, named("req.cook", ")")));
    }
    let length = number("len").and_then(|length| u32::try_from(length).ok());
    let timeout = number("timeout").and_then(|time| Millis::try_from(time).ok());
    let name = [&*reading.own_name(), b"/appsession"].concat();
    let name: crate::model::Word = name.into();
    let mut written = Vec::new();
    for (what, text) in rules {
        let Some(sample) = sample(reading, line, &text, what) else {
            return;
        };
        written.push(WrittenStick {
            what,
            sample,
            table: Some(name.clone()),
            cond: None,
            span: line.span(),
        });
    }
    let mut table = StickTable::new(name, KeyType::Str(length.unwrap_or(1)), SESSIONS);
    table.expire = timeout.filter(|time| *time > 0);
    if let Some(proxy) = reading.proxy() {
        // The last line counts.
        proxy
            .stick
            .retain(|rule| rule.table.as_ref() != Some(&table.name));
        proxy.stick.append(&mut written);
        proxy.app_session = Some(Box::new(table));
    }
    reading.keep(given);
}

/// The expression that a rule of today would have.
fn sample(reading: &mut Reading<'_>, line: &Line<'_>, text: &[u8], what: StickWhat) -> Option<Box<Sample>> {
    let words = [Word {
        text: Cow::Borrowed(text),
        span: line.arg(0)?.span,
    }];
    let usage = match what {
        StickWhat::StoreResponse => Usage::STICK_RESPONSE,
        _ => Usage::STICK_REQUEST.quietly(),
    };
    let wording = Wording::new(Frame::new("'appsession': ").open()).named("appsession");
    let (read, _) = parse(reading, &words, 0, usage, wording)?;
    Some(Box::new(read))
}
