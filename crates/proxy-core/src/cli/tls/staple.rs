//! `show ssl ocsp-response` and `set ssl ocsp-response`: what authorities say of certificates, and listeners show with them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::{Call, Reply};
use super::certificate::hexadecimal;
use super::{FileKind, text};
use crate::ocsp::{self, Response};

/// A response in memory.
struct Staple {
    /// The certificate that it is of.
    name: String,
    id: Vec<u8>,
    response: Vec<u8>,
}

fn staples(call: &Call<'_, '_>) -> Vec<Staple> {
    let mut found: Vec<Staple> = Vec::new();
    for name in call.tls.names(FileKind::Certificate) {
        let file = call.tls.file(FileKind::Certificate, &name, false);
        let Some(file) = file else { continue };
        if let Some(id) = ocsp::id_of(&file.content, file.issuer.as_deref())
            && let Some(response) = file.staple
            && !found.iter().any(|known| known.id == id)
        {
            found.push(Staple { name, id, response });
        }
    }
    found
}

pub(in crate::cli) fn show(call: &mut Call<'_, '_>) -> Reply {
    let newer = call.view.config.dialect.does_as(2, 8);
    let (form, word) = match call.argument(0) {
        form @ (b"text" | b"base64") if newer && !call.argument(1).is_empty() => (form, call.argument(1)),
        word => (&b"text"[..], word),
    };
    let staples = staples(call);
    if word.is_empty() {
        let mut out = String::new();
        for staple in &staples {
            if out.is_empty() {
                out.push_str("# Certificate IDs\n");
            }
            out.push_str(&format!("Certificate ID key : {}\n", hexadecimal(&staple.id)));
            if newer {
                out.push_str(&format!("Certificate path : {}\n", staple.name));
            }
            if let Some(id) = ocsp::CertificateId::parse(&staple.id) {
                out.push_str(&id.told(" Certificate ID:", 3));
            }
        }
        return Reply::Info(out);
    }
    let word = text(word);
    let known = |staple: &&Staple| hexadecimal(&staple.id) == word || (newer && staple.name == word);
    let Some(staple) = staples.iter().find(known) else {
        return Reply::error(if newer {
            "Certificate ID or path does not match any certificate."
        } else {
            "Certificate ID does not match any certificate."
        });
    };
    if form == b"base64" {
        return Reply::Info(format!("{}\n", STANDARD.encode(&staple.response)));
    }
    match Response::parse(&staple.response) {
        Some(response) => Reply::Info(response.told()),
        None => Reply::error("Unable to parse OCSP response."),
    }
}

pub(in crate::cli) fn set(call: &mut Call<'_, '_>) -> Reply {
    let given = call.payload.unwrap_or(call.argument(0));
    if given.is_empty() {
        return Reply::error("'set ssl ocsp-response' expects response in base64 encoding.");
    }
    let digits: Vec<u8> = given
        .iter()
        .copied()
        .filter(|b| !b.is_ascii_whitespace())
        .collect();
    let Ok(response) = STANDARD.decode(digits) else {
        return Reply::error("'set ssl ocsp-response' received invalid base64 encoded response.");
    };
    match call.tls.set_staple(&response) {
        Ok(_) => Reply::Info("OCSP Response updated!\n".to_owned()),
        Err(why) => Reply::Error(format!("{why}\n")),
    }
}
