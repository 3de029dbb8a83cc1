//! What haproxy says to a peer is read, and written again is the same, byte for byte; what nobody says is refused and panics nowhere.

use proptest::prelude::*;
use serde_json::Value as Json;

use super::{
    Control, Definition, Fault, Hello, HelloError, KeyForm, Known, Message, Status, Stored, Told, Trouble,
    Update, Value, acknowledge, read,
};
use crate::fixture::recorded;
use crate::table::Data;

/// Versions whose words are recorded.
const VERSIONS: [&str; 2] = ["2.6", "3.4"];

fn bytes_of(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text
        .bytes()
        .map(|digit| char::from(digit).to_digit(16).expect("hex") as u8)
        .collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

fn said(record: &Json) -> Vec<(String, String)> {
    let all = record["said"].as_array().expect("what was said");
    let text = |value: &Json| value.as_str().expect("a text").to_owned();
    all.iter().map(|one| (text(&one[0]), text(&one[1]))).collect()
}

/// A side that reads.
#[derive(Default)]
struct Reader {
    definition: Option<Definition>,
    known: Known,
}

impl Reader {
    fn all(&mut self, mut from: &[u8]) -> Vec<Message> {
        let mut messages = Vec::new();
        while !from.is_empty() {
            for cut in 0..from.len().min(40) {
                // A message that is cut short waits for its end, and changes nothing.
                if let Ok(Some((_, used))) =
                    read(&from[..cut], self.definition.as_ref(), &mut self.known.clone())
                {
                    assert!(used <= cut);
                    break;
                }
            }
            let (message, used) = read(from, self.definition.as_ref(), &mut self.known)
                .expect("a message")
                .expect("a whole one");
            if let Message::Definition(definition) = &message {
                self.definition = Some(definition.clone());
            }
            messages.push(message);
            from = &from[used..];
        }
        messages
    }
}

fn write(messages: &[Message], told: &mut Told, definition: &mut Option<Definition>, out: &mut Vec<u8>) {
    for message in messages {
        match message {
            Message::Control(control) => control.write(out),
            Message::Trouble(trouble) => trouble.write(out),
            Message::Definition(one) => {
                one.write(out);
                *definition = Some(one.clone());
            }
            Message::Update(update) => update.write(definition.as_ref().expect("a definition"), told, out),
            Message::Acknowledged(id, number) => acknowledge(*id, *number, out),
            Message::Switch(_) | Message::Unknown => panic!("nobody says {message:?}"),
        }
    }
}

fn updates(messages: &[Message]) -> Vec<&Update> {
    let mut updates = Vec::new();
    for message in messages {
        if let Message::Update(update) = message {
            updates.push(update);
        }
    }
    updates
}

#[test]
fn what_haproxy_says_is_read_and_written_the_same() {
    for version in VERSIONS {
        let record = recorded(&format!("peers/{version}.json"));
        let (mut reader, mut told, mut definition) = (Reader::default(), Told::default(), None);
        let mut seen = 0;
        for (what, text) in said(&record).into_iter().filter(|(what, _)| what != "hello") {
            let bytes = bytes_of(&text);
            let messages = reader.all(&bytes);
            let mut out = Vec::new();
            write(&messages, &mut told, &mut definition, &mut out);
            assert_eq!(out, bytes, "{version}: {what}");
            seen += messages.len();
        }
        assert!(seen > 25, "{seen}");
    }
}

/// The values of a kind in an update.
fn values<'a>(definition: &Definition, update: &'a Update, data: Data) -> &'a [Value] {
    let mut at = 0;
    for stored in &definition.stored {
        let count = stored.count as usize;
        if stored.data == data {
            return &update.values[at..at + count];
        }
        at += count;
    }
    &[]
}

#[test]
fn what_haproxy_says_means_what_its_tables_have() {
    for version in VERSIONS {
        let record = recorded(&format!("peers/{version}.json"));
        let mut reader = Reader::default();
        let mut definitions: Vec<Definition> = Vec::new();
        let mut last = Vec::new();
        for (what, text) in said(&record).into_iter().filter(|(what, _)| what != "hello") {
            let messages = reader.all(&bytes_of(&text));
            for message in &messages {
                if let Message::Definition(definition) = message {
                    definitions.push(definition.clone());
                }
            }
            let current = definitions.last();
            let update = updates(&messages).last().map(|update| (*update).clone());
            let value = |data| match (&update, current) {
                (Some(update), Some(definition)) => values(definition, update, data).to_vec(),
                _ => Vec::new(),
            };
            if what.contains("key abc data.gpc0 5") {
                assert_eq!(value(Data::Gpc0), [Value::Number(5)]);
                assert_eq!(value(Data::ConnCnt), [Value::Number(300)]);
                assert_eq!(value(Data::BytesInCnt), [Value::Number(5_000_000_000)]);
                assert_eq!(value(Data::Gpt0), [Value::Number(9)]);
                assert!(matches!(
                    value(Data::Gpc0Rate)[..],
                    [Value::Rate { current: 7, .. }]
                ));
            } else if what.contains("key 77") {
                assert_eq!(value(Data::HttpReqCnt), [Value::Number(70_000)]);
            } else if what.contains("2001:db8::1") {
                assert_eq!(value(Data::Gpc1), [Value::Number(2288)]);
            } else if what.starts_with("GET ") {
                assert_eq!(value(Data::ServerKey), [Value::Text(Some(b"first"[..].into()))]);
                assert_eq!(value(Data::ServerId), [Value::Number(1)]);
            }
            last = messages;
        }
        // All of them once more, with what is left of their time, and the word that these were all.
        assert_eq!(last.last(), Some(&Message::Control(Control::Finished)));
        let taught = updates(&last);
        let keys: Vec<&[u8]> = taught.iter().map(|update| &*update.key).collect();
        let address = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
        assert_eq!(
            keys,
            [
                &address[..],
                &[0, 0, 0, 77],
                &[1, 2, 3, 4],
                b"abc",
                b"q",
                b"/a",
                b"/b"
            ]
        );
        assert!(
            taught
                .iter()
                .all(|update| update.left.is_some_and(|left| left < 60_000))
        );
        // The first of each table has a number, the next ones follow it.
        assert!(taught.iter().filter(|update| update.number.is_none()).count() == 2);
        let of = |name: &[u8]| {
            definitions
                .iter()
                .find(|one| *one.name == *name)
                .expect("a definition")
        };
        assert_eq!(
            (of(b"numbers").key, of(b"numbers").expire),
            (KeyForm::Text(21), 60_000)
        );
        assert_eq!(
            (of(b"binary").key, of(b"binary").expire),
            (KeyForm::Binary(8), 5_000)
        );
        assert_eq!(
            (of(b"integers").key, of(b"addresses").key),
            (KeyForm::Integer, KeyForm::Ipv6)
        );
        assert_eq!((of(b"arrays").key, of(b"addresses").expire), (KeyForm::Ipv4, 0));
        let stored = |data, count, period| Stored { data, count, period };
        assert_eq!(
            of(b"arrays").stored,
            [
                stored(Data::Gpt, 2, 0),
                stored(Data::Gpc, 3, 0),
                stored(Data::GpcRate, 2, 30_000)
            ]
        );
        let rates: Vec<_> = of(b"numbers")
            .stored
            .iter()
            .filter(|one| one.period > 0)
            .collect();
        assert_eq!(
            rates,
            [
                &stored(Data::Gpc0Rate, 1, 10_000),
                &stored(Data::HttpReqRate, 1, 5_000)
            ]
        );
    }
}

#[test]
fn greetings_are_answered_as_haproxy_answers_them() {
    for version in VERSIONS {
        let record = recorded(&format!("peers/{version}.json"));
        for case in record["status"].as_array().expect("greetings") {
            let text = case[0].as_str().expect("a greeting");
            let status = match Hello::read(text.as_bytes()) {
                Err(error) => Status::from(error),
                Ok(Some((hello, used))) => {
                    assert_eq!(used, text.len());
                    Status::to(&hello, b"one", |name| [&b"one"[..], b"two"].contains(&name))
                }
                Ok(None) => panic!("{text:?} is whole"),
            };
            let mut out = Vec::new();
            status.write(&mut out);
            let answer = format!("{}\n", case[1].as_str().expect("an answer"));
            assert_eq!(out, answer.as_bytes(), "{text:?}");
            assert_eq!(Status::read(&out), Ok(Some((status, 4))));
            assert_eq!(Status::read(&out[..3]), Ok(None));
        }
        let (_, own) = said(&record).swap_remove(0);
        let (hello, _) = Hello::read(own.as_bytes())
            .expect("a greeting")
            .expect("a whole one");
        assert_eq!(
            (&*hello.remote, &*hello.local, hello.minor),
            (&b"two"[..], &b"one"[..], 1)
        );
        let mut out = Vec::new();
        hello.write(&mut out);
        assert_eq!(out, own.as_bytes());
        for cut in 0..own.len() {
            assert_eq!(Hello::read(&own.as_bytes()[..cut]), Ok(None));
        }
    }
    assert_eq!(Hello::read(&[b'x'; 1000]), Err(HelloError::Protocol));
    assert_eq!(Status::read(b"404\n"), Err(HelloError::Protocol));
    assert_eq!(Status::read(&[b'2'; 1000]), Err(HelloError::Protocol));
}

#[test]
fn a_text_is_told_once_until_a_hundred_and_twenty_eight_others_were() {
    let definition = Definition {
        id: 1,
        name: b"t"[..].into(),
        key: KeyForm::Ipv4,
        expire: 0,
        stored: vec![Stored {
            data: Data::ServerKey,
            count: 1,
            period: 0,
        }],
    };
    let (mut told, mut known) = (Told::default(), Known::default());
    let mut pass = |text: Option<String>| {
        let update = Update {
            number: None,
            left: None,
            key: [0; 4].into(),
            values: vec![Value::Text(text.map(|text| text.into_bytes().into()))],
        };
        let mut out = Vec::new();
        update.write(&definition, &mut told, &mut out);
        let message = read(&out, Some(&definition), &mut known);
        assert_eq!(message, Ok(Some((Message::Update(update), out.len()))));
        out.len()
    };
    let [none, long, short] = [None, Some("first"), Some("first")].map(|text| pass(text.map(str::to_owned)));
    assert_eq!((long - short, short - none), (6, 1));
    for other in 0..127 {
        pass(Some(format!("server {other}")));
    }
    assert_eq!(pass(Some("first".to_owned())), short);
    pass(Some("one more".to_owned()));
    assert!(pass(Some("first".to_owned())) > short);
}

#[test]
fn what_is_wrong_is_refused_and_what_is_unknown_passed_over() {
    let read = |bytes: &[u8]| read(bytes, None, &mut Known::default());
    let whole = |message, used| Ok(Some((message, used)));
    assert_eq!(read(&[]), Ok(None));
    assert_eq!(read(&[0]), Ok(None));
    assert_eq!(read(&[1, 0, 9]), whole(Message::Trouble(Trouble::Protocol), 2));
    assert_eq!(read(&[1, 1]), whole(Message::Trouble(Trouble::Size), 2));
    assert_eq!(read(&[0, 99]), whole(Message::Unknown, 2));
    assert_eq!(read(&[77, 3]), whole(Message::Unknown, 2));
    assert_eq!(read(&[77, 200, 3, 1, 2, 3, 4]), whole(Message::Unknown, 6));
    assert_eq!(read(&[10, 250, 3, 1, 2]), Ok(None));
    assert_eq!(read(&[10, 131, 1, 5]), whole(Message::Switch(5), 4));
    assert_eq!(
        read(&[10, 132, 5, 5, 0, 0, 1, 2]),
        whole(Message::Acknowledged(5, 258), 8)
    );
    // An entry of no table.
    assert_eq!(
        read(&[10, 128, 8, 0, 0, 0, 1, 0, 0, 0, 1]),
        whole(Message::Unknown, 11)
    );
    // More than anybody says at once.
    assert_eq!(read(&[10, 250, 0xff, 0xff, 0xff, 0xff, 1]), Err(Fault));
    assert_eq!(read(&[10, 132, 4, 5, 0, 0, 1]), Err(Fault));
    // A table of data that nobody knows, and one of keys that nobody knows.
    let mut unknown = vec![1, 1, b't', 2, 4];
    super::integer::put(&mut unknown, 1 << 40);
    let unknown = [&[10, 130, unknown.len() as u8][..], &unknown].concat();
    assert_eq!(read(&unknown), Err(Fault));
    assert_eq!(read(&[10, 130, 6, 1, 1, b't', 9, 4, 0]), Err(Fault));
    assert_eq!(read(&[10, 130, 6, 1, 9, b't', 2, 4, 0]), Err(Fault));
}

proptest! {
    #[test]
    fn nothing_that_comes_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), begin in 0..4_usize) {
        let begin = [&[][..], &[10, 130], &[10, 128], &[10, 134, 20]][begin];
        let bytes = [begin, &bytes].concat();
        let definition = Definition {
            id: 1,
            name: b"t"[..].into(),
            key: KeyForm::Text(9),
            expire: 1,
            stored: Data::ALL.iter().map(|data| Stored { data: *data, count: 1, period: 1 }).collect(),
        };
        let (mut definition, mut known) = (Some(definition), Known::default());
        let mut from = &bytes[..];
        while let Ok(Some((message, used))) = read(from, definition.as_ref(), &mut known) {
            prop_assert!(used > 0 && used <= from.len());
            from = &from[used..];
            if let Message::Definition(next) = message {
                definition = Some(next);
            }
        }
        let _greeting = Hello::read(&bytes);
        let _status = Status::read(&bytes);
    }
}
