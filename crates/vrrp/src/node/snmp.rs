//! What the thread of SNMP asks of the program, and what managers are told of changes.

use std::net::IpAddr;

use jiff::Timestamp;
use keepalived_conf::model::Authentication;
use vrrp_proto::{Event, Input, StateKind, Transition};

use super::Node;
use crate::log::Level;
use crate::netlink::{RouteSpec, RuleSpec};
use crate::notify::News;
use crate::router::Router;
use crate::snapshot;
use crate::snmp::{
    Asked, Change, Managed, MasterReason, Names, Notification, Shown, SnmpAgent, View, Wanted,
};

impl Node {
    /// Tells the machine's SNMP agent of the program, when that is wanted and other than before.
    pub(super) fn open_snmp(&mut self) {
        let wanted = Wanted::of(&self.global.snmp, &self.options);
        if self.snmp.as_ref().map(SnmpAgent::wanted) == wanted.as_ref() {
            return;
        }
        self.snmp = None;
        let Some(wanted) = wanted else { return };
        self.log.info("Starting SNMP subagent");
        match SnmpAgent::start(wanted, self.snmp_askers.clone()) {
            Ok(agent) => self.snmp = Some(agent),
            Err(error) => self
                .log
                .at(Level::Error, format!("SNMP cannot be served: {error}")),
        }
    }

    /// The thread of SNMP, for the end.
    pub(crate) fn take_snmp(&mut self) -> Option<SnmpAgent> {
        self.snmp.take()
    }

    /// Does what the thread of SNMP wants.
    pub(crate) fn take_snmp_question(&mut self, asked: Asked) {
        match asked {
            Asked::Log(line) => self.log.info(line),
            Asked::View(answer) => {
                // It may have ended meanwhile.
                let _ = answer.send(Box::new(self.view()));
            }
            Asked::Change(changes, answer) => {
                let before = changes.into_iter().filter_map(|change| self.set_by_snmp(change));
                let _ = answer.send(before.collect());
            }
        }
    }

    /// Changes an instance; what puts it back, or none when it is gone.
    fn set_by_snmp(&mut self, change: Change) -> Option<Change> {
        let (Change::Priority(name, _) | Change::Preempt(name, _)) = &change;
        let is_it = |router: &&Router| router.instance.name == *name;
        let at = self.routers.iter().position(|router| is_it(&router))?;
        let router = &mut self.routers[at];
        let mut config = router.machine.config().clone();
        let before = match change {
            Change::Priority(name, priority) => {
                let before = std::mem::replace(&mut router.instance.priority, priority);
                self.log.info(format!(
                    "({name}) base priority changed from {before} to {priority} via SNMP."
                ));
                config.priority = priority;
                Change::Priority(name, before)
            }
            Change::Preempt(name, preempt) => {
                let before = std::mem::replace(&mut router.instance.preempt, preempt);
                let what = if preempt { "enabled" } else { "disabled" };
                self.log.info(format!("({name}) preemption {what} with SNMP"));
                config.preempt = preempt;
                Change::Preempt(name, before)
            }
        };
        self.input(at, Input::Reload(Box::new(config)));
        Some(before)
    }

    fn view(&self) -> View {
        View {
            taken: Timestamp::now(),
            started: self.started,
            global: self.global.clone(),
            version: self.options.version.clone(),
            routers: self
                .routers
                .iter()
                .map(|router| (snapshot::router(router), self.managed(router)))
                .collect(),
            groups: self.groups_with_states(),
            indexes: self
                .interfaces
                .all()
                .map(|link| (link.name.clone(), link.index))
                .collect(),
            addresses: self.statics.shown_addresses(),
            routes: self.statics.shown_routes(),
            rules: self.statics.shown_rules(),
            scripts: self
                .checks
                .iter()
                .map(|check| (check.script.clone(), check.health))
                .collect(),
            files: self
                .files
                .iter()
                .flat_map(crate::files::Files::all)
                .map(|(file, level)| (file.clone(), level))
                .collect(),
            sessions: self
                .sessions
                .iter()
                .flat_map(|sessions| &sessions.all)
                .filter(|seen| seen.session.vrrp)
                .map(|seen| (seen.session.clone(), seen.up))
                .collect(),
            processes: self
                .processes
                .iter()
                .flat_map(crate::processes::Processes::all)
                .map(|one| (one.process.clone(), one.machine.count(), one.machine.is_up()))
                .collect(),
            names: Names {
                files: self.things.files.iter().map(|one| one.name.clone()).collect(),
                sessions: self.things.sessions.iter().map(|one| one.name.clone()).collect(),
                processes: self.things.processes.iter().map(|one| one.name.clone()).collect(),
            },
        }
    }

    fn managed(&self, router: &Router) -> Managed {
        let instance = &router.instance;
        let link = self.interfaces.named(&instance.interface);
        let routes = instance.routes.iter().map(|route| Shown {
            set: RouteSpec::new(route, &self.interfaces)
                .is_some_and(|spec| router.routes.iter().any(|placed| placed.spec == spec)),
            what: route.clone(),
        });
        let rules = instance.rules.iter().map(|rule| Shown {
            set: router
                .rules
                .iter()
                .any(|placed| placed.spec == RuleSpec::new(rule)),
            what: rule.clone(),
        });
        Managed {
            index: link.map_or(0, |link| link.index),
            mac: link.map_or_else(Vec::new, |link| link.mac.clone()),
            source: router.machine.config().source,
            master: router.machine.followed().map(|(address, _)| address),
            interval: router.machine.config().advert_interval,
            begun: router.begun,
            reason: router.master_reason,
            auth: match instance.authentication {
                None => 1,
                Some(Authentication::Pass(_)) => 2,
                Some(Authentication::Ah(_)) => 3,
            },
            polls_link: self.links.asks_for(&instance.interface),
            routes: routes.collect(),
            rules: rules.collect(),
            instance: instance.clone(),
        }
    }

    /// Remembers what may make an instance the next master.
    pub(super) fn note_cause(&mut self, at: usize, event: &Event) {
        let next = &mut self.routers[at].next_reason;
        match event {
            Event::BackupHeardZero => *next = MasterReason::Priority,
            Event::DiscardedLower { .. } => *next = MasterReason::Preempted,
            _ => {}
        }
    }

    /// Keeps what a change of state means for SNMP, and has managers told of it.
    pub(super) fn note_transition(&mut self, at: usize, transition: Transition) {
        let router = &mut self.routers[at];
        match transition.to {
            StateKind::Init => router.begun = None,
            _ if router.begun.is_none() => router.begun = Some(router.since),
            _ => {}
        }
        let reason = std::mem::replace(&mut router.next_reason, MasterReason::NoResponse);
        if transition.to == StateKind::Master {
            router.master_reason = reason;
        }
        let Some(agent) = self.snmp.as_ref().filter(|_| self.global.snmp.traps) else {
            return;
        };
        let router = &self.routers[at];
        let instance = &router.instance;
        let name = &instance.name;
        let told = agent.notify(Notification::Instance {
            name: name.clone(),
            news: News::of(transition.to),
            initial: instance.initial_state,
            router_id: self.global.router_id.clone(),
        });
        if told {
            self.log.info(format!("({name}) Sending SNMP notification"));
        }
        if transition.to != StateKind::Master {
            return;
        }
        let index = self
            .interfaces
            .named(&instance.interface)
            .map_or(0, |link| link.index);
        let address = router.machine.config().source;
        let vrid = instance.virtual_router_id;
        if let (IpAddr::V4(address), vrrp_proto::wire::Version::V2) =
            (address, router.machine.config().version)
            && agent.notify(Notification::NewMaster2 { index, vrid, address })
        {
            self.log
                .info(format!("({name}) Sending SNMP notification vrrpTrapNewMaster"));
        }
        let notification = Notification::NewMaster3 {
            index,
            vrid,
            address,
            reason,
        };
        if agent.notify(notification) {
            self.log.info(format!(
                "({name}) Sending SNMP notification vrrpv3NotifyNewMaster, reason {}",
                reason as i32
            ));
        }
    }

    /// Has managers told of what a group has come to.
    pub(super) fn notify_of_group(&self, name: &str, news: News) {
        let Some(agent) = self.snmp.as_ref().filter(|_| self.global.snmp.traps) else {
            return;
        };
        let told = agent.notify(Notification::Group {
            name: name.to_owned(),
            news,
            router_id: self.global.router_id.clone(),
        });
        if told {
            self.log
                .info(format!("VRRP_Group({name}): Sending SNMP notification"));
        }
    }
}
