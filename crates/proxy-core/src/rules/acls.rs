//! All ACLs of a proxy, and what is known of them during a request.

use haproxy_cfg::keywords::Output;
use haproxy_cfg::model::{Acl, Config, MatchKind, ProxyId};
use rustc_hash::FxHashMap;
use syntax::Span;

use super::LineTold;
use super::cond::Truth;
use super::group::Group;
use super::pattern::{Line, is_shared};
use crate::sample::{Expression, SampleContext, Stability, expression_key};

/// An ACL or a rule that cannot be made ready.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct RuleError {
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
    /// By group: it looks at the message.
    of_message: Vec<u64>,
    /// By group: what was known of it a moment ago is worth nothing.
    of_moment: Vec<u64>,
}

/// What is known of a proxy's ACLs during one request. Kept by a stream and reused: looking at a request allocates nothing
/// once it has grown to the proxy's size.
#[derive(Clone, Debug, Default)]
pub struct Cache {
    /// By group: it was evaluated.
    evaluated: Vec<u64>,
    /// By group: it was evaluated, and lines of it that do not hold may hold later.
    undecided: Vec<u64>,
    /// By line: it holds, once its group was evaluated.
    holds: Vec<u64>,
}

impl Cache {
    /// Forgets everything: for a new request, another proxy's ACLs, or once the request was edited.
    pub fn reset(&mut self) {
        self.evaluated.clear();
        self.undecided.clear();
        self.holds.clear();
    }

    /// Forgets what was known of the message: a rule has edited it, or more of it has come.
    pub fn message_changed(&mut self, acls: &Acls) {
        for (known, of_message) in self.evaluated.iter_mut().zip(&acls.of_message) {
            *known &= !of_message;
        }
    }
}

impl Acls {
    /// Compiles the ACLs of the proxy `id`; fetches that name other proxies look them up in `config`.
    ///
    /// # Errors
    /// All lines that cannot be compiled: a regular expression that is none, or that uses what this engine does not do
    /// (look-around, back references).
    pub fn compile(config: &Config, id: ProxyId) -> Result<Self, Vec<RuleError>> {
        Self::compile_some(config, id, &|_| true)
    }

    /// The same of the lines that `wanted` says; the others do not hold.
    pub(crate) fn compile_some(
        config: &Config,
        id: ProxyId,
        wanted: &dyn Fn(usize) -> bool,
    ) -> Result<Self, Vec<RuleError>> {
        let acls = &config.proxy(id).acls;
        let mut shared: FxHashMap<(String, MatchKind, bool), usize> = FxHashMap::default();
        let mut members: Vec<Vec<Line>> = Vec::new();
        let mut group_of = Vec::with_capacity(acls.len());
        for (line, acl) in acls.iter().enumerate() {
            if !acl.is_evaluated() || !wanted(line) {
                group_of.push(None);
                continue;
            }
            let fresh = members.len();
            let at = if is_shared(acl.matcher) {
                *shared
                    .entry((expression_key(&acl.sample), acl.matcher, acl.ignore_case))
                    .or_insert(fresh)
            } else {
                fresh
            };
            if at == fresh {
                members.push(Vec::new());
            }
            members[at].push(line as Line);
            group_of.push(Some(at as u32));
        }
        let mut errors = Vec::new();
        let mut groups = Vec::with_capacity(members.len());
        for lines in members {
            let with_lines: Vec<_> = lines.iter().map(|&line| (line, &acls[line as usize])).collect();
            match group(config, id, &with_lines) {
                Ok(group) => groups.push(group),
                Err(reason) => {
                    let acl = lines.first().map_or(0, |&line| line as usize);
                    errors.push(RuleError {
                        span: acls[acl].span,
                        reason,
                    });
                }
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let bits = |wanted: fn(Stability) -> bool| {
            let mut bits = vec![0; groups.len().div_ceil(64)];
            for (at, group) in groups.iter().enumerate() {
                bits[at / 64] |= u64::from(wanted(group.stability())) << (at % 64);
            }
            bits
        };
        Ok(Self {
            of_message: bits(|stability| stability == Stability::Message),
            of_moment: bits(|stability| stability == Stability::Moment),
            groups,
            group_of,
        })
    }

    /// Whether that line holds.
    pub(super) fn line_holds(&self, line: Line, context: &SampleContext<'_>, cache: &mut Cache) -> Truth {
        let Some(group) = self.group_of(line) else {
            return Truth::No;
        };
        self.evaluate(group, context, cache);
        if cache.holds[line as usize / 64] & (1 << (line % 64)) != 0 {
            Truth::Yes
        } else if cache.undecided[group as usize / 64] & (1 << (group % 64)) != 0 {
            Truth::Maybe
        } else {
            Truth::No
        }
    }

    /// What lines of one name came to, once they were looked at: up to the first that holds.
    pub(super) fn tell(
        &self,
        lines: &[Line],
        context: &SampleContext<'_>,
        cache: &mut Cache,
    ) -> Vec<LineTold> {
        let mut told = Vec::new();
        for &line in lines {
            let Some(group) = self.group_of(line) else {
                continue;
            };
            let values = self.groups[group as usize].values(context);
            let truth = if values.is_some() {
                self.line_holds(line, context, cache)
            } else {
                self.line_held(line, cache)
            };
            told.push(LineTold { line, truth, values });
            if truth == Truth::Yes {
                break;
            }
        }
        told
    }

    /// Whether a line held when it was looked at last.
    fn line_held(&self, line: Line, cache: &Cache) -> Truth {
        let held = cache.holds.get(line as usize / 64);
        if held.is_some_and(|bits| bits & (1 << (line % 64)) != 0) {
            Truth::Yes
        } else {
            Truth::No
        }
    }

    /// The group of a line, as [`Self::evaluate`] takes it.
    pub(super) fn group_of(&self, line: Line) -> Option<u32> {
        self.group_of.get(line as usize).copied().flatten()
    }

    /// Decides all lines of a group, once as long as that stays true.
    fn evaluate(&self, group: u32, context: &SampleContext<'_>, cache: &mut Cache) {
        if cache.evaluated.is_empty() {
            cache.evaluated.resize(self.groups.len().div_ceil(64), 0);
            cache.undecided.resize(self.groups.len().div_ceil(64), 0);
            cache.holds.resize(self.group_of.len().div_ceil(64), 0);
        }
        let word = group as usize / 64;
        let bit = 1 << (group % 64);
        if cache.evaluated[word] & !self.of_moment[word] & bit != 0 {
            return;
        }
        let holds = &mut cache.holds;
        let group = &self.groups[group as usize];
        group.clear(holds);
        let undecided = group.evaluate(context, &mut |line| {
            holds[line as usize / 64] |= 1 << (line % 64);
        });
        if undecided {
            cache.undecided[word] |= bit;
        } else {
            cache.undecided[word] &= !bit;
            cache.evaluated[word] |= bit;
        }
    }

    /// The lines of a group that hold, each perhaps more than once; what the cache knows stays as it is.
    pub(super) fn lines_that_hold(
        &self,
        group: u32,
        context: &SampleContext<'_>,
        hit: &mut impl FnMut(Line),
    ) {
        self.groups[group as usize].evaluate(context, hit);
    }
}

fn group(config: &Config, id: ProxyId, lines: &[(Line, &Acl)]) -> Result<Group, String> {
    let Some((_, first)) = lines.first() else {
        return Err("a group without lines".to_owned());
    };
    // Lengths are those of texts, unless there are bytes to begin with.
    let wanted = match first.matcher {
        MatchKind::Len if first.sample.output != Output::Bin => Output::Str,
        matcher => matcher.takes(),
    };
    let expression = Expression::compile(config, id, &first.sample, wanted)?;
    Group::compile(expression, lines)
}
