//! `stats …` of a proxy.

use syntax::{Context, Diagnostic, closest};

use super::condition::condition;
use super::frame::Frame;
use super::line::{Line, shown};
use super::reading::Reading;
use super::sample::Usage;
use crate::keywords::{ACTION_INDEX, place, rule_set};
use crate::lex::Word;
use crate::model::StatsAuth;
use crate::signature::{self, Arg, Argument, Cursor, Subject, TimeWords, Value, seconds};
use crate::written::Rule;

const NAMES: &[&str] = &[
    "admin",
    "uri",
    "realm",
    "auth",
    "scope",
    "enable",
    "hide-version",
    "show-version",
    "show-node",
    "show-desc",
    "show-legends",
    "show-modules",
    "refresh",
    "http-request",
    "enable",
];

/// How often the page is loaded again.
const REFRESH: &[Arg] = &[seconds("interval").time_words(&TimeWords {
    unexpected: "unexpected character '{byte}' in argument to stats refresh interval.",
    overflow: "timer overflow in argument <{got}> to stats refresh interval, maximum value is 2147483647 s (~68 years).",
    underflow: "",
})];

/// `stats KEYWORD …`.
pub(crate) fn stats(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(name) = line.arg(0) else {
        return unknown(reading, line, None);
    };
    let value = line.arg(1);
    match &*name.text {
        b"admin" => return admin(reading, line),
        b"uri" => {
            let Some(value) = needed(
                reading,
                line,
                "'uri' needs an URI prefix.",
                "write: stats uri /stats",
            ) else {
                return;
            };
            reading.settings().stats.uri = Some(value);
        }
        b"realm" => {
            let help = "write: stats realm NAME, blanks with a backslash or in quotes";
            let Some(realm) = needed(reading, line, "'realm' needs an realm name.", help) else {
                return;
            };
            reading.settings().stats.realm = Some(realm);
            if let Some(extra) = line.arg(2) {
                let text = shown(extra).into_owned();
                let told = Diagnostic::warning("extra-argument", format!("'stats realm' ignores '{text}'."));
                reading.tell(told.at(extra.span).help("put the realm into quotes"));
            }
        }
        b"auth" => {
            let Some(account) = value else {
                let told = Diagnostic::alert("missing-argument", "'auth' needs a user:password account.");
                return reading.tell(told.at(line.behind()).help("write: stats auth USER:PASSWORD"));
            };
            let (span, account) = (account.span, auth(account));
            let known = &mut reading.settings().stats.auth;
            if known.iter().any(|known| known.user == account.user) {
                let message = format!("uri auth: ignoring duplicated user '{}'.", account.user);
                let told = Diagnostic::warning("given-twice", message).at(span);
                reading.tell(told.context(Context::Whole).help("remove one of them"));
            } else {
                known.push(account);
            }
        }
        b"scope" => {
            let Some(scope) = needed(
                reading,
                line,
                "'scope' needs a proxy name.",
                "write a name, or a dot",
            ) else {
                return;
            };
            reading.settings().stats.scope.push(scope);
        }
        b"enable" => {}
        b"hide-version" => reading.settings().stats.hide_version = Some(true),
        b"show-version" if !reading.dialect.strict || reading.dialect.at_least(3, 4) => {
            reading.settings().stats.hide_version = Some(false);
        }
        b"show-legends" => reading.settings().stats.show_legends = true,
        // Holdfast's own, so no version's of the original.
        b"live-page" if !reading.dialect.strict => return live_page(reading, line),
        b"show-modules" => reading.tell_read_only("'stats show-modules'", line.span()),
        b"show-node" => {
            reading.settings().stats.show_node = Some(value.map(|word| word.text.to_vec().into()));
        }
        b"show-desc" => {
            let words: Vec<&[u8]> = line.args()[1..].iter().map(|word| &*word.text).collect();
            let text = (!words.is_empty()).then(|| words.join(&b' ').into());
            if text.is_none() && reading.written.global.description.is_none() {
                let message = "'show-desc' requires a parameter or 'desc' to be set in the global section.";
                let told = Diagnostic::warning("missing-argument", message).at(line.span());
                return reading.tell(told.help("write: stats show-desc TEXT"));
            }
            reading.settings().stats.show_desc = Some(text);
        }
        b"refresh" => {
            let Some(value) = value else {
                let message = "'refresh' needs a positive interval (in seconds).";
                return reading.tell(Diagnostic::alert("missing-argument", message).at(line.behind()));
            };
            let subject = Subject::new("stats refresh", value.span);
            let mut cursor = Cursor::new(std::slice::from_ref(value), 0);
            let Some(read) = signature::sequence(reading, &mut cursor, REFRESH, &subject) else {
                return;
            };
            let seconds = read.first().and_then(|argument| argument.value.number());
            reading.settings().stats.refresh = seconds.and_then(|seconds| u32::try_from(seconds).ok());
        }
        b"http-request" => {
            if reading.place() & place::DEFAULTS != 0 {
                let message = "'stats' not allowed in 'defaults' section.";
                let told = Diagnostic::alert("not-in-defaults", message).at(line.span());
                return reading.tell(told.help("move the line into the proxies that need it"));
            }
            let Some(rule) = http_rule(reading, line) else {
                return;
            };
            let conditional = rule.cond.is_some() || rule.inert;
            if let Some((_, rules)) = reading.ruled() {
                rules.push(rule);
            }
            let span = line.span();
            let stats = &mut reading.settings().stats;
            stats.rule.get_or_insert(span);
            let ended = std::mem::replace(&mut stats.rules_end, !conditional);
            if ended {
                stats.rules_end = true;
                let message = "previous 'stats' action has no condition attached, further entries are NOOP.";
                let told = Diagnostic::warning("no-effect", message).at(span);
                reading.tell(told.help("give the rule before it a condition, or remove this one"));
            }
        }
        _ => return unknown(reading, line, Some(name)),
    }
    let span = line.span();
    reading.settings().stats.enabled.get_or_insert(span);
}

/// `stats live-page [PATH]`.
fn live_page(reading: &mut Reading<'_>, line: &Line<'_>) {
    let path = match line.arg(1) {
        None => b"/holdfast".to_vec(),
        Some(word) => {
            // It stands in the page and in front of its parts.
            let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/-_.~".contains(byte);
            if word.text.len() < 2
                || !word.text.starts_with(b"/")
                || word.text.ends_with(b"/")
                || !word.text.iter().all(plain)
            {
                let message = "'live-page' needs a path that begins with '/' and has letters, digits, '-', '_', '.' and '~'.";
                let told = Diagnostic::alert("bad-path", message).at(word.span);
                return reading.tell(told.help("write: stats live-page /holdfast"));
            }
            word.text.to_vec()
        }
    };
    let span = line.span();
    let stats = &mut reading.settings().stats;
    stats.live = Some(path.into());
    stats.enabled.get_or_insert(span);
}

fn needed(
    reading: &mut Reading<'_>,
    line: &Line<'_>,
    message: &str,
    help: &str,
) -> Option<crate::model::Word> {
    let Some(value) = line.arg(1) else {
        reading.tell(
            Diagnostic::alert("missing-argument", message)
                .at(line.behind())
                .help(help),
        );
        return None;
    };
    Some(value.text.to_vec().into())
}

fn auth(account: &Word<'_>) -> StatsAuth {
    let colon = account.text.iter().position(|byte| *byte == b':');
    let (user, password) = match colon {
        Some(at) => (&account.text[..at], &account.text[at + 1..]),
        None => (&account.text[..], &b""[..]),
    };
    StatsAuth {
        user: user.to_vec().into(),
        password: password.to_vec().into(),
    }
}

fn admin(reading: &mut Reading<'_>, line: &Line<'_>) {
    if reading.place() & place::DEFAULTS != 0 {
        return reading.alert_tight(
            "not-in-defaults",
            line.span(),
            "'stats admin' not allowed in 'defaults' section.",
        );
    }
    let conditional = line
        .arg(1)
        .is_some_and(|word| matches!(&*word.text, b"if" | b"unless"));
    if !conditional {
        let message = "'stats admin' requires either 'if' or 'unless' followed by a condition.";
        return reading.tell(
            Diagnostic::alert("missing-condition", message)
                .at(line.span())
                .help("write: stats admin if LOCALHOST"),
        );
    }
    let Some(read) = condition(
        reading,
        line.args(),
        1,
        Usage::HTTP_QUIETLY,
        Frame::new("error detected while parsing a 'stats admin' rule : "),
    ) else {
        return;
    };
    let span = line.span();
    if let (Some(cond), Some(proxy)) = (read.cond, reading.proxy()) {
        proxy.stats_admin.push(cond);
        proxy.settings.stats.enabled.get_or_insert(span);
    }
}

fn unknown(reading: &mut Reading<'_>, line: &Line<'_>, name: Option<&Word<'_>>) {
    let text = name.map(|name| shown(name).into_owned()).unwrap_or_default();
    let lead = match name {
        Some(_) => format!("unknown stats parameter '{text}'"),
        None => "missing keyword in 'stats'".to_owned(),
    };
    let message = format!(
        "{lead}, expects 'admin', 'uri', 'realm', 'auth', 'scope', 'enable', 'hide-version', \
         'show-node', 'show-desc' or 'show-legends'."
    );
    let span = name.map_or(line.behind(), |name| name.span);
    let mut told = Diagnostic::alert("unknown-option", message)
        .at(span)
        .context(Context::ParsingTight);
    told.help = closest(text.as_bytes(), NAMES.iter().copied()).map(|near| format!("did you mean '{near}'?"));
    reading.tell(told);
}

/// `stats http-request allow|deny|auth [realm NAME] [if|unless CONDITION]`.
fn http_rule(reading: &mut Reading<'_>, line: &Line<'_>) -> Option<Rule> {
    let action = line
        .arg(1)
        .map(|word| shown(word).into_owned())
        .unwrap_or_default();
    let known = matches!(action.as_str(), "allow" | "deny" | "auth");
    let Some(row) = ACTION_INDEX.find(action.as_bytes()).filter(|_| known) else {
        let span = line.arg(1).map_or(line.behind(), |word| word.span);
        let message = format!("'stats http-request' expects 'allow', 'deny' or 'auth' (got '{action}').");
        let told = Diagnostic::alert("unknown-action", message).at(span);
        reading.tell(told.help("write for example: stats http-request auth unless AUTHENTICATED"));
        return None;
    };
    let realm = action == "auth" && line.arg(2).is_some_and(|word| &*word.text == b"realm");
    let mut rule = Rule {
        set: rule_set::STATS,
        action: row,
        arguments: Vec::new(),
        cond: None,
        inert: false,
        span: line.span(),
    };
    if let (true, Some(word)) = (realm, line.arg(3)) {
        let text = Argument {
            name: "realm",
            value: Value::Text(word.text.to_vec().into()),
            span: word.span,
        };
        rule.arguments.push(Argument {
            name: "realm",
            value: Value::Option("realm", vec![text]),
            span: word.span,
        });
    }
    let at = if realm { 4 } else { 2 };
    let Some(word) = line.arg(at) else {
        return Some(rule);
    };
    if matches!(&*word.text, b"if" | b"unless") {
        let lead = format!("error detected while parsing an 'http-request {action}' condition : ");
        let read = condition(reading, line.args(), at, Usage::HTTP_QUIETLY, Frame::new(&lead))?;
        rule.inert = read.cond.is_none();
        rule.cond = read.cond;
        return Some(rule);
    }
    let message = format!(
        "'http-request {action}' expects either 'if' or 'unless' followed by a condition but found '{}'.",
        shown(word)
    );
    let told = Diagnostic::alert("missing-condition", message).at(word.span);
    reading.tell(told.help("write 'if' in front of the condition"));
    None
}
