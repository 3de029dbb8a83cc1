//! Sessions against each other on virtual time, and each rule of RFC 5880, section 6.8, that one alone can show.

use std::time::Duration;

use vrrp_proto::Time;
use vrrp_proto::bfd::{Diagnostic, Event, Output, Packet, Session, SessionConfig, State};
use vrrp_proto::sim::Random;

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn config() -> SessionConfig {
    SessionConfig {
        min_rx: ms(50),
        min_tx: ms(50),
        multiplier: 3,
        ..SessionConfig::default()
    }
}

/// Two sessions and the way between them.
struct Pair {
    now: Time,
    sessions: [Session; 2],
    /// When it arrives, whose it is, and what.
    flying: Vec<(Time, usize, Packet)>,
    cut: bool,
    loss_permille: u16,
    delay: Duration,
    random: Random,
    sent: [Vec<(Time, Packet)>; 2],
    events: [Vec<(Time, Event)>; 2],
}

impl Pair {
    fn new(configs: [SessionConfig; 2], seed: u64) -> Self {
        Self {
            now: Time::ZERO,
            sessions: [0, 1].map(|at| {
                let number = u32::try_from(at).unwrap_or(0) + 7;
                Session::new(Time::ZERO, configs[at], number, seed * 2 + at as u64)
            }),
            flying: Vec::new(),
            cut: false,
            loss_permille: 0,
            delay: ms(1),
            random: Random::new(seed),
            sent: Default::default(),
            events: Default::default(),
        }
    }

    fn drain(&mut self) {
        for at in 0..2 {
            while let Some(output) = self.sessions[at].poll_output() {
                match output {
                    Output::Send(packet) => {
                        assert_eq!(Packet::decode(&packet.encode()), Ok(packet), "it is what is read");
                        self.sent[at].push((self.now, packet));
                        if !self.cut && !self.random.happens(self.loss_permille) {
                            self.flying.push((self.now + self.delay, 1 - at, packet));
                        }
                    }
                    Output::Event(event) => self.events[at].push((self.now, event)),
                }
            }
        }
    }

    fn run(&mut self, time: Duration) {
        let end = self.now + time;
        loop {
            self.drain();
            let timers = self.sessions.iter().filter_map(Session::poll_timeout);
            let next = timers.chain(self.flying.iter().map(|(at, ..)| *at)).min();
            let Some(next) = next.filter(|next| *next <= end) else {
                break;
            };
            self.now = self.now.max(next);
            let now = self.now;
            let (due, later) = std::mem::take(&mut self.flying)
                .into_iter()
                .partition(|(at, ..)| *at <= now);
            self.flying = later;
            for (_, to, packet) in due {
                self.sessions[to].handle_packet(now, &packet);
            }
            for session in &mut self.sessions {
                if session.poll_timeout().is_some_and(|at| at <= now) {
                    session.handle_timeout(now);
                }
            }
        }
        self.now = end;
    }

    fn states(&self) -> [State; 2] {
        [0, 1].map(|at| self.sessions[at].state())
    }
}

fn up() -> Pair {
    let mut pair = Pair::new([config(); 2], 1);
    pair.run(ms(5000));
    assert_eq!(pair.states(), [State::Up; 2]);
    pair
}

#[test]
fn two_find_each_other_and_agree_on_their_times() {
    let pair = up();
    for at in 0..2 {
        let parameters = pair.sessions[at].parameters();
        assert_eq!(parameters.local, (ms(50), ms(50), ms(50), 3, ms(150)));
        assert_eq!(parameters.remote, (ms(50), ms(50), ms(50), 3, ms(150)));
        assert!(!pair.sessions[at].is_polling(), "the new times are confirmed");
        let polls = pair.events[at]
            .iter()
            .filter(|(_, event)| *event == Event::PollBegun);
        assert_eq!(polls.count(), 1);
    }
    // While it is down nobody sends faster than once in 750 ms, but for what has changed.
    let idle: Vec<_> = pair.sent[0]
        .iter()
        .filter(|(_, packet)| packet.state != State::Up)
        .collect();
    assert!(idle.iter().all(|(_, packet)| packet.desired_min_tx == ms(1000)));
}

#[test]
fn the_end_of_the_other_is_noticed_after_the_detection_time() {
    let mut pair = up();
    let last = pair.sent[1].last().expect("a packet").0 + pair.delay;
    pair.cut = true;
    let cut = pair.now;
    pair.run(ms(400));
    assert_eq!(pair.states(), [State::Down; 2]);
    let (at, event) = pair.events[0]
        .iter()
        .find(|(at, event)| *at > cut && matches!(event, Event::State { .. }))
        .expect("a change");
    assert_eq!(*at, last + ms(150));
    assert_eq!(
        *event,
        Event::State {
            from: State::Up,
            to: State::Down,
            local: Diagnostic::EXPIRED,
            remote: Diagnostic::NONE
        }
    );
    assert_eq!(pair.sessions[0].remote_discriminator(), 0, "it is forgotten");
    pair.cut = false;
    pair.run(ms(3000));
    assert_eq!(pair.states(), [State::Up; 2]);
}

#[test]
fn times_are_spread_as_the_rfc_wants_it() {
    for (multiplier, most) in [(3, 1000), (1, 900)] {
        let config = SessionConfig {
            multiplier,
            ..config()
        };
        let mut pair = Pair::new([config; 2], 5);
        pair.run(ms(30_000));
        let from = pair.now - ms(20_000);
        let times: Vec<Time> = pair.sent[0]
            .iter()
            .map(|(at, _)| *at)
            .filter(|at| *at > from)
            .collect();
        assert!(times.len() > 300, "{}", times.len());
        for gap in times.windows(2).map(|pair| pair[1] - pair[0]) {
            assert!(gap >= ms(50) * 3 / 4 && gap <= ms(50) * most / 1000, "{gap:?}");
        }
    }
}

#[test]
fn the_slower_of_two_wishes_holds() {
    let slow = SessionConfig {
        min_rx: ms(300),
        min_tx: ms(200),
        ..config()
    };
    let mut pair = Pair::new([config(), slow], 3);
    pair.run(ms(8000));
    let [fast, slow] = [0, 1].map(|at| pair.sessions[at].parameters().local);
    assert_eq!((fast.2, fast.4), (ms(300), ms(600)));
    assert_eq!((slow.2, slow.4), (ms(200), ms(900)));
}

#[test]
fn a_passive_one_waits_to_be_spoken_to() {
    let passive = SessionConfig {
        passive: true,
        ..config()
    };
    let mut both = Pair::new([passive; 2], 4);
    both.run(ms(10_000));
    assert!(both.sent.iter().all(Vec::is_empty));
    let mut one = Pair::new([passive, config()], 4);
    one.run(ms(5000));
    assert_eq!(one.states(), [State::Up; 2]);
}

#[test]
fn who_is_stopped_says_so_and_the_other_does_not_wait() {
    let mut pair = up();
    let now = pair.now;
    pair.sessions[0].stop(now);
    pair.run(ms(5));
    assert_eq!(pair.states(), [State::AdminDown, State::Down]);
    assert_eq!(
        pair.sessions[1].diagnostics(),
        (Diagnostic::NEIGHBOUR_DOWN, Diagnostic::ADMIN_DOWN)
    );
    pair.run(ms(5000));
    assert_eq!(pair.states(), [State::AdminDown, State::Down]);
}

#[test]
fn other_times_are_confirmed_before_they_hold() {
    let mut pair = up();
    let now = pair.now;
    let slower = SessionConfig {
        min_rx: ms(20),
        min_tx: ms(400),
        ..config()
    };
    pair.sessions[0].reload(now, slower);
    // More time between packets than the other knows of would end the session.
    assert_eq!(pair.sessions[0].parameters().local.2, ms(50));
    assert_eq!(pair.sessions[0].parameters().local.4, ms(150));
    assert!(pair.sessions[0].is_polling());
    pair.run(ms(1000));
    assert_eq!(pair.states(), [State::Up; 2]);
    assert_eq!(pair.sessions[0].parameters().local.2, ms(400));
    assert_eq!(pair.sessions[1].parameters().local.4, ms(1200));
    let changes = pair
        .events
        .iter()
        .flatten()
        .filter(|(at, event)| *at > now && matches!(event, Event::State { .. }));
    assert_eq!(changes.count(), 0);
}

#[test]
fn one_that_wants_nothing_is_sent_nothing() {
    let mut session = Session::new(Time::ZERO, config(), 7, 1);
    let packet = Packet {
        state: State::Init,
        multiplier: 3,
        my_discriminator: 9,
        your_discriminator: 7,
        desired_min_tx: ms(50),
        required_min_rx: ms(50),
        ..Packet::default()
    };
    session.handle_packet(ms(10), &packet);
    assert_eq!(session.state(), State::Up);
    session.handle_packet(
        ms(11),
        &Packet {
            state: State::Up,
            is_final: true,
            ..packet
        },
    );
    assert!(!session.is_polling());
    let silent = Packet {
        state: State::Up,
        required_min_rx: Duration::ZERO,
        ..packet
    };
    for demand in [false, true] {
        let packet = Packet {
            demand,
            required_min_rx: if demand { ms(50) } else { Duration::ZERO },
            ..silent
        };
        session.handle_packet(ms(20), &packet);
        while session.poll_output().is_some() {}
        // Only the end of the other is waited for.
        assert_eq!(session.poll_timeout(), Some(ms(170)));
        // A question is answered all the same.
        session.handle_packet(ms(20), &Packet { poll: true, ..packet });
        let answer = std::iter::from_fn(|| session.poll_output()).find_map(|output| match output {
            Output::Send(packet) => Some(packet),
            Output::Event(_) => None,
        });
        let answer = answer.expect("an answer");
        assert!(answer.is_final && !answer.poll && !answer.demand);
        assert_eq!(answer.required_min_echo_rx, Duration::ZERO);
    }
}

#[test]
fn whatever_the_network_loses_both_are_of_one_mind_in_the_end() {
    for seed in 0..500 {
        let mut random = Random::new(seed);
        let configs = [(); 2].map(|()| SessionConfig {
            min_rx: ms(10 + random.below(200)),
            min_tx: ms(10 + random.below(200)),
            multiplier: 2 + u8::try_from(random.below(4)).unwrap_or(0),
            passive: false,
            ..SessionConfig::default()
        });
        let mut pair = Pair::new(configs, seed);
        for _ in 0..6 {
            pair.cut = random.happens(300);
            pair.loss_permille = u16::try_from(random.below(700)).unwrap_or(0);
            pair.delay = ms(random.below(30));
            let time = ms(random.below(3000));
            pair.run(time);
        }
        pair.cut = true;
        pair.run(ms(16_000));
        assert!(
            !pair.states().contains(&State::Up),
            "seed {seed}: {:?}",
            pair.states()
        );
        pair.cut = false;
        pair.loss_permille = 0;
        pair.run(ms(4000));
        assert_eq!(pair.states(), [State::Up; 2], "seed {seed}");
    }
}
