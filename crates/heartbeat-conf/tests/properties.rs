//! Whatever the bytes are, a reading ends, says where each fault is, and does not panic.

use heartbeat_conf::testing::{FakeHost, read};
use heartbeat_conf::{Elsewhere, Input, Inputs, Source, load};
use proptest::prelude::*;

/// Words that files are made of, right and wrong ones.
fn words() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "keepalive",
        "udpport",
        "bcast",
        "mcast",
        "mcast6",
        "ucast",
        "ucast6",
        "serial",
        "node",
        "ping",
        "ping_group",
        "apiauth",
        "respawn",
        "stonith_host",
        "autojoin",
        "crm",
        "auth",
        "md5",
        "crc",
        "eth0",
        "lb1",
        "694",
        "-1",
        "1.5",
        "2ms",
        "$VIP",
        "${",
        "::",
        "IPaddr::",
        "IPv6addr::",
        "10.0.0.1/24/eth0/",
        "uid=",
        "uid=a,,b",
        "gid=\u{e9}",
        "#",
        "\\",
        "\n",
        "\\\n",
        "\t",
        "fe80::1%",
        "%",
    ]);
    prop_oneof![4 => known.prop_map(ToOwned::to_owned), 1 => ".{0,6}"]
}

proptest! {
    #[test]
    fn any_words_are_read(parts in prop::collection::vec(words(), 0..40), blank in "[ \n]") {
        let text = parts.join(&blank);
        let loaded = read("lb1", &text, &text, &text);
        for found in &loaded.diagnostics {
            if let Some(span) = found.span {
                let file = loaded.sources.file(span.file).expect("a file that was read");
                prop_assert!(span.start <= span.end && span.end as usize <= file.bytes().len(), "{found:?}");
            }
        }
    }

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let source = || Source::File(Input::new("f", bytes.clone()));
        let inputs = Inputs { ha_cf: source(), haresources: source(), authkeys: source() };
        let here = load(&inputs, &FakeHost::new("lb1"));
        let elsewhere = load(&inputs, &Elsewhere);
        prop_assert!(here.has_errors());
        prop_assert_eq!(here.sources.files().count(), elsewhere.sources.files().count());
    }
}
