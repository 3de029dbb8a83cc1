//! Packets of AgentX as RFC 2741 has them, and the answers of a tree.

use vrrp_proto::agentx::{Fault, Header, Packet, Range, Tree, Value, VarBind};

const HEADER: Header = Header {
    session: 7,
    transaction: 8,
    packet: 9,
};

fn tree() -> Tree {
    let mut tree = Tree::default();
    tree.put(&[1, 3, 6, 1, 2, 1, 68, 1, 1], &[0], Value::Integer(2));
    tree.put(&[1, 3, 6, 1, 2, 1, 68, 1, 3, 1, 5], &[3, 9], Value::Integer(100));
    tree.put(&[1, 3, 6, 1, 2, 1, 68, 1, 3, 1, 5], &[3, 10], Value::Integer(110));
    tree
}

fn range(start: &[u32], include: bool, end: &[u32]) -> Range {
    Range {
        start: start.to_vec(),
        include,
        end: end.to_vec(),
    }
}

fn values(answer: Option<Packet>) -> Vec<VarBind> {
    match answer {
        Some(Packet::Response { error: 0, values, .. }) => values,
        other => panic!("{other:?}"),
    }
}

/// `n_subid` counts the parts behind the prefix (RFC 2741, section 5.1).
#[test]
fn a_question_is_read_in_either_order_of_bytes() {
    let big: &[u8] = b"\x01\x05\x10\0\0\0\0\x07\0\0\0\x08\0\0\0\x09\0\0\0\x18\
        \x04\x02\0\0\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\0\0\0\0\0\0\0";
    let (header, packet, length) = Packet::read(big).unwrap().unwrap();
    assert_eq!((header, length), (HEADER, big.len()));
    let sys_descr = range(&[1, 3, 6, 1, 2, 1, 1, 1, 0], false, &[]);
    assert_eq!(packet, Packet::Get(vec![sys_descr]));
    let little: &[u8] = b"\x01\x06\0\0\x07\0\0\0\x08\0\0\0\x09\0\0\0\x10\0\0\0\
        \x01\x02\x01\0\x01\0\0\0\x01\x02\0\0\x02\0\0\0";
    let (header, packet, _) = Packet::read(little).unwrap().unwrap();
    assert_eq!(header, HEADER);
    assert_eq!(
        packet,
        Packet::GetNext(vec![range(&[1, 3, 6, 1, 2, 1], true, &[1, 3, 6, 1, 2, 2])])
    );
}

#[test]
fn what_is_written_is_read() {
    let ranges = vec![range(&[1, 3, 6], true, &[1, 4]), range(&[2], false, &[])];
    for packet in [
        Packet::Get(ranges.clone()),
        Packet::GetNext(ranges.clone()),
        Packet::GetBulk {
            single: 1,
            most: 5,
            ranges,
        },
        Packet::Close,
    ] {
        let bytes = packet.encode(HEADER);
        assert_eq!(Packet::read(&bytes), Ok(Some((HEADER, packet, bytes.len()))));
        for end in 0..bytes.len() {
            assert_eq!(Packet::read(&bytes[..end]), Ok(None), "{end}");
        }
    }
}

#[test]
fn an_answer_has_the_bytes_of_the_rfc() {
    let answer = Packet::Response {
        error: 0,
        index: 0,
        values: vec![VarBind {
            name: vec![1, 3],
            value: Value::Octets(b"abcde".to_vec()),
        }],
    };
    let expected: &[u8] = b"\x01\x12\x10\0\0\0\0\x07\0\0\0\x08\0\0\0\x09\0\0\0\x24\
        \0\0\0\0\0\0\0\0\0\x04\0\0\x02\0\0\0\0\0\0\x01\0\0\0\x03\0\0\0\x05abcde\0\0\0";
    let bytes = answer.encode(HEADER);
    assert_eq!(bytes[20..], expected[20..]);
    assert_eq!(bytes[19], u8::try_from(expected.len() - 20).unwrap());
}

#[test]
fn what_is_no_packet_is_refused() {
    assert_eq!(Packet::read(&[2; 40]), Err(Fault::Version(2)));
    let mut long = Packet::Close.encode(HEADER);
    long[16] = 0xff;
    assert!(matches!(Packet::read(&long), Err(Fault::Long(_))));
    // A name that says more parts than there are.
    let mut short = Packet::Get(vec![range(&[1, 3, 6], false, &[])]).encode(HEADER);
    short[20] = 200;
    assert_eq!(Packet::read(&short), Err(Fault::Short));
    let many = Packet::Get(vec![range(&[1; 129], false, &[])]).encode(HEADER);
    assert_eq!(Packet::read(&many), Err(Fault::Name));
}

#[test]
fn a_tree_answers_in_the_order_of_names() {
    let tree = tree();
    let begin = [1, 3, 6, 1, 2, 1, 68];
    let end = [1, 3, 6, 1, 2, 1, 69];
    let first = values(tree.answer(&Packet::GetNext(vec![range(&begin, true, &end)])));
    assert_eq!(first[0].value, Value::Integer(2));
    let all = values(tree.answer(&Packet::GetBulk {
        single: 0,
        most: 10,
        ranges: vec![range(&begin, false, &end)],
    }));
    let shown: Vec<&Value> = all.iter().map(|one| &one.value).collect();
    assert_eq!(
        shown,
        [
            &Value::Integer(2),
            &Value::Integer(100),
            &Value::Integer(110),
            &Value::EndOfMibView
        ]
    );
    // 9 comes before 10, as numbers.
    assert!(all[1].name < all[2].name);
    let missing = values(tree.answer(&Packet::Get(vec![range(&begin, false, &[])])));
    assert_eq!(missing[0].value, Value::NoSuchObject);
    // A range that ends before what follows has nothing.
    let none = values(tree.answer(&Packet::GetNext(vec![range(
        &[1, 3, 6, 1, 2, 1, 1],
        false,
        &begin,
    )])));
    assert_eq!(none[0].value, Value::EndOfMibView);
}

#[test]
fn values_that_are_to_be_set_are_read_as_they_were_written() {
    let values = [
        Value::Integer(-3),
        Value::Octets(b"abcde".to_vec()),
        Value::Name(vec![1, 3, 6]),
        Value::Address([192, 168, 0, 1].into()),
        Value::Counter32(u32::MAX),
        Value::Gauge32(7),
        Value::TimeTicks(8),
        Value::Counter64(u64::MAX),
        Value::Other(5),
        Value::Other(68),
    ];
    let values: Vec<VarBind> = values
        .into_iter()
        .map(|value| VarBind {
            name: vec![1, 3, 6, 1],
            value,
        })
        .collect();
    for packet in [Packet::TestSet(values.clone()), Packet::Notify(values.clone())] {
        let bytes = packet.encode(HEADER);
        assert_eq!(tree().answer(&packet), None);
        assert_eq!(Packet::read(&bytes), Ok(Some((HEADER, packet, bytes.len()))));
    }
    let mut odd = Packet::TestSet(values).encode(HEADER);
    odd[21] = 99;
    assert_eq!(Packet::read(&odd), Err(Fault::Type(99)));
}
