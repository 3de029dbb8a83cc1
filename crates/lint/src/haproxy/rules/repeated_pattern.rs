//! A pattern that is there twice on a line.

use haproxy_cfg::model::{Acl, Pattern};
use rustc_hash::{FxHashMap, FxHashSet};
use syntax::Severity;
use syntax::{Applicability, Span};

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "repeated-pattern",
    title: "A pattern that is there twice on a line",
    level: Severity::Note,
    why: "It adds nothing. Mostly something else was meant.",
    mend: "remove it, or write what was meant",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, section, proxy) in view.proxies() {
        let by_line: FxHashMap<Span, &Acl> = proxy
            .acls
            .iter()
            .filter_map(|acl| Some((view.line(acl.span)?.span(), acl)))
            .collect();
        for line in section.all(&["acl"]) {
            let Some(acl) = by_line.get(&line.span()) else {
                continue;
            };
            let is_pattern = |text: &[u8]| {
                acl.patterns
                    .iter()
                    .any(|pattern| matches!(pattern, Pattern::Text(found) if **found == *text))
            };
            let mut seen = FxHashSet::default();
            for (at, word) in line.words.iter().enumerate().skip(3) {
                let text: &[u8] = &word.text;
                if text.starts_with(b"-") || !is_pattern(text) || line.word(at - 1).starts_with(b"-") {
                    continue;
                }
                if !seen.insert(text) {
                    // With the blank in front of it.
                    let before = line.span_of(at - 1).end;
                    let span = Span::new(word.span.file, before, word.span.end);
                    let finding = out.finding(word.span, format!("'{}' stands here already", word.text));
                    out.add(finding.fix("remove it", span, "", Applicability::Safe));
                }
            }
        }
    }
}
