//! All ACLs of a proxy, and what is known of them during a request.

use std::collections::HashMap;

use haproxy_cfg::model::{Config, MatchKind, ProxyId};
use syntax::Span;

use super::group::Group;
use super::pattern::{Line, is_shared};
use crate::sample::{FetchPlan, SampleContext, Scratch};

/// An ACL that cannot be compiled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct AclError {
    /// Its place in the proxy's list.
    pub acl: usize,
    /// Where it stands.
    pub span: Span,
    /// What is wrong with it.
    pub reason: String,
}

/// The ACLs of one proxy.
#[derive(Debug, Default)]
pub struct Acls {
    groups: Vec<Group>,
    /// By line: its group; none for a line that cannot be evaluated, which no condition uses.
    group_of: Vec<Option<u32>>,
}

/// What is known of a proxy's ACLs during one request. Kept by a stream and reused: looking at a request allocates nothing
/// once it has grown to the proxy's size.
#[derive(Clone, Debug, Default)]
pub struct Cache {
    /// By group: it was evaluated.
    evaluated: Vec<u64>,
    /// By line: it holds, once its group was evaluated.
    holds: Vec<u64>,
    scratch: Scratch,
}

impl Cache {
    /// Forgets everything: for a new request, another proxy's ACLs, or once the request was edited.
    pub fn reset(&mut self) {
        self.evaluated.clear();
        self.holds.clear();
    }
}

impl Acls {
    /// Compiles the ACLs of the proxy `id`; fetches that name other proxies look them up in `config`.
    ///
    /// # Errors
    /// All lines that cannot be compiled: a regular expression that is none, or that uses what this engine does not do
    /// (look-around, back references).
    pub fn compile(config: &Config, id: ProxyId) -> Result<Self, Vec<AclError>> {
        let acls = &config.proxy(id).acls;
        let mut shared: HashMap<(FetchPlan, MatchKind, bool), usize> = HashMap::new();
        let mut members: Vec<(FetchPlan, Vec<Line>)> = Vec::new();
        let mut group_of = Vec::with_capacity(acls.len());
        for (line, acl) in acls.iter().enumerate() {
            if !acl.is_evaluated() {
                group_of.push(None);
                continue;
            }
            let fetch = FetchPlan::compile(config, id, &acl.sample);
            let fresh = members.len();
            let at = if is_shared(acl.matcher) {
                *shared
                    .entry((fetch.clone(), acl.matcher, acl.ignore_case))
                    .or_insert(fresh)
            } else {
                fresh
            };
            if at == fresh {
                members.push((fetch, Vec::new()));
            }
            members[at].1.push(line as Line);
            group_of.push(Some(at as u32));
        }
        let mut errors = Vec::new();
        let mut groups = Vec::with_capacity(members.len());
        for (fetch, lines) in members {
            let with_lines: Vec<_> = lines.iter().map(|&line| (line, &acls[line as usize])).collect();
            match Group::compile(fetch, &with_lines) {
                Ok(group) => groups.push(group),
                Err(reason) => {
                    let acl = lines.first().map_or(0, |&line| line as usize);
                    errors.push(AclError {
                        acl,
                        span: acls[acl].span,
                        reason,
                    });
                }
            }
        }
        if errors.is_empty() {
            Ok(Self { groups, group_of })
        } else {
            Err(errors)
        }
    }

    /// Whether that line holds.
    pub(super) fn line_holds(&self, line: Line, context: &SampleContext<'_>, cache: &mut Cache) -> bool {
        let Some(group) = self.group_of(line) else {
            return false;
        };
        self.evaluate(group, context, cache);
        cache.holds[line as usize / 64] & (1 << (line % 64)) != 0
    }

    /// The group of a line, as [`Self::evaluate`] takes it.
    pub(super) fn group_of(&self, line: Line) -> Option<u32> {
        self.group_of.get(line as usize).copied().flatten()
    }

    /// Decides all lines of a group, once.
    fn evaluate(&self, group: u32, context: &SampleContext<'_>, cache: &mut Cache) {
        if cache.evaluated.is_empty() {
            cache.evaluated.resize(self.groups.len().div_ceil(64), 0);
            cache.holds.resize(self.group_of.len().div_ceil(64), 0);
        }
        let known = &mut cache.evaluated[group as usize / 64];
        let bit = 1 << (group % 64);
        if *known & bit != 0 {
            return;
        }
        *known |= bit;
        let holds = &mut cache.holds;
        self.groups[group as usize].evaluate(context, &mut cache.scratch, &mut |line| {
            holds[line as usize / 64] |= 1 << (line % 64);
        });
    }

    /// The lines of a group that hold, each perhaps more than once; what the cache knows stays as it is.
    pub(super) fn lines_that_hold(
        &self,
        group: u32,
        context: &SampleContext<'_>,
        cache: &mut Cache,
        hit: &mut impl FnMut(Line),
    ) {
        self.groups[group as usize].evaluate(context, &mut cache.scratch, hit);
    }
}
