//! Rules of a backend on the choice of servers: `use-server`, `force-persist`, `ignore-persist`.

use haproxy_cfg::model::{Config, Places, ProxyId, Server, ServerAddr, ServerTarget, Word};

use super::{Acls, Cache, CondPlan, RuleError, RuleNumber, Told, Watch};
use crate::format::FormatPlan;
use crate::persist::rdp_address;
use crate::sample::{SampleContext, rdp_cookie};
use crate::state::ServerState;

/// The rules of one backend.
#[derive(Debug)]
pub struct SteeringPlan {
    servers: Box<[(Target, CondPlan)]>,
    /// Whether it forces persistence; otherwise it ignores it.
    persistence: Box<[(bool, CondPlan)]>,
    /// The cookie of RDP that names a server's address.
    rdp_cookie: Option<Word>,
}

#[derive(Debug)]
enum Target {
    Server(usize),
    Named(FormatPlan),
}

/// What the rules say of persistence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Persistence {
    /// Servers that are down are used as well.
    Forced,
    /// Cookies are not looked at.
    Ignored,
}

impl SteeringPlan {
    /// The rules of the backend `own`, made ready; none where there are none.
    ///
    /// # Errors
    /// A rule whose name's format cannot be made ready.
    pub fn compile(config: &Config, own: ProxyId) -> Result<Option<Box<Self>>, RuleError> {
        let Some(steering) = &config.proxy(own).steering else {
            return Ok(None);
        };
        let servers = steering.servers.iter().map(|(target, cond, span)| {
            let target = match target {
                ServerTarget::Server(at) => {
                    config.proxy(own).servers.hold(*at);
                    Target::Server(*at)
                }
                ServerTarget::Named(format) => {
                    let plan = FormatPlan::compile(config, own, format);
                    Target::Named(plan.map_err(|reason| RuleError { span: *span, reason })?)
                }
            };
            Ok((target, CondPlan::new(cond)))
        });
        let persistence = steering.persistence.iter();
        Ok(Some(Box::new(Self {
            servers: servers.collect::<Result<_, RuleError>>()?,
            persistence: persistence
                .map(|(forced, cond)| (*forced, CondPlan::new(cond)))
                .collect(),
            rdp_cookie: steering.rdp_cookie.clone(),
        })))
    }

    /// Tells `watch` of the rules of `use-server`, and of those on persistence, of the proxy at hand that are looked at. `cache` as
    /// for [`CondPlan::holds`].
    pub fn tell(&self, acls: &Acls, context: &SampleContext<'_>, cache: &mut Cache, watch: &dyn Watch) {
        let persistence = self.persistence.iter().map(|(_, cond)| cond).enumerate();
        let persistence = persistence.map(|(at, cond)| (RuleNumber::Persistence(at), cond));
        let servers = self.servers.iter().map(|(_, cond)| cond).enumerate();
        let servers = servers.map(|(at, cond)| (RuleNumber::Server(at), cond));
        for (rule, cond) in persistence.chain(servers) {
            let (truth, terms) = cond.truth_told(acls, context, cache);
            watch.looked(Told {
                proxy: context.proxy,
                rule,
                truth,
                terms,
                done: None,
            });
        }
    }

    /// What the first rule on persistence that applies says. `cache` as for [`CondPlan::holds`].
    pub fn persistence(
        &self,
        acls: &Acls,
        context: &SampleContext<'_>,
        cache: &mut Cache,
    ) -> Option<Persistence> {
        let mut rules = self.persistence.iter();
        let (forced, _) = rules.find(|(_, cond)| cond.holds(acls, context, cache))?;
        Some(if *forced {
            Persistence::Forced
        } else {
            Persistence::Ignored
        })
    }

    /// The server of the first rule that applies and whose server is `usable`.
    pub fn server(
        &self,
        acls: &Acls,
        context: &SampleContext<'_>,
        cache: &mut Cache,
        usable: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        self.servers.iter().find_map(|(target, cond)| {
            if !cond.holds(acls, context, cache) {
                return None;
            }
            let server = match target {
                Target::Server(at) => *at,
                Target::Named(format) => {
                    let name = format.text(context);
                    let servers = &context.config.proxy(context.proxy).servers;
                    servers.position(|server| *server.name == *name)?
                }
            };
            usable(server).then_some(server)
        })
    }

    /// The `usable` server at the address that the client's cookie of RDP names (`persist rdp-cookie`).
    pub fn by_rdp_cookie(
        &self,
        context: &SampleContext<'_>,
        states: &Places<ServerState>,
        usable: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        let address = rdp_address(rdp_cookie(context, self.rdp_cookie.as_ref()?)?)?;
        let is_there = |server: &Server, state: &ServerState| {
            let moved = state.address(server);
            matches!(
                moved.as_ref().unwrap_or(&server.addr),
                ServerAddr::Inet { ip, port: Some(port), .. } if *ip == *address.ip() && *port == address.port()
            )
        };
        let servers = &context.config.proxy(context.proxy).servers;
        let mut all = servers.numbered();
        all.find_map(|(at, server)| (is_there(server, &states[at]) && usable(at)).then_some(at))
    }
}
