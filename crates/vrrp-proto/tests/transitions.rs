//! Each transition of RFC 3768 (section 6.4) and of the original's tracking, with the time handed in. What the original was
//! recorded to do stands in `original.rs`; here stand the corners that no recording reaches, and where Holdfast does better.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use vrrp_proto::track::{Health, TrackId, Tracked};
use vrrp_proto::wire::{Advert, Datagram, Fault, FaultKind, Version};
use vrrp_proto::{
    AnnounceCause, Event, InitialState, Input, Instance, InstanceConfig, Output, StateKind, Time,
};

const OWN: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 168, 0, 2));
const HIGHER: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 168, 0, 3));
const LOWER: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 168, 0, 1));
const VIP: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 168, 0, 99));

/// Master-down interval and skew of priority 100 at one second.
const DOWN: Duration = Duration::from_micros(3_609_375);
const SKEW: Duration = Duration::from_micros(609_375);

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn config() -> InstanceConfig {
    InstanceConfig::new(51, OWN, vec![VIP])
}

fn tracking(weights: &[i32]) -> InstanceConfig {
    let tracked = (0..).zip(weights).map(|(id, weight)| Tracked {
        id: TrackId(id),
        weight: *weight,
        reverse: false,
    });
    InstanceConfig {
        tracked: tracked.collect(),
        ..config()
    }
}

/// An instance, the time, and what it did last.
struct Bench {
    instance: Instance,
    now: Time,
    did: Vec<(Time, Output)>,
}

impl Bench {
    fn new(config: InstanceConfig) -> Self {
        Self {
            instance: Instance::new(config),
            now: Time::from_secs(1000),
            did: Vec::new(),
        }
    }

    fn started(config: InstanceConfig) -> Self {
        let mut bench = Self::new(config);
        bench.input(Input::Start);
        bench
    }

    fn master(config: InstanceConfig) -> Self {
        let mut bench = Self::started(config);
        for id in 0..4 {
            bench.input(Input::Track {
                id: TrackId(id),
                health: Health::Up,
            });
        }
        bench.pass(ms(3999));
        assert_eq!(bench.state(), StateKind::Master);
        // Half-way between two adverts.
        let next = bench.instance.poll_timeout().expect("a master has timers");
        bench.pass(next + ms(500) - bench.now);
        bench.did.clear();
        bench
    }

    fn collect(&mut self) {
        while let Some(output) = self.instance.poll_output() {
            self.did.push((self.now, output));
        }
    }

    fn input(&mut self, input: Input<'_>) {
        self.did.clear();
        self.instance.handle_input(self.now, input);
        self.collect();
    }

    fn track(&mut self, id: u32, health: Health) {
        self.input(Input::Track {
            id: TrackId(id),
            health,
        });
    }

    fn pass(&mut self, span: Duration) {
        self.did.clear();
        let end = self.now + span;
        while let Some(at) = self.instance.poll_timeout().filter(|at| *at <= end) {
            self.now = at;
            self.instance.handle_timeout(at);
            self.collect();
        }
        self.now = end;
    }

    fn hears_advert(&mut self, source: IpAddr, change: impl FnOnce(&mut Advert)) {
        let config = self.instance.config();
        let (destination, header_length, ttl) = (config.destination, 20, 255);
        let mut advert = Advert {
            version: config.version,
            vrid: config.vrid,
            priority: 100,
            interval: config.advert_interval,
            auth: config.auth,
            addresses: config.addresses.clone(),
        };
        change(&mut advert);
        let payload = advert.encode(source, destination);
        self.input(Input::Packet(Datagram {
            source,
            destination,
            ttl,
            header_length,
            authentication: None,
            payload: &payload,
        }));
    }

    fn hears(&mut self, source: IpAddr, priority: u8) {
        self.hears_advert(source, |advert| advert.priority = priority);
    }

    fn state(&self) -> StateKind {
        self.instance.state()
    }

    /// How long it is until the next timer.
    fn left(&self) -> Duration {
        self.instance.poll_timeout().expect("a timer") - self.now
    }

    fn sent(&self) -> Vec<u8> {
        self.did
            .iter()
            .filter_map(|(_, output)| match output {
                Output::Send { priority, .. } => Some(*priority),
                _ => None,
            })
            .collect()
    }

    fn did(&self, wanted: &Output) -> bool {
        self.did.iter().any(|(_, output)| output == wanted)
    }

    fn told(&self, wanted: &Event) -> bool {
        self.did(&Output::Event(wanted.clone()))
    }

    fn lines(&self) -> Vec<String> {
        self.did.iter().filter_map(|(_, output)| output.line()).collect()
    }
}

// Init.

#[test]
fn nothing_happens_before_the_start() {
    let mut bench = Bench::new(config());
    bench.pass(ms(60_000));
    bench.hears(HIGHER, 200);
    assert_eq!((bench.state(), bench.did.len()), (StateKind::Init, 0));
    assert_eq!(bench.instance.poll_timeout(), None);
}

#[test]
fn an_instance_starts_as_backup_whatever_state_the_file_gives_it() {
    for initial_state in [InitialState::Master, InitialState::Backup] {
        let bench = Bench::started(InstanceConfig {
            initial_state,
            ..config()
        });
        assert_eq!(bench.lines(), ["removing VIPs.", "Entering BACKUP STATE (init)"]);
        assert_eq!(bench.left(), DOWN);
    }
}

#[test]
fn the_owner_that_starts_as_master_does_not_wait() {
    let bench = Bench::started(InstanceConfig {
        priority: 255,
        initial_state: InitialState::Master,
        ..config()
    });
    assert_eq!((bench.state(), bench.sent()), (StateKind::Master, vec![255]));
}

#[test]
fn a_second_start_changes_nothing() {
    let mut bench = Bench::master(config());
    bench.input(Input::Start);
    assert_eq!((bench.state(), bench.did.len()), (StateKind::Master, 0));
}

// Backup.

#[test]
fn a_backup_that_hears_nothing_becomes_master_and_says_so_before_all_else() {
    let mut bench = Bench::started(config());
    bench.pass(DOWN - Duration::from_micros(1));
    assert_eq!(bench.state(), StateKind::Backup);
    bench.pass(Duration::from_micros(1));
    assert_eq!(bench.state(), StateKind::Master);
    let outputs: Vec<&Output> = bench.did.iter().map(|(_, output)| output).collect();
    let [
        Output::Event(Event::AdvertTimeout),
        Output::State(transition),
        Output::Send { priority: 100, .. },
        Output::AddAddresses,
        Output::Announce {
            repeat: 5,
            cause: AnnounceCause::Master,
        },
    ] = outputs[..]
    else {
        panic!("{outputs:?}")
    };
    assert_eq!(
        (transition.from, transition.to),
        (StateKind::Backup, StateKind::Master)
    );
}

#[test]
fn a_backup_waits_anew_after_each_advert_of_a_better_or_equal_master() {
    for (source, priority) in [
        (HIGHER, 150),
        (LOWER, 101),
        (HIGHER, 100),
        (LOWER, 100),
        (LOWER, 255),
    ] {
        let mut bench = Bench::started(config());
        bench.pass(ms(3000));
        bench.hears(source, priority);
        assert_eq!(
            (bench.left(), bench.did.len()),
            (DOWN, 0),
            "{priority} from {source}"
        );
    }
}

#[test]
fn a_backup_waits_for_the_skew_alone_after_an_advert_of_priority_zero() {
    let mut bench = Bench::started(config());
    bench.hears(HIGHER, 0);
    assert!(bench.told(&Event::BackupHeardZero));
    assert_eq!(bench.left(), SKEW);
}

#[test]
fn a_backup_that_was_faster_than_another_one_waits_for_it_in_full_again() {
    let mut bench = Bench::started(config());
    bench.hears(HIGHER, 0);
    bench.pass(ms(100));
    bench.hears(HIGHER, 150);
    assert_eq!(bench.left(), DOWN);
}

#[test]
fn a_lower_master_does_not_hold_up_a_backup_that_preempts() {
    let mut bench = Bench::started(config());
    bench.pass(ms(1000));
    bench.hears(HIGHER, 99);
    assert!(bench.told(&Event::DiscardedLower {
        source: HIGHER,
        priority: 99
    }));
    assert_eq!(bench.left(), DOWN - ms(1000));
}

#[test]
fn a_lower_master_is_followed_by_a_backup_that_does_not_preempt() {
    let mut bench = Bench::started(InstanceConfig {
        preempt: false,
        ..config()
    });
    bench.pass(ms(1000));
    bench.hears(LOWER, 1);
    assert_eq!((bench.left(), bench.did.len()), (DOWN, 0));
}

#[test]
fn patience_with_a_lower_master_starts_anew_after_a_better_one() {
    let mut bench = Bench::started(InstanceConfig {
        preempt_delay: ms(2500),
        ..config()
    });
    bench.hears(LOWER, 50);
    assert!(bench.told(&Event::PreemptDelayStarted(ms(2500))));
    bench.pass(ms(2000));
    bench.hears(HIGHER, 150);
    bench.pass(ms(2000));
    bench.hears(LOWER, 50);
    assert!(bench.told(&Event::PreemptDelayStarted(ms(2500))));
    bench.pass(ms(2500));
    bench.hears(LOWER, 50);
    assert!(bench.told(&Event::DiscardedLower {
        source: LOWER,
        priority: 50
    }));
}

#[test]
fn a_lower_master_that_dies_is_replaced_without_more_patience() {
    let mut bench = Bench::started(InstanceConfig {
        preempt_delay: ms(60_000),
        ..config()
    });
    bench.hears(LOWER, 50);
    assert_eq!(bench.left(), DOWN);
}

#[test]
fn a_priority_that_changes_moves_the_end_of_the_wait() {
    let mut bench = Bench::started(tracking(&[-90]));
    bench.pass(ms(1000));
    bench.track(0, Health::Down);
    assert!(bench.told(&Event::PriorityChanged { from: 100, to: 10 }));
    assert_eq!(bench.left(), ms(2000) + Duration::from_micros(960_937));
}

#[test]
fn a_priority_that_changes_leaves_a_short_wait_short() {
    let mut bench = Bench::started(tracking(&[-90]));
    bench.hears(HIGHER, 0);
    bench.track(0, Health::Down);
    assert_eq!(bench.left(), Duration::from_micros(960_937));
}

#[test]
fn a_backup_that_stops_says_nothing() {
    let mut bench = Bench::started(config());
    bench.input(Input::Stop);
    assert_eq!((bench.state(), bench.did.len()), (StateKind::Init, 1));
    assert_eq!(bench.instance.poll_timeout(), None);
    bench.input(Input::Stop);
    assert!(bench.did.is_empty(), "it has stopped already");
}

#[test]
fn version_3_takes_the_interval_of_the_master_and_gives_it_back() {
    let mut bench = Bench::started(InstanceConfig {
        version: Version::V3,
        ..config()
    });
    bench.hears_advert(HIGHER, |advert| {
        (advert.priority, advert.interval) = (150, ms(200));
    });
    assert_eq!(
        bench.lines(),
        ["advertisement interval updated from 1000ms to 200ms by master"]
    );
    assert_eq!(bench.left(), ms(600) + Duration::from_micros(121_875));
    bench.pass(ms(800));
    assert_eq!(bench.state(), StateKind::Master);
    assert!(bench.told(&Event::IntervalRestored {
        from: ms(200),
        to: ms(1000)
    }));
    // It took over after 721.875 ms, and its adverts come each second.
    assert_eq!(bench.left(), Duration::from_micros(921_875));
}

// Master.

#[test]
fn a_master_sends_an_advert_each_interval_and_late_timers_do_not_add_up() {
    let mut bench = Bench::started(config());
    bench.pass(DOWN);
    let first = bench.now;
    for n in 1..=20 {
        bench.now = first + ms(1000) * n + ms(70);
        bench.instance.handle_timeout(bench.now);
        bench.collect();
        let due = first + ms(1000) * (n + 1);
        let again = first + ms(5000);
        let next = if n < 5 { due.min(again) } else { due };
        assert_eq!(bench.instance.poll_timeout(), Some(next));
    }
}

#[test]
fn a_master_that_was_suspended_makes_up_for_no_adverts() {
    let mut bench = Bench::master(config());
    bench.now += ms(60_300);
    bench.instance.handle_timeout(bench.now);
    bench.did.clear();
    bench.collect();
    assert_eq!(bench.sent(), [100]);
    assert_eq!(bench.left(), ms(1000));
}

#[test]
fn a_master_tells_neighbours_a_second_time() {
    let mut bench = Bench::started(config());
    bench.pass(DOWN);
    bench.pass(ms(4999));
    assert!(
        !bench
            .did
            .iter()
            .any(|(_, output)| matches!(output, Output::Announce { .. }))
    );
    bench.pass(ms(1));
    assert!(bench.did(&Output::Announce {
        repeat: 5,
        cause: AnnounceCause::MasterAgain
    }));
    bench.pass(ms(60_000));
    assert!(
        !bench
            .did
            .iter()
            .any(|(_, output)| matches!(output, Output::Announce { .. }))
    );
}

#[test]
fn a_master_gives_way_to_a_better_one_and_waits_for_it() {
    for (source, priority) in [(LOWER, 101), (HIGHER, 100), (LOWER, 255)] {
        let mut bench = Bench::master(config());
        bench.hears(source, priority);
        assert_eq!(bench.state(), StateKind::Backup);
        assert!(bench.did(&Output::RemoveAddresses));
        assert_eq!((bench.sent(), bench.left()), (vec![], DOWN));
    }
}

#[test]
fn version_3_gives_way_at_the_interval_of_the_better_master() {
    let mut bench = Bench::master(InstanceConfig {
        version: Version::V3,
        ..config()
    });
    bench.hears_advert(HIGHER, |advert| {
        (advert.priority, advert.interval) = (150, ms(200));
    });
    assert!(bench.told(&Event::IntervalAdopted {
        from: ms(1000),
        to: ms(200)
    }));
    assert_eq!(bench.left(), ms(600) + Duration::from_micros(121_875));
}

#[test]
fn bursts_that_are_still_to_come_are_not_collected_without_end() {
    let mut bench = Bench::master(config());
    for _ in 0..49 {
        bench.hears(LOWER, 50);
        bench.pass(ms(100));
    }
    let mut bursts = 0;
    for _ in 0..50 {
        bench.pass(ms(100));
        let again = Output::Announce {
            repeat: 5,
            cause: AnnounceCause::LowerPriorityAgain,
        };
        bursts += usize::from(bench.did(&again));
    }
    assert_eq!(bursts, 32);
}

#[test]
fn a_master_puts_a_lower_one_right_at_once() {
    for (source, priority) in [(HIGHER, 99), (LOWER, 100)] {
        let mut bench = Bench::master(config());
        bench.hears(source, priority);
        assert_eq!((bench.state(), bench.sent()), (StateKind::Master, vec![100]));
        assert!(bench.did(&Output::Announce {
            repeat: 5,
            cause: AnnounceCause::LowerPriority
        }));
        assert_eq!(bench.left(), ms(1000));
    }
}

#[test]
fn a_master_answers_one_that_stops_at_once() {
    let mut bench = Bench::master(config());
    bench.hears(LOWER, 0);
    assert_eq!(
        (bench.state(), bench.sent(), bench.left()),
        (StateKind::Master, vec![100], ms(1000))
    );
}

#[test]
fn a_master_that_stops_says_so_and_gives_the_addresses_back() {
    let mut bench = Bench::master(config());
    bench.input(Input::Stop);
    assert_eq!((bench.state(), bench.sent()), (StateKind::Init, vec![0]));
    assert_eq!(bench.lines(), ["sent 0 priority", "removing VIPs."]);
    let counters = bench.instance.counters();
    assert_eq!(
        (
            counters.zero_sent,
            counters.became_master,
            counters.released_master
        ),
        (1, 1, 1)
    );
}

#[test]
fn a_master_that_loses_an_address_takes_it_again_after_the_skew() {
    let mut bench = Bench::master(config());
    bench.input(Input::AddressLost);
    assert_eq!(
        (bench.state(), bench.sent(), bench.left()),
        (StateKind::Backup, vec![0], SKEW)
    );
    assert!(bench.did(&Output::RemoveAddresses));
}

#[test]
fn a_backup_that_loses_an_address_had_none() {
    let mut bench = Bench::started(config());
    bench.input(Input::AddressLost);
    assert_eq!(
        (bench.state(), bench.did.len(), bench.left()),
        (StateKind::Backup, 0, DOWN)
    );
}

/// The original puts its next advert off with each packet that it refuses, so that a flood of them silences a master.
#[test]
fn refused_packets_do_not_put_off_an_advert() {
    let mut bench = Bench::master(config());
    let left = bench.left();
    type Change = fn(&mut Advert);
    let refused: [(FaultKind, Change); 3] = [
        (FaultKind::Interval, |advert| advert.interval = ms(7000)),
        (FaultKind::AddressList, |advert| advert.addresses.clear()),
        (FaultKind::Version, |advert| advert.version = Version::V3),
    ];
    for (kind, change) in refused {
        bench.hears_advert(HIGHER, |advert| {
            advert.priority = 200;
            change(advert);
        });
        assert_eq!(bench.instance.counters().fault(kind), 1, "{kind:?}");
        assert_eq!((bench.state(), bench.left()), (StateKind::Master, left));
    }
    assert_eq!(bench.instance.counters().faults(), 3);
    assert_eq!(bench.instance.counters().adverts_received, 0);
}

/// The original takes an interval of zero for what it says, and becomes master and backup in turn without end.
#[test]
fn version_3_refuses_an_interval_of_zero() {
    let mut bench = Bench::started(InstanceConfig {
        version: Version::V3,
        ..config()
    });
    bench.hears_advert(HIGHER, |advert| {
        (advert.priority, advert.interval) = (150, Duration::ZERO);
    });
    assert!(bench.told(&Event::Rejected(Fault::IntervalZero)));
    assert_eq!(bench.left(), DOWN);
}

#[test]
fn two_owners_are_told_of_and_we_are_none_until_the_file_is_read_again() {
    let owner = InstanceConfig {
        priority: 255,
        ..config()
    };
    let mut bench = Bench::master(owner.clone());
    bench.hears(LOWER, 255);
    assert!(bench.told(&Event::TwoOwners));
    assert_eq!(
        (bench.state(), bench.instance.effective_priority()),
        (StateKind::Backup, 254)
    );
    bench.input(Input::Reload(Box::new(owner)));
    assert_eq!(bench.instance.effective_priority(), 255);
}

// Fault and tracking.

#[test]
fn an_interface_that_is_down_at_the_start_is_a_fault_from_the_beginning() {
    let mut bench = Bench::new(config());
    bench.input(Input::Interface { up: false });
    bench.input(Input::Start);
    assert_eq!(bench.lines(), ["entering FAULT state", "removing VIPs."]);
    bench.pass(ms(60_000));
    assert_eq!(bench.state(), StateKind::Fault);
    bench.input(Input::Interface { up: true });
    assert_eq!((bench.state(), bench.left()), (StateKind::Backup, DOWN));
}

#[test]
fn a_master_in_a_fault_says_twice_that_it_stops() {
    let mut bench = Bench::master(config());
    bench.input(Input::Interface { up: false });
    assert_eq!((bench.state(), bench.sent()), (StateKind::Fault, vec![0, 0]));
    assert!(bench.did(&Output::RemoveAddresses));
    assert_eq!(bench.instance.poll_timeout(), None);
}

#[test]
fn a_fault_ends_with_the_last_of_its_causes() {
    let mut bench = Bench::master(tracking(&[0, 0]));
    bench.track(0, Health::Down);
    assert_eq!(bench.state(), StateKind::Fault);
    bench.track(1, Health::Down);
    bench.input(Input::Interface { up: false });
    bench.track(0, Health::Up);
    bench.input(Input::Interface { up: true });
    assert_eq!(bench.state(), StateKind::Fault);
    bench.track(1, Health::Up);
    assert_eq!((bench.state(), bench.left()), (StateKind::Backup, DOWN));
}

#[test]
fn an_instance_in_a_fault_hears_nothing() {
    let mut bench = Bench::started(config());
    bench.input(Input::Interface { up: false });
    bench.hears(HIGHER, 0);
    assert_eq!((bench.state(), bench.did.len()), (StateKind::Fault, 0));
    bench.input(Input::Stop);
    assert_eq!((bench.state(), bench.sent()), (StateKind::Init, vec![]));
}

#[test]
fn a_start_waits_for_the_first_result_of_a_script_without_weight() {
    let mut bench = Bench::started(tracking(&[0, 0, 20]));
    assert_eq!(
        (bench.state(), bench.lines()),
        (StateKind::Fault, vec!["removing VIPs.".to_owned()])
    );
    bench.track(0, Health::Up);
    assert_eq!((bench.state(), bench.did.len()), (StateKind::Fault, 0));
    bench.track(1, Health::Up);
    assert_eq!(
        (bench.state(), bench.lines()),
        (StateKind::Backup, vec!["Entering BACKUP STATE".to_owned()])
    );
}

#[test]
fn a_first_result_that_is_bad_is_told_to_scripts_but_not_logged() {
    let mut bench = Bench::started(tracking(&[0]));
    bench.track(0, Health::Down);
    assert!(matches!(
        bench.did[..],
        [(_, Output::State(transition))] if transition.from == StateKind::Fault && transition.to == StateKind::Fault
    ));
    assert!(bench.lines().is_empty());
    bench.track(0, Health::Down);
    assert!(bench.did.is_empty(), "once is enough");
}

#[test]
fn weights_add_up_and_stay_in_range() {
    let mut bench = Bench::master(tracking(&[20, -30, 253]));
    assert_eq!(bench.instance.effective_priority(), 254);
    bench.track(2, Health::Down);
    assert_eq!(bench.instance.effective_priority(), 120);
    bench.track(1, Health::Down);
    assert_eq!(bench.instance.effective_priority(), 90);
    bench.track(0, Health::Down);
    assert_eq!(bench.instance.effective_priority(), 70);
    assert_eq!(bench.state(), StateKind::Master);
    bench.pass(ms(1000));
    assert_eq!(bench.sent(), [70], "others learn of it with the next advert");
}

#[test]
fn a_weight_turned_round_works_the_other_way() {
    let reversed = |weight| {
        let tracked = vec![Tracked {
            id: TrackId(0),
            weight,
            reverse: true,
        }];
        Bench::started(InstanceConfig { tracked, ..config() })
    };
    let cases = [
        (20, Health::Up, 80),
        (20, Health::Down, 100),
        (-20, Health::Up, 100),
        (-20, Health::Down, 120),
    ];
    for (weight, health, priority) in cases {
        let mut bench = reversed(weight);
        bench.track(0, health);
        assert_eq!(
            bench.instance.effective_priority(),
            priority,
            "{weight} {health:?}"
        );
    }
    let mut bench = reversed(0);
    bench.track(0, Health::Up);
    assert_eq!(bench.state(), StateKind::Fault);
    bench.track(0, Health::Down);
    assert_eq!(bench.state(), StateKind::Backup);
}

#[test]
fn no_weight_moves_the_owner_but_a_fault_does() {
    let mut bench = Bench::master(InstanceConfig {
        priority: 255,
        ..tracking(&[-100, 0])
    });
    bench.track(0, Health::Down);
    assert_eq!((bench.instance.effective_priority(), bench.did.len()), (255, 0));
    bench.track(1, Health::Down);
    assert_eq!(bench.state(), StateKind::Fault);
}

#[test]
fn what_is_not_tracked_means_nothing() {
    let mut bench = Bench::master(config());
    bench.track(7, Health::Down);
    assert_eq!((bench.state(), bench.did.len()), (StateKind::Master, 0));
}

// Reload.

#[test]
fn a_master_stays_master_over_a_reload_and_tells_its_new_priority_at_once() {
    let mut bench = Bench::master(config());
    bench.input(Input::Reload(Box::new(InstanceConfig {
        priority: 120,
        ..config()
    })));
    assert_eq!(
        (bench.state(), bench.sent(), bench.left()),
        (StateKind::Master, vec![120], ms(1000))
    );
    assert!(bench.did(&Output::AddAddresses));
    assert!(
        !bench
            .did
            .iter()
            .any(|(_, output)| matches!(output, Output::Announce { .. }))
    );
}

#[test]
fn other_addresses_after_a_reload_are_announced() {
    let mut bench = Bench::master(config());
    bench.input(Input::Reload(Box::new(InstanceConfig {
        addresses: vec![VIP, HIGHER],
        ..config()
    })));
    assert!(bench.did(&Output::Announce {
        repeat: 5,
        cause: AnnounceCause::Master
    }));
}

#[test]
fn a_master_known_before_a_reload_has_its_addresses_looked_at_again() {
    let config = InstanceConfig {
        skip_check_adv_addr: true,
        ..config()
    };
    let mut bench = Bench::started(config.clone());
    let wrong = |advert: &mut Advert| {
        advert.priority = 150;
        advert.addresses = vec![HIGHER];
    };
    bench.hears(HIGHER, 150);
    bench.hears_advert(HIGHER, wrong);
    assert_eq!(
        bench.instance.counters().faults(),
        0,
        "it is the same master as before"
    );
    bench.input(Input::Reload(Box::new(config)));
    bench.hears_advert(HIGHER, wrong);
    assert_eq!(bench.instance.counters().fault(FaultKind::AddressList), 1);
}

#[test]
fn a_backup_goes_on_waiting_over_a_reload_with_its_new_figures() {
    let mut bench = Bench::started(config());
    bench.pass(ms(2000));
    bench.input(Input::Reload(Box::new(InstanceConfig {
        advert_interval: ms(2000),
        ..config()
    })));
    assert_eq!(bench.left(), ms(4000) + SKEW);
}

#[test]
fn a_script_that_is_new_after_a_reload_does_not_stop_a_master_until_it_fails() {
    let mut bench = Bench::master(config());
    bench.input(Input::Reload(Box::new(tracking(&[0]))));
    // Its state is known from before, as Bench::master told it: one that nobody knows of comes next.
    assert_eq!(bench.state(), StateKind::Master);
    let unknown = vec![Tracked {
        id: TrackId(9),
        weight: 0,
        reverse: false,
    }];
    bench.input(Input::Reload(Box::new(InstanceConfig {
        tracked: unknown,
        ..config()
    })));
    assert_eq!(bench.state(), StateKind::Master);
    bench.track(9, Health::Down);
    assert_eq!(bench.state(), StateKind::Fault);
}

#[test]
fn a_fault_ends_when_a_reload_takes_its_cause_out() {
    let mut bench = Bench::started(tracking(&[0]));
    bench.track(0, Health::Down);
    bench.input(Input::Reload(Box::new(config())));
    assert_eq!(bench.state(), StateKind::Backup);
}

#[test]
fn an_owner_that_takes_no_adverts_says_so_once_and_stays_owner() {
    let mut bench = Bench::started(InstanceConfig {
        priority: 255,
        initial_state: InitialState::Master,
        owner_ignores_adverts: true,
        ..config()
    });
    let source = IpAddr::from([192, 168, 0, 200]);
    bench.hears(source, 255);
    assert!(bench.told(&Event::IgnoredAsOwner(source)));
    assert_eq!(
        bench.lines(),
        ["Dropping packet(s) from 192.168.0.200 since we are address owner"]
    );
    bench.hears(source, 255);
    assert_eq!(bench.lines(), [""; 0]);
    assert_eq!((bench.state(), bench.sent()), (StateKind::Master, Vec::new()));
    assert_eq!(bench.instance.effective_priority(), 255);
}

#[test]
fn a_master_that_was_away_for_too_long_does_not_go_on_where_it_does_not_preempt() {
    for (preempt, away, goes_on) in [(false, 2500, true), (false, 3100, false), (true, 3100, true)] {
        let mut bench = Bench::master(InstanceConfig {
            preempt,
            expires_to_backup: Some(254),
            ..config()
        });
        // Half a second has gone since the last advert. No timer is looked at meanwhile.
        bench.now += ms(away);
        bench.did.clear();
        bench.instance.handle_timeout(bench.now);
        bench.collect();
        let expected = if goes_on {
            StateKind::Master
        } else {
            StateKind::Backup
        };
        assert_eq!(bench.state(), expected, "{preempt} {away}");
        assert_eq!(bench.sent().is_empty(), !goes_on, "{preempt} {away}");
        assert_eq!(bench.did(&Output::RemoveAddresses), !goes_on);
    }
}
