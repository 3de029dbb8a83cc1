//! A stick table that nothing fills.

use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "unused-stick-table",
    title: "A stick table that nothing fills",
    level: Severity::Warning,
    why: "Nothing is tracked or stored in it, so what is looked up there is never found.",
    mend: "add 'http-request track-sc0 …' or 'stick on …', or remove it",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, section, proxy) in view.proxies() {
        let Some(line) = section.last(&["stick-table"]) else {
            continue;
        };
        let fills = |line: &super::super::view::Line<'_>| {
            let named = line
                .position("table")
                .is_some_and(|at| line.word(at + 1) != &*proxy.name);
            let tracks = line.words.iter().any(|word| word.text.starts_with(b"track-sc"));
            let learns = line.is(&["stick"])
                || line
                    .words
                    .iter()
                    .any(|word| memchr::memmem::find(&word.text, b"_inc_").is_some());
            (tracks || learns) && !named
        };
        let shared = line.has("peers") || line.has("write-to");
        let used = section.lines.iter().any(fills)
            || view.mentions(&proxy.name) > 1 && view.is_table(&proxy.name)
            || view.is_named_inside(&proxy.name);
        if !used && !shared {
            out.tell(
                line.span(),
                format!("nothing fills the table of '{}'", proxy.name),
            );
        }
    }
}
