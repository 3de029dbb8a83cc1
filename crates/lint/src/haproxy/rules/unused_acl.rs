//! An ACL that no rule uses.

use rustc_hash::{FxHashMap, FxHashSet};
use syntax::Severity;
use syntax::{Applicability, Edit, Fix};

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "unused-acl",
    title: "An ACL that no rule uses",
    level: Severity::Warning,
    why: "It decides nothing. Often the rule that was to use it names another ACL by mistake, or was removed.",
    mend: "remove it, or use it in the rule that it was meant for",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for section in &view.sections {
        if !matches!(
            section.keyword(),
            b"frontend" | b"backend" | b"listen" | b"defaults"
        ) {
            continue;
        }
        let acls: Vec<_> = section
            .all(&["acl"])
            .filter(|line| line.words.len() > 2)
            .collect();
        if acls.is_empty() {
            continue;
        }
        // `acl()` in an expression uses one too, and may stand anywhere.
        let mut used: FxHashSet<&[u8]> = FxHashSet::default();
        for line in &section.lines {
            let from = if line.is(&["acl"]) { 2 } else { 1 };
            for word in &line.words[from.min(line.words.len())..] {
                let text: &[u8] = &word.text;
                if from == 1 {
                    used.insert(text.strip_prefix(b"!").unwrap_or(text));
                }
                let mut rest = text;
                while let Some(at) = memchr::memmem::find(rest, b"acl(") {
                    rest = &rest[at + 4..];
                    let inside = rest.split(|byte| *byte == b')').next().unwrap_or(rest);
                    used.extend(
                        inside
                            .split(|byte| *byte == b',')
                            .map(|name| name.strip_prefix(b"!").unwrap_or(name)),
                    );
                }
            }
        }
        let mut unused: FxHashMap<&[u8], Vec<_>> = FxHashMap::default();
        let mut names = Vec::new();
        for line in acls
            .into_iter()
            .filter(|line| !used.contains(line.word(1)) && !view.is_left_out(line.word(1)))
        {
            let lines = unused.entry(line.word(1)).or_default();
            if lines.is_empty() {
                names.push(line);
            }
            lines.push(line);
        }
        for first in names {
            let lines = unused.remove(first.word(1)).unwrap_or_default();
            let message = format!("ACL '{}' is not used", first.shown(1));
            let mut finding = out.finding(first.span_of(1), message);
            for other in &lines[1..] {
                finding = finding.label(other.span_of(1), "and here");
            }
            let edits = lines.iter().filter_map(|line| view.whole_line(line.span()));
            finding.fixes.push(Fix {
                title: "remove it".to_owned(),
                edits: edits
                    .map(|span| Edit {
                        span,
                        text: Vec::new(),
                    })
                    .collect(),
                applicability: Applicability::Safe,
            });
            out.add(finding);
        }
    }
}
