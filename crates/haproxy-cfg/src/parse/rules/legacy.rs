//! Rules of old dialects: `reqadd`, `reqrep`, `rspdel`, `block` and their kin.

use syntax::Diagnostic;

use super::sample::usage_of;
use super::{Applied, Setting, conditional, store};
use crate::keywords::{ACTION_INDEX, Action, place, rule_set};
use crate::parse::{Line, Reading};
use crate::signature::{Arg, Argument, Condition, Cursor, Subject, Value, custom, line_given, rest, text};
use crate::written::{Rule, Set};

use syntax::{Arity, table::kw};

const BOTH: u32 = rule_set::HTTP_REQ | rule_set::HTTP_RES;

/// An action that no rule set of today has: it looks at whole lines of a message.
const fn of_lines(name: &'static str, about: &'static str, args: &'static [Arg]) -> Action {
    kw(name, BOTH, Arity::ANY, about).takes(args).acts(BOTH)
}

static ADD_LINE: Action = of_lines("add-line", "adds a header line as it is written", &[text("line")]);
static REPLACE_LINE: Action = of_lines("replace-line", "replaces lines", REQUEST_REPLACEMENT);
static DELETE_LINE: Action = of_lines("del-line", "deletes header lines", REQUEST_LINE);
static DENY_LINE: Action = of_lines("deny-line", "refuses messages with such a line", REQUEST_LINE);
static ALLOW_LINE: Action = of_lines("allow-line", "lets requests with such a line pass", REQUEST_LINE);
static TARPIT_LINE: Action = of_lines("tarpit-line", "makes clients with such a line wait", REQUEST_LINE);
static PASS_LINE: Action = of_lines("pass-line", "skips what follows for such a line", REQUEST_LINE);
static BACKEND_LINE: Action = of_lines(
    "set-backend-line",
    "chooses a backend for such a line",
    REQUEST_BACKEND,
);

/// The keywords that look for a line: what they do with it, and whether letters' case matters.
const OF_LINES: &[(&str, &Action, bool)] = &[
    ("reqrep", &REPLACE_LINE, true),
    ("reqirep", &REPLACE_LINE, false),
    ("rsprep", &REPLACE_LINE, true),
    ("rspirep", &REPLACE_LINE, false),
    ("reqdel", &DELETE_LINE, true),
    ("reqidel", &DELETE_LINE, false),
    ("rspdel", &DELETE_LINE, true),
    ("rspidel", &DELETE_LINE, false),
    ("reqdeny", &DENY_LINE, true),
    ("reqideny", &DENY_LINE, false),
    ("rspdeny", &DENY_LINE, true),
    ("rspideny", &DENY_LINE, false),
    ("reqallow", &ALLOW_LINE, true),
    ("reqiallow", &ALLOW_LINE, false),
    ("reqtarpit", &TARPIT_LINE, true),
    ("reqitarpit", &TARPIT_LINE, false),
    ("reqpass", &PASS_LINE, true),
    ("reqipass", &PASS_LINE, false),
    ("reqsetbe", &BACKEND_LINE, true),
    ("reqisetbe", &BACKEND_LINE, false),
];

/// What stands for `-i` among a rule's arguments.
const IGNORE_CASE: &str = "ignore-case";

/// `reqrep` and its kin: what they do with lines of requests and responses.
pub(crate) fn of_line(reading: &mut Reading<'_>, line: &Line<'_>) {
    let name = &line.keyword().text;
    let Some(&(name, action, minds_case)) = OF_LINES
        .iter()
        .find(|(keyword, ..)| keyword.as_bytes() == &**name)
    else {
        return;
    };
    let of_response = name.starts_with("rsp");
    let (set, signature) = if of_response {
        let args = if action.row.name == "replace-line" {
            RESPONSE_REPLACEMENT
        } else {
            RESPONSE_LINE
        };
        (rule_set::HTTP_RES, args)
    } else {
        let args = match action.row.name {
            "replace-line" => REQUEST_REPLACEMENT,
            "set-backend-line" => REQUEST_BACKEND,
            _ => REQUEST_LINE,
        };
        (rule_set::HTTP_REQ, args)
    };
    let Some(given) = line_given(reading, line, name, signature) else {
        return;
    };
    let mut arguments = given.arguments.clone();
    let span = given.span;
    reading.keep(given);
    let condition = arguments.pop_if(|argument| matches!(argument.value, Value::Condition(_)));
    let cond = match condition.map(|argument| argument.value) {
        Some(Value::Condition(Condition(cond))) => cond,
        _ => None,
    };
    // One that uses what is only read says nothing of when the rule applies.
    let inert = cond.is_none() && line.args().len() > arguments.len();
    if !minds_case {
        arguments.push(Argument {
            name: IGNORE_CASE,
            value: Value::Option(IGNORE_CASE, Vec::new()),
            span: line.keyword().span,
        });
    }
    if let Some((_, rules)) = reading.ruled() {
        rules.push(Rule {
            set,
            action,
            arguments,
            cond,
            inert,
            span,
        });
    }
}

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

/// `monitor-net`: the last one counts.
pub(crate) fn monitor_net(reading: &mut Reading<'_>, line: &Line<'_>) {
    let args = const { &[custom("network", network)] };
    let Some(given) = line_given(reading, line, "monitor-net", args) else {
        return;
    };
    let text = given.get("network").and_then(Value::text);
    let found = text.and_then(|text| crate::values::network(text));
    reading.keep(given);
    reading.settings().monitor_net = found.map(|net| Set::new(net, line.span()));
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
