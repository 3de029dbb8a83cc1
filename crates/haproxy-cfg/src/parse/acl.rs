//! `acl` lines, predefined ACLs, and what is known of each.

use syntax::Diagnostic;

use super::criterion::{Subject, criterion};
use super::frame::Frame;
use super::line::{Line, shown};
use super::reading::Reading;
use super::sample;
use crate::model::Acl;
use crate::written::{Incompatible, Looks};

/// ACLs that every configuration has without declaring them.
const PREDEFINED: &[(&str, &[&str])] = &[
    ("FALSE", &["always_false"]),
    ("HTTP", &["req.proto_http"]),
    ("HTTP_1.0", &["req.ver", "1.0"]),
    ("HTTP_1.1", &["req.ver", "1.1"]),
    ("HTTP_2.0", &["req.ver", "2.0"]),
    ("HTTP_3.0", &["req.ver", "3.0"]),
    ("HTTP_CONTENT", &["req.hdr_val(content-length)", "gt", "0"]),
    ("HTTP_URL_ABS", &["url_reg", "^[^/:]*://"]),
    ("HTTP_URL_SLASH", &["url_beg", "/"]),
    ("HTTP_URL_STAR", &["url", "*"]),
    ("LOCALHOST", &["src", "127.0.0.1/8", "::1"]),
    ("METH_CONNECT", &["method", "CONNECT"]),
    ("METH_DELETE", &["method", "DELETE"]),
    ("METH_GET", &["method", "GET", "HEAD"]),
    ("METH_HEAD", &["method", "HEAD"]),
    ("METH_OPTIONS", &["method", "OPTIONS"]),
    ("METH_POST", &["method", "POST"]),
    ("METH_PUT", &["method", "PUT"]),
    ("METH_TRACE", &["method", "TRACE"]),
    ("RDP_COOKIE", &["req.rdp_cookie_cnt", "gt", "0"]),
    ("REQ_CONTENT", &["req.len", "gt", "0"]),
    ("TRUE", &["always_true"]),
    ("WAIT_END", &["wait_end"]),
];

/// The words of the predefined ACL of that name.
pub(super) fn predefined(name: &[u8]) -> Option<&'static [&'static str]> {
    PREDEFINED
        .iter()
        .find(|(known, _)| known.as_bytes() == name)
        .map(|(_, words)| *words)
}

/// Names of all predefined ACLs.
pub(super) fn predefined_names() -> impl Iterator<Item = &'static str> {
    PREDEFINED.iter().map(|(name, _)| *name)
}

/// `acl NAME EXPRESSION …`.
pub(crate) fn acl(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(name) = line.arg(0) else {
        let message = "error detected while parsing ACL '' : missing ACL name.";
        return reading.tell(
            Diagnostic::alert("missing-argument", message)
                .at(line.behind())
                .help("write: acl NAME CRITERION VALUE"),
        );
    };
    let text = shown(name).into_owned();
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':');
    if let Some(wrong) = name.text.iter().find(|byte| !allowed(byte)) {
        let wrong = char::from(*wrong);
        let message = format!("character '{wrong}' is not permitted in acl name '{text}'.");
        return reading.tell(
            Diagnostic::alert("bad-name", message)
                .at(name.span)
                .help("use letters, digits, '-', '_', '.' and ':'"),
        );
    }
    if text.eq_ignore_ascii_case("or") {
        let message = format!(
            "acl name '{text}' will never match. 'or' is used to express a logical disjunction within a condition."
        );
        return reading.tell(
            Diagnostic::alert("bad-name", message)
                .at(name.span)
                .help("give it another name"),
        );
    }
    let lead = format!("error detected while parsing ACL '{text}' : ");
    let subject = Subject {
        name: &name.text,
        frame: Frame::new(&lead),
        span: line.span(),
        behind: line.behind(),
    };
    match criterion(reading, &line.args()[1..], subject) {
        Some(read) => {
            add(reading, read);
        }
        // The name is known all the same, so that conditions do not complain once more.
        None => {
            if let Some((acls, _)) = reading.ruled() {
                acls.group(&name.text);
            }
        }
    }
}

/// Puts an ACL line to those of the section; gives the group of its name. What it uses that is not acted on is told.
pub(super) fn add(reading: &mut Reading<'_>, acl: Acl) -> Option<u32> {
    sample::note(reading, &acl.sample);
    let source = sample::source(reading, acl.sample.fetch);
    let (acls, _) = reading.ruled()?;
    Some(acls.add(acl, source))
}

/// What the lines of a group look at, and whether one of them cannot be evaluated.
pub(super) fn group_facts(reading: &mut Reading<'_>, group: u32) -> (Looks, bool) {
    let found = reading
        .ruled()
        .and_then(|(acls, _)| acls.get(group).map(|group| (group.looks.clone(), group.inert)));
    found.unwrap_or_default()
}

/// The line of a group that looks at what none of `columns` has.
pub(super) fn incompatible(reading: &mut Reading<'_>, group: u32, columns: u32) -> Option<Incompatible> {
    reading
        .ruled()
        .and_then(|(acls, _)| acls.incompatible(group, columns))
}
