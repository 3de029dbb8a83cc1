//! Rules of old dialects: `reqadd`, `reqrep`, `rspdel`, `block` and their kin.

use syntax::Diagnostic;

use super::sample::usage_of;
use super::{Applied, Setting, conditional, store};
use crate::keywords::{ACTION_INDEX, Action, place, rule_set};
use crate::parse::{Line, Reading};
use crate::signature::{Arg, Argument, Condition, Cursor, Subject, Value, custom, rest, text};

use syntax::{Arity, table::kw};

/// A whole header line; no rule set of today has such an action.
static ADD_LINE: Action = kw(
    "add-line",
    rule_set::HTTP_REQ | rule_set::HTTP_RES,
    Arity::ANY,
    "adds a header line as it is written",
)
.takes(&[text("line")])
.acts(rule_set::HTTP_REQ | rule_set::HTTP_RES);

/// `reqdel SEARCH [if …]`, and what else looks for a line of the request.
pub(crate) const REQUEST_LINE: &[Arg] = &[SEARCH, rest("condition", request_condition)];
/// `rspdel SEARCH [if …]`, and what else looks for a line of the response.
pub(crate) const RESPONSE_LINE: &[Arg] = &[SEARCH, rest("condition", response_condition)];
/// `reqrep SEARCH TEXT [if …]`.
pub(crate) const REQUEST_REPLACEMENT: &[Arg] = &[
    SEARCH,
    text("text").missing("'{kw}' expects <search> and <replace> as arguments."),
    rest("condition", request_condition),
];
/// `rsprep SEARCH TEXT [if …]`.
pub(crate) const RESPONSE_REPLACEMENT: &[Arg] = &[
    SEARCH,
    text("text").missing("'{kw}' expects <search> and <replace> as arguments."),
    rest("condition", response_condition),
];
/// `reqsetbe SEARCH BACKEND [if …]`.
pub(crate) const REQUEST_BACKEND: &[Arg] = &[
    SEARCH,
    text("backend").missing("'{kw}' expects <search> and <target> as arguments."),
    rest("condition", request_condition),
];

/// What is looked for. It is taken as it stands: which syntax it has depended on how the old program was built.
const SEARCH: Arg = custom("search", |_, cursor, _| {
    cursor.next().map(|word| Value::Regex(word.text.to_vec().into()))
})
.missing("'{kw}' expects <search> as an argument.");

fn request_condition(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    old_condition(reading, cursor, subject, rule_set::HTTP_REQ)
}

fn response_condition(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    old_condition(reading, cursor, subject, rule_set::HTTP_RES)
}

/// The condition at the end of an old rule, if there is one; any other word is left.
fn old_condition(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
    set: u32,
) -> Option<Value> {
    let begins = cursor
        .peek()
        .is_some_and(|word| matches!(&*word.text, b"if" | b"unless"));
    if !begins {
        return Some(Value::Condition(Condition::default()));
    }
    let lead = format!("error detected while parsing a '{}' rule : ", subject.name);
    conditional(reading, cursor, usage_of(set), &lead)
}

/// `reqadd LINE [if …]`.
pub(crate) fn reqadd(reading: &mut Reading<'_>, line: &Line<'_>) {
    add_line(reading, line, (rule_set::HTTP_REQ, "http-request"), "reqadd");
}

/// `rspadd LINE [if …]`.
pub(crate) fn rspadd(reading: &mut Reading<'_>, line: &Line<'_>) {
    add_line(reading, line, (rule_set::HTTP_RES, "http-response"), "rspadd");
}

fn add_line(reading: &mut Reading<'_>, line: &Line<'_>, set: (u32, &str), keyword: &str) {
    let Some(header) = line.arg(0) else {
        let message = format!("'{keyword}' expects <header> as an argument.");
        return reading.tell(
            Diagnostic::alert("missing-argument", message)
                .at(line.behind())
                .help(format!("write: {keyword} NAME:\\ VALUE")),
        );
    };
    let setting = Setting {
        http: true,
        full: keyword,
        proxy: "",
        usage: usage_of(set.0),
    };
    let Some(cond) = setting.condition(reading, line, 1) else {
        return;
    };
    let arguments = vec![Argument {
        name: "line",
        value: Value::Text(header.text.to_vec().into()),
        span: header.span,
    }];
    store(reading, line, set, &ADD_LINE, arguments, cond);
}

/// `block if …`.
pub(crate) fn block(reading: &mut Reading<'_>, line: &Line<'_>) {
    if reading.place() & place::DEFAULTS != 0 {
        let message = "'block' not allowed in 'defaults' section.";
        return reading.alert("not-in-defaults", line.span(), message);
    }
    let setting = Setting {
        http: true,
        full: "block",
        proxy: "",
        usage: usage_of(rule_set::HTTP_REQ),
    };
    match setting.condition(reading, line, 0) {
        Some(Applied::Always) => {
            let message = "'block' requires either 'if' or 'unless' followed by a condition.";
            reading.alert("missing-condition", line.behind(), message);
        }
        Some(cond) => {
            if let Some(deny) = ACTION_INDEX.find(b"deny") {
                store(
                    reading,
                    line,
                    (rule_set::HTTP_REQ, "http-request"),
                    deny,
                    Vec::new(),
                    cond,
                );
            }
        }
        None => {}
    }
}

/// The network of `monitor-net`.
pub(crate) fn network(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    let word = cursor.next()?;
    if crate::values::network(&word.text).is_some() {
        return Some(Value::Text(word.text.to_vec().into()));
    }
    let message = format!("'{}' expects address[/mask].", subject.name);
    subject.alert(reading, "bad-network", word.span, message, "write ADDRESS/BITS");
    None
}
