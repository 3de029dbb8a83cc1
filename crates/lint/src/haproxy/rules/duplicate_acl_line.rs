//! An ACL line that is there twice.

use rustc_hash::FxHashMap;
use syntax::Severity;
use syntax::{Applicability, Span};

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "duplicate-acl-line",
    title: "An ACL line that is there twice",
    level: Severity::Warning,
    why: "Lines of one name are alternatives: the second adds nothing. Mostly something else was meant on it.",
    mend: "remove it, or write what was meant",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for section in &view.sections {
        let mut seen: FxHashMap<Vec<&[u8]>, Span> = FxHashMap::default();
        for line in section.all(&["acl"]) {
            let words: Vec<&[u8]> = line.words.iter().skip(1).map(|word| &*word.text).collect();
            match seen.get(&words) {
                None => {
                    seen.insert(words, line.span());
                }
                Some(first) => {
                    let mut finding = out
                        .finding(
                            line.span(),
                            format!("ACL '{}' has this line already", line.shown(1)),
                        )
                        .label(*first, "here");
                    if let Some(span) = view.whole_line(line.span()) {
                        finding = finding.fix("remove it", span, "", Applicability::Safe);
                    }
                    out.add(finding);
                }
            }
        }
    }
}
