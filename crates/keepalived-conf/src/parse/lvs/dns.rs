//! `DNS_CHECK`.

use syntax::Diagnostic;

use crate::lines::Line;
use crate::reading::Reading;

const TYPES: [&str; 9] = ["A", "NS", "CNAME", "SOA", "MX", "TXT", "AAAA", "RRSIG", "DNSKEY"];

/// `type`.
pub(crate) fn kind(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "a type of records") else {
        return;
    };
    let text = word.text();
    if !TYPES.iter().any(|known| known.eq_ignore_ascii_case(&text)) {
        let told = Diagnostic::warning("bad-value", format!("Unknown DNS check type {text} - ignoring"))
            .at(word.span)
            .help(format!("write one of: {}", TYPES.join(", ")));
        reading.fault(told);
    }
}

/// `name`. The original takes a label of one letter for an empty one when a dot follows at the start of the name, and a name
/// that is a dot alone for the root.
pub(crate) fn name(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "a name") else {
        return;
    };
    let text = word.text();
    if text != "." && has_empty_label(&text) {
        let message = format!("DNS_CHECK name '{text}' has empty label - ignoring");
        let told = Diagnostic::warning("bad-value", message)
            .at(word.span)
            .help("write a name whose labels all have letters, the first of them two or more");
        reading.fault(told);
    }
}

fn has_empty_label(text: &str) -> bool {
    let mut labels = text.split('.').collect::<Vec<_>>();
    // What stands behind the last dot is not looked at.
    labels.pop();
    labels.first().is_some_and(|first| first.len() < 2) || labels.iter().any(|label| label.is_empty())
}
