//! What an SNMP agent may send: nothing panics, what is read is read again from what is written of it, and a tree has an answer to
//! every question.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vrrp_proto::agentx::{HEADER_LENGTH, Packet, Tree, Value};

fuzz_target!(|data: &[u8]| {
    let mut tree = Tree::default();
    for (last, value) in [
        (1, Value::Integer(-1)),
        (7, Value::Counter64(1)),
        (9, Value::Octets(vec![1; 5])),
    ] {
        tree.put(&[1, 3, 6, 1, 2, 1, 68], &[last, 0], value);
    }
    let mut rest = data;
    while let Ok(Some((header, packet, length))) = Packet::read(rest) {
        assert!((HEADER_LENGTH..=rest.len()).contains(&length));
        rest = &rest[length..];
        let again = packet.encode(header);
        // Of answers and of what nothing is done about, not all is kept.
        if matches!(
            packet,
            Packet::Get(_) | Packet::GetNext(_) | Packet::GetBulk { .. }
        ) {
            assert_eq!(
                Packet::read(&again),
                Ok(Some((header, packet.clone(), again.len())))
            );
        }
        if let Some(answer) = tree.answer(&packet) {
            let bytes = answer.encode(header);
            assert!(matches!(
                Packet::read(&bytes),
                Ok(Some((_, Packet::Response { .. }, _)))
            ));
        }
    }
});
