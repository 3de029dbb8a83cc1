//! Holds the state machine and the codecs to what Debian's keepalived did in the same situations: the same packets byte for
//! byte, the same lines, in the same order and at the same time. `compat-fixtures/vrrp/record.py` made the records.

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use serde::Deserialize;
use vrrp_proto::track::{Health, TrackId, Tracked};
use vrrp_proto::wire::{Auth, ChecksumForm, Datagram, Fault, Version, announcement, group_for};
use vrrp_proto::{GarpTiming, InitialState, Input, Instance, InstanceConfig, Output, Time};

const REPLAYS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../compat-fixtures/vrrp/replays.json"
);

/// The hardware address that the recording gives the original's interface.
const HARDWARE: [u8; 6] = [2, 0, 0, 0, 0, 1];

/// How far the original's time may lie from the one that is right: its timers are late on a busy machine, and each of its
/// adverts makes the later ones later.
const TOLERANCE: Duration = Duration::from_millis(80);

#[derive(Deserialize)]
struct Fixture {
    replays: Vec<Replay>,
}

#[derive(Deserialize)]
struct Replay {
    name: String,
    settings: Settings,
    events: Vec<Event>,
}

#[derive(Deserialize)]
struct Settings {
    version: u8,
    vrid: u8,
    priority: u8,
    interval_ms: u64,
    state: String,
    auth_pass: Option<String>,
    auth_type: String,
    preempt: bool,
    preempt_delay_ms: u64,
    down_timer_adverts: u8,
    master_delay_ms: u64,
    master_repeat: u8,
    lower_prio_delay_ms: u64,
    lower_prio_repeat: u8,
    refresh_ms: u64,
    refresh_repeat: u8,
    lower_prio_no_advert: bool,
    higher_prio_send_advert: bool,
    skip_check_adv_addr: bool,
    source: IpAddr,
    addresses: Vec<IpAddr>,
    tracked: Vec<TrackedSetting>,
}

#[derive(Deserialize)]
struct TrackedSetting {
    kind: String,
    name: String,
    weight: i32,
    reverse: bool,
}

#[derive(Deserialize)]
struct Event {
    us: u64,
    r#in: Option<Happened>,
    out: Option<Did>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Happened {
    Start { start: bool },
    Stop { stop: bool },
    Packet { packet: String },
    Link { link: String, up: bool },
    Track { track: String, up: bool },
    AddressLost { address_lost: bool },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Did {
    Line { line: String },
    Frame { frame: String },
}

fn config(settings: &Settings) -> InstanceConfig {
    InstanceConfig {
        version: if settings.version == 2 {
            Version::V2
        } else {
            Version::V3
        },
        vrid: settings.vrid,
        priority: settings.priority,
        advert_interval: Duration::from_millis(settings.interval_ms),
        initial_state: if settings.state == "MASTER" {
            InitialState::Master
        } else {
            InitialState::Backup
        },
        source: settings.source,
        destination: group_for(settings.source),
        peers: Vec::new(),
        check_peers: false,
        unicast_ttl: 255,
        owner_ignores_adverts: false,
        checksum: ChecksumForm::default(),
        expires_to_backup: None,
        grouped: false,
        addresses: settings.addresses.clone(),
        auth: settings.auth_pass.as_ref().map_or(Auth::None, |pass| {
            match (Auth::pass(pass.as_bytes()), &*settings.auth_type) {
                (Auth::Pass(key), "AH") => Auth::Header(key),
                (auth, _) => auth,
            }
        }),
        preempt: settings.preempt,
        preempt_delay: Duration::from_millis(settings.preempt_delay_ms),
        down_timer_adverts: settings.down_timer_adverts,
        garp: GarpTiming {
            master_repeat: settings.master_repeat,
            master_delay: Duration::from_millis(settings.master_delay_ms),
            lower_prio_repeat: settings.lower_prio_repeat,
            lower_prio_delay: Duration::from_millis(settings.lower_prio_delay_ms),
            refresh: Duration::from_millis(settings.refresh_ms),
            refresh_repeat: settings.refresh_repeat,
        },
        lower_prio_no_advert: settings.lower_prio_no_advert,
        higher_prio_send_advert: settings.higher_prio_send_advert,
        skip_check_adv_addr: settings.skip_check_adv_addr,
        tracked: (0..)
            .zip(&settings.tracked)
            .map(|(id, tracked)| Tracked {
                id: TrackId(id),
                weight: tracked.weight,
                reverse: tracked.reverse,
            })
            .collect(),
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex digits"))
        .collect()
}

/// One instance on recorded time, and what it said and sent.
struct Run {
    instance: Instance,
    lines: Vec<(Time, String)>,
    frames: Vec<(Time, Vec<u8>)>,
    link_up: bool,
}

impl Run {
    fn collect(&mut self, now: Time) {
        while let Some(output) = self.instance.poll_output() {
            if let Some(line) = output.line() {
                self.lines.push((now, line));
            }
            let addresses = self.instance.config().addresses.clone();
            let frames = match output {
                Output::Send {
                    packet, destination, ..
                } => vec![advert_frame(&packet, destination)],
                Output::Announce { repeat, .. } => (0..repeat)
                    .flat_map(|_| &addresses)
                    .map(|address| announcement(HARDWARE, *address, false))
                    .collect(),
                _ => Vec::new(),
            };
            if self.link_up {
                self.frames.extend(frames.into_iter().map(|frame| (now, frame)));
            }
        }
    }

    fn run_until(&mut self, now: Time) {
        while let Some(at) = self.instance.poll_timeout().filter(|at| *at <= now) {
            self.instance.handle_timeout(at);
            self.collect(at);
        }
    }

    fn input(&mut self, now: Time, input: Input<'_>) {
        self.instance.handle_input(now, input);
        self.collect(now);
    }
}

/// An advert as it appears on the wire. Of an IPv6 packet the payload alone: its header is the kernel's.
fn advert_frame(packet: &[u8], destination: IpAddr) -> Vec<u8> {
    let mut frame = Vec::new();
    if destination.is_ipv4() {
        frame.extend_from_slice(&[0x01, 0x00, 0x5e, 0, 0, 18]);
        frame.extend_from_slice(&HARDWARE);
        frame.extend_from_slice(&[0x08, 0x00]);
    }
    frame.extend_from_slice(packet);
    frame
}

fn recorded_frame(frame: Vec<u8>) -> Vec<u8> {
    let is_ipv6_advert = frame[12..14] == [0x86, 0xdd] && frame[20] == 112;
    if is_ipv6_advert {
        frame[54..].to_vec()
    } else {
        frame
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Compares two sequences of timed things, and tells the first difference.
fn compare<T: PartialEq>(
    what: &str,
    show: impl Fn(&T) -> String,
    ours: &[(Time, T)],
    theirs: &[(Time, T)],
) -> Result<(), String> {
    for at in 0..ours.len().max(theirs.len()) {
        match (ours.get(at), theirs.get(at)) {
            (Some((ours_at, ours)), Some((theirs_at, theirs)))
                if ours == theirs && ours_at.abs_diff(*theirs_at) <= TOLERANCE => {}
            (ours, theirs) => {
                let text = |side: Option<&(Time, T)>| {
                    side.map_or("nothing".to_owned(), |(at, thing)| {
                        format!("{at:?} {}", show(thing))
                    })
                };
                return Err(format!(
                    "{what} {at}: ours {}, the original's {}",
                    text(ours),
                    text(theirs)
                ));
            }
        }
    }
    Ok(())
}

fn replay(replay: &Replay) -> Result<(), String> {
    let mut run = Run {
        instance: Instance::new(config(&replay.settings)),
        lines: Vec::new(),
        frames: Vec::new(),
        link_up: true,
    };
    let id_of = |kind: &str, name: &str| {
        let at = replay
            .settings
            .tracked
            .iter()
            .position(|tracked| tracked.kind == kind && tracked.name == name)?;
        Some(TrackId(u32::try_from(at).ok()?))
    };
    // The original knows the interfaces before it begins.
    for tracked in replay
        .settings
        .tracked
        .iter()
        .filter(|tracked| tracked.kind == "interface")
    {
        let id = id_of("interface", &tracked.name).expect("it is in the list");
        run.instance.handle_input(
            Time::ZERO,
            Input::Track {
                id,
                health: Health::Up,
            },
        );
    }
    let (mut lines, mut frames) = (Vec::new(), Vec::new());
    for event in &replay.events {
        let now = Duration::from_micros(event.us);
        run.run_until(now);
        let health = |up: bool| if up { Health::Up } else { Health::Down };
        match &event.r#in {
            None => {}
            Some(Happened::Start { start }) => {
                assert!(start);
                run.input(now, Input::Start);
            }
            Some(Happened::Stop { stop }) => {
                assert!(stop);
                run.input(now, Input::Stop);
            }
            Some(Happened::AddressLost { address_lost }) => {
                assert!(address_lost);
                run.input(now, Input::AddressLost);
            }
            Some(Happened::Packet { packet }) => {
                let packet = bytes(packet);
                match Datagram::from_ipv4(&packet) {
                    Ok(datagram) => run.input(now, Input::Packet(datagram)),
                    Err(Fault::NextHeader) => {}
                    Err(fault) => return Err(format!("{fault}: {}", hex(&packet))),
                }
            }
            Some(Happened::Link { link, up }) if link == "eth0" => {
                run.link_up &= *up;
                run.input(now, Input::Interface { up: *up });
                run.link_up = *up;
            }
            Some(Happened::Link { link, up }) => {
                if let Some(id) = id_of("interface", link) {
                    run.input(
                        now,
                        Input::Track {
                            id,
                            health: health(*up),
                        },
                    );
                }
            }
            Some(Happened::Track { track, up }) => {
                let id = id_of("script", track).ok_or("an unknown script")?;
                run.input(
                    now,
                    Input::Track {
                        id,
                        health: health(*up),
                    },
                );
            }
        }
        match &event.out {
            None => {}
            Some(Did::Line { line }) => lines.push((now, line.clone())),
            Some(Did::Frame { frame }) => frames.push((now, recorded_frame(bytes(frame)))),
        }
    }
    // An advert and an announcement may fall due at the same time: each kind has an order of its own.
    let split = |frames: Vec<(Time, Vec<u8>)>| -> (Vec<_>, Vec<_>) {
        frames.into_iter().partition(|(_, frame)| !is_announcement(frame))
    };
    let (our_adverts, our_announcements) = split(run.frames);
    let (their_adverts, their_announcements) = split(frames);
    compare("line", String::clone, &run.lines, &lines)?;
    compare("advert", |frame| hex(frame), &our_adverts, &their_adverts)?;
    compare(
        "announcement",
        |frame| hex(frame),
        &our_announcements,
        &their_announcements,
    )
}

/// Whether it is a gratuitous ARP or a neighbour advertisement. (An IPv6 advert has lost its header.)
fn is_announcement(frame: &[u8]) -> bool {
    matches!(frame.get(12..14), Some([0x08, 0x06] | [0x86, 0xdd]))
}

#[test]
fn every_recorded_situation_goes_the_same_way() {
    let text = std::fs::read_to_string(REPLAYS).expect("the records are in the tree");
    let fixture: Fixture = serde_json::from_str(&text).expect("record.py wrote them");
    let failures: Vec<String> = fixture
        .replays
        .iter()
        .filter_map(|entry| {
            replay(entry)
                .err()
                .map(|error| format!("{}: {error}", entry.name))
        })
        .collect();
    assert!(fixture.replays.len() > 40, "all situations are there");
    assert!(
        failures.is_empty(),
        "{} of {}:\n{}",
        failures.len(),
        fixture.replays.len(),
        failures.join("\n")
    );
}

#[test]
fn a_neighbour_advertisement_of_a_router_has_its_flag() {
    let address: Ipv6Addr = "fe80::99".parse().expect("an address");
    let frame = announcement(HARDWARE, address.into(), true);
    assert_eq!(frame[58], 0xa0);
    assert_eq!(announcement(HARDWARE, address.into(), false)[58], 0x20);
}
