//! Tokens of RFC 7516 and of another library (`compat-fixtures/converters/jwe.json`), and tokens that were changed.

use serde_json::json;

use crate::sample::convert::recorded::{gives, hold_to};

/// RFC 7516, appendix A.3.
const TOKEN: &str = "eyJhbGciOiJBMTI4S1ciLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0.6KB707dM9YTIgHtLvtgWQ8mKwboJW3of9locizkDTHzBC2IlrT1oOQ.AxY8DCtDaGlsbGljb3RoZQ.KDlTtXchhZTGufMYmOYGS4HffxPSUrfmqCHXaI9wOGY.U0m_YmjN04DJvceFICbCVQ";
/// Its key, `GawgguFyGrWKav7AX4VKUg` in the alphabet for URLs.
const KEY: &str = "GawgguFyGrWKav7AX4VKUg==";
/// `Live long and prosper.`
const TEXT: &str = "4C697665206C6F6E6720616E642070726F737065722E";

#[test]
fn the_example_of_the_rfc_is_decrypted() {
    let bin = json!({ "type": "bin", "value": TEXT });
    assert_eq!(
        gives(&format!("str({TOKEN}),jwt_decrypt_secret({KEY})"), &[]),
        bin
    );
    let by_variable = format!("str({TOKEN}),jwt_decrypt_secret(txn.key)");
    assert_eq!(gives(&by_variable, &[("txn.key", &format!("str({KEY})"))]), bin);
    let by_jwk = format!("str({TOKEN}),jwt_decrypt_jwk(txn.key)");
    // {"kty":"oct","k":"GawgguFyGrWKav7AX4VKUg"}
    let jwk = "bin(7b226b7479223a226f6374222c226b223a2247617767677546794772574b617637415834564b5567227d)";
    assert_eq!(gives(&by_jwk, &[("txn.key", jwk)]), bin);
}

#[test]
fn what_was_changed_is_empty() {
    let empty = json!({ "type": "str", "value": "" });
    let key = format!("jwt_decrypt_secret({KEY})");
    for at in 0..5 {
        let mut parts: Vec<String> = TOKEN.split('.').map(str::to_owned).collect();
        let first = if parts[at].starts_with('A') { "B" } else { "A" };
        parts[at].replace_range(..1, first);
        assert_eq!(
            gives(&format!("str({}),{key}", parts.join(".")), &[]),
            empty,
            "part {at}"
        );
    }
    for token in ["", "a.b.c", &format!("{TOKEN}.AAAA"), &TOKEN[..TOKEN.len() - 23]] {
        assert_eq!(gives(&format!("str({token}),{key}"), &[]), empty, "{token}");
    }
    assert_eq!(
        gives(&format!("str({TOKEN}),jwt_decrypt_secret(AAAA)"), &[]),
        empty
    );
    assert_eq!(
        gives(&format!("str({TOKEN}),jwt_decrypt_cert(keys/rsa.key)"), &[]),
        empty
    );
}

#[test]
fn tokens_of_another_library_are_decrypted() {
    hold_to("jwe");
}
