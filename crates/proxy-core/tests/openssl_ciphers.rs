//! Cipher strings beside what `openssl ciphers` of OpenSSL 3.0 answers for them: each line of the table is the string, a tab,
//! and the answer without the suites of TLS 1.3, or REFUSED.

use proxy_core::openssl_ciphers::{CipherError, evaluate, tls13_suites};

const RECORDED: &str = include_str!("openssl_ciphers.tsv");

#[test]
fn every_recorded_string_gives_the_suites_that_openssl_gives() {
    let mut strings = 0;
    for line in RECORDED.lines() {
        let (string, expected) = line.split_once('\t').expect("a tab behind the string");
        let got = match evaluate(string) {
            Ok(list) => list.suites.iter().map(|suite| suite.name).collect(),
            Err(_) => vec!["REFUSED"],
        };
        let expected = expected.split(':').collect();
        assert_eq!(unencrypted_last(got), unencrypted_last(expected), "for {string}");
        strings += 1;
    }
    assert!(strings > 70, "only {strings} strings were compared");
}

/// The order among suites without encryption is not compared: nobody serves them.
fn unencrypted_last(names: Vec<&str>) -> (Vec<&str>, Vec<&str>) {
    let (mut plain, encrypted): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| name.contains("NULL"));
    plain.sort_unstable();
    (encrypted, plain)
}

#[test]
fn names_that_mean_nothing_are_told() {
    let list = evaluate("AES128-SHA:NOT-A-CIPHER:!ALSO-NONE").unwrap();
    assert_eq!(list.unknown, ["NOT-A-CIPHER", "ALSO-NONE"]);
}

#[test]
fn ciphersuites_are_read_in_order_and_checked() {
    assert_eq!(
        tls13_suites("TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256"),
        Ok(vec![0x1303, 0x1301])
    );
    assert_eq!(
        tls13_suites("TLS_FOO"),
        Err(CipherError::Unreadable("TLS_FOO".to_owned()))
    );
    assert_eq!(tls13_suites(""), Err(CipherError::Empty));
}
