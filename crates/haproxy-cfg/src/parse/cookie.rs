//! `cookie NAME …` of a backend.

use syntax::{Diagnostic, closest};

use super::line::{Line, shown};
use super::reading::Reading;
use crate::lex::Word;
use crate::model::{CookiePolicy, CookieRewrite};
use crate::signature::{self, Arg, Cursor, Subject, TimeWords, seconds};
use crate::written::Set;

const OPTIONS: &[&str] = &[
    "rewrite", "insert", "prefix", "indirect", "nocache", "postonly", "preserve", "httponly", "secure",
    "domain", "maxidle", "maxlife", "dynamic", "attr",
];

/// `cookie NAME [OPTIONS]`.
pub(crate) fn cookie(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(name) = line.arg(0) else {
        return reading.tell(
            Diagnostic::alert("missing-argument", "'cookie' expects <cookie_name> as argument.")
                .at(line.behind())
                .help("write: cookie SERVERID insert indirect nocache"),
        );
    };
    let mut policy = CookiePolicy {
        name: name.text.to_vec().into(),
        rewrite: CookieRewrite::Passive,
        indirect: false,
        nocache: false,
        postonly: false,
        preserve: false,
        httponly: false,
        secure: false,
        domains: Vec::new(),
        maxidle: None,
        maxlife: None,
        attrs: Vec::new(),
        dynamic: false,
    };
    let mut modes = Vec::new();
    let mut at = 1;
    while let Some(word) = line.arg(at) {
        at += 1;
        if let Some(mode) = rewrite(&word.text) {
            policy.rewrite = mode;
            if !modes.contains(&mode) {
                modes.push(mode);
            }
        } else if matches!(&*word.text, b"domain" | b"attr" | b"maxidle" | b"maxlife") {
            if !valued(reading, &mut policy, line, word, line.arg(at)) {
                return;
            }
            at += 1;
        } else if !flag(reading, &mut policy, word) {
            return;
        }
    }
    if modes.len() > 1 {
        let message = "cookie 'rewrite', 'insert' and 'prefix' modes are incompatible.";
        return reading.tell(
            Diagnostic::alert("cookie-modes", message)
                .at(line.span())
                .help("keep one of them"),
        );
    }
    if policy.preserve && policy.rewrite != CookieRewrite::Insert && !policy.indirect {
        let message = "cookie 'preserve' requires at least 'insert' or 'indirect'.";
        let told = Diagnostic::alert("cookie-modes", message).at(line.span());
        return reading.tell(told.help("add: insert"));
    }
    reading.settings().cookie = Some(Set::new(policy, line.span()));
}

fn rewrite(word: &[u8]) -> Option<CookieRewrite> {
    match word {
        b"rewrite" => Some(CookieRewrite::Rewrite),
        b"insert" => Some(CookieRewrite::Insert),
        b"prefix" => Some(CookieRewrite::Prefix),
        _ => None,
    }
}

fn flag(reading: &mut Reading<'_>, policy: &mut CookiePolicy, word: &Word<'_>) -> bool {
    match &*word.text {
        b"indirect" => policy.indirect = true,
        b"nocache" => policy.nocache = true,
        b"postonly" => policy.postonly = true,
        b"preserve" => policy.preserve = true,
        b"httponly" => policy.httponly = true,
        b"secure" => policy.secure = true,
        b"dynamic" => policy.dynamic = true,
        unknown => {
            let message = "'cookie' supports 'rewrite', 'insert', 'prefix', 'indirect', 'nocache', 'postonly', \
                           'domain', 'maxidle', 'dynamic', 'maxlife' and 'attr' options.";
            let help = match closest(unknown, OPTIONS.iter().copied()) {
                Some(near) => format!("did you mean '{near}'?"),
                None => format!("'{}' is none of them", shown(word)),
            };
            reading.tell(
                Diagnostic::alert("unknown-option", message)
                    .at(word.span)
                    .help(help),
            );
            return false;
        }
    }
    true
}

fn valued(
    reading: &mut Reading<'_>,
    policy: &mut CookiePolicy,
    line: &Line<'_>,
    option: &Word<'_>,
    value: Option<&Word<'_>>,
) -> bool {
    let name = shown(option).into_owned();
    let Some(value) = value else {
        let what = match name.as_str() {
            "maxidle" => "<idletime> in seconds",
            "maxlife" => "<lifetime> in seconds",
            "domain" => "<domain>",
            _ => "<value>",
        };
        reading.alert(
            "missing-argument",
            line.behind(),
            format!("'{name}' expects {what} as argument."),
        );
        return false;
    };
    match &*option.text {
        b"domain" => return domain(reading, policy, value),
        b"attr" => {
            // What would end the attribute, or the header.
            let odd = value
                .text
                .iter()
                .find(|byte| byte.is_ascii_control() || **byte == b';');
            if let Some(odd) = odd {
                let message = format!("character '%x{odd:02X}' is not permitted in attribute value.");
                let told = Diagnostic::alert("bad-argument", message).at(value.span);
                reading.tell(told.help("write one attribute behind each 'attr'"));
                return false;
            }
            policy.attrs.push(value.text.to_vec().into());
        }
        _ => {
            let subject = Subject::new(&name, line.behind());
            let words = std::slice::from_ref(value);
            let mut cursor = Cursor::new(words, 0);
            let Some(read) = signature::sequence(reading, &mut cursor, LIFETIME, &subject) else {
                return false;
            };
            let seconds = read.first().and_then(|argument| argument.value.number());
            let seconds = seconds.and_then(|seconds| u32::try_from(seconds).ok());
            if name == "maxidle" {
                policy.maxidle = seconds;
            } else {
                policy.maxlife = seconds;
            }
        }
    }
    true
}

/// How long a cookie counts.
const LIFETIME: &[Arg] = &[seconds("time").time_words(&TimeWords {
    unexpected: "unexpected character '{byte}' in argument to <{kw}>.",
    overflow: "timer overflow in argument <{got}> to <{kw}>, maximum value is 2147483647 s (~68 years).",
    underflow: "",
})];

/// `domain NAME`; several are allowed.
fn domain(reading: &mut Reading<'_>, policy: &mut CookiePolicy, value: &Word<'_>) -> bool {
    let name = shown(value);
    let permitted = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | ':');
    if let Some(wrong) = name.chars().find(|c| !permitted(*c)) {
        let message = format!("character '{wrong}' is not permitted in domain name '{name}'.");
        let told = Diagnostic::alert("bad-name", message).at(value.span);
        reading.tell(told.help("write a domain such as example.com"));
        return false;
    }
    let begins = usize::from(name.starts_with('.'));
    if !name.is_empty() && begins == 0 && !name[1..].contains('.') {
        let message = format!(
            "domain '{name}' contains no embedded dot, this configuration may not work properly (see RFC6265#5.2.3)."
        );
        let told = Diagnostic::warning("bad-name", message).at(value.span);
        reading.tell(told.help("browsers take no cookies for top-level domains: write example.com"));
    }
    policy.domains.push(value.text.to_vec().into());
    true
}
