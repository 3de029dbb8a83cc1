//! What haproxy decrypted, and published vectors for what only later versions than the recorded one have.

use serde_json::json;

use super::super::recorded::{gives, hold_to};
use super::{Direction, KeySize, cbc, gcm};
use crate::sample::Arena;

fn bytes(digits: &str) -> Vec<u8> {
    let pairs = (0..digits.len()).step_by(2);
    pairs
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).expect("digits"))
        .collect()
}

#[test]
fn what_is_decrypted_is_what_the_original_decrypts() {
    hold_to("ciphers");
}

/// Test case 4 of the mode's specification (McGrew and Viega), which has data that is not encrypted.
#[test]
fn data_that_is_not_encrypted_counts_for_the_tag() {
    let mut data = bytes(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
    );
    let aad = bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2");
    let key = bytes("feffe9928665731c6d6a8f9467308308");
    let nonce = bytes("cafebabefacedbaddecaf888");
    let tag = gcm(
        KeySize::Bits128,
        &key,
        &nonce,
        &aad,
        &mut data,
        Direction::Encrypt,
    );
    assert_eq!(
        tag.expect("a tag").to_vec(),
        bytes("5bc94fbc3221a5db94fae95ae7121a47")
    );
    assert_eq!(data[..8], bytes("42831ec221777424"));
    let again = gcm(
        KeySize::Bits128,
        &key,
        &nonce,
        &aad,
        &mut data,
        Direction::Decrypt,
    );
    assert_eq!((again, &data[..4]), (tag, &bytes("d9313225")[..]));
}

/// RFC 3602, section 4, case 1; what is padded there by hand gets one block more here.
#[test]
fn blocks_are_chained() {
    let arena = Arena::default();
    let mut data = arena.bytes(32);
    data.extend_from_slice(b"Single block msg");
    let key = bytes("06a9214036b8a15b512e03d534120006");
    let iv = bytes("3dafba429d9eb430b422da802c9fac41");
    cbc(KeySize::Bits128, &key, &iv, &mut data, Direction::Encrypt).expect("encrypted");
    assert_eq!(
        (data.len(), &data[..16]),
        (32, &bytes("e353779c1079aeb82708942dbe77181a")[..])
    );
    cbc(KeySize::Bits128, &key, &iv, &mut data, Direction::Decrypt).expect("decrypted");
    assert_eq!(&data[..], b"Single block msg");
    data.truncate(15);
    assert_eq!(
        cbc(KeySize::Bits128, &key, &iv, &mut data, Direction::Decrypt),
        None
    );
}

/// Of versions after the recorded one.
#[test]
fn what_is_encrypted_is_decrypted_again() {
    let key = "MDEyMzQ1Njc4OWFiY2RlZg==";
    let nonce = "dHdlbHZlIGJ5dGVz";
    let text = "736F6D655F74657874";
    let tag = "txn.tag";
    for aad in ["", ",YWFk"] {
        let there = format!("str(some_text),aes_gcm_enc(128,{nonce},{key},{tag}{aad})");
        let back = format!("{there},aes_gcm_dec(128,{nonce},{key},{tag}{aad})");
        assert_ne!(gives(&there, &[])["value"], text);
        assert_eq!(
            gives(&back, &[]),
            json!({ "type": "bin", "value": text }),
            "{back}"
        );
    }
    let other = format!(
        "str(some_text),aes_gcm_enc(128,{nonce},{key},{tag},YWFk),aes_gcm_dec(128,{nonce},{key},{tag},YWFL)"
    );
    assert_eq!(gives(&other, &[]), json!(null));

    let iv = "MDEyMzQ1Njc4OWFiY2RlZg==";
    let there = format!("str(some_text),aes_cbc_enc(128,{iv},{key})");
    assert_eq!(gives(&there, &[])["value"].as_str().expect("digits").len(), 32);
    assert_eq!(
        gives(&format!("{there},aes_cbc_dec(128,{iv},{key})"), &[])["value"],
        text
    );
    assert_eq!(
        gives(&format!("{there},aes_cbc_dec(128,{nonce},{key})"), &[]),
        json!(null)
    );
    assert_eq!(
        gives(&format!("str(some_text),aes_cbc_dec(128,{iv},{key})"), &[]),
        json!(null)
    );
    assert_eq!(
        gives(&format!("str(some_text),aes_cbc_enc(256,{iv},{key})"), &[]),
        json!(null)
    );
}
