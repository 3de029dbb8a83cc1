//! The thread of BFD: packets and the ends of timers to their sessions, and what these want sent and told.

use std::future::poll_fn;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use keepalived_conf::model::BfdInstance;
use nix::errno::Errno;
use socket2::Socket;
use tokio::sync::mpsc;
use tokio::task::yield_now;
use tokio::time::sleep_until;
use vrrp_proto::Time;
use vrrp_proto::bfd::{Event, Output, Packet, Parameters, Session, SessionConfig, State};
use vrrp_proto::sim::Random;

use super::socket::{Received, Receiver, port, sender};
use super::{News, Order, data, is_same};
use crate::clock::Clock;
use crate::limit::Limit;

/// Larger than any packet that is looked at.
const LARGEST_PACKET: usize = 512;

/// Packets that are looked at before everything else has its turn.
const AT_ONCE: usize = 64;

/// Packets that are looked at on each socket before a session counts as lost.
const WAITING: usize = 1024;

/// The longest sleep, when nothing is to be done: any time will do.
const LONG: Duration = Duration::from_secs(3600);

/// How long to wait with another attempt to listen to a port that somebody else has.
const AGAIN: Duration = Duration::from_secs(5);

/// The kinds of lines that packets can call for at any rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum LineKind {
    Bogus,
    Ttl,
    Unknown,
    Failed,
}

/// A session with all that the shell knows of it.
#[derive(Debug)]
pub(super) struct Peer {
    pub(super) instance: BfdInstance,
    pub(super) session: Session,
    pub(super) socket: Option<Socket>,
    /// Whether the last packet could not be sent.
    pub(super) unsent: bool,
    pub(super) heard: Option<Timestamp>,
}

/// The thread's own.
#[derive(Debug)]
pub(super) struct Worker {
    clock: Clock,
    pub(super) peers: Vec<Peer>,
    pub(super) receivers: Vec<Receiver>,
    /// Not all ports could be opened: try again then.
    open_again: Option<Time>,
    lines: Limit<LineKind>,
    random: Random,
    news: mpsc::UnboundedSender<News>,
}

impl Worker {
    pub(super) fn new(news: mpsc::UnboundedSender<News>) -> Self {
        Self {
            clock: Clock::start(),
            peers: Vec::new(),
            receivers: Vec::new(),
            open_again: None,
            lines: Limit::default(),
            // Keyed by chance: nobody is to guess numbers and ports.
            random: Random::new(RandomState::new().build_hasher().finish()),
            news,
        }
    }

    /// Runs until it is told to stop, or nobody can tell it any more.
    pub(super) async fn run(mut self, mut orders: mpsc::UnboundedReceiver<Order>) {
        let mut buffer = [0; LARGEST_PACKET];
        loop {
            let now = self.clock.now();
            let wake = self.poll_timeout();
            if wake.is_some_and(|wake| now >= wake) {
                self.handle_timeout(&mut buffer);
                continue;
            }
            let wake = self.clock.instant(wake.unwrap_or(now + LONG));
            tokio::select! {
                biased;
                order = orders.recv() => match order {
                    Some(Order::Renew(sessions)) => self.renew(sessions),
                    Some(Order::WriteData(path)) => self.write_data(&path),
                    Some(Order::Stop(ended)) => {
                        self.stop();
                        // Nobody may wait for it.
                        let _ = ended.send(());
                        return;
                    }
                    None => return self.stop(),
                },
                () = sleep_until(wake) => {}
                (at, received) = poll_fn(|context| self.poll_receive(context, &mut buffer)) => {
                    match received {
                        Ok(received) => self.take(at, received, &buffer),
                        Err(error) => self.tell_failure(&error),
                    }
                    if self.receive(at, &mut buffer, AT_ONCE) {
                        yield_now().await;
                    }
                }
            }
        }
    }

    fn poll_timeout(&self) -> Option<Time> {
        let sessions = self.peers.iter().filter_map(|peer| peer.session.poll_timeout());
        sessions
            .chain(self.open_again)
            .chain(self.lines.poll_timeout())
            .min()
    }

    fn handle_timeout(&mut self, buffer: &mut [u8]) {
        // A packet that waits says that the neighbour lives.
        for at in 0..self.receivers.len() {
            self.receive(at, buffer, WAITING);
        }
        let now = self.clock.now();
        if self.open_again.is_some_and(|at| now >= at) {
            self.open_receivers();
        }
        for at in 0..self.peers.len() {
            let session = &mut self.peers[at].session;
            if session.poll_timeout().is_some_and(|at| now >= at) {
                session.handle_timeout(now);
                self.act(at);
            }
        }
        if let Some(count) = self.lines.withheld(now) {
            self.line(format!("BFD: {count} more lines of these kinds left out"));
        }
    }

    fn poll_receive(
        &self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<(usize, io::Result<Received>)> {
        for (at, receiver) in self.receivers.iter().enumerate() {
            if let Poll::Ready(received) = receiver.poll_receive(context, buffer) {
                return Poll::Ready((at, received));
            }
        }
        Poll::Pending
    }

    /// Takes the packets that wait, up to a bound. True when that was reached.
    fn receive(&mut self, at: usize, buffer: &mut [u8], most: usize) -> bool {
        for _ in 0..most {
            match self.receivers[at].receive_now(buffer) {
                Ok(Some(received)) => self.take(at, received, buffer),
                Ok(None) => return false,
                Err(error) => {
                    self.tell_failure(&error);
                    return false;
                }
            }
        }
        true
    }

    fn take(&mut self, at: usize, received: Received, buffer: &[u8]) {
        let bytes = buffer.get(..received.length).unwrap_or_default();
        let from = received.from;
        let sender = format!("[{}]:{}", from.ip(), from.port());
        let packet = match Packet::decode(bytes) {
            Ok(packet) => packet,
            Err(fault) => {
                if self.allows(LineKind::Bogus) {
                    self.line(fault.to_string());
                    self.line(format!("Discarding bogus packet from {sender}"));
                }
                return;
            }
        };
        let multihop = self.receivers[at].multihop;
        let Some(at) = self.peer_of(&packet, &received, multihop) else {
            if self.allows(LineKind::Unknown) {
                let number = packet.your_discriminator;
                self.line(format!(
                    "Discarding packet from {sender} (session is not found - your discriminator field is {number:#010x})"
                ));
            }
            return;
        };
        let peer = &mut self.peers[at];
        let instance = &peer.instance;
        if let Some(hops) = instance.max_hops {
            let least = instance.ttl.saturating_sub(hops);
            if received.ttl < least {
                if self.allows(LineKind::Ttl) {
                    self.line(format!("Packet ttl({}) < {least} - discarding", received.ttl));
                }
                return;
            }
        }
        peer.heard = Some(Timestamp::now());
        let now = self.clock.now();
        peer.session.handle_packet(now, &packet);
        self.act(at);
    }

    /// The session that a packet is for: by our number in it, or before the neighbour knows that, by the addresses (RFC 5880,
    /// section 6.8.6). The neighbour has one address either way.
    fn peer_of(&self, packet: &Packet, received: &Received, multihop: bool) -> Option<usize> {
        let from = received.from.ip();
        let number = packet.your_discriminator;
        self.peers.iter().position(|peer| {
            let instance = &peer.instance;
            let is_ours = instance
                .source
                .is_none_or(|source| received.to.is_none_or(|to| to == source));
            instance.neighbor == from
                && instance.multihop == multihop
                && is_ours
                && (number == 0 || number == peer.session.discriminator())
        })
    }

    /// Does all that a session wants done.
    fn act(&mut self, at: usize) {
        while let Some(output) = self.peers[at].session.poll_output() {
            match output {
                Output::Send(packet) => self.send(at, &packet),
                Output::Event(event) => self.tell(at, &event),
            }
        }
    }

    fn send(&mut self, at: usize, packet: &Packet) {
        let peer = &mut self.peers[at];
        let instance = &peer.instance;
        let sent = match &peer.socket {
            Some(_) => Ok(()),
            None => sender(instance.source, instance.neighbor, instance.ttl, &mut self.random)
                .map(|socket| peer.socket = Some(socket)),
        };
        let to = SocketAddr::new(instance.neighbor, port(instance.multihop));
        let sent = sent.and_then(|()| match &peer.socket {
            Some(socket) => socket.send_to(&packet.encode(), &to.into()).map(|_| ()),
            None => Ok(()),
        });
        match sent {
            Ok(()) => peer.unsent = false,
            Err(error) => {
                // The address may come back, and the socket must be bound to it anew.
                peer.socket = None;
                if !std::mem::replace(&mut peer.unsent, true) {
                    let name = peer.instance.name.clone();
                    let words = Errno::from_raw(error.raw_os_error().unwrap_or_default()).desc();
                    self.line(format!("sendto() error ({words})"));
                    self.line(format!("({name}) Error sending packet"));
                }
            }
        }
    }

    fn tell(&mut self, at: usize, event: &Event) {
        let name = self.peers[at].instance.name.clone();
        match event {
            Event::State {
                from,
                to,
                local,
                remote,
            } => {
                match to {
                    State::Down | State::AdminDown => self.line(format!(
                        "({name}) Entering {to} state (Local diagnostic - {local}, Remote diagnostic - {remote})"
                    )),
                    State::Up => self.line(format!("({name}) Entering Up state")),
                    // Nothing comes of it yet.
                    State::Init => {}
                }
                let up = *to == State::Up;
                if up != (*from == State::Up) {
                    self.tell_state(at);
                }
            }
            Event::Parameters {
                now,
                detection_before,
            } => self.tell_parameters(&name, now, *detection_before),
            Event::Expired { after, late } => self.line(format!(
                "({name}) Expired after {} ms ({} usec overdue)",
                after.as_millis(),
                late.as_micros()
            )),
            Event::PollBegun => self.line(format!("({name}) Starting poll sequence")),
        }
    }

    /// Tells those that track it the state of a session.
    fn tell_state(&self, at: usize) {
        let Peer {
            instance, session, ..
        } = &self.peers[at];
        if instance.vrrp {
            self.send_news(News::State {
                name: instance.name.clone(),
                up: session.state() == State::Up,
                state: session.state().to_string(),
                at: Instant::now(),
            });
        }
    }

    fn tell_parameters(&self, name: &str, parameters: &Parameters, before: Option<Duration>) {
        self.line(format!(
            "({name}) ---------------< Session parameters >--------------"
        ));
        // Below each other, whatever the name.
        let indent = " ".repeat(name.len() + 3);
        self.line(format!(
            "{indent}         min_tx  min_rx  tx_intv  mult  detect_time"
        ));
        for (whose, (min_tx, min_rx, interval, multiplier, detection)) in
            [("local", parameters.local), ("remote", parameters.remote)]
        {
            self.line(format!(
                "{indent}{whose:<6}{:>9}{:>8}{:>9}{multiplier:>6}{:>13}",
                min_tx.as_micros(),
                min_rx.as_micros(),
                interval.as_micros(),
                detection.as_micros()
            ));
        }
        if let Some(before) = before {
            self.line(format!(
                "{indent}Detection time is {} us (was {} us)",
                parameters.local.4.as_micros(),
                before.as_micros()
            ));
        }
    }

    fn renew(&mut self, sessions: Vec<BfdInstance>) {
        let now = self.clock.now();
        let mut old = std::mem::take(&mut self.peers);
        for instance in sessions {
            let config = config(&instance);
            match old.iter().position(|peer| is_same(&peer.instance, &instance)) {
                Some(at) => {
                    let mut peer = old.remove(at);
                    peer.session.reload(now, config);
                    peer.instance = instance;
                    self.peers.push(peer);
                }
                None => {
                    let number = self.number();
                    let seed = self.random.next();
                    self.peers.push(Peer {
                        instance,
                        session: Session::new(now, config, number, seed),
                        socket: None,
                        unsent: false,
                        heard: None,
                    });
                    self.tell_state(self.peers.len() - 1);
                }
            }
        }
        let kept = self.peers.len();
        self.peers.append(&mut old);
        for at in kept..self.peers.len() {
            self.peers[at].session.stop(now);
            self.act(at);
        }
        self.peers.truncate(kept);
        self.open_receivers();
        for at in 0..self.peers.len() {
            self.act(at);
        }
    }

    /// A number that no session has.
    fn number(&mut self) -> u32 {
        loop {
            let number = u32::try_from(self.random.below(u64::from(u32::MAX))).unwrap_or(0) + 1;
            if !self
                .peers
                .iter()
                .any(|peer| peer.session.discriminator() == number)
            {
                return number;
            }
        }
    }

    /// Opens the ports that are needed, and closes the others.
    fn open_receivers(&mut self) {
        self.open_again = None;
        let mut wanted: Vec<(bool, bool)> = self
            .peers
            .iter()
            .map(|peer| (peer.instance.neighbor.is_ipv6(), peer.instance.multihop))
            .collect();
        wanted.sort_unstable();
        wanted.dedup();
        self.receivers
            .retain(|receiver| wanted.contains(&(receiver.ipv6, receiver.multihop)));
        for (ipv6, multihop) in wanted {
            let is_there = |receiver: &Receiver| (receiver.ipv6, receiver.multihop) == (ipv6, multihop);
            if self.receivers.iter().any(is_there) {
                continue;
            }
            match Receiver::open(ipv6, multihop) {
                Ok(receiver) => self.receivers.push(receiver),
                Err(error) => {
                    self.line(format!(
                        "BFD: port {} cannot be listened to: {error}",
                        port(multihop)
                    ));
                    self.open_again = Some(self.clock.now() + AGAIN);
                }
            }
        }
    }

    fn stop(&mut self) {
        let now = self.clock.now();
        for at in 0..self.peers.len() {
            self.peers[at].session.stop(now);
            while let Some(output) = self.peers[at].session.poll_output() {
                if let Output::Send(packet) = output {
                    self.send(at, &packet);
                }
            }
        }
    }

    fn write_data(&self, path: &str) {
        self.line(format!(
            "Printing BFD data for process({}) on signal",
            std::process::id()
        ));
        if let Err(error) = crate::dump::replace(Path::new(path), &data::text(self)) {
            self.line(format!("Can't open {path} ({error})"));
        }
    }

    fn allows(&mut self, kind: LineKind) -> bool {
        let now = self.clock.now();
        self.lines.allows(now, kind)
    }

    fn tell_failure(&mut self, error: &io::Error) {
        if self.allows(LineKind::Failed) {
            self.line(format!("BFD receive error: {error}"));
        }
    }

    fn line(&self, text: String) {
        self.send_news(News::Line(text));
    }

    fn send_news(&self, news: News) {
        // Nobody listens any more when the program ends.
        let _ = self.news.send(news);
    }
}

fn config(instance: &BfdInstance) -> SessionConfig {
    SessionConfig {
        min_rx: instance.min_rx,
        min_tx: instance.min_tx,
        idle_tx: instance.idle_tx,
        multiplier: instance.multiplier,
        passive: instance.passive,
    }
}
