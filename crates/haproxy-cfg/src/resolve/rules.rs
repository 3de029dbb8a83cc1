//! ACLs, rules and conditions: names of ACLs become the lines that they stand for.

use std::sync::Arc;

use syntax::SourceMap;

use super::inherit::Inherited;
use crate::model::{self, Acl, Cond, CondTerm, StatsAdmin};
use crate::written::{AclGroup, ProxySection, Rule, WrittenCond};

/// The ACL lines and rules of a section and of its defaults, whose rules come first.
pub(super) struct Rules {
    pub(super) acls: Vec<Acl>,
    pub(super) rules: Vec<model::Rule>,
    pub(super) stats_admin: Vec<StatsAdmin>,
    pub(super) monitor_fail: Vec<Cond>,
}

/// The lines of each group of a section, shared by all conditions that name it.
pub(super) struct Groups(Vec<Arc<[u32]>>);

impl Groups {
    /// `offset` is where the lines of the groups' section begin.
    pub(super) fn new(groups: &[AclGroup], offset: u32) -> Self {
        let lines = |group: &AclGroup| group.lines.iter().map(|line| line + offset).collect();
        Self(groups.iter().map(lines).collect())
    }
}

/// A condition with its groups resolved.
pub(super) fn condition(cond: &WrittenCond, groups: &Groups) -> Cond {
    let term = |term: &crate::written::CondTerm| CondTerm {
        negated: term.negated,
        acls: groups.0.get(term.group as usize).cloned().unwrap_or_default(),
    };
    let any_of = cond
        .any_of
        .iter()
        .map(|terms| terms.iter().map(term).collect())
        .collect();
    Cond {
        polarity: cond.polarity,
        any_of,
        span: cond.span,
    }
}

/// Gathers what applies to `section`. Its own ACL lines, `acls`, keep their indexes.
pub(super) fn gather(
    inherited: &Inherited<'_>,
    section: &ProxySection,
    acls: Vec<Acl>,
    sources: &SourceMap,
) -> Rules {
    let mut out = Rules {
        acls,
        rules: Vec::new(),
        stats_admin: Vec::new(),
        monitor_fail: Vec::new(),
    };
    let defaults: Vec<_> = inherited.defaults().collect();
    for defaults in defaults.into_iter().rev() {
        let offset = u32::try_from(out.acls.len()).unwrap_or(u32::MAX);
        out.acls.extend(defaults.acls.lines.iter().cloned());
        push(
            &mut out,
            &defaults.rules,
            &Groups::new(&defaults.acls.groups, offset),
            sources,
        );
    }
    let groups = Groups::new(&section.acls.groups, 0);
    push(&mut out, &section.rules, &groups, sources);
    // Old rules on lines come behind the others wherever they stand, and lines that are added behind those.
    out.rules.sort_by_key(|rule| match rule.action {
        "add-line" => 2,
        action if action.ends_with("-line") => 1,
        _ => 0,
    });
    let admin = section.stats_admin.iter().map(|cond| StatsAdmin {
        cond: condition(cond, &groups),
    });
    out.stats_admin.extend(admin);
    let fail = section.monitor_fail.iter().map(|cond| condition(cond, &groups));
    out.monitor_fail.extend(fail);
    out
}

fn push(out: &mut Rules, rules: &[Rule], groups: &Groups, sources: &SourceMap) {
    for rule in rules.iter().filter(|rule| !rule.inert && rule.acts()) {
        let Some(set) = rule.model_set() else { continue };
        out.rules.push(model::Rule {
            set,
            action: rule.action.row.name,
            arguments: rule.arguments.clone(),
            cond: rule.cond.as_ref().map(|cond| condition(cond, groups)),
            span: rule.span,
            line: sources.locate(rule.span).1.line,
        });
    }
}
