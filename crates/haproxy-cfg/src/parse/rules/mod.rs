//! Rule sets: `http-request`, `http-response`, `http-after-response`, `tcp-request`, `tcp-response`, `quic-initial`. A rule is an
//! action with its arguments, which the action's row describes, and a condition.

pub(crate) mod answer;
pub(crate) mod arguments;
pub(crate) mod captures;
pub(crate) mod check;
pub(crate) mod counters;
pub(crate) mod headers;
pub(crate) mod legacy;
pub(crate) mod lookup;
pub(crate) mod names;
pub(crate) mod redirect;
pub(crate) mod sample;
pub(crate) mod status;
pub(crate) mod stick;
pub(crate) mod switching;
pub(crate) mod timeouts;
pub(crate) mod variables;

use syntax::{Applicability, Context, Diagnostic, Span, closest};

use super::condition::{ReadCondition, condition};
use super::frame::Frame;
use super::line::{Line, shown};
use super::order::{RuleClass, note};
use super::reading::Reading;
use super::sample::{Usage, lookup::registered};
use crate::keywords::{ACTION_INDEX, Action, LUA_ACTION, action_since, listed_actions, place, rule_set};
use crate::signature::{Argument, Condition, Cursor, Given, Subject, Value, sequence};
use crate::written::{PendingName, Rule, Set};

pub(crate) use crate::written::Pending;

/// Where the arguments of a rule stand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RulePlace<'a> {
    /// The bit of [`rule_set`].
    pub(crate) set: u32,
    /// The section in the original's words: `frontend 'f'`.
    pub(crate) proxy: &'a str,
    /// The whole rule.
    pub(crate) span: Span,
}

impl RulePlace<'_> {
    /// Whether it is a set of HTTP's.
    pub(crate) fn is_http(self) -> bool {
        self.set & (rule_set::HTTP_REQ | rule_set::HTTP_RES | rule_set::HTTP_AFTER) != 0
    }
}

/// `http-request ACTION …`.
pub(crate) fn http_request(reading: &mut Reading<'_>, line: &Line<'_>) {
    http(reading, line, rule_set::HTTP_REQ, "http-request");
}

/// `http-response ACTION …`.
pub(crate) fn http_response(reading: &mut Reading<'_>, line: &Line<'_>) {
    http(reading, line, rule_set::HTTP_RES, "http-response");
}

/// `http-after-response ACTION …`.
pub(crate) fn http_after_response(reading: &mut Reading<'_>, line: &Line<'_>) {
    http(reading, line, rule_set::HTTP_AFTER, "http-after-response");
}

/// `quic-initial ACTION …`.
pub(crate) fn quic_initial(reading: &mut Reading<'_>, line: &Line<'_>) {
    http(reading, line, rule_set::QUIC_INI, "quic-initial");
}

/// `tcp-request connection|session|content|inspect-delay …`.
pub(crate) fn tcp_request(reading: &mut Reading<'_>, line: &Line<'_>) {
    tcp(
        reading,
        line,
        "tcp-request",
        &[
            ("connection", rule_set::TCP_CONN),
            ("session", rule_set::TCP_SESS),
            ("content", rule_set::TCP_REQ),
        ],
    );
}

/// `tcp-response content|inspect-delay …`.
pub(crate) fn tcp_response(reading: &mut Reading<'_>, line: &Line<'_>) {
    tcp(reading, line, "tcp-response", &[("content", rule_set::TCP_RES)]);
}

fn http(reading: &mut Reading<'_>, line: &Line<'_>, set: u32, name: &'static str) {
    if reading.place() == place::ANONYMOUS_DEFAULTS {
        let message = format!("'{name}' not allowed in anonymous 'defaults' section.");
        let told = Diagnostic::alert("not-in-defaults", message).at(line.span());
        return reading
            .tell(told.help("give the defaults section a name, and write 'from NAME' behind proxies"));
    }
    rule(reading, line, 0, set, name);
}

fn tcp(reading: &mut Reading<'_>, line: &Line<'_>, keyword: &str, sets: &[(&str, u32)]) {
    let proxy = if reading.place() == place::ANONYMOUS_DEFAULTS && keyword == "tcp-request" {
        "defaults section".to_owned()
    } else {
        reading.section_words()
    };
    let known: Vec<&str> = std::iter::once("inspect-delay")
        .chain(sets.iter().map(|(name, _)| *name))
        .collect();
    let one_sided = reading.place() & (place::FRONTEND | place::ANONYMOUS_DEFAULTS) != 0;
    let Some(word) = line.arg(0) else {
        let message = format!("missing argument for '{keyword}' in {proxy}");
        let told = Diagnostic::alert("missing-argument", message).at(line.behind());
        return reading.tell(told.help(format!("write one of {}", known.join(", "))));
    };
    let known_set = sets.iter().any(|(name, _)| name.as_bytes() == &*word.text);
    if keyword == "tcp-response" && one_sided && (known_set || &*word.text == b"inspect-delay") {
        let message = format!(
            "{keyword} {} is only allowed in 'backend' sections or 'defaults' section with a name",
            shown(word)
        );
        let told = Diagnostic::alert("not-in-frontend", message).at(line.span());
        return reading.tell(told.help("move it into a backend"));
    }
    if &*word.text == b"inspect-delay" {
        return inspect_delay(reading, line, keyword, &proxy);
    }
    let Some((name, set)) = sets.iter().find(|(name, _)| name.as_bytes() == &*word.text) else {
        let text = shown(word).into_owned();
        let expected = if keyword == "tcp-response" {
            "'inspect-delay' or 'content'"
        } else {
            "'inspect-delay', 'connection', or 'content'"
        };
        let message = format!("'{keyword}' expects {expected} in {proxy} (got '{text}')");
        let told = Diagnostic::alert("unknown-rule-set", message).at(word.span);
        let help = closest(&word.text, known).map_or("see the manual".to_owned(), |near| {
            format!("did you mean '{near}'?")
        });
        return reading.tell(told.help(help));
    };
    if reading.place() == place::ANONYMOUS_DEFAULTS {
        let message = format!("{keyword} {name} is not allowed in anonymous 'defaults' sections");
        return reading.alert("not-in-defaults", line.span(), message);
    }
    if reading.place() == place::BACKEND && *set & (rule_set::TCP_CONN | rule_set::TCP_SESS) != 0 {
        let proxy = reading
            .proxy_ref()
            .map(|proxy| proxy.name.to_string())
            .unwrap_or_default();
        let message = format!("{keyword} {name} is not allowed because backend {proxy} is not a frontend");
        return reading.alert("not-in-backend", line.span(), message);
    }
    rule(reading, line, 1, *set, &format!("{keyword} {name}"));
}

/// `tcp-request inspect-delay TIME`.
fn inspect_delay(reading: &mut Reading<'_>, line: &Line<'_>, keyword: &str, proxy: &str) {
    use crate::values::{TimeError, Unit, time};
    let anonymous = reading.place() == place::ANONYMOUS_DEFAULTS;
    if anonymous {
        let message = format!("{keyword} inspect-delay is not allowed in anonymous 'defaults' sections");
        return reading.alert("not-in-defaults", line.span(), message);
    }
    let lead = format!("'{keyword} inspect-delay' expects a positive delay in milliseconds, in {proxy}");
    let Some(word) = line.arg(1) else {
        let told = Diagnostic::alert("missing-argument", lead).at(line.behind());
        return reading.tell(told.help(format!("write: {keyword} inspect-delay 5s")));
    };
    let why = match time(&word.text, Unit::Millisecond) {
        Ok(crate::values::Time { value, stray: None }) => {
            let here = (keyword == "tcp-request", reading.section);
            if reading.written.inspect_delays.contains(&here) {
                let message = format!("ignoring {keyword} inspect-delay (was already defined) in {proxy}");
                let told = Diagnostic::warning("given-twice", message).at(line.span());
                return reading.tell(told.help("remove one of them"));
            }
            reading.written.inspect_delays.push(here);
            reading.keep(Given {
                name: if keyword == "tcp-request" {
                    "tcp-request inspect-delay"
                } else {
                    "tcp-response inspect-delay"
                },
                arguments: vec![Argument {
                    name: "time",
                    value: Value::Millis(value),
                    span: word.span,
                }],
                span: line.span(),
            });
            let set = Set::new(value, word.span);
            let settings = reading.settings();
            if keyword == "tcp-request" {
                settings.inspect_request = Some(set);
            } else {
                settings.inspect_response = Some(set);
            }
            return;
        }
        Ok(crate::values::Time {
            stray: Some(byte), ..
        })
        | Err(TimeError::Unexpected(byte)) => format!("unexpected character '{}'", char::from(byte)),
        Err(TimeError::Overflow) => format!(
            "timer overflow in '{}', maximum value is 2147483647 ms or ~24.8 days",
            shown(word)
        ),
        Err(TimeError::Underflow) => {
            format!("timer underflow in '{}', minimum value is 1 ms", shown(word))
        }
    };
    let told = Diagnostic::alert("bad-time", format!("{lead} ({why})")).at(word.span);
    reading.tell(told.help("write a number and one of the units us, ms, s, m, h, d"));
}

/// Reads the rule whose action is argument `at`.
fn rule(reading: &mut Reading<'_>, line: &Line<'_>, at: usize, set: u32, set_name: &str) {
    let proxy = reading.section_words();
    let found = line.arg(at).and_then(|word| find(&word.text, set, reading));
    let (Some(word), Some(row)) = (line.arg(at), found) else {
        return unknown(reading, line, at, set, set_name, &proxy);
    };
    let action = shown(word).into_owned();
    let http =
        set & (rule_set::HTTP_REQ | rule_set::HTTP_RES | rule_set::HTTP_AFTER | rule_set::QUIC_INI) != 0;
    let own_frame = matches!(row.row.name, "track-sc*" | "capture");
    let full = format!("{set_name} {action}");
    let (lead, tail) = match (http, own_frame) {
        (true, _) => (
            format!("error detected in {proxy} while parsing '{full}' rule : "),
            ".",
        ),
        (false, true) => (format!("'{full}' : "), ""),
        (false, false) => (String::new(), ""),
    };
    let subject = Subject {
        of: &action,
        lead: &lead,
        tail,
        rule: Some(RulePlace {
            set,
            proxy: &proxy,
            span: line.span(),
        }),
        ..Subject::new(&full, line.behind())
    };
    // What belongs to the name stands in the name itself.
    let begin = if row.row.name.ends_with('*') { at } else { at + 1 };
    let mut cursor = Cursor::new(line.args(), begin);
    let arguments = sequence(reading, &mut cursor, row.signature.unwrap_or_default(), &subject);
    let Some(arguments) = arguments else {
        // The rule's place counts all the same.
        return;
    };
    let setting = Setting {
        http,
        full: &full,
        proxy: &proxy,
        usage: if row.row.name == "redirect" {
            sample::usage_of(set).quietly()
        } else {
            sample::usage_of(set)
        },
    };
    let Some(cond) = setting.condition(reading, line, cursor.position()) else {
        return;
    };
    store(reading, line, (set, set_name), row, arguments, cond);
}

/// Actions that are known in `tcp-request`, but not in the set at hand.
fn misplaced(
    reading: &mut Reading<'_>,
    line: &Line<'_>,
    at: usize,
    set: u32,
    set_name: &str,
    proxy: &str,
) -> bool {
    let Some(word) = line.arg(at) else { return false };
    let early = set & (rule_set::TCP_CONN | rule_set::TCP_SESS) != 0;
    let elsewhere = match &*word.text {
        b"capture" => early,
        b"expect-proxy" | b"expect-netscaler-cip" => set & (rule_set::TCP_SESS | rule_set::TCP_REQ) != 0,
        _ => false,
    };
    if !elsewhere {
        return false;
    }
    let action = shown(word).into_owned();
    let next = line
        .arg(at + 1)
        .map(|word| shown(word).into_owned())
        .unwrap_or_default();
    let message = if action != "capture" && next != "layer4" {
        format!("'{set_name} {action}' only supports 'layer4' in {proxy} (got '{next}')")
    } else {
        format!("'{action} {next}' is not allowed in '{set_name}' rules in {proxy}")
    };
    let told = Diagnostic::alert("unknown-action", message).at(word.span);
    let where_to = if action == "capture" {
        "content"
    } else {
        "connection"
    };
    reading.tell(told.help(format!("write: tcp-request {where_to} {action}")));
    true
}

/// An action that the set does not have.
fn unknown(reading: &mut Reading<'_>, line: &Line<'_>, at: usize, set: u32, set_name: &str, proxy: &str) {
    if misplaced(reading, line, at, set, set_name, proxy) {
        return;
    }
    let rows = listed_actions(set, reading.dialect);
    let http = set_name.starts_with("http") || set_name.starts_with("quic");
    let mut listed: Vec<String> = rows
        .iter()
        .filter(|row| {
            http || !matches!(
                row.row.name,
                "accept"
                    | "reject"
                    | "capture"
                    | "track-sc*"
                    | "close"
                    | "expect-proxy"
                    | "expect-netscaler-cip"
            )
        })
        .map(|row| match row.row.name.strip_suffix('*') {
            Some(stem) => format!("'{stem}(*)'"),
            None => format!("'{}'", row.row.name),
        })
        .collect();
    let names: Vec<&str> = rows
        .iter()
        .map(|row| row.row.name.trim_end_matches('*'))
        .collect();
    let word = line.arg(at);
    let text = word.map(|word| shown(word).into_owned()).unwrap_or_default();
    let near = word.and_then(|word| closest(&word.text, names.iter().copied()));
    let message = if !reading.dialect.strict {
        // The list belongs into a manual; the help has what is near.
        match word {
            Some(_) => format!("'{set_name}' knows no action '{text}'."),
            None => format!("'{set_name}' expects an action."),
        }
    } else if http {
        let got = if word.is_some() {
            format!("but got '{text}'.")
        } else {
            "but got '' (missing argument).".to_owned()
        };
        let suggestion = near.map_or(String::new(), |near| format!(" Did you mean '{near}' maybe ?"));
        format!("'{set_name}' expects {}, {got}{suggestion}", listed.join(", "))
    } else {
        let mut all: Vec<String> = if set == rule_set::TCP_RES {
            ["accept", "close", "reject"]
                .map(|name| format!("'{name}'"))
                .to_vec()
        } else {
            let mut all: Vec<String> = [
                "accept",
                "reject",
                "capture",
                "expect-proxy",
                "expect-netscaler-cip",
            ]
            .map(|name| format!("'{name}'"))
            .to_vec();
            all.push("'track-sc0' ... 'track-sc2'".to_owned());
            all
        };
        all.append(&mut listed);
        format!(
            "'{set_name}' expects {} in {proxy} (got '{text}').",
            all.join(", ")
        )
    };
    let span = word.map_or(line.behind(), |word| word.span);
    let mut told = Diagnostic::alert("unknown-action", message).at(span);
    // What the set gets with a newer version is found by its stem.
    let later = word.and_then(|word| {
        let stem = word.text.split(|byte| *byte == b'(').next().unwrap_or_default();
        let row = ACTION_INDEX
            .find(stem)
            .or_else(|| ACTION_INDEX.find(&[stem, b"*"].concat()))
            .filter(|row| row.row.places & set != 0)?;
        reading.came_later(action_since(row, set))
    });
    told = match (later, near) {
        (Some(later), _) => told.help(later),
        (None, Some(near)) => told.help(format!("did you mean '{near}'?")).fix(
            format!("write '{near}'"),
            span,
            near,
            Applicability::MaybeIncorrect,
        ),
        (None, None) => told.help("see the manual, section 4.3"),
    };
    reading.tell(told);
}

/// How a rule set words what stands around its rules.
pub(super) struct Setting<'a> {
    pub(super) http: bool,
    pub(super) full: &'a str,
    pub(super) proxy: &'a str,
    pub(super) usage: Usage,
}

impl Setting<'_> {
    /// The condition at argument `at`, with faults in the set's words.
    fn worded(&self, reading: &mut Reading<'_>, line: &Line<'_>, at: usize) -> Option<ReadCondition> {
        let (full, proxy) = (self.full, self.proxy);
        let (lead, closed) = if full.ends_with(" redirect") {
            let lead =
                format!("error detected in {proxy} while parsing '{full}' rule : error in condition: ");
            (lead, true)
        } else if self.http {
            (
                format!("error detected while parsing an '{full}' condition : "),
                true,
            )
        } else {
            let polarity = line
                .arg(at)
                .map(|word| shown(word).into_owned())
                .unwrap_or_default();
            let lead =
                format!("'{full}' : error detected in {proxy} while parsing '{polarity}' condition : ");
            (lead, false)
        };
        let frame = Frame::new(&lead);
        let frame = if closed { frame } else { frame.open() };
        condition(reading, line.args(), at, self.usage, frame)
    }

    /// The condition that begins at argument `at`, if any. None when it is wrong, which is told.
    fn condition(&self, reading: &mut Reading<'_>, line: &Line<'_>, at: usize) -> Option<Applied> {
        let Some(word) = line.arg(at) else {
            return Some(Applied::Always);
        };
        if matches!(&*word.text, b"if" | b"unless") {
            return self.worded(reading, line, at).map(Applied::When);
        }
        let text = shown(word).into_owned();
        let message = if self.http {
            format!(
                "'{}' expects either 'if' or 'unless' followed by a condition but found '{text}'.",
                self.full
            )
        } else {
            format!(
                "'{}' only accepts 'if' or 'unless', in {} (got '{text}')",
                self.full, self.proxy
            )
        };
        let told = Diagnostic::alert("bad-condition", message).at(word.span);
        reading.tell(told.help("put words that belong together into quotes, or write 'if'"));
        None
    }
}

/// The condition at the end of a line that is no rule of a set, if there is one. Its faults stand behind `lead`.
pub(crate) fn conditional(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    usage: Usage,
    lead: &str,
) -> Option<Value> {
    if cursor.peek().is_none() {
        return Some(Value::Condition(Condition::default()));
    }
    let read = condition(
        reading,
        cursor.words(),
        cursor.position(),
        usage,
        Frame::new(lead),
    )?;
    cursor.go_to(cursor.words().len());
    Some(Value::Condition(Condition(read.cond)))
}

/// A rule with what it does, unless its condition cannot be applied.
fn store(
    reading: &mut Reading<'_>,
    line: &Line<'_>,
    (set, set_name): (u32, &str),
    action: &'static Action,
    arguments: Vec<Argument>,
    cond: Applied,
) {
    let span = line.span();
    let class = match set {
        rule_set::TCP_CONN => Some(RuleClass::TcpConnection),
        rule_set::TCP_SESS => Some(RuleClass::TcpSession),
        rule_set::TCP_REQ => Some(RuleClass::TcpContent),
        rule_set::HTTP_REQ => Some(RuleClass::HttpRequest),
        _ => None,
    };
    let (cond, inert) = match cond {
        Applied::Always => (None, false),
        Applied::When(ReadCondition { cond: Some(cond), .. }) => (Some(cond), false),
        Applied::When(ReadCondition { cond: None, .. }) => (None, true),
    };
    let ends = matches!(
        action.row.name,
        "allow" | "auth" | "deny" | "redirect" | "return" | "tarpit"
    );
    unreachable_rule(reading, set, set_name, ends && cond.is_none() && !inert, span);
    if let Some(class) = class {
        note(reading, class, span);
    }
    let rule = Rule {
        set,
        action,
        arguments,
        cond,
        inert,
        span,
    };
    tell_what_is_not_done(reading, &rule, set_name);
    let name = rule.action.row.name;
    let mut kept = vec![Argument {
        name: "action",
        value: Value::Option(name, rule.arguments.clone()),
        span,
    }];
    if let Some(cond) = &rule.cond {
        kept.push(Argument {
            name: "condition",
            value: Value::Condition(Condition(Some(cond.clone()))),
            span: cond.span,
        });
    }
    reading.keep(Given {
        name: keyword_of(set),
        arguments: kept,
        span,
    });
    if let Some((_, rules)) = reading.ruled() {
        rules.push(rule);
    }
}

/// The name of a rule set.
fn keyword_of(set: u32) -> &'static str {
    let named = rule_set::NAMES.iter().find(|(bit, _)| *bit == set);
    named.map_or("", |(_, name)| *name)
}

/// Tells, once for each action, that nothing acts on it.
fn tell_what_is_not_done(reading: &mut Reading<'_>, rule: &Rule, set_name: &str) {
    if !rule.acts() {
        let shown = rule.action.row.name.trim_end_matches('*');
        reading.tell_read_only(&format!("the action '{shown}' of '{set_name}'"), rule.span);
    }
}

/// Tells a rule behind one that ends its set in any case, and notes whether this one does.
fn unreachable_rule(reading: &mut Reading<'_>, set: u32, set_name: &str, is_final: bool, span: Span) {
    let index = match set {
        rule_set::HTTP_REQ => 0,
        rule_set::HTTP_RES => 1,
        rule_set::HTTP_AFTER => 2,
        _ => return,
    };
    let Some(proxy) = reading.proxy() else { return };
    if std::mem::replace(&mut proxy.final_rules[index], is_final) {
        let message = format!(
            "previous '{set_name}' action is final and has no condition attached, further entries are NOOP."
        );
        let told = Diagnostic::warning("unreachable-rule", message)
            .at(span)
            .context(Context::ParsingTight);
        reading.tell(told.help("remove it, or give the rule above a condition"));
    }
}

/// When a rule applies.
enum Applied {
    Always,
    When(ReadCondition),
}

/// Remembers a name that only the whole file can confirm.
pub(crate) fn pend(reading: &mut Reading<'_>, kind: Pending, name: &[u8], span: Span) {
    let proxy = String::from_utf8_lossy(&reading.own_name()).into_owned();
    let section = reading.section_words();
    let section_index = reading.section;
    reading.written.pending.push(PendingName {
        kind,
        name: Set::new(name.to_vec().into(), span),
        proxy,
        section,
        within: section_index,
    });
}

/// The row of an action of `set`: its name is the word itself, or the word begins with a name that ends in `*`.
fn find(word: &[u8], set: u32, reading: &Reading<'_>) -> Option<&'static Action> {
    let usable = |row: &&'static Action| {
        let young = action_since(row, set)
            .is_some_and(|since| reading.dialect.strict && since > reading.dialect.version);
        row.row.places & set != 0 && !young
    };
    if let Some(own) = word.strip_prefix(b"lua.") {
        let known = registered(reading, &String::from_utf8_lossy(own));
        return Some(&LUA_ACTION).filter(|row| known && row.row.places & set != 0);
    }
    let exact = ACTION_INDEX.find(word).filter(usable);
    exact.or_else(|| {
        let stem = |row: &&'static Action| {
            let stem = row.row.name.strip_suffix('*');
            stem.filter(|stem| word.starts_with(stem.as_bytes()))
                .map(str::len)
        };
        let rows = ACTION_INDEX
            .names()
            .filter_map(|name| ACTION_INDEX.find(name.as_bytes()));
        rows.filter(usable)
            .filter_map(|row| stem(&row).map(|length| (length, row)))
            .max_by_key(|(length, _)| *length)
            .map(|(_, row)| row)
    })
}
