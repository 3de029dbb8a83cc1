//! A defaults section that no other section takes over.

use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "unused-defaults",
    title: "A defaults section that no other section takes over",
    level: Severity::Note,
    why: "What it says holds nowhere. Often the sections that were to follow it stand in front of it.",
    mend: "move it in front of the sections it is for, name it in their 'from', or remove it",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    let used: Vec<usize> = view
        .sections
        .iter()
        .filter_map(|section| section.defaults)
        .collect();
    let mut is_used = vec![false; view.sections.len()];
    for at in used {
        if let Some(flag) = is_used.get_mut(at) {
            *flag = true;
        }
    }
    let has_proxies = view.sections.iter().any(|section| section.id.is_some());
    for (section, used) in view.sections.iter().zip(is_used) {
        if section.keyword() == b"defaults" && !used && has_proxies && !section.lines.is_empty() {
            out.tell(section.span(), "no section takes over what these defaults say");
        }
    }
}
