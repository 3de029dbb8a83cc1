//! Ciphers that no longer protect.

use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "weak-ciphers",
    title: "Ciphers that no longer protect",
    level: Severity::Warning,
    why: "What they encrypt can be read by others, or is not encrypted, or nobody knows with whom one speaks.",
    mend: "take them out of the list, or leave the list to the library's default",
    check,
};

/// Parts of cipher names that mean trouble.
const WEAK: &[&[u8]] = &[
    b"RC4", b"NULL", b"EXP", b"MD5", b"ADH", b"AECDH", b"LOW", b"SSLv2", b"RC2", b"IDEA", b"SEED",
];

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for section in &view.sections {
        for line in &section.lines {
            let at = match line.word(0) {
                b"ssl-default-bind-ciphers" | b"ssl-default-server-ciphers" => Some(1),
                b"bind" | b"server" | b"default-server" | b"server-template" => {
                    line.position("ciphers").map(|at| at + 1)
                }
                _ => None,
            };
            let Some(at) = at else { continue };
            let weak: Vec<String> = line
                .word(at)
                .split(|byte| matches!(byte, b':' | b',' | b' '))
                .filter(|name| !matches!(name.first(), None | Some(b'!' | b'-')))
                .filter(|name| is_weak(name))
                .map(|name| String::from_utf8_lossy(name).into_owned())
                .collect();
            if !weak.is_empty() {
                out.tell(line.span_of(at), format!("weak ciphers: {}", weak.join(", ")));
            }
        }
    }
}

fn is_weak(name: &[u8]) -> bool {
    let of = |part: &&[u8]| memchr::memmem::find(name, part).is_some();
    WEAK.iter().any(of) || name == b"DES" || name.starts_with(b"DES-CBC-") || name.ends_with(b"DES-CBC-SHA")
}
