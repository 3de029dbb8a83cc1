//! Doing what the machine of an instance wants done.

use std::io;
use std::net::IpAddr;

use jiff::Timestamp;
use keepalived_conf::model::VirtualAddress;
use vrrp_proto::wire::OWNER_PRIORITY;
use vrrp_proto::{Event, Output, StateKind, Transition};

use super::Node;
use crate::address::spec;
use crate::netlink::AddressSpec;
use crate::notify::{self, News};
use crate::router::{LineKind, is_detail, line_kind};

impl Node {
    /// Does all that the machine of an instance wants done.
    pub(super) fn act(&mut self, at: usize) {
        while let Some(output) = self.routers[at].machine.poll_output() {
            self.perform(at, output);
        }
        self.settle_group(at);
    }

    /// The same for all instances that were just started: trouble is told and addresses are taken away first.
    pub(super) fn act_at_start(&mut self) {
        let is_first = |output: &Output| {
            let to_fault = |transition: &Transition| transition.to == StateKind::Fault;
            matches!(output, Output::RemoveAddresses)
                || matches!(output, Output::State(transition) if to_fault(transition))
        };
        self.act_in_two(is_first);
        for at in 0..self.routers.len() {
            self.settle_group(at);
        }
    }

    /// The same for all instances, adverts first: no instance's goodbye waits until the addresses of others are gone.
    pub(super) fn act_for_all(&mut self) {
        self.act_in_two(|output| matches!(output, Output::Send { .. }));
    }

    /// Does what the machines of all instances want done: that which comes first for all, then the rest.
    fn act_in_two(&mut self, is_first: impl Fn(&Output) -> bool) {
        let mut later = Vec::new();
        for at in 0..self.routers.len() {
            while let Some(output) = self.routers[at].machine.poll_output() {
                if is_first(&output) {
                    self.perform(at, output);
                } else {
                    later.push((at, output));
                }
            }
        }
        for (at, output) in later {
            self.perform(at, output);
        }
    }

    fn perform(&mut self, at: usize, output: Output) {
        let keeps = self.stopping && self.options.keep_addresses;
        if matches!(output, Output::RemoveAddresses) && !keeps {
            self.displace_routes(at);
        }
        self.tell(at, &output);
        if let Output::Event(event) = &output {
            self.note_cause(at, event);
        }
        match output {
            Output::Send {
                packet, destination, ..
            } => self.send(at, &packet, destination),
            Output::AddAddresses => {
                self.add_addresses(at);
                self.place_routes(at);
            }
            Output::RemoveAddresses if keeps => {}
            Output::RemoveAddresses => self.remove_addresses(at),
            Output::Announce { repeat, .. } => self.announce(at, repeat),
            Output::State(transition) => self.take_transition(at, transition),
            Output::Event(Event::MasterHeardLower { .. }) => {
                let router = &self.routers[at];
                let (instance, priority) = (&router.instance, router.machine.effective_priority());
                self.fifos
                    .write("INSTANCE", &instance.name, "MASTER_RX_LOWER_PRI", priority);
                notify::run_lower_script(instance, &self.queues);
            }
            Output::Event(Event::PriorityChanged { to, .. }) => {
                let router = &self.routers[at];
                if router.instance.notify_priority_changes {
                    let word = format!("{}_PRIORITY", News::of(router.machine.state()).word());
                    self.fifos.write("INSTANCE", &router.instance.name, &word, to);
                }
            }
            Output::Event(_) => {}
        }
    }

    /// Logs what an output says.
    fn tell(&mut self, at: usize, output: &Output) {
        let detail = is_detail(output);
        if detail && !self.log.is_detailed() {
            return;
        }
        let Some(line) = output.line() else { return };
        let now = self.clock.now();
        let router = &mut self.routers[at];
        if line_kind(output).is_some_and(|kind| !router.lines.allows(now, kind)) {
            return;
        }
        let name = &router.instance.name;
        let filtered = !router.instance.accept;
        if filtered && matches!(output, Output::AddAddresses) {
            self.log.info(format!("({name}) setting firewall drop rule"));
        }
        self.log.info(format!("({name}) {line}"));
        // Those that no advert names are told of by themselves.
        if !router.instance.excluded.is_empty()
            && matches!(output, Output::AddAddresses | Output::RemoveAddresses)
        {
            self.log
                .info(format!("({name}) {}", line.replace("VIPs", "E-VIPs")));
        }
        if filtered && matches!(output, Output::RemoveAddresses) {
            self.log.info(format!("({name}) removing firewall drop rule"));
        }
    }

    fn send(&mut self, at: usize, packet: &[u8], destination: IpAddr) {
        let config = self.routers[at].machine.config();
        let sent = match self.socket_key(at).and_then(|key| self.sockets.get(&key)) {
            Some(sockets) => sockets.send(packet, config.source, config.ttl(), destination),
            None => Err(io::Error::from_raw_os_error(nix::errno::Errno::ENODEV as i32)),
        };
        if let Err(error) = sent {
            let now = self.clock.now();
            let router = &mut self.routers[at];
            router.unsent += 1;
            if router.lines.allows(now, LineKind::Unsent) {
                let name = &router.instance.name;
                let number = error.raw_os_error().unwrap_or_default();
                let words = nix::errno::Errno::from_raw(number).desc();
                self.log.info(if router.instance.peers.is_empty() {
                    format!("({name}): send advert error {number} ({words})")
                } else {
                    format!("({name}) Cant send advert to {destination} ({words})")
                });
            }
        }
    }

    pub(super) fn wanted(&self, at: usize) -> Vec<AddressSpec> {
        self.all_addresses(at)
            .filter_map(|address| spec(address, &self.interfaces))
            .collect()
    }

    fn all_addresses(&self, at: usize) -> impl Iterator<Item = &VirtualAddress> {
        let instance = &self.routers[at].instance;
        instance.addresses.iter().chain(&instance.excluded)
    }

    fn add_addresses(&mut self, at: usize) {
        let wanted = self.wanted(at);
        self.drop_packets(at, &wanted);
        for address in wanted {
            if self.routers[at].set.contains(&address) {
                continue;
            }
            match self.channel.add(&address) {
                Ok(()) => self.routers[at].set.push(address),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    // The owner's address is the machine's own, and stays when this program ends.
                    if self.routers[at].instance.priority != OWNER_PRIORITY {
                        self.routers[at].set.push(address);
                    }
                }
                Err(error) => {
                    let name = &self.routers[at].instance.name;
                    self.log.info(format!(
                        "({name}) address {} cannot be set: {error}",
                        address.address
                    ));
                }
            }
        }
    }

    fn remove_addresses(&mut self, at: usize) {
        let mut gone = std::mem::take(&mut self.routers[at].set);
        // An earlier run may have left some, but the owner's are the machine's own.
        if self.routers[at].instance.priority != OWNER_PRIORITY {
            for address in self.wanted(at) {
                if !gone.contains(&address) {
                    gone.push(address);
                }
            }
        }
        self.take_away(at, &gone);
        self.pass_packets(at);
    }

    /// Takes addresses away; those that are not there are fine.
    pub(super) fn take_away(&mut self, at: usize, gone: &[AddressSpec]) {
        self.announcer
            .forget(|address| gone.iter().any(|one| one.address == address));
        for address in gone {
            let Err(error) = self.channel.remove(address) else {
                continue;
            };
            let missing =
                [nix::errno::Errno::EADDRNOTAVAIL, nix::errno::Errno::ENODEV].map(|errno| errno as i32);
            if !error
                .raw_os_error()
                .is_some_and(|number| missing.contains(&number))
            {
                let name = &self.routers[at].instance.name;
                self.log.info(format!(
                    "({name}) address {} cannot be removed: {error}",
                    address.address
                ));
            }
        }
    }

    pub(super) fn announce(&mut self, at: usize, repeat: u8) {
        self.announce_on(at, repeat, |_| true);
    }

    /// The same on some interfaces only.
    pub(super) fn announce_on(&mut self, at: usize, repeat: u8, on: impl Fn(&str) -> bool) {
        let now = self.clock.now();
        let instance = &self.routers[at].instance;
        for round in 0..repeat {
            for address in instance.addresses.iter().chain(&instance.excluded) {
                let named = self.interfaces.named(&address.interface);
                let Some(link) = named.filter(|link| on(&link.name)) else {
                    continue;
                };
                if round == 0 {
                    let what = match address.address {
                        IpAddr::V4(_) => "gratuitous ARPs",
                        IpAddr::V6(_) => "Unsolicited Neighbour Adverts",
                    };
                    self.log.detail(format!(
                        "({}) Sending/queueing {what} on {} for {}",
                        instance.name, link.name, address.address
                    ));
                }
                self.announcer.announce(now, link, address.address);
            }
        }
    }

    fn take_transition(&mut self, at: usize, transition: Transition) {
        let router = &mut self.routers[at];
        router.since = Timestamp::now();
        self.settle_extra(at);
        let router = &mut self.routers[at];
        router.entered.count(transition.to);
        // One that was never started has nothing to tell of its end.
        if (transition.from, transition.to) == (StateKind::Init, StateKind::Init) {
            return;
        }
        if transition.from == StateKind::Master {
            self.leave_split(at);
        }
        self.tell_bus(at);
        self.note_transition(at, transition);
        let news = News::of(transition.to);
        let router = &self.routers[at];
        let name = &router.instance.name;
        self.fifos
            .write("INSTANCE", name, news.word(), transition.priority);
        notify::run_scripts(&router.instance, news, transition.priority, &self.queues);
        notify::send_mail(
            &router.instance,
            news,
            !self.global.no_email_faults,
            &self.mailer,
            &self.log,
        );
    }
}
