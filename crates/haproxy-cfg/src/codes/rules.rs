//! Codes about rules, expressions and the order of lines.

use super::{CodeRow, code};

pub(super) const ROWS: &[CodeRow] = &[
    code(
        "http-error",
        "An http-error line that cannot be read",
        "It gives the answer for a status: its content type and its content.",
        "",
        "",
    ),
    code(
        "http-only",
        "A log-format item that only HTTP has, in mode tcp",
        "There is no request or response to take it from.",
        "frontend f\n    mode tcp\n    bind :80\n    timeout client 1s\n    log 127.0.0.1 local0\n    log-format %HM\n",
        "frontend f\n    mode http\n    bind :80\n    timeout client 1s\n    log 127.0.0.1 local0\n    log-format %HM\n",
    ),
    code(
        "ignored-in-http",
        "A fetch of bytes in mode http",
        "In mode http the bytes of a connection are not at hand any more when rules are evaluated.",
        "frontend f\n    mode http\n    bind :80\n    acl a req.len gt 10\n    http-request deny if a\n",
        "frontend f\n    mode http\n    bind :80\n    acl a req.body_len gt 10\n    http-request deny if a\n",
    ),
    code(
        "inert-rule",
        "A rule whose condition cannot be evaluated yet",
        "Its condition uses what Holdfast reads and does not act on: the rule is left out, as no answer would be the true one.",
        "frontend f\n    bind :80\n    use_backend b if { rand(10) lt 5 }\nbackend b\n",
        "",
    ),
    code(
        "never-matches",
        "A condition that never holds",
        "What it looks at is not at hand where the rule is evaluated.",
        "frontend f\n    mode http\n    bind :80\n    http-request deny if { status 200 }\n",
        "frontend f\n    mode http\n    bind :80\n    http-response deny if { status 200 }\n",
    ),
    code(
        "no-pattern",
        "An ACL without a pattern",
        "It never matches. Add a pattern, or `-m found` to ask whether something is there.",
        "frontend f\n    bind :80\n    mode http\n    acl a path\n",
        "frontend f\n    bind :80\n    mode http\n    acl a path /a\n",
    ),
    code(
        "not-at-hand",
        "A fetch that gives nothing where it is used",
        "What it looks at comes later, or is forgotten. Keep it with set-var where it is at hand.",
        "frontend f\n    mode http\n    bind :80\n    http-request set-var(txn.a) status\n",
        "frontend f\n    mode http\n    bind :80\n    http-response set-var(txn.a) status\n",
    ),
    code(
        "redirect",
        "A redirection that cannot be read",
        "It is prefix, location or scheme with a target, and options.",
        "",
        "",
    ),
    code(
        "rule-order",
        "A rule behind others that are evaluated later",
        "Rules of one kind are evaluated together, whatever stands between them: TCP rules before HTTP rules, those before redirects and the choice of a backend.",
        "frontend f\n    mode http\n    bind :80\n    use_backend b if { path /a }\n    http-request deny if { path /b }\nbackend b\n    mode http\n",
        "frontend f\n    mode http\n    bind :80\n    http-request deny if { path /b }\n    use_backend b if { path /a }\nbackend b\n    mode http\n",
    ),
    code(
        "stick",
        "A stick line that cannot be read",
        "It is on, match, store-request or store-response with an expression, and a table.",
        "",
        "",
    ),
    code(
        "unknown-action",
        "An action that the set of rules does not have",
        "The message lists those that it has.",
        "frontend f\n    mode http\n    bind :80\n    http-request denny\n",
        "frontend f\n    mode http\n    bind :80\n    http-request deny\n",
    )
    .help("write one of those that are supported"),
    code(
        "unreachable-rule",
        "A rule behind one that ends every evaluation",
        "Nothing comes this far.",
        "frontend f\n    mode http\n    bind :80\n    http-request deny\n    http-request set-header X-A b\n",
        "frontend f\n    mode http\n    bind :80\n    http-request set-header X-A b\n    http-request deny\n",
    ),
    code(
        "unused-argument",
        "An argument that is not looked at",
        "The fetch takes none any more, or none there.",
        "",
        "",
    ),
];
