//! Messages of the peers protocol: nothing panics, no message is longer than what came, and what was read of a table and of an entry
//! is read as the same when it is written again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use proxy_core::peers::{Definition, Hello, KeyForm, Known, Message, Status, Stored, Told, read};
use proxy_core::table::Data;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(Some((hello, used))) = Hello::read(bytes) {
        assert!(used <= bytes.len());
        let mut out = Vec::new();
        hello.write(&mut out);
        let (again, _) = Hello::read(&out).expect("a greeting").expect("a whole one");
        assert_eq!(again, hello);
    }
    let _status = Status::read(bytes);
    // A table of everything: the search need not begin with one.
    let stored = Data::ALL.iter().map(|data| Stored { data: *data, count: 1, period: 1000 });
    let mut definition = Definition {
        id: 1,
        name: b"t"[..].into(),
        key: KeyForm::Text(20),
        expire: 1000,
        stored: stored.collect(),
    };
    let (mut known, mut told, mut heard) = (Known::default(), Told::default(), Known::default());
    let mut from = bytes;
    while let Ok(Some((message, used))) = read(from, Some(&definition), &mut known) {
        assert!(used > 0 && used <= from.len());
        from = &from[used..];
        let mut out = Vec::new();
        match message {
            Message::Definition(next) => {
                next.write(&mut out);
                let again = read(&out, None, &mut heard).expect("a message").expect("a whole one");
                assert_eq!(again, (Message::Definition(next.clone()), out.len()));
                definition = next;
            }
            Message::Update(update) => {
                update.write(&definition, &mut told, &mut out);
                let again = read(&out, Some(&definition), &mut heard).expect("a message").expect("a whole one");
                assert_eq!(again, (Message::Update(update), out.len()));
            }
            _ => {}
        }
    }
});
