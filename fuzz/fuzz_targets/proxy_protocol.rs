//! Headers in front of a connection: nothing panics, no header is longer than what came, and what was read of one and is written
//! again is read as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use proxy_core::proxy_protocol::{Facts, SIGNATURE, read, read_netscaler, tlvs, write_v2};

const MAGIC: u32 = 0x1234_5678;

fuzz_target!(|bytes: &[u8]| {
    // The signatures are known: the search need not begin with them.
    for begin in [&b""[..], b"PROXY TCP4 ", b"PROXY TCP6 ", b"PROXY UNKNOWN", SIGNATURE, &[&SIGNATURE[..], b"\x21\x11"].concat()] {
        let bytes = [begin, bytes].concat();
        let Ok(header) = read(&bytes) else { continue };
        assert!(header.length <= bytes.len());
        let values: Vec<_> = tlvs(header.values)
            .map(|tlv| tlv.expect("values that were taken are whole"))
            .collect();
        let Some(addresses) = header.addresses else { continue };
        // What is checked or has a place of its own would not be the same.
        let own = values.iter().filter(|tlv| tlv.kind > 5).map(|tlv| (tlv.kind, tlv.value.to_vec()));
        let facts = Facts {
            checksum: true,
            own: own.collect(),
            ..Facts::default()
        };
        let mut written = Vec::new();
        write_v2(&mut written, Some(addresses), &facts);
        let again = read(&written).expect("what is written is read");
        assert_eq!((again.length, again.addresses), (written.len(), Some(addresses)));
    }
    let bytes = [&MAGIC.to_be_bytes()[..], bytes].concat();
    if let Ok(header) = read_netscaler(&bytes, MAGIC) {
        assert!(header.length <= bytes.len());
    }
});
