//! JSON web tokens that are signed (RFC 7515, compact form): what stands in them, and whether the signature is right.

mod verify;

use std::sync::Arc;

use haproxy_cfg::model::{ArgValue, Converter};

use super::argument::{Text, text, text_of};
use super::base64::decode_url;
use super::json::Query;
use super::{Convert, Row, row, with};
use crate::sample::expression::Compile;
use crate::sample::{Sample, SampleContext};
use verify::{Algorithm, PublicKeys};

pub(super) const ROWS: &[Row] = &[
    row(&["jwt_header_query"], |_, converter| query(converter, 0)),
    row(&["jwt_payload_query"], |_, converter| query(converter, 1)),
    row(&["jwt_verify"], |at, converter| {
        let keys = PublicKeys::of_files(at.config);
        verify(at, converter, keys)
    }),
    row(&["jwt_verify_cert"], |at, converter| {
        let keys = PublicKeys::of_certificates(at.config);
        verify(at, converter, keys)
    }),
];

const FAILURE: i64 = 0;
const SUCCESS: i64 = 1;
const UNKNOWN_ALGORITHM: i64 = -1;
const INVALID_TOKEN: i64 = -3;
const UNKNOWN_KEY: i64 = -5;

/// What stands in one of the token's parts: all of it, or what a path leads to.
fn query(converter: &Converter, part: usize) -> Result<Box<dyn Convert>, String> {
    let query = Query::of(converter, 0);
    let has_type = text(converter, 1).is_some();
    with(move |context, sample| {
        let token = text_of(context, sample)?;
        let part = decode_url(context, token.split(|byte| *byte == b'.').nth(part)?)?;
        match &query {
            Some(query) => query.sample(context, part),
            None if has_type => None,
            None => Some(Sample::Str(part)),
        }
    })
}

/// The algorithm, as it is written or as a variable has it.
enum Named {
    Known(Algorithm),
    Text(Text),
}

fn verify(_: Compile<'_>, converter: &Converter, keys: PublicKeys) -> Result<Box<dyn Convert>, String> {
    let algorithm = match converter.args.first().map(|arg| &arg.value) {
        Some(ArgValue::Text(name)) => {
            Named::Known(Algorithm::named(name).ok_or_else(|| format!("unknown JWT algorithm: {name}"))?)
        }
        _ => Named::Text(Text::of(converter, 0)),
    };
    let key = Text::of(converter, 1);
    let keys = Arc::new(keys);
    with(move |context, sample| {
        let token = text_of(context, sample)?;
        let algorithm = match &algorithm {
            Named::Known(algorithm) => Some(*algorithm),
            Named::Text(name) => Algorithm::named(name.bytes(context)?),
        };
        let key = key.bytes(context)?;
        let code = match algorithm {
            Some(algorithm) => verdict(context, token, algorithm, key, &keys),
            None => UNKNOWN_ALGORITHM,
        };
        Some(Sample::Int(code))
    })
}

fn verdict<'a>(
    context: &SampleContext<'a>,
    token: &'a [u8],
    algorithm: Algorithm,
    key: &[u8],
    keys: &PublicKeys,
) -> i64 {
    let code = |right: bool| if right { SUCCESS } else { FAILURE };
    let mut parts = token.splitn(4, |byte| *byte == b'.');
    let (Some(_), Some(_), signature, None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return INVALID_TOKEN;
    };
    if algorithm == Algorithm::None {
        return code(signature.is_none_or(<[u8]>::is_empty));
    }
    let Some(encoded) = signature.filter(|signature| !signature.is_empty()) else {
        return INVALID_TOKEN;
    };
    let Some(signature) = decode_url(context, encoded) else {
        return INVALID_TOKEN;
    };
    let signed = &token[..token.len() - encoded.len() - 1];
    match algorithm {
        Algorithm::None => FAILURE,
        Algorithm::Secret(bits) => code(bits.verify_secret(context, key, signed, signature)),
        Algorithm::Public(kind, bits) => match keys.get(key) {
            None => UNKNOWN_KEY,
            Some(_) if kind.needs_halves() && signature.len() % 2 == 1 => INVALID_TOKEN,
            Some(key) => code(kind.verify(bits, key, signed, signature)),
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::sample::convert::recorded::{gives, hold_to};

    #[test]
    fn tokens_are_judged_as_by_the_original() {
        hold_to("jwt");
    }

    /// RFC 7515, appendix A.1, whose key is random bytes in base 64.
    #[test]
    fn the_example_of_the_rfc_is_right() {
        let token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let key = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
        let issuer = format!("str({token}),jwt_payload_query($.iss)");
        assert_eq!(gives(&issuer, &[]), json!({ "type": "str", "value": "6A6F65" }));
        // None of the key's bytes is 0, so it can stand in a variable.
        let verify = format!("str({token}),jwt_verify(HS256,txn.key)");
        let value = format!("str({key}),ub64dec");
        assert_eq!(gives(&verify, &[("txn.key", &value)])["value"], 1);
        assert_eq!(gives(&verify, &[("txn.key", "str(x)")])["value"], 0);
    }

    /// Of version 3.3 and later.
    #[test]
    fn certificates_verify_tokens() {
        let recording = crate::fixture::recorded("converters/jwt.json");
        let cases = recording["cases"].as_array().expect("cases").iter();
        let mut seen = 0;
        for case in cases {
            let Some(call) = case["expression"]
                .as_str()
                .and_then(|e| e.strip_prefix("req.fhdr(in),jwt_verify("))
            else {
                continue;
            };
            let Some((algorithm, key)) = call.split_once(',').filter(|(_, key)| *key == "keys/rsa.crt)")
            else {
                continue;
            };
            let token = case["headers"]["in"].as_str().expect("a token");
            let with = |file: &str| {
                gives(&format!("str({token}),jwt_verify_cert({algorithm},{file})"), &[])["value"].clone()
            };
            assert_eq!(with(key.trim_end_matches(')')), 1, "{case}");
            assert_eq!(
                [with("keys/ec256.crt"), with("keys/rsa.pub")],
                [json!(0), json!(-5)]
            );
            seen += 1;
        }
        assert!(seen >= 3);
    }
}
