//! Certificates whose parts stand in files of their own: `load` of a `crt-store` (manual, section 12.7), and the same words in lines of a
//! `crt-list` and of `ssl-f-use`.

use bstr::ByteSlice as _;
use syntax::Span;

use super::reading::Reading;
use super::tls::based;
use crate::model::{StoredCertificate, Word};

/// Options of `load` that lines of a `crt-list` and `ssl-f-use` have as well, each with its value.
const OPTIONS: &[&str] = &[
    "crt",
    "key",
    "ocsp",
    "issuer",
    "sctl",
    "ocsp-update",
    "acme",
    "domains",
    "jwt",
];

/// An option and its value.
pub(super) type Given = (Vec<u8>, Vec<u8>);

/// Whether a word is such an option.
pub(super) fn is_option(word: &[u8]) -> bool {
    OPTIONS.iter().any(|name| name.as_bytes() == word)
}

/// The file of a certificate as it is known: below `crt-base`, unless it is one of a store.
pub(super) fn named(reading: &Reading<'_>, path: &[u8]) -> Word {
    if path.starts_with(b"@") {
        return path.to_vec().into();
    }
    based(reading.written.global.crt_base.as_ref(), path)
}

/// Whether a certificate is one of a store, or its parts are named elsewhere.
pub(super) fn is_stored(reading: &Reading<'_>, name: &str) -> bool {
    let stored = &reading.written.global.stored_certificates;
    stored.iter().any(|stored| *stored.name == *name.as_bytes())
}

/// Takes the options of stores out of a line's: what is left, and what they say of the certificate.
pub(super) fn taken_out(options: &[u8]) -> (Vec<u8>, Vec<Given>) {
    let (mut left, mut of_store) = (Vec::new(), Vec::new());
    let mut words = options.fields();
    while let Some(word) = words.next() {
        if is_option(word) {
            of_store.push((word.to_vec(), words.next().unwrap_or_default().to_vec()));
            continue;
        }
        if !left.is_empty() {
            left.push(b' ');
        }
        left.extend_from_slice(word);
    }
    (left, of_store)
}

/// Notes what a line says of a certificate beside its own file, if it says anything. What nothing acts on is told.
pub(super) fn note(
    reading: &mut Reading<'_>,
    name: &Word,
    crt: &Word,
    bases: (Option<&Word>, Option<&Word>),
    options: &[Given],
    span: Span,
) {
    let (crt_base, key_base) = bases;
    let mut stored = StoredCertificate {
        name: name.clone(),
        crt: crt.clone(),
        ..StoredCertificate::default()
    };
    let mut says = false;
    for (option, value) in options {
        let file = |base: Option<&Word>| Some(based(base, value));
        match &**option {
            b"key" => stored.key = file(key_base),
            b"ocsp" => stored.ocsp = file(crt_base),
            b"issuer" => stored.issuer = file(crt_base),
            b"ocsp-update" => stored.ocsp_update = Some(&**value == b"on"),
            b"crt" | b"alias" => continue,
            _ if &**value == b"off" => continue,
            other => {
                let option = String::from_utf8_lossy(other);
                reading.tell_read_only(&format!("'{option}' of a certificate"), span);
                continue;
            }
        }
        says = true;
    }
    if says || name != crt {
        reading.written.global.stored_certificates.push(stored);
    }
}
