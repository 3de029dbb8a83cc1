//! Headers as haproxy 2.6 writes and takes them (recorded by running it), and what no input may do.

use std::net::SocketAddr;

use proptest::prelude::*;

use super::*;

const TO_V4: &[u8] = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0c\x01\x02\x03\x04\x05\x06\x07\x08\x04\x57\x08\xae";

fn pair(source: &str, destination: &str) -> (SocketAddr, SocketAddr) {
    (source.parse().unwrap(), destination.parse().unwrap())
}

fn from_v4() -> (SocketAddr, SocketAddr) {
    pair("1.2.3.4:1111", "5.6.7.8:2222")
}

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let pairs = digits.chunks_exact(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

fn v1(addresses: Option<(SocketAddr, SocketAddr)>) -> String {
    let mut out = Vec::new();
    write_v1(&mut out, addresses);
    String::from_utf8(out).unwrap()
}

fn v2(addresses: Option<(SocketAddr, SocketAddr)>, facts: &Facts) -> Vec<u8> {
    let mut out = Vec::new();
    write_v2(&mut out, addresses, facts);
    out
}

/// A header of version 2 around a body.
fn around(command: u8, family: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).unwrap().to_be_bytes();
    [&SIGNATURE[..], &[command, family], &length, body].concat()
}

#[test]
fn lines_are_those_of_the_original() {
    assert_eq!(v1(Some(from_v4())), "PROXY TCP4 1.2.3.4 5.6.7.8 1111 2222\r\n");
    assert_eq!(
        v1(Some(pair("[::1]:1", "[2001:db8::2]:65535"))),
        "PROXY TCP6 ::1 2001:db8::2 1 65535\r\n"
    );
    assert_eq!(
        v1(Some(pair("[2001:db8::9]:1111", "5.6.7.8:2222"))),
        "PROXY TCP6 2001:db8::9 ::ffff:5.6.7.8 1111 2222\r\n"
    );
    assert_eq!(v1(None), "PROXY UNKNOWN\r\n");
}

#[test]
fn binary_headers_are_those_of_the_original() {
    let none = Facts::default();
    assert_eq!(v2(Some(from_v4()), &none), TO_V4);
    assert_eq!(
        v2(Some(pair("[2001:db8::9]:1111", "5.6.7.8:2222")), &none),
        hex(
            "0d0a0d0a000d0a515549540a2121002420010db800000000000000000000000900000000000000000000ffff05060708045708ae"
        )
    );
    assert_eq!(v2(None, &none), hex("0d0a0d0a000d0a515549540a20000000"));
    let mut local = Vec::new();
    write_local(&mut local);
    assert_eq!(local, hex("0d0a0d0a000d0a515549540a20000000"));
}

#[test]
fn values_are_those_of_the_original_and_in_its_order() {
    let facts = Facts {
        checksum: true,
        ..Facts::default()
    };
    let expected = "0d0a0d0a000d0a515549540a211100130102030405060708045708ae030004d17a2c97";
    assert_eq!(v2(Some(from_v4()), &facts), hex(expected));
    let facts = Facts {
        checksum: true,
        authority: Some(b"au.example".to_vec()),
        unique_id: Some(b"id-1.2.3.4".to_vec()),
        ..Facts::default()
    };
    let expected = "0d0a0d0a000d0a515549540a2111002d0102030405060708045708ae030004b3ac3c34\
                    02000a61752e6578616d706c6505000a69642d312e322e332e34";
    assert_eq!(v2(Some(from_v4()), &facts), hex(expected));
    let facts = Facts {
        tls: Some(None),
        ..Facts::default()
    };
    let expected = "0d0a0d0a000d0a515549540a211100140102030405060708045708ae2000050000000000";
    assert_eq!(v2(Some(from_v4()), &facts), hex(expected));
    let facts = Facts {
        unique_id: Some(vec![b'a'; 200]),
        ..Facts::default()
    };
    assert_eq!(v2(Some(from_v4()), &facts).len(), TO_V4.len() + 3 + 127);
}

#[test]
fn what_tls_told_is_that_of_the_original() {
    let tls = ClientTls {
        version: b"TLSv1.3".to_vec(),
        certificate: true,
        certificate_once: true,
        common_name: Some(b"Client Name".to_vec()),
        cipher: None,
    };
    let facts = |tls: ClientTls| Facts {
        tls: Some(Some(tls)),
        ..Facts::default()
    };
    let addresses = Some(pair("127.0.0.1:35360", "127.0.0.1:60367"));
    let expected = "0d0a0d0a000d0a515549540a2111002c7f0000017f0000018a20ebcf\
                    20001d0700000000210007544c5376312e3322000b436c69656e74204e616d65";
    assert_eq!(v2(addresses, &facts(tls.clone())), hex(expected));
    let plain = ClientTls {
        certificate: false,
        certificate_once: false,
        common_name: None,
        cipher: Some(b"TLS_AES_256_GCM_SHA384".to_vec()),
        ..tls
    };
    let addresses = Some(pair("127.0.0.1:35532", "127.0.0.1:33409"));
    let expected = "0d0a0d0a000d0a515549540a211100377f0000017f0000018acc8281\
                    2000280100000000210007544c5376312e33230016544c535f4145535f3235365f47434d5f534841333834";
    assert_eq!(v2(addresses, &facts(plain)), hex(expected));
}

#[test]
fn lines_are_taken_as_the_original_takes_them() {
    let taken = [
        ("PROXY TCP4 1.2.3.4 5.6.7.8 1111 2222\r\n", Some(from_v4())),
        ("PROXY TCP4 01.2.3.4 5.6.7.8 01111 2222\r\n", Some(from_v4())),
        (
            "PROXY TCP4 1.2.3.4 5.6.7.8 0 0\r\n",
            Some(pair("1.2.3.4:0", "5.6.7.8:0")),
        ),
        (
            "PROXY TCP6 2001:DB8::A ::1 1 2\r\n",
            Some(pair("[2001:db8::a]:1", "[::1]:2")),
        ),
        (
            "PROXY TCP6 ::ffff:1.2.3.4 ::1 1 2\r\n",
            Some(pair("[::ffff:1.2.3.4]:1", "[::1]:2")),
        ),
        ("PROXY UNKNOWN\r\n", None),
    ];
    for (line, addresses) in taken {
        let header = read([line, "GET / HTTP/1.1\r\n"].concat().as_bytes()).map(|header| {
            assert!(header.values.is_empty());
            (header.length, header.addresses)
        });
        assert_eq!(header, Ok((line.len(), addresses)), "{line}");
    }
}

#[test]
fn anything_may_stand_behind_an_unknown_protocol() {
    let line = b"PROXY UNKNOWN ffff:f...f:ffff 65535 65535\r\nGET";
    assert_eq!(read(line).unwrap().length, line.len() - 3);
    let longest = format!("PROXY UNKNOWN {}\r\n", "x".repeat(107 - 16));
    assert_eq!(read(longest.as_bytes()).unwrap().length, 107);
    let longer = format!("PROXY UNKNOWN {}\r\n", "x".repeat(108 - 16));
    assert_eq!(read(longer.as_bytes()), Err(Fault::UnknownProtocol));
}

#[test]
fn what_is_wrong_has_the_originals_name() {
    let cases: &[(&[u8], Fault)] = &[
        (b"P", Fault::Truncated),
        (b"PROXY ", Fault::Truncated),
        (b"GET / HTTP/1.1\r", Fault::Truncated),
        (b"GET / HTTP/1.1\r\n\r\n", Fault::Alien),
        (b"proxy tcp4 1.2.3.4 5.6.7.8 1 2\r\n", Fault::Alien),
        (b"PROXY TCP5 1", Fault::UnknownProtocol),
        (b"PROXY UNKNOWNX\r\n", Fault::UnknownProtocol),
        (b"PROXY UDP4 1.2.3.4 5.6.7.8 1 2\r\n", Fault::UnknownProtocol),
        (b"PROXY TCP4 zzz", Fault::Invalid),
        (b"PROXY TCP4 1.2.3.4 5.6", Fault::Truncated),
        (b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2", Fault::Truncated),
        (b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r", Fault::Truncated),
        (b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\n", Fault::Invalid),
        (b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\rx\n", Fault::Invalid),
        (b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2 x\r\n", Fault::Invalid),
        (b"PROXY TCP4  1.2.3.4 5.6.7.8 1 2\r\n", Fault::Invalid),
        (b"PROXY TCP4 1.2.3.4 5.6.7.8 +1 -2\r\n", Fault::Invalid),
        (b"PROXY TCP4 ::1 ::2 1 2\r\n", Fault::Invalid),
        (b"PROXY TCP6 1.2.3.4 5.6.7.8 1 2\r\n", Fault::Invalid),
        // The original takes the address 0.2.3.4 and the port 0 from these.
        (b"PROXY TCP4 256.2.3.4 5.6.7.8 1 2\r\n", Fault::Invalid),
        (b"PROXY TCP4 1.2.3.4 5.6.7.8 65536 2\r\n", Fault::Invalid),
        (b"\r\n\r\n\0\r\nQUIT\n", Fault::Truncated),
        (b"\r\n\r\n\0\r\nQUIT\n\x11\x11\0\0", Fault::Alien),
        (b"\r\n\r\n\0\r\nQUIT\n\x22\x11\0\0", Fault::Invalid),
        (b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\0", Fault::Invalid),
        (b"\r\n\r\n\0\r\nQUIT\n\x21\x00\0\0", Fault::Invalid),
    ];
    for (bytes, fault) in cases {
        assert_eq!(read(bytes), Err(*fault), "{}", String::from_utf8_lossy(bytes));
    }
    for end in 1..TO_V4.len() {
        assert_eq!(read(&TO_V4[..end]), Err(Fault::Truncated), "{end} bytes");
    }
}

#[test]
fn values_are_checked() {
    let body = &TO_V4[16..];
    let with = |values: &[u8]| around(0x21, 0x11, &[body, values].concat());
    let long = |kind: u8, length: u16| {
        let mut values = vec![kind];
        values.extend_from_slice(&length.to_be_bytes());
        values.resize(3 + usize::from(length), b'a');
        values
    };
    assert_eq!(read(&with(b"\x02\0\x03a.b")).unwrap().values, b"\x02\0\x03a.b");
    assert!(read(&with(&long(2, 255))).is_ok() && read(&with(&long(5, 128))).is_ok());
    let wrong: &[&[u8]] = &[
        b"\x02",
        b"\x02\0",
        b"\x02\0\x10abc",
        b"\x03\0\x03\0\0\0",
        b"\x03\0\x04\0\0\0\0",
        &long(2, 256),
        &long(5, 129),
    ];
    for values in wrong {
        assert_eq!(read(&with(values)), Err(Fault::Invalid), "{values:?}");
    }
    // What the sender says of itself is not looked at.
    let local = around(0x20, 0x11, b"\x02\0\x10abc");
    let header = read(&local).unwrap();
    assert_eq!((header.length, header.addresses), (local.len(), None));
}

/// The headers of a TCP packet over IPv4.
fn packet() -> Vec<u8> {
    hex("45000028000100004006000001020304050607080457 08ae00000000000000005000000000000000")
}

#[test]
fn both_forms_of_a_netscaler_are_taken() {
    let packet = packet();
    let old = [&5_u32.to_be_bytes()[..], &40_u32.to_be_bytes(), &packet, b"GET"].concat();
    let header = read_netscaler(&old, 5).unwrap();
    assert_eq!((header.length, header.addresses), (48, Some(from_v4())));
    let head = [&5_u32.to_be_bytes()[..], &52_u32.to_be_bytes(), &[0, 1, 0, 40]].concat();
    let new = [&head[..], &packet, b"GET"].concat();
    let header = read_netscaler(&new, 5).unwrap();
    assert_eq!((header.length, header.addresses), (52, Some(from_v4())));
    let mut v6 = hex("60000000001406402001 0db80000000000000000000000012001 0db8000000000000000000000002");
    v6.extend_from_slice(&packet[20..]);
    let old = [&5_u32.to_be_bytes()[..], &60_u32.to_be_bytes(), &v6].concat();
    let header = read_netscaler(&old, 5).unwrap();
    let addresses = pair("[2001:db8::1]:1111", "[2001:db8::2]:2222");
    assert_eq!((header.length, header.addresses), (68, Some(addresses)));
}

#[test]
fn a_netscaler_header_that_is_none_has_the_originals_name() {
    let packet = packet();
    let old = |length: u32, packet: &[u8]| [&5_u32.to_be_bytes()[..], &length.to_be_bytes(), packet].concat();
    let whole = old(40, &packet);
    assert_eq!(read_netscaler(&whole, 6), Err(Fault::Alien));
    for end in 0..whole.len() {
        assert_eq!(
            read_netscaler(&whole[..end], 5),
            Err(Fault::Truncated),
            "{end} bytes"
        );
    }
    assert_eq!(read_netscaler(&old(41, &packet), 5), Err(Fault::Truncated));
    assert_eq!(read_netscaler(&old(10, &packet), 5), Err(Fault::Truncated));
    let mut udp = packet.clone();
    udp[9] = 17;
    assert_eq!(read_netscaler(&old(40, &udp), 5), Err(Fault::UnknownProtocol));
    let mut fifth = packet;
    fifth[0] = 0x55;
    assert_eq!(read_netscaler(&old(9, &fifth), 5), Err(Fault::Truncated));
}

fn any_address() -> impl Strategy<Value = SocketAddr> {
    any::<(std::net::IpAddr, u16)>().prop_map(SocketAddr::from)
}

/// As both ends of a header are of one family.
fn mapped(addresses: (SocketAddr, SocketAddr)) -> (SocketAddr, SocketAddr) {
    let (source, destination) = addresses;
    let wide = source.is_ipv6() || destination.is_ipv6();
    let map = |address: SocketAddr| match address.ip() {
        std::net::IpAddr::V4(ip) if wide => SocketAddr::new(ip.to_ipv6_mapped().into(), address.port()),
        _ => address,
    };
    (map(source), map(destination))
}

proptest! {
    #[test]
    fn nothing_that_comes_can_do_harm(bytes in proptest::collection::vec(any::<u8>(), 0..200), magic: u32) {
        for begin in [&b""[..], b"PROXY TCP4 ", b"PROXY UNKNOWN", &TO_V4[..12], &TO_V4[..14], TO_V4] {
            let bytes = [begin, &bytes].concat();
            if let Ok(header) = read(&bytes) {
                prop_assert!(header.length <= bytes.len());
            }
        }
        let bytes = [&magic.to_be_bytes()[..], &bytes].concat();
        if let Ok(header) = read_netscaler(&bytes, magic) {
            prop_assert!(header.length <= bytes.len());
        }
    }

    #[test]
    fn what_is_written_is_read(
        source in any_address(),
        destination in any_address(),
        checksum: bool,
        authority in proptest::option::of(proptest::collection::vec(any::<u8>(), 0..=255)),
        own in proptest::collection::vec((0xE0_u8..=0xEF, proptest::collection::vec(any::<u8>(), 0..50)), 0..4),
        rest in proptest::collection::vec(any::<u8>(), 0..20),
    ) {
        let addresses = (source, destination);
        let mut line = Vec::new();
        write_v1(&mut line, Some(addresses));
        prop_assert!(line.len() <= 107);
        let length = line.len();
        line.extend_from_slice(&rest);
        let header = read(&line).unwrap();
        prop_assert_eq!((header.length, header.addresses), (length, Some(mapped(addresses))));
        for end in 0..length {
            prop_assert_eq!(read(&line[..end]), Err(Fault::Truncated));
        }

        let facts = Facts { checksum, authority: authority.clone(), own: own.clone(), ..Facts::default() };
        let mut binary = v2(Some(addresses), &facts);
        let length = binary.len();
        binary.extend_from_slice(&rest);
        let header = read(&binary).unwrap();
        prop_assert_eq!((header.length, header.addresses), (length, Some(mapped(addresses))));
        let told: Vec<_> = tlvs(header.values).map(Option::unwrap).collect();
        let value_of = |kind| told.iter().find(|tlv| tlv.kind == kind).map(|tlv| tlv.value.to_vec());
        prop_assert_eq!(value_of(kind::AUTHORITY), authority);
        let own_told: Vec<_> = told.iter().filter(|tlv| tlv.kind >= 0xE0).map(|tlv| (tlv.kind, tlv.value.to_vec())).collect();
        prop_assert_eq!(own_told, own);
        if checksum {
            // Any bit that changes is found out.
            binary[20] ^= 1;
            prop_assert_eq!(read(&binary), Err(Fault::Invalid));
        }
    }
}

/// Headers that are taken otherwise on purpose: [`super::read`] says why.
const TAKEN_OTHERWISE: &[&str] = &[
    "v1 unknown rest",
    "v1 unknown long",
    "v1 unknown 107",
    "v1 big port",
    "v1 huge",
    "v1 bad ip",
    "v1 short ip",
];

#[test]
fn headers_of_all_kinds_are_taken_as_the_original_takes_them() {
    let recorded = crate::fixture::recorded("proxy-headers/headers.json");
    let rows = recorded.as_array().expect("rows");
    assert!(rows.len() > 200);
    let mut otherwise = std::collections::BTreeSet::new();
    for row in rows {
        let bytes = hex(row["bytes"].as_str().expect("bytes"));
        let ours = match Asked::Proxy.read(&bytes) {
            Err(fault) => {
                let words = Missing::Fault(fault).words(Asked::Proxy);
                serde_json::json!({"fails": crate::stream::failure::number(words)})
            }
            Ok(header) => {
                let shown = header.addresses.map(|(source, destination)| {
                    // Without the brackets that log lines lack.
                    [source, destination].map(|at| format!("{}:{}", at.ip(), at.port()))
                });
                serde_json::json!({"addresses": shown})
            }
        };
        let same = match row.get("fails") {
            // Of one that is both wrong and cut, either may be said.
            Some(number) => {
                ours["fails"] == *number || row["form"] != "with a request" && ours["fails"].is_u64()
            }
            None => ours.get("addresses") == row.get("addresses"),
        };
        let name = row["header"].as_str().expect("a name");
        if TAKEN_OTHERWISE.contains(&name) {
            if !same {
                otherwise.insert(name);
            }
        } else {
            assert!(same, "{ours} for {row}");
        }
    }
    assert_eq!(otherwise.len(), TAKEN_OTHERWISE.len(), "{otherwise:?}");
}
