//! Rules of old dialects: `reqadd`, `rspadd`, `block`.

use syntax::Diagnostic;

use super::sample::usage_of;
use super::{ActionParse, Applied, Setting, store};
use crate::keywords::{ACTION_INDEX, Action, place, rule_set};
use crate::parse::{Line, Reading};
use crate::signature::{Argument, Value, text};

use syntax::{Arity, table::kw};

/// A whole header line; no rule set of today has such an action.
static ADD_LINE: Action = kw(
    "add-line",
    rule_set::HTTP_REQ | rule_set::HTTP_RES,
    Arity::ANY,
    "adds a header line as it is written",
)
.takes(&[text("line")])
.acts(ActionParse::AddLine);

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
