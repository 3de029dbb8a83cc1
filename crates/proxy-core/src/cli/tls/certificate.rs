//! `show ssl cert` and `dump ssl cert`: certificates in memory.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::{Call, Reply};
use super::{FileKind, TlsFile, text};
use crate::certificate::Certificate;
use crate::ocsp;

const UNKNOWN: &str = "Can't display the certificate: Not found or the certificate is a bundle!";

pub(in crate::cli) fn show(call: &mut Call<'_, '_>) -> Reply {
    let name = text(call.argument(0));
    if name.is_empty() {
        let mut out = String::new();
        if let Some(pending) = call.tls.pending(FileKind::Certificate) {
            out = format!("# transaction\n*{pending}\n");
        }
        out.push_str("# filename\n");
        for name in call.tls.names(FileKind::Certificate) {
            out.push_str(&name);
            out.push('\n');
        }
        return Reply::Info(out);
    }
    if let Some(of) = name.strip_suffix(".ocsp")
        && let Some(file) = call.tls.file(FileKind::Certificate, of, false)
    {
        return match file.staple.as_deref().and_then(ocsp::Response::parse) {
            Some(response) => Reply::Info(response.told()),
            None => Reply::error(UNKNOWN),
        };
    }
    let Some((file, is_pending)) = find(call, FileKind::Certificate, &name) else {
        return Reply::error(UNKNOWN);
    };
    let dialect = call.view.config.dialect;
    let mut out = format!("Filename: {name}\n");
    if dialect.does_as(3, 2) {
        for (title, path) in &file.files {
            out.push_str(&format!("{title} filename: {path}\n"));
        }
    }
    if dialect.does_as(3, 4) {
        out.push_str("Option: ocsp-update off\nOption: jwt off\n");
    }
    let status = if file.content.is_empty() {
        "Empty"
    } else if is_pending && dialect.does_as(3, 1) {
        "Uncommitted"
    } else if file.users > 0 && !is_pending {
        "Used"
    } else {
        "Unused"
    };
    out.push_str(&format!("Status: {status}\n"));
    if let Some((own, chain)) = file.content.split_first()
        && let Some(own) = Certificate::parse(own)
    {
        describe(&own, &mut out);
        for der in chain {
            if let Some(certificate) = Certificate::parse(der) {
                let (subject, issuer) = (certificate.subject(), certificate.issuer());
                line("Chain Subject", subject.plain(), &mut out);
                line("Chain Issuer", issuer.plain(), &mut out);
            }
        }
    }
    let id = ocsp::id_of(&file.content, file.issuer.as_deref());
    let response = file.staple.as_deref().and_then(ocsp::Response::parse);
    let is_about = |id: &Vec<u8>| response.is_some_and(|response| response.is_about(id));
    let id = id.filter(is_about).map(|id| hexadecimal(&id)).unwrap_or_default();
    out.push_str(&format!("OCSP Response Key: {id}\n"));
    Reply::Info(out)
}

/// A file, or with a star in front of its name what is prepared for it.
pub(super) fn find(call: &Call<'_, '_>, kind: FileKind, name: &str) -> Option<(TlsFile, bool)> {
    match name.strip_prefix('*') {
        Some(pending) if call.tls.pending(kind).as_deref() == Some(pending) => {
            Some((call.tls.file(kind, pending, true)?, true))
        }
        _ => Some((call.tls.file(kind, name, false)?, false)),
    }
}

/// What is told of one certificate.
pub(super) fn describe(certificate: &Certificate<'_>, out: &mut String) {
    let serial = hexadecimal(certificate.serial()).to_uppercase();
    line("Serial", Some(serial.into_bytes()), out);
    let date = |text: String| Some(text.into_bytes());
    line("notBefore", date(certificate.begins()), out);
    line("notAfter", date(certificate.ends()), out);
    let names = certificate.alternative_names().unwrap_or_default();
    line("Subject Alternative Name", Some(names.into_bytes()), out);
    line("Algorithm", Some(certificate.key_kind().into_bytes()), out);
    let print = hexadecimal(&certificate.fingerprint()).to_uppercase();
    line("SHA1 FingerPrint", Some(print.into_bytes()), out);
    line("Subject", certificate.subject().plain(), out);
    line("Issuer", certificate.issuer().plain(), out);
}

fn line(title: &str, value: Option<Vec<u8>>, out: &mut String) {
    let value = value.unwrap_or_default();
    out.push_str(&format!("{title}: {}\n", String::from_utf8_lossy(&value)));
}

/// Bytes in lower case digits.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// `dump ssl cert`: the key and the certificates, in PEM.
pub(in crate::cli) fn dump(call: &mut Call<'_, '_>) -> Reply {
    let name = text(call.argument(0));
    let found = find(call, FileKind::Certificate, &name).filter(|_| !name.is_empty());
    let Some((file, _)) = found else {
        return Reply::error(UNKNOWN);
    };
    let mut out = file.key.unwrap_or_default();
    for der in &file.content {
        out.push_str(&in_pem("CERTIFICATE", der));
    }
    Reply::Info(out)
}

/// Bytes in PEM (RFC 7468).
#[must_use]
pub fn in_pem(title: &str, der: &[u8]) -> String {
    let mut out = format!("-----BEGIN {title}-----\n");
    let text = STANDARD.encode(der);
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (row, behind) = rest.split_at(rest.len().min(64));
        out.push_str(row);
        out.push('\n');
        rest = behind;
    }
    out.push_str(&format!("-----END {title}-----\n"));
    out
}
