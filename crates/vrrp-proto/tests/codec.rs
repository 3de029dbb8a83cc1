//! Properties of the codecs: what is written is read back, any change of it is noticed, and nothing that comes from a network
//! makes them panic.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use proptest::prelude::*;
use vrrp_proto::wire::{
    Advert, Auth, ChecksumForm, Datagram, Expectation, Fault, FaultKind, HEADER_LENGTH, Ipv4Header, Peer,
    TTL, Version, group_for, internet_checksum, prepend_ipv4_header,
};
use vrrp_proto::{Input, Instance, InstanceConfig, StateKind, Time};

fn advert(v6: bool) -> impl Strategy<Value = (Advert, IpAddr)> {
    let address = move || {
        if v6 {
            any::<Ipv6Addr>().prop_map(IpAddr::V6).boxed()
        } else {
            any::<Ipv4Addr>().prop_map(IpAddr::V4).boxed()
        }
    };
    let version = if v6 {
        Just(Version::V3).boxed()
    } else {
        prop_oneof![Just(Version::V2), Just(Version::V3)].boxed()
    };
    (
        version,
        any::<u8>(),
        any::<u8>(),
        1..=255_u64,
        any::<Option<[u8; 8]>>(),
        prop::collection::vec(address(), 0..20),
        address(),
    )
        .prop_map(|(version, vrid, priority, interval, key, addresses, source)| {
            let (interval, auth) = match version {
                Version::V2 => (
                    Duration::from_secs(interval),
                    key.map_or(Auth::None, |key| Auth::pass(&key)),
                ),
                Version::V3 => (Duration::from_millis(interval * 10), Auth::None),
            };
            (
                Advert {
                    version,
                    vrid,
                    priority,
                    interval,
                    auth,
                    addresses,
                },
                source,
            )
        })
}

fn any_advert() -> impl Strategy<Value = (Advert, IpAddr)> {
    prop_oneof![advert(false), advert(true)]
}

fn expectation(advert: &Advert, source: IpAddr) -> Expectation<'_> {
    let nobody = if source.is_ipv4() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED)
    } else {
        IpAddr::V6(Ipv6Addr::UNSPECIFIED)
    };
    Expectation {
        checksum: ChecksumForm::default(),
        version: advert.version,
        vrid: advert.vrid,
        own: nobody,
        destination: group_for(source),
        peers: &[],
        check_peers: false,
        auth: &advert.auth,
        interval: advert.interval,
        addresses: &advert.addresses,
        check_addresses: true,
    }
}

fn datagram(source: IpAddr, payload: &[u8]) -> Datagram<'_> {
    let header_length = if source.is_ipv4() { 20 } else { 0 };
    Datagram {
        source,
        destination: group_for(source),
        ttl: 255,
        header_length,
        authentication: None,
        payload,
    }
}

fn specified(source: IpAddr) -> bool {
    !source.is_unspecified()
}

proptest! {
    #[test]
    fn what_is_written_is_read_back((advert, source) in any_advert().prop_filter("a sender", |(_, source)| specified(*source))) {
        let payload = advert.encode(source, group_for(source));
        let checked = datagram(source, &payload).check(&expectation(&advert, source), &mut 0);
        let checked = checked.expect("our own packets are good");
        prop_assert_eq!(checked.priority, advert.priority);
        prop_assert_eq!(checked.interval, advert.interval);
        prop_assert_eq!(checked.source, source);
    }

    /// One's complement sums notice each single changed bit. What no sum covers is the vrid that chooses the instance, and
    /// the four reserved bits of version 3, which the checksum does cover.
    #[test]
    fn a_flipped_bit_is_noticed((advert, source) in any_advert(), at in any::<prop::sample::Index>(), bit in 0..8_u8) {
        prop_assume!(specified(source));
        let mut payload = advert.encode(source, group_for(source));
        let at = at.index(payload.len());
        payload[at] ^= 1 << bit;
        prop_assert!(datagram(source, &payload).check(&expectation(&advert, source), &mut 0).is_err());
    }

    #[test]
    fn a_cut_or_padded_packet_is_refused_for_its_length(
        (advert, source) in any_advert(),
        cut in any::<prop::sample::Index>(),
        tail in prop::collection::vec(any::<u8>(), 1..64),
    ) {
        prop_assume!(specified(source));
        let payload = advert.encode(source, group_for(source));
        let cut = &payload[..cut.index(payload.len())];
        let kind = |payload: &[u8]| datagram(source, payload).check(&expectation(&advert, source), &mut 0).err().map(|fault| fault.kind());
        prop_assert_eq!(kind(cut), Some(FaultKind::Length));
        let padded = [payload.as_slice(), &tail].concat();
        prop_assert_eq!(kind(&padded), Some(FaultKind::Length));
    }

    #[test]
    fn an_ipv4_header_is_read_back(source: Ipv4Addr, destination: Ipv4Addr, id: u16, payload in prop::collection::vec(any::<u8>(), 0..100)) {
        let packet = prepend_ipv4_header(source, destination, id, TTL, &payload);
        prop_assert_eq!(internet_checksum(&packet[..HEADER_LENGTH]), 0);
        let (header, rest) = Ipv4Header::parse(&packet).expect("our own header is good");
        prop_assert_eq!((header.source, header.destination, header.id, header.ttl, header.tos), (source, destination, id, 255, 0xc0));
        prop_assert_eq!(rest, payload);
    }

    #[test]
    fn a_frames_padding_behind_the_packet_is_no_part_of_it(padding in 0..30_usize) {
        let mut packet = prepend_ipv4_header(Ipv4Addr::new(192, 168, 0, 2), Ipv4Addr::new(224, 0, 0, 18), 1, TTL, &[7; 20]);
        packet.extend(std::iter::repeat_n(0, padding));
        let (_, payload) = Ipv4Header::parse(&packet).expect("a good header");
        prop_assert_eq!(payload, [7; 20]);
    }

    #[test]
    fn no_packet_makes_an_instance_panic_or_change(packets in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..120), 1..40), raw: bool) {
        let source = IpAddr::V4(Ipv4Addr::new(192, 168, 0, 1));
        let mut instance = Instance::new(InstanceConfig::new(51, source, vec![IpAddr::V4(Ipv4Addr::new(192, 168, 0, 99))]));
        instance.handle_input(Time::ZERO, Input::Start);
        let due = instance.poll_timeout();
        for packet in &packets {
            let datagram = if raw {
                let Ok(datagram) = Datagram::from_ipv4(packet) else { continue };
                datagram
            } else {
                Datagram { source: Ipv4Addr::new(192, 168, 0, 2).into(), destination: group_for(source), ttl: 255, header_length: 20, authentication: None, payload: packet }
            };
            instance.handle_input(Time::from_secs(1), Input::Packet(datagram));
        }
        // That random bytes are a good advert with a right checksum has not the chance of one in four thousand millions.
        prop_assert_eq!(instance.state(), StateKind::Backup);
        prop_assert_eq!(instance.poll_timeout(), due);
        prop_assert_eq!(instance.counters().adverts_received, 0);
    }
}

#[test]
fn a_password_counts_to_its_eighth_character_only() {
    assert_eq!(Auth::pass(b"SOMEPASSWORD!"), Auth::pass(b"SOMEPASS"));
    assert_eq!(Auth::pass(b"abc"), Auth::pass(b"abc\0\0\0\0\0"));
    assert_ne!(Auth::pass(b"SOMEPASs"), Auth::pass(b"SOMEPASS"));
    assert_eq!(format!("{:?}", Auth::pass(b"SOMEPASS")), "Pass(…)");
}

#[test]
fn what_was_sent_to_somebody_else_or_by_ourselves_is_refused_in_silence() {
    let [own, other] = [1, 2].map(|node| IpAddr::V4(Ipv4Addr::new(10, 0, 0, node)));
    let advert = Advert {
        version: Version::V2,
        vrid: 1,
        priority: 100,
        interval: Duration::from_secs(1),
        auth: Auth::None,
        addresses: vec![],
    };
    let payload = advert.encode(other, group_for(other));
    let expected = Expectation {
        own,
        ..expectation(&advert, other)
    };
    let good = datagram(other, &payload);
    assert!(good.check(&expected, &mut 0).is_ok());
    for (bad, kind) in [
        (
            Datagram {
                destination: own,
                ..good
            },
            FaultKind::Destination,
        ),
        (Datagram { source: own, ..good }, FaultKind::FromOurselves),
    ] {
        let fault = bad.check(&expected, &mut 0).expect_err("it is not for us");
        assert_eq!((fault.kind(), fault.is_silent()), (kind, true));
    }
}

#[test]
fn adverts_to_partners_come_from_partners_with_the_ttl_that_these_may_have() {
    let (own, first, second, other) = (
        IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)),
        IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2)),
        IpAddr::V4(Ipv4Addr::new(10, 0, 0, 3)),
        IpAddr::V4(Ipv4Addr::new(10, 0, 0, 4)),
    );
    let advert = Advert {
        version: Version::V2,
        vrid: 1,
        priority: 100,
        interval: Duration::from_secs(1),
        auth: Auth::None,
        addresses: vec![],
    };
    let payload = advert.encode(first, own);
    let peers = [(first, 0..=255), (second, 250..=254)].map(|(address, ttl)| Peer { address, ttl });
    let expected = |check_peers| Expectation {
        own,
        destination: own,
        peers: &peers,
        check_peers,
        ..expectation(&advert, first)
    };
    let come = |source, ttl, check_peers| {
        let datagram = Datagram {
            source,
            destination: own,
            ttl,
            ..datagram(first, &payload)
        };
        datagram
            .check(&expected(check_peers), &mut 0)
            .map(|advert| advert.source)
    };
    assert_eq!(come(first, 7, true), Ok(first));
    assert_eq!(come(second, 250, true), Ok(second));
    let fault = come(second, 255, false).expect_err("its TTL is too great");
    assert_eq!(fault.to_string(), "TTL/HL 255 not in range 250 - 254");
    assert_eq!(fault.kind(), FaultKind::Ttl);
    assert_eq!(come(other, 7, false), Ok(other));
    let fault = come(other, 7, true).expect_err("it is no partner");
    assert_eq!(
        fault.to_string(),
        "unicast source address 10.0.0.4 not a unicast peer"
    );
    assert!(fault.is_advert());
}

#[test]
fn a_master_with_partners_sends_each_of_them_the_same_advert() {
    let own = Ipv4Addr::new(10, 0, 0, 1);
    let partners = [Ipv4Addr::new(10, 0, 0, 2), Ipv4Addr::new(10, 0, 0, 3)];
    for version in [Version::V2, Version::V3] {
        let config = InstanceConfig {
            version,
            destination: own.into(),
            peers: partners
                .map(|address| Peer {
                    address: address.into(),
                    ttl: 0..=255,
                })
                .to_vec(),
            unicast_ttl: 64,
            ..InstanceConfig::new(7, own.into(), vec![Ipv4Addr::new(10, 0, 0, 9).into()])
        };
        let mut instance = Instance::new(config);
        instance.handle_input(Time::ZERO, Input::Start);
        let due = instance.poll_timeout().expect("a backup waits");
        instance.handle_timeout(due);
        let mut sent = Vec::new();
        while let Some(output) = instance.poll_output() {
            if let vrrp_proto::Output::Send {
                packet, destination, ..
            } = output
            {
                sent.push((packet, destination));
            }
        }
        let to: Vec<IpAddr> = sent.iter().map(|(_, to)| *to).collect();
        assert_eq!(to, partners.map(IpAddr::V4));
        for (packet, destination) in &sent {
            let (header, payload) = Ipv4Header::parse(packet).expect("a header");
            assert_eq!((header.ttl, header.id), (64, 1));
            assert_eq!(IpAddr::V4(header.destination), *destination);
            // The partner takes it, checksum and all.
            let theirs = Expectation {
                checksum: ChecksumForm::default(),
                own: *destination,
                destination: *destination,
                version,
                vrid: 7,
                peers: &[Peer {
                    address: own.into(),
                    ttl: 0..=255,
                }],
                check_peers: true,
                auth: &Auth::None,
                interval: Duration::from_secs(1),
                addresses: &[Ipv4Addr::new(10, 0, 0, 9).into()],
                check_addresses: true,
            };
            let datagram = Datagram::from_ipv4(packet).expect("a packet");
            assert_eq!(datagram.payload, payload);
            assert_eq!(
                datagram.check(&theirs, &mut 0).map(|advert| advert.priority),
                Ok(100)
            );
        }
        assert_eq!(instance.counters().adverts_sent, 1);
    }
}

#[test]
fn more_addresses_than_the_count_can_tell_are_left_out() {
    let source = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
    let addresses: Vec<IpAddr> = (0..300_u32)
        .map(|n| Ipv4Addr::from(0x0a01_0000 + n).into())
        .collect();
    let advert = Advert {
        version: Version::V3,
        vrid: 1,
        priority: 100,
        interval: Duration::from_secs(1),
        auth: Auth::None,
        addresses: addresses.clone(),
    };
    let payload = advert.encode(source, group_for(source));
    assert_eq!((payload[3], payload.len()), (255, 8 + 255 * 4));
    let expected = Advert {
        addresses: addresses[..255].to_vec(),
        ..advert
    };
    assert!(
        datagram(source, &payload)
            .check(&expectation(&expected, source), &mut 0)
            .is_ok()
    );
}

#[test]
fn an_interval_that_does_not_fit_is_the_longest_that_does() {
    let source = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
    let interval = |version, interval| {
        let advert = Advert {
            version,
            vrid: 1,
            priority: 1,
            interval,
            auth: Auth::None,
            addresses: vec![],
        };
        let payload = advert.encode(source, group_for(source));
        u16::from_be_bytes([payload[4], payload[5]])
    };
    assert_eq!(interval(Version::V2, Duration::from_secs(1000)), 255);
    assert_eq!(interval(Version::V3, Duration::from_secs(1000)), 4095);
    assert_eq!(interval(Version::V3, Duration::from_millis(330)), 33);
}

#[test]
fn runts_are_told_with_what_they_hold_of_ip() {
    let packet = prepend_ipv4_header(
        Ipv4Addr::new(192, 168, 0, 2),
        Ipv4Addr::new(224, 0, 0, 18),
        1,
        TTL,
        &[0x21, 51, 1, 1, 0, 1, 0],
    );
    let fault = Datagram::from_ipv4(&packet).expect_err("seven bytes are no advert");
    assert_eq!(fault.to_string(), "IPv4 VRRP packet too short - 27 bytes");
    assert_eq!(
        Datagram::from_ipv4(&packet[..24]).map_err(|fault| fault.kind()),
        Err(FaultKind::Length)
    );
    assert_eq!(
        Datagram::from_ipv4(&[]),
        Err(Fault::Runt { family: 4, length: 0 })
    );
    let mut other = packet;
    other[9] = 17;
    assert_eq!(Datagram::from_ipv4(&other), Err(Fault::IpHeader));
}

#[test]
fn every_fault_is_counted_under_a_kind_of_its_own_list() {
    for (at, kind) in FaultKind::ALL.into_iter().enumerate() {
        assert_eq!(kind as usize, at);
    }
}

/// What keepalived 2.2.7 (`old_unicast_checksum`) and 2.3.4 (`v3_checksum_as_v2`) sent.
#[test]
fn checksums_of_version_3_have_the_originals_forms() {
    let source = Ipv4Addr::new(192, 168, 0, 1).into();
    let advert = Advert {
        version: Version::V3,
        vrid: 51,
        priority: 100,
        interval: Duration::from_secs(1),
        auth: Auth::None,
        addresses: vec![Ipv4Addr::new(192, 168, 0, 99).into()],
    };
    let (partner, group) = (Ipv4Addr::new(192, 168, 0, 2).into(), group_for(source));
    for (form, destination, checksum) in [
        (ChecksumForm::Recognise, partner, 0x278b),
        (ChecksumForm::New, partner, 0x278b),
        (ChecksumForm::Old, partner, 0x0823),
        (ChecksumForm::AdvertAlone, group, 0xa95b),
    ] {
        let packet = advert.encode_with(source, destination, form);
        assert_eq!(u16::from_be_bytes([packet[6], packet[7]]), checksum, "{form:?}");
    }
}

#[test]
fn an_old_checksum_of_a_partner_is_recognised_unless_that_is_ruled_out() {
    let (source, own): (IpAddr, IpAddr) = (
        Ipv4Addr::new(192, 168, 0, 1).into(),
        Ipv4Addr::new(192, 168, 0, 2).into(),
    );
    let advert = Advert {
        version: Version::V3,
        vrid: 51,
        priority: 100,
        interval: Duration::from_secs(1),
        auth: Auth::None,
        addresses: vec![Ipv4Addr::new(192, 168, 0, 99).into()],
    };
    let payload = advert.encode_with(source, own, ChecksumForm::Old);
    let datagram = Datagram {
        source,
        destination: own,
        ttl: 255,
        header_length: 20,
        authentication: None,
        payload: &payload,
    };
    let peers = [Peer {
        address: source,
        ttl: 0..=255,
    }];
    let taken = |checksum, peers| {
        let expected = Expectation {
            own,
            destination: own,
            peers,
            checksum,
            ..expectation(&advert, source)
        };
        datagram
            .check(&expected, &mut 0)
            .map(|advert| advert.old_checksum)
    };
    assert_eq!(taken(ChecksumForm::Recognise, &peers), Ok(true));
    assert_eq!(taken(ChecksumForm::Old, &peers), Ok(false));
    assert_eq!(
        taken(ChecksumForm::New, &peers),
        Err(Fault::Checksum { version: 3 })
    );
    assert_eq!(
        taken(ChecksumForm::Recognise, &[]),
        Err(Fault::Checksum { version: 3 })
    );
}
