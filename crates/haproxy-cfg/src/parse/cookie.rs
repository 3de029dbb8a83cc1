//! `cookie NAME …` of a backend.

use syntax::{Diagnostic, closest};

use super::line::{Line, shown};
use super::reading::Reading;
use super::timeout::timer;
use crate::lex::Word;
use crate::model::{CookiePolicy, CookieRewrite};
use crate::values::Unit;
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
    };
    let mut modes = 0;
    let mut at = 1;
    while let Some(word) = line.arg(at) {
        at += 1;
        if let Some(mode) = rewrite(&word.text) {
            policy.rewrite = mode;
            modes += 1;
        } else if matches!(&*word.text, b"domain" | b"attr" | b"maxidle" | b"maxlife") {
            if !valued(reading, &mut policy, line, word, line.arg(at)) {
                return;
            }
            at += 1;
        } else if !flag(reading, &mut policy, word) {
            return;
        }
    }
    if modes > 1 {
        let message = "cookie 'rewrite', 'insert' and 'prefix' modes are incompatible.";
        return reading.tell(
            Diagnostic::alert("cookie-modes", message)
                .at(line.span())
                .help("keep one of them"),
        );
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
        b"dynamic" => reading.tell_read_only("'cookie dynamic'", word.span),
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
        reading.alert(
            "missing-argument",
            line.behind(),
            format!("'{name}' expects a value as argument."),
        );
        return false;
    };
    match &*option.text {
        b"domain" => policy.domains.push(value.text.to_vec().into()),
        b"attr" => policy.attrs.push(value.text.to_vec().into()),
        _ => {
            let Some(seconds) = timer(reading, value, Unit::Second, &format!("'{name}'")) else {
                return false;
            };
            if &*option.text == b"maxidle" {
                policy.maxidle = Some(seconds);
            } else {
                policy.maxlife = Some(seconds);
            }
        }
    }
    true
}
