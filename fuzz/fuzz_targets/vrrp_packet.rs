//! Packets from the network: nothing panics, an instance survives whatever it hears and keeps its promises, and an advert that
//! is believed is the one that would be written.
#![no_main]

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use vrrp_proto::wire::{Auth, Datagram, Version, internet_checksum, pseudo_header_checksum, read_announcement};
use vrrp_proto::{Input, Instance, InstanceConfig, StateKind, Time};

/// Puts the checksum right, so that what is behind it is reached as well.
fn mend(source: IpAddr, destination: IpAddr, payload: &mut [u8]) {
    if payload.len() < 8 {
        return;
    }
    payload[6..8].fill(0);
    let checksum = if payload[0] >> 4 == 3 {
        pseudo_header_checksum(source, destination, payload)
    } else {
        internet_checksum(payload)
    };
    payload[6..8].copy_from_slice(&checksum.to_be_bytes());
}

fn instance(choice: u8) -> Instance {
    let v6 = choice & 1 != 0;
    let (own, vip): (IpAddr, IpAddr) = if v6 {
        (
            Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 2).into(),
            Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0x99).into(),
        )
    } else {
        (
            Ipv4Addr::new(192, 168, 0, 2).into(),
            Ipv4Addr::new(192, 168, 0, 99).into(),
        )
    };
    let mut config = InstanceConfig::new(51, own, vec![vip]);
    if !v6 && choice & 2 != 0 {
        config.version = Version::V3;
    }
    if choice & 4 != 0 && config.version == Version::V2 {
        config.auth = if choice & 64 != 0 {
            Auth::Header(*b"SOMEPASS")
        } else {
            Auth::pass(b"SOMEPASS")
        };
    }
    config.preempt = choice & 8 == 0;
    config.skip_check_adv_addr = choice & 16 != 0;
    if choice & 32 != 0 {
        config.priority = 255;
    }
    Instance::new(config)
}

fuzz_target!(|data: &[u8]| {
    let [choice, data @ ..] = data else { return };
    // Raw bytes, as a socket gives them, first.
    let raw = Datagram::from_ipv4(data);
    for ethernet_type in [0x0806, 0x86dd] {
        let _ = read_announcement(ethernet_type, data);
    }

    let mut instance = instance(*choice);
    let own = instance.config().source;
    let destination = instance.config().destination;
    let mut now = Time::from_secs(1);
    instance.handle_input(now, Input::Start);
    if let Ok(datagram) = raw {
        instance.handle_input(now, Input::Packet(datagram));
    }
    // Then packets of a length byte, a byte of circumstances and so many bytes.
    let mut rest = data;
    while let [length, circumstances, tail @ ..] = rest {
        let (packet, tail) = tail.split_at(usize::from(*length).min(tail.len()));
        rest = tail;
        let mut payload = packet.to_vec();
        let source: IpAddr = match (own, circumstances & 3) {
            (IpAddr::V4(_), n) => Ipv4Addr::new(192, 168, 0, n).into(),
            (IpAddr::V6(_), n) => Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, n.into()).into(),
        };
        if circumstances & 4 != 0 {
            mend(source, destination, &mut payload);
        }
        let datagram = Datagram {
            source,
            destination,
            ttl: 255,
            header_length: 20,
            authentication: None,
            payload: &payload,
        };
        now += Duration::from_millis(u64::from(circumstances >> 3) * 50);
        while instance.poll_timeout().is_some_and(|at| at <= now) {
            instance.handle_timeout(now);
        }
        let before = instance.counters().clone();
        instance.handle_input(now, Input::Packet(datagram));
        let after = instance.counters();
        assert_eq!(
            before.adverts_received + before.faults() + 1,
            after.adverts_received + after.faults(),
            "each packet is counted once"
        );
        match instance.state() {
            StateKind::Backup | StateKind::Master => {
                assert!(
                    instance.poll_timeout().is_some_and(|at| at > now),
                    "a timer is always set, and ahead"
                );
            }
            StateKind::Init | StateKind::Fault => panic!("no packet stops an instance"),
        }
        while let Some(output) = instance.poll_output() {
            let _ = output.line();
        }
    }
});
