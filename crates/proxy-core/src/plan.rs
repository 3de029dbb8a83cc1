//! A configuration compiled for the data path: what each proxy does to a request, decided once when the file is read.

use std::collections::HashMap;
use std::sync::Arc;

use haproxy_cfg::model::{CheckKind, Config, Format, Proxy, ProxyId, RuleSet};

use syntax::Span;

use crate::answer::Pages;
use crate::balance::{Balancer, KeyPlan};
use crate::check::CheckPlan;
use crate::format::FormatPlan;
use crate::forwarded::ForwardedPlan;
use crate::http1::HeaderCases;
use crate::log_profile::ProfilePlan;
use crate::pattern::References;
use crate::persist::CookiePlan;
use crate::presets::Preset;
use crate::proxy_protocol::Introductions;
use crate::rules::{Acls, CondPlan, RuleError, RuleSetPlan, SteeringPlan, StickPlan, SwitchPlan};

/// The whole plan. Immutable but for the balancers' turns.
#[derive(Debug)]
pub struct Plan {
    /// What it was compiled from.
    pub config: Arc<Config>,
    /// By proxy.
    pub proxies: Box<[ProxyPlan]>,
    /// Maps and patterns that may be changed.
    pub references: Arc<References>,
    /// `log-profile` sections, by name.
    pub log_profiles: HashMap<Box<[u8]>, ProfilePlan>,
    /// Variables that are set at start.
    pub presets: Box<[Preset]>,
    /// `h1-case-adjust`.
    pub header_cases: HeaderCases,
}

/// One proxy's part.
#[derive(Debug)]
pub struct ProxyPlan {
    /// Its ACLs.
    pub acls: Acls,
    /// How its servers are checked.
    pub check: CheckPlan,
    /// `tcp-request connection`.
    pub connection_rules: RuleSetPlan,
    /// `tcp-request session`.
    pub session_rules: RuleSetPlan,
    /// `tcp-request content`.
    pub content_rules: RuleSetPlan,
    /// `tcp-response content`.
    pub response_content_rules: RuleSetPlan,
    /// `http-request`.
    pub request_rules: RuleSetPlan,
    /// `http-response`.
    pub response_rules: RuleSetPlan,
    /// `http-after-response`.
    pub after_rules: RuleSetPlan,
    /// The keyword `redirect`.
    pub redirects: RuleSetPlan,
    /// `stats http-request`.
    pub stats_rules: RuleSetPlan,
    /// `use_backend`.
    pub switch: SwitchPlan,
    /// `use-server`, `force-persist` and `ignore-persist`.
    pub steering: Option<Box<SteeringPlan>>,
    /// `stick`.
    pub stick: Option<Box<StickPlan>>,
    /// `unique-id-format`.
    pub unique_id: Option<Box<FormatPlan>>,
    /// `option forwarded`.
    pub forwarded: Option<Box<ForwardedPlan>>,
    /// Conditions of `stats admin`.
    pub stats_admin: Box<[CondPlan]>,
    /// Conditions of `monitor fail`.
    pub monitor_fail: Box<[CondPlan]>,
    /// Cookie persistence.
    pub cookie: Option<CookiePlan>,
    /// `log-format`.
    pub log_format: Option<FormatPlan>,
    /// `log-format-sd`.
    pub log_structured: Option<FormatPlan>,
    /// Log lines are written before the end: `option logasap`, or a format with nothing in it that is known at the end only.
    pub logs_early: bool,
    /// `error-log-format`.
    pub log_errors: Option<FormatPlan>,
    /// Chooses servers.
    pub balancer: Balancer,
    /// What its servers are told of clients, or see of them.
    pub introductions: Introductions,
    /// What they are chosen by, where that is a key.
    pub key: Option<Box<KeyPlan>>,
    /// One of its servers has a `redir`.
    pub has_redir: bool,
    /// What it answers errors with.
    pub pages: Pages,
}

impl Plan {
    /// Compiles a configuration.
    ///
    /// # Errors
    /// ACLs and rules that cannot be made ready, each with its proxy.
    pub fn compile(config: Arc<Config>) -> Result<Self, Vec<(ProxyId, RuleError)>> {
        let mut errors = Vec::new();
        let mut proxies = Vec::with_capacity(config.proxies.len());
        let references = References::load(&config.patterns).unwrap_or_else(|found| {
            errors.extend(found.into_iter().map(|error| {
                let reason = error.to_string();
                (
                    ProxyId(0),
                    RuleError {
                        span: Span::default(),
                        reason,
                    },
                )
            }));
            References::default()
        });
        for at in 0..config.proxies.len() {
            let id = ProxyId(at as u32);
            match Acls::compile(&config, id).and_then(|acls| ProxyPlan::new(&config, id, acls)) {
                Ok(plan) => proxies.push(plan),
                Err(found) => errors.extend(found.into_iter().map(|e| (id, e))),
            }
        }
        let log_profiles = match ProfilePlan::all(&config) {
            Ok(profiles) => profiles,
            Err(error) => {
                errors.push((ProxyId(0), error));
                HashMap::new()
            }
        };
        let presets = Preset::all(&config).unwrap_or_else(|error| {
            errors.push((ProxyId(0), error));
            Box::default()
        });
        if errors.is_empty() {
            Ok(Self {
                log_profiles,
                presets,
                proxies: proxies.into(),
                header_cases: HeaderCases::new(&config.global),
                config,
                references: Arc::new(references),
            })
        } else {
            Err(errors)
        }
    }

    /// Finds what [`Self::compile`] would, and keeps nothing: what has ACLs or rules is compiled, one proxy after the other.
    ///
    /// # Errors
    /// ACLs and rules that cannot be made ready, each with its proxy.
    pub fn check(config: &Config) -> Result<(), Vec<(ProxyId, RuleError)>> {
        let mut errors = Vec::new();
        if let Err(error) = Preset::all(config) {
            errors.push((ProxyId(0), error));
        }
        for (at, proxy) in config.proxies.iter().enumerate() {
            let id = ProxyId(at as u32);
            if proxy.acls.is_empty()
                && proxy.rules.is_empty()
                && proxy.use_backend.is_empty()
                && proxy.steering.is_none()
                && proxy.stick.is_empty()
                && proxy.unique_id.is_none()
                && proxy.forwarded.is_none()
                && !matches!(proxy.check, CheckKind::Script(_))
                && proxy.servers.iter().all(|server| server.outgoing.is_none())
            {
                continue;
            }
            if let Err(found) = Acls::compile(config, id).and_then(|acls| ProxyPlan::new(config, id, acls)) {
                errors.extend(found.into_iter().map(|e| (id, e)));
            }
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// Whether rules look at what clients of `frontend` send, before they get to a server of `backend`.
    #[must_use]
    pub fn inspects(&self, frontend: ProxyId, backend: ProxyId) -> bool {
        [frontend, backend]
            .iter()
            .any(|at| !self.proxies[at.0 as usize].content_rules.is_empty())
    }

    /// The model and the plan of a proxy.
    #[inline]
    #[must_use]
    pub fn proxy(&self, id: ProxyId) -> (&Proxy, &ProxyPlan) {
        (self.config.proxy(id), &self.proxies[id.0 as usize])
    }
}

impl ProxyPlan {
    fn new(config: &Config, id: ProxyId, acls: Acls) -> Result<Self, Vec<RuleError>> {
        let proxy = config.proxy(id);
        let line = |format: &Option<Box<Format>>| {
            let Some(format) = format else { return Ok(None) };
            FormatPlan::compile_line(config, id, format)
                .map(Some)
                .map_err(|reason| {
                    vec![RuleError {
                        span: format.span,
                        reason,
                    }]
                })
        };
        let (log_format, log_structured) = (line(&proxy.log_format)?, line(&proxy.log_structured)?);
        let mut formats = log_format.iter().chain(&log_structured);
        let needs_no_end = log_format.is_some() && !formats.any(FormatPlan::waits_for_end);
        let rules = |set| RuleSetPlan::compile(config, id, set).map_err(|error| vec![error]);
        let check = CheckPlan::compile(config, id).map_err(|reason| {
            let span = proxy.span;
            vec![RuleError { span, reason }]
        })?;
        Ok(Self {
            check,
            connection_rules: rules(RuleSet::TcpConnection)?,
            session_rules: rules(RuleSet::TcpSession)?,
            content_rules: rules(RuleSet::TcpContent)?,
            response_content_rules: rules(RuleSet::TcpResponse)?,
            request_rules: rules(RuleSet::HttpRequest)?,
            response_rules: rules(RuleSet::HttpResponse)?,
            after_rules: rules(RuleSet::HttpAfterResponse)?,
            redirects: rules(RuleSet::Redirect)?,
            stats_rules: rules(RuleSet::Stats)?,
            switch: SwitchPlan::compile(config, id, &acls).map_err(|error| vec![error])?,
            steering: SteeringPlan::compile(config, id).map_err(|error| vec![error])?,
            stick: StickPlan::compile(config, id).map_err(|error| vec![error])?,
            unique_id: match &proxy.unique_id {
                Some(unique_id) => {
                    let plan = FormatPlan::compile_merged(config, id, &unique_id.format);
                    let span = unique_id.format.span;
                    let plan = plan.map_err(|reason| vec![RuleError { span, reason }])?;
                    Some(Box::new(plan.in_head()))
                }
                None => None,
            },
            forwarded: match &proxy.forwarded {
                Some(parts) => {
                    let plan = ForwardedPlan::compile(config, id, parts);
                    let span = proxy.span;
                    Some(Box::new(plan.map_err(|reason| vec![RuleError { span, reason }])?))
                }
                None => None,
            },
            stats_admin: proxy
                .stats
                .iter()
                .flat_map(|s| &s.admin)
                .map(|a| CondPlan::new(&a.cond))
                .collect(),
            monitor_fail: proxy.monitor_fail.iter().map(CondPlan::new).collect(),
            logs_early: proxy.options.logasap || (needs_no_end && proxy.log_steps.is_none()),
            log_format,
            log_structured,
            log_errors: line(&proxy.log_errors)?,
            cookie: CookiePlan::new(proxy),
            balancer: Balancer::new(proxy),
            introductions: Introductions::compile(config, id).map_err(|(server, reason)| {
                vec![RuleError {
                    span: proxy.servers[server].span,
                    reason,
                }]
            })?,
            key: KeyPlan::compile(config, id).map_err(|reason| {
                vec![RuleError {
                    span: proxy.span,
                    reason,
                }]
            })?,
            has_redir: proxy.servers.iter().any(|s| s.redir.is_some()),
            pages: Pages::compile(config, id).map_err(|reason| {
                vec![RuleError {
                    span: proxy.span,
                    reason,
                }]
            })?,
            acls,
        })
    }
}
