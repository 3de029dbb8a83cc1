//! Whether interfaces can be used, beyond what netlink says of them: links that are asked for instead (`linkbeat_interfaces`), and
//! changes that must last before they count (`interface_up_down_delays`).

use std::collections::BTreeMap;
use std::time::Duration;

use keepalived_conf::model::{Config, InterfaceDelay, LinkQuestion, Linkbeat, VrrpInstance};
use socket2::{Domain, Socket, Type};
use vrrp_proto::Time;

use crate::kernel;
use crate::log::Log;
use crate::netlink::Link;

/// From one question for a link to the next, as the original has it.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// An interface whose link is asked for.
#[derive(Debug)]
struct Polled {
    question: LinkQuestion,
    running: bool,
}

/// What is known of links besides netlink's word.
#[derive(Debug)]
pub(crate) struct Links {
    log: Log,
    delays: Vec<InterfaceDelay>,
    /// Changes that must last until then, by the interface's number.
    pending: BTreeMap<u32, (Time, Link)>,
    polled: BTreeMap<String, Polled>,
    /// What links are asked for through, once one is.
    socket: Option<Socket>,
    next_poll: Option<Time>,
}

impl Links {
    /// For a configuration; asks at once for the links that are to be asked for.
    pub(crate) fn new(config: &Config, now: Time, log: Log) -> Self {
        let mut links = Self {
            log,
            delays: Vec::new(),
            pending: BTreeMap::new(),
            polled: BTreeMap::new(),
            socket: None,
            next_poll: None,
        };
        links.renew(config, now);
        links
    }

    /// Whether an interface's link is asked for.
    pub(crate) fn asks_for(&self, interface: &str) -> bool {
        self.polled.contains_key(interface)
    }

    /// Goes on with another configuration. Whether other links are asked for than before.
    pub(crate) fn renew(&mut self, config: &Config, now: Time) -> bool {
        self.delays.clone_from(&config.delays);
        let before: Vec<String> = self.polled.keys().cloned().collect();
        let wanted = wanted(&config.linkbeat, &config.instances, &self.log);
        self.polled.retain(|name, _| wanted.contains_key(name));
        for (name, question) in wanted {
            let polled = self.polled.entry(name).or_insert(Polled {
                question,
                running: false,
            });
            polled.question = question;
        }
        if self.polled.is_empty() {
            (self.socket, self.next_poll) = (None, None);
            return !before.is_empty();
        }
        if self.socket.is_none() {
            match Socket::new(Domain::IPV4, Type::DGRAM, None) {
                Ok(socket) => self.socket = Some(socket),
                Err(error) => {
                    self.log.info(format!("links cannot be asked for: {error}"));
                    self.polled.clear();
                    return !before.is_empty();
                }
            }
            self.log.info("Using MII-BMSR/ETHTOOL NIC polling thread(s)...");
        }
        self.ask();
        self.next_poll = Some(now + POLL_INTERVAL);
        !before.iter().eq(self.polled.keys())
    }

    /// Whether that interface's link is asked for.
    pub(crate) fn is_polled(&self, name: &str) -> bool {
        self.polled.contains_key(name)
    }

    /// The interface as it is to be seen.
    pub(crate) fn seen(&self, mut link: Link) -> Link {
        if let Some(polled) = self.polled.get(&link.name) {
            link.running = polled.running;
        }
        link
    }

    /// What a change means now: it counts at once, or as it was until it has lasted. The second tells whether one that was
    /// waited for is over before it counted.
    ///
    /// `below` is the interface that it is made upon, whose delays hold for it as well.
    pub(crate) fn settle(
        &mut self,
        known: Option<&Link>,
        below: Option<&Link>,
        link: Link,
        now: Time,
    ) -> (Link, bool) {
        let link = self.seen(link);
        let Some(known) = known.filter(|known| known.name == link.name) else {
            self.pending.remove(&link.index);
            return (link, false);
        };
        if known.is_usable() == link.is_usable() {
            let bounced = self.pending.remove(&link.index).is_some();
            return (link, bounced);
        }
        let of = |name: &str| self.delays.iter().find(|delay| delay.interface == name);
        let delay = of(&link.name).or_else(|| of(&below?.name));
        let delay = delay.map_or(Duration::ZERO, |delay| {
            if link.is_usable() { delay.up } else { delay.down }
        });
        if delay.is_zero() {
            self.pending.remove(&link.index);
            return (link, false);
        }
        let still = Link {
            up: known.up,
            running: known.running,
            ..link.clone()
        };
        let due = self.pending.get(&link.index).map(|(due, _)| *due);
        if due.is_none() {
            self.log.detail(format!(
                "{}: Adding flags change from {:#x} to {:#x} delay by {}",
                link.name,
                known.flags,
                link.flags,
                delay.as_micros()
            ));
        }
        self.pending
            .insert(link.index, (due.unwrap_or(now + delay), link));
        (still, false)
    }

    /// Forgets an interface that is gone.
    pub(crate) fn forget(&mut self, index: u32) {
        self.pending.remove(&index);
    }

    /// When something is due.
    pub(crate) fn poll_timeout(&self) -> Option<Time> {
        let pending = self.pending.values().map(|(due, _)| *due);
        pending.chain(self.next_poll).min()
    }

    /// The changes that have lasted.
    pub(crate) fn lasted(&mut self, now: Time) -> Vec<Link> {
        let due: Vec<u32> = self
            .pending
            .iter()
            .filter(|(_, (due, _))| *due <= now)
            .map(|(index, _)| *index)
            .collect();
        due.into_iter()
            .filter_map(|index| self.pending.remove(&index))
            .map(|(_, link)| link)
            .collect()
    }

    /// Asks for links when it is time to. The names of those whose link has changed.
    pub(crate) fn poll(&mut self, now: Time) -> Vec<String> {
        if self.next_poll.is_none_or(|next| next > now) {
            return Vec::new();
        }
        self.next_poll = Some(now + POLL_INTERVAL);
        self.ask()
    }

    fn ask(&mut self) -> Vec<String> {
        let Some(socket) = &self.socket else {
            return Vec::new();
        };
        let mut changed = Vec::new();
        for (name, polled) in &mut self.polled {
            let running = polled.ask(socket, name);
            if running != polled.running {
                polled.running = running;
                changed.push(name.clone());
            }
        }
        changed
    }
}

impl Polled {
    /// Whether the link is there. A question that an interface has no answer to is not asked again.
    fn ask(&mut self, socket: &Socket, name: &str) -> bool {
        loop {
            let (answer, next) = match self.question {
                LinkQuestion::Mii => (kernel::mii_link(socket, name), LinkQuestion::Ethtool),
                LinkQuestion::Ethtool => (kernel::ethtool_link(socket, name), LinkQuestion::Flags),
                LinkQuestion::Flags => return kernel::is_running(socket, name).unwrap_or(false),
            };
            match answer {
                Ok(running) => return running,
                // It may come back and be asked again.
                Err(error) if error.raw_os_error() == Some(libc::ENODEV) => return false,
                Err(_) => self.question = next,
            }
        }
    }
}

/// The interfaces to ask for, with the question to begin with.
fn wanted(linkbeat: &Linkbeat, instances: &[VrrpInstance], log: &Log) -> BTreeMap<String, LinkQuestion> {
    let mut used: Vec<&str> = Vec::new();
    for instance in instances {
        used.push(&instance.interface);
        used.extend(instance.needed_interfaces.iter().map(|name| &**name));
        used.extend(
            instance
                .track_interfaces
                .iter()
                .map(|tracked| &*tracked.interface),
        );
    }
    for (name, _) in &linkbeat.interfaces {
        if !used.contains(&&**name) {
            log.info(format!(
                "Turning off linkbeat for {name} since not used for tracking"
            ));
        }
    }
    used.into_iter()
        .filter_map(|name| Some((name.to_owned(), linkbeat.question(name)?)))
        .collect()
}
