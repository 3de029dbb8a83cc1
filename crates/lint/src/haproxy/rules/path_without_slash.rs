//! A path that is compared with a text without its slash.

use haproxy_cfg::model::{MatchKind, Pattern};
use syntax::Severity;
use syntax::{Applicability, Span};

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "path-without-slash",
    title: "A path that is compared with a text without its slash",
    level: Severity::Warning,
    why: "Paths begin with a slash, so a prefix or a whole path without one never matches.",
    mend: "write the slash in front",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, _, proxy) in view.proxies() {
        for acl in &proxy.acls {
            let whole = matches!(acl.matcher, MatchKind::Beg | MatchKind::Str);
            let of_path = acl.sample.fetch.name == "path" && acl.sample.converters.is_empty();
            if !whole || !of_path || !acl.files.is_empty() {
                continue;
            }
            for pattern in acl.patterns.iter() {
                let Pattern::Text(text) = pattern else { continue };
                // Of `OPTIONS *` the path is a star.
                if matches!(text.first(), None | Some(b'/' | b'*')) {
                    continue;
                }
                let place = view.pattern(acl.span, text);
                let front = Span::new(place.file, place.start, place.start);
                let message = format!("no path begins with '{text}'");
                out.add(out.finding(place, message).fix(
                    "write the slash",
                    front,
                    "/",
                    Applicability::MaybeIncorrect,
                ));
            }
        }
    }
}
