//! The whole of a running program: its instances, interfaces, sockets and scripts, and what each thing that happens means for them.
//! What an instance does is asked of its machine; here it is done.

mod extra;
mod filter;
mod group;
mod interface;
mod link;
mod output;
mod packet;
mod reload;
mod route;
mod snmp;
mod split;
mod statics;
mod track;
mod vmac;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io;
use std::net::IpAddr;

use jiff::Timestamp;
use keepalived_conf::model::{Config, GlobalDefs, VrrpInstance};
use tokio::sync::{mpsc, oneshot};
use vrrp_proto::track::{Health, TrackId, Tracked};
use vrrp_proto::{Input, InstanceConfig, StateKind, Time};

use self::group::Group;
use self::statics::Statics;
pub(crate) use self::track::Things;
use crate::announced::Listeners;
use crate::announcement::{Announcer, Intervals};
use crate::bfd::{News, Sessions};
use crate::check::{Check, Report};
use crate::clock::Clock;
use crate::dbus::{Asked, Bus};
use crate::driver::Options;
use crate::fifo::Fifos;
use crate::files::Files;
use crate::firewall::Firewall;
use crate::http::{Asker, Server};
use crate::interfaces::Interfaces;
use crate::limit::Limit;
use crate::link::Links;
use crate::log::{Level, Log};
use crate::mail::Mailer;
use crate::netlink::Channel;
use crate::process::Running;
use crate::processes::Processes;
use crate::queue::Queues;
use crate::router::{Router, machine_config};
use crate::routers::Routers;
use crate::snapshot::{FifoView, MailCounts};
use crate::snmp::{Asked as SnmpAsked, SnmpAgent};
use crate::socket::{AdvertSockets, FrameSocket, Path};
use crate::sysctl::Changed;
use crate::thing::{Thing, tracked};
use crate::vmac::Vmac;

/// What sockets are for. Instances that have the same share them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SocketKey {
    /// The interface's number.
    pub(crate) index: u32,
    /// Where adverts go to.
    pub(crate) path: Path,
    /// The IP protocol: VRRP's own, or that of the authentication header around it.
    pub(crate) protocol: u8,
}

/// Something that runs and is no longer wanted.
#[derive(Debug)]
pub(crate) enum Ending {
    /// A script that is run again and again.
    Check(Check),
    /// The reader of a FIFO.
    Reader(Running),
    /// The thread of BFD.
    Sessions(oneshot::Receiver<()>),
}

impl Ending {
    /// Ends it; done when nothing of it runs any more.
    pub(crate) async fn end(self) {
        match self {
            Self::Check(check) => check.end().await,
            Self::Sessions(ended) => {
                // One that has ended already is fine.
                let _ = ended.await;
            }
            Self::Reader(mut running) => {
                // Whatever it ends with: nobody asks for it.
                let _ = running.end().await;
            }
        }
    }
}

/// The program.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) log: Log,
    pub(crate) clock: Clock,
    pub(crate) global: GlobalDefs,
    pub(crate) interfaces: Interfaces,
    /// What is known of links besides.
    links: Links,
    /// Interfaces whose `promote_secondaries` was switched on.
    switches: BTreeMap<String, String>,
    pub(crate) routers: Routers,
    /// The addresses that instances move.
    movable: HashSet<IpAddr>,
    /// Interfaces whose addresses have changed since instances were last told.
    unsettled: BTreeSet<u32>,
    pub(crate) checks: Vec<Check>,
    pub(crate) things: Things,
    /// The tracked processes; none when no instance tracks any.
    pub(crate) processes: Option<Processes>,
    /// The BFD sessions; none when the configuration has none.
    pub(crate) sessions: Option<Sessions>,
    session_news: mpsc::UnboundedSender<News>,
    /// The tracked files; none when no instance tracks any.
    pub(crate) files: Option<Files>,
    groups: Vec<Group>,
    /// What stays on the machine.
    statics: Statics,
    fifos: Fifos,
    /// Scripts that are told of changes.
    pub(crate) queues: Queues,
    channel: Channel,
    announcer: Announcer,
    pub(crate) listeners: Listeners,
    mailer: Mailer,
    firewall: Firewall,
    /// The interfaces with virtual MAC addresses that the configuration asks for.
    vmacs: Vec<Vmac>,
    /// Those that it no longer asks for.
    leaving: Vec<Vmac>,
    /// The numbers of those that are there and are ours.
    diverted: Vec<u32>,
    /// Those that netlink has not told of as set up.
    fresh: Vec<u32>,
    /// Settings of the kernel that were changed for them.
    settings: Changed,
    sockets: BTreeMap<SocketKey, AdvertSockets>,
    /// The sockets that were last looked at for packets, so that each have their turn.
    turn: Option<SocketKey>,
    /// Tracked things, and the numbers that machines know them by.
    tracked: BTreeMap<Thing, TrackId>,
    reports: mpsc::UnboundedSender<Report>,
    /// Lines of packets that belong to no instance.
    lines: Limit<()>,
    /// Instances begin then; none once they have.
    begin_at: Option<Time>,
    options: Options,
    /// The program ends.
    stopping: bool,
    /// When the process began.
    pub(crate) started: Timestamp,
    /// Configurations that were taken since.
    pub(crate) reloads: u64,
    /// Whoever asks for a snapshot.
    askers: mpsc::UnboundedSender<Asker>,
    http: Option<Server>,
    /// What tells the machine's SNMP agent.
    snmp: Option<SnmpAgent>,
    /// What that asks for.
    snmp_askers: mpsc::UnboundedSender<SnmpAsked>,
    bus: Option<Bus>,
    /// Whoever asks on the bus.
    bus_askers: mpsc::Sender<Asked>,
}

impl Node {
    /// Opens what is needed and learns what there is. Nothing is sent yet. `reports` is where scripts tell.
    ///
    /// # Errors
    /// What the system says when a socket cannot be opened.
    pub(crate) fn open(
        config: &Config,
        options: Options,
        log: Log,
        reports: mpsc::UnboundedSender<Report>,
        (askers, bus_askers, snmp_askers): (
            mpsc::UnboundedSender<Asker>,
            mpsc::Sender<Asked>,
            mpsc::UnboundedSender<SnmpAsked>,
        ),
        session_news: mpsc::UnboundedSender<News>,
    ) -> io::Result<Self> {
        let clock = Clock::start();
        log.detail("Registering Kernel netlink command channel");
        let mut channel = Channel::open()?;
        channel.set_buffer(config.global.command_buffer)?;
        let links = Links::new(config, clock.now(), log.clone());
        let mut interfaces = Interfaces::new(channel.links()?, channel.addresses()?);
        interfaces.revise(|link| links.seen(link));
        let frames = FrameSocket::open()?;
        let global = config.global.clone();
        let fifos = Fifos::open(&global.fifos, log.clone());
        let mut node = Self {
            listeners: listeners(config)?,
            announcer: Announcer::new(frames, Intervals::of(config), log.clone()),
            queues: Queues::new(log.clone()),
            mailer: Mailer::new(global.smtp.clone(), global.router_id.clone()),
            firewall: Firewall::new(global.firewall.clone(), log.clone()),
            vmacs: Vec::new(),
            leaving: Vec::new(),
            diverted: Vec::new(),
            fresh: Vec::new(),
            settings: Changed::default(),
            log,
            clock,
            interfaces,
            links,
            switches: BTreeMap::new(),
            routers: Routers::default(),
            movable: HashSet::new(),
            unsettled: BTreeSet::new(),
            checks: Vec::new(),
            things: Things::of(config),
            files: None,
            processes: None,
            sessions: None,
            session_news,
            fifos,
            groups: config.groups.iter().cloned().map(Group::new).collect(),
            statics: Statics::new(&config.statics),
            channel,
            sockets: BTreeMap::new(),
            turn: None,
            tracked: BTreeMap::new(),
            reports,
            lines: Limit::default(),
            begin_at: Some(global.startup_delay.max(rest_after_boot(&global)))
                .filter(|delay| !delay.is_zero()),
            options,
            stopping: false,
            started: Timestamp::now(),
            reloads: 0,
            askers,
            http: None,
            snmp: None,
            snmp_askers,
            bus: None,
            bus_askers,
            global,
        };
        node.open_http();
        node.open_snmp();
        node.renew_files(config);
        node.renew_processes(config);
        let config = &*node.place(config);
        if !node.vmacs.is_empty() || config.instances.iter().any(|instance| !instance.accept) {
            node.firewall.prepare();
        }
        node.silence_local_groups();
        node.make_vmacs();
        node.movable = movable(config).collect();
        for instance in &config.instances {
            let machine = node.machine_config(instance, config);
            node.routers.push(Router::new(instance.clone(), machine));
        }
        node.tell_all_addresses();
        for at in 0..node.routers.len() {
            node.tell_addresses(at);
        }
        for (ipv6, what) in [(false, "ARP"), (true, "NDISC")] {
            let moves = |instance: &VrrpInstance| {
                let mut all = instance.addresses.iter().chain(&instance.excluded);
                all.any(|address| address.address.is_ipv6() == ipv6)
            };
            if config.instances.iter().any(moves) {
                node.log
                    .detail(format!("Registering gratuitous {what} shared channel"));
            }
        }
        for at in 0..node.routers.len() {
            node.open_sockets(at);
        }
        Ok(node)
    }

    /// Opens the place where the program can be asked, when it is wanted and another one than before.
    fn open_http(&mut self) {
        let wanted = self.options.http.as_ref().or(self.global.http.as_ref());
        if self.http.as_ref().map(Server::endpoint) == wanted {
            return;
        }
        let wanted = wanted.cloned();
        self.http = None;
        let Some(endpoint) = wanted else { return };
        match Server::open(&endpoint, self.askers.clone()) {
            Ok(server) => {
                self.log
                    .info(format!("Metrics and state are told at {}", endpoint.place));
                self.http = Some(server);
            }
            Err(error) => self.log.at(
                Level::Error,
                format!("Metrics and state cannot be told at {}: {error}", endpoint.place),
            ),
        }
    }

    /// Speaks on D-Bus, when that is wanted, and says no more where it is not. Gives what ends.
    pub(crate) fn open_bus(&mut self) -> Option<Bus> {
        let wanted = self.global.dbus.as_ref();
        let is_it = |bus: &Bus| wanted.is_some_and(|dbus| bus.is(&dbus.service, &dbus.no_interface));
        if self.bus.as_ref().is_some_and(is_it) {
            return None;
        }
        let ended = self.bus.take();
        if let Some(dbus) = self.global.dbus.as_ref() {
            let all = self.states();
            match Bus::start(&dbus.service, &dbus.no_interface, &all, self.bus_askers.clone()) {
                Ok(bus) => self.bus = Some(bus),
                Err(error) => self.log.info(format!("D-Bus cannot be spoken to: {error}")),
            }
        }
        ended
    }

    /// The bus, to be told of the end.
    pub(crate) fn take_bus(&mut self) -> Option<Bus> {
        self.bus.take()
    }

    /// All instances with their states.
    fn states(&self) -> Vec<(&VrrpInstance, StateKind)> {
        let routers = self.routers.iter();
        routers
            .map(|router| (&router.instance, router.machine.state()))
            .collect()
    }

    /// Tells the bus all that there is.
    fn tell_bus_all(&mut self) {
        if let Some(mut bus) = self.bus.take() {
            bus.tell_all(&self.states());
            self.bus = Some(bus);
        }
    }

    /// Tells the bus the state of an instance.
    fn tell_bus(&mut self, at: usize) {
        let router = &self.routers[at];
        if let Some(bus) = &mut self.bus {
            bus.tell(&router.instance, router.machine.state());
        }
        if self.bus.as_ref().is_some_and(Bus::is_behind) {
            self.tell_bus_all();
        }
    }

    /// Announces the addresses of a master once, as somebody asks for it.
    pub(crate) fn announce_by_name(&mut self, name: &str) {
        let named = |router: &Router| router.instance.name == name;
        let Some(at) = self.routers.iter().position(named) else {
            return;
        };
        self.log.info(format!("Sending garps on {name} on DBus request"));
        if self.is_master(at) {
            self.announce(at, 1);
        }
    }

    /// The interfaces that instances are on, track or set addresses on, each once.
    pub(crate) fn interface_names(&self) -> BTreeSet<String> {
        let instances = self.routers.iter().map(|router| &router.instance);
        instances
            .flat_map(|instance| {
                let addresses = instance.addresses.iter().chain(&instance.excluded);
                let tracked = instance.track_interfaces.iter();
                let others = tracked.map(|tracked| &tracked.interface);
                others
                    .chain(addresses.map(|one| &one.interface))
                    .chain([&instance.interface])
            })
            .cloned()
            .collect()
    }

    /// What became of the lines of FIFOs.
    pub(crate) fn fifo_views(&self) -> Vec<FifoView> {
        self.fifos.views()
    }

    /// What became of mails.
    pub(crate) fn mail_counts(&self) -> MailCounts {
        self.mailer.counts()
    }

    /// Starts the scripts, and the instances, once the delay of a start is over.
    pub(crate) fn begin(&mut self, config: &Config) {
        self.fifos.start_readers();
        self.promote_secondaries();
        self.clear_statics();
        self.set_statics();
        if self.begin_at.is_none() {
            self.start_all();
        }
        for script in &config.scripts {
            let health = if script.init_fail {
                Health::Down
            } else {
                Health::Unknown
            };
            self.start_check(script, health);
        }
        // None is running yet: nothing is left to be ended.
        self.renew_sessions();
    }

    /// When [`Self::handle_timeout`] wants to be called.
    pub(crate) fn poll_timeout(&mut self) -> Option<Time> {
        [
            self.routers.next_due(),
            self.announcer.poll_timeout(),
            self.links.poll_timeout(),
            self.lines.poll_timeout(),
            self.begin_at,
            self.processes.as_ref().and_then(Processes::poll_timeout),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Does what is due. Packets that wait are looked at first: an advert among them says that the master lives.
    pub(crate) fn handle_timeout(&mut self, buffer: &mut [u8]) {
        let now = self.clock.now();
        if self.begin_at.is_some_and(|begin| now >= begin) {
            self.begin_at = None;
            self.start_all();
        }
        let all_due = self.routers.due(now);
        let due = |router: &Router| router.machine.poll_timeout().is_some_and(|due| now >= due);
        // A master's advert need not wait for those of others.
        let waits = |at: &usize| due(&self.routers[*at]) && !self.is_master(*at);
        if all_due.iter().any(waits) {
            self.receive_waiting(buffer);
        }
        for &at in &all_due {
            if due(&self.routers[at]) {
                self.routers[at].machine.handle_timeout(now);
                self.act(at);
            }
            if let Some(count) = self.routers[at].lines.withheld(now) {
                let name = &self.routers[at].instance.name;
                self.log
                    .info(format!("({name}) {count} more lines of these kinds left out"));
            }
        }
        if let Some(count) = self.lines.withheld(now) {
            self.log.info(format!("{count} more lines of this kind left out"));
        }
        self.handle_split_timeouts(&all_due);
        self.handle_process_timeout();
        self.announce_elsewhere(now, &all_due);
        self.announcer.handle_timeout(now);
        self.look_at_links(now);
    }

    /// Takes what a script has become.
    pub(crate) fn take_report(&mut self, report: &Report) {
        let Some(check) = self
            .checks
            .iter_mut()
            .find(|check| check.script.name == report.script)
        else {
            return;
        };
        check.health = report.health;
        let id = self.track_id(Thing::Script(report.script.clone()));
        self.tell_health(id, report.health);
    }

    /// Ends all instances: masters say so and give their addresses back, unless these are to be kept.
    pub(crate) fn stop(&mut self) {
        self.stopping = true;
        let now = self.clock.now();
        for router in &mut self.routers {
            router.machine.handle_input(now, Input::Stop);
        }
        self.act_for_all();
        self.end_firewall();
        self.remove_statics();
        self.end_vmacs();
        self.restore_switches(|_| false);
        self.tell_end_of_groups();
    }

    /// Closes the FIFOs, and gives all that still runs.
    pub(crate) fn take_endings(&mut self) -> Vec<Ending> {
        let readers = self.fifos.close().into_iter().map(Ending::Reader);
        let checks = std::mem::take(&mut self.checks).into_iter().map(Ending::Check);
        let sessions = self.sessions.take();
        let sessions = sessions.map(|sessions| Ending::Sessions(sessions.stop()));
        checks.chain(readers).chain(sessions).collect()
    }

    /// Starts all instances: what an earlier run may have left is gone before any of them goes on.
    fn start_all(&mut self) {
        for at in 0..self.routers.len() {
            self.prepare(at);
        }
        self.tell_groups();
        self.act_at_start();
        for at in 0..self.routers.len() {
            self.tell_sockets(at);
        }
    }

    /// Starts an instance with what is known.
    fn start(&mut self, at: usize) {
        self.prepare(at);
        self.act(at);
        self.tell_sockets(at);
    }

    /// The same, but for what its machine wants done.
    fn prepare(&mut self, at: usize) {
        let up = self.is_usable(at);
        self.routers[at].up = up;
        let now = self.clock.now();
        self.routers[at]
            .machine
            .handle_input(now, Input::Interface { up });
        if !up {
            self.tell_faults(at);
        }
        self.tell_file_faults(at);
        self.tell_process_faults(at);
        for (id, health) in self.known_health(at) {
            self.routers[at]
                .machine
                .handle_input(now, Input::Track { id, health });
        }
        self.routers[at].machine.handle_input(now, Input::Start);
    }

    /// What is known of the things that an instance tracks.
    fn known_health(&mut self, at: usize) -> Vec<(TrackId, Health)> {
        let interfaces: Vec<(String, Health)> = self.routers[at]
            .instance
            .track_interfaces
            .iter()
            .map(|tracked| {
                (
                    tracked.interface.clone(),
                    self.interface_health(&tracked.interface),
                )
            })
            .collect();
        let scripts: Vec<(String, Health)> = self
            .checks
            .iter()
            .map(|check| (check.script.name.clone(), check.health))
            .collect();
        let interfaces = interfaces
            .into_iter()
            .map(|(name, health)| (Thing::Interface(name), health));
        let scripts = scripts
            .into_iter()
            .map(|(name, health)| (Thing::Script(name), health));
        let others = self.health_of_things();
        let needed: Vec<(Thing, Health)> = self.routers[at]
            .instance
            .needed_interfaces
            .iter()
            .map(|name| (Thing::Needed(name.clone()), self.interface_health(name)))
            .collect();
        let statics = self.statics.health();
        interfaces
            .chain(scripts)
            .chain(others)
            .chain(needed)
            .chain(statics)
            .map(|(thing, health)| (self.track_id(thing), health))
            .collect()
    }

    fn interface_health(&self, name: &str) -> Health {
        if self.is_interface_usable(name) {
            Health::Up
        } else {
            Health::Down
        }
    }

    /// Tells all instances that track it what a thing has become.
    fn tell_health(&mut self, id: TrackId, health: Health) {
        for at in 0..self.routers.len() {
            let tracks = |router: &Router| {
                router
                    .machine
                    .config()
                    .tracked
                    .iter()
                    .any(|tracked| tracked.id == id)
            };
            if tracks(&self.routers[at]) {
                self.input(at, Input::Track { id, health });
            }
        }
    }

    fn start_check(&mut self, script: &keepalived_conf::model::VrrpScript, health: Health) {
        self.checks.push(Check::start(
            script.clone(),
            health,
            self.clock,
            self.log.clone(),
            self.reports.clone(),
        ));
    }

    /// Hands an input to the machine of an instance, and does what it wants.
    fn input(&mut self, at: usize, input: Input<'_>) {
        let now = self.clock.now();
        self.routers[at].machine.handle_input(now, input);
        self.act(at);
    }

    fn machine_config(&mut self, instance: &VrrpInstance, config: &Config) -> InstanceConfig {
        let tracked = tracked(instance, config)
            .into_iter()
            .map(|(thing, weight)| Tracked {
                id: self.track_id(thing),
                weight: weight.value,
                reverse: weight.reverse,
            })
            .collect();
        let source = self.source(instance);
        let is_it = |member: &usize| {
            config
                .instances
                .get(*member)
                .is_some_and(|one| one.name == instance.name)
        };
        InstanceConfig {
            grouped: config.groups.iter().any(|group| group.members.iter().any(is_it)),
            ..machine_config(instance, &self.global, source, tracked)
        }
    }

    /// The number that a tracked thing has from its first use on.
    fn track_id(&mut self, thing: Thing) -> TrackId {
        let next = TrackId(u32::try_from(self.tracked.len()).unwrap_or(u32::MAX));
        *self.tracked.entry(thing).or_insert(next)
    }

    /// Whether an instance has its addresses.
    pub(crate) fn is_master(&self, at: usize) -> bool {
        self.routers[at].machine.state() == StateKind::Master
    }
}

/// How much longer the machine is to be up before anything is done (`vrrp_delay_after_boot`).
fn rest_after_boot(global: &GlobalDefs) -> std::time::Duration {
    let up = nix::time::clock_gettime(nix::time::ClockId::CLOCK_BOOTTIME)
        .map_or(std::time::Duration::MAX, std::time::Duration::from);
    global.delay_after_boot.saturating_sub(up)
}

/// Sockets that hear what others announce, of the families that instances move addresses of.
fn listeners(config: &Config) -> io::Result<Listeners> {
    let (ipv4, ipv6) = families(config);
    Listeners::open(ipv4, ipv6)
}

/// Whether instances move addresses of IPv4, and of IPv6.
fn families(config: &Config) -> (bool, bool) {
    let has = |ipv6| {
        let instances = config.instances.iter();
        let mut all = instances.flat_map(|instance| instance.addresses.iter().chain(&instance.excluded));
        all.any(|one| one.address.is_ipv6() == ipv6)
    };
    (has(false), has(true))
}

/// The addresses that instances of a configuration move.
fn movable(config: &Config) -> impl Iterator<Item = IpAddr> {
    let instances = config.instances.iter();
    instances
        .flat_map(|instance| instance.addresses.iter().chain(&instance.excluded))
        .map(|address| address.address)
}
