//! The order in which haproxy 2.6 lists the actions of a rule set when it meets one that it does not know.

use super::{Action, since};
use crate::dialect::Dialect;
use crate::keywords::ACTION_INDEX;
use crate::keywords::row::rule_set::TCP_REQ;

/// Names in that order. What a set does not have is left out; what came later stands behind them.
const ORDER: &[&str] = &[
    "wait-for-handshake",
    "ot-group",
    "set-log-level",
    "set-nice",
    "switch-mode",
    "use-service",
    "sc-inc-gpc*",
    "sc-inc-gpc0*",
    "sc-inc-gpc1*",
    "sc-set-gpt*",
    "sc-set-gpt0*",
    "send-spoe-group",
    "do-resolve*",
    "cache-store",
    "cache-use",
    "add-acl*",
    "add-header",
    "allow",
    "auth",
    "capture",
    "del-acl*",
    "del-header",
    "del-map*",
    "deny",
    "disable-l7-retry",
    "early-hint",
    "normalize-uri",
    "redirect",
    "reject",
    "replace-header",
    "replace-path",
    "replace-pathq",
    "replace-uri",
    "replace-value",
    "return",
    "set-header",
    "set-map*",
    "set-method",
    "set-path",
    "set-pathq",
    "set-query",
    "set-status",
    "set-uri",
    "strict-mode",
    "tarpit",
    "track-sc*",
    "set-timeout",
    "wait-for-body",
    "set-var-fmt*",
    "set-var*",
    "unset-var*",
    "set-dst",
    "set-dst-port",
    "set-mark",
    "set-src",
    "set-src-port",
    "set-tos",
    "silent-drop",
    "set-priority-class",
    "set-priority-offset",
];

/// The rows of `set` that the version at hand has, in that order.
pub(crate) fn listed(set: u32, dialect: Dialect) -> Vec<&'static Action> {
    let has = |action: &&'static Action| {
        let young = since(action, set).is_some_and(|since| dialect.strict && since > dialect.version);
        action.row.places & set != 0 && !young
    };
    let place = |action: &&'static Action| {
        let name = action.row.name;
        // In `tcp-request content` the source stands in front of the destination.
        let source = set == TCP_REQ && name.starts_with("set-src");
        let listed = if source { "set-dst" } else { name };
        let known = ORDER.iter().position(|known| *known == listed);
        (known.unwrap_or(ORDER.len()), !source, name)
    };
    let mut rows: Vec<_> = ACTION_INDEX
        .names()
        .filter_map(|name| ACTION_INDEX.find(name.as_bytes()))
        .filter(has)
        .collect();
    rows.sort_by_key(place);
    rows
}
