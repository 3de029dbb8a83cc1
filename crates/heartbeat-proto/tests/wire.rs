//! The codec against packets of heartbeat 3.0.6, and against whatever else may come.

use std::path::Path;

use heartbeat_proto::wire::{Fault, Key, Keys, LARGEST, Message, Method};
use proptest::prelude::*;

const SECRET: &[u8] = b"somerandomstring";

fn key(method: &str) -> Key {
    match method {
        "md5" => Key::new(3, Method::Md5, SECRET),
        "sha1" => Key::new(1, Method::Sha1, SECRET),
        _ => Key::new(2, Method::Crc, b""),
    }
}

fn keys() -> Keys {
    Keys::new(key("md5"), vec![key("sha1"), key("crc")])
}

/// Method, what it is, octets.
fn recorded() -> Vec<(String, String, Vec<u8>)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../compat-fixtures/heartbeat/packets.txt");
    let text = std::fs::read_to_string(path).expect("the fixture is there");
    text.lines()
        .map(|line| {
            let words: Vec<&str> = line.split(' ').collect();
            let [method, name, hex] = words[..] else {
                panic!("three words: {line}");
            };
            let octets = (0..hex.len() / 2)
                .map(|at| u8::from_str_radix(&hex[at * 2..at * 2 + 2], 16).expect("hexadecimal"))
                .collect();
            (method.to_owned(), name.to_owned(), octets)
        })
        .collect()
}

#[test]
fn what_the_original_sends_is_read_and_written_octet_for_octet() {
    let recorded = recorded();
    assert!(recorded.len() > 30);
    for (method, name, octets) in recorded {
        let message = Message::decode(&octets, &keys()).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        assert!(!message.kind().is_empty(), "{name}");
        assert!(message.binary("srcuuid").is_some_and(|uuid| uuid.len() == 16));
        // The others were sent without the field that signs within.
        if method == "md5" {
            assert_eq!(message.encode(&keys()), octets, "{name}");
        }
    }
}

#[test]
fn an_octet_that_differs_is_seen() {
    for (_, name, octets) in recorded() {
        for at in 0..octets.len() {
            let mut changed = octets.clone();
            changed[at] ^= 1;
            assert!(Message::decode(&changed, &keys()).is_err(), "{name} at {at}");
        }
        for length in 0..octets.len() {
            assert!(
                Message::decode(&octets[..length], &keys()).is_err(),
                "{name}: {length}"
            );
        }
    }
}

#[test]
fn faults_are_told_apart() {
    let message = Message::new("status").with("src", "a");
    let good = message.encode(&keys());
    let told = |packet: &[u8]| Message::decode(packet, &keys()).err();
    assert_eq!(told(&good), None);
    assert_eq!(told(b"hello"), Some(Fault::Foreign));
    assert_eq!(told(b""), Some(Fault::Foreign));
    assert_eq!(told(&good[..3]), Some(Fault::Truncated));
    assert_eq!(told(&good[..20]), Some(Fault::Truncated));
    assert_eq!(told(&vec![b'#'; LARGEST + 1]), Some(Fault::Oversized));
    let end = good.windows(4).position(|part| part == b"%%%\n").expect("an end") + 4;
    assert_eq!(told(&good[..end]), Some(Fault::Unsigned));
    let unknown = Keys::new(Key::new(9, Method::Sha1, SECRET), Vec::new());
    assert_eq!(told(&message.encode(&unknown)), Some(Fault::UnknownKey));
    let wrong = Keys::new(Key::new(3, Method::Md5, b"other"), Vec::new());
    assert_eq!(told(&message.encode(&wrong)), Some(Fault::BadSignature));
    assert_eq!(told(b"###\n5:hello,%%%\n"), Some(Fault::Malformed));
}

#[test]
fn the_form_of_lines_is_read_too() {
    let message = Message::new("status")
        .with("src", "a")
        .with_binary("srcuuid", &[0, 10, 255]);
    let lines = message.encode_classic(&keys());
    assert_eq!(Message::decode(&lines, &keys()), Ok(message));
}

#[test]
fn a_key_is_never_shown() {
    assert!(!format!("{:?}", keys()).contains("somerandom"));
}

proptest! {
    #[test]
    fn fields_survive_both_forms(
        fields in proptest::collection::vec(("[a-z_]{1,10}", "[ -~]{0,30}"), 1..10),
        octets in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        let mut message = Message::new("x");
        for (name, value) in fields.iter().filter(|(name, _)| name != "auth") {
            message = message.with(name, value);
        }
        message = message.with_binary("octets", &octets);
        prop_assert_eq!(Message::decode(&message.encode(&keys()), &keys()), Ok(message.clone()));
        prop_assert_eq!(Message::decode(&message.encode_classic(&keys()), &keys()), Ok(message));
    }

    #[test]
    fn anything_may_come(mut octets in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(Message::decode(&octets, &keys()).is_err());
        octets.splice(0..0, *b"###\n");
        prop_assert!(Message::decode(&octets, &keys()).is_err());
    }
}
