//! Another configuration for a program that runs: what is in both goes on, what is gone ends, what is new begins.

use keepalived_conf::model::{Config, VrrpInstance};
use vrrp_proto::track::Health;
use vrrp_proto::{Input, StateKind};

use super::track::Things;
use super::{Ending, Node, SocketKey, families, listeners, movable};
use crate::address::spec;
use crate::announcement::Intervals;
use crate::check::Check;
use crate::netlink::AddressSpec;
use crate::notify::{self, News};
use crate::router::Router;

impl Node {
    /// Takes another configuration. Gives what is no longer wanted to run, to be waited for.
    pub(crate) fn reload(&mut self, config: &Config) -> Vec<Ending> {
        self.global = config.global.clone();
        let placed = self.place(config);
        let config = &*placed;
        self.silence_local_groups();
        self.make_vmacs();
        self.reloads += 1;
        self.open_http();
        self.open_snmp();
        self.announcer.intervals = Intervals::of(config);
        self.renew_links(config);
        if self.listeners.listens() != families(config) {
            match listeners(config) {
                Ok(listeners) => self.listeners = listeners,
                Err(error) => self
                    .log
                    .info(format!("What others announce will not be heard: {error}")),
            }
        }
        self.mailer = self
            .mailer
            .renewed(self.global.smtp.clone(), self.global.router_id.clone());
        let readers = self.fifos.renew(&self.global.fifos);
        let ended = self.renew_checks(config).into_iter().map(Ending::Check);
        self.things = Things::of(config);
        let ended: Vec<Ending> = ended.chain(readers.into_iter().map(Ending::Reader)).collect();
        let ended = ended.into_iter().chain(self.renew_sessions()).collect();
        self.renew_files(config);
        self.renew_processes(config);
        self.change_statics(&config.statics);
        // What is still set is none of the machine's own either.
        self.movable.extend(movable(config));
        // Members' places are those in the new file only once all are in its order.
        let groups = std::mem::take(&mut self.groups);
        let mut at = 0;
        while at < self.routers.len() {
            let still = config.instances.iter().find(|instance| {
                instance.name == self.routers[at].instance.name
                    && same_router(instance, &self.routers[at].instance)
            });
            match still {
                Some(_) => at += 1,
                None => self.remove(at),
            }
        }
        for (at, instance) in config.instances.iter().enumerate() {
            let old = self
                .routers
                .iter()
                .position(|router| router.instance.name == instance.name);
            match old {
                Some(old) => {
                    // In the order of the file, as at a start.
                    let router = self.routers.remove(old);
                    self.routers.insert(at, router);
                    self.change(at, instance, config);
                }
                None => {
                    let machine = self.machine_config(instance, config);
                    self.routers.insert(at, Router::new(instance.clone(), machine));
                    self.tell_addresses(at);
                    self.open_sockets(at);
                    if self.begin_at.is_none() {
                        self.start(at);
                    }
                }
            }
        }
        self.movable = movable(config).collect();
        self.renew_firewall();
        self.set_statics();
        self.promote_secondaries();
        self.renew_groups(&groups, &config.groups);
        for at in 0..self.routers.len() {
            self.settle_group(at);
        }
        self.remove_left_vmacs();
        self.close_unused_sockets();
        match self.open_bus() {
            // Its end is nobody's to wait for.
            Some(bus) => drop(tokio::task::spawn_local(bus.end())),
            None => self.tell_bus_all(),
        }
        if self.global.states_on_reload {
            self.write_states();
        }
        ended
    }

    /// An instance that is in both files.
    fn change(&mut self, at: usize, instance: &VrrpInstance, config: &Config) {
        let machine = self.machine_config(instance, config);
        self.routers[at].instance = instance.clone();
        self.tell_addresses(at);
        self.open_sockets(at);
        let wanted: Vec<AddressSpec> = instance
            .addresses
            .iter()
            .chain(&instance.excluded)
            .filter_map(|address| spec(address, &self.interfaces))
            .collect();
        let (kept, gone): (Vec<_>, Vec<_>) = std::mem::take(&mut self.routers[at].set)
            .into_iter()
            .partition(|address| wanted.contains(address));
        self.routers[at].set = kept;
        self.drop_old_routes(at);
        for address in &gone {
            let interface = self
                .interfaces
                .numbered(address.index)
                .map_or("", |link| &link.name);
            self.log.info(format!(
                "({}) ip address {}/{} dev {interface}, no longer exist",
                instance.name, address.address, address.prefix
            ));
        }
        self.take_away(at, &gone);
        let now = self.clock.now();
        self.routers[at]
            .machine
            .handle_input(now, Input::Reload(Box::new(machine)));
        self.tell_file_faults(at);
        self.tell_process_faults(at);
        for (id, health) in self.known_health(at) {
            self.routers[at]
                .machine
                .handle_input(now, Input::Track { id, health });
        }
        self.act(at);
        if self.is_master(at) {
            self.add_routes(at);
            self.add_rules(at);
        }
        let up = self.is_usable(at);
        if self.routers[at].up != up {
            self.routers[at].up = up;
            self.input(at, Input::Interface { up });
        }
        self.tell_sockets(at);
    }

    /// An instance that is gone: it gives its addresses back, and its scripts hear of it.
    fn remove(&mut self, at: usize) {
        // Its script for an end is for the end of the program.
        self.routers[at].instance.notify.stop = None;
        let any = self.routers[at].instance.notify.any.take();
        self.input(at, Input::Stop);
        let mut router = self.routers.remove(at);
        router.instance.notify.any = any;
        debug_assert_eq!(router.machine.state(), StateKind::Init);
        let priority = router.machine.effective_priority();
        let news = if router.instance.tells_deleted {
            News::Deleted
        } else {
            News::Fault
        };
        let name = &router.instance.name;
        self.fifos.write("INSTANCE", name, news.word(), priority);
        notify::run_scripts(&router.instance, news, priority, &self.queues);
    }

    /// Scripts that are in both files run on and keep what is known of them.
    fn renew_checks(&mut self, config: &Config) -> Vec<Check> {
        let mut old = std::mem::take(&mut self.checks);
        let mut ended = Vec::new();
        for script in &config.scripts {
            match old.iter().position(|check| check.script.name == script.name) {
                Some(at) => {
                    let check = old.remove(at);
                    match check.health {
                        Health::Unknown | Health::Level(_) => {}
                        Health::Up => self.log.info(format!(
                            "VRRP_Script({}) considered successful on reload",
                            script.name
                        )),
                        Health::Down => self.log.info(format!(
                            "VRRP_Script({}) considered unsuccessful on reload",
                            script.name
                        )),
                    }
                    if check.script == *script {
                        self.checks.push(check);
                    } else {
                        self.start_check(script, check.health);
                        ended.push(check);
                    }
                }
                None => {
                    let health = if script.init_fail {
                        Health::Down
                    } else {
                        Health::Unknown
                    };
                    self.start_check(script, health);
                }
            }
        }
        ended.extend(old);
        ended
    }

    /// Closes the sockets that no instance uses any more.
    fn close_unused_sockets(&mut self) {
        let used: Vec<SocketKey> = (0..self.routers.len())
            .filter_map(|at| self.socket_key(at))
            .collect();
        self.sockets.retain(|key, _| used.contains(key));
    }
}

/// Whether both are about the same virtual router. One that moves to another is a new one.
fn same_router(one: &VrrpInstance, other: &VrrpInstance) -> bool {
    (one.virtual_router_id, &one.interface, one.version, one.ipv6)
        == (
            other.virtual_router_id,
            &other.interface,
            other.version,
            other.ipv6,
        )
}
