//! An ACL with the name of a predefined one.

use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "acl-hides-predefined",
    title: "An ACL with the name of a predefined one",
    level: Severity::Warning,
    why: "Names such as TRUE, LOCALHOST and METH_GET mean something everywhere; who reads the rules takes this one for \
           that.",
    mend: "give it another name",
    check,
};

/// ACLs that need not be declared (manual, section 7.4).
const PREDEFINED: &[&[u8]] = &[
    b"FALSE",
    b"TRUE",
    b"HTTP",
    b"HTTP_1.0",
    b"HTTP_1.1",
    b"HTTP_2.0",
    b"HTTP_3.0",
    b"HTTP_CONTENT",
    b"HTTP_URL_ABS",
    b"HTTP_URL_SLASH",
    b"HTTP_URL_STAR",
    b"LOCALHOST",
    b"METH_CONNECT",
    b"METH_DELETE",
    b"METH_GET",
    b"METH_HEAD",
    b"METH_OPTIONS",
    b"METH_POST",
    b"METH_PUT",
    b"METH_TRACE",
    b"RDP_COOKIE",
    b"REQ_CONTENT",
    b"WAIT_END",
];

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for section in &view.sections {
        for line in section.all(&["acl"]) {
            if PREDEFINED.contains(&line.word(1)) {
                out.tell(line.span_of(1), format!("'{}' is predefined", line.shown(1)));
            }
        }
    }
}
