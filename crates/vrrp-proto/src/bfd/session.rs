//! One session (RFC 5880, section 6.8): packets and the ends of timers go in with the time, and what is to be sent and told comes
//! out. Chance, for the time between packets and for the session's number, comes from a seed.
//!
//! ```text
//!              hears AdminDown, Down                hears Down, AdminDown, or nothing
//!            +----------------------+            +---------------------------------------+
//!            v                      |            v                                       |
//!          Down --- hears Down ---> Init      Down                                      Up
//!            \                        \                                                 ^^
//!             \                        +---------- hears Init, Up ----------------------+|
//!              +------------------------------------ hears Init -------------------------+
//! ```

use std::collections::VecDeque;
use std::time::Duration;

use super::packet::{Diagnostic, Packet, State};
use crate::Time;
use crate::sim::Random;

/// What a session is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionConfig {
    /// The least time between packets that we can take.
    pub min_rx: Duration,
    /// The least time between packets that we want to send while the session is up.
    pub min_tx: Duration,
    /// The same while it is not, one second at least.
    pub idle_tx: Duration,
    /// So many packets missed in a row end the session; not 0.
    pub multiplier: u8,
    /// Nothing is sent before the neighbour has.
    pub passive: bool,
}

impl Default for SessionConfig {
    /// The original's defaults.
    fn default() -> Self {
        Self {
            min_rx: Duration::from_millis(10),
            min_tx: Duration::from_millis(10),
            idle_tx: Duration::from_secs(1),
            multiplier: 5,
            passive: false,
        }
    }
}

/// What both sides want and what comes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Parameters {
    /// `desired_min_tx`, `required_min_rx`, time between packets, multiplier and detection time of ours.
    pub local: (Duration, Duration, Duration, u8, Duration),
    /// The same of the neighbour.
    pub remote: (Duration, Duration, Duration, u8, Duration),
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// Another state. The shell tells it to those that track the session: up is [`State::Up`] alone.
    State {
        /// What it was.
        from: State,
        /// What it is.
        to: State,
        /// Why.
        local: Diagnostic,
        /// Why the neighbour left its state last.
        remote: Diagnostic,
    },
    /// What was agreed on has changed.
    Parameters {
        /// What holds now.
        now: Parameters,
        /// The detection time before, when it is another one.
        detection_before: Option<Duration>,
    },
    /// Nothing was heard for that long, and it is noticed so much too late.
    Expired {
        /// The detection time.
        after: Duration,
        /// How late.
        late: Duration,
    },
    /// The neighbour is asked to confirm new times.
    PollBegun,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Output {
    /// Send it.
    Send(Packet),
    /// Tell it.
    Event(Event),
}

/// What is known of the neighbour.
#[derive(Clone, Copy, Debug, Default)]
struct Remote {
    discriminator: u32,
    state: State,
    diagnostic: Diagnostic,
    desired_min_tx: Duration,
    required_min_rx: Duration,
    multiplier: u8,
    demand: bool,
}

/// A session.
#[derive(Clone, Debug)]
pub struct Session {
    config: SessionConfig,
    discriminator: u32,
    state: State,
    diagnostic: Diagnostic,
    remote: Remote,
    /// The least time between packets that is told to the neighbour.
    desired_min_tx: Duration,
    /// The same as a poll in progress leaves it until it is confirmed.
    confirmed_min_tx: Duration,
    /// The least time between packets that was confirmed, while a poll for a shorter one is in progress.
    confirmed_min_rx: Duration,
    polling: bool,
    /// The next packet; none when none is to be sent.
    send_at: Option<Time>,
    /// When a packet was last heard.
    heard: Option<Time>,
    parameters: Option<Parameters>,
    random: Random,
    outputs: VecDeque<Output>,
}

impl Session {
    /// A session that begins at `now`. The discriminator must be no other session's, and not 0.
    pub fn new(now: Time, config: SessionConfig, discriminator: u32, seed: u64) -> Self {
        let desired = config.idle_tx.max(config.min_tx);
        Self {
            config,
            discriminator: discriminator.max(1),
            state: State::Down,
            diagnostic: Diagnostic::NONE,
            remote: Remote {
                // What RFC 5880 begins with: one packet is sent at our own pace.
                required_min_rx: Duration::from_micros(1),
                ..Remote::default()
            },
            desired_min_tx: desired,
            confirmed_min_tx: desired,
            confirmed_min_rx: config.min_rx,
            polling: false,
            send_at: (!config.passive).then_some(now),
            heard: None,
            parameters: None,
            random: Random::new(seed),
            outputs: VecDeque::new(),
        }
    }

    /// Its configuration.
    pub const fn config(&self) -> &SessionConfig {
        &self.config
    }

    /// Its state.
    pub const fn state(&self) -> State {
        self.state
    }

    /// The neighbour's state, as it was last heard.
    pub const fn remote_state(&self) -> State {
        self.remote.state
    }

    /// Our number for it.
    pub const fn discriminator(&self) -> u32 {
        self.discriminator
    }

    /// The neighbour's number for it; 0 when it is not known.
    pub const fn remote_discriminator(&self) -> u32 {
        self.remote.discriminator
    }

    /// Why we and the neighbour left the state last.
    pub const fn diagnostics(&self) -> (Diagnostic, Diagnostic) {
        (self.diagnostic, self.remote.diagnostic)
    }

    /// Whether a poll is in progress.
    pub const fn is_polling(&self) -> bool {
        self.polling
    }

    /// Whether the neighbour wants no packets while both are up.
    pub const fn remote_demand(&self) -> bool {
        self.remote.demand
    }

    /// What both sides want, and what comes of it.
    pub fn parameters(&self) -> Parameters {
        let remote = &self.remote;
        let transmit = self.transmit_interval();
        let remote_transmit = if remote.multiplier == 0 {
            Duration::ZERO
        } else {
            remote.desired_min_tx.max(self.config.min_rx)
        };
        let remote_detection = if remote.multiplier == 0 {
            Duration::ZERO
        } else {
            transmit * u32::from(self.config.multiplier)
        };
        let required = if remote.multiplier == 0 {
            Duration::ZERO
        } else {
            remote.required_min_rx
        };
        Parameters {
            local: (
                self.desired_min_tx,
                self.config.min_rx,
                transmit,
                self.config.multiplier,
                self.detection_time().unwrap_or_default(),
            ),
            remote: (
                remote.desired_min_tx,
                required,
                remote_transmit,
                remote.multiplier,
                remote_detection,
            ),
        }
    }

    /// When [`Self::handle_timeout`] wants to be called next.
    pub fn poll_timeout(&self) -> Option<Time> {
        [self.send_at, self.expires_at()].into_iter().flatten().min()
    }

    /// What is to be done next, until there is nothing more.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// Lets the time go on to `now`. Packets that came in before `now` go in first.
    pub fn handle_timeout(&mut self, now: Time) {
        if let Some(expired) = self.expires_at().filter(|at| now >= *at) {
            self.expire(now, expired);
        }
        if self.send_at.is_some_and(|at| now >= at) {
            self.send(now);
        }
    }

    /// Takes a packet for this session.
    pub fn handle_packet(&mut self, now: Time, packet: &Packet) {
        let before = self.detection_shown();
        self.remote = Remote {
            discriminator: packet.my_discriminator,
            state: packet.state,
            diagnostic: packet.diagnostic,
            desired_min_tx: packet.desired_min_tx,
            required_min_rx: packet.required_min_rx,
            multiplier: packet.multiplier,
            demand: packet.demand,
        };
        if packet.is_final && self.polling {
            self.polling = false;
            self.confirmed_min_tx = self.desired_min_tx;
            self.confirmed_min_rx = self.config.min_rx;
        }
        if self.state == State::AdminDown {
            return;
        }
        self.heard = Some(now);
        let to = match (self.state, packet.state) {
            (State::Down, State::Down) => Some((State::Init, self.diagnostic)),
            (State::Down, State::Init) | (State::Init, State::Init | State::Up) => {
                Some((State::Up, Diagnostic::NONE))
            }
            (State::Init | State::Up, State::AdminDown) | (State::Up, State::Down) => {
                Some((State::Down, Diagnostic::NEIGHBOUR_DOWN))
            }
            _ => None,
        };
        if let Some((to, diagnostic)) = to {
            self.go_to(now, to, diagnostic);
        }
        self.tell_parameters(before);
        if packet.poll {
            let mut answer = self.packet();
            answer.poll = false;
            answer.is_final = true;
            self.outputs.push_back(Output::Send(answer));
        }
        self.renew_timer(now);
    }

    /// Takes another configuration. A session that is up stays so, and asks the neighbour to confirm other times.
    pub fn reload(&mut self, now: Time, config: SessionConfig) {
        let before = self.detection_shown();
        let old = std::mem::replace(&mut self.config, config);
        let desired = self.wanted_min_tx();
        let changed = desired != self.desired_min_tx || config.min_rx != old.min_rx;
        self.desired_min_tx = desired;
        if self.state == State::Up {
            if changed {
                self.begin_poll(now);
            }
        } else {
            self.confirmed_min_tx = desired;
            self.confirmed_min_rx = config.min_rx;
        }
        self.tell_parameters(before);
        self.renew_timer(now);
    }

    /// Ends it: the neighbour is told that this is meant.
    pub fn stop(&mut self, now: Time) {
        if self.state == State::AdminDown {
            return;
        }
        let heard = self.remote.discriminator != 0;
        self.go_to(now, State::AdminDown, Diagnostic::ADMIN_DOWN);
        if heard {
            let packet = self.packet();
            self.outputs.push_back(Output::Send(packet));
        }
        self.send_at = None;
        self.heard = None;
    }

    /// The time between packets of ours, without chance.
    fn transmit_interval(&self) -> Duration {
        self.desired_min_tx
            .min(self.confirmed_min_tx)
            .max(self.remote.required_min_rx)
    }

    /// How long nothing may be heard; none before anything was.
    fn detection_time(&self) -> Option<Duration> {
        if self.remote.multiplier == 0 {
            return None;
        }
        let interval = self
            .config
            .min_rx
            .max(self.confirmed_min_rx)
            .max(self.remote.desired_min_tx);
        Some(interval * u32::from(self.remote.multiplier))
    }

    fn detection_shown(&self) -> Duration {
        self.detection_time().unwrap_or_default()
    }

    fn expires_at(&self) -> Option<Time> {
        Some(self.heard? + self.detection_time()?)
    }

    fn expire(&mut self, now: Time, expired: Time) {
        let after = self.detection_shown();
        self.heard = None;
        if matches!(self.state, State::Init | State::Up) {
            self.event(Event::Expired {
                after,
                late: now.saturating_sub(expired),
            });
            self.go_to(now, State::Down, Diagnostic::EXPIRED);
        }
        // Whoever comes back may be another.
        self.remote = Remote {
            required_min_rx: Duration::from_micros(1),
            diagnostic: self.remote.diagnostic,
            ..Remote::default()
        };
        self.renew_timer(now);
    }

    const fn wanted_min_tx(&self) -> Duration {
        match self.state {
            State::Up => self.config.min_tx,
            _ if self.config.idle_tx.as_nanos() > self.config.min_tx.as_nanos() => self.config.idle_tx,
            _ => self.config.min_tx,
        }
    }

    fn go_to(&mut self, now: Time, to: State, diagnostic: Diagnostic) {
        let from = std::mem::replace(&mut self.state, to);
        self.diagnostic = diagnostic;
        let desired = self.wanted_min_tx();
        let changed = std::mem::replace(&mut self.desired_min_tx, desired) != desired;
        self.event(Event::State {
            from,
            to,
            local: diagnostic,
            remote: self.remote.diagnostic,
        });
        // The neighbour hears of it at once.
        if self.sends() {
            self.send_at = Some(now);
        }
        if to == State::Up {
            // What changes while it is up is to be confirmed (RFC 5880, section 6.8.3); faster is used at once.
            if changed {
                self.begin_poll(now);
            }
        } else {
            self.polling = false;
            self.confirmed_min_tx = desired;
            self.confirmed_min_rx = self.config.min_rx;
        }
    }

    fn begin_poll(&mut self, now: Time) {
        self.polling = true;
        self.send_at = Some(now);
        self.event(Event::PollBegun);
    }

    /// Sets the time of the next packet, when it is to come sooner than it would have, or not at all.
    fn renew_timer(&mut self, now: Time) {
        if !self.sends() {
            self.send_at = None;
            return;
        }
        let interval = self.transmit_interval();
        if self.send_at.is_none_or(|at| at > now + interval) {
            self.send_at = Some(now + self.spread(interval));
        }
    }

    /// Whether packets go out by the clock (RFC 5880, section 6.8.7).
    const fn sends(&self) -> bool {
        let waits = self.config.passive && self.remote.discriminator == 0;
        let both_up = matches!((self.state, self.remote.state), (State::Up, State::Up));
        let unwanted = self.remote.demand && both_up && !self.polling;
        let refused = self.remote.required_min_rx.is_zero() && !self.polling;
        !(waits || unwanted || refused || matches!(self.state, State::AdminDown))
    }

    fn send(&mut self, now: Time) {
        if !self.sends() {
            self.send_at = None;
            return;
        }
        let packet = self.packet();
        self.outputs.push_back(Output::Send(packet));
        self.send_at = Some(now + self.spread(self.transmit_interval()));
    }

    /// A time that is up to a quarter shorter (RFC 5880, section 6.8.7): with a multiplier of 1 a tenth at least.
    fn spread(&mut self, interval: Duration) -> Duration {
        let (least, most) = (interval * 3 / 4, interval * 9 / 10);
        let most = if self.config.multiplier == 1 {
            most
        } else {
            interval
        };
        self.random.span(&(least..most.max(least)))
    }

    const fn packet(&self) -> Packet {
        Packet {
            diagnostic: self.diagnostic,
            state: self.state,
            poll: self.polling,
            is_final: false,
            independent: false,
            demand: false,
            multiplier: self.config.multiplier,
            my_discriminator: self.discriminator,
            your_discriminator: self.remote.discriminator,
            desired_min_tx: self.desired_min_tx,
            required_min_rx: self.config.min_rx,
            // Nothing is sent back as it is.
            required_min_echo_rx: Duration::ZERO,
        }
    }

    fn event(&mut self, event: Event) {
        self.outputs.push_back(Output::Event(event));
    }

    fn tell_parameters(&mut self, before: Duration) {
        let now = self.parameters();
        if self.parameters == Some(now) {
            return;
        }
        self.parameters = Some(now);
        self.event(Event::Parameters {
            now,
            detection_before: (before != now.local.4).then_some(before),
        });
    }
}
