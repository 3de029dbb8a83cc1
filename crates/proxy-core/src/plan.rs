//! A configuration compiled for the data path: what each proxy does to a request, decided once when the file is read.

use std::sync::Arc;

use bstr::ByteSlice;
use haproxy_cfg::model::{Config, HeaderRule, HeaderRuleAction, Proxy, ProxyId, Word};

use crate::answer::Answers;
use crate::balance::Balancer;
use crate::persist::CookiePlan;
use crate::rules::{AclError, Acls, CondPlan, SwitchPlan};

/// The whole plan. Immutable but for the balancers' turns.
#[derive(Debug)]
pub struct Plan {
    /// What it was compiled from.
    pub config: Arc<Config>,
    /// By proxy.
    pub proxies: Box<[ProxyPlan]>,
}

/// One proxy's part.
#[derive(Debug)]
pub struct ProxyPlan {
    /// Its ACLs.
    pub acls: Acls,
    /// Rules on requests.
    pub request_rules: Box<[RulePlan]>,
    /// Rules on responses.
    pub response_rules: Box<[RulePlan]>,
    /// `use_backend`.
    pub switch: SwitchPlan,
    /// Conditions of `stats admin`.
    pub stats_admin: Box<[CondPlan]>,
    /// Cookie persistence.
    pub cookie: Option<CookiePlan>,
    /// Chooses servers.
    pub balancer: Balancer,
    /// One of its servers has a `redir`.
    pub has_redir: bool,
    /// Its own answers.
    pub answers: Answers,
}

/// One rule.
#[derive(Debug)]
pub struct RulePlan {
    /// When it applies; none is always.
    pub cond: Option<CondPlan>,
    /// What it does.
    pub action: ActionPlan,
}

/// What a rule does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActionPlan {
    /// A header is added.
    Add(Word, Word),
    /// A header replaces those of its name.
    Set(Word, Word),
    /// The headers of that name are left out.
    Del(Word),
    /// The request is refused with that status.
    Deny(u16),
    /// The request is refused with that status after `timeout tarpit`.
    Tarpit(u16),
    /// No further rule of the set is looked at.
    Allow,
}

impl Plan {
    /// Compiles a configuration.
    ///
    /// # Errors
    /// All ACLs that cannot be compiled, each with its proxy.
    pub fn compile(config: Arc<Config>) -> Result<Self, Vec<(ProxyId, AclError)>> {
        let mut errors = Vec::new();
        let mut proxies = Vec::with_capacity(config.proxies.len());
        for (at, proxy) in config.proxies.iter().enumerate() {
            let id = ProxyId(at as u32);
            match Acls::compile(&config, id) {
                Ok(acls) => proxies.push(ProxyPlan::new(proxy, acls)),
                Err(found) => errors.extend(found.into_iter().map(|e| (id, e))),
            }
        }
        if errors.is_empty() {
            Ok(Self {
                proxies: proxies.into(),
                config,
            })
        } else {
            Err(errors)
        }
    }

    /// Finds what [`Self::compile`] would, and keeps nothing: what has ACLs is compiled, one proxy after the other.
    ///
    /// # Errors
    /// All ACLs that cannot be compiled, each with its proxy.
    pub fn check(config: &Config) -> Result<(), Vec<(ProxyId, AclError)>> {
        let mut errors = Vec::new();
        for (at, proxy) in config.proxies.iter().enumerate() {
            let id = ProxyId(at as u32);
            if !proxy.acls.is_empty()
                && let Err(found) = Acls::compile(config, id)
            {
                errors.extend(found.into_iter().map(|e| (id, e)));
            }
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// The model and the plan of a proxy.
    #[inline]
    #[must_use]
    pub fn proxy(&self, id: ProxyId) -> (&Proxy, &ProxyPlan) {
        (self.config.proxy(id), &self.proxies[id.0 as usize])
    }
}

impl ProxyPlan {
    fn new(proxy: &Proxy, acls: Acls) -> Self {
        let rules = |rules: &[HeaderRule]| rules.iter().map(RulePlan::new).collect();
        Self {
            request_rules: rules(&proxy.request_rules),
            response_rules: rules(&proxy.response_rules),
            switch: SwitchPlan::new(&acls, &proxy.use_backend),
            stats_admin: proxy
                .stats
                .iter()
                .flat_map(|s| &s.admin)
                .map(|a| CondPlan::new(&a.cond))
                .collect(),
            cookie: CookiePlan::new(proxy),
            balancer: Balancer::new(proxy),
            has_redir: proxy.servers.iter().any(|s| s.redir.is_some()),
            answers: Answers::new(proxy),
            acls,
        }
    }
}

impl RulePlan {
    fn new(rule: &HeaderRule) -> Self {
        let action = match &rule.action {
            HeaderRuleAction::AddLine(line) => {
                let (name, value) = line.split_once_str(":").unwrap_or((line.as_slice(), b""));
                ActionPlan::Add(name.trim().into(), value.trim().into())
            }
            HeaderRuleAction::Add { name, value } => ActionPlan::Add(name.clone(), value.clone()),
            HeaderRuleAction::Set { name, value } => ActionPlan::Set(name.clone(), value.clone()),
            HeaderRuleAction::Del { name } => ActionPlan::Del(name.clone()),
            HeaderRuleAction::Deny { status } => ActionPlan::Deny(*status),
            HeaderRuleAction::Tarpit { status } => ActionPlan::Tarpit(*status),
            HeaderRuleAction::Allow => ActionPlan::Allow,
        };
        Self {
            cond: rule.cond.as_ref().map(CondPlan::new),
            action,
        }
    }
}
